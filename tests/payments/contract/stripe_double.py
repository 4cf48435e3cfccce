"""Stripe as far as we can have it on this machine: localstripe, and before it what localstripe lacks.

That is idempotency keys, the search, a method given at confirmation, lists as Stripe has them, and bad days on demand.
"""

import asyncio
import contextlib
import json
import warnings
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import aiohttp
from aiohttp import web

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # its handlers are no coroutines, which aiohttp deprecates
    import localstripe.resources
    import localstripe.server
    import localstripe.webhooks

from tests.payments.contract.stripe_lists import listed

KEY = "sk_test_of_the_double"
CARDS = {
    "pm_card_visa": "4242424242424242",
    "pm_card_chargeDeclined": "4000000000000341",
    "pm_card_threeDSecure2Required": "4000000000003220",
}
REFUSED_BY_LOCALSTRIPE = ("return_url",)
LISTS = {"/v1/balance_transactions": "balance_transaction", "/v1/events": "event"}


@dataclass
class Double:
    """`faults` are used up one per POST: `timeout`, `cut`, `500` after it was done; `409`, `429`, `503` before.

    `more` objects are newer than those of localstripe; `paid_out` names the balance transactions of a payout.
    """

    address: str
    faults: list[str] = field(default_factory=list)
    every_third_times_out: bool = False
    remembers: bool = True
    posts: list[tuple[str, str]] = field(default_factory=list)
    bodies: list[tuple[str, str, dict[str, Any], int, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    answers: dict[str, tuple[str, int, bytes]] = field(default_factory=dict)
    more: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    paid_out: dict[str, set[str]] = field(default_factory=dict)
    gets: list[tuple[str, dict[str, str]]] = field(default_factory=list)

    async def method(self, name: str) -> str:
        """The id of a new card that behaves like Stripe's test method of that name."""
        card = {"number": CARDS[name], "exp_month": "12", "exp_year": "2030", "cvc": "123"}
        fields = {"type": "card", **{f"card[{key}]": value for key, value in card.items()}}
        return (await self.ask("POST", "/v1/payment_methods", fields))["id"]

    async def authenticate(self, intent: str, *, success: bool) -> None:
        """The customer was at their bank's page."""
        secret = (await self.ask("GET", f"/v1/payment_intents/{intent}"))["client_secret"]
        told = {"client_secret": secret, "success": str(success).lower()}
        await self.ask("POST", f"/v1/payment_intents/{intent}/_authenticate", told)

    async def tell(self, url: str, secret: str) -> None:
        """From now on localstripe itself signs and sends what it knows of our events there, a second late."""
        told = {"url": url, "secret": secret, "events[]": "payment_intent.succeeded"}
        await self.ask("POST", "/_config/webhooks/ours", told)

    async def ask(self, method: str, path: str, fields: dict[str, str] | None = None) -> Any:
        """As Stripe's own pages would, without a key for repeats."""
        headers = {"Authorization": f"Bearer {KEY}"}
        async with (
            aiohttp.ClientSession(self.address, headers=headers) as http,
            http.request(method, path, data=fields, timeout=aiohttp.ClientTimeout(total=5)) as answer,
        ):
            return await answer.json(content_type=None)

    def all(self, kind: str) -> list[Any]:
        """What there is of it, as localstripe keeps it."""
        return _all(kind)

    def charged(self) -> Counter[str]:
        """How often money was taken or authorised, by our payment."""
        intents = _all("payment_intent")
        taken = [each for each in intents if each.latest_charge and each.latest_charge.status == "succeeded"]
        return Counter(each.metadata["pocketpay_payment_id"] for each in taken if each.metadata)


@contextlib.asynccontextmanager
async def stripe_double() -> AsyncIterator[Double]:
    """Listens on loopback; nothing is ever written to localstripe's file in /tmp."""
    store = localstripe.resources.Store
    keep, store.dump_to_disk = store.dump_to_disk, _keep_nothing
    setattr(localstripe.resources.PaymentIntent, "amount_received", property(_received))  # noqa: B010 - it has none
    localstripe.resources.store.clear()
    inner = await _listen(localstripe.server.app)
    double = Double("")
    async with aiohttp.ClientSession(inner[1], connector=aiohttp.TCPConnector(force_close=True)) as behind:

        async def answer(request: web.Request) -> web.StreamResponse:
            answered = await _answer(double, behind, request)
            answered.force_close()
            return answered

        app = web.Application()
        app.router.add_route("*", "/{path:.*}", answer)
        outer = await _listen(app)
        double.address = outer[1]
        try:
            yield double
        finally:
            await outer[0].cleanup()
            await inner[0].cleanup()
            localstripe.webhooks._webhooks.clear()
            store.dump_to_disk = keep


def _keep_nothing(self: object) -> None:
    """Instead of a pickle in /tmp that all instances share."""


def _received(intent: Any) -> int:
    """What localstripe does not say: what was captured, of which it gives back the rest by a refund of its own."""
    charge = intent.latest_charge
    if charge is None or charge.status != "succeeded" or not charge.captured:
        return 0
    let_go = [each.amount for each in _all("refund") if each.charge == charge.id and each.payment_intent is None]
    return charge.amount - sum(let_go)


async def _listen(app: web.Application) -> tuple[web.AppRunner, str]:
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    return runner, f"http://{host}:{port}"


async def _answer(double: Double, behind: aiohttp.ClientSession, request: web.Request) -> web.StreamResponse:
    double.headers.append(dict(request.headers))
    if request.path.endswith("/search"):
        return web.json_response(_found(request.path, request.query["query"]))
    if request.method == "GET" and request.path in LISTS and "Bearer sk_" in request.headers["Authorization"]:
        double.gets.append((request.path, dict(request.query)))
        status, told = listed(_everything(double, LISTS[request.path]), request.query, double.paid_out)
        return web.json_response(told, status=status)
    key = request.headers.get("Idempotency-Key", "") if request.method == "POST" else ""
    fault = _fault(double, request.path, key) if key else ""
    if fault in ("409", "429", "503"):
        return _error(int(fault))
    sent = dict(await request.post())
    fingerprint = json.dumps([request.path, {name: str(value) for name, value in sent.items()}], sort_keys=True)
    known = double.answers.get(key) if double.remembers else None
    if known is not None and known[0] != fingerprint:
        return web.json_response({"error": {"type": "idempotency_error", "message": "another request"}}, status=400)
    status, body = known[1:] if known else await _done(behind, request, sent)
    if key:
        double.answers[key] = (fingerprint, status, body)
    double.bodies.append((request.method, request.path, sent, status, json.loads(body) if body[:1] == b"{" else None))
    return await _badly(fault, request, status, body)


def _fault(double: Double, path: str, key: str) -> str:
    double.posts.append((path, key))
    if double.every_third_times_out and len(double.posts) % 3 == 0:
        return "timeout"
    return double.faults.pop(0) if double.faults else ""


async def _badly(fault: str, request: web.Request, status: int, body: bytes) -> web.StreamResponse:
    if fault == "timeout":
        await asyncio.sleep(2)
    if fault == "500":
        return web.Response(status=500, text="<html>Something is broken</html>")
    if fault == "cut":
        answer = web.StreamResponse(headers={"Content-Length": str(len(body))})
        await answer.prepare(request)
        await answer.write(body[: len(body) // 2])
        assert request.transport is not None
        request.transport.close()
        return answer
    return web.Response(body=body, status=status, content_type="application/json")


async def _done(behind: aiohttp.ClientSession, request: web.Request, sent: dict[str, Any]) -> tuple[int, bytes]:
    told = {name: str(value) for name, value in sent.items() if name not in REFUSED_BY_LOCALSTRIPE}
    if request.path.endswith("/confirm"):
        _give_method(request.path.split("/")[3], told.pop("payment_method", None))
        told.pop("off_session", None)
    if request.method == "POST" and (no := _unfit(request.path, sent)):
        return 400, json.dumps({"error": {"type": "invalid_request_error", "message": no}}).encode()
    headers = {"Authorization": request.headers.get("Authorization", "")}
    asked = behind.request(request.method, request.path_qs, data=told or None, headers=headers)
    async with asked as answer:
        body = await answer.read()
        return answer.status, body if answer.content_type == "application/json" else b'"not json"'


def _unfit(path: str, sent: dict[str, Any]) -> str | None:
    """What Stripe refuses of saved methods and localstripe does not: what was somebody's is nobody else's ever."""
    _, _, kind, *rest = path.split("/")
    named = rest[0] if kind == "payment_methods" and rest else sent.get("payment_method")
    method = next((each for each in _all("payment_method") if each.id == named), None)
    if method is None:
        return None
    was_of, is_of = method.metadata.get("was_of"), method.customer
    if path.endswith("/detach"):
        return None if is_of else "The payment method you provided is not attached to a customer."
    wanted = sent.get("customer") or (_customer_of(rest[0]) if rest and kind == "payment_intents" else None)
    if was_of and (was_of != wanted or not is_of):
        return "The payment method belongs to a customer, or did before it was detached."
    if path.endswith("/attach"):
        method.metadata["was_of"] = wanted
    return None


def _customer_of(intent: str) -> str | None:
    return next((each.customer for each in _all("payment_intent") if each.id == intent), None)


def _give_method(intent: str, method: str | None) -> None:
    """localstripe confirms only with the method of the intent, and only once."""
    for each in _all("payment_intent"):
        if each.id == intent and each.status == "requires_payment_method":
            each.payment_method, each.latest_charge = method, None


def _found(path: str, query: str) -> dict[str, Any]:
    name, value = query.removeprefix("metadata['").removesuffix("'").split("']:'")
    kind = path.split("/")[2].removesuffix("s")
    found = [each._export() for each in _all(kind) if (each.metadata or {}).get(name) == value]
    return {"object": "search_result", "data": found, "has_more": False, "url": path}


def _everything(double: Double, kind: str) -> list[dict[str, Any]]:
    """The newest first; localstripe keeps them as they come. Metadata of an intent is also that of its charge."""
    wanted = ["source"] if kind == "balance_transaction" else []
    found = [each._export(expand=wanted) for each in _all(kind)]
    intents = {each.id: each.metadata for each in _all("payment_intent")}
    for each in found:
        source = each.get("source")
        if isinstance(source, dict) and source.get("object") == "charge":
            each["source"] = {**source, "metadata": intents.get(source["payment_intent"], source["metadata"])}
    return [*found, *double.more.get(kind, [])][::-1]


def _all(kind: str) -> list[Any]:
    return [value for key, value in localstripe.resources.store.items() if key.startswith(f"{kind}:")]


def _error(status: int) -> web.Response:
    code = {409: "idempotency_key_in_use", 429: "rate_limit"}.get(status)
    return web.json_response({"error": {"type": "invalid_request_error", "code": code}}, status=status)
