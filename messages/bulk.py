"""Answers to many wishes at once."""

from typing import Literal

from messages.ledger import Transaction
from messages.wire import Wire


class BulkItem(Wire):
    """What became of one wish: the status that it would have had by itself, with the transaction or the error code."""

    status: int
    transaction: Transaction | None = None
    code: str | None = None
    detail: str | None = None


class BulkResult(Wire):
    """In the order of the wishes."""

    object: Literal["bulk_result"] = "bulk_result"
    data: list[BulkItem]
