"""Takes secrets out of text: those that we know, and whatever looks like one."""

import base64
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import quote, unquote

MASK: Final = "•••"
SECRET_LENGTH_MIN: Final = 4
"""Shorter ones stand in half of all words."""

_IN_URL = re.compile(r"(?<=://)([^\s/:@\"']*):([^\s/?#\"']+|[^\s/@\"']+)(?=@)")
_BARE_IN_URL = re.compile(r"\b(?!postgres(?:ql)?:)([a-z][a-z0-9+.-]*://)([^\s/:@?#\"']+)(?=@)")
"""Who stands alone before the host: a token of NATS, but the role of Postgres."""
_IN_FIELD = re.compile(r"\b(\w*(?:password|token))=('(?:\\.|[^'\\])*'|[^\s&\"']+)", re.IGNORECASE)
"""Of a URL's query, or of the words that Postgres takes in place of a URL."""
_PASSFILE = re.compile(r"\bpassfile=('[^']*'|[^\s&\"']+)")
_PASSWORD_OF_LINE = re.compile(r"^(?!#)(?:(?:\\.|[^:\\\n])*:){4}(.+)$", re.MULTILINE)
_TELLING_NAME = re.compile(r"PASSWORD|SECRET|TOKEN|CREDENTIAL|_KEY$|^KEY_", re.IGNORECASE)
_LOOKS_SECRET = re.compile(
    r"\b((?:ppk|sk|rk)_(?:live|test)_|whsec_)\w+|(?<=Bearer )[\w.~+/=-]+|(?<=Basic )[A-Za-z0-9+/=]{8,}"
)


@dataclass(frozen=True, slots=True)
class Mask:
    """Everything that must not be in a text, longest first."""

    secrets: tuple[str, ...]

    def __call__(self, text: str) -> str:
        """The text without any of it."""
        for secret in self.secrets:
            text = text.replace(secret, MASK)
        text = _BARE_IN_URL.sub(rf"\1{MASK}", _IN_URL.sub(rf"\1:{MASK}", text))
        return _LOOKS_SECRET.sub(MASK, _IN_FIELD.sub(rf"\1={MASK}", text))


def mask_for(data_dir: Path, environment: Mapping[str, str]) -> Mask:
    """Knows the files under `<data_dir>/secrets`, passwords and tokens of URLs and of what Postgres takes in their
    place, the password files that those name, and variables that are called like secrets."""
    found = [*_kept(data_dir), *_in_environment(environment)]
    forms = {form for secret in found if len(secret) >= SECRET_LENGTH_MIN for form in _forms(secret)}
    return Mask(tuple(sorted(forms, key=len, reverse=True)))


def _kept(data_dir: Path) -> Iterable[str]:
    for path in (data_dir / "secrets").rglob("*"):
        if path.is_file():
            yield from _in_value(path.read_text(errors="replace"), telling=True)


def _in_environment(environment: Mapping[str, str]) -> Iterable[str]:
    for name, value in environment.items():
        yield from _in_value(value, telling=bool(_TELLING_NAME.search(name)))
        if name == "PGPASSFILE":
            yield from _in_passfile(Path(value))
        if name.startswith("POCKETPAY_") and name.endswith("_FILE") and Path(value).is_file():
            yield from _in_value(Path(value).read_text(errors="replace"), telling="SIMULATED" not in name)


def _in_value(value: str, *, telling: bool) -> Iterable[str]:
    """A URL's secret is its password or token; what is no URL is one whole if it is called so."""
    for pattern in (_IN_URL, _BARE_IN_URL, _IN_FIELD):
        yield from (_unquoted(secret) for _, secret in pattern.findall(value))
    for path in _PASSFILE.findall(value):
        yield from _in_passfile(Path(unquote(_unquoted(path))))
    if telling and "://" not in value:
        yield value.strip()


def _in_passfile(path: Path) -> Iterable[str]:
    if path.is_file():
        yield from map(_unescaped, _PASSWORD_OF_LINE.findall(path.read_text(errors="replace")))


def _unquoted(value: str) -> str:
    return _unescaped(value[1:-1]) if value.startswith("'") else value


def _unescaped(value: str) -> str:
    return re.sub(r"\\(.)", r"\1", value)


def _forms(secret: str) -> Iterable[str]:
    plain = unquote(secret)
    for each in {secret, plain}:
        yield each
        yield quote(each, safe="")
        yield json.dumps(each)[1:-1]
        yield base64.b64encode(each.encode()).decode().rstrip("=")
