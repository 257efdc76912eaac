"""The order of events (R2), and absolute times."""

import pytest

from demandshift.simulator.clock import Clock, Rank
from demandshift.simulator.instants import instant


def note_at(clock, log, time, rank, label, order=0, then=None):
    """Put an event into the clock that notes its label, and perhaps does something."""

    def process():
        yield clock.at(time, rank, order)
        log.append((clock.now, label))
        if then is not None:
            then()

    clock.process(process())


TABLE = ("OFFER", "DELIVER", "EXPIRE", "PRICE", "FILL", "RETURN", "ARRIVE", "REVIEW", "DEPART", "PAY")
"""R2, copied from the rules."""


def test_ranks_are_the_table_of_the_rules():
    """If this fails, two events of one instant happen in another order than the rules say."""
    ordered = [rank.name for rank in sorted(Rank)]
    assert ordered == ["BOOKS", *TABLE]


def test_simultaneous_events_happen_in_the_order_of_their_ranks():
    """If this fails, a customer is turned away although the delivery came at that instant."""
    clock, log = Clock(), []
    for name in sorted(TABLE):
        note_at(clock, log, 2.0, Rank[name], name)
    clock.run(until=3)
    assert [label for _, label in log] == list(TABLE)


def test_order_decides_within_a_rank_then_who_was_scheduled_first():
    """If this fails, customers who come back are served in another order than the one in which they first came."""
    clock, log = Clock(), []
    note_at(clock, log, 1.0, Rank.RETURN, "third", order=9)
    note_at(clock, log, 1.0, Rank.RETURN, "first", order=2)
    note_at(clock, log, 1.0, Rank.RETURN, "second", order=2)
    clock.run(until=2)
    assert [label for _, label in log] == ["first", "second", "third"]


def test_what_an_event_causes_further_down_the_list_still_belongs_to_the_same_round():
    """If this fails, waiting customers are served after new ones, because their delivery put them behind."""
    clock, log = Clock(), []
    note_at(clock, log, 1.0, Rank.ARRIVE, "new customer")
    note_at(
        clock,
        log,
        1.0,
        Rank.DELIVER,
        "delivery",
        then=lambda: note_at(clock, log, 1.0, Rank.FILL, "waiting customer"),
    )
    clock.run(until=2)
    assert [label for _, label in log] == ["delivery", "waiting customer", "new customer"]


def test_what_an_event_causes_further_up_the_list_starts_a_new_round():
    """If this fails, an order without lead time arrives before the departures of its own instant, or never."""
    clock, log = Clock(), []

    def deliver():
        note_at(clock, log, 1.0, Rank.DELIVER, "delivery", then=fill)

    def fill():
        note_at(clock, log, 1.0, Rank.FILL, "fill")

    note_at(clock, log, 1.0, Rank.REVIEW, "review", then=deliver)
    note_at(clock, log, 1.0, Rank.DEPART, "departure")
    note_at(clock, log, 1.25, Rank.BOOKS, "later")
    clock.run(until=2)
    assert [label for _, label in log] == ["review", "departure", "delivery", "fill", "later"]


def test_rounds_go_on_as_long_as_events_cause_events():
    """If this fails, a chain of orders without lead time stops after its first round, or runs out of order."""
    clock, log = Clock(), []

    def again(left):
        def then():
            if left:
                note_at(clock, log, 1.0, Rank.DELIVER, f"delivery {left}", then=review(left))

        return then

    def review(left):
        return lambda: note_at(clock, log, 1.0, Rank.REVIEW, f"review {left}", then=again(left - 1))

    note_at(clock, log, 1.0, Rank.REVIEW, "review 3", then=again(2))
    clock.run(until=2)
    expected = ["review 3", "delivery 2", "review 2", "delivery 1", "review 1"]
    assert [label for _, label in log] == expected
    assert {time for time, _ in log} == {1.0}


def test_the_same_rank_caused_at_its_own_instant_waits_for_the_next_round():
    """If this fails, an arrival that causes an arrival could keep reviews waiting for ever."""
    clock, log = Clock(), []
    note_at(
        clock, log, 0.0, Rank.ARRIVE, "first", then=lambda: note_at(clock, log, 0.0, Rank.ARRIVE, "caused by the first")
    )
    note_at(clock, log, 0.0, Rank.REVIEW, "review")
    clock.run(until=1)
    assert [label for _, label in log] == ["first", "review", "caused by the first"]


def test_a_round_ends_with_its_instant():
    """If this fails, the round of one instant is carried into the next, and its events come out of order."""
    clock, log = Clock(), []

    def late():
        note_at(clock, log, 1.0, Rank.DELIVER, "delivery at 1", then=later)

    def later():
        note_at(clock, log, 2.0, Rank.DELIVER, "delivery at 2")

    note_at(clock, log, 2.0, Rank.PRICE, "price at 2")
    note_at(clock, log, 1.0, Rank.REVIEW, "review at 1", then=late)
    clock.run(until=3)
    assert [label for _, label in log] == ["review at 1", "delivery at 1", "delivery at 2", "price at 2"]


def test_appointments_are_kept_to_the_last_bit():
    """If this fails, times drift as SimPy's sums of delays do, and k · h is no longer k · h."""
    clock = Clock()
    times = [number * 0.1 for number in range(1, 200)]
    found = []

    def process():
        for time in times:
            yield clock.at(time, Rank.REVIEW)
            found.append(clock.now)

    clock.process(process())
    clock.run(until=30)
    assert found == times


def test_an_appointment_in_the_past_raises():
    """If this fails, an event that was missed happens at a wrong time instead of stopping the run."""
    clock = Clock()
    clock.run(until=2)
    with pytest.raises(ValueError, match=r"time 1\.5 is before now \(2\)"):
        clock.at(1.5, Rank.ARRIVE)
    assert clock.at(2.0, Rank.ARRIVE).ok


def test_nothing_happens_at_the_end_itself():
    """If this fails, an event at the horizon counts in one engine and not in the other (R1)."""
    clock, log = Clock(), []
    note_at(clock, log, 2.0, Rank.BOOKS, "at the end")
    clock.run(until=2.0)
    assert log == []
    assert clock.now == 2.0


def test_an_empty_clock_has_no_next_step():
    """If this fails, running out of events is taken for an event."""
    with pytest.raises(Exception, match=r"^$") as caught:
        Clock().step()
    assert type(caught.value).__name__ == "EmptySchedule"


def test_times_that_were_computed_differently_are_one_instant():
    """If this fails, the end of a shelf life and a review at the same time miss each other by the last bit."""
    assert 0.1 + 0.2 != 0.3
    assert instant(0.1 + 0.2) == instant(0.3)
    assert instant(1 / 3) != instant(1 / 3 + 2e-9)
