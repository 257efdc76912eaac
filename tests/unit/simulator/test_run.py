"""Running a scenario: arguments, precision, progress, cancelling, alarms, and what users put in by hand."""

import datetime
from pathlib import Path

import joblib
import numpy as np
import pytest

import demandshift as ds
from demandshift.simulator import processes, replications
from demandshift.simulator import run as running
from demandshift.simulator.engines import prepared
from demandshift.simulator.run import ArgumentError, run

SHOP = {
    "name": "small shop",
    "horizon": 5,
    "replications": 2,
    "seed": 9,
    "firms": {"corner": {}, "market": {}},
    "products": {
        "cola": {"firm": "corner", "price": 2, "cost": 1, "stock": 40},
        "rival": {"firm": "market", "price": 2, "cost": 1, "stock": "unlimited"},
    },
    "segments": {
        "all": {
            "arrivals": {"kind": "poisson", "rate": 5},
            "choice": {"kind": "logit", "scale": 0.5, "reservation_price": {"cola": 3, "rival": 2}},
        }
    },
}


@pytest.fixture
def shop(write):
    """Return what makes the small shop with other values."""

    def make(**values):
        return write({**SHOP, **values})

    return make


# Arguments


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ({"replications": 0}, r"replications must be a whole number above 0 or 'auto' \(got 0\)"),
        ({"replications": -3}, r"replications must be .*got -3"),
        ({"replications": 2.5}, r"replications must be .*got 2\.5"),
        ({"replications": True}, r"replications must be .*got True"),
        ({"replications": "many"}, r"replications must be .*got 'many'"),
        ({"jobs": 0}, r"jobs must be a whole number above 0 \(got 0\)"),
        ({"jobs": 1.0}, r"jobs must be .*got 1\.0"),
        ({"jobs": True}, r"jobs must be .*got True"),
        ({"replications": "auto", "precision": 0}, r"precision must be between 0 and 1 \(got 0\)"),
        ({"replications": "auto", "precision": 1.0}, r"precision must be between 0 and 1"),
        ({"replications": "auto", "precision": float("nan")}, r"precision must be between 0 and 1"),
        ({"precision": 0.1}, r"precision has a meaning only where replications is auto"),
        ({"engine": "steam"}, r"there is no engine 'steam' \(known: kernel, loop\)"),
        ({"seed": -1}, r"seed must be a whole number in \[0, 2\*\*32\) \(got -1\)"),
        ({"seed": 2**32}, r"seed must be .*got 4294967296"),
        ({"seed": True}, r"seed must be .*got True"),
        ({"seed": 1.5}, r"seed must be .*got 1\.5"),
    ],
)
def test_bad_arguments_are_named(shop, arguments, text):
    """If this fails, a wrong argument is taken for another, or for none (R18)."""
    with pytest.raises(ArgumentError, match=text):
        run(shop(), **arguments)


def test_the_scenarios_own_number_and_seed_are_the_defaults(shop):
    """If this fails, a file's replications or seed have no effect."""
    scenario = shop()
    result = run(scenario)
    assert (result.replications, result.seed) == (2, 9)
    assert result.manifest["seed"] == 9
    assert run(scenario, seed=0).seed == 0
    assert run(scenario, 1, 2**32 - 1).seed == 2**32 - 1


def test_the_manifest_says_where_the_figures_come_from(shop):
    """If this fails, a result cannot be made again from its manifest."""
    scenario = shop().replace({"products.cola.price": 2.5})
    manifest = run(scenario, seed=3).manifest
    assert manifest["scenario_hash"] == scenario.hash
    assert manifest["resolved_scenario"]["products"]["cola"]["price"] == 2.5
    assert manifest["applied"][-1] == "replace products.cola.price=2.5"
    assert Path(manifest["applied"][0]).name == "written.yaml"
    assert (manifest["seed"], manifest["replications"], manifest["engine"]) == (3, 2, "kernel")
    assert manifest["made_by_hand"] == {"ordering": [], "pricing": [], "choices": []}
    assert manifest["time"]["seconds"] > 0
    begun = datetime.datetime.fromisoformat(manifest["time"]["begun"])
    assert abs(datetime.datetime.now(datetime.UTC) - begun) < datetime.timedelta(hours=1)


