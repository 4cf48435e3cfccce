"""The simulated provider against the manners that a payment provider must have, on a real file."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from actors.payments import simulated
from actors.payments.provider import RESULT, ActionNeeded, Away, Declined, Provider, Taken
from actors.payments.simulated import AnsweredBadly, Simulated
from actors.payments.simulated_journal import connect, journal
from actors.payments.simulated_methods import DECLINES, METHODS
from actors.payments.simulated_operations import KeyReused
from messages.money import AMOUNT_MAX
from messages.wire import rfc3339


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "books" / "provider.sqlite"


@pytest_asyncio.fixture
async def provider(file: Path) -> AsyncIterator[Simulated]:
    simulated_provider = Simulated(file)
    yield simulated_provider
    await simulated_provider.close()


def a_charge(method: str = "pm_card_visa", **changes: Any) -> dict[str, Any]:
    return {
        "payment": "pay_1",
        "amount": 1000,
        "currency": "USD",
        "customer_id": "abc123",
        "payment_method": method,
        "capture": True,
        **changes,
    }


async def ask(provider: Provider, operation: str, key: str, request: dict[str, Any]) -> Any:
    return RESULT.validate_python(await provider.perform(operation, key, request))


def kinds(file: Path) -> list[str]:
    return [line["kind"] for line in journal(file)]


async def test_a_charge_is_taken_and_written_down_once(provider: Simulated, file: Path) -> None:
    taken = await ask(provider, "charge", "k1", a_charge())
    assert isinstance(taken, Taken)
    assert taken.amount == 1000
    (line,) = journal(file)
    assert line["reference"] == taken.reference
    assert (line["kind"], line["payment"], line["amount"], line["currency"]) == (
        "captured",
        "pay_1",
        1000,
        "USD",
    )


async def test_a_repeat_answers_as_before_and_takes_nothing_more(provider: Simulated, file: Path) -> None:
    answers = await asyncio.gather(*(ask(provider, "charge", "k1", a_charge()) for _ in range(32)))
    assert answers == [answers[0]] * 32
    assert kinds(file) == ["captured"]


async def test_a_key_used_for_another_request_is_refused(provider: Simulated, file: Path) -> None:
    await provider.perform("charge", "k1", a_charge())
    with pytest.raises(KeyReused):
        await provider.perform("charge", "k1", a_charge(amount=1001))
    with pytest.raises(KeyReused):
        await provider.perform("release", "k1", {"reference": "sim_ch_1"})
    assert kinds(file) == ["captured"]


async def test_one_bad_request_does_not_spoil_those_beside_it(provider: Simulated, file: Path) -> None:
    asked = [provider.perform("charge", f"k{n}", a_charge(amount=n)) for n in range(5)]
    answers = await asyncio.gather(*asked, provider.perform("dance", "k9", {}), return_exceptions=True)
    assert [isinstance(answer, Exception) for answer in answers] == [True, *[False] * 4, True]
    assert [line["amount"] for line in journal(file)] == [1, 2, 3, 4]


@pytest.mark.parametrize("method", sorted(DECLINES))
async def test_a_declining_method_says_why(provider: Simulated, file: Path, method: str) -> None:
    answer = await ask(provider, "charge", "k1", a_charge(method))
    assert isinstance(answer, Declined)
    assert (answer.code, answer.decline_code) == ("card_declined", DECLINES[method][0])
    assert kinds(file) == ["declined"]


def test_all_methods_of_the_contract_are_there() -> None:
    reasons = [
        "InsufficientFunds",
        "LostCard",
        "StolenCard",
        "ExpiredCard",
        "IncorrectCvc",
        "ProcessingError",
    ]
    cards = "visa mastercard chargeDeclined authenticationRequired threeDSecure2Required createDispute"
    cards += " refundFail pendingRefund bypassPending"
    sims = "slow timeoutAfterCharge errorAfterCharge unavailable"
    assert {
        *(f"pm_card_chargeDeclined{reason}" for reason in reasons),
        *(f"pm_card_{name}" for name in cards.split()),
        *(f"pm_sim_{name}" for name in sims.split()),
    } == METHODS


async def test_an_unknown_method_cannot_be_used(provider: Simulated, file: Path) -> None:
    answer = await ask(provider, "charge", "k1", a_charge("pm_card_of_a_friend"))
    assert isinstance(answer, Declined)
    assert answer.code == "payment_method_unusable"
    assert kinds(file) == []


@pytest.mark.parametrize(("capture", "kind"), [(True, "captured"), (False, "authorized")])
async def test_a_customer_authenticates_and_the_charge_goes_on(
    provider: Simulated, file: Path, capture: bool, kind: str
) -> None:
    # Given a charge that waits for its customer
    waiting = await ask(provider, "charge", "k1", a_charge("pm_card_authenticationRequired", capture=capture))
    assert isinstance(waiting, ActionNeeded)
    assert waiting.url == "/simulated/payments/pay_1/authenticate"
    # When the customer authenticates
    request = {"reference": waiting.reference, "outcome": "succeed"}
    answer = await ask(provider, "authenticate", "k2", request)
    # Then the money is taken, and a second time changes nothing
    assert answer == Taken(reference=waiting.reference, amount=1000)
    again = await ask(provider, "authenticate", "k3", request)
    assert isinstance(again, Declined)
    assert kinds(file) == ["action_needed", kind]


async def test_a_customer_who_fails_to_authenticate_pays_nothing(provider: Simulated, file: Path) -> None:
    waiting = await ask(provider, "charge", "k1", a_charge("pm_card_threeDSecure2Required"))
    request = {"reference": waiting.reference, "outcome": "fail"}
    answer = await ask(provider, "authenticate", "k2", request)
    assert isinstance(answer, Declined)
    assert answer.code == "authentication_failed"
    assert kinds(file) == ["action_needed", "declined"]


async def test_nobody_authenticates_off_session(provider: Simulated) -> None:
    answer = await ask(provider, "charge", "k1", a_charge("pm_card_authenticationRequired", off_session=True))
    assert isinstance(answer, Declined)
    assert answer.code == "authentication_required"


async def test_a_part_of_an_authorisation_is_captured_once(provider: Simulated, file: Path) -> None:
    held = await ask(provider, "charge", "k1", a_charge(capture=False))
    too_much = await ask(provider, "capture", "k2", {"reference": held.reference, "amount": 1001})
    assert isinstance(too_much, Declined)
    taken = await ask(provider, "capture", "k3", {"reference": held.reference, "amount": 700})
    assert taken == Taken(reference=held.reference, amount=700)
    for operation, request in (("capture", {"amount": 300}), ("release", {})):
        late = await ask(provider, operation, f"late-{operation}", {"reference": held.reference, **request})
        assert isinstance(late, Declined)
    assert [(line["kind"], line["amount"]) for line in journal(file)] == [
        ("authorized", 1000),
        ("captured", 700),
        ("released", 300),
    ]


async def test_a_released_authorisation_cannot_be_captured(provider: Simulated, file: Path) -> None:
    held = await ask(provider, "charge", "k1", a_charge(capture=False))
    request = {"reference": held.reference}
    assert isinstance(await ask(provider, "release", "k2", request), Taken)
    assert isinstance(await ask(provider, "release", "k3", request), Taken)
    assert isinstance(await ask(provider, "capture", "k4", {**request, "amount": 1}), Declined)
    assert kinds(file) == ["authorized", "released"]


def a_refund(reference: str, amount: int, currency: str = "USD") -> dict[str, Any]:
    return {"reference": reference, "refund": "ref_1", "amount": amount, "currency": currency}


async def test_refunds_never_exceed_what_was_captured(provider: Simulated, file: Path) -> None:
    charge = await ask(provider, "charge", "k", a_charge())
    asked = [ask(provider, "refund", f"r{n}", a_refund(charge.reference, 300)) for n in range(8)]
    answers = await asyncio.gather(*asked)
    assert sum(isinstance(answer, Taken) for answer in answers) == 3
    assert {answer.decline_code for answer in answers if isinstance(answer, Declined)} == {"declined"}
    assert sum(line["amount"] for line in journal(file) if line["kind"] == "refunded") == 900
    other = await ask(provider, "refund", "r9", a_refund(charge.reference, 1, "EUR"))
    assert isinstance(other, Declined)


async def test_a_refund_that_fails_later_gives_its_part_back(provider: Simulated, file: Path) -> None:
    charge = await ask(provider, "charge", "k", a_charge("pm_card_refundFail"))
    refund = await ask(provider, "refund", "r1", a_refund(charge.reference, 1000))
    assert refund.look_again_seconds == 1
    assert not refund.pending
    for key in ("l1", "l2"):
        answer = await ask(provider, "look_up_refund", key, {"reference": refund.reference})
        assert isinstance(answer, Declined)
        assert answer.decline_code == "expired_or_canceled_card"
    assert kinds(file) == ["captured", "refunded", "refund_failed"]
    assert isinstance(await ask(provider, "refund", "r2", a_refund(charge.reference, 1000)), Taken)


async def test_a_pending_refund_settles_when_it_is_looked_at(provider: Simulated, file: Path) -> None:
    charge = await ask(provider, "charge", "k", a_charge("pm_card_pendingRefund"))
    refund = await ask(provider, "refund", "r1", a_refund(charge.reference, 400))
    assert (refund.pending, refund.look_again_seconds) == (True, 1)
    for key in ("l1", "l2"):
        answer = await ask(provider, "look_up_refund", key, {"reference": refund.reference})
        assert answer == Taken(reference=refund.reference, amount=400)
    assert kinds(file) == ["captured", "refund_pending", "refunded"]


@pytest.mark.parametrize(
    ("method", "error"),
    [("pm_sim_timeoutAfterCharge", TimeoutError), ("pm_sim_errorAfterCharge", AnsweredBadly)],
)
async def test_silence_after_a_charge_ends_with_the_third_call(
    provider: Simulated, file: Path, method: str, error: type[Exception]
) -> None:
    for _ in range(2):
        with pytest.raises(error):
            await provider.perform("charge", "k1", a_charge(method))
    assert isinstance(await ask(provider, "charge", "k1", a_charge(method)), Taken)
    assert kinds(file) == ["captured"]


async def test_an_outage_charges_nothing(provider: Simulated, file: Path) -> None:
    assert isinstance(await ask(provider, "charge", "k1", a_charge("pm_sim_unavailable")), Away)
    assert kinds(file) == []


async def test_a_slow_method_answers_late_but_once(provider: Simulated, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(simulated, "SLOW_SECONDS", 0.2)
    began = time.monotonic()
    await provider.perform("charge", "k1", a_charge("pm_sim_slow"))
    assert time.monotonic() - began >= 0.2
    began = time.monotonic()
    await provider.perform("charge", "k1", a_charge("pm_sim_slow"))
    assert time.monotonic() - began < 0.2


async def test_the_journal_cannot_be_rewritten(provider: Simulated, file: Path) -> None:
    await provider.perform("charge", "k1", a_charge())
    books = connect(file)
    for sql in ("update journal set amount = 1", "delete from journal"):
        with pytest.raises(Exception, match="append-only"):
            books.execute(sql)
    books.close()


async def test_ping_reads_the_books(provider: Simulated, tmp_path: Path) -> None:
    await provider.ping()
    a_file = tmp_path / "a_file"
    a_file.touch()
    nowhere = Simulated(a_file / "provider.sqlite")
    with pytest.raises(FileExistsError):
        await nowhere.ping()
    await nowhere.close()


async def test_a_thousand_charges_take_a_few_commits(provider: Simulated, file: Path) -> None:
    """Measured 2026-11 on two cores: about 0.25 s. The limit only finds a commit per charge."""
    began = time.monotonic()
    await asyncio.gather(*(provider.perform("charge", f"k{n}", a_charge(payment=f"pay_{n}")) for n in range(1000)))
    assert time.monotonic() - began < 3
    assert len({line["reference"] for line in journal(file)}) == 1000


CHARGING = """
import asyncio, sys
from pathlib import Path
from actors.payments.simulated import Simulated

