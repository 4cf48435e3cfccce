"""The checks of this suite see what they are there to see: each is shown the very thing broken on purpose."""

import sqlite3
from itertools import count

import nats
import pytest

from messages.subjects import EVENTS
from pocketpay.embedded.nats_users import PROVISIONER
from pocketpay.running import nats_url
from pocketpay.settings import Settings, simulated_file
from tests.walks import whole
from tests.walks.load import Load, under_load
from tests.walks.system import System
from tests.walks.telling import must_be_told, stream_end
from tests.walks.whole import must_be_whole

pytestmark = [pytest.mark.faults, pytest.mark.timeout(120)]

_numbers = count(1)


@pytest.fixture
async def load(system: System, monkeypatch: pytest.MonkeyPatch) -> Load:
    """Payments that are whole, and a check that loses patience soon."""
    async with under_load(system, f"control-{next(_numbers)}", count=40) as load:
        pass
    await must_be_whole(system, load)
    monkeypatch.setattr(whole, "HEALED_SECONDS", 1)
    return load


async def test_a_payment_that_was_acknowledged_and_is_not_there_is_seen(system: System, load: Load) -> None:
    load.told["lost"] = (201, {**load.told[f"{load.name}-1"][1], "id": "pay_lost"})
    load.count += 1
    with pytest.raises(AssertionError):
        await must_be_whole(system, load)


async def test_a_key_that_got_another_payment_is_seen(system: System, load: Load) -> None:
    first, second = f"{load.name}-1", f"{load.name}-2"
    load.told[first], load.told[second] = load.told[second], load.told[first]
    with pytest.raises(AssertionError):
        await must_be_whole(system, load)


async def test_an_amount_that_the_ledger_does_not_have_is_seen(system: System, load: Load) -> None:
    status, body = load.told[f"{load.name}-1"]
    load.told[f"{load.name}-1"] = status, {**body, "amount": body["amount"] + 1}
    with pytest.raises(AssertionError):
        await must_be_whole(system, load)


async def test_a_card_that_was_charged_twice_is_seen(system: System, load: Load) -> None:
    columns = "at, kind, reference, payment, amount, currency, key"
    payment = load.told[f"{load.name}-1"][1]["id"]
    books = sqlite3.connect(simulated_file(Settings(data_dir=system.data_dir)))
    twice = f"insert into journal ({columns}) select {columns} from journal where payment = ? and kind = 'captured'"
    assert books.execute(twice, (payment,)).rowcount == 1
    books.commit()
    books.close()
    with pytest.raises(AssertionError):
        await must_be_whole(system, load)


async def test_an_event_that_was_told_twice_is_seen(system: System, load: Load) -> None:
    await must_be_told(system, 0)
    client = await nats.connect(nats_url(system.data_dir, system.running, PROVISIONER))
    jetstream, last = client.jetstream(timeout=5), await stream_end(system)
    message = await jetstream.get_msg(EVENTS, last)
    headers = {"Nats-Msg-Id": "twice", "PocketPay-Origin": (message.headers or {})["PocketPay-Origin"]}
    await jetstream.publish(f"{str(message.subject).rpartition('.')[0]}.twice", message.data or b"", headers=headers)
    await client.close()
    with pytest.raises(AssertionError):
        await must_be_told(system, 0)
