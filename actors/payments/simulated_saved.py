"""The methods that customers have saved at the simulated provider: each does what its test method does."""

from sqlite3 import Connection

from actors.payments import simulated_methods as methods
from actors.payments.provider import Charge, Declined
from actors.payments.provider_methods import AttachToCustomer, DetachFromCustomer, MethodStanding
from actors.payments.simulated_journal import reference_of
from messages.payment_methods import Card
from messages.wire import Json

PREFIX = "sim_pm"


def attach(books: Connection, key: str, request: Json) -> MethodStanding | Declined:
    """A new card each time, as if the customer had typed it in."""
    asked = AttachToCustomer.model_validate(request)
    customer = asked.customer or reference_of("sim_cus", asked.customer_key)
    card = card_of(asked.payment_method)
    if card is None:
        return methods.unknown(asked.payment_method)
    reference = reference_of(PREFIX, key)
    books.execute("insert into methods values (?, ?, ?)", (reference, customer, asked.payment_method))
    return MethodStanding(reference=reference, customer=customer, card=card)


def detach(books: Connection, key: str, request: Json) -> MethodStanding:  # noqa: ARG001 - every operation has a key
    """Nobody's from now on; what is nobody's already stays so."""
    reference = DetachFromCustomer.model_validate(request).reference
    books.execute("update methods set customer = null where reference = ?", (reference,))
    return MethodStanding(reference=reference)


def seen_through(books: Connection, asked: Charge) -> Charge | Declined:
    """The charge with the test method behind the saved one, which pays for its customer alone and until detached."""
    if not asked.payment_method.startswith(PREFIX):
        return asked
    row = books.execute(
        "select method from methods where reference = ? and customer = ?", (asked.payment_method, asked.customer)
    ).fetchone()
    if row is None:
        detail = f"{asked.payment_method} is not a payment method of this customer, or no longer."
        return Declined(code="payment_method_unusable", detail=detail)
    return asked.model_copy(update={"payment_method": row[0]})


def behind(books: Connection, method: str) -> str:
    """The test method that this one is, or was saved from."""
    row = books.execute("select method from methods where reference = ?", (method,)).fetchone()
    return row[0] if row else method


def card_of(method: str) -> Card | None:
    """What is known of a test method's card; None for what is none."""
    if method not in methods.METHODS:
        return None
    brand, last4 = ("mastercard", "4444") if method == "pm_card_mastercard" else ("visa", "4242")
    return Card(brand=brand, last4=last4, exp_month=12, exp_year=2034, country="US", funding="credit")