async def main(file, first, count):
    provider = Simulated(Path(file))
    def charge(n):
        return {"payment": f"pay_{n}", "amount": n + 1, "currency": "USD", "customer_id": "abc123",
                "payment_method": "pm_card_visa", "capture": True}
    for n in range(first, first + count):
        asked = [provider.perform("charge", f"k{n}-{i}", charge(n)) for i in range(3)]
        answers = await asyncio.gather(*asked)
        print(answers[0]["reference"], answers[1]["reference"], answers[2]["reference"], flush=True)

asyncio.run(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
"""


def charging(file: Path, first: int, count: int) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", CHARGING, str(file), str(first), str(count)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2])


def test_several_processes_share_the_books(file: Path) -> None:
    # Two of the three ask for the same charges
    processes = [charging(file, first, 50) for first in (0, 0, 1000)]
    said = [set(process.communicate(timeout=60)[0].split()) for process in processes]
    assert [process.returncode for process in processes] == [0, 0, 0]
    assert said[0] == said[1]
    references = [line["reference"] for line in journal(file)]
    assert len(references) == len(set(references)) == 300
    assert set(references) == said[0] | said[2]


def test_what_was_answered_survives_a_kill(file: Path) -> None:
    process = charging(file, 0, 100_000)
    assert process.stdout is not None
    said = {reference for _ in range(20) for reference in process.stdout.readline().split()}
    os.kill(process.pid, signal.SIGKILL)
    rest = process.communicate(timeout=10)[0].split("\n")[:-1]
    said |= {reference for line in rest for reference in line.split()}
    written = {line["reference"] for line in journal(file)}
    assert said <= written


async def test_what_is_booked_of_the_largest_amount_can_be_told_and_locks_nobody_out(provider: Simulated) -> None:
    # Given the largest payment, which is disputed: with the fee, more would be taken than an amount can be
    await ask(provider, "charge", "k1", a_charge("pm_card_createDispute", amount=AMOUNT_MAX))
    # When it is asked what was booked
    page = {"after": None, "created_before": rfc3339(datetime.now(UTC) + timedelta(days=1)), "payout": None}
    told = await provider.perform("list_bookings", "k2", page)
    # Then both are told, and somebody else can pay
    assert min(each["net"] for each in told["bookings"]) == -AMOUNT_MAX
    assert isinstance(await ask(provider, "charge", "k3", a_charge(payment="pay_2")), Taken)
