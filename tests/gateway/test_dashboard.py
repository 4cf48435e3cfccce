"""The dashboard's files: all that it needs is here, small, and nothing else can be reached."""

import gzip
import re
from pathlib import Path

import aiohttp
import pytest

from actors.ledger.export_csv import cell
from gateway import dashboard
from messages.money import EXPONENTS

FOLDER = Path(dashboard.__file__).parent / "static" / "dashboard"
OURS = [file for file in sorted(FOLDER.rglob("*.js")) if file.parent.name != "vendor"]
CHECKER = Path(__file__).parents[2] / "docs" / "proof" / "check.py"
ASSETS_BYTES_MAX = 440_000
"""Of all pages together, uncompressed; the aim is 400 kB. A browser fetches a page's modules when it is first shown."""

FETCHED_BYTES_MAX = 175_000
"""The same as it goes over the line, packed by gzip."""

_IMPORT = re.compile(r'^import .* from "(\.{1,2}/[\w/.-]+)";$', re.MULTILINE)
_MARKUP = re.compile(r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function")


def test_all_files_together_are_light() -> None:
    assert sum(file.stat().st_size for file in FOLDER.rglob("*") if file.is_file()) <= ASSETS_BYTES_MAX


@pytest.mark.parametrize("file", OURS, ids=lambda file: file.relative_to(FOLDER).as_posix())
def test_a_module_finds_what_it_imports_and_makes_no_markup_of_text(file: Path) -> None:
    text = file.read_text()
    for name in _IMPORT.findall(text):
        assert (file.parent / name).resolve() in [each.resolve() for each in OURS], name
    assert not _MARKUP.findall(text)


def test_every_page_of_the_router_is_there() -> None:
    named = re.findall(r'^  "?[\w:/-]*"?: "([\w-]+)",$', (FOLDER / "router.js").read_text(), re.MULTILINE)
    assert len(named) > 2
    assert {*named} == {file.stem for file in (FOLDER / "pages").iterdir()}


def test_the_decimals_of_currencies_are_those_of_iso_4217() -> None:
    listed = re.findall(r'^  (\d): "([A-Z ]+)",$', (FOLDER / "decimals.js").read_text(), re.MULTILINE)
    told = [(currency, int(decimals)) for decimals, currencies in listed for currency in currencies.split()]
    assert sorted(told) == sorted((each, exponent) for each, exponent in EXPONENTS.items() if exponent != 2)


async def test_each_file_is_served_as_what_it_is(http: aiohttp.ClientSession) -> None:
    for name, media in (
        ("app.js", "text/javascript"),
        ("vendor/pico.classless.min.css", "text/css"),
        ("icons.svg", "image/svg+xml"),
    ):
        async with http.get(f"/dashboard/{name}") as answer:
            assert (answer.status, answer.content_type) == (200, media)
            assert await answer.read() == (FOLDER / name).read_bytes()


async def test_a_file_comes_packed_to_whoever_takes_that_and_is_told_apart(http: aiohttp.ClientSession) -> None:
    said = (FOLDER / "vendor" / "pico.classless.min.css").read_bytes()
    tags = set[str]()
    for accepted, coding in (
        ("gzip, deflate, br", "gzip"),
        ("*", "gzip"),
        ("identity", None),
        ("gzip;q=0", None),
        ("*, gzip;q=0.0", None),
    ):
        asked = {"Accept-Encoding": accepted}
        async with http.get("/dashboard/vendor/pico.classless.min.css", headers=asked, auto_decompress=False) as answer:
            body = await answer.read()
            assert (answer.headers.get("Content-Encoding"), answer.headers["Vary"]) == (coding, "Accept-Encoding")
            assert (gzip.decompress(body) if coding else body) == said
            tags.add(answer.headers["ETag"])
            known = asked | {"If-None-Match": answer.headers["ETag"]}
        async with http.get("/dashboard/vendor/pico.classless.min.css", headers=known, auto_decompress=False) as answer:
            assert (answer.status, await answer.read()) == (304, b"")
            assert (answer.headers["ETag"], answer.headers["Vary"]) == (known["If-None-Match"], "Accept-Encoding")
            assert "img-src 'self' data:" in answer.headers["Content-Security-Policy"]
    assert len(tags) == 2


async def test_all_files_together_are_lighter_still_on_the_line(http: aiohttp.ClientSession) -> None:
    fetched = 0
    for file in (each for each in FOLDER.rglob("*") if each.suffix in (".css", ".html", ".js", ".svg")):
        asked = {"Accept-Encoding": "gzip, deflate, br"}
        path = f"/dashboard/{file.relative_to(FOLDER).as_posix()}"
        async with http.get(path, headers=asked, auto_decompress=False) as answer:
            assert answer.status == 200
            fetched += len(await answer.read())
    assert fetched <= FETCHED_BYTES_MAX


async def test_who_proves_a_balance_gets_the_checker_with_it(http: aiohttp.ClientSession) -> None:
    async with http.get("/dashboard/check.py") as answer:
        assert answer.content_type == "text/x-python"
        assert await answer.read() == CHECKER.read_bytes()


FORMULAS = ("=1+1", " =1+1", "\n=1+1", "\r\n\t@SUM(A1)", "+1", "-1+1", "\x1f=1", "\u00a0=1", "\u3000+1")
IN_FULL_WIDTH = ("\uff1d1+1", " \uff0b1", "\uff0d1", "\uff20x")
PLAIN = ("", "Fir & Co", "a=1", "\u2212 3", "1", "'=1", " 1")


@pytest.mark.parametrize("text", [*FORMULAS, *IN_FULL_WIDTH, *PLAIN])
def test_a_list_saved_as_csv_guards_what_a_spreadsheet_would_run(text: str) -> None:
    """The pattern means the same to Python."""
    [dangerous] = re.findall(r"^const DANGEROUS = /(.+)/;$", (FOLDER / "csv.js").read_text(), re.MULTILINE)
    assert bool(re.match(dangerous, text)) == (text not in PLAIN)


@pytest.mark.parametrize("sign", "=+-@")
def test_it_knows_the_signs_that_the_ledgers_export_knows(sign: str) -> None:
    [dangerous] = re.findall(r"^const DANGEROUS = /(.+)/;$", (FOLDER / "csv.js").read_text(), re.MULTILINE)
    for each in (sign, chr(ord(sign) + 0xFEE0)):
        assert cell(f" {each}1").startswith("\"'")
        assert re.match(dangerous, f" {each}1")


@pytest.mark.parametrize(
    "path", ["nothing.js", "pages/nothing.js", "..%2Fstyle.css", "pages/..%2F..%2Finvoice.js", "vendor/README.md"]
)
async def test_what_is_no_file_of_it_is_not_there(http: aiohttp.ClientSession, path: str) -> None:
    async with http.get(f"/dashboard/{path}") as answer:
        assert answer.status == 404
