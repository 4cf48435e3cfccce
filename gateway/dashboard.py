"""The dashboard's files: plain ES modules, as they lie in the folder. No build, and nobody else is asked."""

import gzip
import hashlib
import re
from dataclasses import dataclass, replace
from functools import lru_cache
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


@dataclass(frozen=True, slots=True)
class _Kept:
    """A file as it is, and packed; `hash` is of what it holds."""

    hash: str
    plain: bytes
    packed: bytes


async def index(request: web.Request, _: Input) -> web.StreamResponse:
    """`/`."""
    return _answer(request, "index.html")


async def file(request: web.Request, _: Input) -> web.StreamResponse:
    """A browser asks each time whether a file has changed, and mostly it has not (304)."""
    found = request.match_info
    name = f"{found['folder']}/{found['name']}" if "folder" in found else found["name"]
    if name not in _FILES:
        raise web.HTTPNotFound
    return _answer(request, name)


def _answer(request: web.Request, name: str) -> web.StreamResponse:
    """Packed for whoever takes that, which is another representation and has another tag."""
    path = _FILES[name]
    kept = _kept(path, path.stat().st_mtime_ns)
    packed = _takes_gzip(request.headers.get("Accept-Encoding", ""))
    tag = f"{kept.hash}-gzip" if packed else kept.hash
    headers = {"Cache-Control": "no-cache", "Vary": "Accept-Encoding", "ETag": f'"{tag}"'}
    headers["Content-Security-Policy"] = _POLICY  # of a 304 too: what it says takes the place of what is kept
    if any(each.value in (tag, "*") for each in request.if_none_match or ()):
        return web.Response(status=304, headers=headers)
    headers["Content-Type"] = f"{_MEDIA[path.suffix]}; charset=utf-8"
    if packed:
        headers["Content-Encoding"] = "gzip"
    return web.Response(body=kept.packed if packed else kept.plain, headers=headers)


@lru_cache(maxsize=2 * len(_FILES))
def _kept(path: Path, _changed_ns: int) -> _Kept:
    """Read and packed once, and again when the file has changed."""
    plain = path.read_bytes()
    return _Kept(hashlib.sha256(plain).hexdigest()[:32], plain, gzip.compress(plain, mtime=0))


def _takes_gzip(accepted: str) -> bool:
    """By RFC 9110 12.5.3: named, or meant by `*`, and not with the weight 0."""
    weights: dict[str, bool] = {}
    for each in accepted.lower().split(","):
        coding, *parameters = (part.strip() for part in each.split(";"))
        weights[coding] = not any(re.fullmatch(r"q=0(\.0{0,3})?", parameter) for parameter in parameters)
    return weights.get("gzip", weights.get("*", False))


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
