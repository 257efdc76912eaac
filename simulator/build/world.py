"""A settled scenario, and what a user put in by hand, become the world that an engine runs."""

from collections.abc import Mapping
from dataclasses import replace

from ...models.choice.protocols import AttemptChoice, SurplusChoice
from ...models.observation import OrderingPolicy, PricingPolicy
from ...models.problem import UNLIMITED_STOCK
from ...scenarios.schema.ordering import ProgramOrders
from ...scenarios.schema.pricing import ProgramPrice
from ...scenarios.settled import Settled
from ..world import Replenishment, Repricing, World
from .groundwork import Groundwork, lay_groundwork
from .segments import build_arrivals, build_patience


def build_world(
    settled: Settled,
    *,
    ordering: Mapping[str, OrderingPolicy] | None = None,
    pricing: Mapping[str, PricingPolicy] | None = None,
    choices: Mapping[str, SurplusChoice | AttemptChoice] | None = None,
) -> World:
    """Return the world of a scenario.

    Parameters
    ----------
    settled : Settled
        The scenario, with nothing left to look up.
    ordering, pricing : mapping of firm to policy, optional
        Policies made by hand, with an attribute `review_every` (time between decisions, in time units); they replace
        the firm's own for all of its products with limited stock, and set the prices of all of its offers.
    choices : mapping of segment to choice model, optional
        Choice models made by hand; positions count the offers that the segment considers.

    Raises
    ------
    ValueError
        If a firm or segment is not in the scenario, or an object does not fulfil its protocol.
    """
    _require_known("segment", choices or {}, tuple(segment.name for segment in settled.segments))
    ground = lay_groundwork(settled, choices)
    ordered, repriced = _by_programs(ground)
    world = World(
        problem=ground.problem,
        arrivals=[build_arrivals(segment, settled.head) for segment in settled.segments],
        choices=ground.choices,
        patience=[build_patience(segment) for segment in settled.segments],
        supplies=ground.supplies,
        replenishments=[*ground.replenishments, *ordered],
        planned_orders=ground.planned,
        season_buys=ground.season,
        repricings=repriced,
    )
    for firm, policy in (ordering or {}).items():
        world = _with_ordering(world, firm, policy)
    for firm, pricing_policy in (pricing or {}).items():
        world = _with_pricing(world, firm, pricing_policy)
    return world


def _by_programs(ground: Groundwork) -> tuple[list[Replenishment], list[Repricing]]:
    """Return what programs decide, ordering and pricing; a scenario without any need not load what solves them."""
    parts = (
        *(firm.pricing for firm in ground.settled.firms.values()),
        *(each.ordering for each in ground.settled.products),
    )
    if not any(isinstance(part, ProgramOrders | ProgramPrice) for part in parts):
        return [], []
    from .programs import build_program_orders, build_repricings

    return build_program_orders(ground), build_repricings(ground)


def _with_ordering(world: World, firm: str, policy: OrderingPolicy) -> World:
    """Return the world with a firm's ordering replaced."""
    _require_known("firm", {firm: policy}, world.problem.firms.names)
    every = _review_every(policy, "quantities", f"ordering policy of firm {firm!r}")
    owner = world.problem.firms.names.index(firm)
    products = world.problem.products
    own = tuple(
        product
        for product in range(len(products.names))
        if products.firm[product] == owner and products.opening_stock[product] != UNLIMITED_STOCK
    )
    if not own:
        raise ValueError(f"firm {firm!r} has no product with limited stock to order")
    others = [each for each in world.replenishments if each.products[0] not in own]
    return replace(
        world,
        replenishments=[*others, Replenishment(own, policy, every)],
        planned_orders=[order for order in world.planned_orders if order.product not in own],
        season_buys=[order for order in world.season_buys if order.product not in own],
    )


def _with_pricing(world: World, firm: str, policy: PricingPolicy) -> World:
    """Return the world with a firm's pricing replaced."""
    _require_known("firm", {firm: policy}, world.problem.firms.names)
    every = _review_every(policy, "prices", f"pricing policy of firm {firm!r}")
    owner = world.problem.firms.names.index(firm)
    offers = world.problem.offers
    scheduled = [
        offers.names[offer]
        for offer in range(len(offers.names))
        if offers.firm[offer] == owner and offers.change_start[offer + 1] > offers.change_start[offer]
    ]
    if scheduled:
        raise ValueError(
            f"firm {firm!r} has scheduled prices for {', '.join(scheduled)}; "
            "set its pricing to {kind: fixed} before handing in a pricing policy"
        )
    others = [each for each in world.repricings if each.firm != owner]
    return replace(world, repricings=[*others, Repricing(owner, policy, every)])


def _review_every(policy: object, method: str, owner: str) -> float:
    if not callable(getattr(policy, method, None)):
        raise ValueError(f"{owner} needs a method {method}(observation) (got {type(policy).__name__})")
    every = getattr(policy, "review_every", None)
    if isinstance(every, bool) or not isinstance(every, (int, float)) or not every > 0:
        raise ValueError(f"{owner} needs an attribute review_every above 0, in time units (got {every!r})")
    return float(every)


def _require_known(what: str, given: Mapping[str, object], known: tuple[str, ...]) -> None:
    for name in given:
        if name not in known:
            raise ValueError(f"there is no {what} {name!r} in the scenario (known: {', '.join(known)})")
