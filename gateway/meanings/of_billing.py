"""Codes of the catalogue, subscriptions, invoices, usage and test clocks."""

from typing import Final

from gateway.meanings.meaning import Meaning

OF_BILLING: Final = {
    "price_inactive": Meaning(
        "Nothing new begins at this price.",
        "It, or its product, is archived.",
        "Use an active price, or make this one active again.",
    ),
    "mixed_currencies": Meaning(
        "One subscription or invoice is in one currency.",
        "The prices that are named are in several.",
        "Make one for each currency.",
    ),
    "mixed_intervals": Meaning(
        "One subscription has one rhythm.",
        "The prices that are named recur in different intervals.",
        "Make one subscription for each interval.",
    ),
    "coupon_not_applicable": Meaning(
        "The coupon does not count here.",
        "It is over, used up, archived, or takes off an amount in another currency.",
        "Leave it out, or use another one.",
    ),
    "tax_conflict": Meaning(
        "These tax rates cannot hold together.",
        "A rate is archived, or some of the rates and the price include tax and some do not.",
        "Name active rates that say the same as the price.",
    ),
    "credit_exceeds_invoice": Meaning(
        "More would be credited than was invoiced.",
        "Credit notes that are there already count.",
        "Credit at most what is left.",
    ),
    "nothing_to_invoice": Meaning(
        "There is nothing to ask for.",
        "The invoice would have no lines.",
        "Add a line first, or leave it.",
    ),
    "usage_not_metered": Meaning(
        "Usage is not counted for this item.",
        "Its price is not metered.",
        "Name an item whose price has usage_type metered.",
    ),
    "usage_too_late": Meaning(
        "The usage was billed already, and stays as it is.",
        "Its period has an invoice.",
        "Issue a credit note for what was too much.",
    ),
    "clock_backwards": Meaning(
        "A test clock only goes forward.",
        "to is before the clock's now.",
        "Name a later time, or make another clock to begin earlier.",
    ),
    "clock_not_attachable": Meaning(
        "The customer cannot live by this clock.",
        "They were billed in real time, live by another clock for good, or there is no such clock in this tenant.",
        "Make a new customer with test_clock, in a test tenant.",
    ),
}
