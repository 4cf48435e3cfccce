"""Whatever happens in whatever order: the books balance, chain, and no request takes what is not there."""

from collections import defaultdict
from datetime import timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from actors.ledger.chart import class_of
from actors.ledger.states import AccountState, HoldState
from actors.runtime.decision import Done, Refused
from messages.ledger import refund_hold
from messages.money import share
from messages.payments import Payment, Refund
from messages.wallets import Wallet
from tests.ledger.book import Book, payment, refund

WALLETS = ("bob", "eve")
AMOUNTS = st.integers(1, 5_000)


class AnyStory(RuleBasedStateMachine):
    """Payments, refunds and holds at random; `heard` counts the events that must be posted."""

    def __init__(self) -> None:
        super().__init__()
        self.book = Book()
        self.heard = 0
        self.number = 0
        self.refunds: list[Refund] = []
        self.holds: list[str] = []

    @rule(amount=AMOUNTS, taken=st.integers(1, 100), tax=st.integers(0, 100))
    def sell(self, amount: int, taken: int, tax: int) -> None:
        captured = max(1, share(taken, 100, amount))
        taxes = [("DE", share(tax, 200, amount)), ("FR", share(tax, 200, amount) // 2)]
        self._hear("payment.succeeded", payment(amount, captured, taxes, payment_id=self._id("pay")))

    @rule(amount=AMOUNTS, customer=st.sampled_from(WALLETS))
    def top_up(self, amount: int, customer: str) -> None:
        self._hear("payment.succeeded", payment(amount, wallet=customer, payment_id=self._id("pay")))

    @rule(amount=AMOUNTS, tax=st.integers(0, 100))
    def refund_a_sale(self, amount: int, tax: int) -> None:
        self._accept(refund(amount, [("DE", share(tax, 100, amount))], refund_id=self._id("ref")))

    @rule(amount=AMOUNTS, customer=st.sampled_from(WALLETS))
    def refund_a_top_up(self, amount: int, customer: str) -> None:
        refund_id = self._id("ref")
        hold = refund_hold(refund_id)
        if self._hold(hold, customer, amount, {"type": "refund", "refund": refund_id}):
            self.holds.remove(hold)
            self._accept(refund(amount, wallet=customer, hold=hold, refund_id=refund_id))

    @rule(data=st.data(), then=st.sampled_from(["succeeded", "failed", "succeeded, failed"]))
    def end_a_refund(self, data: st.DataObject, then: str) -> None:
        if self.refunds:
            ending = data.draw(st.sampled_from(self.refunds))
            self.refunds.remove(ending)
            for fact in then.split(", "):
                self._hear(f"refund.{fact}", ending)

    @rule(amount=AMOUNTS, customer=st.sampled_from(WALLETS), to=st.sampled_from([*WALLETS, None]))
    def hold(self, amount: int, customer: str, to: str | None) -> None:
        destination = {"type": "wallet", "customer_id": to} if to else {"type": "sale"}
        self._hold(self._id("hold"), customer, amount, destination)

    @rule(data=st.data(), how=st.sampled_from(["hold.void", "hold.confirm"]), part=st.none() | AMOUNTS)
    def close_a_hold(self, data: st.DataObject, how: str, part: int | None) -> None:
        if self.holds:
            hold = data.draw(st.sampled_from(self.holds))
            outcome = self.book.ask(how, hold, **({"amount": part} if how == "hold.confirm" else {}))
            if isinstance(outcome, Refused):
                assert outcome.code == "hold_exceeded"
            else:
                self.holds.remove(hold)

    @rule(minutes=st.integers(1, 120))
    def time_passes(self, minutes: int) -> None:
        self.book.now += timedelta(minutes=minutes)
        for hold, at in list(self.book.due.items()):
            if at <= self.book.now:
                self.book.ring(hold)
                self.holds.remove(hold)

    @invariant()
    def debits_equal_credits(self) -> None:
        for transaction in self.book.transactions:
            assert len(transaction.entries) >= 2
            signed = [(1 if line.side == "debit" else -1) * line.amount for line in transaction.entries]
            assert sum(signed) == 0

    @invariant()
    def balances_chain(self) -> None:
        balances: defaultdict[str, int] = defaultdict(int)
        versions: defaultdict[str, int] = defaultdict(int)
        for transaction in self.book.transactions:
            for line in transaction.entries:
                row = class_of(line.account)
                assert row is not None
                balances[line.account] += line.amount if line.side == row.normal_side else -line.amount
                versions[line.account] += 1
                assert (line.balance_after, line.account_version) == (
                    balances[line.account],
                    versions[line.account],
                )
        kept = [state for state in self.book.view.values() if isinstance(state, AccountState)]
        assert {state.path: (state.balance, state.version) for state in kept} == {
            path: (balances[path], versions[path]) for path in balances
        }

    @invariant()
    def open_holds_are_what_is_held(self) -> None:
        held: defaultdict[str, int] = defaultdict(int)
        for state in self.book.view.values():
            if isinstance(state, HoldState) and state.hold.status == "open":
                held[state.hold.customer_id] += state.hold.amount
        for customer in WALLETS:
            assert self.book.balance(f"liabilities:wallets:{customer}") >= 0
            assert self.book.balance(f"liabilities:wallet_holds:{customer}") == held[customer]

    @invariant()
    def each_event_is_posted_once(self) -> None:
        events = [transaction.event for transaction in self.book.transactions if transaction.event]
        assert len(events) == len(set(events)) == self.heard
        ids = [line.id for transaction in self.book.transactions for line in transaction.entries]
        assert len(ids) == len(set(ids))

    @invariant()
    def wallets_are_said_without_gaps(self) -> None:
        for customer in WALLETS:
            said = [s.resource for s in self.book.said if isinstance(s.resource, Wallet)]
            mine = [wallet for wallet in said if wallet.customer_id == customer]
            assert [wallet.version for wallet in mine] == list(range(1, len(mine) + 1))
            if mine:
                [balance] = mine[-1].balances
                assert balance.available == self.book.balance(f"liabilities:wallets:{customer}")

    def _id(self, prefix: str) -> str:
        self.number += 1
        return f"{prefix}_{self.number}"

    def _hear(self, type_: str, resource: Payment | Refund) -> None:
        self.book.hear(type_, resource)
        self.heard += 1

    def _accept(self, given_back: Refund) -> None:
        self._hear("refund.created", given_back)
        self.refunds.append(given_back)

    def _hold(self, hold: str, customer: str, amount: int, destination: dict[str, str]) -> bool:
        free = self.book.balance(f"liabilities:wallets:{customer}")
        expires_at = self.book.now + timedelta(hours=1) if destination["type"] == "sale" else None
        outcome = self.book.ask(
            "hold.create",
            hold,
            customer_id=customer,
            amount=amount,
            currency="USD",
            destination=destination,
            expires_at=expires_at,
        )
        assert isinstance(outcome, Done) is (amount <= free)
        if isinstance(outcome, Done):
            self.holds.append(hold)
        return isinstance(outcome, Done)


AnyStory.TestCase.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
TestAnyStory = AnyStory.TestCase
