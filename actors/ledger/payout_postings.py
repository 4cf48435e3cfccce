"""Payouts as debits and credits: settlements from the provider to the bank, and withdrawals from wallets."""

from actors.ledger import chart
from actors.ledger.postings import Posting, credit, debit
from messages.payouts import Payout


def settlement_created(payout: Payout) -> list[Posting]:
    """The provider set it aside for our bank."""
    return _move(chart.psp_in_transit(payout.provider), chart.psp_available(payout.provider), payout)


def settlement_paid(payout: Payout) -> list[Posting]:
    """It has arrived."""
    return _move(bank_of(payout), chart.psp_in_transit(payout.provider), payout)


def settlement_failed(payout: Payout, *, was_paid: bool) -> list[Posting]:
    """It is at the provider again, from the bank if it had been said to have arrived."""
    back_from = bank_of(payout) if was_paid else chart.psp_in_transit(payout.provider)
    return _move(chart.psp_available(payout.provider), back_from, payout)


def withdrawal_sent(payout: Payout) -> list[Posting]:
    """The held money is on its way to the customer."""
    return _move(chart.wallet_holds(payout.customer_id or ""), chart.psp_in_transit(payout.provider), payout)


def withdrawal_paid(payout: Payout) -> list[Posting]:
    """The provider has paid it out of what it keeps for us."""
    return _move(chart.psp_in_transit(payout.provider), chart.psp_available(payout.provider), payout)


def withdrawal_failed(payout: Payout, *, was_paid: bool) -> list[Posting]:
    """It is the customer's again."""
    back_from = chart.psp_available(payout.provider) if was_paid else chart.psp_in_transit(payout.provider)
    return _move(back_from, chart.wallet(payout.customer_id or ""), payout)


def touched(payout: Payout) -> list[Posting]:
    """Every account that a payout may move."""
    if payout.purpose == "settlement":
        return [*settlement_created(payout), *settlement_paid(payout)]
    return [*withdrawal_sent(payout), *withdrawal_paid(payout), *withdrawal_failed(payout, was_paid=True)]


def bank_of(payout: Payout) -> str:
    """The bank account that it goes to."""
    to = payout.destination
    return to if to is not None and chart.class_of(to) is not None else chart.BANK


def _move(to: str, origin: str, payout: Payout) -> list[Posting]:
    return [debit(to, payout.amount, payout.currency), credit(origin, payout.amount, payout.currency)]
