"""What would be invoiced: of a subscription as it is or after a change, or of one that does not exist yet."""

from messages.ids import CustomerId, Token
from messages.subscriptions import CancelSubscription, ChangeSubscription
from messages.wire import Wire


class PreviewInvoice(Wire):
    """A `subscription`, with a `change` or `cancel` before if one is given; or what a customer would begin with:
    then `change` names its items.
    """

    subscription: Token | None = None
    customer_id: CustomerId | None = None
    change: ChangeSubscription | None = None
    cancel: CancelSubscription | None = None
