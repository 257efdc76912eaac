"""How long linear programs take to build and to solve, beside the same matrix given straight to HiGHS.

    python benchmarks/lp.py [--json FILE] [--case NAME] [--repeats N]

Building is everything from the arrays of a question to a solver that has the program: the families, PuLP's objects,
and the hand-over. It may cost at most as much as solving. The direct way is what a program without families, names and
PuLP would do with a finished matrix: pass it and solve it. Of several repeats the fastest counts, each time by itself.
"""

import argparse
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import highspy
import numpy as np

from demandshift.models.optimise.ladder import LadderMarket, logit_weights
from demandshift.models.optimise.orders import order_program, quickest_method
from demandshift.models.optimise.orders_over_time import timed_program
from demandshift.models.optimise.program import Program
from demandshift.models.optimise.sales_based import quickest_method as price_method
from demandshift.models.optimise.sales_based import sales_based_program
from demandshift.models.optimise.season import FirmDriven, OrderQuestion, Resource, Season, budget
from demandshift.models.optimise.solver import Method, solve
from demandshift.models.optimise.stock_flow import StockFlow, TimedQuestion


@dataclass(frozen=True)
class Case:
    """A program whose figures are ready."""

    assemble: Callable[[], Program]
    """Puts it together; this is timed."""
    method: Method = "choose"
    """How it is solved, both ways."""


@dataclass(frozen=True)
class Measured:
    """One case; times in seconds."""

    name: str
    rows: int
    columns: int
    build_s: float
    solve_s: float
    direct_s: float


def season(seed: int, products: int = 30, draws: int = 200) -> Season:
    """Return a season of Poisson demand with margins of a third to two thirds of the price."""
    rng = np.random.default_rng(seed)
    demand = rng.poisson(rng.uniform(5, 30, products), (draws, products)).astype(float)
    price = rng.uniform(5, 10, products)
    cost = price * rng.uniform(0.3, 0.7, products)
    return Season(demand=demand, price=price, unit_cost=cost, salvage=0.3 * cost)


def money(of: Season) -> Resource:
    """Return a budget that covers four fifths of the mean demand."""
    return budget(of.unit_cost, float(0.8 * of.unit_cost @ of.demand.mean(axis=0)))


def orders_firm_driven() -> Case:
    """Return 30 products on 200 draws, each of which the firm may give for each other: 180,000 columns."""
    of = season(1)
    cost = np.broadcast_to(0.05 * of.price[:, None], (of.size, of.size)).copy()
    question = OrderQuestion(of, firm=FirmDriven(cost), resources=[money(of)])
    return Case(lambda: order_program(question), quickest_method(question))


def orders_customer_driven() -> Case:
    """Return 30 products on 200 draws, whose customers move to five others each when they are turned away."""
    of = season(1)
    rng = np.random.default_rng(2)
    shares = np.zeros((of.size, of.size))
    for origin in range(of.size):
        others = rng.choice(np.delete(np.arange(of.size), origin), 5, replace=False)
        shares[origin, others] = 0.6 * rng.dirichlet(np.ones(5))
    question = OrderQuestion(of, shares=shares, resources=[money(of)])
    return Case(lambda: order_program(question), quickest_method(question))


def orders_over_time() -> Case:
    """Return 100 products over 52 weeks: lead times, dates, waiting customers, suppliers who are short in season."""
    products, weeks = 100, 52
    rng = np.random.default_rng(3)
    season_of_year = 1 + 0.4 * np.sin(2 * np.pi * (np.arange(weeks)[:, None] / weeks + rng.random(products)))
    demand = rng.poisson(season_of_year * rng.uniform(5, 40, products)).astype(float)
    price = rng.uniform(5, 10, products)
    flow = StockFlow(
        demand=demand[None],
        price=price,
        unit_cost=price * rng.uniform(0.3, 0.7, products),
        holding_cost=0.02 * price,
        lost_sale_penalty=0.1 * price,
        back_orders=rng.random(products) < 0.3,
        back_order_penalty=0.1 * price,
        lead_time=rng.integers(0, 5, products),
        shelf_life=np.where(rng.random(products) < 0.3, 4.0, np.inf),
        opening_stock=2 * demand.mean(axis=0),
    )
    supplier = rng.integers(0, 5, products)
    use = (supplier == np.arange(5)[:, None]).astype(float)
    resource = Resource("supplier capacity", use, use @ demand.mean(axis=0))
    question = TimedQuestion(flow, resources=[resource], space=np.ones(products), room=4 * demand.mean(axis=0).sum())
    return Case(lambda: timed_program(question))


