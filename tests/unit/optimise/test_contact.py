"""One module knows the solvers, and only who solves a program waits for them."""

import ast
import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
SOLVERS = {"pulp", "highspy"}


def imported(file: Path) -> set[str]:
    """Return the outermost packages that a file imports, anywhere in it."""
    names = set()
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names.add((node.module or "").split(".")[0])
    return names


def test_only_one_module_imports_a_solver():
    """If this fails, what a solver says is read in more than one place."""
    rooms = ["models", "simulator", "scenarios", "experiments"]
    files = [ROOT / "cli.py", ROOT / "__init__.py", *(file for room in rooms for file in (ROOT / room).rglob("*.py"))]
    found = {file.relative_to(ROOT).as_posix() for file in files if imported(file) & SOLVERS}
    assert found == {"models/optimise/solver.py"}


def test_a_run_does_not_wait_for_the_solvers():
    """If this fails, every simulation pays a third of a second for programs that it does not solve."""
    check = (
        "import sys, demandshift, demandshift.cli, demandshift.models.optimise.solver; "
        "print(sorted(set(sys.modules) & {'pulp', 'highspy'}))"
    )
    said = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True)
    assert said.stdout == "[]\n"


def test_a_solver_prints_nothing_of_its_own():
    """If this fails, HiGHS writes about itself onto standard output, and `--json` is no JSON any more."""
    program = [sys.executable, "-m", "demandshift", "optimise", "fashion-markdown", "prices", "--json"]
    done = subprocess.run([*program, "--replications", "2"], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout)["what"] == "prices"
