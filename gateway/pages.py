"""What pages are made of, and the test methods of the simulated provider."""

from pathlib import Path

from aiohttp import web

from gateway.answers import resource
from gateway.route import Input

_FOLDER = Path(__file__).parent / "static"
_MEDIA_TYPES = {".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
_FILES = {file.name: file.read_bytes() for file in _FOLDER.iterdir() if file.suffix in _MEDIA_TYPES}

METHODS = {
    "pm_card_visa": "succeeds",
    "pm_card_mastercard": "succeeds",
    "pm_card_chargeDeclined": "declined: generic_decline",
    "pm_card_chargeDeclinedInsufficientFunds": "declined: insufficient_funds",
    "pm_card_chargeDeclinedLostCard": "declined: lost_card",
    "pm_card_chargeDeclinedStolenCard": "declined: stolen_card",
    "pm_card_chargeDeclinedExpiredCard": "declined: expired_card",
    "pm_card_chargeDeclinedIncorrectCvc": "declined: incorrect_cvc",
    "pm_card_chargeDeclinedProcessingError": "declined: processing_error",
    "pm_card_authenticationRequired": "requires_action; off session: authentication_required",
    "pm_card_threeDSecure2Required": "requires_action; off session: authentication_required",
    "pm_card_createDispute": "succeeds, then a dispute",
    "pm_card_refundFail": "succeeds; its refund fails later",
    "pm_card_pendingRefund": "succeeds; its refund stays pending for a while",
    "pm_card_bypassPending": "succeeds, funds available at once",
    "pm_sim_slow": "answers after 3 s",
    "pm_sim_timeoutAfterCharge": "charges and never answers",
    "pm_sim_errorAfterCharge": "charges and answers 500",
    "pm_sim_unavailable": "refuses with a definite outage",
}
"""Test methods of the simulated provider, as in the contract."""


def _file(name: str) -> web.Response:
    if name not in _FILES:
        raise web.HTTPNotFound
    media_type = _MEDIA_TYPES[Path(name).suffix]
    headers = {"Cache-Control": "no-cache"}
    return web.Response(body=_FILES[name], content_type=media_type, charset="utf-8", headers=headers)


def file_text(name: str) -> str:
    """Of a file that is there."""
    return _FILES[name].decode()


async def static(request: web.Request, _: Input) -> web.StreamResponse:
    """A file of ours, by its name; nothing else can be reached."""
    return _file(request.match_info["name"])


async def methods(_: web.Request, __: Input) -> web.StreamResponse:
    """`GET /simulated/methods`."""
    data = [{"payment_method": name, "does": does} for name, does in METHODS.items()]
    return resource({"data": data, "has_more": False, "next_cursor": None})
