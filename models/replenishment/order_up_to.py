"""Periodic review (R, S): at each review, order what brings the inventory position up to the level.

With x_i the position of product i (on hand plus on order less back-orders) and S_i(t) its level, the order is
max(0, S_i(t) − x_i). For one product with linear holding and back-order costs and no fixed cost of an order this is
optimal (Arrow, Karlin & Scarf 1958; Zipkin 2000, ch. 9); S then is a newsvendor quantity for the demand over lead
time and review period. Levels for a service level come from `targets`.
"""

from collections.abc import Callable, Sequence

from ..observation import Observation


class OrderUpTo:
    """Order up to a level: an `OrderingPolicy`.

    Parameters
    ----------
    level
        Level S of a product, in units, as a function of its position among the products that the policy decides for
        and of the time, in time units.
    """

    def __init__(self, level: Callable[[int, float], int]) -> None:
        self._level = level

    def quantities(self, observation: Observation) -> Sequence[float]:
        """Return what lacks to the level, in units, by product; 0 where the position is at or above it."""
        return [
            max(0, self._level(product, observation.now) - observation.position(product))
            for product in range(len(observation.products))
        ]


def constant_levels(levels: Sequence[int]) -> Callable[[int, float], int]:
    """Return the function for `OrderUpTo` whose levels never change.

    Parameters
    ----------
    levels
        Level of each product, in units, in the order in which the policy sees them.
    """
    fixed = tuple(levels)

    def level(product: int, now: float) -> int:  # noqa: ARG001 (the same at all times)
        return fixed[product]

    return level
