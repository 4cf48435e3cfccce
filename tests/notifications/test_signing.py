"""Webhooks are signed as Standard Webhooks has it: its own reference library reads them."""

import base64
from datetime import UTC, datetime, timedelta, timezone

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from actors.notifications.signing import signed_headers
from messages.webhook_secrets import secret_of

KEY = "the key of a whole installation, which never leaves it"
BODY = '{"id":"evt_1","data":{"name":"Zoë € 😀"}}'
OLD, NEW = (secret_of(KEY, "demo", "we_1", version) for version in (1, 2))


def read_by(secret: str, headers: dict[str, str], body: str = BODY) -> object:
    return Webhook(secret).verify(body.encode(), headers)


def test_the_reference_library_verifies_what_was_signed():
    headers = signed_headers("evt_1", datetime.now(UTC), BODY, [OLD])
    assert read_by(OLD, headers) == {"id": "evt_1", "data": {"name": "Zoë € 😀"}}
    assert headers["webhook-id"] == "evt_1"
    assert headers["Content-Type"] == "application/json"
    assert headers["User-Agent"].startswith("PocketPay/")


@pytest.mark.parametrize("secret", [OLD, NEW])
def test_during_a_rotation_either_secret_verifies(secret):
    headers = signed_headers("evt_1", datetime.now(UTC), BODY, [NEW, OLD])
    assert len(headers["webhook-signature"].split(" ")) == 2
    assert read_by(secret, headers)


@pytest.mark.parametrize("other", [secret_of(KEY, "demo", "we_2", 1), secret_of(KEY, "demo", "we_1", 3)])
def test_no_other_secret_verifies(other):
    with pytest.raises(WebhookVerificationError):
        read_by(other, signed_headers("evt_1", datetime.now(UTC), BODY, [NEW, OLD]))


def test_nothing_that_is_signed_can_be_changed():
    headers = signed_headers("evt_1", datetime.now(UTC), BODY, [OLD])
    later = str(int(headers["webhook-timestamp"]) + 1)
    for changed, body in (
        (headers, BODY.replace("Zoë", "Zoe")),
        ({**headers, "webhook-id": "evt_2"}, BODY),
        ({**headers, "webhook-timestamp": later}, BODY),
    ):
        with pytest.raises(WebhookVerificationError):
            read_by(OLD, changed, body)


@pytest.mark.parametrize("hours", [-11, 0, 5, 14])
def test_the_time_of_the_attempt_is_that_time_in_any_zone(hours):
    here = datetime.now(UTC).astimezone(timezone(timedelta(hours=hours)))
    headers = signed_headers("evt_1", here, BODY, [OLD])
    assert read_by(OLD, headers)
    assert headers["webhook-timestamp"] == str(int(here.timestamp()))


def test_a_repeat_is_signed_anew_and_the_old_one_grows_too_old():
    with pytest.raises(WebhookVerificationError, match="too old"):
        read_by(OLD, signed_headers("evt_1", datetime.now(UTC) - timedelta(minutes=6), BODY, [OLD]))


def test_a_secret_follows_from_the_key_and_whose_it_is():
    # Computed with `openssl dgst -sha256 -hmac`, so that another program could derive it
    assert OLD == "whsec_iLgDCf0pPy+g89s87ffJJ4Hgxgf6z15kczDEKYVPtb8="
    secrets = {secret_of(*of) for of in ((KEY, "demo", "we_1", 1), (KEY, "demo", "we_1", 2), (KEY, "test", "we_1", 1))}
    assert len(secrets | {secret_of("another", "demo", "we_1", 1), secret_of(KEY, "demo", "we_2", 1)}) == 5
    assert len(base64.b64decode(OLD.removeprefix("whsec_"), validate=True)) == 32
