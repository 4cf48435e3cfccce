"""When each subscription would first be invoiced, and for how much: asked of the gateway, which changes nothing."""

from dataclasses import dataclass
from datetime import datetime

from messages.wire import Json
from pocketpay.importing.calling import Gateway
from pocketpay.importing.planning import Plan, Step
from pocketpay.importing.there import There
from pocketpay.importing.together import each_of


@dataclass(frozen=True, slots=True)
class FirstInvoice:
    """`amount_due` is in minor units, and None where it is not known: `why` says so."""

    subscription: str
    customer_id: str
    at: datetime | None
    amount_due: int | None = None
    currency: str | None = None
    why: str | None = None


async def first_invoices(gateway: Gateway, plan: Plan, there: There) -> list[FirstInvoice]:
    """Of the subscriptions that would be made, in the order of the plan."""
    found: dict[int, FirstInvoice] = {}

    async def one(numbered: tuple[int, Step]) -> None:
        number, step = numbered
        found[number] = await _first_invoice(gateway, plan, there, step)

    await each_of(enumerate(step for step in plan.subscriptions if step.there is None), one)
    return [found[number] for number in sorted(found)]


async def _first_invoice(gateway: Gateway, plan: Plan, there: There, step: Step) -> FirstInvoice:
    customer_id = step.body["customer_id"]

    def told(**known: str | int | None) -> FirstInvoice:
        return FirstInvoice(step.name, customer_id, step.begins, **known)  # pyright: ignore[reportArgumentType] - by name

    if step.begins is None:
        return told(why="it ends with the period that is paid for")
    if customer_id not in there.customers:
        return told(why="the customer is not there yet")
    items = [item | {"price": plan.ids.get(("price", item["price"]))} for item in step.body["items"]]
    if any(item["price"] is None for item in items):
        return told(why="the price is not there yet")
    answer = await gateway.post(
        "/api/v1/invoices/preview", {"customer_id": customer_id, "change": _change(step, items)}
    )
    if answer.status != 200:
        return told(why=f"{answer.code}: {answer.body.get('detail', '')}")
    return told(amount_due=answer.body["amount_due"], currency=answer.body["currency"])


def _change(step: Step, items: list[Json]) -> Json:
    named = ("trial_end", "coupons", "default_tax_rates")
    return {"items": items, **{name: step.body[name] for name in named if name in step.body}}
