"""Random numbers in blocks: the same keys as the engines' draws, many persons at a time, by compiled code.

What a good program without keyed draws would ask `numpy.random` for; who times it knows what the random numbers alone
cost.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from demandshift.models.chance import Purpose
from demandshift.models.choice.lazy_logit import LazyLogit
from demandshift.models.choice.logit import Logit
from demandshift.models.demand.poisson import GAP_SLOT, THINNING_SLOT
from demandshift.simulator.compiling import entrance
from demandshift.simulator.kernel.draws import fill_bits, fill_exponentials, fill_uniforms
from demandshift.simulator.lazy_race import FAVOURITE_SLOT, SPLIT_SLOT
from demandshift.simulator.world import World

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Booleans = npt.NDArray[np.bool_]

PERSONS = 4096
"""Persons in a block: enough to forget what a call costs, few enough for their numbers to stay in the cache."""

TYPE_SLOT = 0


@entrance
def _fill(
    seed: int,
    replication: int,
    purpose: int,
    segment: int,
    slots: Integers,
    uniform: Booleans,
    persons: Integers,
    bits: Integers,
    result: Floats,
) -> None:
    """Write the draws of increasing `slots` of all `persons` into `result`, shape (slots, persons), in place.

    Those marked in `uniform`, shape (slots,), are uniform and the others exponential. `bits`, shape (2, persons), is
    overwritten: neighbouring slots are made from one block of the generator.
    """
    block = -1
    for row in range(slots.shape[0]):
        slot = slots[row]
        if slot >> 1 != block:
            block = slot >> 1
            fill_bits(seed, replication, purpose, segment, block, persons, bits[0], bits[1])
        if uniform[row]:
            fill_uniforms(bits[slot & 1], result[row])
        else:
            fill_exponentials(seed, replication, purpose, segment, slot, persons, bits[slot & 1], result[row])


class Blocks:
    """Some draws of one segment's customers at their first visit, `PERSONS` customers at a time.

    Parameters
    ----------
    seed, replication, segment, purpose
        The key (R14).
    exponential, uniform
        Slots that are drawn as standard exponentials, and as uniforms.
    """

    def __init__(
        self,
        seed: int,
        replication: int,
        segment: int,
        purpose: Purpose,
        exponential: Sequence[int] = (),
        uniform: Sequence[int] = (),
    ) -> None:
        self._key = (seed, replication, int(purpose), segment)
        self._slots = np.array(sorted({*exponential, *uniform}))
        self._uniform = np.isin(self._slots, np.array(uniform, dtype=np.int64))
        self._bits = np.empty((2, PERSONS), dtype=np.int64)
        self._result = np.empty((len(self._slots), PERSONS))

    def draw(self, first_person: int, persons: int = PERSONS) -> Floats:
        """Return the draws of some persons, by increasing slot, shape (slots, persons); kept until the next call."""
        result = self._result[:, :persons]
        numbers = np.arange(first_person, first_person + persons)
        _fill(*self._key, self._slots, self._uniform, numbers, self._bits[:, :persons], result)
        return result


def draw_all(world: World, seed: int, replication: int, customers: Sequence[int]) -> None:
    """Draw what every customer of a world with constant rates draws, and do nothing with it.

    That is the gap before he comes and whether he is thinned out; in a full race a taste for each considered offer and
    for buying nothing, in a lazy one the favourite and its surplus, and without prices his type. What only some
    customers draw, those who are turned away or wait, is left out.

    Parameters
    ----------
    world : World
        The world.
    seed, replication : int
        The rest of the key (R14).
    customers : sequence of int
        How many there are, by segment.
    """
    for segment, choice in enumerate(world.choices):
        slot = int(world.problem.segments.slot[segment])
        arrivals = Blocks(seed, replication, slot, Purpose.ARRIVAL, exponential=[GAP_SLOT], uniform=[THINNING_SLOT])
        if isinstance(choice, Logit):
            tastes = [choice.outside_slot, *choice.taste_slots]
            wishes = Blocks(seed, replication, slot, Purpose.TASTE, exponential=tastes)
        elif isinstance(choice, LazyLogit):
            wishes = Blocks(seed, replication, slot, Purpose.RACE, uniform=[FAVOURITE_SLOT, SPLIT_SLOT])
        else:
            wishes = Blocks(seed, replication, slot, Purpose.TYPE, uniform=[TYPE_SLOT])
        for first in range(0, customers[segment], PERSONS):
            persons = min(PERSONS, customers[segment] - first)
            arrivals.draw(first, persons)
            wishes.draw(first, persons)
