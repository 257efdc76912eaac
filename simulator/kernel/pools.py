"""Places that are taken and given back, and keys that are counted: what the kernel has in place of dictionaries."""

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
    if key < table.direct.shape[0]:
        table.direct[key] += 1
    else:
        _add(table, key, 1)


@inlined
def move_counts(old: Counts, new: Counts) -> None:
    """Count everything of one hash table in another, larger and empty one, which is modified in place."""
    for place in range(old.rows.shape[0]):
        row = old.rows[place]
        if row.count > 0:
            _add(new, row.key_and_one - 1, row.count)


@compiled
def _add(table: Counts, key: int, number: int) -> None:
    rows = table.rows
    mask = rows.shape[0] - 1
    place = _spread(key) & mask
    while rows[place].key_and_one != key + 1:
        if rows[place].key_and_one == 0:
            rows[place].key_and_one = key + 1
            table.length[0] += 1
            break
        place = (place + 1) & mask
    rows[place].count += number


@inlined
def _spread(key: int) -> int:
    """Return a number of at least 0 whose low bits depend on all bits of a key of at least 0.

    No product exceeds 63 bits, so that plain Python and compiled code find the same place.
    """
    mixed = (key & 0xFFFFFFF) * 2654435761 + (key >> 28) * 40503
    return mixed ^ (mixed >> 23)
