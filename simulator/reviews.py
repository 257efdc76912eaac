"""Asking an ordering policy: what it sees, what it answers, and what of that is ordered."""

from collections.abc import Iterator
from math import isfinite

from .observation import Observer
from .world import Replenishment, World


def orders(world: World, observer: Observer, replenishment: Replenishment, now: float) -> Iterator[tuple[int, int]]:
    """Yield product and whole units, above 0, of each order that a policy wants to place now.

    Raises
    ------
    ValueError
        If the policy does not answer with one finite quantity for each product.
    """
    products = replenishment.products
    firm = int(world.problem.products.firm[products[0]])
    quantities = replenishment.policy.quantities(observer.observe(firm, products, now))
    owner = f"ordering policy of firm {world.problem.firms.names[firm]!r}"
    require_one_each(owner, "quantities", len(quantities), len(products))
    for product, wanted in zip(products, quantities, strict=True):
        if not isfinite(wanted):
            raise ValueError(f"{owner} ordered {wanted} units at time {now}")
        units = world.supplies[product].order_units(wanted)
        if units:
            yield product, units


def require_one_each(owner: str, what: str, found: int, wanted: int) -> None:
    """Check that a policy answered for everything that it was asked about.

    Raises
    ------
    ValueError
        If it did not.
    """
    if found != wanted:
        raise ValueError(f"{owner} returned {found} {what} for {wanted}")
