"""What deploy/nats/accounts.conf must hold: the users of `embedded/nats_users.py`, their passwords elsewhere.

`python -m pocketpay.nats_accounts > deploy/nats/accounts.conf` writes it; a test sees that it was done.
"""

import re

from pocketpay.embedded.nats_users import USERS, accounts

PASSWORDS = "../../run/secrets/nats_passwords"
"""Relative to /etc/nats, as nats-server wants it. Holds `PAYMENTS_PASSWORD: "…"` and so on, a line per user."""


def variable(user: str) -> str:
    """The name under which the file of secrets has this user's password."""
    return f"{user.upper().replace('-', '_')}_PASSWORD"


def configuration() -> str:
    """The file: nats-server finds a variable only in the file that includes it, so the include stands here."""
    by_variable = accounts({user: f"${variable(user)}" for user in USERS})
    unquoted = re.sub(r'"(\$[A-Z_]+_PASSWORD)"', r"\1", by_variable)
    return f'# Made by `python -m pocketpay.nats_accounts`; do not edit.\ninclude "{PASSWORDS}"\n{unquoted}\n'


if __name__ == "__main__":
    print(configuration(), end="")
