"""`GET /ledger/export`: the journal for accounting tools, sent on page by page at the pace of who reads it."""

import asyncio
from collections.abc import Mapping
from typing import Final

import structlog
from aiohttp import web
from pydantic import Field

from gateway.door import door_of
from gateway.parameters import BookMoment, Read
from gateway.problems import FieldError, Problem, invalid
from gateway.questions import resource_of
from gateway.reads import query_of
from gateway.route import V1, Input, Route
from messages.ledger_queries import ExportedText, ExportFormat, ExportPage
from messages.wire import json_of

WRITE_SECONDS: Final = 60.0
"""For one page: whoever takes less than 10 kB/s is cut off."""

_FILES: Final[Mapping[ExportFormat, tuple[str, str]]] = {
    "hledger": ("text/plain", "ledger.journal"),
    "beancount": ("text/plain", "ledger.beancount"),
    "csv": ("text/csv", "ledger.csv"),
}

log = structlog.get_logger("gateway.export")


class Export(Read):
    """`from` is the first effective time, `to` the first that is no longer in it."""

    format: ExportFormat
    since: BookMoment | None = Field(default=None, alias="from")
    until: BookMoment | None = Field(default=None, alias="to")


async def export(request: web.Request, given: Input) -> web.StreamResponse:
    """What goes wrong before the first byte is a problem. After it the connection breaks: no half file looks whole."""
    wish: Export = given.parameters
    if wish.since and wish.until and wish.since >= wish.until:
        raise invalid("invalid_parameter", [FieldError("bad_format", "from must lie before to.", parameter="to")])
    page = ExportPage(format=wish.format, since=wish.since, until=wish.until)
    text = await _ask(request, wish, page)
    response = _response(wish.format)
    await response.prepare(request)
    if request.method == "HEAD":
        return response
    try:
        await _send(request, response, wish, page, text)
    except (Problem, OSError) as why:
        log.warning("export_broken_off", error=type(why).__name__, detail=str(why))
        if request.transport is not None:
            request.transport.abort()
    return response


async def _send(
    request: web.Request, response: web.StreamResponse, wish: Export, page: ExportPage, text: ExportedText
) -> None:
    while True:
        async with asyncio.timeout(WRITE_SECONDS):
            await response.write(text.text.encode())
        if text.next is None:
            return
        page = page.model_copy(update={"place": text.next, "as_of": text.as_of})
        text = await _ask(request, wish, page)


async def _ask(request: web.Request, wish: Export, page: ExportPage) -> ExportedText:
    query = query_of(request, wish, json_of(page))
    return ExportedText.model_validate(await resource_of(door_of(request).bus, "ledger", "export", query))


def _response(name: ExportFormat) -> web.StreamResponse:
    media_type, file = _FILES[name]
    headers = {
        "Content-Type": f"{media_type}; charset=utf-8",
        "Content-Disposition": f'attachment; filename="{file}"',
        "Cache-Control": "no-store",
        "X-Accel-Buffering": "no",
    }
    return web.StreamResponse(headers=headers)


EXPORT: Final = [
    Route(
        *("GET", f"{V1}/ledger/export", export, "ledger:read"),
        *("exportLedger", "The journal for hledger, Beancount or a spreadsheet, with its balances"),
        parameters=Export,
        media=("text/plain", "text/csv"),
    ),
]
