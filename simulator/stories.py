"""Customers' stories, a row each: what `customers: keep` keeps, and how an engine hands them over."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from .visitor import Visitor

STORY = np.dtype(
    [
        ("number", np.int64),
        ("segment", np.int64),
        ("person", np.int64),
        ("first_visit", np.float64),
        ("cohort", np.int64),
        ("origin", np.int64),
        ("cause", np.int64),
        ("outcome", np.int64),
        ("destination", np.int64),
        ("time", np.float64),
        ("price", np.float64),
        ("surplus", np.float64),
    ],
    align=True,
)
"""One customer's story.

- `number` by first visits, over all segments; `segment`; `person`, the number that draws belong to (R14)
- `first_visit`, and whether it counts: `cohort` (R1)
- `origin`, the offer that was wanted, or `NOBODY` where nothing was; `cause` and `outcome` (R12), which mean something
  only where something was wanted; `destination`, the offer bought, or `NOBODY`
- `time` of the last outcome; the end of the run for those who still wait
- `price` paid, nan where nothing was bought; `surplus` net of transfer cost, 0 where nothing was bought and for models
  without prices
"""

Stories = Any
"""A record array of `STORY`, shape (stories,): numpy's types know no fields."""

TakeLog = Callable[[Stories], None]
"""Takes some customers' stories, in the order of their last outcomes; the rows are overwritten afterwards."""

STORIES_AT_ONCE = 4096
"""Stories that the readable engine gathers before it hands them over."""


class StoryTeller:
    """Gathers the stories of the readable engine and hands them over some thousands at a time.

    Parameters
    ----------
    take : callable, optional
        Where they go; without it nobody asks, and nothing is gathered.
    """

    def __init__(self, take: TakeLog | None) -> None:
        self._take = take
        self._rows: list[tuple[float, ...]] = []

    def tell(
        self,
        visitor: "Visitor",
        origin: int,
        outcome: int,
        destination: int,
        now: float,
        price: float,
        surplus: float,
    ) -> None:
        """Add the story of a customer that ends now; parameters as the fields of `STORY`."""
        if self._take is None:
            return
        who = visitor.number, visitor.view.segment, visitor.person, visitor.first_visit, visitor.cohort
        self._rows.append((*who, origin, visitor.cause, outcome, destination, now, price, surplus))
        if len(self._rows) == STORIES_AT_ONCE:
            self.hand_over()

    def hand_over(self) -> None:
        """Give away the stories gathered so far."""
        if self._take is not None and self._rows:
            self._take(np.array(self._rows, dtype=STORY).view(np.recarray))
            self._rows = []
