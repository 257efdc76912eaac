"""The notebooks run from top to bottom, have pictures, and are kept without outputs that could grow stale."""

import base64
import json
from pathlib import Path
from typing import Any

import nbclient
import nbformat
import numpy as np
import pytest

FOLDER = Path(__file__).resolve().parents[2] / "experiments" / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))

PICTURE = "application/vnd.plotly.v1+json"
"""What an interactive picture is called in the outputs of a cell."""

pytestmark = pytest.mark.no_cover


def code_cells(notebook: Any) -> list[Any]:
    """Return the cells that are run."""
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]


def points_of(trace: dict[str, Any]) -> int:
    """Return how many points, cells or flows a trace shows, whose values are a list or packed in base 64."""
    values = trace["link"]["value"] if trace["type"] == "sankey" else trace["z" if trace["type"] == "heatmap" else "y"]
    if isinstance(values, dict):
        packed = base64.b64decode(values["bdata"])
        return int(np.isfinite(np.frombuffer(packed, values["dtype"]).astype(float)).sum())
    return int(np.isfinite(np.array(values, dtype=float)).sum())


def is_for_the_legend(trace: dict[str, Any]) -> bool:
    """Return whether a trace stands in a picture only to bring a line of its legend."""
    return trace["type"] == "scatter" and list(trace.get("y", [])) == [None]


@pytest.mark.parametrize("file", NOTEBOOKS, ids=[file.stem for file in NOTEBOOKS])
def test_a_notebook_is_kept_without_outputs(file: Path) -> None:
    """A failure means that outputs were committed, which nobody renews when the figures change."""
    cells = code_cells(json.loads(file.read_text(encoding="utf-8")))
    assert cells
    assert all(cell["outputs"] == [] and cell["execution_count"] is None for cell in cells)


@pytest.mark.filterwarnings("default")  # the kernel runs in its own process; what its client warns of is not ours
@pytest.mark.parametrize("file", NOTEBOOKS, ids=[file.stem for file in NOTEBOOKS])
def test_a_notebook_runs_and_shows_pictures(file: Path, tmp_path: Path) -> None:
    """A failure means that a reader meets an error, a warning, or no picture."""
    notebook = nbformat.read(file, as_version=4)
    nbformat.validate(notebook)
    client = nbclient.NotebookClient(notebook, timeout=None, resources={"metadata": {"path": str(tmp_path)}})
    client.execute()
    outputs = [output for cell in code_cells(notebook) for output in cell["outputs"]]
    pictures = [output["data"][PICTURE] for output in outputs if PICTURE in output.get("data", {})]
    assert len(pictures) >= 2
    for picture in pictures:
        shown = [trace for trace in picture["data"] if not is_for_the_legend(trace)]
        assert shown
        assert sum(points_of(trace) for trace in shown) > 1
    said = [output for output in outputs if output.get("name") == "stderr"]
    assert said == []
    assert list(tmp_path.iterdir()) == []


def test_all_notebooks_are_here() -> None:
    """A failure means that the folder moved and nothing was tested."""
    assert len(NOTEBOOKS) == 6
