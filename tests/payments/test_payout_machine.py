"""Random answers of the ledger, the provider and the clock to withdrawals: the money is always at one place."""

from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from typing_extensions import override

from actors.payments.provider import Away, Declined, Taken
from actors.payments.states import PayoutState
from actors.runtime.decision import Call
from messages.payouts import Payout, PayoutStatus
from messages.problems import PROBLEMS
from tests.payments.desk import AWAY, Desk

payout_ids = st.sampled_from(["po_1", "po_2"])
BACK = Declined(code="payment_method_unusable", decline_code="account_closed", detail="The account is closed.")


def _result(call: Call, kind: str, pending: bool, again: int | None) -> Taken | Declined | Away:
    if kind == "taken":
        reference = str(call.request.get("reference", f"sim_po_{call.id}"))
        return Taken(reference=reference, amount=1000, pending=pending, look_again_seconds=again)
    return BACK if kind == "declined" else AWAY


class Payouts(RuleBasedStateMachine):
    """Withdrawals from one wallet, whose holds are kept as the ledger keeps them."""

    def __init__(self) -> None:
        super().__init__()
        self.desk = Desk()
        self.holds: dict[str, str] = {}
        self.told: dict[str, Payout] = {}
        self.checked = 0

    @rule(payout=payout_ids)
    def withdraw(self, payout: str) -> None:
        self.desk.withdraw(payout)

    @rule(payout=payout_ids, outcome=st.sampled_from(["paid", "fail"]))
    def simulate(self, payout: str, outcome: str) -> None:
        self.desk.ask("payout.simulate", payout, outcome=outcome)

    @precondition(lambda self: self.desk.wishes)
    @rule(no=st.none() | st.sampled_from(["insufficient_funds", "account_frozen", "overloaded"]))
    def ledger(self, no: str | None) -> None:
        self._ledger(no)

    @precondition(lambda self: self.desk.calls)
    @rule(
        kind=st.sampled_from(["taken", "taken", "declined", "away", "silent"]),
        pending=st.booleans(),
        again=st.none() | st.just(2),
    )
    def come_back(self, kind: str, pending: bool, again: int | None) -> None:
        call = self.desk.calls[0]
        self.desk.returns(None if kind == "silent" else _result(call, kind, pending, again))

    @precondition(lambda self: self.desk.due)
    @rule(data=st.data())
    def fall_due(self, data: st.DataObject) -> None:
        self.desk.wait(data.draw(st.sampled_from(sorted(self.desk.due))))

    @invariant()
    def every_change_is_told_once(self) -> None:
        self._hear()
        for state in self._payouts():
            assert state.payout == self.told.get(state.payout.id, state.payout)
            assert (state.payout.version == 0) == (state.payout.id not in self.told)

    @invariant()
    def a_hold_stands_as_long_as_its_payout_waits(self) -> None:
        self._hear()
        leaving = {wish.subject for wish in self.desk.wishes if wish.type == "hold.void"}
        waiting = {state.payout.hold for state in self._payouts() if state.payout.status is PayoutStatus.PENDING}
        assert {hold for hold in self.holds if hold not in leaving} == waiting - {None}

    @invariant()
    def no_command_ends_twice(self) -> None:
        assert all(len(outcomes) <= 1 for outcomes in self.desk.outcomes.values())

    @invariant()
    def what_is_kept_reads_back_the_same(self) -> None:
        for state in self.desk.view.values():
            assert type(state).model_validate_json(state.model_dump_json()) == state

    @override
    def teardown(self) -> None:
        while self.desk.calls or self.desk.wishes:
            if self.desk.calls:
                self.desk.returns(_result(self.desk.calls[0], "taken", False, None))
                self.every_change_is_told_once()
            else:
                self._ledger(None)
        assert all(len(outcomes) == 1 for outcomes in self.desk.outcomes.values())
        assert all(state.step is None for state in self._payouts())
        assert self.holds == {}

    def _hear(self) -> None:
        for said in self.desk.said[self.checked :]:
            resource: Any = said.resource
            assert said.before == self.told.get(resource.id)
            assert resource.version == (self.told[resource.id].version + 1 if resource.id in self.told else 1)
            self.told[resource.id] = resource
            if said.type == "payout.sent":
                assert self.holds.pop(resource.hold) == "open", "the ledger takes the hold's money"
        self.checked = len(self.desk.said)

    def _ledger(self, no: str | None) -> None:
        wish = self.desk.wishes[0]
        if wish.type == "hold.void":
            assert self.holds.pop(wish.subject) == "open"
            self.desk.ledger_says(200, {})
        elif no is not None:
            self.desk.ledger_says(PROBLEMS[no].status, {"code": no})
        else:
            assert wish.subject not in self.holds
            self.holds[wish.subject] = "open"
            self.desk.ledger_says(201, {})

    def _payouts(self) -> list[PayoutState]:
        return [state for state in self.desk.view.values() if isinstance(state, PayoutState)]


@pytest.mark.timeout(120)
class TestPayouts(Payouts.TestCase):
    """The machine as a test."""

    settings = settings(max_examples=150, stateful_step_count=40, deadline=None)
