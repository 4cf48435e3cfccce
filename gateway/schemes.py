"""Whether a browser came by HTTPS: to us, to a proxy before us, or to the name that customers call."""

from urllib.parse import urlsplit

from aiohttp import web

from gateway.addresses import is_trusted
from gateway.door import Settings


def scheme_of(settings: Settings, request: web.Request) -> str:
    """`http` or `https`. Under the name of `public_url` it is that one's, where no proxy that we trust says it."""
    told = request.headers.get("X-Forwarded-Proto", "").lower() if is_trusted(request.remote, settings.proxies) else ""
    if request.secure or told in ("http", "https"):
        return "https" if request.secure else told
    public = urlsplit(settings.public_url or "")
    return public.scheme if public.netloc.lower() == request.headers.get("Host", "").lower() != "" else "http"
