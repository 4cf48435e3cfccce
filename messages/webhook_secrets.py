"""What signs an endpoint's webhooks: derived where it is needed, so that it is never sent and never stored."""

import base64
import hmac


def secret_of(key: str, tenant: str, endpoint: str, version: int) -> str:
    """`whsec_` and 32 bytes in base64, as Standard Webhooks writes it; a rotation counts the version up.

    `key` is POCKETPAY_WEBHOOK_KEY: whoever has it can sign for every endpoint.
    """
    derived = hmac.digest(key.encode(), b"webhook secret\0" + f"{tenant}/{endpoint}/{version}".encode(), "sha256")
    return f"whsec_{base64.b64encode(derived).decode()}"
