"""Which messages somebody wants to see: NATS subjects, and what subjects cannot say."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from messages.ids import is_token
from messages.subjects import COMMANDS, EVENTS, LATEST, PARKED

TOKENS: Final[Mapping[str, int]] = {"command": 6, "event": 6, "latest": 5, "parked": 5, "reply": 4}
"""How many tokens the subjects of each kind have. Queries are not to be heard: logins travel as such."""

STREAMS: Final[Mapping[str, str]] = {"command": COMMANDS, "event": EVENTS, "latest": LATEST, "parked": PARKED}

_TENANT_AT: Final = 2
_ENTITY_AT: Final = 5
_UNITS: Final = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


@dataclass(frozen=True, slots=True)
class Wanted:
    """`subjects` as NATS takes them, one per kind; `type` is an event type or a prefix that ends in `.*`."""

    subjects: tuple[str, ...]
    type: str = "*"

    def takes(self, subject: str, message_type: str) -> bool:
        """Whether the message fits; `subject` has its entity, also when it comes from a stream."""
        return fits(message_type, self.type) and any(matches(subject, each) for each in self.subjects)


def wanted(subject: str, tenant: str | None = None, message_type: str = "*") -> Wanted:
    """Raises ValueError, in words, for a subject that nothing is ever said on."""
    tokens = subject.split(".")
    if not all(tokens) or re.search(r"\s", subject) or ">" in tokens[:-1]:
        raise ValueError(f"{subject!r} is no NATS subject")
    subjects = tuple(_of_kind(kind, tokens) for kind in _kinds(tokens))
    if tenant is not None:
        subjects = tuple(_of_tenant(each, tenant) for each in subjects if not each.startswith("pocketpay.reply."))
    return Wanted(subjects, message_type)


def stream_of(wish: Wanted) -> tuple[str, str]:
    """The stream to read back and the filter on what it stores: it has the partition in place of the entity.

    Raises ValueError when no stream, or more than one, has it.
    """
    kinds = [subject.split(".")[1] for subject in wish.subjects]
    if len(kinds) != 1 or kinds[0] not in STREAMS:
        raise ValueError(
            "--since and --last read one stream: name pocketpay.event.>, .command.>, .latest.> or .parked.>"
        )
    tokens = wish.subjects[0].split(".")
    if kinds[0] in ("command", "event") and len(tokens) > _ENTITY_AT and tokens[_ENTITY_AT] != ">":
        tokens[_ENTITY_AT] = "*"
    return STREAMS[kinds[0]], ".".join(tokens)


def with_entity(stored: str, entity: str) -> str:
    """The subject as it was said, of the one that COMMANDS and EVENTS store."""
    tokens = stored.split(".")
    if tokens[1] in ("command", "event") and len(tokens) == _ENTITY_AT + 1 and is_token(entity):
        tokens[_ENTITY_AT] = entity
    return ".".join(tokens)


def matches(subject: str, pattern: str) -> bool:
    """As NATS matches: `*` is one token, `>` all that follow."""
    ours, theirs = subject.split("."), pattern.split(".")
    if theirs[-1] == ">" and len(ours) >= len(theirs):
        ours, theirs = ours[: len(theirs) - 1], theirs[:-1]
    return len(ours) == len(theirs) and all(b in ("*", a) for a, b in zip(ours, theirs, strict=True))


def fits(message_type: str, pattern: str) -> bool:
    """As the filters of the API: `*` is everything, `payment.*` all that begins with `payment.`."""
    return pattern in ("*", message_type) or (pattern.endswith(".*") and message_type.startswith(pattern[:-1]))


def ago(text: str) -> timedelta:
    """`30s`, `10m`, `2h` or `1d`. Raises ValueError."""
    found = re.fullmatch(r"([0-9]{1,6})([smhd])", text)
    if found is None:
        raise ValueError(f"{text!r} is no time span: write 30s, 10m, 2h or 1d")
    return timedelta(**{_UNITS[found[2]]: int(found[1])})


def _kinds(tokens: list[str]) -> list[str]:
    kind = tokens[1] if len(tokens) > 1 else tokens[0]
    if tokens[0] not in ("pocketpay", ">") or kind not in (*TOKENS, "*", ">"):
        raise ValueError(f"{'.'.join(tokens)!r} is not to be heard: pocketpay.{{{','.join(TOKENS)}}}.… are")
    return list(TOKENS) if kind in ("*", ">") else [kind]


def _of_kind(kind: str, tokens: list[str]) -> str:
    rest = tokens[2:] or [">"]
    subject = ".".join(("pocketpay", kind, *rest))
    if rest[-1] != ">" and len(rest) + 2 != TOKENS[kind]:
        raise ValueError(
            f"nothing is said on {subject}: subjects of this kind have {TOKENS[kind]} tokens, or end in .>"
        )
    return subject


def _of_tenant(subject: str, tenant: str) -> str:
    tokens = subject.split(".")
    if tokens[_TENANT_AT] == ">":
        return ".".join((*tokens[:_TENANT_AT], tenant, ">"))
    if tokens[_TENANT_AT] not in ("*", tenant):
        raise ValueError(f"{subject} is of the tenant {tokens[_TENANT_AT]}, not of {tenant}")
    return ".".join((*tokens[:_TENANT_AT], tenant, *tokens[_TENANT_AT + 1 :]))
