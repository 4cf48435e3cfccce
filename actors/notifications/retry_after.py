"""When a receiver wants to be asked again: RFC 9110, section 10.2.3."""

import re
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

SECONDS_MAX: Final = 86_400

_SECONDS: Final = re.compile(r"[0-9]+", re.ASCII)


def retry_after_seconds(text: str | None, now: datetime) -> int | None:
    """Of seconds or an HTTP date, a day at most; 0 for a time that has passed, None for what is neither."""
    said = (text or "").strip()
    if _SECONDS.fullmatch(said):
        return min(int(said[:18]), SECONDS_MAX) if len(said) <= 18 else SECONDS_MAX
    try:
        moment = parsedate_to_datetime(said)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return min(max(int((moment - now).total_seconds()), 0), SECONDS_MAX)
