"""From a document to a settled scenario: exceptions, offers, windows, prices, choices."""

import datetime
import math

import pytest
import ruamel.yaml
from pydantic import ValidationError

from demandshift.scenarios.complaints import Complaints
from demandshift.scenarios.document import read_document
from demandshift.scenarios.files import Folders
from demandshift.scenarios.schema.choice import SubstitutionChoice, SubstitutionTable
from demandshift.scenarios.schema.firm import Product, Window
from demandshift.scenarios.schema.ordering import (
    NoOrdering,
    OrderingException,
    OrderUpTo,
    Plan,
    ReorderPoint,
    SeasonBuy,
)
from demandshift.scenarios.schema.scenario import Head
from demandshift.scenarios.settle import settle
from demandshift.scenarios.settle_arrivals import Recordings
from demandshift.scenarios.settled import SettledOffer, SettledProduct, SettledSegment


def product(scenario, name: str) -> SettledProduct:
    """Return a settled product by name."""
    return next(each for each in scenario.settled.products if each.name == name)


def offer(scenario, name: str) -> SettledOffer:
    """Return a settled offer by name."""
    return next(each for each in scenario.settled.offers if each.name == name)


def segment(scenario, name: str) -> SettledSegment:
    """Return a settled segment by name."""
    return next(each for each in scenario.settled.segments if each.name == name)


YAML = ruamel.yaml.YAML(typ="safe", pure=True)


class TestExceptions:
    """What a product does otherwise than its firm."""

    def ordering(self, folder, firm: str, exception: str):
        """Return the ordering of a product with an exception to its firm's."""
        scenario = folder.load(f"variants: {{v: {{firms.corner.ordering: {firm}}}}}\n", "v")
        return product(scenario.replace({"products.cola.ordering": YAML.load(exception)}), "cola").ordering

    def test_without_one_the_firm_decides(self, folder) -> None:
        """Else settings of a firm would have to be repeated for each product."""
        scenario = folder.load("")
        assert product(scenario, "cola").ordering == scenario.settled.firms["corner"].ordering
        assert product(scenario, "cola").supply == scenario.settled.firms["corner"].supply

    def test_single_values_leave_the_rest_of_the_firm_s_policy(self, folder) -> None:
        """Else naming one value would lose the others."""
        ordering = self.ordering(folder, "{kind: order_up_to, review_every: 3, level: 5}", "{review_every: 2}")
        assert ordering == OrderUpTo(kind="order_up_to", review_every=2, level=5)

    @pytest.mark.parametrize(
        ("firm", "exception", "expected"),
        [
            (
                "{kind: order_up_to, review_every: 3, cycle_service: 0.9}",
                "{level: 80}",
                OrderUpTo(kind="order_up_to", review_every=3, level=80),
            ),
            (
                "{kind: order_up_to, review_every: 3, level: 80}",
                "{fill_rate: 0.9}",
                OrderUpTo(kind="order_up_to", review_every=3, fill_rate=0.9),
            ),
            (
                "{kind: reorder_point, quantity: 10, cycle_service: 0.9}",
                "{reorder_point: 4}",
                ReorderPoint(kind="reorder_point", quantity=10, reorder_point=4),
            ),
            (
                "{kind: reorder_point, quantity: 10, cycle_service: 0.9}",
                "{quantity: 4}",
                ReorderPoint(kind="reorder_point", quantity=4, cycle_service=0.9),
            ),
            (
                "{kind: season_buy, cycle_service: 0.9}",
                "{quantity: 4}",
                SeasonBuy(kind="season_buy", quantity=4),
            ),
        ],
    )
    def test_a_target_drops_the_firm_s(self, folder, firm, exception, expected) -> None:
        """Else a product with its own target would have two, and be refused."""
        assert self.ordering(folder, firm, exception) == expected

    def test_another_kind_replaces_the_whole(self, folder) -> None:
        """Else values of the firm's policy would be unknown keys of the product's."""
        ordering = self.ordering(
            folder, "{kind: order_up_to, review_every: 3, level: 5}", "{kind: season_buy, quantity: 9}"
        )
        assert ordering == SeasonBuy(kind="season_buy", quantity=9)

    def test_a_null_means_as_the_firm(self, folder) -> None:
        """Else an exception could not be taken back by a variant."""
        firm = "{kind: order_up_to, review_every: 3, level: 5}"
        assert self.ordering(folder, firm, "{level: ~, fill_rate: ~}").level == 5
        assert self.ordering(folder, firm, "{}").level == 5
        assert self.ordering(folder, firm, "~").level == 5

    def test_a_value_of_the_firm_s_that_clashes_is_found_at_the_firm(self, folder) -> None:
        """Else the complaint about a firm's first review would be laid to each of its products."""
        text = "firms: {corner: {ordering: {first_review: 11}}}\nproducts: {cola: {ordering: {level: 5}}}\n"
        assert folder.complaints(text) == [
            "case.yaml:2: firms.corner.ordering.first_review: must lie in [0, 10) (got 11)"
        ]

    def test_supply(self, folder) -> None:
        """Else an exception in the lead time would lose the firm's packs, or mix two distributions."""
        text = """
firms: {corner: {supply: {lead_time: {kind: uniform, low: 1, high: 3}, pack: 6, order_cost: 2}}}
products:
  cola: {supply: {lead_time: {kind: exponential, mean: 2}}}
  zero: {supply: {lead_time: 0, minimum: 3}}
"""
        scenario = folder.load(text)
        cola, zero = product(scenario, "cola").supply, product(scenario, "zero").supply
        assert (cola.lead_time.kind, cola.lead_time.mean, cola.pack, cola.order_cost) == ("exponential", 2, 6, 2)
        assert (zero.lead_time, zero.pack, zero.minimum) == (0, 6, 3)

    def test_an_unlimited_stock_orders_nothing(self, folder) -> None:
        """Else a stock without end would be filled up to a level."""
        assert product(folder.load("products: {cola: {stock: unlimited}}\n"), "cola").ordering == NoOrdering()

    def test_review_times_may_be_dates(self, folder) -> None:
        """Else a planner would have to count days."""
        text = "products: {cola: {ordering: {first_review: 2025-03-05}}}\n"
        assert product(folder.load(text), "cola").first_review == 2
        assert product(folder.load(""), "cola").first_review == 0


