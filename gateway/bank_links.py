"""The address of the simulated bank's page: its token lets a customer say there how they authenticated, nothing else.

Events tell the address without the token, so that no right is on a stream.
"""

import re
from typing import Final

from messages.page_tokens import page_token, read_page_token
from messages.wire import Json

PATH: Final = "/simulated/payments/{id}/authenticate"

_PURPOSE: Final = "bank page"
_OF_A_PAYMENT: Final = re.compile(r"/simulated/payments/([^/]+)/authenticate")


def with_bank_address(key: str | None, tenant: str, payment: Json) -> Json:
    """The payment, whose customer is led to a page that they may use; one of a real bank is left as it is."""
    action = payment.get("next_action") or {}
    redirect = action.get("redirect_to_url") or {}
    if not key or redirect.get("url") != PATH.format(id=payment.get("id")):
        return payment
    url = f"{redirect['url']}?token={page_token(key, _PURPOSE, tenant, payment['id'])}"
    return {**payment, "next_action": {**action, "redirect_to_url": {**redirect, "url": url}}}


def is_bank_page(path: str) -> bool:
    """Whether a token may stand in it."""
    return _OF_A_PAYMENT.fullmatch(path) is not None


def named_by(key: str | None, path: str, token: str) -> tuple[str, str] | None:
    """Tenant and payment; None if the token is not for the page of this path."""
    named, page = read_page_token(key, _PURPOSE, token), _OF_A_PAYMENT.fullmatch(path)
    return named if named and page and named[1] == page[1] else None
