"""A solver's banner does not reach standard output, on which `--json` promises one object and nothing else."""

import os
import subprocess
import sys

import pytest

from demandshift.models.optimise.banner import make_once_unseen
from demandshift.models.optimise.solver import available

pytestmark = pytest.mark.no_cover

PROGRAM = """
from demandshift.experiments.reproduce.running import reproduce
print(reproduce(("lot-sizes",)).agrees)
"""


@pytest.mark.skipif("highs" not in available(), reason="HiGHS is not installed")
def test_the_first_program_of_a_process_prints_nothing() -> None:
    """If this fails, `optimise --json` and `reproduce --json` print what is no JSON."""
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=False)
    assert done.stdout == "True\n"


def test_only_the_first_is_unseen(capfd: pytest.CaptureFixture[str]) -> None:
    """If this fails, what others print is lost, or standard output stays shut."""
    made = []

    def make() -> None:
        made.append(os.write(1, b"banner\n"))

    make_once_unseen(make)
    make_once_unseen(make)
    os.write(1, b"after\n")
    assert len(made) == 1
    assert capfd.readouterr().out == "after\n"


def test_without_standard_output_it_is_made_all_the_same() -> None:
    """If this fails, a service that has closed its standard output cannot solve a program."""
    program = """
import os, sys
from demandshift.models.optimise.banner import make_once_unseen
os.close(1)
made = []
make_once_unseen(lambda: made.append(1))
sys.stderr.write(str(made))
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert done.stderr == "[1]"
