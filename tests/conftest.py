"""What holds for all tests."""

import pytest

NOT_COUNTED = ("tests/docs/test_code_blocks.py",)
"""Tests that run much and show nothing to the count of branches that the others do not."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave long tests out of the count of coverage, which makes the engine several times slower."""
    for item in items:
        if item.get_closest_marker("slow") or item.nodeid.startswith(NOT_COUNTED):
            item.add_marker(pytest.mark.no_cover)
