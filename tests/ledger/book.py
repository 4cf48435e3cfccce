"""The ledger's rules at work in memory: a book that hears, is asked, and keeps what was posted and said."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from actors.ledger.decide import decide, needs
from actors.ledger.keys import account_key, hold_key
from actors.ledger.log import HEAD_ENTITY
from actors.ledger.signing import signer_of
from actors.ledger.states import AccountState, JournalState
from actors.runtime.decision import Asked, Decision, Done, FellDue, Heard, Key, Message, Refused, Said, State
from messages.envelope import About, Command, Event
from messages.invoicing import CreditNote, Invoice
from messages.ledger import Transaction
from messages.ledger_commands import COMMANDS
from messages.payments import Dispute, Payment, Payout, Refund, Sale, TaxShare, ToWallet
from messages.wallets import Hold
from messages.wire import json_of

TENANT = "demo"
START = datetime(2026, 11, 22, 10, tzinfo=UTC)
SIGNER = signer_of("3xj2Qc7uQ1p0Y0bq9yPwnqfJZ1m0dQYw8n1m2b3c4d4=")

Fact = Payment | Refund | Dispute | Payout | Invoice | CreditNote


@dataclass
class Book:
    """`view` is all that is kept; `said`, `due` and `transactions` are in the order in which they came.

    `source` is who asks.
    """

    now: datetime = START
    view: dict[Key, Any] = field(default_factory=dict)
    said: list[Said] = field(default_factory=list)
    due: dict[str, datetime] = field(default_factory=dict)
    head_due: datetime | None = None
    source: str = "gateway"
    number: int = 0

    def hear(self, type_: str, resource: Fact, at: datetime | None = None, **changes: Any) -> Decision:
        """An event of another actor; `changes` is what fields were before."""
        self.number += 1
        payment = resource.id if isinstance(resource, Payment) else getattr(resource, "payment", None)
        event = Event(
            id=f"evt_{self.number}",
            type=type_,
            source="payments",
            subject=resource.id,
            time=at or self.now - timedelta(seconds=1),
            sequence=resource.version,
            tenant=TENANT,
            correlation_id="req_1",
            about=About(customer_id=resource.customer_id, payment=payment),
            changes=changes,
            data=json_of(resource),
        )
        return self.take(Heard(event, resource))

    def ask(self, type_: str, subject: str, **data: Any) -> Done | Refused:
        """A command, and its answer."""
        self.number += 1
        read = COMMANDS[type_].model_validate(data)
        command = Command(
            id=f"cmd_{self.number}",
            type=type_,
            actor="ledger",
            tenant=TENANT,
            subject=subject,
            source=self.source,
            correlation_id="req_1",
            time=self.now,
            data=json_of(read),
        )
        outcome = self.take(Asked(command, read)).outcome
        assert isinstance(outcome, Done | Refused)
        return outcome

    def ring(self, entity: str) -> Decision:
        """The alarm of an entity."""
        return self.take(FellDue(TENANT, entity, self.now))

    def take(self, message: Message) -> Decision:
        """Decides with no more in sight than was needed, and keeps the effects."""
        decision = decide(SIGNER, message, self.known_to(message), self.now)
        self.view.update({state.key: state for state in decision.states})
        self.said += decision.events
        for entity, at in decision.due.items():
            if entity == HEAD_ENTITY:
                self.head_due = at
            elif at is None:
                self.due.pop(entity, None)
            else:
                self.due[entity] = at
        return decision

    def remember(self, transaction: Transaction) -> None:
        """As the tables would give it, under its id."""
        state = JournalState(TENANT, transaction)
        self.view.setdefault(state.key, state)

    def known_to(self, message: Message) -> Mapping[Key, State | None]:
        """What `needs` asks for until it wants nothing new."""
        view: dict[Key, State | None] = {}
        while wanted := needs(message, view) - view.keys():
            view.update({key: self.view.get(key) for key in wanted})
        return view

    def balance(self, path: str, currency: str = "USD") -> int:
        """On the account's normal side."""
        account: AccountState | None = self.view.get(account_key(TENANT, path, currency))
        return account.balance if account else 0

    def hold(self, hold_id: str) -> Hold:
        """As it stands."""
        return self.view[hold_key(TENANT, hold_id)].hold

    @property
    def transactions(self) -> list[Transaction]:
        """All that was posted."""
        return [said.resource for said in self.said if isinstance(said.resource, Transaction)]


def payment(
    amount: int = 10_000,
    captured: int | None = None,
    tax: Sequence[tuple[str, int]] = (),
    wallet: str | None = None,
    payment_id: str = "pay_1",
    currency: str = "USD",
) -> Payment:
    """A payment that has succeeded."""
    return Payment(
        id=payment_id,
        created_at=START,
        updated_at=START,
        status="succeeded",  # pyright: ignore[reportArgumentType] - read as on the wire
        amount=amount,
        amount_captured=amount if captured is None else captured,
        currency=currency,
        customer_id=wallet or "abc123",
        destination=ToWallet(customer_id=wallet) if wallet else sale_of(tax),
        provider="simulated",
    )


def refund(
    amount: int = 4_000,
    tax: Sequence[tuple[str, int]] = (),
    wallet: str | None = None,
    hold: str | None = None,
    refund_id: str = "ref_1",
) -> Refund:
    """A refund of `pay_1`."""
    return Refund(
        id=refund_id,
        created_at=START,
        updated_at=START,
        status="pending",  # pyright: ignore[reportArgumentType] - read as on the wire
        amount=amount,
        currency="USD",
        payment="pay_1",
        customer_id=wallet or "abc123",
        destination=ToWallet(customer_id=wallet) if wallet else sale_of(tax),
        hold=hold,
        provider="simulated",
    )


def sale_of(tax: Sequence[tuple[str, int]]) -> Sale:
    """A sale with this tax inside."""
    return Sale(tax=[TaxShare(jurisdiction=where, amount=amount) for where, amount in tax])


def lines(transaction: Transaction) -> list[tuple[str, str, int]]:
    """(account, side, amount), in order."""
    return [(line.account, line.side, line.amount) for line in transaction.entries]
