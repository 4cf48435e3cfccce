"""The demo's table: the books in people's words."""

from dataclasses import replace

from pocketpay.demo.summary import Summary, money
from pocketpay.demo.table import to_lines

SUMMARY = Summary(
    begins="2026-05-26",
    new=0,
    steps=220,
    counts={"customers": 30, "credit-notes": 2},
    money={"USD": {"earned": 1234567}, "JPY": {"earned": 74195}},
    checked=35,
    breached=0,
    urls={"live page": "http://localhost:8011/"},
)


def _line(account: str, debit: int, credit: int) -> dict[str, object]:
    return {"account": account, "currency": "EUR", "debit": debit, "credit": credit}


def test_what_is_owed_and_what_is_there_are_both_positive() -> None:
    found = money(
        [
            _line("assets:psp:simulated:pending", 900, 0),
            _line("assets:psp:simulated:available", 0, 100),
            _line("liabilities:wallets:ada", 0, 300),
            _line("liabilities:wallet_holds:ada", 0, 50),
            _line("income:sales", 0, 500),
            _line("contra:refunds", 200, 0),
            _line("expenses:processing_fees", 10, 0),
        ]
    )
    assert found["EUR"] == {
        "at the provider": 800,
        "earned": 300,
        "paid ahead, to be earned": 0,
        "tax owed": 0,
        "in wallets": 350,
        "owed by customers": 0,
    }


def test_money_is_written_as_people_do() -> None:
    text = "\n".join(to_lines(SUMMARY))
    assert "12,345.67" in text
    assert "74,195" in text
    assert "2 credit notes" in text


def test_it_says_whether_anything_is_new_and_whether_the_books_hold() -> None:
    assert "All is there already" in to_lines(SUMMARY)[0]
    assert "3 of 220 steps are new" in to_lines(replace(SUMMARY, new=3))[0]
    assert "35 invariants, none is broken" in to_lines(SUMMARY)[-1]
    assert "2 BROKEN" in to_lines(replace(SUMMARY, breached=2))[-1]
    assert "pocketpay verify" in to_lines(replace(SUMMARY, checked=None, breached=None))[-1]


def test_no_address_is_broken() -> None:
    long = "http://localhost:8011/i/" + "x" * 120
    assert any(long in line for line in to_lines(replace(SUMMARY, urls={"an invoice": long})))
