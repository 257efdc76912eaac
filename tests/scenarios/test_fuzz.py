"""Whatever a file holds, there is a scenario or there are complaints, and never a traceback."""

import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from demandshift.scenarios.complaints import ScenarioError
from demandshift.scenarios.load import load
from demandshift.scenarios.scenario import Scenario
from demandshift.scenarios.writing import yaml_text

EVERYTHING = """\
name: everything
start: 2025-03-03T06:00
time_unit: day
horizon: 10
warm_up: 1
firms:
  corner:
    focal: true
    supply: {lead_time: {kind: empirical, values: [1, 2], shares: [0.5, 0.5]}, pack: 6, minimum: 6, order_cost: 1}
    ordering:
      kind: order_up_to
      review_every: 1
      cycle_service: 0.9
      forecast: {kind: normal, mean: 3, standard_deviation: 2}
    pricing: {kind: scheduled, changes: [{at: 2, price: 1}, {at: 2025-03-07, factor: 0.5}], announced: true}
    availability: {kind: protection_levels, levels: {saver: 3, flex: [{at: 1, level: 2}, {at: 2, level: 0}]}}
    service: {back_orders: {promise: false, limit: 3}}
  market: {supply: {lead_time: {kind: uniform, low: 1, high: 2}}, ordering: {kind: season_buy, quantity: 4}}
  planner: {ordering: {kind: plan, orders: [{at: 0, quantity: 5, product: plum}]}}
products:
  cola: {firm: corner, price: 2, cost: 1, stock: 20, ordering: {level: 8}, supply: {pack: 4}, shelf_life: 3}
  seat: {firm: corner, stock: 5, ordering: {kind: none}}
  fig: {firm: corner, price: 1, window: {opens: 1, closes: 2025-03-06}, pricing: {kind: fixed}}
  rival: {firm: market, price: 1.5, stock: unlimited}
  plum: {firm: planner, price: 1}
  pear: {firm: planner, price: 1, ordering: {kind: reorder_point, quantity: 5, fill_rate: 0.9}}
offers:
  saver: {uses: seat, price: 99}
  flex: {uses: [seat], price: 240, own_taste: true}
  package: {uses: {seat: 1, cola: 2}, price: 245, window: [{closes: 2}, {opens: 3}]}
segments:
  loyal:
    arrivals: {kind: poisson, rate: 10, weekly: [1, 1, 1, 1, 1, 2, 1], dominating_rate: 30}
    choice: {kind: logit, scale: 0.5, reservation_price: {cola: 2.5, rival: 1.8, seat: 100, flex: 200}}
    considers: [cola, seat, rival]
    home: corner
    transfer_cost: {substitutive: 0.1, competitive: 0.2, strategic: 0.3}
    waiting: {discount: 0.9, up_to: 3, chance: 0.5, expected_delay: 1, patience: {kind: exponential, mean: 2}}
  listers:
    arrivals: {kind: poisson, rate: 1}
    choice: {kind: ranking, lists: [{share: 0.6, order: [fig, rival]}, {share: 0.4, order: [plum]}]}
  priced:
    arrivals: {kind: poisson, rate: 1}
    choice: {kind: ranking, lists: [{share: 1, reservation_price: {fig: 2, rival: 1}}]}
  movers:
    arrivals: {kind: trace, file: trace.csv}
    choice:
      kind: substitution
      first_choice: {plum: 0.7, pear: 0.2, nothing: 0.1}
      substitution: {plum: {pear: 0.5}, pear: {plum: 0.4, nothing: 0.1}}
      attempts: unlimited
variants:
  dear: {products.cola.price: 3, segments.listers.choice.lists.0.share: 0.6}
"""

