"""Several accounts in the settings: which are understood, and what each process reads of them."""

import json
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from actors.payments.actor import terms_of
from actors.payments.card_testing import Limits
from actors.runtime.actor import Actor
from pocketpay.routed import accounts_of
from pocketpay.serve import PROCESSES
from pocketpay.settings import Settings, load, simulated_file_of, webhook_secrets

TWO = [{"name": "us", "kind": "simulated"}, {"name": "eu", "kind": "simulated"}]


def settings_with(accounts: object, **more: str) -> Settings:
    return load({"POCKETPAY_ACCOUNTS": json.dumps(accounts), **more})


@pytest.mark.parametrize(
    "accounts",
    [
        [*TWO, {"name": "us", "kind": "stripe"}],
        [{"name": "wallet", "kind": "simulated"}],
        [{"name": "US", "kind": "simulated"}],
        [{"name": "us", "kind": "adyen"}],
        [{"name": "us", "kind": "stripe", "key": "sk_test_1"}],
    ],
)
def test_a_list_of_accounts_that_cannot_be_meant_is_refused(accounts: object) -> None:
    with pytest.raises(ValidationError):
        settings_with(accounts)


def test_each_simulated_account_has_books_of_its_own_and_the_unnamed_one_keeps_its_file() -> None:
    settings = load({"POCKETPAY_SIMULATED_FILE": "/books/outside.sqlite"})
    assert simulated_file_of(settings, "simulated") == Path("/books/outside.sqlite")
    assert simulated_file_of(settings, "eu") == Path("/books/outside-eu.sqlite")


def test_rules_that_name_an_account_that_is_not_there_or_cannot_be_read_end_the_start() -> None:
    rules = json.dumps([{"accounts": ["eu", "moon"]}])
    with pytest.raises(SystemExit, match="POCKETPAY_ROUTES names moon"):
        accounts_of(settings_with(TWO, POCKETPAY_ROUTES=rules))
    with pytest.raises(SystemExit, match="POCKETPAY_ROUTES is not as"):
        accounts_of(settings_with(TWO, POCKETPAY_ROUTES=json.dumps([{"accounts": ["eu"], "currency": "EUR"}])))


def test_the_first_account_is_the_default_and_rules_and_limits_are_those_of_the_settings(tmp_path: Path) -> None:
    rules = json.dumps([{"currencies": ["EUR"], "accounts": ["eu", "us"]}])
    more = {"POCKETPAY_DATA_DIR": str(tmp_path), "POCKETPAY_ROUTES": rules, "POCKETPAY_BREAKER_FAILURES": "7"}
    accounts = accounts_of(settings_with(TWO, **more))
    assert list(accounts.providers) == ["us", "eu"]
    assert accounts.rules[0].accounts == ["eu", "us"]
    assert accounts.tolerance is not None
    assert accounts.tolerance.failures == 7


@pytest.mark.parametrize("accounts", [TWO, []])
def test_the_limits_against_card_testing_hold_for_one_account_and_for_several(
    accounts: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[Any] = []
    monkeypatch.setattr("pocketpay.serve._actor", lambda actor, _: made.append(actor))
    more = {"POCKETPAY_DATA_DIR": str(tmp_path), "POCKETPAY_DECLINES_PER_ADDRESS": "3"}
    _ = PROCESSES["payments"](settings_with(accounts, **more))
    inner: Any = next(each for each in made[0].decide.args if isinstance(each, Actor))  # within its switches
    (limits,) = [each for each in inner.decide.args if isinstance(each, Limits)]
    assert limits.per_address == 3


def test_a_stripe_account_needs_its_key_and_the_gateway_reads_its_webhook_secrets_alone(tmp_path: Path) -> None:
    (tmp_path / "whsec").write_text("whsec_1, whsec_2\n")
    account = {"name": "shop", "kind": "stripe", "webhook_secrets_file": str(tmp_path / "whsec")}
    settings = settings_with([*TWO, account], POCKETPAY_SIMULATED_WEBHOOK_SECRET="sim")
    assert webhook_secrets(settings) == {"us": ("sim",), "eu": ("sim",), "shop": ("whsec_1", "whsec_2")}
    with pytest.raises(SystemExit, match="shop in POCKETPAY_ACCOUNTS has no key_file"):
        _ = PROCESSES["payments"](settings)


@pytest.mark.parametrize("key", ["sk_live_1", "rk_live_1"])
def test_a_live_key_is_taken_where_keys_are_asked_for_alone(tmp_path: Path, key: str) -> None:
    (tmp_path / "key").write_text(key)
    accounts = [{"name": "shop", "kind": "stripe", "key_file": str(tmp_path / "key")}]
    with pytest.raises(SystemExit, match=r"shop has a live key.*POCKETPAY_AUTH=keys"):
        accounts_of(settings_with(accounts, POCKETPAY_AUTH="open"))
    alone = {"POCKETPAY_PROVIDER": "stripe", "POCKETPAY_AUTH": "open", "POCKETPAY_STRIPE_KEY": key}
    with pytest.raises(SystemExit, match=r"POCKETPAY_STRIPE_KEY is a live key.*POCKETPAY_AUTH=keys"):
        _ = PROCESSES["payments"](load(alone))
    taken = accounts_of(settings_with(accounts, POCKETPAY_AUTH="keys"))
    assert terms_of(taken).livemode


@pytest.mark.parametrize("auth", ["open", "keys"])
def test_a_test_key_is_taken_anywhere_and_what_is_no_key_nowhere(tmp_path: Path, auth: str) -> None:
    (tmp_path / "key").write_text("rk_test_1")
    (tmp_path / "none").write_text("pk_live_1")
    shop = {"name": "shop", "kind": "stripe", "key_file": str(tmp_path / "key")}
    assert not terms_of(accounts_of(settings_with([shop], POCKETPAY_AUTH=auth))).livemode
    with pytest.raises(SystemExit, match="shop has no secret key of Stripe"):
        accounts_of(settings_with([{**shop, "key_file": str(tmp_path / "none")}], POCKETPAY_AUTH=auth))
