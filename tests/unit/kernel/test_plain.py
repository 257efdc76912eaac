"""Quiet sales: what is not written down at once is written down in time."""

import numpy as np
import pytest

from demandshift.simulator.kernel import books, shelves

BUSY = {
    "segments.all.waiting": None,
    "segments.all.arrivals": {"kind": "poisson", "rate": 90},
    "products.cola.stock": 500,
}


@pytest.mark.parametrize("draws", ["full", "lazy"])
def test_quiet_sales_are_booked_when_a_product_is_settled(opened, draws):
    """If this fails, units that were sold stay in the books, or leave them twice (R16)."""
    kernel = opened({**BUSY, "draws": draws}, 1.75)
    state, inputs = kernel.state, kernel._inputs
    pending = state.products.counted - state.products.on_hand
    assert pending.sum() > 0, "there are quiet sales"
    sold, on_hand = state.products.sold.copy(), state.products.on_hand.copy()
    shelves.settle_all(inputs, state, 1.75)
    assert (state.products.on_hand == on_hand).all()
    assert (state.products.counted == on_hand).all()
    assert (state.products.sold - sold == pending).all()
    assert (state.products.sale_time == 0).all()
    ages = [shelves.units_by_age(state, product) for product in range(len(on_hand))]
    assert ages == on_hand.tolist()


def test_quiet_sales_are_paid_at_the_price_in_force(opened):
    """If this fails, a change of price reaches back to what was sold before."""
    kernel = opened(BUSY, 1.75)
    state, inputs = kernel.state, kernel._inputs
    quiet = np.array(
        [
            sum(
                int(state.books.page_served[inputs.places_of[row]])
                for row in range(offer.first_place, offer.last_place)
            )
            for offer in inputs.offers
        ]
    )
    offer = int(quiet.argmax())
    assert quiet[offer] > 0
    before, price = float(state.offers[offer].page_revenue), float(state.offers[offer].price)
    shelves.set_price(inputs, state, offer, price + 10, 1.75)
    assert float(state.offers[offer].page_revenue) - before == pytest.approx(quiet[offer] * price)
    assert int(state.offers[offer].page_sold) >= quiet[offer]
    served = int(state.books.served.sum())
    books.turn_page(inputs, state)
    assert state.books.page_served.sum() == 0
    assert int(state.books.served.sum()) - served == quiet.sum() - quiet[offer]
