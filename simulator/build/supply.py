"""Settled supply → what the supplier of a product asks for."""

from dataclasses import dataclass

from ...models.distribution import Duration
from ...models.replenishment.rounding import order_units
from ...scenarios.settled import Settled
from .durations import build_duration


@dataclass(frozen=True, slots=True)
class SupplyTerms:
    """One product's supply; fulfils `demandshift.simulator.world.Supply`."""

    slot: int
    """The product's place in the base scenario (R14)."""
    lead_time: Duration
    order_cost: float
    """Fixed cost of one order, in money."""
    pack: int
    minimum: int

    def order_units(self, wanted: float) -> int:
        """Return the whole units to order when `wanted` units are needed (R3)."""
        return order_units(wanted, self.pack, self.minimum)


def build_supplies(settled: Settled) -> list[SupplyTerms]:
    """Return the supply of every product."""
    slot_of = {name: slot for slot, name in enumerate(settled.slots.products)}
    return [
        SupplyTerms(
            slot=slot_of[product.name],
            lead_time=build_duration(product.supply.lead_time),
            order_cost=product.supply.order_cost,
            pack=product.supply.pack,
            minimum=product.supply.minimum,
        )
        for product in settled.products
    ]
