"""Price paths that answer each other: firms with stocks, each with one price a product and period.

Firm f's price path is a best response if no other path earns it more while all other firms' paths stand: the mixed-
integer program of `markdown.py` on a market whose outside attraction is

    v0_gt = 1 + Σ_{rivals' products k} e^{(r_gk − p_kt)/s_g}    (`ladder.py`).

Firms move in turn. Where nobody moves any more the paths are an ε-equilibrium among all paths on the ladders, with ε
the most that a firm's program (its bound, so that a gap of the solver counts too) promises above what its path earns.
With stock limits there may be none (Edgeworth 1925): then the cycle is handed back.

What it assumes: all is announced; a rival's product draws its customers for the whole period, as if it never ran out; a
firm may shut a product for a part of a period. With several segments a response is a relaxation, as in `markdown.py`.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..problem import Floats, Integers
from .equilibrium import GameOutcome, respond_in_turn
from .ladder import LadderMarket, logit_weights, outside_with_rivals
from .markdown import markdown_plan
from .sales_based import sales_based_plan


@dataclass(frozen=True)
class PathGame:
    """Firms whose customers choose by logits among the products of all of them."""

    prices: npt.ArrayLike
    """Price of each point of each product, in money. Shape (products, points)."""
    worth: npt.ArrayLike
    """What each product is worth to a customer of middling taste, in money. Shape (segments, products)."""
    scale: npt.ArrayLike
    """Spread of tastes of each segment, in money. Shape (segments,)."""
    arrivals: npt.ArrayLike
    """Expected customers. Shape (segments, periods)."""
    firm: npt.ArrayLike
    """Whose each product is, counted from 0. Shape (products,)."""
    capacity: npt.ArrayLike
    """Units of each product for all periods together; inf without limit. Shape (products,)."""
    unit_cost: npt.ArrayLike
    """What a sale costs, in money. Shape (products,)."""
    only_down: bool = False
    """Whether prices may only fall."""
    most_changes: int | None = None
    """Price changes that each product may have; None without limit."""

    @property
    def firms(self) -> int:
        """Return the number of firms."""
        return int(np.asarray(self.firm).max()) + 1

    def market_of(self, which: int, points: Integers) -> LadderMarket:
        """Return the market that one firm sees while the others' paths stand.

        Parameters
        ----------
        which
            The firm.
        points
            Price points of all products. Shape (products, periods).
        """
        ladder, worth = np.asarray(self.prices, dtype=np.float64), np.asarray(self.worth, dtype=np.float64)
        own = np.asarray(self.firm) == which
        rivals = np.take_along_axis(ladder, points, axis=1)[~own]
        return LadderMarket.of(
            ladder[own],
            logit_weights(worth[:, own], self.scale, ladder[own]),
            self.arrivals,
            outside=outside_with_rivals(worth[:, ~own], self.scale, rivals),
            capacity=np.asarray(self.capacity, dtype=np.float64)[own],
            unit_cost=np.asarray(self.unit_cost, dtype=np.float64)[own],
        )

    def profits(self, points: Integers) -> Floats:
        """Return what each firm earns on given paths, in money, shape (firms,).

        Parameters
        ----------
        points
            Price points of all products. Shape (products, periods).
        """
        owner = np.asarray(self.firm)
        return np.array(
            [
                sales_based_plan(self.market_of(which, points).only(points[owner == which])).value
                for which in range(self.firms)
            ]
        )

    def play(self, *, tolerance: float = 1e-4, most_rounds: int = 100) -> tuple[GameOutcome, Floats]:
        """Return where best responses lead from the dearest prices.

        Parameters
        ----------
        tolerance
            Gain, as a share of what a firm earns, for which it does not move.
        most_rounds
            Rounds after which to give up.

        Returns
        -------
        outcome : GameOutcome
            An ε-equilibrium or a cycle; `choices` are price points by product and period, the period running fastest.
        prices : Floats
            The prices of each state, in money. Shape (states, products, periods).

        Raises
        ------
        ProgramError
            When a program has no optimum (R18), or neither is found within the rounds.
        """
        ladder, owner = np.asarray(self.prices, dtype=np.float64), np.asarray(self.firm)
        shape = (len(ladder), np.asarray(self.arrivals).shape[1])
        known: dict[tuple[tuple[int, ...], int], tuple[tuple[int, ...], float]] = {}

        def profits_of(state: tuple[int, ...]) -> Floats:
            return self.profits(np.array(state).reshape(shape))

        def response(state: tuple[int, ...], which: int) -> tuple[tuple[int, ...], float]:
            if (state, which) not in known:
                points = np.array(state).reshape(shape)
                market = self.market_of(which, points)
                now = sales_based_plan(market.only(points[owner == which])).value
                plan = markdown_plan(market, only_down=self.only_down, most_changes=self.most_changes)
                gain = max(plan.bound - now, 0.0)
                if gain > tolerance * abs(now):
                    points[owner == which] = plan.points
                known[state, which] = tuple(points.ravel().tolist()), gain
            return known[state, which]

        start = np.repeat(np.argmax(ladder, axis=1)[:, None], shape[1], axis=1)
        outcome = respond_in_turn(tuple(start.ravel().tolist()), self.firms, response, profits_of, most_rounds)
        paths = [np.take_along_axis(ladder, np.array(each).reshape(shape), axis=1) for each in outcome.choices]
        return outcome, np.array(paths)
