"""NamedTuples that compiled code takes by reference: it must find the arrays, all of them and no others."""

import copy
import pickle

import numba
import numpy as np
import pytest

from demandshift.simulator.kernel.by_reference import Reference, assembled, changed, type_of
from demandshift.simulator.kernel.engine import Kernel
from demandshift.simulator.kernel.facts import Inputs
from demandshift.simulator.kernel.memory import Pool, State


@numba.njit
def read(pool, state, product):
    """Return what compiled code sees through one and two references, in one, two and three dimensions."""
    books = state.books
    return (
        pool.free[1] + pool.left.shape[0],
        state.products[product].on_hand,
        books.heads[0, 4],
        books.timeline_offers[1, 2, 3],
        books.timeline_offers.shape[2],
    )


def pool(**arrays):
    """Return a pool, some of whose arrays are others."""
    usual = {name: np.arange(8, dtype=np.int64) for name in ("free", "left")}
    return assembled(Pool, **{**usual, **arrays})


def test_compiled_code_finds_every_array(kernel_of):
    """If this fails, compiled code reads one array for another, or past its end."""
    state = kernel_of().state
    state.products.on_hand[2] = 17
    state.books.heads[0, 4] = 5
    state.books.timeline_offers[1, 2, 3] = 0.5
    assert read(pool(), state, 2) == (9, 17, 5, 0.5, 6)


@pytest.mark.parametrize(
    "wrong",
    [np.zeros(8, dtype=np.int32), np.zeros(8), np.zeros((2, 4), dtype=np.int64), np.zeros(16, dtype=np.int64)[::2]],
    ids=["narrower", "floats", "two dimensions", "with gaps"],
)
def test_an_array_of_another_type_is_refused(wrong):
    """If this fails, compiled code reads bits of another meaning without anybody noticing."""
    with pytest.raises(TypeError, match=r"Pool\.left: .* is not array"):
        pool(left=wrong)


def test_a_changed_copy_leaves_the_original():
    """If this fails, growing a pool changes the memory that is still in use, or the copy still points to it."""
    original = pool()
    other = changed(original, left=np.full(3, 9, dtype=np.int64))
    assert (len(original.left), len(other.left)) == (8, 3)
    assert other.free is original.free
    assert other.address != original.address
    assert other.table.tolist() != original.table.tolist()
    assert other.table.tolist()[:2] == [original.free.ctypes.data, 8]


@pytest.mark.parametrize("copied", [lambda value: pickle.loads(pickle.dumps(value)), copy.deepcopy, copy.copy])
def test_copies_know_their_own_arrays(copied):
    """If this fails, a worker process reads memory that is not its own."""
    original = pool()
    other = copied(original)
    assert other.address == other.table.ctypes.data != original.table.ctypes.data
    assert other.table[0] == other.free.ctypes.data
    assert np.array_equal(other.free, original.free)


def test_inputs_from_another_process_leave_the_same_ledger(kernel_of, world_of):
    """If this fails, the number of processes changes figures."""
    kernel = kernel_of()
    inputs = pickle.loads(pickle.dumps(kernel._inputs))
    ledger, other = kernel.run(), Kernel(world_of(), inputs, 1, 0).run()
    assert np.array_equal(other.flows, ledger.flows)
    assert np.array_equal(other.product_money, ledger.product_money)


def test_types_come_back_by_name():
    """If this fails, compiled code that is loaded from disk belongs to types that nothing else has."""
    for group in (Inputs, State, Pool):
        kind = type_of(group)
        assert isinstance(kind, Reference)
        assert pickle.loads(pickle.dumps(kind)) is kind
