"""Places that are taken and given back, and keys that are counted: what the kernel has in place of dictionaries."""

from ...models.problem import Integers
from ..compiling import compiled, inlined
from .memory import Counts, Pool


@inlined
def take(pool: Pool) -> int:
    """Return a free place; the caller has made sure that there is one. Modified in place."""
    pool.left[0] -= 1
    return int(pool.free[pool.left[0]])


@inlined
def give_back(pool: Pool, place: int) -> None:
    """Let a place be taken again. Modified in place."""
    pool.free[pool.left[0]] = place
    pool.left[0] += 1


@inlined
def count_one(table: Counts, key: int) -> None:
    """Count a key, at least 0, once more; the caller has made sure that there is room. Modified in place."""
    _add(table.keys, table.counts, table.length, key, 1)


@inlined
def move_counts(old: Counts, new: Counts) -> None:
    """Count everything of one table in another, larger and empty one, which is modified in place."""
    for place in range(old.keys.shape[0]):
        if old.keys[place] >= 0:
            _add(new.keys, new.counts, new.length, old.keys[place], old.counts[place])


@compiled
def _add(keys: Integers, counts: Integers, length: Integers, key: int, number: int) -> None:
    mask = keys.shape[0] - 1
    place = _spread(key) & mask
    while keys[place] != key:
        if keys[place] < 0:
            keys[place] = key
            length[0] += 1
            break
        place = (place + 1) & mask
    counts[place] += number


@inlined
def _spread(key: int) -> int:
    """Return a number of at least 0 whose low bits depend on all bits of a key of at least 0.

    No product exceeds 63 bits, so that plain Python and compiled code find the same place.
    """
    mixed = (key & 0xFFFFFFF) * 2654435761 + (key >> 28) * 40503
    return mixed ^ (mixed >> 23)
