"""Spans that somebody wishes for."""

from datetime import timedelta

import pytest
from pydantic import ValidationError

from messages.spans import WISHED_MAX, MaybeSpan, WishedSpan
from tests.invoicing.made import START


@pytest.mark.parametrize("length", [timedelta(0), timedelta(seconds=-1), WISHED_MAX + timedelta(seconds=1)])
def test_one_that_is_empty_or_longer_than_ten_years_is_not_read(length: timedelta) -> None:
    with pytest.raises(ValidationError, match="within ten years"):
        WishedSpan(start=START, end=START + length)


def test_one_is_told_as_lines_have_it() -> None:
    text = {"start": "2026-11-01T00:00:00Z", "end": "2026-11-01T00:00:01Z"}
    wished = WishedSpan.model_validate(text, strict=True)
    assert wished.as_told() == MaybeSpan(start=START, end=START + timedelta(seconds=1))
