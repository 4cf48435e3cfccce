"""The API's own documents, and Swagger UI to read and try them, all from this gateway alone."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from aiohttp import web

from gateway.asyncapi import document as asyncapi_document
from gateway.lookups import our_version
from gateway.openapi.document import document as openapi_document
from gateway.route import JSON, Input, Route
from messages.wire import Json

_FOLDER = Path(__file__).parent / "static" / "swagger"
_PAGES = frozenset(file.name for file in _FOLDER.iterdir() if file.suffix in (".html", ".css", ".js", ".png"))

_POLICY = "default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:"
"""Swagger UI sets styles on its elements and draws with data: images; no script but these files runs."""

_PAGE_HEADERS = {
    "Cache-Control": "no-cache",
    "Content-Security-Policy": f"{_POLICY}; frame-ancestors 'none'; base-uri 'none'",
}


@dataclass(frozen=True, slots=True)
class Document:
    """As it is sent, with its ETag."""

    text: bytes
    tag: str


OPENAPI = web.AppKey("openapi", Document)
ASYNCAPI = web.AppKey("asyncapi", Document)


def describe(app: web.Application, routes: Sequence[Route]) -> None:
    """Makes both documents, once."""
    version = our_version()
    app[OPENAPI] = _document(openapi_document(routes, version))
    app[ASYNCAPI] = _document(asyncapi_document(version))


async def openapi(request: web.Request, _: Input) -> web.StreamResponse:
    """`GET /openapi.json`."""
    return _answer(request, request.app[OPENAPI])


async def asyncapi(request: web.Request, _: Input) -> web.StreamResponse:
    """`GET /asyncapi.json`."""
    return _answer(request, request.app[ASYNCAPI])


async def swagger(request: web.Request, _: Input) -> web.StreamResponse:
    """A file of Swagger UI; a browser asks each time whether it has changed, and mostly it has not (304)."""
    name = request.match_info["name"]
    if name not in _PAGES:
        raise web.HTTPNotFound
    return web.FileResponse(_FOLDER / name, headers=_PAGE_HEADERS)


async def to_swagger(_: web.Request, __: Input) -> web.StreamResponse:
    """`/swagger/`."""
    return web.Response(status=302, headers={"Location": "/swagger/index.html"})


def _document(made: Json) -> Document:
    text = json.dumps(made, ensure_ascii=False, separators=(",", ":")).encode()
    return Document(text, sha256(text).hexdigest()[:16])


def _answer(request: web.Request, document: Document) -> web.StreamResponse:
    headers = {"Cache-Control": "no-cache", "ETag": f'"{document.tag}"'}
    if any(tag.value in (document.tag, "*") for tag in request.if_none_match or ()):
        return web.Response(status=304, headers=headers)
    return web.Response(body=document.text, content_type=JSON, headers=headers)
