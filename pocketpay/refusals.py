"""What to do when a gateway lets nobody in, or not this key: in a sentence. Pure."""

from typing import Final

from messages.wire import Json

_GIVE: Final = "--key or POCKETPAY_KEY gives one"
_MAKE: Final = "`pocketpay keys create` makes one"
_FIRST: Final = "the first one lies in secrets/first-admin-key of the data folder"


def refusal(status: int, body: Json) -> str | None:
    """None for all that is not about the key."""
    code, detail = str(body.get("code", "")), str(body.get("detail", "")).strip()
    if code == "key_missing":
        return f"the gateway asks for an API key: {_GIVE}, {_MAKE}, and {_FIRST}"
    if status == 401:
        return f"the gateway does not know this API key or no longer takes it ({code}): {_GIVE}, {_MAKE}"
    if code == "scope_missing":
        scope = str(body.get("scope", ""))
        needed = f"--scope {scope}" if scope and scope != "admin" else "--admin"
        return f"the API key may not do this: {detail} `pocketpay keys create {needed}` makes one that may"
    if code in ("mode_mismatch", "test_mode_only", "auth_required_here"):
        return f"the gateway refuses: {detail}"
    return None


STRANGER: Final = "what answers is no gateway of ours"


def away(url: str, reason: str) -> str:
    """Nobody answers there, or somebody else does."""
    where = "POCKETPAY_GATEWAY_URL or --data-dir names another, `pocketpay status` says what runs"
    return f"no gateway answers at {url} ({reason.rstrip('.')}): {where}"
