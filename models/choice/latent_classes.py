"""Latent classes: a customer belongs to one of a few classes, and nobody is told which; each class has its own logit.

With share h_c and logit c the shares are Σ_c h_c P_jc(S, p) (Kamakura & Russell 1989): within a class an empty shelf
sends customers on in proportion, over all classes it does not, since those who wanted it are not like the others.
"""

from collections.abc import Sequence

import numpy as np

from ..chance import Chance, Purpose
from ..lottery import Lottery
from .logit import Logit
from .protocols import Shares

CLASS_SLOT = 0
"""Slot of the draw that decides a customer's class."""


class LatentClasses:
    """A few logits with their shares of customers: a `SurplusChoice`.

    Parameters
    ----------
    shares
        Share of customers in each class; they sum to 1.
    classes
        The logit of each class, all over the same considered offers with the same taste slots, so that a customer's
        tastes do not depend on the class.

    Raises
    ------
    ValueError
        When shares do not fit or do not sum to 1, or classes differ in their offers' taste slots.
    """

    def __init__(self, shares: Sequence[float], classes: Sequence[Logit]) -> None:
        if len(shares) != len(classes):
            raise ValueError(f"shares: needs one for each class (got {len(shares)} for {len(classes)})")
        self.lottery = Lottery(shares, "shares of classes")
        """The draw of a class."""
        if not self.lottery.complete:
            raise ValueError(f"shares of classes: must sum to 1 (got {sum(shares):.9g})")
        if len({(each.outside_slot, each.taste_slots) for each in classes}) > 1:
            raise ValueError("classes: all need the same offers and taste slots")
        self.classes = tuple(classes)
        """The logit of each class."""

    def reservation_prices(self, chance: Chance) -> list[float]:
        """Return one customer's reservation prices, in money, by considered offer."""
        drawn = self.lottery.winner(chance.uniform(Purpose.TYPE, CLASS_SLOT))
        assert drawn is not None, "shares that sum to 1 always have a winner"
        return self.classes[drawn].reservation_prices(chance)

    def shares(self, offered: Sequence[bool], prices: Sequence[float]) -> Shares:
        """Return the share of customers whose best offer is each one; what is missing to 1 buys nothing.

        Parameters
        ----------
        offered
            Which of the considered offers can be had. Shape (considered offers,).
        prices
            Their prices, in money. Shape (considered offers,).
        """
        total = np.zeros(len(self.classes[0].taste_slots))
        for share, logit in zip(self.lottery.shares, self.classes, strict=True):
            total += share * logit.shares(offered, prices)
        return total

    def mean_surplus(self, offered: Sequence[bool], prices: Sequence[float]) -> float:
        """Return what the offers are worth to a customer on average, over buying nothing, in money."""
        return sum(
            share * logit.mean_surplus(offered, prices)
            for share, logit in zip(self.lottery.shares, self.classes, strict=True)
        )
