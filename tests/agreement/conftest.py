"""Helpers of the tests that both engines agree, and the generator of the property tests, drawing busy scenarios."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from unittest import mock

import hypothesis

_HERE = Path(__file__).parent


def _load(file: Path, name: str) -> ModuleType:
    """Make a module known by a name: with importlib, test folders are not on the path."""
    specification = importlib.util.spec_from_file_location(name, file)
    assert specification is not None
    assert specification.loader is not None
    module = importlib.util.module_from_spec(specification)
    sys.modules[name] = module
    specification.loader.exec_module(module)
    return module


_sampling = _load(_HERE / "sampling.py", "sampling")
# A second copy of the generator, beside that of the property tests, in which `st` means the even sampling.
_GENERATOR = ("drawn_parts", "drawn_varied_choice", "drawn_segments", "drawn_scenarios")
_others = {name: sys.modules.pop(name) for name in _GENERATOR if name in sys.modules}
with mock.patch.object(hypothesis, "strategies", _sampling):
    for _name in _GENERATOR:
        _load(_HERE.parent / "properties" / f"{_name}.py", _name)
sys.modules["busy_scenarios"] = sys.modules["drawn_scenarios"]
for _name in _GENERATOR:
    del sys.modules[_name]
sys.modules.update(_others)

for _name in ("comparing", "generated", "worlds"):
    _load(_HERE / f"{_name}.py", _name)