class TestPlans:
    """Orders fixed beforehand."""

    def test_a_firm_s_plan_is_divided_among_its_products(self, folder) -> None:
        """Else a product would receive what was ordered for another."""
        text = """
firms:
  corner:
    ordering:
      kind: plan
      orders:
        - {at: 4, quantity: 1, product: zero}
        - {at: 2, quantity: 2, product: cola}
        - {at: 2025-03-04, quantity: 3, product: cola}
        - {at: 2, quantity: 4, product: cola}
"""
        scenario = folder.load(text)
        cola, zero = product(scenario, "cola"), product(scenario, "zero")
        assert isinstance(cola.ordering, Plan)
        assert [each.quantity for each in cola.ordering.orders] == [3, 2, 4]
        assert cola.order_times == (1, 2, 2)
        assert zero.order_times == (4,)

    def test_a_product_s_orders_replace_the_firm_s(self, folder) -> None:
        """Else a product would receive its own orders and the firm's."""
        text = """
firms: {corner: {ordering: {kind: plan, orders: [{at: 1, quantity: 1, product: zero}]}}}
products: {cola: {ordering: {orders: [{at: 3, quantity: 2}, {at: 5, quantity: 3, product: cola}]}}}
"""
        scenario = folder.load(text)
        assert product(scenario, "cola").order_times == (3, 5)
        assert product(scenario, "zero").order_times == (1,)


