"""The simulated provider's payouts, on a real file: sent once, arrived when looked at, sent back when told."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from actors.payments.provider import RESULT, Declined, Outcome, Taken
from actors.payments.simulated import Simulated
from actors.payments.simulated_journal import journal

SEND = {"payout": "po_1", "amount": 2500, "currency": "USD", "customer_id": "abc123"}


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "provider.sqlite"


@pytest_asyncio.fixture
async def provider(file: Path) -> AsyncIterator[Simulated]:
    simulated_provider = Simulated(file)
    yield simulated_provider
    await simulated_provider.close()


async def _ask(provider: Simulated, operation: str, key: str, **request: Any) -> Outcome:
    return RESULT.validate_python(await provider.perform(operation, key, request))


async def _sent(provider: Simulated) -> str:
    sent = await _ask(provider, "payout", "k1", **SEND)
    assert isinstance(sent, Taken)
    assert (sent.amount, sent.pending, sent.look_again_seconds) == (2500, True, 2)
    return sent.reference


async def test_a_payout_is_sent_once_however_often_it_is_asked_for(provider: Simulated, file: Path) -> None:
    assert await _sent(provider) == await _sent(provider)
    (line,) = journal(file)
    assert (line["kind"], line["payment"], line["amount"], line["currency"]) == ("payout_sent", "po_1", 2500, "USD")


async def test_a_payout_has_arrived_when_it_is_looked_at(provider: Simulated, file: Path) -> None:
    reference = await _sent(provider)
    for key in ("k2", "k3"):
        found = await _ask(provider, "look_up_payout", key, reference=reference)
        assert found == Taken(reference=reference, amount=2500)
    assert [line["kind"] for line in journal(file)] == ["payout_sent", "payout_paid"]


@pytest.mark.parametrize("arrived", [False, True])
async def test_a_payout_comes_back_when_a_test_says_so(provider: Simulated, file: Path, arrived: bool) -> None:
    reference = await _sent(provider)
    if arrived:
        await _ask(provider, "settle_payout", "k2", reference=reference, outcome="paid")
    for operation, more in (("settle_payout", {"outcome": "fail"}), ("look_up_payout", {})):
        found = await _ask(provider, operation, f"{operation} 1", reference=reference, **more)
        assert isinstance(found, Declined)
        assert (found.code, found.decline_code) == ("payment_method_unusable", "account_closed")
    settled = await _ask(provider, "settle_payout", "k4", reference=reference, outcome="paid")
    assert isinstance(settled, Declined), "what came back does not arrive"
    assert [line["kind"] for line in journal(file)] == [
        "payout_sent",
        *(["payout_paid"] if arrived else []),
        "payout_failed",
    ]


async def test_a_payout_that_nobody_sent_is_unknown(provider: Simulated) -> None:
    found = await _ask(provider, "look_up_payout", "k1", reference="sim_po_unknown")
    assert isinstance(found, Declined)
    assert found.decline_code == "unknown"
