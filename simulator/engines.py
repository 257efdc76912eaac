"""The engines, by name. Both leave the same ledger (R15)."""

from collections.abc import Callable

from .ledger import Ledger
from .loop import Loop
from .world import World

ENGINES = ("kernel", "loop")
"""`kernel`, the compiled engine, is the default; `loop` is the readable one, the book of rules."""

Replicate = Callable[[int, int], Ledger]
"""Runs one replication, given the seed and its number, and returns its checked ledger."""


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
    if engine == "loop":
        return lambda seed, replication: Loop(world, seed, replication).run()
    if engine != "kernel":
        raise ValueError(f"there is no engine {engine!r} (known: {', '.join(ENGINES)})")
    # Who runs the readable engine need not load, let alone compile, the other one.
    from .build.compiled import build_inputs
    from .kernel.engine import Kernel
    from .kernel.ready import make_ready

    inputs = build_inputs(world)
    make_ready()
    return lambda seed, replication: Kernel(world, inputs, seed, replication).run()