class TestOffers:
    """Ways of selling."""

    def test_products_with_a_price_come_first_in_the_order_of_declaration(self, folder) -> None:
        """Else ties would be broken otherwise than R8a says."""
        text = """
products:
  seat: {firm: corner, stock: 5}
  last: {firm: corner, price: 1}
offers:
  saver: {uses: seat, price: 99, own_taste: true}
  pair: {uses: [cola, zero], price: 3}
  crate: {uses: {cola: 12}, price: 20}
"""
        scenario = folder.load(text)
        assert [each.name for each in scenario.settled.offers] == [
            "cola",
            "zero",
            "rival",
            "last",
            "saver",
            "pair",
            "crate",
        ]
        assert offer(scenario, "pair").uses == (("cola", 1), ("zero", 1))
        assert offer(scenario, "crate").uses == (("cola", 12),)
        assert offer(scenario, "saver").own_taste is True
        assert offer(scenario, "cola").own_taste is False
        assert {each.firm for each in scenario.settled.offers} == {"corner", "market"}
        assert offer(scenario, "crate").firm == "corner"

    def test_a_product_without_a_price_may_lend_its_name_to_an_offer(self, folder) -> None:
        """Else an offer that says more than a price could not bear the natural name."""
        text = "products: {seat: {firm: corner, stock: 5}}\noffers: {seat: {uses: seat, price: 9, own_taste: true}}\n"
        assert offer(folder.load(text), "seat").price == 9

    def test_windows(self, folder) -> None:
        """Else an offer would open or close at another time than its file says."""
        text = """
products:
  cola: {window: {opens: 2025-03-04T12:00, closes: 9}}
  zero: {window: [{closes: 2}, {opens: 3, closes: 2025-03-13}]}
"""
        scenario = folder.load(text)
        assert offer(scenario, "cola").windows == ((1.5, 9.0),)
        assert offer(scenario, "zero").windows == ((0.0, 2.0), (3.0, math.inf))
        assert offer(scenario, "rival").windows == ((0.0, math.inf),)

    @pytest.mark.parametrize(("unit", "time"), [("hour", 36.0), ("day", 1.5), ("week", 1.5 / 7)])
    def test_dates_follow_the_time_unit(self, folder, unit, time) -> None:
        """Else a date would be counted in days whatever a unit of time is."""
        text = f"time_unit: {unit}\nhorizon: 100\nproducts: {{cola: {{window: {{opens: 2025-03-04T12:00}}}}}}\n"
        assert offer(folder.load(text), "cola").windows == ((time, math.inf),)

    def test_a_start_within_a_day(self, folder) -> None:
        """Else times would be counted from midnight where the run begins at nine."""
        text = "start: 2025-03-03T09:00\ntime_unit: hour\nproducts: {cola: {window: {opens: 2025-03-03T11:30}}}\n"
        assert offer(folder.load(text), "cola").windows == ((2.5, math.inf),)

    def test_the_nearest_pricing_counts(self, folder) -> None:
        """Else an offer could not be priced otherwise than its product, or a product than its firm."""
        text = """
firms: {corner: {pricing: {kind: scheduled, changes: [{at: 1, factor: 0.5}], announced: false}}}
products:
  zero: {pricing: {kind: scheduled, changes: [{at: 2, price: 1.25}, {at: 2025-03-07, factor: 1}]}}
offers:
  zero-plus: {uses: zero, price: 4}
  zero-club: {uses: zero, price: 4, pricing: {kind: fixed}}
  pair: {uses: [cola, zero], price: 3}
"""
        scenario = folder.load(text)
        changes = {each.name: each.price_changes for each in scenario.settled.offers}
        assert changes == {
            "cola": ((1.0, 1.0),),
            "zero": ((2.0, 1.25), (4.0, 2.0)),
            "rival": (),
            "zero-plus": ((2.0, 1.25), (4.0, 4.0)),
            "zero-club": (),
            "pair": ((1.0, 1.5),),
        }
        announced = {each.name: each.announced for each in scenario.settled.offers}
        assert [name for name, value in announced.items() if not value] == ["cola", "pair"]

    def test_protection_levels(self, folder) -> None:
        """Else seats would be kept from the wrong fare, or from another moment on."""
        text = """
firms:
  corner:
    availability: {kind: protection_levels, levels: {cola: 3, zero: [{at: 2025-03-05, level: 4}, {at: 6, level: 0}]}}
"""
        scenario = folder.load(text)
        assert offer(scenario, "cola").protection == ((0.0, 3),)
        assert offer(scenario, "zero").protection == ((2.0, 4), (6.0, 0))
        assert offer(scenario, "rival").protection == ()

    def test_a_bad_product_is_no_reason_to_complain_of_its_offers(self, folder) -> None:
        """Else one bad price would bring complaints about every offer and segment that names the product."""
        text = """
products:
  cola: {price: -1}
  seat: {firm: corner, stock: -5}
firms:
  corner:
    availability: {kind: protection_levels, levels: {cola: 3, ghost: 3}}
offers:
  saver: {uses: seat, price: 3}
  pair: {uses: [cola, zero], price: -3}
segments:
  regulars: {home: pair, choice: {reservation_price: {saver: 3, pair: 3, ghost: 3}}}
"""
        assert folder.complaints(text) == [
            "case.yaml:4: products.cola.price: must be at least 0 (got -1)",
            "case.yaml:5: products.seat.stock: must be at least 0 (got -5)",
            "case.yaml:11: offers.pair.price: must be at least 0 (got -3)",
        ]

    def test_a_bad_firm_is_no_reason_to_complain_of_its_products(self, folder) -> None:
        """Else one bad setting of a firm would bring complaints about everything that it sells."""
        text = """
firms:
  corner: {supply: {pack: 0}, ordering: {kind: plan, orders: [{at: 1, quantity: 1, product: cola}]}}
  market: {ordering: {kind: plan, orders: [{at: 1, quantity: 1, product: fig}]}}
products: {fig: {price: -1}}
segments: {regulars: {home: corner, waiting: {up_to: 2}}}
"""
        assert folder.complaints(text) == [
            "case.yaml:4: firms.corner.supply.pack: must be greater than 0 (got 0)",
            "case.yaml:6: products.fig.firm: is missing",
            "case.yaml:6: products.fig.price: must be at least 0 (got -1)",
        ]

    def test_a_bad_head_is_no_reason_to_complain_of_times(self, folder) -> None:
        """Else a missing horizon would bring a complaint about every date."""
        text = """
horizon: ~
products: {cola: {window: {opens: 2025-03-04, closes: 99}}, zero: {ordering: {first_review: 77}}}
firms:
  corner:
    pricing: {kind: scheduled, changes: [{at: 99, price: 1}]}
    availability: {kind: protection_levels, levels: {cola: [{at: 99, level: 1}]}}
segments: {regulars: {arrivals: {weekly: [1, 1, 1, 1, 1, 1, 1]}}}
"""
        assert folder.complaints(text) == ["case.yaml:3: horizon: must be a number (got null)"]


