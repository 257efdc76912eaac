"""A process that has everything loaded and forks sweeps that are to be killed: a start takes far longer than a sweep.

Each line of the input, the name of a store, starts a sweep in a child; its process is told, and then, after each step,
how many replications are done and stored.
"""

import json
import os
import sys

import demandshift as ds
from demandshift.simulator.kernel.ready import make_ready


def tell(*words: object) -> None:
    """Write a line at once: who is killed in the middle of it must not leave half a line."""
    os.write(sys.stdout.fileno(), (" ".join(map(str, words)) + "\n").encode())


def main() -> None:
    """Fork a sweep for each line."""
    asked = json.loads(sys.argv[1])
    scenario = ds.load(asked["file"])
    make_ready()
    ds.sweep(scenario, {"horizon": [2, 3]}, replications=1, seed=2)
    tell("ready")
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            found = ds.sweep(
                scenario,
                asked["over"],
                seed=1,
                store=line.strip(),
                progress=lambda done, planned: tell("done", os.getpid(), done, planned),
            )
            tell("finished", os.getpid(), found.manifest["taken_from_store"], found.manifest["computed"])
            os._exit(0)
        tell("child", child)
        os.waitpid(child, 0)
        tell("ended", child)


if __name__ == "__main__":
    main()
