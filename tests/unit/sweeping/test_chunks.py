"""How work is cut into tasks: all of it once, points whole where they can be."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from demandshift.experiments.sweeping.chunks import Chunks
from demandshift.experiments.sweeping.work import Share


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    sizes=st.lists(st.integers(1, 60), min_size=1, max_size=20),
    workers=st.integers(1, 5),
    seconds=st.one_of(st.none(), st.floats(1e-5, 10)),
)
def test_all_is_done_once(sizes: list[int], workers: int, seconds: float | None):
    """If this fails, a replication is left out, done twice, or a task is empty and the sweep never ends."""
    chunks = Chunks(Share(str(point), 0, size) for point, size in enumerate(sizes))
    if seconds is not None:
        chunks.learn(10, 10 * seconds)
    done = []
    while chunks:
        task = chunks.next_task(workers)
        assert task
        done += [(share.hash, number) for share in task for number in range(share.first, share.last)]
    assert done == [(str(point), number) for point, size in enumerate(sizes) for number in range(size)]


def test_points_stay_whole_unless_they_are_long():
    """If this fails, worlds are built twice for nothing, or one long point leaves other workers idle."""
    quick = Chunks(Share(str(point), 0, 20) for point in range(100))
    quick.learn(20, 0.2)
    assert [share.last - share.first for share in quick.next_task(2)] == [20, 20], "half a second"
    slow = Chunks(Share(str(point), 0, 20) for point in range(100))
    slow.learn(20, 2.0)
    assert slow.next_task(2) == [Share("0", 0, 20)], "two seconds, and whole"
    long = Chunks([Share("0", 0, 1000)])
    long.learn(10, 2.0)
    assert long.next_task(2) == [Share("0", 0, 20)], "four seconds"
    few = Chunks([Share("0", 0, 16)])
    few.learn(10, 0.01)
    assert few.next_task(2) == [Share("0", 0, 2)], "each worker gets its part"
