"""Continuous review (s, Q): as soon as the inventory position is at or below s, order Q units, again if need be.

With x the position (on hand plus on order less back-orders), the order at x ≤ s is n·Q with the smallest n such that
x + n·Q > s. With demand unit by unit n is 1; a bigger batch, or a position that starts far below s, needs more. In the
literature this is the (r, nQ) policy (Zipkin 2000, ch. 6; ch. 9 for its optimality with batches). Reorder points for
a service level come from `targets`.
"""

from collections.abc import Sequence

from ..observation import Observation


class ReorderPoint:
    """Order whole multiples of Q at or below s: an `OrderingPolicy`.

    Parameters
    ----------
    reorder_points
        Reorder point s of each product, in units, in the order in which the policy sees them; may be negative where
        customers are written down.
    order_quantities
        Order quantity Q of each product, in units, at least 1.

    Raises
    ------
    ValueError
        When the lengths differ or a quantity is below 1.
    """

    def __init__(self, reorder_points: Sequence[int], order_quantities: Sequence[int]) -> None:
        if len(reorder_points) != len(order_quantities):
            raise ValueError(
                f"order_quantities: needs one for each of the {len(reorder_points)} reorder points "
                f"(got {len(order_quantities)})"
            )
        for quantity in order_quantities:
            if quantity < 1:
                raise ValueError(f"order_quantities: must be at least 1 (got {quantity})")
        self.reorder_points = tuple(reorder_points)
        """Reorder point of each product, in units."""
        self.order_quantities = tuple(order_quantities)
        """Order quantity of each product, in units."""

    def quantities(self, observation: Observation) -> Sequence[float]:
        """Return the smallest multiple of Q that lifts the position above s, in units, by product; 0 above s."""
        result: list[float] = []
        for product in range(len(observation.products)):
            below = self.reorder_points[product] - observation.position(product)
            quantity = self.order_quantities[product]
            result.append((below // quantity + 1) * quantity if below >= 0 else 0)
        return result
