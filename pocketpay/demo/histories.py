"""What the subscribers did, day by day: one track per clock, which goes on from day to day. Pure."""

from collections.abc import Iterator
from datetime import date
from itertools import groupby
from typing import Final

from messages.wire import Json
from pocketpay.demo.catalogue import TAXES
from pocketpay.demo.people import EXPIRED, NO_FUNDS, SUBSCRIBERS, VISA, Person, put
from pocketpay.demo.steps import DAYS, Step, Track, Wave, midnight

Dated = tuple[int, Step]

TERMS: Final[dict[str, Json]] = {
    "leslie-lamport": {"coupons": ["@coupon:launch"]},
    "frances-allen": {"coupons": ["@coupon:friends"]},
    "margaret-hamilton": {"collection_method": "send_invoice", "days_until_due": 30},
    "hedy-lamarr": {"trial_days": 14},
    "lise-meitner": {"trial_days": 14},
}
"""Of a subscription, beside what is taken; the taxes follow from the country."""

USAGE: Final = {
    "barbara-liskov": ((30, 4200), (60, 5100), (90, 9800), (120, 14_300), (147, 16_900), (180, 21_000)),
    "carl-friedrich-gauss": ((92, 120), (120, 180), (147, 260), (180, 240)),
    "goro-shimura": ((100, 230), (127, 410), (160, 380)),
    "tony-hoare": ((130, 800), (155, 2600), (175, 3900)),
}
"""On which day how much, in five parts over the hours before."""


def _change(day: int, person: str, price: str, quantity: int, **how: str) -> Dated:
    item = {"id": f"@subscription:{person}#items.0.id", "price": f"@price:{price}", "quantity": quantity}
    return _act(day, person, "change", {"items": [item], **how})


def _act(day: int, person: str, verb: str, body: Json) -> Dated:
    return day, Step(f"{verb}:{person}", f"/subscriptions/@subscription:{person}/{verb}", body)


def _card(day: int, person: str, name: str, method: str) -> Dated:
    return day, Step(f"{name}:{person}", f"/customers/{person}", {"default_payment_method": method}, "PATCH")


DID: Final[tuple[Dated, ...]] = (
    _change(70, "konrad-zuse", "team-eur", 8),
    _change(100, "sophie-germain", "team-eur", 4),
    _act(100, "ada-lovelace", "pause", {"behavior": "none"}),
    _act(140, "ada-lovelace", "resume", {}),
    _change(140, "grace-hopper", "business-usd", 15, proration="invoice_now"),
    _act(140, "alan-turing", "cancel", {"at": "period_end"}),
    _change(90, "edsger-dijkstra", "business-eur", 11),
    _card(100, "miguel-de-guzman", "card-expires", EXPIRED),
    _card(127, "miguel-de-guzman", "card-renewed", VISA),
    _card(100, "dennis-ritchie", "card-empty", NO_FUNDS),
    _change(100, "hedy-lamarr", "business-eur", 6),
    _act(127, "katherine-johnson", "cancel", {"at": "now", "credit": True}),
    _change(75, "radia-perlman", "business-usd", 4),
    _act(110, "ken-thompson", "cancel", {"at": "now"}),
    _change(130, "frances-allen", "business-usd", 3, at="period_end"),
    _act(147, "henri-poincare", "pause", {"behavior": "keep_as_draft"}),
    _card(180, "leslie-lamport", "card-empty", NO_FUNDS),
)
"""Miguel's card expires and is renewed while he is chased; Dennis never pays again; Leslie is being chased still."""


def clocks(begins: date) -> Wave:
    """Each over the whole history."""
    names = sorted({person.clock for person in SUBSCRIBERS})
    return tuple(_of_clock(name, begins) for name in names)


def _of_clock(name: str, begins: date) -> Track:
    people = [person for person in SUBSCRIBERS if person.clock == name]
    dated = sorted(_all(people, begins), key=lambda each: each[0])
    made = Step(f"clock:{name}", "/test-clocks", {"now": midnight(begins, 0), "name": f"demo, {name}"})
    days = [(day, [step for _, step in each]) for day, each in groupby(dated, key=lambda each: each[0])]
    return (
        made,
        *map(put, people),
        *(step for day, steps in days for step in (*_until(name, begins, day), *steps)),
        *_until(name, begins, DAYS),
    )


def _until(name: str, begins: date, day: int) -> Iterator[Step]:
    if day:
        yield Step(f"day-{day}:{name}", f"/test-clocks/@clock:{name}/advance", {"to": midnight(begins, day)})


def _all(people: list[Person], begins: date) -> Iterator[Dated]:
    ids = {person.id for person in people}
    yield from ((person.joins, _subscribe(person)) for person in people)
    yield from (each for each in DID if each[1].name.partition(":")[2] in ids)
    for person in sorted(ids & USAGE.keys()):
        yield from ((day, _used(person, begins, day, quantity)) for day, quantity in USAGE[person])


def _subscribe(person: Person) -> Step:
    item: Json = {"price": f"@price:{person.takes}"} | ({"quantity": person.quantity} if person.quantity else {})
    body: Json = {"customer_id": person.id, "items": [item], **TERMS.get(person.id, {})}
    if person.country in TAXES:
        body["default_tax_rates"] = [f"@tax:{person.country.lower()}"]
    return Step(f"subscription:{person.id}", "/subscriptions", body)


def _used(person: str, begins: date, day: int, quantity: int) -> Step:
    """In five parts, one every quarter of the day before."""
    before = midnight(begins, day - 1)[:11]
    events = [
        {
            "id": f"demo-{person}-{day}-{part}",
            "subscription": f"@subscription:{person}",
            "quantity": str(quantity // 5 + part),
            "occurred_at": f"{before}{4 * part:02}:30:00Z",
        }
        for part in range(1, 6)
    ]
    return Step(f"usage-{day}:{person}", "/usage-events/bulk", {"events": events})
