"""Invoices by hand on the real system: a draft is changed, a wallet pays first, what was given up is paid after all."""

from tests.walks.system import System
from tests.walks.whole import must_verify

API = "/api/v1"
LINES = [{"amount": 5000, "description": "Set-up"}]


async def test_a_draft_is_changed_in_one_field_and_the_rest_stands(system: System) -> None:
    # Given a draft with words, a method and a date
    wish = {"customer_id": "drafts", "currency": "USD", "lines": LINES, "payment_method": "pm_card_visa"}
    made = await system.post(f"{API}/invoices", {**wish, "description": "Old", "due_date": "2027-01-01T00:00:00Z"})
    path = f"{API}/invoices/{made.body['id']}"

    # When one field is changed, and one emptied
    changed = await system.patch(path, {"description": "New", "due_date": None})

    # Then nothing else is, and it can still be opened and collected
    assert (changed.status, changed.body["description"], changed.body["due_date"]) == (200, "New", None), changed.body
    kept = ("payment_method", "collection_method", "auto_advance", "total")
    assert {name: changed.body[name] for name in kept} == {name: made.body[name] for name in kept}
    assert (await system.post(f"{path}/finalize")).body["status"] == "open"
    assert (await system.post(f"{path}/pay")).body["status"] == "paid"


async def test_the_wallet_pays_first_and_the_card_the_rest(system: System) -> None:
    # Given 20.00 in the wallet
    top_up = {"amount": 2000, "currency": "USD"}
    assert (await system.post(f"{API}/wallets/purse/top-ups", top_up)).status == 201

    # When an invoice over 50.00 is opened that wants it first
    wish = {"customer_id": "purse", "currency": "USD", "lines": LINES, "from_wallet": True}
    made = await system.post(f"{API}/invoices", wish)
    path = f"{API}/invoices/{made.body['id']}"
    opened = await system.post(f"{path}/finalize")

    # Then 30.00 are left for the card
    stands = opened.body
    assert (opened.status, stands["amount_from_wallet"], stands["amount_remaining"]) == (200, 2000, 3000), stands
    paid = await system.post(f"{path}/pay", {"payment_method": "pm_card_visa"})
    assert (paid.body["status"], paid.body["amount_paid"]) == ("paid", 3000)
    assert (await system.get(f"{API}/wallets/purse"))["balances"][0]["available"] == 0
    assert await system.balance("assets:receivable:purse", paid.position) == 0
    await must_verify(system)


async def test_what_was_given_up_and_is_paid_after_all_is_no_loss(system: System) -> None:
    # Given an invoice that was given up
    made = await system.post(f"{API}/invoices", {"customer_id": "late-payer", "currency": "USD", "lines": LINES})
    path = f"{API}/invoices/{made.body['id']}"
    await system.post(f"{path}/finalize")
    lost = await system.post(f"{path}/mark-uncollectible")
    assert await system.balance("expenses:bad_debt", lost.position) >= 5000
    before = await system.balance("expenses:bad_debt", lost.position)

    # When a part comes by bank and the rest by card
    part = await system.post(f"{path}/pay", {"out_of_band": True, "amount": 2000})
    assert (part.status, part.body["status"], part.body["amount_remaining"]) == (200, "uncollectible", 3000), part.body
    paid = await system.post(f"{path}/pay", {"payment_method": "pm_card_visa"})

    # Then nothing is lost and nothing owed
    assert (paid.body["status"], paid.body["amount_paid_outside"]) == ("paid", 2000)
    assert await system.balance("expenses:bad_debt", paid.position) == before - 5000
    assert await system.balance("assets:receivable:late-payer", paid.position) == 0
    await must_verify(system)


async def test_a_draft_below_nothing_waits_for_its_other_lines(system: System) -> None:
    # Given a draft that is a credit so far
    credit = {"amount": -500, "description": "Goodwill"}
    made = await system.post(f"{API}/invoices", {"customer_id": "goodwill", "currency": "USD", "lines": [credit]})
    assert (made.status, made.body["total"], made.body["amount_due"]) == (201, -500, 0), made.body
    path = f"{API}/invoices/{made.body['id']}"

    # When it is opened as it is, it is refused and stays
    refused = await system.post(f"{path}/finalize")
    assert (refused.status, refused.body["errors"][0]["pointer"]) == (422, "/lines"), refused.body

    # Then it can be given what it lacks, and opened
    changed = await system.patch(path, {"lines": [*LINES, credit]})
    assert (changed.status, changed.body["total"]) == (200, 4500), changed.body
    assert (await system.post(f"{path}/finalize")).body["status"] == "open"
