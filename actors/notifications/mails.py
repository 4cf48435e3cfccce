"""What a mail is about, as values. How it then reads is `rendering`'s."""

from collections.abc import Mapping
from typing import Annotated, Final, Literal, Self

from pydantic import Field, StringConstraints, model_validator

from messages.customers import Email, Locale, ShortText
from messages.money import Amount, Currency
from messages.wire import Instant, Wire

Template = Literal[
    "receipt", "invoice", "payment_failed", "trial_ending", "action_required", "dispute", "webhook_disabled"
]
"""The last two are for the seller, all others for the customer."""

Standing = Literal["due", "charged", "paid"]
"""Of an invoice: the customer is asked to pay, or it is charged by itself, or nothing is owed any more."""

Link = Annotated[str, StringConstraints(max_length=2_048, pattern=r"^https?://[!-~]+$")]
"""What a button may lead to: never a script, never two lines."""

Logo = Annotated[str, StringConstraints(max_length=2_048, pattern=r"^https://[!-~]+$")]

NEEDED: Final[Mapping[Template, tuple[str, ...]]] = {
    "receipt": ("amount_minor", "at"),
    "invoice": ("amount_minor", "total_minor", "number"),
    "payment_failed": ("amount_minor",),
    "trial_ending": ("trial_end_at",),
    "action_required": ("amount_minor",),
    "dispute": ("amount_minor", "number"),
    "webhook_disabled": ("endpoint_url",),
}
"""What its mail cannot be written without; whatever else lacks, the mail does without."""


class MailSeller(Wire):
    """Who speaks. Answers of customers go to `email`; the logo must be reachable by their mail programs."""

    name: ShortText
    email: Email | None = None
    logo_url: Logo | None = None


class MailContent(Wire):
    """What one mail says. Raises ValidationError when something lacks that its template needs (`NEEDED`).

    `amount_minor` is what the mail is about: of an invoice what is left to pay, or its total once it is paid;
    `total_minor` is that total. `number` is the invoice's number, else the id of what was paid or disputed. `link` is
    where the button leads: to the invoice's own page, to the bank's check, to the dashboard. `payment_method` is as
    people know it, `Visa •••• 4242`. `reason` is a code: why a payment failed
    (as in `last_error`), why a customer disputes, why an endpoint was turned off; one that has no words is left out.
    """

    template: Template
    seller: MailSeller
    locale: Locale = "en-US"
    time_zone: str = "UTC"
    customer_name: ShortText | None = None
    amount_minor: Amount | None = None
    total_minor: Amount | None = None
    currency: Currency | None = None
    number: ShortText | None = None
    description: ShortText | None = None
    payment_method: ShortText | None = None
    link: Link | None = None
    reason: ShortText | None = None
    endpoint_url: Annotated[str, Field(max_length=2_048)] | None = None
    standing: Standing = "due"
    at: Instant | None = None
    due_at: Instant | None = None
    next_attempt_at: Instant | None = None
    trial_end_at: Instant | None = None
    respond_by: Instant | None = None

    @model_validator(mode="after")
    def _complete(self) -> Self:
        lacking = [name for name in NEEDED[self.template] if getattr(self, name) is None]
        if lacking:
            raise ValueError(f"a {self.template} mail needs {', '.join(lacking)}")
        if self.amount_minor is not None and self.currency is None:
            raise ValueError("an amount needs its currency")
        return self


class Rendered(Wire):
    """A mail as it reads; `subject` is one line."""

    subject: str
    text: str
    html: str
