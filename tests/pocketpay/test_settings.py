"""Settings from the environment."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from messages.subjects import EVENTS
from pocketpay.billing import terms_of
from pocketpay.serve import PROCESSES
from pocketpay.settings import load, simulated_file
from pocketpay.streams.shapes import AGES


def test_without_anything_set_nothing_is_open() -> None:
    settings = load({})
    assert (settings.auth, settings.host, settings.database_url) == ("keys", "127.0.0.1", None)


def test_a_value_may_lie_in_a_file(tmp_path: Path) -> None:
    (tmp_path / "url").write_text("postgresql://u:secret@db/x\n")
    settings = load({"POCKETPAY_DATABASE_URL_FILE": str(tmp_path / "url")})
    assert settings.database_url is not None
    assert settings.database_url.get_secret_value() == "postgresql://u:secret@db/x"


def test_no_secret_shows_in_a_repr() -> None:
    names = {"NATS_URL": "nats", "DATABASE_URL": "postgresql", "SMTP_URL": "smtp"}
    settings = load({f"POCKETPAY_{name}": f"{scheme}://u:hush@host" for name, scheme in names.items()})
    assert "hush" not in repr(settings)


def test_a_wrong_value_is_refused_without_being_repeated() -> None:
    with pytest.raises(ValidationError) as caught:
        load({"POCKETPAY_AUTH": "secret"})
    assert "'secret'" not in str(caught.value)


@pytest.mark.parametrize("address", ["billing@shop.example", "Blue Shop <billing@shop.example>"])
def test_mails_come_from_an_address(address: str) -> None:
    assert load({"POCKETPAY_MAIL_FROM": address}).mail_from == address


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("MAIL_FROM", "billing"),
        ("MAIL_FROM", "Blue Shop <billing>"),
        ("MAIL_FROM", "a@b.example, c@d.example"),
        ("MAIL_FROM", "a@b.example\nBcc: c@d.example"),
        ("MAIL_LOGO_URL", "http://shop.example/logo.png"),
        ("MAIL_LOGO_URL", "https://shop.example/a b"),
    ],
)
def test_what_mails_cannot_be_sent_with_is_refused(name: str, value: str) -> None:
    with pytest.raises(ValidationError):
        load({f"POCKETPAY_{name}": value})


def test_deliveries_are_kept_as_long_as_their_events_can_be_replayed() -> None:
    days = AGES[EVENTS].days
    assert load({}).webhook_deliveries_days == days
    with pytest.raises(ValidationError):
        load({"POCKETPAY_WEBHOOK_DELIVERIES_DAYS": str(days - 1)})


def test_the_environment_of_this_process_does_not_leak_into_explicit_settings(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("POCKETPAY_HOST", "0.0.0.0")
    assert load({}).host == "127.0.0.1"


def test_the_simulated_provider_keeps_its_books_in_the_data_folder_unless_told_otherwise() -> None:
    assert simulated_file(load({"POCKETPAY_DATA_DIR": "/d"})).parent == Path("/d")
    assert simulated_file(load({"POCKETPAY_SIMULATED_FILE": "/other/books"})) == Path("/other/books")


def test_several_names_are_separated_by_commas() -> None:
    settings = load({"POCKETPAY_HOSTS": "pay.example.com, pay.internal", "POCKETPAY_OPS_NETWORKS": "10.0.0.0/8"})
    assert settings.hosts == ("pay.example.com", "pay.internal")
    assert settings.ops_networks == ("10.0.0.0/8",)


def test_stripes_key_is_not_sent_in_the_clear() -> None:
    assert load({"POCKETPAY_STRIPE_ADDRESS": "http://127.0.0.1:8420"}).stripe_address == "http://127.0.0.1:8420"
    for address in ("http://stripe.example", "https://key@stripe.example", "ftp://stripe.example"):
        with pytest.raises(ValidationError):
            load({"POCKETPAY_STRIPE_ADDRESS": address})


def test_without_a_key_stripe_is_no_provider_and_with_one_it_does_not_show() -> None:
    with pytest.raises(SystemExit, match="POCKETPAY_STRIPE_KEY"):
        _ = PROCESSES["payments"](load({"POCKETPAY_PROVIDER": "stripe"}))
    assert "sk_test" not in repr(load({"POCKETPAY_STRIPE_KEY": "sk_test_1"}))


def test_the_seller_is_a_json_object() -> None:
    text = '{"name":"Blue Shop Ltd","address":["1 High Street","London"],"tax_id":"GB123"}'
    seller = {"name": "Blue Shop Ltd", "address": ["1 High Street", "London"], "tax_id": "GB123"}
    assert terms_of(load({"POCKETPAY_SELLER": text})).seller == seller
    assert terms_of(load({})).seller == {}


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('{"name":"Blue Shop","tax_ids":"GB123"}', "POCKETPAY_SELLER has no tax_ids; it has name, address, tax_id"),
        ('{"address":"1 High Street"}', "POCKETPAY_SELLER is not as it should be: address: Input should be a valid li"),
        ("Blue Shop", "POCKETPAY_SELLER must be a JSON object"),
        ('["Blue Shop"]', "POCKETPAY_SELLER must be a JSON object"),
    ],
)
def test_what_is_wrong_with_the_seller_is_said_at_the_start(text: str, why: str) -> None:
    with pytest.raises(SystemExit, match=why):
        terms_of(load({"POCKETPAY_SELLER": text}))
