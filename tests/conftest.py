"""What holds for all tests."""

import pytest

from demandshift.simulator.kernel.ready import make_ready

NOT_COUNTED = ("tests/docs/test_code_blocks.py",)
"""Tests that run much and show nothing to the count of branches that the others do not."""


def pytest_configure(config: pytest.Config) -> None:
    """Have the kernel's code ready before the tests are shared out, so that it is compiled once and no test waits."""
    if not hasattr(config, "workerinput"):
        make_ready()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave long tests out of the count of coverage, which makes the engine several times slower."""
    for item in items:
        if item.get_closest_marker("slow") or item.nodeid.startswith(NOT_COUNTED):
            item.add_marker(pytest.mark.no_cover)
