"""What the shell offers for a word that is begun. Its answer must come before somebody is done typing."""


def processes() -> list[str]:
    """What `serve` can run."""
    from pocketpay.plan import ACTORS, GATEWAY, MAILS, MONITOR

    return [GATEWAY, *ACTORS, MONITOR, MAILS]


def formats() -> list[str]:
    """What `ledger export` can write."""
    from typing import get_args

    from messages.ledger_queries import ExportFormat

    return list(get_args(ExportFormat))


def scopes() -> list[str]:
    """What a key may be allowed."""
    from messages.scopes import SCOPES

    return list(SCOPES)


def faults() -> list[str]:
    """What `simulate` can break."""
    from pocketpay.simulate.faults import KINDS

    return ["all", *KINDS, "none"]
