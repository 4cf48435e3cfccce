"""What the invoicing actor keeps about credit notes; see `states` for what `clock` and `step` mean."""

from typing import Literal

from typing_extensions import override

from actors.invoicing.keys import credit_note_key
from actors.runtime.decision import Key, Stored
from messages.credit_notes import CreditNote
from messages.wire import Wire


class CreditedLine(Wire):
    """What credit notes have taken back of a line so far; `taxes` in the order of the line's own."""

    amount: int = 0
    quantity: str = "0"
    taxes: tuple[int, ...] = ()


class NoteRefund(Wire):
    """A part that goes back by a payment. One that failed is in the customer's wallet in the end.

    One that is `pending` was accepted, and the provider has not said how it ended.
    """

    refund: str
    payment: str
    amount: int
    status: Literal["to_do", "pending", "succeeded", "failed", "in_wallet"] = "to_do"
    tries: int = 0


class CreditNoteState(Stored):
    """`step` is the refund that was asked for and has no answer yet."""

    credit_note: CreditNote
    refunds: tuple[NoteRefund, ...] = ()
    step: str | None = None
    clock: str | None = None

    @property
    @override
    def key(self) -> Key:
        return credit_note_key(self.tenant, self.credit_note.id)