def test_a_run_does_not_change_its_scenario(shop):
    """If this fails, a second run of one scenario is not the first."""
    scenario = shop()
    before = scenario.resolved
    first, second = run(scenario), run(scenario)
    assert scenario.resolved == before
    assert first.summary.equals(second.summary)


# Precision


def test_auto_stops_when_the_precision_is_met_and_says_how_many_it_took(shop):
    """If this fails, auto stops too early, or never."""
    result = run(shop(), "auto", precision=0.05)
    profits = result.summary[result.summary["figure"] == "profit"].set_index("firm")
    assert profits.loc["corner", "half_width"] <= 0.05 * profits.loc["corner", "mean"]
    assert result.replications == result.manifest["replications"] == profits.loc["corner", "n"]
    assert result.replications > running.FIRST_REPLICATIONS
    assert result.alarms == ()
    assert len(result.tally.segments) == result.replications


def test_auto_makes_the_replications_that_a_fixed_number_would(shop):
    """If this fails, batches of auto repeat or skip replications."""
    scenario = shop()
    automatic = run(scenario, "auto", precision=0.05)
    fixed = run(scenario, automatic.replications)
    assert automatic.summary.equals(fixed.summary)


def test_auto_looks_at_focal_firms_only(shop, monkeypatch):
    """If this fails, a rival whom nobody studies makes a run ten times as long."""
    monkeypatch.setattr(running, "MOST_REPLICATIONS", 30)
    quiet = {"cola": 3, "rival": 0.5}
    choice = {"kind": "logit", "scale": 0.5, "reservation_price": quiet}
    segments = {"all": {**SHOP["segments"]["all"], "choice": choice}}
    assert run(shop(segments=segments), "auto", precision=0.2).alarms == ()
    firms = {"corner": {"focal": True}, "market": {"focal": True}}
    (alarm,) = run(shop(segments=segments, firms=firms), "auto", precision=0.2).alarms
    assert alarm.startswith("the profit of market is known to ±")


def test_auto_is_done_at_once_where_nothing_varies(shop):
    """If this fails, a run without chance goes on to the limit."""
    firms = {"corner": {}, "market": {}}
    segments = {"all": {**SHOP["segments"]["all"], "arrivals": {"kind": "poisson", "rate": 0}}}
    result = run(shop(firms=firms, segments=segments), "auto", precision=0.05)
    assert result.replications == running.FIRST_REPLICATIONS


def test_auto_gives_up_at_its_limit_and_says_so(shop, monkeypatch):
    """If this fails, a precision that was not met goes unmentioned, or a run never ends."""
    monkeypatch.setattr(running, "MOST_REPLICATIONS", 25)
    result = run(shop(), "auto", precision=0.001)
    assert result.replications == 25
    (alarm,) = result.alarms
    assert alarm.startswith("the profit of corner is known to ±")
    assert alarm.endswith(
        "after 25 replications, the most that auto makes; a relative half-width of 0.001 was asked for"
    )


def test_a_profit_around_nothing_has_no_relative_precision(monkeypatch):
    """If this fails, auto divides by a mean of 0."""
    monkeypatch.setattr(running, "MOST_REPLICATIONS", 22)
    needed = running._needed({"corner": running.Estimate(0.0, 2.0, 20)}, 0.01)
    assert needed == 22
    assert running._needed({"corner": running.Estimate(-10.0, 2.0, 20)}, 0.1) == 88
    assert running._needed({"corner": running.Estimate(10.0, 2.0, 20)}, 0.01) == 200, "at most tenfold at once"
    assert running._needed({"corner": running.Estimate(10.0, 1.0, 20)}, 0.1) == 0


