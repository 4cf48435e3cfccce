"""Whatever changes, coupons, taxes and unpaid invoices come together: nothing is given back that was not asked for."""

from collections import defaultdict
from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from messages.invoices import Invoice, InvoiceLine
from tests.invoicing.booked import books_of
from tests.invoicing.selling import SUB, coupon, invoices, stocked, subscribed, subscription, tax_rate
from tests.invoicing.shop import START, Shop, days
from tests.invoicing.test_credit_notes import DEFERRED, INCOME

PRICES = ("price_7", "price_10", "price_15")
CHANGES = st.fixed_dictionaries(
    {},
    optional={
        "coupons": st.lists(st.sampled_from(["cpn_half", "cpn_once", "cpn_amount"]), max_size=2, unique=True),
        "default_tax_rates": st.sampled_from([[], ["txr_20"], ["txr_20", "txr_5"]]),
    },
)
TO = st.tuples(st.sampled_from(PRICES), st.integers(0, 5), st.sampled_from(["create", "invoice_now", "none"]))
MOVES = st.lists(
    st.one_of(
        st.tuples(st.just("change"), TO, CHANGES),
        st.tuples(st.just("exempt"), st.sampled_from(["none", "exempt", "reverse"])),
        st.tuples(st.sampled_from(["void", "give_up", "pay", "pay_part", "note", "delete"]), st.integers(0, 5)),
        st.tuples(st.just("pause"), st.sampled_from(["keep_as_draft", "void", "none"])),
        st.tuples(st.just("resume"), st.booleans()),
        st.tuples(st.just("wait"), st.integers(0, 20 * 86_400)),
    ),
    max_size=12,
)
BEGINS = st.fixed_dictionaries(
    {"collection_method": st.sampled_from(["send_invoice", "charge_automatically"])},
    optional={"coupons": st.just(["cpn_half"]) | st.just(["cpn_once"]) | st.just(["cpn_amount"])},
)


def begun(fields: dict[str, Any]) -> Shop:
    shop = stocked()
    coupon(shop, "cpn_half", percent_off="50")
    coupon(shop, "cpn_once", percent_off="100", duration="once")
    coupon(shop, "cpn_amount", amount_off=300, currency="USD")
    tax_rate(shop, "txr_20", "20")
    tax_rate(shop, "txr_5", "5.5")
    subscribed(shop, **fields, default_tax_rates=["txr_20"])
    return shop


def moved(shop: Shop, move: tuple[Any, ...], number: int) -> None:
    """Some are refused."""
    match move:
        case "change", (price, quantity, proration), fields:
            item = {"id": subscription(shop).items[0].id, "price": price, "quantity": quantity}
            shop.ask("subscription.change", SUB, items=[item], proration=proration, **fields)
        case "exempt", exempt:
            shop.done("customer.put", "abc123", tax_exempt=exempt)
        case "pause", behavior:
            shop.ask("subscription.pause", SUB, behavior=behavior)
        case "resume", keep_anchor:
            shop.ask("subscription.resume", SUB, keep_anchor=keep_anchor)
        case "wait", seconds:
            shop.until(shop.now + timedelta(seconds=seconds))
        case _:
            what, which = move
            _asked(shop, what, invoices(shop)[which % len(invoices(shop))], number)


def _asked(shop: Shop, what: str, invoice: Invoice, number: int) -> None:
    match what:
        case "void":
            shop.ask("invoice.void", invoice.id)
        case "give_up":
            shop.ask("invoice.mark_uncollectible", invoice.id)
        case "delete":
            shop.ask("invoice.delete", invoice.id)
        case "note":
            shop.ask("credit_note.create", f"cn_{number}", invoice=invoice.id)
        case _:
            part = {"amount": 1} if what == "pay_part" else {}
            shop.ask("invoice.pay", invoice.id, out_of_band=True, **part)


def asking(shop: Shop) -> list[Invoice]:
    """Those that somebody has paid or may still pay."""
    states = [shop.state(each.id) for each in invoices(shop)]
    lost = {"void", "uncollectible"}
    return [
        each.invoice
        for each in states
        if not each.work.deleted and (each.invoice.status not in lost or each.work.recovered)
    ]


