"""What a company has decided about its billing; one for all tenants until tenants have settings of their own."""

from typing import Final, Literal

from messages.wire import Wire

HOUR_SECONDS = 3_600
DAY_SECONDS = 86_400


class Terms(Wire):
    """`dunning_days` are counted from the first try that failed; after the last one `dunning_end` happens.

    A manual draft that advances by itself waits `draft_seconds`; one with usage `usage_grace_seconds` for late events.
    `time_zone` is for customers without one of their own.
    """

    invoice_series: str = "INV"
    credit_note_series: str = "CN"
    dunning_days: tuple[int, ...] = (1, 3, 5, 7)
    dunning_end: Literal["unpaid", "cancel"] = "unpaid"
    days_until_due: int = 30
    draft_seconds: int = HOUR_SECONDS
    usage_grace_seconds: int = HOUR_SECONDS
    incomplete_seconds: int = 23 * HOUR_SECONDS
    trial_notice_seconds: int = 3 * DAY_SECONDS
    due_notice_seconds: int = 3 * DAY_SECONDS
    time_zone: str | None = None
    seller: dict[str, object] = {}
    locale: str = "en-US"


USUAL: Final = Terms()
"""For who has decided nothing."""
