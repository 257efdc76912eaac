"""Settings of the property tests, and the strategies that they share."""

import importlib.util
import os
import sys
from pathlib import Path

from hypothesis import HealthCheck, settings

EXPLORE = int(os.environ.get("DEMANDSHIFT_EXPLORE", "0"))
"""How many times as many examples as usual to try, new ones each time; 0 for the usual ones, always the same."""

settings.register_profile(
    "demandshift",
    deadline=None,
    derandomize=not EXPLORE,
    database=None,
    max_examples=30 * max(1, EXPLORE),
    # Whole scenarios are large, and drawing one takes longer than Hypothesis finds normal.
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example],
)
settings.load_profile("demandshift")


def _load(name: str) -> None:
    """Make a module beside this file known by its name: with importlib, test folders are not on the path."""
    specification = importlib.util.spec_from_file_location(name, Path(__file__).with_name(f"{name}.py"))
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    sys.modules[name] = module
    specification.loader.exec_module(module)


for _name in ("drawn_parts", "drawn_varied_choice", "drawn_segments", "drawn_scenarios"):
    _load(_name)
