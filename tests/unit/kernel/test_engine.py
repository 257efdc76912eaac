"""What surrounds the compiled code: the log, checks of the books, and what the calendar sees of the shelves."""

from collections import Counter

import numpy as np
import pytest

from demandshift.simulator.kernel import engine, entrances, ready
from demandshift.simulator.kernel.room import LARGEST_BLOCK, SMALLEST_BLOCK, block_size_for
from demandshift.simulator.ledger import Head, InvariantError, Outcome


@pytest.mark.parametrize("length", [4, engine.LOG_LENGTH], ids=["a log that is always full", "the usual log"])
@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"segments.all.waiting": None},
        {"segments.all.waiting": None, "draws": "lazy"},
        {
            "segments.all.waiting": None,
            "segments.all.choice": {"kind": "ranking", "lists": [{"share": 1, "order": ["cola", "zero", "rival"]}]},
        },
    ],
    ids=["waiting", "full race", "lazy race", "lists"],
)
def test_the_log_tells_every_customers_story_once(kernel_of, monkeypatch, length, changes):
    """If this fails, kept customers and the ledger's flows are two different stories."""
    monkeypatch.setattr(engine, "LOG_LENGTH", length)
    taken = []
    ledger = kernel_of(changes, take_log=lambda rows: taken.append(rows.copy())).run()
    silent = kernel_of(changes).run()
    assert np.array_equal(ledger.flows, silent.flows)
    log = np.concatenate(taken)
    assert sorted(log["number"].tolist()) == list(range(int(ledger.heads[:, Head.ARRIVED].sum())))
    told = Counter(
        zip(*(log[name].tolist() for name in ("segment", "origin", "cause", "outcome", "destination")), strict=True)
    )
    not_interested = sum(number for key, number in told.items() if key[1] < 0)
    assert not_interested == ledger.heads[:, Head.NOT_INTERESTED].sum()
    assert {key: number for key, number in told.items() if key[1] >= 0} == {
        tuple(row[:5]): row[5] for row in ledger.flows.tolist()
    }
    bought = log[log["destination"] >= 0]
    assert bought["price"].sum() == pytest.approx(ledger.offer_money[0].sum())
    assert np.isnan(log[log["destination"] < 0]["price"]).all()
    assert log["surplus"].sum() == pytest.approx(np.nansum(ledger.consumer_surplus))
    times = log["time"]
    assert (np.diff(times) >= 0).all()
    assert (times >= log["first_visit"]).all()
    pending = log[log["outcome"] == int(Outcome.PENDING)]
    assert (pending["time"] == 8).all()


def test_a_sale_of_what_is_not_there_stops_the_run(opened):
    """If this fails, books with negative stock become figures (R16)."""
    kernel = opened({}, 1.0)
    kernel.state.moment[0].oversold = 1
    with pytest.raises(InvariantError, match=r"more units of 'zero' were sold than were on hand"):
        kernel._raise_trouble()


def test_a_segment_with_too_many_persons_stops_the_run(opened):
    """If this fails, a customer has the draws of another (R14)."""
    kernel = opened(block_size=8)
    kernel.state.segments[0].candidate = 2**32 - 3
    with pytest.raises(ValueError, match=r"room for 2\*\*32 persons in a segment; 'all' has more"):
        kernel._serve_until(8.0, 0)


def test_units_that_have_no_age_are_noticed(opened):
    """If this fails, units appear on the shelf, or vanish, without the check of the books (R16)."""
    kernel = opened({}, 1.0)
    kernel._shelves.check()
    kernel.state.products.on_hand[2] += 1
    with pytest.raises(InvariantError, match=r"units of 'rival' on hand, but \d+ by age"):
        kernel._shelves.check()


def test_the_calendar_sees_the_kernels_own_shelves(opened):
    """If this fails, policies decide on stale numbers."""
    kernel = opened({}, 1.0)
    shown = kernel._shelves
    kernel.make_room()
    for name in ("on_hand", "on_order", "back_orders", "sold", "out_time"):
        assert np.array_equal(getattr(shown, name), getattr(kernel.state.products, name))
    before = shown.tariff
    shown.set_price(0, 9.0, 1.0)
    assert (shown.tariff, float(shown.price[0])) == (before + 1, 9.0)
    shown.settle_all(1.5)
    kernel.state.products.sold[1] = 77
    assert int(shown.sold[1]) == 77


def test_blocks_are_smaller_where_there_is_more_to_draw(kernel_of):
    """If this fails, many segments or offers need memory without end, or few are drawn one by one."""
    inputs = kernel_of()._inputs
    assert block_size_for(inputs) == LARGEST_BLOCK
    wide = inputs._replace(columns=np.zeros(1000, dtype=np.int64))
    wider = inputs._replace(columns=np.zeros(10**6, dtype=np.int64))
    assert SMALLEST_BLOCK < block_size_for(wide) < LARGEST_BLOCK
    assert block_size_for(wider) == SMALLEST_BLOCK


class Noted:
    """An entrance that notes what it is compiled for."""

    def __init__(self):
        self.compiled = []

    def compile(self, signature):
        """Note a signature."""
        self.compiled.append(signature)


def test_compiling_is_said_and_done_once(monkeypatch, tmp_path, capsys):
    """If this fails, a first run waits half a minute without a word, or every run says that it compiles."""
    noted = Noted()
    monkeypatch.setattr(ready, "folder", lambda: tmp_path)
    monkeypatch.setattr(entrances, "SIGNATURES", [(noted, ("one",)), (noted, ("two",))])
    monkeypatch.setattr(ready.numba.config, "DISABLE_JIT", 0)
    for _ in range(2):
        ready.make_ready()
    assert noted.compiled == [("one",), ("two",)]
    assert capsys.readouterr().err.count("compiling the engine, once") == 1


def test_every_entrance_is_made_ready_once():
    """If this fails, an entrance is compiled in the middle of a run, or twice."""
    names = [f"{function.__module__}.{function.__name__}" for function, _ in entrances.SIGNATURES]
    assert len(names) == len(set(names)) > 10
