"""Substitution at the end of a season, as the newsvendor literature has it: own demand first, then what moves, once.

With quantities Q, demand D and shares α (Netessine & Rudi 2003, eq. 1; Parlar 1988), of those who miss i a share α_ij
asks for j, and is served from what own demand left there:

    sold_j = min(D_j, Q_j) + min(Σ_i α_ij (D_i − Q_i)⁺, (Q_j − D_j)⁺)
"""

import numpy as np

from ..problem import Floats
from .season import OrderQuestion


def own_demand_first(question: OrderQuestion, quantities: Floats) -> Floats:
    """Return the profit of each draw when own demand is served first and shares of what is left move once.

    The customer-driven program of `orders.py` relaxes this: it promises at least as much.

    Parameters
    ----------
    question
        What is asked, without firm-driven flows.
    quantities
        Units ordered, shape (products,).

    Returns
    -------
    ndarray
        In money, shape (draws,). A product's customers who come from elsewhere are served alike from what is left.
    """
    season = question.season
    size = season.size
    shares = np.zeros((size, size)) if question.shares is None else question.shares
    stock = quantities + season.each(season.opening_stock)
    missing = np.maximum(season.demand - stock, 0)
    left = np.maximum(stock - season.demand, 0)
    coming = missing @ shares
    served = np.minimum(coming, left)
    # Who comes to j and is served, by origin: in proportion to who comes.
    rate = np.divide(served, coming, out=np.zeros_like(served), where=coming > 0)
    penalty = season.each(season.lost_sale_penalty)
    lost = missing * (1 - rate @ shares.T)
    sold = np.minimum(season.demand, stock) + served
    money: Floats = (
        sold @ season.each(season.price)
        + (stock - sold) @ season.left_over_worth
        - lost @ penalty
        - quantities @ season.each(season.unit_cost)
    )
    return money
