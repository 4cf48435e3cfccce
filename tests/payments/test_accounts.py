"""Whether the accounts with providers can be reached, and whether all are there that there should be."""

import asyncio
from collections.abc import Mapping
from typing import final

import pytest

from actors.payments.accounts import Accounts, AccountUnknown, checks_of, perform
from actors.payments.provider import Provider
from health.checks import Finding, run_checks
from messages.wire import Json


@final
class Account:
    """A provider that can be reached, or not."""

    name: str = "simulated"
    livemode: bool = False
    default_method: str | None = None
    keeps_open: bool = False

    def __init__(self, trouble: Exception | None = None) -> None:
        self._trouble = trouble

    async def perform(self, operation: str, key: str, request: Json) -> Json:
        del operation, key
        return request

    async def ping(self) -> None:
        await asyncio.sleep(0)
        if self._trouble is not None:
            raise self._trouble


AWAY = Account(ConnectionRefusedError("nobody listens"))


async def found(providers: Mapping[str, Provider], missing: str | None = None) -> dict[str, Finding]:
    accounts = Accounts(providers)
    if missing is not None:
        with pytest.raises(AccountUnknown, match=f"no account {missing} is set up"):
            await perform(accounts, "refund", "call_1", {"account": missing})
    return await run_checks(checks_of(accounts))


async def test_one_of_several_that_is_away_degrades_the_whole() -> None:
    told = await found({"us": Account(), "eu": AWAY})
    assert {name: each.status for name, each in told.items()} == {
        "provider": "degraded",
        "provider:us": "ok",
        "provider:eu": "unreachable",
    }
    assert (await found({"us": AWAY, "eu": AWAY}))["provider"].status == "unreachable"


@pytest.mark.parametrize("others", [{}, {"us": Account()}])
async def test_an_account_that_was_taken_out_is_told_while_something_is_asked_of_it(others: dict[str, Account]) -> None:
    here = {"simulated": Account(), **others}
    assert (await found(here))["provider"].status == "ok"
    told = (await found(here, missing="eu"))["provider"]
    assert told.status == "degraded"
    assert "eu" in (told.detail or "")
    assert "POCKETPAY_ACCOUNTS" in (told.detail or "")
