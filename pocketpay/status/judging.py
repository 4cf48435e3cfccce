"""From what was asked to lines for people: the worst first, in words, each with what to type next. Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal
from urllib.parse import quote

from messages.money import in_major_units
from messages.wire import Json, rfc3339
from pocketpay.status.asking import Condition
from pocketpay.status.money import Money, Off
from storage.stuck import PARKED, Standstill

Severity = Literal["breach", "down", "not_ready", "stuck", "degraded", "off", "ready"]
_WORST_FIRST: Final[tuple[Severity, ...]] = ("breach", "down", "not_ready", "stuck", "degraded", "off", "ready")
_WELL: Final = ("off", "ready")
"""Somebody turned it off on purpose: that is said, and nothing is wrong."""

_SERVERS: Final = ("postgres", "nats")
_STATES: Final = {"down": "does not answer", "not_ready": "not ready", "degraded": "ready, but", "ready": "ready"}


@dataclass(frozen=True, slots=True)
class Place:
    """What the next commands need: how this place is named to them, where it listens, where its logs are.

    None where logs are not on this machine.
    """

    named: str
    gateway: str
    logs: str | None


@dataclass(frozen=True, slots=True)
class Remark:
    """`words` begin with what it is about; `next` is a command."""

    severity: Severity
    about: str
    words: str
    next: str | None = None

    @property
    def is_well(self) -> bool:
        """Whether nobody has to do anything."""
        return self.severity in _WELL


def remarks(conditions: Sequence[Condition], money: Money, place: Place) -> list[Remark]:
    """The worst first; every process has one."""
    found = [
        *(_breach(each, place) for each in money.broken),
        *(_process(each, place) for each in conditions),
        *_standstills(money, place),
        *(_off(each, place) for each in money.off),
    ]
    return sorted(found, key=lambda each: _WORST_FIRST.index(each.severity))


def broken(money: Money) -> list[Condition]:
    """The invariants that do not hold as if they were one more process: so programs find them."""
    breached = {each["id"]: f"breached {each['figure']} times ({each['title']})" for each in money.broken}
    return [Condition("money", "not_ready", breached, None)] if breached else []


def verdict(found: Sequence[Remark]) -> Literal["ok", "degraded", "down"]:
    """`down` when something does not answer, or money is broken."""
    severities = {each.severity for each in found}
    if severities & {"breach", "down"}:
        return "down"
    return "ok" if all(each.is_well for each in found) else "degraded"


def in_lines(found: Sequence[Remark]) -> list[str]:
    """What each is about stands below one another; next below it, what to type."""
    lines = list[str]()
    for each in found:
        lines.append(f"{each.about:<15}{each.words}")
        if each.next is not None:
            lines.append(f"{'':<15}next: {each.next}")
    return lines


def _process(condition: Condition, place: Place) -> Remark:
    troubles = [_trouble(condition, name) for name, state in condition.checks.items() if state != "ok"]
    severity: Severity = "degraded" if condition.state == "ready" and troubles else condition.state
    words = _STATES[severity]
    if troubles:
        words = f"{words}{':' if severity != 'degraded' else ''} {', '.join(troubles)}"
    where = f" (port {condition.port})" if condition.port else ""
    return Remark(severity, condition.name, f"{words}{where}", None if severity == "ready" else _look(condition, place))


def _look(condition: Condition, place: Place) -> str:
    if place.logs is None:
        return f"curl -sS {place.gateway}/status"
    return f"tail -n 20 {place.logs}/{condition.name}.log"


def _trouble(condition: Condition, name: str) -> str:
    why = f" ({_plain(condition.details[name])})" if name in condition.details else ""
    return f"{name} is {condition.checks[name]}{why}"


def _breach(invariant: Json, place: Place) -> Remark:
    detail = f": {_plain(invariant['detail'])}" if invariant.get("detail") else ""
    words = f"{invariant['id']} is breached {invariant['figure']} times ({invariant['title']}){detail}"
    return Remark("breach", "money", words, f"pocketpay verify{place.named}")


def _standstills(money: Money, place: Place) -> Iterator[Remark]:
    for each in money.stuck:
        parked = f"pocketpay parked list{place.named}"
        yield Remark("stuck", "stuck", _stands(each), parked if each.kind == PARKED else _asked("stuck", place))
    if money.unasked:
        words = f"what stands still is not known: {_plain(money.unasked)}"
        yield Remark("not_ready", "stuck", words, f"pocketpay doctor{place.named}")


def _stands(each: Standstill) -> str:
    amount = f", {in_major_units(each.amount_minor, each.currency)} {each.currency}" if each.currency else ""
    return f"{each.count} {_KINDS[each.kind]}{amount}, oldest {_age(each.oldest_age_seconds)}, at {_plain(each.step)}"


_KINDS: Final = {
    PARKED: "parked, as nobody could read or decide them",
    "call_unknown": "whose outcome the provider has not told",
    "overdue": "overdue",
    "unpublished": "done and not told yet",
}


def _off(each: Off, place: Place) -> Remark:
    switch = each.switch
    since = f" since {rfc3339(switch.changed_at)}" if switch.changed_at else ""
    by = f" by {_plain(switch.changed_by)}" if switch.changed_by else ""
    because = f": {_plain(switch.reason)}" if switch.reason else ""
    on = f"{_asked(f'switches/{quote(switch.name)}', place)} -H 'Content-Type: application/json' -d '{{\"on\":true}}'"
    return Remark("off", "off", f"{_plain(switch.name)} of {each.tenant}{since}{by}{because}", on)


def _asked(path: str, place: Place) -> str:
    """Where keys are asked for, `-H "Authorization: Bearer …"` is added by whoever has one."""
    return f"curl -sS {place.gateway}/api/v1/{path}"


def _age(seconds: float) -> str:
    for unit, length in (("d", 86_400), ("h", 3600), ("min", 60)):
        if seconds >= 2 * length:
            return f"{seconds // length:.0f} {unit}"
    return f"{seconds:.0f} s"


def _plain(value: Any) -> str:
    """No line, no control of a terminal: some of it was written by those who asked."""
    return str(value).encode("unicode_escape").decode()
