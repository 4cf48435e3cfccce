"""The dashboard's files: plain ES modules, as they lie in the folder. No build, and nobody else is asked."""

from dataclasses import replace
from pathlib import Path

from aiohttp import web

from gateway.answers import SECURITY_HEADERS
from gateway.route import HTML, Input, Route

_FOLDER = Path(__file__).parent / "static" / "dashboard"
_CHECKER = Path(__file__).parents[1] / "docs" / "proof" / "check.py"
"""Who proves a balance takes the checker along. A wheel has it in the folder."""

_MEDIA = {
    ".html": HTML,
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
    ".py": "text/x-python",
}
_FILES = {file.relative_to(_FOLDER).as_posix(): file for file in sorted(_FOLDER.rglob("*")) if file.suffix in _MEDIA}
_FILES.setdefault(_CHECKER.name, _CHECKER)
"""By path below the folder: what isn't in here cannot be reached, whatever a path holds."""


_POLICY = f"{SECURITY_HEADERS['Content-Security-Policy']}; img-src 'self' data:; form-action 'none'"
"""Pico draws its small signs as data: images; no script but these files runs, and no form is sent by itself."""


async def index(_: web.Request, __: Input) -> web.StreamResponse:
    """`/`."""
    return _answer("index.html")


async def file(request: web.Request, _: Input) -> web.StreamResponse:
    """A browser asks each time whether a file has changed, and mostly it has not (304)."""
    found = request.match_info
    name = f"{found['folder']}/{found['name']}" if "folder" in found else found["name"]
    if name not in _FILES:
        raise web.HTTPNotFound
    return _answer(name)


def _answer(name: str) -> web.StreamResponse:
    path = _FILES[name]
    media = f"{_MEDIA[path.suffix]}; charset=utf-8"
    headers = {"Cache-Control": "no-cache", "Content-Type": media, "Content-Security-Policy": _POLICY}
    return web.FileResponse(path, headers=headers)


_FILE = Route(
    *("GET", "/dashboard/{name}", file, None, "getDashboardFile", "A file of the dashboard"),
    media=tuple(_MEDIA.values()),
    codes=("route_not_found",),
)

DASHBOARD = [
    Route("GET", "/", index, None, "showDashboard", "The dashboard", media=(HTML,)),
    _FILE,
    replace(_FILE, path="/dashboard/{folder}/{name}", operation="getDashboardFileInFolder"),
]