WORDS = sorted(set(re.findall(r"[a-z_]+", EVERYTHING)))


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the tables that the scenarios here may name."""
    folder = tmp_path_factory.mktemp("fuzz")
    (folder / "trace.csv").write_text("time\n1\n2\n")
    (folder / "products.csv").write_text("name,firm,price\nplum,planner,2\nseat,corner,3\n")
    return folder


@pytest.fixture(scope="module")
def good(place: Path) -> Scenario:
    """Return a good scenario that uses the whole language."""
    file = place / "everything.yaml"
    file.write_text(EVERYTHING)
    return load(file)


def outcome(place: Path, content: str | bytes) -> Scenario | None:
    """Load what a file holds; check that complaints, if any, can be read."""
    file = place / "case.yaml"
    file.write_bytes(content.encode("utf-8", "surrogatepass") if isinstance(content, str) else content)
    try:
        return load(file)
    except ScenarioError as error:
        check(error)
        return None


def check(error: ScenarioError) -> None:
    """Check that there are complaints, each a line of its own that says something."""
    assert error.complaints
    assert str(error).count("\n") == len(error.complaints)
    assert all(complaint.message for complaint in error.complaints)


def test_everything_is_good(good: Scenario) -> None:
    """Else the cases below would all stop at the same mistake and look no further."""
    assert len(good.settled.segments) == 4
    assert good.replace(good.resolved) == good


FAST = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=120)

scalars = (
    st.none()
    | st.booleans()
    | st.integers(-3, 12)
    | st.integers(-(2**63), 2**63)
    | st.floats(-2, 40)
    | st.floats(-1e50, 1e50)
    | st.sampled_from(WORDS)
    | st.sampled_from(
        ["", " ", "2025-03-05", "2025-03-05T07:30", "0001-01-01", "9999-12-31", "products.csv", "../x.csv"]
    )
    | st.text(max_size=5)
)
trees = st.recursive(
    scalars,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(WORDS) | st.text(max_size=4), inner, max_size=4)
    ),
    max_leaves=6,
)


@FAST
@given(st.text(max_size=80) | st.text(alphabet="ab:-[]{}&*!|>'\"%#, \n\t~0.?<", max_size=60))
@example('"\\UFFFFFFFF"')
@example("%YAML 1.1\n--- a")
@example("a: !<%ff> b")
@example("\ud800")
def test_any_text(place: Path, text: str) -> None:
    """Else a slip of the finger could end in a traceback."""
    assert outcome(place, text) is None


@FAST
@given(st.binary(max_size=40))
def test_any_bytes(place: Path, content: bytes) -> None:
    """Else a file that is no text could end in a traceback."""
    assert outcome(place, content) is None


@FAST
@given(
    st.dictionaries(st.sampled_from(["firms", "products", "segments", "offers", "variants", *WORDS]), trees, max_size=5)
)
def test_any_tree(place: Path, tree: dict[str, object]) -> None:
    """Else a file of the wrong shape could end in a traceback."""
    head = {"name": "tree", "horizon": 10}
    assert outcome(place, yaml_text({**head, **tree})) is None


@st.composite
def mutations(draw: st.DrawFn) -> list[tuple[list[int], str, object]]:
    """Return where and how a document is changed: steps into it, what to do, and with what."""
    steps = st.lists(st.integers(0, 11), min_size=1, max_size=6)
    return draw(st.lists(st.tuples(steps, st.sampled_from(["set", "add", "drop"]), trees), min_size=1, max_size=3))


def mutated(document: object, steps: list[int], action: str, value: object) -> None:
    """Change a document in place, at the spot to which the steps lead."""
    here, above, key = document, None, None
    for step in steps:
        keys = list(here) if isinstance(here, dict) else list(range(len(here))) if isinstance(here, list) else []
        if not keys:
            break
        above, key = here, keys[step % len(keys)]
        here = above[key]
    if action == "add" and isinstance(here, dict):
        here[WORDS[steps[-1] * 7 % len(WORDS)]] = value
    elif action == "drop":
        del above[key]
    else:
        above[key] = value


@settings(FAST, max_examples=500)
@given(mutations())
def test_any_change_to_a_good_document(good: Scenario, changes: list[tuple[list[int], str, object]]) -> None:
    """Else one wrong value deep in a good file could end in a traceback."""
    document = good.resolved
    for steps, action, value in changes:
        mutated(document, steps, action, value)
    try:
        changed = good.replace(document)
    except ScenarioError as error:
        check(error)
    else:
        assert len(changed.hash) == 64
        assert changed.replace(changed.resolved) == changed


@settings(FAST, max_examples=200)
@given(
    st.dictionaries(st.sampled_from(["horizon", "products.cola", "segments.loyal.choice"]) | st.text(max_size=8), trees)
)
def test_any_replacement(good: Scenario, values: dict[str, object]) -> None:
    """Else a wrong value or path in a sweep could end in a traceback."""
    try:
        assert isinstance(good.replace(values), Scenario)
    except ScenarioError as error:
        check(error)


@settings(FAST, max_examples=60)
@given(st.text(alphabet="ab,\n\"012.-: '\x00é", max_size=60) | st.text(max_size=30), st.booleans())
def test_any_table(place: Path, good: Scenario, text: str, with_header: bool) -> None:
    """Else a damaged export could end in a traceback."""
    header = "name,firm,price\n" if with_header else ""
    (place / "table.csv").write_bytes((header + text).encode("utf-8", "surrogatepass"))
    for path in ("products", "segments.movers.arrivals.file", "firms.planner.ordering.orders"):
        try:
            assert isinstance(good.replace({path: "table.csv"}), Scenario)
        except ScenarioError as error:
            check(error)
