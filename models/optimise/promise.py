"""By how much an order program promises too much, where customers decide one by one.

The program of `orders.py` lets a firm choose whom it turns away, and moves a share α of these for certain. Here the
same first choices come in random orders, each customer with a second choice drawn by α, and take what is there; stock
that is no whole number is divided (`sample_paths.py`). What the program claims beyond that is the price of being
linear.
"""

from dataclasses import dataclass

import numpy as np
from scipy import special

from .bounds import CONFIDENCE
from .orders import OrderPlan
from .sample_paths import ShelfMoney, path_profits, paths_of_season
from .season import OrderQuestion, Season
from .season_end import own_demand_first


@dataclass(frozen=True, slots=True)
class Promise:
    """What a plan is said to earn, and what it earns on the same draws, in money."""

    program: float
    """Value of the program."""
    own_demand_first: float
    """The same quantities, when each product serves its own customers before any others."""
    in_order: float
    """The same quantities, when customers come in random order: mean over draws and orders."""
    half_width: float
    """Half of the 95 % interval of `in_order` over orders and second choices; the draws are given."""
    orders: int
    """Orders of arrival for each draw."""

    @property
    def too_much(self) -> float:
        """Return what the program promises beyond what the quantities earn."""
        return self.program - self.in_order

    @property
    def share(self) -> float:
        """Return that as a share of what they earn; nan where they earn nothing."""
        return self.too_much / self.in_order if self.in_order > 0 else float("nan")

    def __str__(self) -> str:
        return (
            f"the program promises {self.program:.6g}; in order of arrival its quantities earn {self.in_order:.6g} "
            f"± {self.half_width:.2g}, which is {self.too_much:.2g} less"
        )


def money_of_season(season: Season) -> ShelfMoney:
    """Return what a season's products earn and cost, for its sample paths."""
    return ShelfMoney(
        price=season.each(season.price),
        unit_cost=season.each(season.unit_cost),
        left_over_worth=season.left_over_worth,
        lost_sale_penalty=season.each(season.lost_sale_penalty),
        opening_stock=season.each(season.opening_stock),
    )


def promise_of(question: OrderQuestion, plan: OrderPlan, *, orders: int = 100, seed: int = 0) -> Promise:
    """Return what a plan for customers who substitute promises, and what it keeps.

    Parameters
    ----------
    question
        What was asked; demand in whole numbers, no firm-driven flows.
    plan
        Its answer.
    orders
        Orders of arrival for each draw, at least 2.
    seed
        Seed of these and of second choices, from 0.

    Raises
    ------
    ValueError
        When the firm serves instead of the customers choosing, demand is not in whole numbers, or there are fewer than
        two orders.
    """
    question.check()
    if question.firm is not None:
        raise ValueError("firm: what the firm serves instead does not depend on the order of customers")
    if orders < 2:
        raise ValueError(f"orders: must be at least 2 (got {orders})")
    season = question.season
    shares = np.zeros((season.size, season.size)) if question.shares is None else question.shares
    paths = paths_of_season(season, shares, seed, orders)
    earned = path_profits(paths, money_of_season(season), plan.quantities).reshape(orders, season.draws)
    by_order = earned @ season.weights
    quantile = float(special.stdtrit(orders - 1, (1 + CONFIDENCE) / 2))
    return Promise(
        program=plan.value,
        own_demand_first=float(own_demand_first(question, plan.quantities) @ season.weights),
        in_order=float(by_order.mean()),
        half_width=quantile * float(by_order.std(ddof=1)) / float(np.sqrt(orders)),
        orders=orders,
    )
