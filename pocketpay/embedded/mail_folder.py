"""Mails as files, `<milliseconds>-<id>-<repeats>.eml`: the newest of them, each once however often it came."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from hashlib import sha256
from pathlib import Path
from typing import Final, NamedTuple

from messages.formats import plain
from messages.wire import in_utc_milliseconds

MAILS_MAX: Final = 1_000
BYTES_MAX: Final = 25 * 2**20
HEADER_MAX: Final = 300

_HEAD_BYTES = 2**16


@dataclass(frozen=True, slots=True)
class KeptMail:
    """What a list shows of one; `id` follows from its Message-ID, `at` is when it first came."""

    id: str
    at: datetime
    repeats: int
    message_id: str
    sender: str
    to: str
    subject: str


class Attached(NamedTuple):
    """A file in a mail."""

    name: str
    media_type: str
    content: bytes


class Opened(NamedTuple):
    """What is in a mail; empty where it has no such part."""

    text: str
    html: str
    attachments: list[Attached]


class MailFolder:
    """All that is kept, by id, the oldest first. Only its owner can read the files."""

    def __init__(self, path: Path, mails_max: int = MAILS_MAX) -> None:
        self._path, self._mails_max = path, mails_max
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        for unfinished in path.glob("*.new"):
            unfinished.unlink()
        self._mails = {mail.id: mail for mail in map(_read, sorted(path.glob("*-*-*.eml")))}

    def newest(self) -> list[KeptMail]:
        """First the one that came last."""
        return list(reversed(self._mails.values()))

    def find(self, id_: str) -> KeptMail | None:
        """The mail of this id."""
        return self._mails.get(id_)

    def raw(self, mail: KeptMail) -> bytes:
        """As it came."""
        return self._file(mail).read_bytes()

    def keep(self, content: bytes, now: datetime) -> KeptMail:
        """One more, or one more time the same. Raises OSError when it cannot be written."""
        id_ = _id_of(content)
        known = self._mails.get(id_)
        if known is not None:
            again = replace(known, repeats=known.repeats + 1)
            self._file(known).rename(self._file(again))
            self._mails[id_] = again
            return again
        fresh = _described(content, id_, in_utc_milliseconds(now), 0)
        unfinished = self._path / f"{id_}.new"
        unfinished.touch(mode=0o600)
        unfinished.write_bytes(content)
        unfinished.rename(self._file(fresh))
        self._mails[id_] = fresh
        self._drop_oldest()
        return fresh

    def _drop_oldest(self) -> None:
        while len(self._mails) > self._mails_max:
            oldest = self._mails.pop(next(iter(self._mails)))
            self._file(oldest).unlink(missing_ok=True)

    def _file(self, mail: KeptMail) -> Path:
        return self._path / f"{round(mail.at.timestamp() * 1000):014d}-{mail.id}-{mail.repeats}.eml"


def opened(raw: bytes) -> Opened:
    """Its parts. What cannot be read is empty: mails are what anybody sends."""
    message = BytesParser(policy=policy.default).parsebytes(raw)
    parts = [part for part in message.walk() if not part.is_multipart()]
    attached = [part for part in parts if part.get_content_disposition() == "attachment"]
    shown = [part for part in parts if part not in attached]
    return Opened(
        text=_first(shown, "text/plain"), html=_first(shown, "text/html"), attachments=[_attached(p) for p in attached]
    )


def _first(parts: list[EmailMessage], media_type: str) -> str:
    found = next((part for part in parts if part.get_content_type() == media_type), None)
    return "" if found is None else _decoded(found)


def _decoded(part: EmailMessage) -> str:
    content = _bytes_of(part)
    try:
        return content.decode(part.get_content_charset("utf-8"), errors="replace")
    except (LookupError, UnicodeError):
        return content.decode(errors="replace")


def _attached(part: EmailMessage) -> Attached:
    name = _told(part.get_filename) or "attachment"
    return Attached(name, part.get_content_type(), _bytes_of(part))


def _bytes_of(part: EmailMessage) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _id_of(content: bytes) -> str:
    message_id = _head(content, "Message-ID")
    return sha256(message_id.encode() if message_id else content).hexdigest()[:24]


def _read(path: Path) -> KeptMail:
    milliseconds, id_, repeats = path.stem.split("-")
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
    return _described(head, id_, datetime.fromtimestamp(int(milliseconds) / 1000, UTC), int(repeats))


def _described(content: bytes, id_: str, at: datetime, repeats: int) -> KeptMail:
    names = ("Message-ID", "From", "To", "Subject")
    message_id, sender, to, subject = (_head(content, name) for name in names)
    return KeptMail(id_, at, repeats, message_id, sender, to, subject)


def _head(content: bytes, name: str) -> str:
    message = BytesParser(policy=policy.default).parsebytes(content[:_HEAD_BYTES], headersonly=True)
    return _told(lambda: message[name])


def _told(header: Callable[[], object]) -> str:
    try:
        return plain(str(header() or ""))[:HEADER_MAX]
    except Exception:  # noqa: BLE001 - the parser of the standard library stumbles over some headers in its own ways
        return ""
