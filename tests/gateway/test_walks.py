"""Where a request was: whether it came through the door at all."""

from gateway import walks
from messages.ids import made_at, new_id


def test_a_request_began_at_the_door_when_its_id_was_made() -> None:
    request = new_id("req")
    (step,) = walks._gateway(request, [])
    assert (step.station, step.received_at) == ("gateway", made_at(request))


def test_what_fell_due_came_through_no_door() -> None:
    assert walks._gateway("due_clock_01m8df31jce8hrdffkwdh22t41_1795748383114", []) == []
