"""The key that signs tree heads: 32 random bytes, base64 in a file or a variable that only the ledger can read."""

from base64 import b64decode, b64encode

from actors.ledger.heads import key_id, public_key, sign
from actors.ledger.log import Signer

KEY_BYTES = 32


def signer_of(private_key: str) -> Signer:
    """Raises ValueError for what is no key."""
    private = b64decode(private_key, validate=True)
    if len(private) != KEY_BYTES:
        raise ValueError(f"the ledger's signing key must be {KEY_BYTES} bytes in base64")
    public = public_key(private)
    return Signer(key_id(public), b64encode(public).decode(), lambda text: b64encode(sign(private, text)).decode())