FARES = """
products: {seat: {firm: corner, stock: 5}, bunk: {firm: corner, stock: 5}}
offers:
  saver: {uses: seat, price: 99}
  flex: {uses: seat, price: 240}
  bed: {uses: bunk, price: 50}
  package: {uses: [seat, bunk], price: 300}
"""


class TestChoices:
    """Names in choice models become positions of considered offers."""

    def test_logit_in_the_order_of_declaration(self, folder) -> None:
        """Else the value of one offer would be taken for another's."""
        scenario = folder.load("segments: {regulars: {choice: {reservation_price: {rival: 9, cola: 7}}}}\n")
        chosen = segment(scenario, "regulars")
        assert chosen.considers == ("cola", "zero", "rival")
        assert chosen.choice.reservation_price == (7, 2.2, 9)

    def test_a_product_stands_for_all_offers_that_use_only_it(self, folder) -> None:
        """Else two fares on one seat would have to be valued twice, or a package would be valued as its seat."""
        text = FARES + "segments: {regulars: {choice: {reservation_price: {seat: 100, flex: 120, package: 130}}}}\n"
        chosen = segment(folder.load(text), "regulars")
        worth = dict(zip(chosen.considers, chosen.choice.reservation_price, strict=True))
        assert worth == {"cola": 2.5, "zero": 2.2, "rival": 1.8, "saver": 100, "flex": 120, "package": 130}

    def test_a_product_with_an_offer_of_its_name_stands_for_its_other_offers_too(self, folder) -> None:
        """Else selling on credit as well would take an offer out of everybody's sight."""
        text = "offers: {cola-credit: {uses: cola, price: 2.2}}\n"
        chosen = segment(folder.load(text), "regulars")
        worth = dict(zip(chosen.considers, chosen.choice.reservation_price, strict=True))
        assert worth == {"cola": 2.5, "zero": 2.2, "rival": 1.8, "cola-credit": 2.5}

    def test_considers_restricts(self, folder) -> None:
        """Else a segment would buy what it does not know of."""
        text = (
            FARES
            + "segments: {regulars: {considers: [seat, cola], choice: {reservation_price: {saver: 100, bed: 60}}}}\n"
        )
        chosen = segment(folder.load(text), "regulars")
        assert chosen.considers == ("cola", "saver")
        assert chosen.choice.reservation_price == (2.5, 100)

    def test_ranking_by_order(self, folder) -> None:
        """Else a list would be read in another order than it is written, or a single fare could not go by its seat."""
        text = (
            FARES
            + """
segments:
  listers:
    considers: [zero, cola, bed]
    arrivals: {kind: poisson, rate: 1}
    choice:
      kind: ranking
      lists: [{share: 0.5, order: [zero, rival, bunk]}, {share: 0.25, order: [cola, zero]}, {share: 0.25, order: []}]
"""
        )
        chosen = segment(folder.load(text), "listers")
        assert chosen.considers == ("cola", "zero", "bed")
        assert chosen.choice.shares == (0.5, 0.25, 0.25)
        assert chosen.choice.orders == ((1, 2), (0, 1), ())
        assert chosen.choice.reservation_price is None

    def test_ranking_by_prices_may_have_a_home_and_wait(self, folder) -> None:
        """Else lists that carry prices would be taken for lists without (R8)."""
        text = """
segments:
  listers:
    home: corner
    transfer_cost: {competitive: 0.2}
    waiting: {up_to: 3}
    arrivals: {kind: poisson, rate: 1}
    choice:
      kind: ranking
      lists: [{share: 0.5, reservation_price: {rival: 2, cola: 3}}, {share: 0.5, reservation_price: {zero: 2}}]
"""
        chosen = segment(folder.load(text), "listers")
        assert chosen.choice.orders is None
        assert chosen.choice.reservation_price == ((3, -math.inf, 2), (-math.inf, 2, -math.inf))
        assert chosen.home == ("firm", "corner")

    def test_an_offer_as_home(self, folder) -> None:
        """Else a home that is an offer would be taken for a firm."""
        assert segment(folder.load("segments: {regulars: {home: zero}}\n"), "regulars").home == ("offer", "zero")
        assert segment(folder.load(""), "regulars").home is None

    def test_substitution(self, folder) -> None:
        """Else shares would go to other offers than the file says."""
        text = """
segments:
  movers:
    considers: [zero, cola, rival]
    arrivals: {kind: poisson, rate: 1}
    choice:
      kind: substitution
      first_choice: {zero: 0.6, cola: 0.3, nothing: 0.1}
      substitution: {zero: {rival: 0.5, nothing: 0.5}, rival: {cola: 0.2}}
      attempts: %s
"""
        choice = segment(folder.load(text % 2), "movers").choice
        assert choice.first_choice == (0.3, 0.6, 0.0)
        assert choice.substitution == ((0.0, 0.0, 0.0), (0.0, 0.0, 0.5), (0.2, 0.0, 0.0))
        assert choice.attempts == 2
        assert segment(folder.load(text % "unlimited"), "movers").choice.attempts is None

    def test_a_chain_without_limit_must_let_customers_leave(self, folder) -> None:
        """Else customers would go in circles on empty shelves and the run would never end."""
        text = """
segments:
  movers:
    arrivals: {kind: poisson, rate: 1}
    choice:
      kind: substitution
      first_choice: {zero: 1}
      substitution: {zero: {cola: 1}, cola: {zero: %s, rival: %s}, rival: {cola: 1}}
      attempts: unlimited
"""
        assert folder.load(text % (0.5, 0.4)).settled.segments[1].choice.attempts is None
        assert folder.complaints(text % (0.5, 0.5)) == [
            "case.yaml:10: segments.movers.choice.attempts: without a limit, customers must be able to leave from "
            "every offer (they never could from: cola, zero, rival)"
        ]


