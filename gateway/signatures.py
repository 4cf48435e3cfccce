"""Stripe's scheme of signing webhooks: `t=…,v1=…`, HMAC-SHA256 in hex over `{t}.{body}`, keyed with the secret's text.

https://docs.stripe.com/webhooks/signature. A secret may have a successor: several signatures and secrets are tried.
"""

import hmac
from collections.abc import Sequence

TOLERANCE_SECONDS = 300
"""Both ways: a time far in the future would make a signature that never gets old."""

SIGNATURES_MAX = 10


def is_signed(header: str, body: bytes, secrets: Sequence[str], now_seconds: float) -> bool:
    """Whether one of the signatures is by one of the secrets, over this body, at about this time."""
    parts = [part.strip().partition("=") for part in header.split(",")]
    times = [value for name, _, value in parts if name == "t"]
    if len(times) != 1 or not (times[0].isascii() and times[0].isdigit() and len(times[0]) <= 12):
        return False
    if abs(now_seconds - int(times[0])) > TOLERANCE_SECONDS:
        return False
    given = [value for name, _, value in parts if name == "v1" and value.isascii()][:SIGNATURES_MAX]
    signed = b"%s.%s" % (times[0].encode(), body)
    expected = [hmac.digest(secret.encode(), signed, "sha256").hex() for secret in secrets if secret]
    return any(hmac.compare_digest(one, other) for one in given for other in expected)
