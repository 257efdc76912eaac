"""Settled scenario → problem: names become positions, tuples become read-only arrays."""

from collections.abc import Sequence
from math import inf, nan

import numpy as np

from ...models.problem import (
    UNLIMITED_STOCK,
    Firms,
    Floats,
    Integers,
    Offers,
    Problem,
    Products,
    Segments,
    Transfer,
    frozen_problem,
    ragged,
)
from ...scenarios.schema.base import UNLIMITED
from ...scenarios.settled import Settled


def build_problem(settled: Settled) -> Problem:
    """Return the problem of a settled scenario."""
    head = settled.head
    return frozen_problem(
        Problem(
            horizon=float(head.horizon),
            warm_up=float(head.warm_up),
            report_every=float(head.report_every),
            firms=_firms(settled),
            products=_products(settled),
            offers=_offers(settled),
            segments=_segments(settled),
        )
    )


def _firms(settled: Settled) -> Firms:
    firms = list(settled.firms.values())
    focal = np.array([firm.focal for firm in firms])
    if not focal.any():
        focal[0] = True
    services = [firm.service.back_orders for firm in firms]
    return Firms(
        names=tuple(settled.firms),
        focal=focal,
        back_orders=np.array([service is not None for service in services]),
        promises=np.array([service is not None and service.promise for service in services]),
        back_order_limit=_whole(
            [-1 if service is None or service.limit is None else service.limit for service in services]
        ),
    )


def _products(settled: Settled) -> Products:
    firm_at = {name: position for position, name in enumerate(settled.firms)}
    parts = [product.specification for product in settled.products]
    worth = [part.salvage if settled.head.valuation == "salvage" else part.cost for part in parts]
    return Products(
        names=tuple(product.name for product in settled.products),
        firm=_whole([firm_at[product.firm] for product in settled.products]),
        unit_cost=_real([part.cost for part in parts]),
        holding_cost=_real([part.holding_cost for part in parts]),
        salvage=_real([part.salvage for part in parts]),
        disposal_cost=_real([part.disposal_cost for part in parts]),
        lost_sale_penalty=_real([part.lost_sale_penalty for part in parts]),
        back_order_penalty=_real([part.back_order_penalty for part in parts]),
        shelf_life=_real([inf if part.shelf_life is None else part.shelf_life for part in parts]),
        opening_stock=_whole([UNLIMITED_STOCK if part.stock == UNLIMITED else int(part.stock) for part in parts]),
        closing_value=_real(worth),
    )


def _offers(settled: Settled) -> Offers:
    firm_at = {name: position for position, name in enumerate(settled.firms)}
    product_at = {product.name: position for position, product in enumerate(settled.products)}
    offers = settled.offers
    use_start, use_product = ragged([[product_at[name] for name, _ in offer.uses] for offer in offers])
    _, use_units = ragged([[units for _, units in offer.uses] for offer in offers])
    window_start, opens = ragged([[window[0] for window in offer.windows] for offer in offers])
    _, closes = ragged([[window[1] for window in offer.windows] for offer in offers])
    change_start, change_time = ragged([[change[0] for change in offer.price_changes] for offer in offers])
    _, change_price = ragged([[change[1] for change in offer.price_changes] for offer in offers])
    protection_start, protection_time = ragged([[step[0] for step in offer.protection] for offer in offers])
    _, protection_level = ragged([[step[1] for step in offer.protection] for offer in offers])
    return Offers(
        names=tuple(offer.name for offer in offers),
        firm=_whole([firm_at[offer.firm] for offer in offers]),
        price=_real([offer.price for offer in offers]),
        use_start=use_start,
        use_product=use_product.astype(np.int64),
        use_units=use_units.astype(np.int64),
        window_start=window_start,
        window_opens=opens,
        window_closes=closes,
        change_start=change_start,
        change_time=change_time,
        change_price=change_price,
        change_announced=np.array([offer.announced for offer in offers]),
        protection_start=protection_start,
        protection_time=protection_time,
        protection_level=protection_level.astype(np.int64),
    )


def _segments(settled: Settled) -> Segments:
    firm_at = {name: position for position, name in enumerate(settled.firms)}
    offer_at = {offer.name: position for position, offer in enumerate(settled.offers)}
    slot_of = {name: slot for slot, name in enumerate(settled.slots.segments)}
    segments = settled.segments
    consider_start, considered = ragged([[offer_at[name] for name in each.considers] for each in segments])
    cost = np.zeros((len(segments), len(Transfer)))
    for row, each in enumerate(segments):
        costs = each.specification.transfer_cost
        cost[row, Transfer.SUBSTITUTIVE] = costs.substitutive
        cost[row, Transfer.COMPETITIVE] = costs.competitive
        cost[row, Transfer.STRATEGIC] = costs.strategic
    homes = [each.home for each in segments]
    waiting = [each.specification.waiting for each in segments]
    return Segments(
        names=tuple(each.name for each in segments),
        slot=_whole([slot_of[each.name] for each in segments]),
        consider_start=consider_start,
        consider_offer=considered.astype(np.int64),
        transfer_cost=cost,
        home_offer=_whole([offer_at[home[1]] if home is not None and home[0] == "offer" else -1 for home in homes]),
        home_firm=_whole([firm_at[home[1]] if home is not None and home[0] == "firm" else -1 for home in homes]),
        waits=np.array([each is not None for each in waiting]),
        discount=_real([1.0 if each is None else each.discount for each in waiting]),
        longest_wait=_real([0.0 if each is None else each.up_to for each in waiting]),
        believed_chance=_real([1.0 if each is None else each.chance for each in waiting]),
        expected_delay=_real(
            [nan if each is None or each.expected_delay is None else each.expected_delay for each in waiting]
        ),
    )


def _whole(values: Sequence[int]) -> Integers:
    return np.array(values, dtype=np.int64)


def _real(values: Sequence[float]) -> Floats:
    return np.array(values, dtype=np.float64)