class TestWaiting:
    """Who may be written down without a date must say what delay they reckon with."""

    @pytest.mark.parametrize(
        ("service", "waiting", "considers", "is_bad"),
        [
            ("{back_orders: {promise: false}}", "{up_to: 3}", "[cola]", True),
            ("{back_orders: {promise: false}}", "{up_to: 3, expected_delay: 1}", "[cola]", False),
            ("{back_orders: {promise: false}}", "~", "[cola]", False),
            ("{back_orders: {promise: false}}", "{up_to: 3}", "[rival]", False),
            ("{back_orders: {promise: true}}", "{up_to: 3}", "[cola]", False),
            ("{}", "{up_to: 3}", "[cola]", False),
        ],
    )
    def test_expected_delay(self, folder, service, waiting, considers, is_bad) -> None:
        """Else customers would weigh a wait of unknown length, or be asked for a delay that they never need (R13)."""
        text = (
            f"firms: {{corner: {{service: {service}}}}}\n"
            f"segments: {{regulars: {{considers: {considers}, waiting: {waiting}}}}}\n"
        )
        if is_bad:
            assert "needs `expected_delay`" in folder.complaints(text)[0]
        else:
            assert folder.load(text).name == "shop"


class TestArrivals:
    """Profiles."""

    def test_the_highest_rate_of_a_profile(self, folder) -> None:
        """Else a dominating rate would be refused for a peak that never comes, or accepted below one that does."""
        hours = "[" + ", ".join(["1"] * 23) + ", %s]"
        text = (
            "segments: {regulars: {arrivals: {rate: 10, dominating_rate: %s, weekly: [1, 1, 1, 1, 1, 2, 1],"
            f" hourly: {{weekday: {hours % 3}, weekend: {hours % 1.25}}}}}}}}}\n"
        )
        # The weekday's peak (3 · 1) is above Saturday's (1.25 · 2); peak hour times peak day would be 6.
        arrivals = folder.load(text % 30).settled.segments[0].specification.arrivals
        assert arrivals.highest_rate() == 30
        assert "must be at least the highest rate of the profile, 30 (got 29.9)" in folder.complaints(text % 29.9)[0]

    def test_a_plain_rate_needs_no_calendar(self, folder) -> None:
        """Else every abstract scenario would need a date."""
        assert (
            folder.load("start: ~\ntime_unit: period\n").settled.segments[0].specification.arrivals.highest_rate() == 10
        )

    def test_one_profile_for_all_days(self, folder) -> None:
        """Else a list of 24 factors would be read as two days."""
        hours = ", ".join(["1"] * 23)
        text = f"segments: {{regulars: {{arrivals: {{rate: 10, hourly: [{hours}, 2], seasonal: [{'1, ' * 11}3]}}}}}}\n"
        assert folder.load(text).settled.segments[0].specification.arrivals.highest_rate() == 60


