"""Maps the repository root to the package ``demandshift``; everything else stands in pyproject.toml."""

from setuptools import find_packages, setup
from setuptools.command.build_py import build_py

NOT_IN_THE_PACKAGE = {"setup", "conftest"}
"""Modules of the root that serve the checkout only."""


class BuildPackage(build_py):
    """Leaves the checkout's own modules out: the root is the package, and they stand in the root."""

    def find_package_modules(self, package: str, package_dir: str) -> list[tuple[str, str, str]]:
        """Return (package, module, file) of what belongs to a package."""
        modules = super().find_package_modules(package, package_dir)
        return [each for each in modules if package != "demandshift" or each[1] not in NOT_IN_THE_PACKAGE]


# Found, not listed: a folder that somebody forgets to list would silently miss the wheel.
inner = find_packages(exclude=["tests*", "docs*", "benchmarks*", "build*"])

setup(
    packages=["demandshift", *(f"demandshift.{name}" for name in inner)],
    package_dir={"demandshift": "."},
    package_data={
        "demandshift": ["py.typed"],
        "demandshift.scenarios": ["library/*.yaml", "library/*.csv"],
        "demandshift.experiments.report": ["template/*"],
        "demandshift.experiments.reproduce": ["cases/*.yaml"],
    },
    cmdclass={"build_py": BuildPackage},
    # A build/lib left in the root would bring deleted modules back into the next wheel.
    options={"build": {"build_base": ".venv/build"}},
)
