"""What is there after the demo: how much of what, the money by currency, whether the books hold, and where to look."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Final

from messages.money import in_major_units
from messages.wire import Json
from pocketpay.demo.making import API, Made
from pocketpay.importing.calling import Gateway
from pocketpay.program import StartFailed

PAGES_MAX: Final = 100
COUNTED: Final = (
    *("customers", "products", "prices", "subscriptions", "invoices", "credit-notes", "payments", "refunds"),
    *("disputes", "payouts", "transfers", "holds", "webhook-endpoints"),
)
MONEY: Final = {
    "at the provider": ("assets:psp:",),
    "earned": ("income:", "contra:"),
    "paid ahead, to be earned": ("liabilities:deferred_revenue",),
    "tax owed": ("liabilities:tax_payable:",),
    "in wallets": ("liabilities:wallets:", "liabilities:wallet_holds:"),
    "owed by customers": ("assets:receivable:",),
}
"""What people call the accounts that begin so."""


@dataclass(frozen=True, slots=True)
class Summary:
    """`counts` are of all that the tenant has; money is in minor units, positive as its name says it.

    `checked` invariants hold but for `breached`; both are None where the gateway does not show them.
    """

    begins: str
    new: int
    steps: int
    counts: dict[str, int]
    money: dict[str, dict[str, int]]
    checked: int | None
    breached: int | None
    urls: dict[str, str]


async def summarised(gateway: Gateway, made: Made, base: str, mails: str | None) -> Summary:
    """Raises StartFailed when the gateway does not answer."""
    counts = {each: await _count(gateway, f"{API}/{each}") for each in COUNTED}
    checked, breached = await _invariants(gateway)
    return Summary(
        begins=made.begins.isoformat(),
        new=len(made.new),
        steps=made.steps,
        counts=counts,
        money=money(((await gateway.get(f"{API}/ledger/trial-balance")) or {})["data"]),
        checked=checked,
        breached=breached,
        urls=_urls(made, base, mails),
    )


def money(lines: list[Json]) -> dict[str, dict[str, int]]:
    """Of a trial balance, by currency and in the words of MONEY."""
    found: defaultdict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(MONEY, 0))
    for line in lines:
        for words, beginnings in MONEY.items():
            if line["account"].startswith(beginnings):
                on_debit = line["debit"] - line["credit"]
                found[line["currency"]][words] += on_debit if line["account"].startswith("assets:") else -on_debit
    return dict(sorted(found.items()))


def in_words(amount_minor: int, currency: str) -> str:
    """`12,480.00`."""
    whole, point, part = in_major_units(amount_minor, currency).partition(".")
    return f"{int(whole):,}{point}{part}"


async def _count(gateway: Gateway, path: str) -> int:
    count, cursor = 0, {}
    for _ in range(PAGES_MAX):
        page = await gateway.get(path, limit="100", **cursor) or {"data": [], "has_more": False}
        count += len(page["data"])
        if not page["has_more"]:
            break
        cursor = {"cursor": page["next_cursor"]}
    return count


async def _invariants(gateway: Gateway) -> tuple[int | None, int | None]:
    try:
        told = await gateway.get("/health/money")
    except StartFailed:
        return None, None
    figures = [each["figure"] for each in (told or {}).get("invariants", [])]
    return len(figures), sum(1 for figure in figures if figure)


def _urls(made: Made, base: str, mails: str | None) -> dict[str, str]:
    invoice = made.answers["opened"].get("hosted_url")
    found = {
        "live page": f"{base}/",
        "every operation": f"{base}/swagger/index.html",
        "a customer": f"{base}{API}/customers/grace-hopper",
        "what they were billed": f"{base}{API}/invoices?customer_id=grace-hopper",
        "the books": f"{base}{API}/ledger/trial-balance",
    }
    return found | ({"an invoice to be paid": invoice} if invoice else {}) | ({"mails": mails} if mails else {})
