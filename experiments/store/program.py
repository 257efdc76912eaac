"""Which program computed a replication: what another one computed may differ in the last digit, or in meaning."""

import hashlib
import importlib.metadata
import platform
from functools import cache
from pathlib import Path

from ...simulator.run import DEPENDENCIES

FOLDERS = ("models", "scenarios", "simulator")
"""Where the sources stand that can touch a figure."""

PACKAGES = ("numba", "numpy", "scipy", "simpy", "pulp", "highspy")
"""Packages that can touch the counts of a replication."""


@cache
def program_version() -> str:
    """Return a hash of all that can touch what a replication leaves, beside its scenario and its seed.

    The sources of the package, the versions of what they compute with, and the kind of machine: mathematical functions
    of another system may differ in the last digit, and a customer who hesitates may then buy something else.
    """
    digest = hashlib.sha256()
    package = Path(__file__).parents[2]
    for source in sorted(file for folder in FOLDERS for file in (package / folder).rglob("*.py")):
        digest.update(source.relative_to(package).as_posix().encode())
        digest.update(source.read_bytes())
    python = ".".join(platform.python_version_tuple()[:2])
    for fact in (python, platform.system(), platform.machine(), *map(importlib.metadata.version, PACKAGES)):
        digest.update(f"\0{fact}".encode())
    return digest.hexdigest()[:32]


@cache
def versions() -> dict[str, str]:
    """Return the versions that a manifest names."""
    return {
        "demandshift": importlib.metadata.version("demandshift"),
        "python": platform.python_version(),
        **{name: importlib.metadata.version(name) for name in DEPENDENCIES},
    }
