"""Sheets as PDF, by typst: the same sheet makes the same bytes, wherever and whenever it is made.

A sheet goes in as data, never as text of the template: nothing in it can be a command.
"""

import asyncio
import json
import re
from functools import cache
from pathlib import Path
from typing import Any, Final

import typst

from actors.invoicing.documents.credit_note_sheets import credit_note_sheet
from actors.invoicing.documents.invoice_sheets import invoice_sheet
from messages.documents import CreditNoteDocument, InvoiceDocument, Sheet
from messages.wire import json_of

Document = InvoiceDocument | CreditNoteDocument

_FOLDER = Path(__file__).parent
_UNBROKEN = re.compile(r"[!-\u058f]{30}(?=[!-\u02ff\u0370-\u058f])")

_ONE_AT_A_TIME = asyncio.Semaphore(1)

TURN_SECONDS: Final = 3.0
"""To wait for the others at most: with the making itself less than an asker waits."""


def rendered(document: Document, fonts: Path | None = None) -> bytes:
    """The PDF. Blocks for some milliseconds a page; `rendered_aside` does not.

    `fonts` is a folder of the operator's, for signs that our own fonts lack.
    """
    sheet = sheet_of(document)
    compiled = _compiler(sheet.template, fonts).compile(
        format="pdf", sys_inputs=_inputs(sheet), timestamp=int(sheet.issued_at.timestamp())
    )
    assert isinstance(compiled, bytes)
    return compiled


async def rendered_aside(document: Document, fonts: Path | None = None) -> bytes:
    """In a thread: typst lets go of the interpreter while it works. One at a time, so that cores stay free.

    Raises TimeoutError when its turn does not come.
    """
    async with asyncio.timeout(TURN_SECONDS):
        await _ONE_AT_A_TIME.acquire()
    try:
        return await asyncio.to_thread(rendered, document, fonts)
    finally:
        _ONE_AT_A_TIME.release()


def pictures(document: Document, pixels_per_inch: int = 100) -> list[bytes]:
    """Its pages as PNG, to look at."""
    sheet = sheet_of(document)
    pages = _compiler(sheet.template, None).compile(format="png", ppi=pixels_per_inch, sys_inputs=_inputs(sheet))
    assert pages is not None
    return [pages] if isinstance(pages, bytes) else pages


def sheet_of(document: Document) -> Sheet:
    """As it reads."""
    return invoice_sheet(document) if isinstance(document, InvoiceDocument) else credit_note_sheet(document)


def _inputs(sheet: Sheet) -> dict[str, str]:
    return {"sheet": json.dumps(_breakable(json_of(sheet)), ensure_ascii=False)}


def _breakable(value: Any) -> Any:
    """Where words are separated by spaces, one of more than 30 signs gets places to break, which nobody sees."""
    match value:
        case str():
            return _UNBROKEN.sub("\\g<0>\u200b", value)
        case list():
            return [_breakable(each) for each in value]
        case dict():
            return {name: _breakable(each) for name, each in value.items()}
        case _:
            return value


@cache
def _compiler(template: int, fonts: Path | None) -> typst.Compiler:
    """Reads its own template alone, and no font of the machine: both would change the bytes."""
    folders = [_FOLDER / "fonts", *([fonts] if fonts else [])]
    found = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=folders)
    return typst.Compiler(_FOLDER / f"invoice-{template}.typ", root=_FOLDER, font_paths=found)
