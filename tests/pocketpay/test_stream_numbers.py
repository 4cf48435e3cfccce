"""Which number a row gets when a stream is made again: never one that somebody may have seen under another message."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pocketpay.streams.numbers import Found, for_commands, for_events, is_cut
from storage.streams import Numbering, Row, Voice

START = datetime(2026, 1, 1, tzinfo=UTC)
VOICES = (Voice("payments", 0), Voice("payments", 1), Voice("ledger", 0))


@dataclass(frozen=True)
class Loss:
    """What was said, in the order of the stream; of it the stream kept `end`, and the journals noted the first of each
    voice. `cursor` is how far somebody had read; `more` rows were committed and never said."""

    said: Sequence[Voice]
    end: int
    noted: dict[Voice, int]
    cursor: int
    more: Sequence[Voice]

    def rows(self) -> dict[Row, int]:
        """Every row that was said and the number that it really had."""
        positions = dict.fromkeys(VOICES, 0)
        found: dict[Row, int] = {}
        for seq, voice in enumerate(self.said, 1):
            positions[voice] += 1
            found[row(voice, positions[voice], seq)] = seq
        return found


def row(voice: Voice, position: int, second: int) -> Row:
    return Row(voice, position, "pocketpay.event.demo.payment.created.x", START + timedelta(seconds=second))


@st.composite
def losses(draw: st.DrawFn) -> Loss:
    said = draw(st.lists(st.sampled_from(VOICES), max_size=30))
    noted = {voice: draw(st.integers(0, said.count(voice))) for voice in VOICES}
    end = draw(st.integers(0, len(said)))
    return Loss(said, end, noted, draw(st.integers(0, len(said))), draw(st.lists(st.sampled_from(VOICES), max_size=3)))


@given(losses())
def test_numbers_after_any_loss_contradict_nothing_that_was_seen(loss: Loss) -> None:
    # Given what is left: noted rows, rows that the stream still holds, and rows of which nobody knows
    real = loss.rows()
    noted = {each: seq for each, seq in real.items() if each.position <= loss.noted[each.voice]}
    lost = [each for each in real if each not in noted and real[each] > loss.end]
    late = [row(voice, 1000 + place, 1000 + place) for place, voice in enumerate(loss.more)]
    known = max([0, loss.cursor, loss.end, *noted.values()])
    lasts = {voice: max((seq for each, seq in noted.items() if each.voice == voice), default=0) for voice in VOICES}
    held = {seq for seq in real.values() if seq <= loss.end}
    cut = is_cut(loss.end, known, loss.end >= max([0, *noted.values()]), bool(real))
    found = Found(Numbering(1, 0), loss.end, known, cut, lasts)
    # When the others get their numbers
    taken = set(noted.values()) | held
    numbers = for_events(found, [], sorted([*lost, *late], key=lambda each: (each.voice, each.position)), taken)
    # Then each has one of its own, behind what the stream holds, and each voice is heard in its own order
    given_out = list(numbers.of.values())
    assert set(numbers.of) == {*lost, *late}
    assert len(set(given_out)) == len(given_out)
    assert taken.isdisjoint(given_out)
    assert all(seq > max(loss.end, lasts[each.voice]) for each, seq in numbers.of.items())
    for voice in VOICES:
        own = [seq for each, seq in sorted(numbers.of.items(), key=lambda one: one[0].position) if each.voice == voice]
        assert own == sorted(own)
    assert numbers.numbering.settled >= max([known, *given_out])
    # And if nothing but the tail of one voice is unknown, its numbers are those that they were
    if cut and numbers.numbering.epoch == 1:
        assert {each: numbers.of[each] for each in lost} == {each: real[each] for each in lost}
    elif cut:
        assert min(given_out) > known
        assert len({each.voice for each in [*lost, *late]}) > 1


def test_rows_whose_number_went_to_another_message_are_said_again_in_their_order() -> None:
    rows = [row(VOICES[0], 8, 8), row(VOICES[1], 3, 9), row(VOICES[0], 9, 10)]
    unsaid = [row(VOICES[0], 10, 11)]
    found = Found(Numbering(4, 0), end=15, known=20, cut=True, lasts={VOICES[0]: 20, VOICES[1]: 19})
    numbers = for_events(found, rows, unsaid, set())
    assert list(numbers.of.items()) == [(each, 21 + place) for place, each in enumerate([*rows, *unsaid])]
    assert numbers.numbering == Numbering(5, 24)


def test_a_filler_of_an_earlier_time_is_never_given_to_a_row() -> None:
    found = Found(Numbering(1, settled=50), end=0, known=60, cut=True, lasts={VOICES[0]: 40})
    unsaid = [row(VOICES[0], 7, 1), row(VOICES[0], 8, 2)]
    taken = {*range(1, 41), *range(51, 55), *range(56, 61)}
    assert list(for_events(found, [], unsaid, taken).of.values()) == [55, 61]


def test_a_lost_stream_of_commands_begins_above_all_that_was() -> None:
    unheard, both = row(VOICES[0], 1, 5), row(VOICES[2], 9, 4)
    found = Found(Numbering(1, 0), end=30, known=70, cut=True, lasts={})
    numbers = for_commands(found, [unheard, both], [both])
    assert (dict(numbers.of), numbers.first, numbers.numbering.settled) == ({both: 71, unheard: 72}, 71, 72)


def test_a_stream_of_commands_that_lost_nothing_goes_on() -> None:
    unsaid = row(VOICES[0], 1, 5)
    found = Found(Numbering(1, 0), end=90, known=70, cut=False, lasts={})
    assert dict(for_commands(found, [], [unsaid]).of) == {unsaid: 91}


@pytest.mark.parametrize(
    ("end", "known", "all_held", "ever_said", "cut"),
    [
        (None, 0, True, False, False),
        (None, 0, True, True, True),
        (None, 9, False, True, True),
        (9, 9, True, True, False),
        (8, 9, True, True, True),
        (9, 9, False, True, True),
        (12, 9, True, True, False),
    ],
)
def test_what_counts_as_a_loss(end: int | None, known: int, all_held: bool, ever_said: bool, cut: bool) -> None:
    assert is_cut(end, known, all_held, ever_said) is cut