def test_a_scenarios_own_number_is_no_auto(shop):
    """If this fails, precision is taken where replications are fixed."""
    with pytest.raises(ArgumentError, match="precision has a meaning only"):
        run(shop(), None, precision=0.5)


# Progress, cancelling, processes


def test_progress_is_told_after_each_replication(shop):
    """If this fails, a progress bar stands still, or goes backwards."""
    told = []
    run(shop(), 4, progress=lambda done, planned: told.append((done, planned)))
    assert told == [(1, 4), (2, 4), (3, 4), (4, 4)]
    told.clear()
    result = run(shop(), "auto", precision=0.05, progress=lambda done, planned: told.append((done, planned)))
    assert [done for done, _ in told] == list(range(1, result.replications + 1))
    assert told[0] == (1, 20)
    assert told[-1][1] == result.replications


def test_a_run_can_be_stopped(shop):
    """If this fails, a caller has to wait for a run that nobody wants."""
    asked = []

    def cancel():
        asked.append(True)
        return len(asked) == 3

    with pytest.raises(ds.RunCancelledError, match=r"cancelled after 3 of 50 replications"):
        run(shop(), 50, cancel=cancel)


def test_several_workers_hand_over_their_ledgers_in_order(shop):
    """If this fails, chunks are mixed up or lost (R15). Threads stand for processes here."""
    scenario = shop()
    alone = run(scenario, 11)
    for jobs in (2, 16):
        with joblib.parallel_config(backend="threading"):
            together = run(scenario, 11, jobs=jobs)
        for name, frame in alone.frames().items():
            assert frame.equals(together.frames()[name]), name


def test_a_process_makes_itself_ready_once(shop, monkeypatch):
    """If this fails, a process learns a world's inputs and order-up-to levels anew for every few replications."""
    asked = []

    def noted(engine, world):
        asked.append(engine)
        return prepared(engine, world)

    monkeypatch.setattr(replications, "prepared", noted)
    processes._unpacked.cache_clear()
    with joblib.parallel_config(backend="threading"):
        assert run(shop(), 30, jobs=2).replications == 30
    # Threads stand for processes here; both may begin at the same moment.
    assert 1 <= len(asked) <= 2


def test_one_replication_needs_no_processes(shop, monkeypatch):
    """If this fails, processes are started for nothing."""

    def unwanted(*_, **__):
        raise AssertionError("a process was asked for")

    monkeypatch.setattr(joblib, "Parallel", unwanted)
    assert run(shop(), 1, jobs=8).replications == 1


# Alarms


def test_replications_that_never_differ_although_customers_come_by_chance_raise_an_alarm(shop):
    """If this fails, an interval of width 0 passes for certainty."""
    segments = {"all": {**SHOP["segments"]["all"], "arrivals": {"kind": "poisson", "rate": 0}}}
    (alarm,) = run(shop(segments=segments), 3).alarms
    assert alarm.startswith("all 3 replications agree in every figure although customers come by chance")
    assert run(shop(segments=segments), 1).alarms == ()
    assert run(shop(), 3).alarms == ()


def test_recorded_customers_may_be_the_same_every_time(shop, tmp_path):
    """If this fails, a recording that leaves nothing to chance raises a false alarm."""
    (tmp_path / "trace.csv").write_text("time\n1\n2\n")
    choice = {"kind": "ranking", "lists": [{"share": 1, "order": ["cola"]}]}
    segments = {"all": {"arrivals": {"kind": "trace", "file": "trace.csv"}, "choice": choice}}
    result = run(shop(segments=segments), 3)
    assert result.alarms == ()
    assert result.sales.set_index(["offer", "figure"])["mean"]["cola", "sales"] == 2


# By hand


