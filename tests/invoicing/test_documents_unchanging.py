"""A PDF that went out once never changes, and nothing that somebody typed is more than text on it."""

import asyncio
import subprocess
import sys
import time
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PdfReader

from actors.invoicing.documents import rendering
from actors.invoicing.documents.rendering import rendered, rendered_aside, sheet_of
from messages.customers import Profile
from messages.documents import InvoiceDocument
from tests.invoicing.paper import ISSUED, SELLER, document, invoice, line, text_of

RELEASED = {1: "75ab2a0344478b80efcf166e7ff85e012bf59afdac473b88a9e83d9dd08ad8ad"}
FONTS = "fb043713cdaf76e1f7daf4834081911a68842f5df754d0fc67b359595368fc91"
"""SHA-256 of each template, and of all fonts one after the other. A new look gets a new number."""

SHEETS = "43a795e844b30e282b5688d674042a528d1c8a7287021b888fa4386303bbfd58"

SCRIPTS = {
    "Latin": "Łódź Çığ Ñandú Žluťoučký Tiếng Việt",
    "Greek": "Ελληνικά Ωμέγα",
    "Cyrillic": "Русский Їжак",
    "Japanese": "株式会社ヤマダ 様々な～髙﨑",
    "Chinese": "简体中文发票们这 繁體中文發票們",
    "Korean": "한국어 청구서",
    "Thai": "ภาษาไทย",
    "currencies": "€ £ ¥ ₹ ₩ ₺ ₽ ₴ ₫ ₪ ₦",
}


def digest(made: InvoiceDocument) -> str:
    return sha256(rendered(made)).hexdigest()


def test_a_released_template_and_the_fonts_are_never_edited() -> None:
    folder = Path(rendering.__file__).parent
    found = {
        int(file.stem.removeprefix("invoice-")): sha256(file.read_bytes()).hexdigest()
        for file in folder.glob("invoice-*.typ")
    }
    assert found == RELEASED
    fonts = sorted((folder / "fonts").glob("*.[ot]tf"))
    assert sha256(b"".join(file.read_bytes() for file in fonts)).hexdigest() == FONTS


def test_words_and_formats_of_what_was_issued_stay_also_when_libraries_are_renewed() -> None:
    """Who changes a word on purpose changes this too, and knows that PDFs made before now read otherwise."""
    sheets = "".join(
        sheet_of(document(line(quantity="1234.5"), locale=locale, time_zone="Asia/Tokyo")).model_dump_json()
        for locale in ("en-US", "en-GB", "de-DE", "fr-FR", "es-ES", "ja-JP", "pl-PL")
    )
    assert sha256(sheets.encode()).hexdigest() == SHEETS


def test_the_same_document_makes_the_same_bytes_also_elsewhere_and_later() -> None:
    made = document(line(), line(2), locale="ja-JP")
    code = (
        "import sys; from hashlib import sha256; from actors.invoicing.documents.rendering import rendered;"
        "from messages.documents import InvoiceDocument as D;"
        "print(sha256(rendered(D.model_validate_json(sys.stdin.read()))).hexdigest())"
    )
    there = subprocess.run(
        [sys.executable, "-c", code],
        input=made.model_dump_json(),
        text=True,
        capture_output=True,
        check=True,
        env={"PYTHONPATH": ".", "TZ": "Pacific/Kiritimati", "LANG": "tr_TR.UTF-8"},
    )
    assert there.stdout.strip() == digest(made) == digest(made)
    said = PdfReader(BytesIO(rendered(made))).metadata
    assert said is not None
    assert said.creation_date == ISSUED


def test_what_happens_after_the_issue_changes_no_byte() -> None:
    issued = document(line())
    later = invoice(
        status="paid", amount_paid=3600, version=9, payments=["pay_1"], paid_at="2027-01-01T00:00:00Z",
        updated_at="2027-01-01T00:00:00Z", attempt_count=2, amount_credited=100, metadata={"a": "b"},
    )  # fmt: skip
    assert digest(issued) == digest(document(line(), invoice=later))
    assert digest(issued) != digest(document(line(), invoice=invoice(total=3601)))


@pytest.mark.parametrize(
    "typed",
    [
        '#import "@preview/cetz:0.3.0"',
        '#read("/etc/hostname")',
        '"]) #panic("here") #("',
        "$x^2$ *bold* _it_ `code` <label> @label",
        "\\u{41} \\\" ' // comment /* more */",
        "<script>alert(1)</script> &amp; {page} {amount}",
    ],
)
def test_what_somebody_typed_stays_text(typed: str) -> None:
    assert typed in text_of(document(line(description=typed)))


def test_control_signs_and_overrides_are_taken_out_and_marks_stay() -> None:
    text = text_of(document(line(description="be\u202efore\x00\x1b[31m \u2066after\nline\u200f")))
    assert "before[31m after line" in text


def test_words_that_never_end_stay_on_the_page() -> None:
    party = Profile(name="N" * 250)
    made = document(line(description="W" * 250), party=party, seller=SELLER.model_copy(update={"footer": "F" * 900}))
    places: list[float] = []

    def see(text: str, _: object, matrix: list[float], *__: object) -> None:
        places.append(matrix[4] + (len(text.strip()) - 1) * 9 if set(text.strip()) & set("WNF") else 0)

    PdfReader(BytesIO(rendered(made))).pages[0].extract_text(visitor_text=see)
    assert 0 < max(places) < 595, max(places)


@pytest.mark.parametrize("script", SCRIPTS)
def test_a_script_that_is_promised_has_its_signs(script: str) -> None:
    assert SCRIPTS[script] in text_of(document(line(description=SCRIPTS[script])))


def test_the_operators_fonts_draw_what_ours_lack_and_change_nothing_else() -> None:
    folder = Path(__file__).parent
    ordinary, ethiopic = document(line()), document(line(description="\u1200"))
    assert rendered(ordinary, folder) == rendered(ordinary)
    assert (b"OneSign" in rendered(ethiopic, folder), b"OneSign" in rendered(ethiopic)) == (True, False)


async def test_three_hundred_lines_do_not_hold_up_the_loop() -> None:
    rendered(document(line()))
    made = document(*(line(number) for number in range(300)))
    longest_seconds = 0.0
    task = asyncio.create_task(rendered_aside(made))
    while not task.done():
        began = time.perf_counter()
        await asyncio.sleep(0.001)
        longest_seconds = max(longest_seconds, time.perf_counter() - began)
    assert (await task).startswith(b"%PDF")
    assert longest_seconds < 0.1, longest_seconds
