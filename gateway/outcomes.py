"""What has come back of a command, as the answer that a client gets."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from gateway.bus import Waiter
from gateway.cursors import stream_cursor
from gateway.problems import RETRY_AFTER_SECONDS, Problem, problem_body
from health.metrics import CHARGES_REFUSED
from messages.envelope import Command, Done
from messages.wire import Json, json_of, rfc3339

KEY_LIFE = timedelta(days=30)

LOCATIONS = {
    "payment": "payments",
    "refund": "refunds",
    "payout": "payouts",
    "dispute": "disputes",
    "payment_method": "payment-methods",
    "hold": "holds",
    "transfer": "transfers",
    "ledger_transaction": "ledger/transactions",
    "customer": "customers",
    "product": "products",
    "price": "prices",
    "coupon": "coupons",
    "tax_rate": "tax-rates",
    "usage_event": "usage-events",
    "subscription": "subscriptions",
    "invoice": "invoices",
    "credit_note": "credit-notes",
    "test_clock": "test-clocks",
    "webhook_endpoint": "webhook-endpoints",
    "webhook_delivery": "webhook-deliveries",
    "mail": "mails",
    "api_key": "api-keys",
    "user": "users",
    "tenant": "tenants",
}
"""Where a resource of this `object` lies."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, body and headers as they go out, by whichever way."""

    status: int
    body: Json
    headers: dict[str, str]

    @property
    def media_type(self) -> str:
        """Problems have their own."""
        return "application/json" if self.status < 400 else "application/problem+json"


def answer_of(command: Command, waiter: Waiter, epoch: int, request_id: str) -> Answer:
    """What the client is told, given all that has come back."""
    headers = {"PocketPay-Command": command.id}
    if waiter.done:
        return _finished(waiter.done, headers, epoch, request_id)
    if waiter.accepted:
        shown = waiter.accepted.resource or running(command)
        return Answer(202, shown, {**headers, **_named(shown)})
    detail = "It may still happen: repeat the same request with the same Idempotency-Key."
    extra = {"idempotency_key": command.idempotency_key}
    return Answer(504, problem_body("outcome_unknown", detail, request_id, extra), headers)


def refusal(problem: Problem, request_id: str) -> Answer:
    """A problem as an answer."""
    body = problem_body(problem.code, problem.detail, request_id, problem.extra)
    challenge = {"WWW-Authenticate": "Bearer"} if body["status"] == 401 else {}
    return Answer(body["status"], body, {**challenge, **problem.headers, **_retry_after(body)})


def _finished(done: Done, headers: dict[str, str], epoch: int, request_id: str) -> Answer:
    if done.position is not None:
        headers["PocketPay-Position"] = stream_cursor(epoch, done.position)
    if done.replayed:
        headers["Idempotent-Replayed"] = "true"
    if done.status == 429 and "reason" in done.body:  # a quota has none
        CHARGES_REFUSED.labels(done.body["reason"]).inc()
    if 200 <= done.status < 300:
        resource: Json = _placed(done, epoch)
        body = resource
        if "version" in resource:
            headers["ETag"] = f'"{resource["version"]}"'
    else:
        extra = {key: value for key, value in done.body.items() if key not in ("code", "detail")}
        code, detail = done.body.get("code", "internal_error"), done.body.get("detail", "")
        body = problem_body(code, detail, request_id, {**extra, "status": done.status})
        resource = extra.get("payment") or extra.get("payout") or {}
    if location := location_of(resource):
        headers["Location"] = location
    if done.status == 200:
        headers.pop("Location", None)
    return Answer(done.status, body, {**headers, **_retry_after(body)})


def _placed(done: Done, epoch: int) -> Json:
    """Wallets and accounts say where they stand in the stream; only what is told after the commit can know it."""
    if "position" not in done.body or done.position is None:
        return done.body
    return {**done.body, "position": stream_cursor(epoch, done.position)}


def _named(resource: Json) -> dict[str, str]:
    """Where it lies and which version this is, if it has both."""
    location = location_of(resource)
    return {"Location": location, "ETag": f'"{resource["version"]}"'} if location and "version" in resource else {}


def location_of(resource: Any) -> str | None:
    """The address of a resource, if it has one."""
    if not isinstance(resource, dict):
        return None
    folder = LOCATIONS.get(resource.get("object", ""))
    return f"/api/v1/{folder}/{resource['id']}" if folder and "id" in resource else None


def running(command: Command) -> Json:
    """The command as a resource, while nothing is known but that it runs."""
    return {
        "id": command.id,
        "object": "command",
        "status": "running",
        "type": command.type,
        "idempotency_key": command.idempotency_key,
        "first_seen_at": rfc3339(command.time),
        "expires_at": rfc3339(command.time + KEY_LIFE),
        "principal": command.principal,
        "request": json_of(command.request) if command.request else None,
        "resource": None,
        "outcome": None,
        "replays": 0,
        "livemode": command.livemode,
    }


def _retry_after(body: Json) -> dict[str, str]:
    if body.get("retry") != "later":
        return {}
    return {"Retry-After": str(body.get("retry_after_seconds", RETRY_AFTER_SECONDS))}
