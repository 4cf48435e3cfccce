"""The secrets of API keys and sessions: made by who shows them once, known to all others by their SHA-256 alone.

256 random bits cannot be guessed, so that a plain hash of them is safe to keep, and cheap to look up.
"""

import hashlib
from typing import Final

from messages.ids import named_id

RANDOM_BYTES: Final = 32
SHOWN: Final = 4
"""Random characters that a prefix shows: enough to tell keys apart, far too few to guess the rest."""

_DIGITS: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_RANDOM_LENGTH: Final = 43
"""Base62 characters that 32 bytes need."""


def secret_of(random: bytes, *, livemode: bool, publishable: bool = False) -> str:
    """`ppk_test_` or `ppk_live_`, with `pub_` for keys that may be seen, and 43 characters of base62."""
    mode, kind = "live" if livemode else "test", "pub_" if publishable else ""
    return f"ppk_{mode}_{kind}{base62(random)}"


def base62(random: bytes) -> str:
    """32 bytes as 43 letters and digits."""
    rest, text = int.from_bytes(random), ""
    for _ in range(_RANDOM_LENGTH):
        rest, digit = divmod(rest, len(_DIGITS))
        text = _DIGITS[digit] + text
    return text


def prefix_of(secret: str) -> str:
    """What a key is recognised by: `ppk_test_9fK2`, the first 13 characters; `ppk_test_pub_9fK2` of a publishable."""
    return secret[: len(secret) - _RANDOM_LENGTH + SHOWN]


def hash_of(secret: str) -> str:
    """SHA-256 in hex."""
    return hashlib.sha256(secret.encode()).hexdigest()


def key_id(hash_: str) -> str:
    """The id of the key with this hash: whoever made a secret sees whether an answer is about it."""
    return named_id("key", hash_)


def session_id(hash_: str) -> str:
    """The id of the session with this hash."""
    return named_id("ses", hash_)