def given_back(shop: Shop) -> dict[str, list[InvoiceLine]]:
    """By line, all credits of it, those that wait too, and what took them back."""
    found: dict[str, list[InvoiceLine]] = defaultdict(list)
    waiting = [(draft.line, draft.gives_back) for draft in shop.state(SUB).work.pending]
    for each in asking(shop):
        state = shop.state(each.id)
        waiting += [(line, state.work.gives_back.get(line.id)) for line in state.lines]
    for line, billed in waiting:
        if billed is not None:
            found[billed.line].append(line)
    return found


def taken_back(shop: Shop, credit: InvoiceLine) -> list[InvoiceLine]:
    """What asks for the credit again, wherever it stands."""
    lines = [line for each in invoices(shop) for line in shop.state(each.id).lines]
    lines += [draft.line for draft in shop.state(SUB).work.pending]
    words = f"Not given back: {credit.description}"
    return [line for line in lines if (line.description, line.period) == (words, credit.period)]


@settings(max_examples=200, deadline=None)
@given(BEGINS, MOVES)
def test_nothing_is_given_back_that_was_not_asked_for(begins: dict[str, Any], moves: list[tuple[Any, ...]]) -> None:
    shop = begun(begins)
    for number, move in enumerate(moves):
        moved(shop, move, number)
    lines = {line.id: line for each in invoices(shop) for line in shop.state(each.id).lines}
    lost = {id_ for id_, line in lines.items() if line.invoice not in {each.id for each in asking(shop)}}
    for id_, credits_of in given_back(shop).items():
        line = lines[id_]
        both = credits_of + [each for credit in credits_of[:1] for each in taken_back(shop, credit)]
        assert -sum(each.amount for each in both) <= (0 if id_ in lost else line.amount - line.discount)
        for tax in line.taxes:
            back = sum(each.amount for one in both for each in one.taxes if each.tax_rate == tax.tax_rate)
            assert -back <= (0 if id_ in lost else tax.amount)
        assert {tax.tax_rate for one in both for tax in one.taxes} <= {tax.tax_rate for tax in line.taxes}
    for each in asking(shop):
        assert each.total == each.subtotal - each.discount + each.tax


@settings(max_examples=60, deadline=None)
@given(BEGINS, MOVES)
def test_what_is_asked_for_is_income_in_the_end_and_the_books_agree(
    begins: dict[str, Any], moves: list[tuple[Any, ...]]
) -> None:
    shop = begun(begins)
    for number, move in enumerate(moves):
        moved(shop, move, number)
    shop.ask("subscription.cancel", SUB, at="now")
    shop.until(shop.now + days(60))
    book = books_of(shop)
    assert book.balance(DEFERRED) == 0
    issued = [each for each in invoices(shop) if each.finalized_at and each.status != "void"]
    noted = sum(note.subtotal for note in shop.told("credit_note.issued"))
    assert book.balance(INCOME) == sum(each.subtotal - each.discount for each in issued) - noted


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 40 * 86_400), TO), max_size=6))
def test_half_off_is_half_of_everything_whatever_changes(moves: list[tuple[int, tuple[str, int, Any]]]) -> None:
    # Given two subscriptions, one of which has half off for ever
    whole, half = stocked(), stocked()
    coupon(half, "cpn_half", percent_off="50")
    subscribed(whole)
    subscribed(half, coupons=["cpn_half"])
    # When both are changed alike
    for shop in (whole, half):
        for seconds, (price, quantity, proration) in sorted(moves):
            shop.until(START + timedelta(seconds=seconds))
            item = {"id": subscription(shop).items[0].id, "price": price, "quantity": quantity}
            shop.done("subscription.change", SUB, items=[item], proration=proration)
        shop.done("subscription.cancel", SUB, at="now", credit=True)
    # Then it has paid half, or is owed half, but for what a rounding takes of each line
    assert abs(_cost(whole) - 2 * _cost(half)) <= 2 * len(moves) + 4


def _cost(shop: Shop) -> int:
    return sum(each.total for each in invoices(shop)) + sum(each.line.amount for each in shop.state(SUB).work.pending)
