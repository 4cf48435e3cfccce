"""The token in the address of an invoice's own page: whoever has it may see and pay that one invoice, nothing else."""

from messages.page_tokens import page_token, read_page_token

_PURPOSE = "invoice page"


def link_token(key: str, tenant: str, invoice: str) -> str:
    """As it stands in the address."""
    return page_token(key, _PURPOSE, tenant, invoice)


def read_token(key: str | None, token: str) -> tuple[str, str] | None:
    """Tenant and invoice; None for what this key did not make, to the letter."""
    return read_page_token(key, _PURPOSE, token)