def prices() -> Case:
    """Return 200 products with 10 price points each over 26 periods, for three segments who come at other times."""
    products, points, periods, segments = 200, 10, 26, 3
    rng = np.random.default_rng(4)
    first = rng.uniform(5, 50, products)
    ladder = first[:, None] * np.linspace(0.6, 1.5, points)
    worth = first * rng.uniform(0.8, 1.2, (segments, products)) - 0.5 * first
    weights = logit_weights(worth, 0.25 * first.mean() * np.array([0.8, 1.0, 1.2]), ladder)
    arrivals = 2000 * (1 + 0.5 * np.sin(np.arange(periods) / 4 + np.arange(segments)[:, None]))
    outside = weights.sum(axis=(1, 2)).mean() / points
    market = LadderMarket.of(
        ladder, weights, arrivals, outside=outside, capacity=rng.uniform(100, 600, products), unit_cost=0.3 * first
    )
    return Case(lambda: sales_based_program(market), price_method(market))


CASES: Mapping[str, Callable[[], Case]] = {
    "sales-based prices, 200 products, 10 points, 26 periods, 3 segments": prices,
    "orders, 30 products, 200 draws, firm-driven": orders_firm_driven,
    "orders, 30 products, 200 draws, customer-driven": orders_customer_driven,
    "orders over time, 100 products, 52 weeks": orders_over_time,
}
"""What draws the figures of a case, by name; what it returns is timed."""


def straight(program: Program, method: Method) -> tuple[float, float]:
    """Return how long HiGHS takes with the finished matrix alone, and what it finds."""
    matrix, lower, upper = program.matrix(), program.row_array("lower"), program.row_array("upper")
    columns = [program.column_array(part) for part in ("objective", "lower", "upper")]
    began = perf_counter()
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = program.column_count, program.row_count
    model.sense_ = highspy.ObjSense.kMaximize if program.maximise else highspy.ObjSense.kMinimize
    model.offset_ = program.constant
    model.col_cost_, model.col_lower_, model.col_upper_ = columns
    model.row_lower_, model.row_upper_ = lower, upper
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.start_, model.a_matrix_.index_, model.a_matrix_.value_ = matrix
    highs = highspy.Highs()
    highs.setOptionValue("output_flag", False)
    highs.setOptionValue("solver", method)
    highs.passModel(model)
    highs.run()
    return perf_counter() - began, highs.getObjectiveValue()


def measure(name: str, repeats: int) -> Measured:
    """Return the times of one case, and make sure that both ways have the same answer."""
    case = CASES[name]()
    builds, solves, directs = [], [], []
    for _ in range(repeats):
        began = perf_counter()
        program = case.assemble()
        put_together = perf_counter() - began
        solution = solve(program, method=case.method)
        builds.append(put_together + solution.build_seconds)
        solves.append(solution.solve_seconds)
        seconds, objective = straight(program, case.method)
        directs.append(seconds)
        if abs(objective - solution.objective) > 1e-6 * max(1.0, abs(objective)):
            raise AssertionError(f"{name}: {solution.objective} and straight {objective}")
    return Measured(name, program.row_count, program.column_count, min(builds), min(solves), min(directs))


def main() -> None:
    """Measure the cases and print them; with `--json`, write them too."""
    parser = argparse.ArgumentParser(description="Times of linear programs, beside the same matrix straight to HiGHS.")
    parser.add_argument("--json", type=Path, help="file for the figures")
    parser.add_argument("--case", action="append", choices=sorted(CASES), help="only this case; may be repeated")
    parser.add_argument("--repeats", type=int, default=1, help="how often each is done (default 1)")
    chosen = parser.parse_args()
    warm = Program("warm")
    warm.columns("x", 1)
    solve(warm)  # who solves the first program of a process imports PuLP
    measured = []
    print(f"{'case':50} {'rows':>8} {'columns':>8} {'build s':>8} {'solve s':>8} {'direct s':>8} {'build/solve':>11}")
    for name in chosen.case or CASES:
        each = measure(name, chosen.repeats)
        measured.append(each)
        share = each.build_s / each.solve_s
        print(
            f"{name:50} {each.rows:8,} {each.columns:8,} {each.build_s:8.2f} {each.solve_s:8.2f} {each.direct_s:8.2f}"
            f" {share:11.2f}",
            flush=True,
        )
    if chosen.json is not None:
        document = {
            "cases": [{field: getattr(each, field) for field in Measured.__dataclass_fields__} for each in measured]
        }
        chosen.json.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
