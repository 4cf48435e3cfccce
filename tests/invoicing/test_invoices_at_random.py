"""Whatever payments answers and tells, in any order and more than once, no invoice is paid twice, no unit is lost."""

from collections import Counter
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from actors.runtime.decision import Wish
from messages.wire import json_of
from tests.invoicing.shop import START, Answer, Shop, days, pays
from tests.invoicing.till import declines, drafted, invoice, needs_action, payment, shop_with

MOODS = ("pays", "declines", "silent", "needs_action", "away")
ACTS = (
    *("pay", "pay_part", "pay_outside", "void", "mark_uncollectible", "send"),
    *("hour", "day", "week", "late_success", "again", "cancel", "answer"),
)

steps = st.lists(st.tuples(st.sampled_from(MOODS), st.sampled_from(ACTS), st.integers(0, 5)), max_size=25)


class Provider:
    """Takes money as its mood says; whatever succeeded is `taken`, whatever went back is `returned`, by payment."""

    def __init__(self) -> None:
        self.mood = "pays"
        self.taken: dict[str, int] = {}
        self.returned: Counter[str] = Counter()

    def __call__(self, wish: Wish) -> Answer | None:
        if wish.type == "refund.create":
            if self.mood == "away":
                return 503, {"code": "unavailable", "detail": "Away."}
            self.returned[wish.subject] += json_of(wish.data)["amount"]
            return pays(wish)
        if wish.type != "payment.create":
            return pays(wish)
        return self._charged(wish)

    def _charged(self, wish: Wish) -> Answer | None:
        if wish.subject in self.taken:
            return pays(wish)
        match self.mood:
            case "silent":
                return None
            case "declines":
                return declines(wish)
            case "needs_action":
                return needs_action(wish)
            case "away":
                return 503, {"code": "provider_unavailable", "detail": "Away.", "payment": {"id": wish.subject}}
            case _:
                self.taken[wish.subject] = json_of(wish.data)["amount"]
                return pays(wish)


def act(shop: Shop, till: Provider, name: str, which: int) -> None:
    """One thing that somebody does, or that payments tells."""
    asked = [wish.subject for wish in shop.asked if wish.type == "payment.create"]
    chosen = asked[which % len(asked)] if asked else None
    match name:
        case "pay_part":
            shop.ask("invoice.pay", "inv_1", amount=which * 500 + 1)
        case "pay_outside":
            shop.ask("invoice.pay", "inv_1", amount=which * 500 + 1, out_of_band=True)
        case "pay" | "void" | "mark_uncollectible" | "send":
            shop.ask(f"invoice.{name}", "inv_1")
        case "hour" | "day" | "week":
            shop.until(shop.now + {"hour": timedelta(hours=1), "day": days(1), "week": days(7)}[name])
        case "late_success" if chosen:
            told = payment(shop, chosen, "succeeded")
            till.taken[chosen] = told.amount_captured
            shop.hear("payment.succeeded", told)
        case "again" if chosen in till.taken:
            shop.hear("payment.succeeded", payment(shop, str(chosen), "succeeded"))
        case "cancel" if chosen and chosen not in till.taken:
            shop.hear("payment.canceled", payment(shop, chosen, "canceled"))
        case _:
            shop.settle()


@settings(max_examples=300, deadline=None)
@given(steps)
def test_an_invoice_is_paid_once_and_every_unit_is_kept_or_goes_back(story: list[tuple[str, str, int]]) -> None:
    # Given an invoice over 20.00 that is collected by itself
    shop, till = shop_with(), Provider()
    shop.till = till
    drafted(shop, 2000, auto_advance=True)
    till.mood = story[0][0] if story else "pays"
    shop.done("invoice.finalize", "inv_1")

    # When anything happens, and then everything is answered
    for mood, name, which in story:
        till.mood = mood
        act(shop, till, name, which)
        stands = invoice(shop)
        assert 0 <= stands.amount_remaining <= stands.amount_due
        assert shop.types.count("invoice.paid") <= 1
    till.mood = "pays"
    shop.settle()
    shop.until(shop.now + days(30))

    # Then what was taken is what the invoice counts and what went back, and it adds up
    end = invoice(shop)
    taken, returned = sum(till.taken.values()), sum(till.returned.values())
    assert taken - returned == end.amount_paid - end.amount_paid_outside, (till.taken, till.returned)
    assert all(till.returned[each] <= till.taken[each] for each in till.returned)
    if end.status == "void":
        assert (end.amount_paid, end.amount_remaining) == (0, 0)
    else:
        assert end.amount_paid + end.amount_remaining == end.amount_due == 2000
        assert (end.status == "paid") == (end.amount_remaining == 0)
    assert shop.state("inv_1").work.given_back == ()
    versions = [each.version for each in shop.told(*{type_ for type_ in shop.types if type_.startswith("invoice.")})]
    assert versions == sorted(set(versions))


@settings(max_examples=100, deadline=None)
@given(st.lists(st.sampled_from(["free", "empty", "below", "good", "deleted", "from_wallet"]), max_size=30))
def test_numbers_have_no_gap_whatever_is_refused_in_between(kinds: list[str]) -> None:
    # Given invoices of which some cannot be finalised
    shop = shop_with()
    for number, kind in enumerate(kinds):
        id_ = f"inv_{number}"
        amount = {"free": 0, "below": -5}.get(kind, 100)
        drafted(shop, amount, id_, from_wallet=kind == "from_wallet")
        if kind == "empty":
            shop.done("invoice.update", id_, lines=[])
        if kind == "deleted":
            shop.done("invoice.delete", id_)
        shop.ask("invoice.finalize", id_)

    # Then those that were have 1..n, in that order
    numbers = [each.number for each in shop.told("invoice.finalized")]
    assert numbers == [f"INV-2026-{number:06}" for number in range(1, len(numbers) + 1)]
    assert len(numbers) == sum(kind in ("free", "good", "from_wallet") for kind in kinds)


def test_nothing_is_collected_before_it_is_opened() -> None:
    shop = shop_with()
    drafted(shop)
    shop.until(START + days(365))
    assert shop.asked == []
