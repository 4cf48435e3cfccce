"""The desk of invoicing: the runtime's, with the terms by which is billed.

Rules of several slices work on the same one: an invoice that was paid moves its subscription, which moves its customer.
Its `now` is the time of whom it concerns: the database's, or that of their test clock.
"""

from actors.invoicing.terms import Terms
from actors.runtime import desk

Desk = desk.Desk[Terms]
