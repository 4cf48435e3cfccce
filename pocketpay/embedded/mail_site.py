"""The site of the mails that came in: pages for people, JSON for tests, health for the supervisor."""

import asyncio
from pathlib import Path
from urllib.parse import quote

from aiohttp import web
from aiohttp.typedefs import Handler

import gateway
from gateway.guards import host_name
from health.endpoint import Health, routes
from messages.wire import Json, rfc3339
from pocketpay.embedded.mail_folder import KeptMail, MailFolder, Opened, opened
from pocketpay.embedded.mail_pages import MAIL_POLICY, PAGE_POLICY, STYLE, list_page, mail_page

_FOLDER: web.AppKey[MailFolder] = web.AppKey("folder", MailFolder)
_NAMES = frozenset({"127.0.0.1", "localhost", "[::1]"})
_STATIC = Path(gateway.__file__).parent / "static"
_MAIL = r"/mails/{id:[0-9a-f]+}"


def application(folder: MailFolder, server: asyncio.Server) -> web.Application:
    """Ready as long as `server` takes mails in."""

    async def taking_in() -> None:
        if not server.is_serving():
            raise ConnectionError("no mail is taken in")

    app = web.Application(middlewares=[_guarded], client_max_size=1024)
    app[_FOLDER] = folder
    app.add_routes(routes(Health({"smtp": taking_in})))
    app.add_routes(
        [
            web.get("/", _all),
            web.get("/mails.json", _all_as_json),
            web.get("/style.css", _static),
            web.get("/icon.svg", _static),
            web.get("/mails.css", _own_style),
            web.get(_MAIL, _one),
            web.get(f"{_MAIL}.json", _one_as_json),
            web.get(f"{_MAIL}/html", _html),
            web.get(f"{_MAIL}/text", _text),
            web.get(f"{_MAIL}/raw", _raw),
            web.get(_MAIL + r"/attachments/{number:\d{1,4}}", _attachment),
        ]
    )
    return app


@web.middleware
async def _guarded(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Another name that leads here may belong to an attacker's page; and no page may do more than it must."""
    if host_name(request.headers.get("Host", "")) not in _NAMES:
        raise web.HTTPForbidden(text="Call this by 127.0.0.1 or localhost.")
    response = await handler(request)
    response.headers.setdefault("Content-Security-Policy", PAGE_POLICY)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["Cache-Control"] = "no-store"
    return response


async def _all(request: web.Request) -> web.Response:
    return web.Response(text=list_page(request.app[_FOLDER].newest()), content_type="text/html")


async def _all_as_json(request: web.Request) -> web.Response:
    return web.json_response({"object": "list", "data": [_json(mail) for mail in request.app[_FOLDER].newest()]})


async def _one(request: web.Request) -> web.Response:
    return web.Response(text=mail_page(_mail_of(request), _parts_of(request)), content_type="text/html")


async def _one_as_json(request: web.Request) -> web.Response:
    parts = _parts_of(request)
    files = [{"name": each.name, "media_type": each.media_type} for each in parts.attachments]
    return web.json_response({**_json(_mail_of(request)), "text": parts.text, "html": parts.html, "attachments": files})


async def _html(request: web.Request) -> web.Response:
    return _untrusted(_parts_of(request).html.encode(), "text/html")


async def _text(request: web.Request) -> web.Response:
    return _untrusted(_parts_of(request).text.encode(), "text/plain")


async def _raw(request: web.Request) -> web.Response:
    return _untrusted(request.app[_FOLDER].raw(_mail_of(request)), "text/plain")


async def _attachment(request: web.Request) -> web.Response:
    files, number = _parts_of(request).attachments, int(request.match_info["number"])
    if number >= len(files):
        raise web.HTTPNotFound(text="The mail has no such attachment.")
    file = files[number]
    media_type = "application/pdf" if file.media_type == "application/pdf" else "application/octet-stream"
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(file.name, safe='')}",
        "Content-Security-Policy": MAIL_POLICY,
    }
    return web.Response(body=file.content, content_type=media_type, headers=headers)


async def _static(request: web.Request) -> web.FileResponse:
    """Looks as the rest of PocketPay does."""
    return web.FileResponse(_STATIC / request.path[1:])


async def _own_style(_: web.Request) -> web.Response:
    return web.Response(text=STYLE, content_type="text/css")


def _mail_of(request: web.Request) -> KeptMail:
    mail = request.app[_FOLDER].find(request.match_info["id"])
    if mail is None:
        raise web.HTTPNotFound(text="There is no such mail, or not any more.")
    return mail


def _parts_of(request: web.Request) -> Opened:
    return opened(request.app[_FOLDER].raw(_mail_of(request)))


def _json(mail: KeptMail) -> Json:
    return {
        "id": mail.id,
        "message_id": mail.message_id,
        "from": mail.sender,
        "to": mail.to,
        "subject": mail.subject,
        "at": rfc3339(mail.at),
        "repeats": mail.repeats,
    }


def _untrusted(body: bytes, content_type: str) -> web.Response:
    headers = {"Content-Security-Policy": MAIL_POLICY}
    return web.Response(body=body, content_type=content_type, charset="utf-8", headers=headers)
