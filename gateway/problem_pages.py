"""`/problems/{code}`, where a problem's `type` leads: what it means, what to do, and who answers so."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from html import escape
from typing import Final

from aiohttp import web

from gateway.meanings.examples import problem_example
from gateway.meanings.table import MEANINGS
from gateway.openapi.codes import codes_of
from gateway.problems import Problem
from gateway.route import HTML, Input, Route
from messages.problems import PROBLEMS

_ADVICE: Final = {
    "same_key": "Repeat exactly the same request, with the same Idempotency-Key.",
    "new_key": "Change the request first, and send it with another Idempotency-Key.",
    "later": "Nothing was accepted. Try again after Retry-After, with the same Idempotency-Key.",
    "never": "Repeating will not help.",
}

_PAGE: Final = """<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{code} · PocketPay</title>
<link rel="icon" href="/static/icon.svg">
<link rel="stylesheet" href="/static/style.css">
<main>
  <section class="sheet">
    <p class="muted">{status} · <code>{code}</code></p>
    <h1>{title}</h1>
    <p>{means}</p>
    <h2>Why</h2>
    <p>{cause}</p>
    <h2>What to do</h2>
    <p>{remedy}</p>
    <p class="muted"><code>retry: {retry}</code> {advice}</p>
  </section>
  <section class="sheet"><h2>As it is answered</h2><pre>{example}</pre></section>
  <section class="sheet"><h2>Who answers so</h2>{operations}</section>
  <p><a href="/swagger/index.html">All operations</a> · <a href="/">The dashboard</a></p>
</main>
</html>
"""

_OF_NONE: Final = "<p>No operation by itself: it comes before any is reached, or stands in a resource.</p>"
_OF_ALL: Final = "<p>Every operation.</p>"

Answering = Mapping[str, Sequence[Route]]
"""By code, the routes that may answer with it."""

ANSWERING = web.AppKey[Answering]("answering", Mapping)


def explain(app: web.Application, routes: Sequence[Route]) -> None:
    """Looks up, once, who answers with what."""
    app[ANSWERING] = answering(routes)


def answering(routes: Sequence[Route]) -> Answering:
    """As OpenAPI tells it; every route has a line of its own in the table."""
    found: dict[str, list[Route]] = defaultdict(list)
    for route in routes:
        for code in (code for codes in codes_of(route).values() for code in codes):
            found[code].append(route)
    return found


def problem_html(code: str, routes: Sequence[Route], *, of_all: bool) -> str:
    """The whole page of a code that there is; whatever is put in is escaped here."""
    known, meaning = PROBLEMS[code], MEANINGS[code]
    example = json.dumps(problem_example(code), indent=2, ensure_ascii=False)
    return _PAGE.format(
        code=escape(code),
        status=known.status,
        title=escape(known.title),
        **{name: escape(said) for name, said in meaning._asdict().items()},
        retry=escape(known.retry),
        advice=escape(_ADVICE[known.retry]),
        example=escape(example),
        operations=_OF_ALL if of_all else _listed(routes),
    )


def _listed(routes: Sequence[Route]) -> str:
    rows = (f"<li><code>{escape(f'{each.method} {each.path}')}</code> {escape(each.summary)}</li>" for each in routes)
    return f"<ul>{''.join(rows)}</ul>" if routes else _OF_NONE


async def show(request: web.Request, _: Input) -> web.StreamResponse:
    """The page of a code; what is no code of ours is not repeated."""
    code, known = request.match_info["code"], request.app[ANSWERING]
    if code not in PROBLEMS:
        raise Problem("not_found", "There is no such error code.")
    routes = known.get(code, ())
    of_all = len(routes) == len(known["internal_error"])  # that may be answered by all there are
    return web.Response(text=problem_html(code, routes, of_all=of_all), content_type=HTML)
