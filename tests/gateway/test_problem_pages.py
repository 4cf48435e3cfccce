"""The page behind a problem's `type`: of every code, whole, and of nothing else."""

import json
import re
from collections.abc import Sequence
from dataclasses import replace
from html import unescape

import aiohttp
import pytest
from pydantic import TypeAdapter

from gateway.meanings.examples import MEMBERS, problem_example
from gateway.meanings.table import MEANINGS
from gateway.openapi.codes import codes_of
from gateway.problem_pages import answering, problem_html
from gateway.route import Route
from gateway.routes import ROUTES
from gateway.shapes import ProblemBody
from messages.problems import PROBLEMS

ANSWERING = answering(ROUTES)


def page(code: str, routes: Sequence[Route] | None = None) -> str:
    return problem_html(code, ANSWERING.get(code, ()) if routes is None else routes, of_all=False)


def test_every_code_has_a_meaning_of_its_own_and_nothing_else_has_one() -> None:
    assert MEANINGS.keys() == PROBLEMS.keys()
    assert MEMBERS.keys() <= PROBLEMS.keys()
    assert len({meaning.means for meaning in MEANINGS.values()}) == len(MEANINGS)


@pytest.mark.parametrize("code", PROBLEMS)
def test_a_page_says_what_a_code_means_why_it_comes_and_what_to_do(code: str) -> None:
    text = unescape(page(code))
    for said in MEANINGS[code]:
        assert f"<p>{said}</p>" in text
        assert re.fullmatch(r"\S.{8,}[^.]\.", said)


@pytest.mark.parametrize("code", PROBLEMS)
def test_the_example_of_a_page_is_a_problem_as_it_is_answered(code: str) -> None:
    (shown,) = re.findall(r"<pre>(.*)</pre>", page(code), re.DOTALL)
    example = json.loads(unescape(shown))
    assert example == problem_example(code)
    TypeAdapter(ProblemBody).validate_python(example, extra="forbid")
    assert (example["status"], example["type"]) == (PROBLEMS[code].status, f"/problems/{code}")


@pytest.mark.parametrize("code", ["card_declined", "unbalanced", "signature_invalid", "link_expired"])
def test_a_page_names_the_operations_that_answer_so(code: str) -> None:
    wanted = [
        f"{route.method} {route.path}"
        for route in ROUTES
        if code in (told for codes in codes_of(route).values() for told in codes)
    ]
    assert re.findall(r"<li><code>(.*?)</code>", page(code)) == wanted
    assert ("No operation by itself" in page(code)) is not wanted


def test_whatever_is_put_into_a_page_is_escaped() -> None:
    evil = replace(ROUTES[0], path="/<script>", summary='"><img src=x>')
    text = page("card_declined", [evil])
    assert "<script>" not in text
    assert "<img" not in text
    assert "/&lt;script&gt;" in text


async def test_a_page_is_served_for_every_code_and_for_no_other(http: aiohttp.ClientSession) -> None:
    for code, known in PROBLEMS.items():
        async with http.get(f"/problems/{code}") as answer:
            text = await answer.text()
            assert (answer.status, answer.content_type) == (200, "text/html")
            assert f"{known.status} · <code>{code}</code>" in text
            assert 'href="/swagger/index.html"' in text
            assert ("Every operation." in text) is (code == "internal_error" or len(ANSWERING[code]) == len(ROUTES))
    for nothing in ("nonsense", "%3Cscript%3E", "card_declined%00"):
        async with http.get(f"/problems/{nothing}") as answer:
            assert (answer.status, (await answer.json())["code"]) == (404, "not_found")
            assert "script" not in (await answer.text()).lower()
