"""What a mail says, from what was told: the resource of the event, to whom, and who speaks."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from actors.notifications.mails import MailContent, MailSeller, Standing
from messages.mails import Template
from messages.wire import Json, Wire

LinkTo = Callable[[str], str | None]
"""The address of an invoice's own page, if there are such pages."""


class Reader(Wire):
    """Who gets it, in which language; a seller has no name here."""

    address: str
    name: str | None = None
    locale: str | None = None
    time_zone: str | None = None


def content_of(
    template: Template, about: Json, said_at: str, reader: Reader, seller: MailSeller, link_to: LinkTo
) -> MailContent:
    """Raises ValidationError when the resource lacks what the mail is about."""
    given = {
        "template": template,
        "seller": seller,
        "locale": reader.locale,
        "time_zone": reader.time_zone,
        "customer_name": reader.name,
        **_OF[template](about, said_at, link_to),
    }
    return MailContent.model_validate({name: value for name, value in given.items() if value is not None})


def _receipt(payment: Json, said_at: str, _: LinkTo) -> Json:
    amount = payment.get("amount_captured") or payment["amount"]
    return {**_money(payment, amount), "number": payment["id"], "at": said_at, "description": payment["description"]}


def _invoice(invoice: Json, _: str, link_to: LinkTo) -> Json:
    standing = _standing(invoice)
    return {
        **_money(invoice, invoice["total"] if standing == "paid" else invoice["amount_remaining"]),
        "total_minor": invoice["total"],
        "number": invoice["number"],
        "due_at": invoice["due_date"],
        "link": link_to(invoice["id"]),
        "standing": standing,
        "description": invoice["description"],
    }


def _standing(invoice: Json) -> Standing:
    """Nobody is asked to pay what is paid, or what is charged by itself and has not failed yet."""
    if invoice.get("status") == "paid":
        return "paid"
    by_itself = invoice.get("collection_method") == "charge_automatically" and invoice.get("auto_advance")
    halted = invoice.get("collection_paused") or invoice.get("last_payment_error")
    return "charged" if by_itself and not halted else "due"


def _payment_failed(invoice: Json, said_at: str, link_to: LinkTo) -> Json:
    why = invoice.get("last_payment_error") or {}
    return {
        **_invoice(invoice, said_at, link_to),
        **_money(invoice, invoice["amount_remaining"]),
        "next_attempt_at": invoice["next_payment_attempt"],
        "reason": why.get("decline_code") or why.get("code"),
    }


def _trial_ending(subscription: Json, _: str, __: LinkTo) -> Json:
    return {"trial_end_at": subscription["trial"]["end"], "description": subscription.get("description")}


def _action_required(told: Json, said_at: str, link_to: LinkTo) -> Json:
    """An invoice's own page leads on to the bank; a payment says itself where, in a test by a path of ours alone."""
    if told["object"] == "invoice":
        return _payment_failed(told, said_at, link_to)
    action: Mapping[str, Any] = (told.get("next_action") or {}).get("redirect_to_url") or {}
    url = action.get("url") or ""
    link = None if url.startswith("/") else url or None
    return {**_money(told, told["amount"]), "number": told["id"], "link": link}


def _dispute(dispute: Json, said_at: str, _: LinkTo) -> Json:
    details: Mapping[str, Any] = dispute.get("evidence_details") or {}
    said = {"number": dispute["payment"], "reason": dispute["reason"], "at": said_at}
    return {**_money(dispute, dispute["amount"]), **said, "respond_by": details.get("due_by")}


def _webhook_disabled(endpoint: Json, said_at: str, _: LinkTo) -> Json:
    return {"endpoint_url": endpoint["url"], "reason": endpoint["disabled_reason"], "at": said_at}


def _money(told: Json, amount: int) -> Json:
    return {"amount_minor": amount, "currency": told["currency"]}


_OF: Final[Mapping[Template, Callable[[Json, str, LinkTo], Json]]] = {
    "receipt": _receipt,
    "invoice": _invoice,
    "payment_failed": _payment_failed,
    "trial_ending": _trial_ending,
    "action_required": _action_required,
    "dispute": _dispute,
    "webhook_disabled": _webhook_disabled,
}
