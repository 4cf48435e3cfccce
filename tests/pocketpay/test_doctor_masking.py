"""No secret passes the mask, in whatever form it stands in a text."""

import base64
import json
from pathlib import Path
from urllib.parse import quote

import pytest

from pocketpay.doctor.masking import MASK, mask_for

KEPT = 'kept "secret"/+?'
NAMED = "named-in-the-environment"
IN_DSN = "of a dsn"
OF_FILES = ["of-a:passfile", "of-another-passfile"]
OF_QUERIES = [IN_DSN, "of-a-client-key", "of a query", "bare-token", "other-token"]


@pytest.fixture
def mask(tmp_path: Path):
    folder = tmp_path / "data" / "secrets" / "deeper"
    folder.mkdir(parents=True)
    (folder / "nats-viewer").write_text(KEPT + "\n")
    (folder / "url").write_text("postgresql://role:of-a-kept-url@host/db")
    (tmp_path / "mounted").write_text("nats://user:of-a-mounted-url@host:4222\n")
    (tmp_path / "pgpass").write_text("# host:port:database:user:not-one\ndb:5432:*:role:of-a\\:passfile\n")
    (tmp_path / "passwords").write_text("*:*:*:*:of-another-passfile\n")
    environment = {
        "STRIPE_API_KEY": NAMED,
        "POCKETPAY_NATS_URL_FILE": str(tmp_path / "mounted"),
        "POCKETPAY_DATABASE_URL": f"postgresql://role:{quote('p@ss word')}@host/db",
        "PATH": "/usr/bin",
        "A_DSN": f"host=db user=role password='{IN_DSN}' sslpassword=of-a-client-key passfile={tmp_path / 'pgpass'}",
        "A_QUERY": f"postgresql:///x?host=/run&user=role&password={quote('of a query')}",
        "BARE": "nats://bare-token@host:4222,nats://other-token@host:4223",
        "PGPASSFILE": str(tmp_path / "passwords"),
    }
    return mask_for(tmp_path / "data", environment)


@pytest.mark.parametrize(
    "secret",
    [
        *(KEPT, NAMED, "p@ss word", quote("p@ss word"), "of-a-kept-url", "of-a-mounted-url"),
        *(*OF_QUERIES, *OF_FILES),
    ],
)
def test_a_secret_is_masked_in_every_form(mask, secret):
    forms = [secret, quote(secret, safe=""), json.dumps(secret)[1:-1], base64.b64encode(secret.encode()).decode()]
    for form in forms:
        masked = mask(f"before {form} after {form}{form}")
        assert form.rstrip("=") not in masked
        assert masked.startswith("before ")
        assert MASK in masked


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("cannot reach nats://viewer:an-old-one@127.0.0.1:1/", "an-old-one"),
        ("redis://:no-user@host", "no-user"),
        ('{"url": "postgresql://u:x-y_z@/db?host=/run"}', "x-y_z"),
        ("postgresql://u:p@ssword@host/db", "ssword"),
        ("postgresql://u:p#ssword@host/db", "ssword"),
        ("cannot reach nats://an-old-token@127.0.0.1:4222", "an-old-token"),
        ("postgresql:///x?host=/run&password=an-old-one&user=u", "an-old-one"),
        ("https://host/path?token=an-old-one", "an-old-one"),
        ("host=db sslpassword=an-old-one user=u", "an-old-one"),
        ("host=db password='an old \\'one' user=u", "one"),
        ("Authorization: Bearer eyJhbGciOi.x.y", "eyJhbGciOi.x.y"),
        ("key ppk_live_0123456789abc used", "0123456789abc"),
        ("whsec_0123456789abc", "0123456789abc"),
    ],
)
def test_what_looks_like_a_secret_is_masked_although_nobody_told_us(mask, text, secret):
    assert secret not in mask(text)
    assert MASK in mask(text)


NAMES = ["postgresql://role@host/db", "host=db user=role", "?passfile=/etc/pgpass", "not-one"]


@pytest.mark.parametrize(
    "text", ["/usr/bin", "http://localhost:8011/readyz", "10:00:00 pay_01ja 10.00 USD", "a@b", *NAMES]
)
def test_other_words_stay(mask, text):
    assert mask(text) == text
