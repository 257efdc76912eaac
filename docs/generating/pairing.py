"""What the same customers are worth, for every variant of every scenario of the library."""

from functools import cache

import demandshift
from demandshift.experiments.comparison.findings import Comparison
from demandshift.experiments.report.comparison_wording import difference_in_words
from demandshift.experiments.report.wording import number
from demandshift.simulator.estimates import Estimate
from demandshift.simulator.measures import MeasureKey
from generating.wording import table

REPLICATIONS, SEED = 40, 1
FIGURES = ("profit", "fill_rate")


@cache
def variance_ratios() -> str:
    """Return the table of variance ratios."""
    rows = []
    for name, _ in demandshift.library():
        scenario = demandshift.load(name)
        variants = [variant for variant in scenario.variants if not plans_by_programs(scenario.variant(variant))]
        comparison = demandshift.compare(scenario, variants, replications=REPLICATIONS, seed=SEED, figures=FIGURES)
        rows.extend(row(comparison, name, variant) for variant in comparison.variants)
    header = ("scenario", "variant", "difference in profit", "variance ratio: profit", "variance ratio: fill rate")
    text = (
        f"{REPLICATIONS} replications, seed {SEED}, each ± half-width of the 95 % interval (n = {REPLICATIONS}; that "
        "of a variance ratio by the jackknife)."
    )
    return "\n".join([*table(header, rows), "", text, ""])


def plans_by_programs(scenario: demandshift.Scenario) -> bool:
    """Return whether a firm plans by linear programs: of several equal plans each version of a solver finds its own.

    The page has the figures of such a variant as prose, with the version.
    """
    firms = scenario.resolved["firms"]
    return any(
        part.get(policy, {}).get("kind") == "lp" for part in firms.values() for policy in ("ordering", "pricing")
    )


def row(comparison: Comparison, name: str, variant: str) -> tuple[str, ...]:
    """Return the row of a variant: its difference in profit, and what pairing is worth for each figure."""
    profit, fill_rate = comparison.family
    difference = comparison.judged[variant, profit]
    currency = comparison.results[variant].scenario.settled.head.currency
    ratios = [number(ratio(comparison, variant, key)) for key in (profit, fill_rate)]
    return f"[{name}](../library/{name}.md)", f"`{variant}`", f"{difference_in_words(difference)} {currency}", *ratios


def ratio(comparison: Comparison, variant: str, key: MeasureKey) -> Estimate:
    """Return a variance ratio of a comparison."""
    found = comparison.pairing.set_index(["variant", "level", "name", "figure"]).loc[(variant, *key)]
    return Estimate(float(found["variance_ratio"]), float(found["half_width"]), int(found["n"]))