class Orders:
    """An ordering policy made by hand."""

    review_every = 1.0

    def quantities(self, observation):
        """Order two of everything."""
        return [2] * len(observation.products)


class Prices:
    """A pricing policy made by hand."""

    review_every = 2

    def prices(self, observation):
        """Raise every price by a quarter."""
        return [price + 0.25 for price in observation.prices]


class Wants:
    """A choice model made by hand: everybody wants the same."""

    def __init__(self, *worths):
        self.worths = worths

    def reservation_prices(self, chance):  # noqa: ARG002
        """Return the same reservation prices for everybody."""
        return self.worths

    def shares(self, offered, prices):
        """Return that everybody takes the first."""
        return np.array([1.0] + [0.0] * (len(offered) - 1)) + 0 * np.array(prices)


class Tries:
    """A choice model without prices made by hand."""

    attempts = 1

    def __init__(self, first=0, then=1):
        self.first, self.then = first, then

    def favourite(self, chance):  # noqa: ARG002
        """Return the first offer."""
        return self.first

    def next_offer(self, chance, failed, attempt):  # noqa: ARG002
        """Return the second."""
        return self.then

    def shares(self, offered, prices):  # noqa: ARG002
        """Return that everybody takes the first."""
        return np.array([1.0, 0.0])


def test_policies_and_choices_made_by_hand_are_used_and_named(shop):
    """If this fails, what a user hands in is silently ignored."""
    result = run(
        shop(),
        2,
        engine="loop",
        ordering={"corner": Orders()},
        pricing={"market": Prices()},
        choices={"all": Wants(1.0, 9.0)},
    )
    assert result.manifest["made_by_hand"] == {"ordering": ["corner"], "pricing": ["market"], "choices": ["all"]}
    stock = result.stock.set_index(["product", "figure"])["mean"]
    assert stock["cola", "units_received"] == 10
    sales = result.sales.set_index(["offer", "figure"])["mean"]
    assert sales["cola", "sales"] == 0
    timeline = result.timeline
    prices = timeline[(timeline["name"] == "rival") & (timeline["figure"] == "price")]["mean"].tolist()
    assert prices == [2.25, 2.25, 2.5, 2.5, 2.75]


def test_a_policy_made_by_hand_replaces_the_firms_own(shop):
    """If this fails, two policies order the same product."""
    ordering = {"kind": "order_up_to", "review_every": 1, "level": 99}
    plan = {"kind": "plan", "orders": [{"at": 1, "quantity": 7}]}
    product = {"firm": "corner", "price": 2, "cost": 1, "stock": 0}
    products = {
        "cola": product,
        "zero": {**product, "ordering": plan},
        "lemon": {**product, "ordering": {"kind": "season_buy", "quantity": 5}},
        "rival": {**product, "firm": "market"},
    }
    scenario = shop(
        products=products, firms={"corner": {"ordering": ordering}, "market": {"ordering": ordering}}
    ).replace({"segments.all.arrivals.rate": 0})
    by_hand = run(scenario, 1, ordering={"corner": Orders()}).stock.set_index(["product", "figure"])["mean"]
    received = {name: by_hand[name, "units_received"] for name in products}
    assert received == {"cola": 10, "zero": 10, "lemon": 10, "rival": 99}


def test_a_choice_without_prices_made_by_hand(shop):
    """If this fails, the second kind of choice model cannot be handed in."""
    scenario = shop(products={**SHOP["products"], "cola": {"firm": "corner", "price": 2}})
    result = run(scenario, 2, engine="loop", choices={"all": Tries()})
    sales = result.sales.set_index(["offer", "figure"])["mean"]
    assert sales["cola", "sales"] == 0
    assert sales["cola", "demand"] == sales["cola", "diverted"] == sales["rival", "sales"] > 0