class TestPartsMadeInPython:
    """The schema's parts can be made without a file; the simulator's tests do."""

    def test_parts_fit_where_mappings_do(self) -> None:
        """Else a part could be read from a file and not be made in Python."""
        exception = OrderingException(level=3)
        table = SubstitutionTable(file="shares.csv")
        window = Window(opens=datetime.date(2025, 3, 3))
        made = Product(firm="corner", ordering=exception, window=window, stock="unlimited")
        assert made.ordering is exception
        assert made.window is window
        assert Product(firm="corner", ordering=NoOrdering()).ordering == NoOrdering()
        choice = SubstitutionChoice(kind="substitution", first_choice={"a": 1.0}, substitution=table, attempts=2)
        assert choice.substitution is table

    def test_they_are_as_strict_as_in_a_file(self) -> None:
        """Else a set or an object would be taken for a mapping."""
        with pytest.raises(ValidationError, match="must be a mapping"):
            Product(firm="corner", ordering={1, 2})
        with pytest.raises(ValidationError, match="must be a date such as"):
            Head(name="x", horizon=1, start=20250303)
        with pytest.raises(ValidationError, match="must be a number of time units, or a date"):
            Window(opens=b"2025")

    def test_a_document_must_have_its_tables_in_place(self, folder) -> None:
        """Else shares that nobody read would pass for no shares at all."""
        text = (folder.path / "shop.yaml").read_text() + (
            "  movers:\n    arrivals: {kind: poisson, rate: 1}\n"
            "    choice: {kind: substitution, first_choice: {cola: 1}, substitution: {file: shares.csv}}\n"
        )
        document = read_document(text, "case.yaml", Complaints())
        assert document is not None
        with pytest.raises(TypeError, match="tables are put in place before"):
            settle(document, None, Recordings(Folders(folder.path, {})), Complaints())
