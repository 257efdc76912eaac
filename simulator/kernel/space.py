"""Whether the kernel's memory has room for what comes next."""

from ..compiling import compiled, inlined
from .line import most_uses
from .memory import State

_SPARE = 8
"""More places than one event or customer takes in any pool, beside those that grow with the uses of an offer."""


@compiled
def has_room(state: State) -> bool:
    """Return whether every pool has room for whatever one customer or event can need."""
    in_use = state.visitors.shape[0] - state.visitor_pool.left[0]
    flows, willing = state.books.flows, state.books.willing
    return bool(
        state.agenda.pool.left[0] > _SPARE + most_uses(state)
        and state.batch_pool.left[0] > _SPARE
        and state.order_pool.left[0] > _SPARE
        and state.visitor_pool.left[0] > _SPARE
        # A delivery may conclude with everybody who waits; a hash table wants half of its places empty.
        and 2 * (flows.length[0] + in_use + _SPARE) < flows.rows.shape[0]
        and 2 * (willing.length[0] + _SPARE) < willing.rows.shape[0]
    )


@inlined
def log_has_room(state: State) -> bool:
    """Return whether the log, if there is one, has room for whatever one customer or event can tell."""
    in_use = state.visitors.shape[0] - state.visitor_pool.left[0]
    capacity = state.books.log.shape[0]
    return bool(capacity == 0 or state.moment[0].log_length + in_use + _SPARE < capacity)