def without(attribute):
    """Return a policy that lacks something."""
    lame = type("Lame", (), {"review_every": 1.0, "quantities": lambda *_: [1], "prices": lambda *_: [1]})
    delattr(lame, attribute)
    return lame()


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ({"ordering": {"shop": Orders()}}, r"there is no firm 'shop' in the scenario \(known: corner, market\)"),
        ({"pricing": {"shop": Prices()}}, r"there is no firm 'shop'"),
        ({"choices": {"most": Wants(1.0, 2.0)}}, r"there is no segment 'most' in the scenario \(known: all\)"),
        ({"ordering": {"market": Orders()}}, r"firm 'market' has no product with limited stock to order"),
        (
            {"ordering": {"corner": 3}},
            r"ordering policy of firm 'corner' needs a method quantities\(observation\) \(got int\)",
        ),
        ({"ordering": {"corner": without("quantities")}}, r"needs a method quantities"),
        ({"pricing": {"corner": without("prices")}}, r"needs a method prices\(observation\) \(got Lame\)"),
        ({"ordering": {"corner": without("review_every")}}, r"needs an attribute review_every above 0, in time units"),
        ({"choices": {"all": object()}}, r"choice of segment 'all' needs reservation_prices\(chance\) and shares"),
        ({"choices": {"all": Wants(1.0)}}, r"'all' returned 1 reservation prices for 2 offers"),
        ({"choices": {"all": Wants(1.0, float("nan"))}}, r"'all' returned a price that is no number"),
        ({"choices": {"all": Wants(1.0, float("inf"))}}, r"'all' returned a price that is no number"),
        ({"choices": {"all": Tries(first=2)}}, r"'all' named the offer at position 2 of 2 considered offers"),
        ({"choices": {"all": Tries(first=-1)}}, r"'all' named the offer at position -1"),
    ],
)
def test_what_does_not_fit_is_named(shop, arguments, text):
    """If this fails, a slip in what a user hands in bends the figures (R18)."""
    with pytest.raises(ValueError, match=text):
        run(shop(), 1, engine="loop", **arguments)


@pytest.mark.parametrize("every", [0, -1.0, True, "daily", None, float("nan")])
def test_a_review_needs_a_time_between(shop, every):
    """If this fails, a policy is asked for ever at one instant, or never."""
    policy = Orders()
    policy.review_every = every
    with pytest.raises(ValueError, match="needs an attribute review_every above 0"):
        run(shop(), 1, ordering={"corner": policy})


def test_minus_infinity_is_never_wanted(shop):
    """If this fails, a model by hand cannot say that somebody never wants an offer."""
    result = run(shop(), 1, engine="loop", choices={"all": Wants(float("-inf"), 3.0)})
    assert result.sales.set_index(["offer", "figure"])["mean"]["cola", "demand"] == 0


@pytest.mark.parametrize(
    "part",
    [{"home": "cola"}, {"waiting": {"up_to": 2}}, {"transfer_cost": {"competitive": 0.5}}],
)
def test_a_model_without_prices_does_not_fit_costs_in_money(shop, part):
    """If this fails, homes, waiting and costs are parsed and ignored (R8)."""
    segments = {"all": {**SHOP["segments"]["all"], **part}}
    with pytest.raises(ValueError, match=r"gives no reservation prices, so that its home, waiting and transfer costs"):
        run(shop(segments=segments), 1, engine="loop", choices={"all": Tries()})


def test_scheduled_prices_and_a_pricing_policy_exclude_each_other(shop):
    """If this fails, two hands set one price."""
    pricing = {"kind": "scheduled", "changes": [{"at": 1, "price": 1}]}
    scenario = shop(firms={"corner": {"pricing": pricing}, "market": {}})
    with pytest.raises(ValueError, match=r"firm 'corner' has scheduled prices for cola; set its pricing to"):
        run(scenario, 1, pricing={"corner": Prices()})
    assert run(scenario, 1, pricing={"market": Prices()}).replications == 1


# Which race a logit runs (R14)


