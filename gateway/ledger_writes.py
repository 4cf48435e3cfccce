"""POST and PATCH of wallets and books: the commands of the ledger that a request makes."""

from collections.abc import Callable
from typing import Any

from aiohttp import web
from pydantic import BaseModel

from gateway.commands import Wish
from gateway.guards import expected_version, needed_reason, reason_of
from gateway.ledger_bodies import (
    ConversionBody,
    EffectiveBody,
    HoldBody,
    TransactionBody,
    TransactionsBody,
    WalletBody,
)
from gateway.problems import FieldError, invalid
from gateway.reads import by_month, by_path
from gateway.route import id_of
from messages import ledger_commands as commands
from messages.ids import account_id, new_id
from messages.ledger import ACTOR
from messages.wire import json_of


def by_id(command_type: str) -> Callable[[web.Request, BaseModel], Wish]:
    """A command about the resource of the path, whose data is the body as it stands."""

    def wish(request: web.Request, body: BaseModel) -> Wish:
        return Wish(ACTOR, command_type, id_of(request), body)

    return wish


def create(prefix: str, command_type: str) -> Callable[[web.Request, BaseModel], Wish]:
    """A resource whose id is chosen here, made of the body as it stands."""

    def wish(_: web.Request, body: BaseModel) -> Wish:
        return Wish(ACTOR, command_type, new_id(prefix), body)

    return wish


def hold(_: web.Request, body: HoldBody) -> Wish:
    """Wallet money set aside."""
    data = commands.CreateHold(
        customer_id=body.customer_id,
        amount=body.amount,
        currency=body.currency,
        destination=json_of(body.destination),
        expires_at=body.expires_at,
        metadata=body.metadata,
    )
    return Wish(ACTOR, "hold.create", new_id("hold"), data)


def limits(request: web.Request, body: WalletBody) -> Wish:
    """How far a wallet may go below nothing."""
    named = {currency: most or 0 for currency, most in body.overdraft_limits.items()}
    data = commands.SetOverdraftLimits(overdraft_limits=named, expected_version=expected_version(request))
    return Wish(ACTOR, "wallet.limit", id_of(request, "customer_id"), data)


def reverse_transfer(request: web.Request, _: BaseModel) -> Wish:
    """All of it back."""
    return Wish(ACTOR, "transfer.reverse", id_of(request), commands.ReverseTransfer(reason=needed_reason(request)))


def transaction(request: web.Request, body: TransactionBody) -> Wish:
    """By hand; on reserved accounts with a reason."""
    return Wish(ACTOR, "transaction.create", new_id("txn"), _transaction(body, reason_of(request)))


def transactions(request: web.Request, body: TransactionsBody) -> Wish:
    """Many by hand, with one reason for all that need one."""
    reason = reason_of(request)
    data = commands.CreateTransactions(transactions=[_transaction(one, reason) for one in body.transactions])
    return Wish(ACTOR, "transaction.bulk", new_id("bulk"), data)


def post_transaction(request: web.Request, body: EffectiveBody) -> Wish:
    """A pending one becomes part of the books."""
    return Wish(ACTOR, "transaction.post", id_of(request), commands.PostTransaction(effective_at=body.effective_at))


def reverse_transaction(request: web.Request, body: EffectiveBody) -> Wish:
    """Another one undoes it."""
    data = commands.ReverseTransaction(reason=needed_reason(request), effective_at=body.effective_at)
    return Wish(ACTOR, "transaction.reverse", id_of(request), data)


def conversion(request: web.Request, body: ConversionBody) -> Wish:
    """Money in another currency."""
    path = body.from_account
    if (path is None) == (body.customer_id is None):
        detail = "Name either customer_id, for a wallet, or from_account."
        raise invalid("validation_failed", [FieldError("missing", detail, pointer="/from_account")])
    given = body.model_dump(exclude={"customer_id", "from_account"})
    account = path or f"liabilities:wallets:{body.customer_id}"
    data = commands.CreateConversion(**given, from_account=account, reason=reason_of(request))
    return Wish(ACTOR, "conversion.create", new_id("conv"), data)


def freeze(request: web.Request, _: BaseModel) -> Wish:
    """No requests on the path from now on."""
    path = by_path(request)["path"]
    return Wish(ACTOR, "account.freeze", account_id(path), commands.FreezeAccount(path=path, reason=reason_of(request)))


def unfreeze(request: web.Request, _: BaseModel) -> Wish:
    """Requests may use the path again."""
    path, reason = by_path(request)["path"], needed_reason(request)
    return Wish(ACTOR, "account.unfreeze", account_id(path), commands.UnfreezeAccount(path=path, reason=reason))


def close_period(request: web.Request, _: BaseModel) -> Wish:
    """Nothing may be dated into the month any more."""
    month = _month(request)
    return Wish(ACTOR, "period.close", month, commands.ClosePeriod(month=month, reason=reason_of(request)))


def reopen_period(request: web.Request, _: BaseModel) -> Wish:
    """It may again."""
    month = _month(request)
    return Wish(ACTOR, "period.reopen", month, commands.ReopenPeriod(month=month, reason=needed_reason(request)))


def _transaction(body: TransactionBody, reason: str | None) -> commands.CreateTransaction:
    return commands.CreateTransaction(**_fields(body), reason=reason)


def _fields(body: BaseModel) -> dict[str, Any]:
    return {name: getattr(body, name) for name in type(body).model_fields}


def _month(request: web.Request) -> str:
    return by_month(request)["month"]
