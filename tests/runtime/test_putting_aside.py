"""Putting a message aside never fails: a partition that cannot do even that would begin anew for ever."""

from datetime import UTC, datetime

from actors.runtime.batch import Turn
from actors.runtime.decision import Returned
from actors.runtime.effects import Effects
from actors.runtime.parking import put_aside
from actors.runtime.reading import Cause, from_call
from storage.partition import Holding

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)


def test_what_cannot_even_be_written_down_is_put_aside_as_it_looks() -> None:
    # Given a result with half a character, as a mail server's answer of another encoding is read
    result = {"result": "bounced", "detail": "Empf\udce4nger"}
    one = from_call(Returned("shop", "call_1", "mail", "mail_1", None, result), Cause("req_1", None, "system"))
    turn = Turn((), Holding(0, 1, 1, {}, {}, 0, NOW), Effects("notifications", 0, NOW, 0, {}))
    # When nobody can decide it, for a reason that holds the same, and a zero byte
    put_aside(turn, one, ValueError("Empf\udce4nger\0"))
    # Then it is there, in letters that a table takes
    (row,) = turn.parked
    assert b"bounced" in row.message
    assert "\0" not in row.detail
    row.detail.encode()
