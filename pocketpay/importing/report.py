"""What an import would do, did, or was refused for: as JSON for programs, in lines for people."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Final

from messages.money import in_major_units
from messages.wire import Json, rfc3339
from pocketpay.importing.carrying import Outcome
from pocketpay.importing.planning import Plan, Step
from pocketpay.importing.previewing import FirstInvoice
from pocketpay.importing.reading import Fault

Report = tuple[Json, list[str]]
"""The same twice: for programs, and for people."""

_FOLDERS: Final = ("customers", "products", "prices", "subscriptions")


def of_faults(faults: Sequence[Fault]) -> Report:
    """All of them; nothing was sent."""
    lines = [_printable(f"{_place(each)}  {each.code}  {each.detail}") for each in faults]
    words = f"{len(faults)} fault{'s' * (len(faults) > 1)}; nothing was sent"
    return {"code": "import_invalid", "errors": [asdict(each) for each in faults]}, [*lines, words]


def of_plan(plan: Plan, invoices: Sequence[FirstInvoice]) -> Report:
    """What would happen. At once nothing is charged: every subscription begins with a trial."""
    counts = {folder: _would(wave) for folder, wave in zip(_FOLDERS, plan.waves, strict=True)}
    sums, unknown = _sums(invoices), sum(each.at is not None and each.amount_due is None for each in invoices)
    answer: Json = {
        "dry_run": True,
        **counts,
        "charged_at_once": {},
        "first_invoices": [_shown(each) for each in invoices],
        "first_invoices_sum": sums,
        "first_invoices_not_computed": unknown,
    }
    lines = [*_in_words(counts, "would be "), "charged at once: nothing"]
    lines += [_line(each) for each in invoices]
    lines += [f"first invoices in all: {in_major_units(sums[currency], currency)} {currency}" for currency in sums]
    lines += [f"first invoices that are not computed: {unknown}"] if unknown else []
    return answer, lines


def of_outcomes(outcomes: Sequence[Outcome]) -> Report:
    """What was done, row by row; in lines only what is not in."""
    counts = {folder: Counter[str]() for folder in _FOLDERS}
    for each in outcomes:
        counts[f"{each.step.thing}s"][each.result] += 1
    told = {folder: dict(sorted(count.items())) for folder, count in counts.items()}
    failed = [each for each in outcomes if each.id is None]
    answer: Json = {"dry_run": False, "complete": not failed, **told, "rows": [_row(each) for each in outcomes]}
    lines = [_printable(f"{_at(each.step)}  {each.step.name}  {each.code}  {each.detail}") for each in failed]
    last = "all is in" if not failed else f"not in: {len(failed)} of {len(outcomes)}; put them right and run it again"
    return answer, [*_in_words(told, ""), *lines, last]


def _would(steps: Iterable[Step]) -> dict[str, int]:
    counts = Counter("there" if each.there is not None else "filled_in" if each.fills_in else "made" for each in steps)
    return dict(sorted(counts.items()))


def _in_words(counts: dict[str, dict[str, int]], would: str) -> list[str]:
    return [
        f"{folder:<14}" + (", ".join(_counted(result, n, would) for result, n in count.items()) or "none")
        for folder, count in counts.items()
    ]


def _counted(result: str, count: int, would: str) -> str:
    return f"{count} there already" if result == "there" else f"{count} {would}{result.replace('_', ' ')}"


def _sums(invoices: Iterable[FirstInvoice]) -> dict[str, int]:
    sums = Counter[str]()
    for each in invoices:
        if each.currency is not None and each.amount_due is not None:
            sums[each.currency] += each.amount_due
    return dict(sorted(sums.items()))


def _shown(invoice: FirstInvoice) -> Json:
    return asdict(invoice) | {"at": rfc3339(invoice.at) if invoice.at else None}


def _line(invoice: FirstInvoice) -> str:
    begins = f"{invoice.subscription} of {invoice.customer_id}: "
    if invoice.at is None:
        return f"{begins}never invoiced, {invoice.why}"
    if invoice.amount_due is None or invoice.currency is None:
        return f"{begins}{rfc3339(invoice.at)}, not computed: {invoice.why}"
    return f"{begins}{rfc3339(invoice.at)}, {in_major_units(invoice.amount_due, invoice.currency)} {invoice.currency}"


def _row(outcome: Outcome) -> Json:
    step = outcome.step
    place: Json = {"kind": step.thing, "old_id": step.name, "file": step.file, "line": step.line}
    return place | {name: getattr(outcome, name) for name in ("result", "id", "code", "detail")}


def _printable(line: str) -> str:
    """Files may hold what a terminal would obey."""
    return "".join(each if each.isprintable() else "?" for each in line)


def _at(step: Step) -> str:
    return f"{step.file}:{step.line}"


def _place(fault: Fault) -> str:
    return f"{fault.file}:{fault.line}" + (f" {fault.column}" if fault.column else "")