def considered(number, **segment):
    """Return the parts of a scenario whose one segment considers so many offers."""
    names = [f"p{position}" for position in range(number)]
    logit = {"kind": "logit", "scale": 0.5, "reservation_price": dict.fromkeys(names, 2.5)}
    return {
        "horizon": 1,
        "products": {name: {"firm": "corner", "price": 2, "stock": 3} for name in names},
        "segments": {"all": {"arrivals": {"kind": "poisson", "rate": 5}, "choice": logit, **segment}},
    }


ORDERS = {"kind": "ranking", "lists": [{"share": 1.0, "order": ["cola", "rival"]}]}
FARES = {"cheap": {"uses": "p0", "price": 1}, "dear": {"uses": "p0", "price": 3}}
OF_OWN_TASTE = {**FARES, "dear": {**FARES["dear"], "own_taste": True}}


def fares(offers):
    """Return the parts of a scenario that sells one product in two ways, with `draws: lazy`."""
    logit = {"kind": "logit", "scale": 0.5, "reservation_price": {"cheap": 2.5, "dear": 2.5}}
    return {
        **considered(1, choice=logit),
        "products": {"p0": {"firm": "corner", "stock": 9}},
        "offers": offers,
        "draws": "lazy",
    }


def worth(amount):
    """Return the parts of a scenario whose one offer is worth an amount, with `draws: lazy` and a scale of 0.5."""
    logit = {"kind": "logit", "scale": 0.5, "reservation_price": {"p0": amount}}
    return {**considered(1, choice=logit), "draws": "lazy"}


@pytest.mark.parametrize(
    ("document", "draws"),
    [
        ({}, {"all": "full"}),
        ({"draws": "lazy"}, {"all": "lazy"}),
        (considered(30), {"all": "full"}),
        (considered(31), {"all": "lazy"}),
        ({**considered(31), "draws": "full"}, {"all": "full"}),
        # These cannot race lazily, whatever the scenario says.
        ({**considered(31, waiting={"up_to": 2}), "draws": "lazy"}, {"all": "full"}),
        (considered(31, waiting={"up_to": 2}), {"all": "full"}),
        ({**considered(2, home="p1"), "draws": "lazy"}, {"all": "full"}),
        ({**considered(2, home="corner"), "draws": "lazy"}, {"all": "full"}),
        (fares(FARES), {"all": "full"}),
        (fares(OF_OWN_TASTE), {"all": "lazy"}),
        # Weights have room for 600 scales.
        (worth(300.5), {"all": "full"}),
        (worth(300), {"all": "lazy"}),
        # Only logits race.
        ({"segments": {"all": {**SHOP["segments"]["all"], "choice": ORDERS}}, "draws": "lazy"}, {}),
    ],
    ids=[
        "small",
        "lazy",
        "thirty",
        "thirty-one",
        "full",
        "waits",
        "waits-by-size",
        "home-offer",
        "home-firm",
        "one-taste",
        "own-tastes",
        "too-dear",
        "dear",
        "no-logit",
    ],
)
def test_which_race_a_logit_runs_is_told(shop, document, draws):
    """If this fails, twins are compared as identical persons who are not, or a segment races to wrong figures."""
    result = run(shop(**document), replications=1)
    assert result.manifest["draws"] == draws
    assert result.as_dict()["manifest"]["draws"] == draws


def test_a_choice_made_by_hand_runs_no_race(shop):
    """If this fails, the manifest says of a model made by hand that it was drawn as a logit."""
    result = run(shop(draws="lazy"), replications=1, engine="loop", choices={"all": Wants(3.0, 2.5)})
    assert result.manifest["draws"] == {}


def test_what_is_drawn_is_part_of_the_meaning(shop):
    """If this fails, results of the lazy race are taken for those of the full one, by their hash."""
    assert len({shop(**values).hash for values in ({}, {"draws": "full"}, {"draws": "lazy"})}) == 3
