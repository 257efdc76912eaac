"""The same draws for the same customers, whatever else happens and whoever computes (R14, R15)."""

import numpy as np
import pytest
from drawn_scenarios import Drawn, ledgers_of, same_ledgers, scenarios, world_of
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import demandshift as ds
from demandshift.models.choice.protocols import SurplusChoice
from demandshift.simulator.draws import Draws
from demandshift.simulator.loop import Loop
from demandshift.simulator.world import World

PERSONS = 12


@given(scenarios(), st.integers(0, 2**32 - 1))
def test_a_replication_is_the_same_alone_and_after_others(drawn: Drawn, seed: int):
    """If this fails, a replication leaves something behind in the world, and results depend on chunks and workers."""
    scenario = drawn.load()
    together = ledgers_of(world_of(scenario), seed, replications=3)
    alone = Loop(world_of(scenario), seed, 2).run()
    assert same_ledgers(together[2], alone)
    backwards = world_of(scenario)
    for replication in (2, 1, 0):
        assert same_ledgers(together[replication], Loop(backwards, seed, replication).run())


@pytest.mark.parametrize("draws", ["full", "lazy"])
def test_the_number_of_processes_changes_nothing(draws: str):
    """If this fails, a user's figures depend on the machine."""
    changes = {"horizon": 9, "draws": draws, "segments.regulars.waiting": None}
    scenario = ds.load("two-shops", overrides={"horizon": 9} if draws == "full" else changes)
    results = [ds.run(scenario, replications=7, seed=11, jobs=jobs) for jobs in (1, 2)]
    told = [result.as_dict() for result in results]
    for each in told:
        assert each["manifest"]["draws"] == {"regulars": draws}
        del each["manifest"]["time"]
    assert told[0] == told[1]
    for name, frame in results[0].frames().items():
        assert frame.equals(results[1].frames()[name]), name


def test_seeds_and_replications_meet_other_customers():
    """If this fails, replications repeat each other and every interval is too short."""
    world = world_of(ds.load("two-shops", overrides={"horizon": 9}))
    surplus = {float(ledger.consumer_surplus[0]) for seed in (1, 2) for ledger in ledgers_of(world, seed)}
    assert len(surplus) == 4


def wishes(world: World, seed: int) -> dict[str, list[tuple[float, dict[str, float]]]]:
    """Return when the first customers of each segment come and what each offer is worth to them."""
    segments, offers = world.problem.segments, world.problem.offers.names
    told: dict[str, list[tuple[float, dict[str, float]]]] = {}
    for segment, name in enumerate(segments.names):
        draws = Draws(seed, 0).segment(int(segments.slot[segment]))
        start, end = segments.consider_start[segment : segment + 2]
        considered = [offers[offer] for offer in segments.consider_offer[start:end].tolist()]
        choice = world.choices[segment]
        assert isinstance(choice, SurplusChoice)
        told[name] = [
            (time, dict(zip(considered, choice.reservation_prices(draws.person(person)), strict=True)))
            for person, time in world.arrivals[segment].times(draws, world.problem.horizon)
            if person < PERSONS
        ]
    return told


@given(scenarios(one_season=True), st.data())
def test_an_offer_that_a_variant_removes_takes_nobody_elses_draws_with_it(drawn: Drawn, data: st.DataObject):
    """If this fails, a product that is taken out of the range changes who walks in and what they like (R14)."""
    document = drawn.document
    gone = data.draw(st.sampled_from([*document["products"]]))
    assume(not any(offer["uses"] == gone for offer in document.get("offers", {}).values()))
    segments = {}
    for name, segment in document["segments"].items():
        worth = {product: 1.0 for product, each in document["products"].items() if "price" in each}
        segments[name] = {
            "arrivals": segment["arrivals"],
            "choice": {"kind": "logit", "scale": 0.5, "reservation_price": worth},
        }
    assume(all(len(segment["choice"]["reservation_price"]) > 1 for segment in segments.values()))

    def shorten(document: dict) -> None:
        document["segments"] = segments
        kept = {name: product for name, product in document["products"].items() if name != gone}
        document["variants"] = {
            "shorter": {
                "products": kept,
                **{
                    f"segments.{name}.choice.reservation_price": {
                        product: worth
                        for product, worth in segment["choice"]["reservation_price"].items()
                        if product != gone
                    }
                    for name, segment in segments.items()
                },
            }
        }

    both = drawn.changed(shorten)
    before, after = (wishes(world_of(both.load(variants=variants)), 5) for variants in ((), ("shorter",)))
    for name, customers in before.items():
        assert [(time, {k: v for k, v in worth.items() if k != gone}) for time, worth in customers] == after[name]


@settings(max_examples=6)
@given(st.integers(0, 2**32 - 1), st.sampled_from(["rate", "hourly"]))
def test_a_changed_arrival_rate_thins_the_same_people(seed: int, change: str):
    """If this fails, more customers are other customers: a common dominating process was not thinned (R14)."""
    overrides = {"segments.regulars.arrivals.dominating_rate": 300, "horizon": 8}
    base = ds.load("two-shops", overrides=overrides)
    busier = {
        "rate": {"segments.regulars.arrivals.rate": 150},
        "hourly": {"segments.regulars.arrivals.hourly": [1.0] * 24},
    }
    other = base.replace(busier[change])
    few, many = (list(world_of(each).arrivals[0].times(Draws(seed, 0).segment(0), 8.0)) for each in (base, other))
    assert set(few) <= set(many)
    assert (set(few) == set(many)) == (change == "hourly")
    assert np.all(np.diff([time for _, time in many]) > 0)
