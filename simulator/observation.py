"""From the shelves to what a firm may see of them."""

from collections.abc import Sequence

from ..models.observation import Observation
from ..models.problem import Problem
from .state import Shelves


def observe(problem: Problem, shelves: Shelves, firm: int, products: Sequence[int], now: float) -> Observation:
    """Return a firm's view of some of its products and all of its offers.

    Parameters
    ----------
    problem : Problem
        Where the names are.
    shelves : Shelves
        Settled up to `now` here, so that times without stock are whole.
    firm : int
        Whose view it is.
    products : sequence of int
        The products that it decides for.
    now : float
        The time, in time units.
    """
    for product in products:
        shelves.settle_product(product, now)
    own_offers = [offer for offer, owner in enumerate(problem.offers.firm.tolist()) if owner == firm]
    return Observation(
        now=now,
        products=[problem.products.names[product] for product in products],
        on_hand=[shelves.on_hand[product] for product in products],
        on_order=[shelves.on_order[product] for product in products],
        back_orders=[shelves.back_orders[product] for product in products],
        sold=[shelves.sold[product] for product in products],
        out_of_stock=[shelves.out_time[product] for product in products],
        offers=[problem.offers.names[offer] for offer in own_offers],
        prices=[shelves.price[offer] for offer in own_offers],
        public_prices={
            name: shelves.price[offer] for offer, name in enumerate(problem.offers.names) if shelves.open[offer]
        },
    )
