"""What must hold for the twin of any change of any scenario (R11, R12, R14, R15)."""

from collections import defaultdict

import numpy as np
import pytest
from drawn_scenarios import Drawn, scenarios
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import demandshift as ds
from demandshift.simulator.arguments import ArgumentError

CHANGES = ("price", "stock", "window", "arrivals", "horizon", "warm_up")

EXAMPLES = settings.default.max_examples // 2


def change_of(drawn: Drawn, what: str) -> dict[str, object]:
    """Return a change of a scenario by path."""
    name, product = next(iter(drawn.document["products"].items()))
    segment, part = next(iter(drawn.document["segments"].items()))
    match what:
        case "price":
            assume("price" in product)
            return {f"products.{name}.price": product["price"] / 2}
        case "stock":
            stock = product["stock"]
            return {f"products.{name}.stock": 4 if stock == "unlimited" else stock + 3}
        case "window":
            assume("price" in product)
            return {f"products.{name}.window": {"opens": 0.5, "closes": 1.5}}
        case "arrivals":
            assume(part["arrivals"]["kind"] == "poisson")
            return {f"segments.{segment}.arrivals.rate": part["arrivals"]["rate"] / 2}
        case "horizon":
            return {"horizon": drawn.document["horizon"] + 1}
    return {"warm_up": drawn.document.get("warm_up", 0) + 0.25}


def twin_of(drawn: Drawn, what: str, **arguments) -> ds.Twin:
    """Return the twin of a change; where it changes nothing, another example is drawn."""
    try:
        return ds.twin(drawn.load(), change_of(drawn, what), replications=2, seed=7, **arguments)
    except (ArgumentError, ds.ScenarioError):
        assume(False)
        raise


@settings(max_examples=EXAMPLES)
@given(scenarios(), st.sampled_from(CHANGES))
def test_margins_are_the_books_of_both_worlds(drawn: Drawn, what: str):
    """If this fails, a customer is lost, doubled, or moved between offers on the way into the twin."""
    told = twin_of(drawn, what)
    for world, tally, moved in zip(
        told.reckoning.worlds, told.tallies, (("from", "without"), ("to", "with")), strict=True
    ):
        end, name = moved
        matrix: dict[tuple, float] = defaultdict(float)
        for each in tally.matrix:
            for (origin, cause, outcome, destination), count in each.items():
                matrix[origin, cause, outcome, destination] += count / tally.n
        offers = world.problem.offers.names
        demand = {offer: 0.0 for offer in offers}
        for (origin, *_), count in matrix.items():
            demand[offers[origin]] += count
        flows = told.flows[told.flows["of"] == "demand"].groupby(end)["mean"].sum()
        for offer in offers:
            assert flows.get(offer, 0.0) == pytest.approx(demand[offer], abs=1e-9)
        states = told.moves.groupby(
            [f"{part}_{name}" for part in ("wanted", "cause", "outcome", "bought")], dropna=False
        )["mean"].sum()
        wanted = {key: mean for key, mean in states.items() if isinstance(key[0], str)}
        assert len(wanted) == len(matrix)
        assert sum(wanted.values()) == pytest.approx(sum(matrix.values()))
        came = sum(segments[:, 0].sum() for segments in tally.segments) / tally.n
        assert states[[key[2] != "not_here" for key in states.index]].sum() == pytest.approx(came)


@settings(max_examples=EXAMPLES)
@given(scenarios(), st.sampled_from(CHANGES))
def test_rates_add_up(drawn: Drawn, what: str):
    """If this fails, the rates by kind, or by where to, tell of more or fewer customers than the rate itself."""
    told = twin_of(drawn, what)
    for _, rows in told.rates.groupby(["of", "level", "name"]):
        whole = rows[(rows["kind"] == "(all)") & (rows["to"] == "(all)")]
        by_kind = rows[(rows["kind"] != "(all)") & (rows["to"] == "(all)")]
        by_place = rows[rows["to"] != "(all)"]
        assert len(whole) == 1
        for column in ("moved", "rate"):
            expected = whole[column].iloc[0]
            if np.isnan(expected):
                assert by_place[column].isna().all()
                continue
            assert by_kind[column].sum() == pytest.approx(expected, abs=1e-9)
            assert by_place[column].sum() == pytest.approx(expected, abs=1e-9)
    for of in ("demand", "purchases"):
        kinds = told.by_kind[told.by_kind["of"] == of]
        everybody = kinds[kinds["segment"] == "(all)"]["mean"].sum()
        assert kinds[kinds["segment"] != "(all)"]["mean"].sum() == pytest.approx(everybody)
        assert told.flows[told.flows["of"] == of]["mean"].sum() == pytest.approx(everybody)


@settings(max_examples=EXAMPLES)
@given(scenarios(), st.sampled_from(CHANGES))
def test_figures_are_those_of_two_runs(drawn: Drawn, what: str):
    """If this fails, the worlds of a twin are not those that `run` runs."""
    scenario = drawn.load()
    told = twin_of(drawn, what)
    assume(not told.manifest["draws_set_to_full"])
    runs = ds.run(scenario, replications=2, seed=7), ds.run(told.scenarios[1], replications=2, seed=7)
    for run, name in zip(runs, ("without", "with"), strict=True):
        shown = told.figures[told.figures["level"] == "firm"].set_index(["name", "figure"])[name]
        expected = run.summary.set_index(["firm", "figure"])["mean"]
        assert np.array_equal(shown.loc[expected.index], expected, equal_nan=True)


@settings(max_examples=EXAMPLES)
@given(scenarios(), st.sampled_from(("price", "stock")))
def test_changing_back_mirrors_the_moves(drawn: Drawn, what: str):
    """If this fails, which world comes first matters for more than the names of the columns."""
    scenario = drawn.load()
    there = twin_of(drawn, what)
    assume(not there.manifest["draws_set_to_full"])
    back = ds.twin(there.scenarios[1], scenario, replications=2, seed=7)
    forth = [f"{part}_{world}" for world in ("without", "with") for part in ("wanted", "cause", "outcome", "bought")]
    mirrored = {**dict(zip(forth, [*forth[4:], *forth[:4]], strict=True))}
    one = there.moves.drop(columns=["demand_move", "purchases_move"]).fillna("-")
    other = back.moves.rename(columns=mirrored).fillna("-")[one.columns]
    assert sorted(map(tuple, one.to_numpy().tolist())) == sorted(map(tuple, other.to_numpy().tolist()))
