"""Maps the repository root to the package ``demandshift``; everything else stands in pyproject.toml."""

from setuptools import find_packages, setup

# Found, not listed: a folder that somebody forgets to list would silently miss the wheel.
inner = find_packages(exclude=["tests*", "docs*", "benchmarks*", "build*"])

setup(
    packages=["demandshift", *(f"demandshift.{name}" for name in inner)],
    package_dir={"demandshift": "."},
    package_data={"demandshift": ["py.typed"], "demandshift.scenarios": ["library/*.yaml", "library/*.csv"]},
    # A build/lib left in the root would bring deleted modules back into the next wheel.
    options={"build": {"build_base": ".venv/build"}},
)
