"""The first admin key of a system that asks for keys: in a file that its owner alone can read, and nowhere else."""

from pathlib import Path
from typing import Final

from actors.payments import stripe_keys
from messages.scopes import ADMIN
from messages.tenants import Mode
from pocketpay import keys
from pocketpay.bus import connected
from pocketpay.embedded.passwords import kept
from pocketpay.keys import NewKey
from pocketpay.settings import Settings

FILE: Final = "first-admin-key"


async def ensure(data_dir: Path, nats_url: str, tenant: str, mode: Mode) -> Path | None:
    """Where the key lies that was made just now; None where somebody has made one before. Raises StartFailed.

    The file is written first: whoever stops us in between, the next start makes the key that is in it.
    """
    async with connected(nats_url) as client:
        if await keys.listed(client, tenant):
            return None
        mode = await keys.mode_of(client, tenant) or mode
        directory = data_dir / "secrets"
        secret = kept(directory, FILE, lambda: keys.new_secret(mode))
        await keys.create(client, NewKey(tenant, "first admin key", [ADMIN], mode=mode), secret)
        return directory / FILE


def mode_of(settings: Settings, provider: str) -> Mode:
    """What the operator's tenant is for ever: live where Stripe's own key is."""
    key = settings.stripe_key.get_secret_value() if settings.stripe_key else ""
    return "live" if provider == "stripe" and stripe_keys.mode_of(key) == "live" else "test"
