"""A small good scenario, and what is needed to write others beside it."""

from pathlib import Path

import pytest

from demandshift.scenarios.complaints import ScenarioError
from demandshift.scenarios.load import load
from demandshift.scenarios.scenario import Scenario

SHOP = """\
name: shop
start: 2025-03-03
horizon: 10
firms:
  corner:
    ordering: {kind: order_up_to, review_every: 1, cycle_service: 0.9}
    supply: {lead_time: 2, pack: 6}
  market: {}
products:
  cola:  {firm: corner, price: 2.00, cost: 1.00, stock: 20}
  zero:  {firm: corner, price: 2.00, cost: 1.00, stock: 20}
  rival: {firm: market, price: 1.50, cost: 1.00, stock: unlimited}
segments:
  regulars:
    arrivals: {kind: poisson, rate: 10}
    choice:
      kind: logit
      scale: 0.5
      reservation_price: {cola: 2.5, zero: 2.2, rival: 1.8}
"""


class Folder:
    """A folder of scenario files and tables."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.write("shop.yaml", SHOP)

    def write(self, name: str, content: str | bytes) -> Path:
        """Write a file, with the folders that it needs."""
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def load(self, text: str, *args: object, extends: bool = True, **kwargs: object) -> Scenario:
        """Load a scenario of this text, by default one that extends the shop."""
        self.write("case.yaml", "extends: shop.yaml\n" + text if extends else text)
        return load("case.yaml", *args, **kwargs)

    def complaints(self, text: str, *args: object, extends: bool = True, **kwargs: object) -> list[str]:
        """Return the complaints about a scenario of this text, without the line that counts them."""
        with pytest.raises(ScenarioError) as caught:
            self.load(text, *args, extends=extends, **kwargs)
        return str(caught.value).splitlines()[:-1]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Folder:
    """Return an empty folder with a good scenario `shop.yaml`; it is the working directory."""
    monkeypatch.chdir(tmp_path)
    return Folder(tmp_path)
