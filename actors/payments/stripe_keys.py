"""What a secret key of Stripe tells of its account."""

from typing import Final

from messages.tenants import Mode

_LIVE: Final = ("sk_live_", "rk_live_")
_TEST: Final = ("sk_test_", "rk_test_")


def mode_of(key: str) -> Mode | None:
    """Whether the account's money is real; None for what is no secret or restricted key."""
    return "live" if key.startswith(_LIVE) else "test" if key.startswith(_TEST) else None
