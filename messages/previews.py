"""What would be invoiced: of a subscription as it is or after a change, or of one that does not exist yet."""

from typing import Self

from pydantic import model_validator

from messages.ids import CustomerId, Token
from messages.subscriptions import CancelSubscription, ChangeSubscription
from messages.wire import Wire


class PreviewInvoice(Wire):
    """A `subscription`, with a `change` or `cancel` before if one is given; or what a customer would begin with:
    then `change` names its items, and what else a subscription begins with.
    """

    subscription: Token | None = None
    customer_id: CustomerId | None = None
    change: ChangeSubscription | None = None
    cancel: CancelSubscription | None = None

    @model_validator(mode="after")
    def _of_one(self) -> Self:
        if (self.subscription is None) == (self.customer_id is None):
            raise ValueError("it is of a subscription or of a customer, one of the two")
        if self.cancel is not None and (self.change is not None or self.subscription is None):
            raise ValueError("a cancel is of a subscription, without a change")
        if self.customer_id is not None and not (self.change and self.change.items):
            raise ValueError("a customer begins with the items of a change")
        return self
