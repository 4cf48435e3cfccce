"""What is signed of the log: a text in the manner of C2SP tlog-checkpoint (https://c2sp.org/tlog-checkpoint)."""

from base64 import b64encode
from datetime import datetime
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from messages.wire import rfc3339


def signed_text(tenant: str, size: int, root: bytes, time: datetime) -> bytes:
    """The four lines that a signature is over. The time is cut to milliseconds."""
    return f"pocketpay/{tenant}\n{size}\n{b64encode(root).decode()}\n{rfc3339(time)}\n".encode()


def public_key(private_key: bytes) -> bytes:
    """The 32 bytes that belong to the 32 of the private key."""
    return Ed25519PrivateKey.from_private_bytes(private_key).public_key().public_bytes_raw()


def key_id(public: bytes) -> str:
    """The first 16 hex digits of the key's sha-256: to tell keys apart, not to trust one."""
    return sha256(public).hexdigest()[:16]


def sign(private_key: bytes, text: bytes) -> bytes:
    """64 bytes of Ed25519 (RFC 8032): the same for the same key and text.."""
    return Ed25519PrivateKey.from_private_bytes(private_key).sign(text)


def is_signed(public: bytes, text: bytes, signature: bytes) -> bool:
    """Whether the owner of the key signed this text. Raises ValueError for a key that is not 32 bytes."""
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, text)
    except InvalidSignature:
        return False
    return True
