"""The engines, by name. Both leave the same ledger (R15)."""

from typing import Protocol

from .customer_files import CustomerWriter
from .ledger import Ledger
from .stories import TakeLog
from .world import World

ENGINES = ("kernel", "loop")
"""`kernel`, the compiled engine, is the default; `loop` is the readable one, the book of rules."""


class Replicate(Protocol):
    """Runs any replication of a world."""

    def __call__(self, seed: int, replication: int, take_log: TakeLog | None = None) -> Ledger:
        """Return a replication's checked ledger; `take_log`, where given, is handed every customer's story."""
        ...


def prepared(engine: str, world: World) -> Replicate:
    """Return what runs any replication of a world.

    Parameters
    ----------
    engine : str
        One of `ENGINES`.
    world : World
        What to simulate.

    Raises
    ------
    ValueError
        If there is no such engine.
    EngineError
        If the engine cannot run this world; nothing falls back to another one.
    """
    # Who runs one engine need not load, let alone compile, the other one.
    if engine == "loop":
        from .loop import Loop

        def replicate(seed: int, replication: int, take_log: TakeLog | None = None) -> Ledger:
            return Loop(world, seed, replication, take_log=take_log).run()

        return replicate
    if engine != "kernel":
        raise ValueError(f"there is no engine {engine!r} (known: {', '.join(ENGINES)})")
    from .build.compiled import build_inputs
    from .kernel.engine import Kernel
    from .kernel.ready import make_ready

    inputs = build_inputs(world)
    make_ready()

    def replicate_compiled(seed: int, replication: int, take_log: TakeLog | None = None) -> Ledger:
        return Kernel(world, inputs, seed, replication, take_log=take_log).run()

    return replicate_compiled


def check_and_compile(engine: str, world: World) -> None:
    """Say what an engine cannot do, and compile it where it is not: once, before other processes do the work.

    Parameters
    ----------
    engine : str
        One of `ENGINES`.
    world : World
        What they will simulate.

    Raises
    ------
    ValueError
        If there is no such engine.
    EngineError
        If the engine cannot run this world.
    """
    if engine != "kernel":
        prepared(engine, world)
        return
    from .build.compiled import build_inputs
    from .kernel.ready import make_ready

    build_inputs(world)
    make_ready()


def simulate(replicate: Replicate, world: World, seed: int, replication: int, writer: CustomerWriter | None) -> Ledger:
    """Run one replication, and keep its customers where a writer is given."""
    if writer is None:
        return replicate(seed, replication)
    with writer.writing(world, replication) as take_log:
        return replicate(seed, replication, take_log)
