"""Replications one after the other, in this process or in several: the same in the same order either way (R15)."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from .customer_files import CustomerWriter
from .engines import check_and_compile, prepared, simulate
from .ledger import Ledger
from .world import World

Made = TypeVar("Made", covariant=True)


class Work(Protocol[Made]):
    """What every process is given once, to make any replication of it; picklable."""

    def check(self) -> None:
        """Say what an engine cannot do, and compile it where it is not, before other processes do the work."""
        ...

    def ready(self) -> Callable[[int], Made]:
        """Return what makes a replication, given its number; called once in a process."""
        ...

    def take_failures(self) -> list[str]:
        """Return what policies say that they could not do since they were asked last."""
        ...


@dataclass(frozen=True, slots=True)
class LedgerWork:
    """The ledgers of one world."""

    engine: str
    world: World
    seed: int
    writer: CustomerWriter | None = None
    """Keeps every customer."""

    def check(self) -> None:
        """Say what the engine cannot do, and compile it."""
        check_and_compile(self.engine, self.world)

    def ready(self) -> Callable[[int], Ledger]:
        """Return what makes the ledger of a replication."""
        replicate = prepared(self.engine, self.world)
        return lambda replication: simulate(replicate, self.world, self.seed, replication, self.writer)

    def take_failures(self) -> list[str]:
        """Return what the world's policies could not do."""
        return self.world.take_failures()


def made(work: Work[Made], replications: Sequence[int], jobs: int, failures: list[str]) -> Iterator[Made]:
    """Yield what work makes of replications, in their order.

    Parameters
    ----------
    work : Work
        What to do.
    replications : sequence of int
        Their numbers.
    jobs : int
        How many processes.
    failures : list of str
        Is given what policies could not do.
    """
    if jobs == 1 or len(replications) < 2:
        make = work.ready()
        for replication in replications:
            yield make(replication)
            failures.extend(work.take_failures())
        return
    from .processes import made_by_many

    work.check()
    yield from made_by_many(work, replications, jobs, failures)
