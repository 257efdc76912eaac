"""Figures, frames and the JSON object, from the table of figures and a short run."""

import inspect
from functools import cache

import demandshift
from demandshift.simulator.customer_files import METADATA, SCHEMA_VERSION
from demandshift.simulator.figures import FIGURES, OFFER_COUNTS, PRODUCT_COUNTS, SEGMENT_COUNTS, Figure
from demandshift.simulator.results import Result
from generating.wording import cell, one_line, table


def figures() -> str:
    """Return the table of figures."""
    rows = [
        (f"`{figure.name}`", figure.unit, cell(figure.meaning), formula(figure), ", ".join(levels_of(figure)))
        for figure in FIGURES
    ]
    return "\n".join([*table(("figure", "unit", "meaning", "made of", "for"), rows), ""])


def formula(figure: Figure) -> str:
    """Return how a figure is put together from counts."""
    top, below = difference(figure.plus, figure.minus), difference(figure.per, figure.per_minus)
    if not below:
        return top
    return f"{top} / ({below})" if " " in below else f"{top} / {below}"


def difference(plus: tuple[str, ...], minus: tuple[str, ...]) -> str:
    """Return a sum less another in words."""
    return " + ".join(f"`{name}`" for name in plus) + "".join(f" − `{name}`" for name in minus)


def levels_of(figure: Figure) -> list[str]:
    """Return for what a figure is given: every one for a firm, and some for its offers or its products."""
    needed = {*figure.plus, *figure.minus, *figure.per, *figure.per_minus}
    return [
        "firm",
        *(["offer"] if needed <= set(OFFER_COUNTS) else []),
        *(["product"] if needed <= set(PRODUCT_COUNTS) else []),
    ]


OF_SEGMENTS = {
    "arrived": "customers of the cohort",
    "not_interested": "of these, nothing beat buying nothing",
    "bought": "of these, bought in the end, at once or later",
    "left": "of these, wanted something and never bought it",
    "waiting": "of these, still wait at the end",
    "consumer_surplus": "reservation price − price − transfer cost, over what they bought; none without prices (R8)",
}
"""What each figure of a segment means."""


def segment_figures() -> str:
    """Return the table of the figures of segments."""
    if tuple(OF_SEGMENTS) != SEGMENT_COUNTS:
        raise SystemExit(f"segments have the figures {SEGMENT_COUNTS}, and {tuple(OF_SEGMENTS)} are described")
    units = example().customers.drop_duplicates("figure").set_index("figure")["unit"]
    rows = [(f"`{name}`", units[name], meaning) for name, meaning in OF_SEGMENTS.items()]
    return "\n".join([*table(("figure", "unit", "meaning"), rows), ""])


COLUMNS = {
    "firm": "name of the firm",
    "offer": "name of the offer",
    "product": "name of the product",
    "segment": "name of the segment",
    "store": "firm of the offer in `from`, as retailers call it",
    "figure": "name of the figure",
    "unit": "its unit",
    "mean": "mean over replications, or for a share the ratio of sums (R17)",
    "half_width": "half of the 95 % interval; not a number with one replication",
    "n": "number of replications",
    "kind": "kind of transfer (R9)",
    "rates.kind": "kind of transfer (R9), or `waiting_by_choice`, `leaving_home`",
    "matrix.kind": "kind of transfer (R9); empty where nothing was transferred",
    "from": "origin: the offer that was wanted (R7)",
    "to": "the other offer",
    "matrix.to": "the offer bought; empty where nothing was",
    "rates.firm": "firm of the origin, or `(all)`",
    "willing": "customers turned away from `from` who like `to` best among the kind, before its cost (R10)",
    "willing_half_width": "its half-width",
    "transferred": "customers turned away from `from` who bought `to` in this way (R10)",
    "transferred_half_width": "its half-width",
    "cause": "`none`, `stockout`, `refusal` or `choice` (R12)",
    "outcome": "`served`, `recaptured`, `diverted`, `postponed`, `lost` or `pending` (R12)",
    "period": "number of the period, from 0",
    "time": "when it begins, in time units from the start",
    "date": "when it begins, where the scenario has a `start`",
    "level": "`product` or `offer`",
    "name": "name of the product or offer",
    "share": "of the customers turned away from `from`, those who bought `to` at once",
}
"""What each column holds, in the words of the glossary; `frame.column` where one frame means it otherwise."""


@cache
def example() -> Result:
    """Return a short run whose frames show which columns there are."""
    scenario = demandshift.load("two-shops").replace({"horizon": 10})
    return demandshift.run(scenario, replications=2, seed=1)


def frames() -> str:
    """Return a section for each frame of a result."""
    unused = set(COLUMNS)
    sections = []
    for name, frame in example().frames().items():
        text = inspect.getdoc(inspect.getattr_static(Result, name).func) or ""
        first, _, rest = text.partition("\n\n")
        what = one_line(first).partition(":")[0].removeprefix("Return the ").removeprefix("Return ")
        lines = [f"### `{name}`", "", f"{what[0].upper()}{what[1:]}.{f' {one_line(rest)}' if rest else ''}"]
        rows = []
        for column, kind in frame.dtypes.items():
            key = f"{name}.{column}" if f"{name}.{column}" in COLUMNS else str(column)
            rows.append((f"`{column}`", type_of(str(kind)), COLUMNS[key]))
            unused.discard(key)
        sections.append("\n".join([*lines, "", *table(("column", "type", "meaning"), rows), ""]))
    if unused:
        raise SystemExit(f"no frame has the columns {sorted(unused)}")
    return "\n".join(sections)


def type_of(kind: str) -> str:
    """Return a column's type in plain words, whatever this version of pandas calls it."""
    words = {"int": "whole number", "float": "number", "datetime": "date", "bool": "true or false"}
    return next((word for prefix, word in words.items() if kind.startswith(prefix)), "text")


def timeline_figures() -> str:
    """Return the table of what the timeline shows."""
    frame = example().timeline[["level", "figure", "unit"]].drop_duplicates()
    rows = [(level, f"`{figure}`", unit) for level, figure, unit in frame.itertuples(index=False)]
    return "\n".join([*table(("level", "figure", "unit"), rows), ""])


LOG_COLUMNS = {
    "replication": "number of the replication, from 0",
    "customer": "number of the customer, by first visits, from 0",
    "segment": "name of the segment",
    "person": "number of the person in the segment, to whom draws belong: the same in every variant (R14)",
    "first_visit": "when the customer first came, in time units",
    "cohort": "whether that was after the warm-up, so that the figures count it (R1)",
    "origin": "the offer that was wanted (R7); null where nothing was",
    "cause": "`none`, `stockout`, `refusal` or `choice` (R12); null where nothing was wanted",
    "outcome": "`served`, `recaptured`, `diverted`, `postponed`, `lost` or `pending` (R12), or `not_interested`",
    "destination": "the offer bought; null where nothing was",
    "time": "when the last outcome fell, in time units; for `pending`, the end of the run",
    "price": "price paid; null where nothing was bought",
    "surplus": "reservation price − price − transfer cost, 0 where nothing was bought; null without prices (R8)",
}
"""What each column of the customers one by one holds."""
METADATA_MEANING = {
    "schema_version": f"version of these columns, {SCHEMA_VERSION}; it changes when one changes its meaning",
    "scenario_hash": "SHA-256 of what the scenario means, as in the manifest",
    "seed": "the seed",
    "replication": "number of the replication",
}


def customer_log() -> str:
    """Return the table of the columns of customers one by one, and of what the files say of themselves."""
    scenario = demandshift.load("two-shops").replace({"horizon": 10, "customers": "keep"})
    log = demandshift.run(scenario, replications=1, seed=1).customer_log()
    for what, there, described in (
        ("the log", list(log.columns), LOG_COLUMNS),
        ("a file's metadata", list(METADATA), METADATA_MEANING),
    ):
        if there != list(described):
            raise SystemExit(f"{what} has {there}, and {list(described)} are described")
    rows = [(f"`{column}`", type_of(str(kind)), LOG_COLUMNS[str(column)]) for column, kind in log.dtypes.items()]
    metadata = [(f"`demandshift.{name}`", meaning) for name, meaning in METADATA_MEANING.items()]
    first, second = table(("column", "type", "meaning"), rows), table(("metadata of a file", "value"), metadata)
    return "\n".join([*first, "", *second, ""])


KEYS = {
    "schema_version": "version of this object; it changes when a key changes its meaning",
    "scenario": "name of the scenario",
    "seed": "the seed",
    "replications": "number of replications",
    "alarms": "list of texts: what to know before trusting the figures",
    "summary": "by firm, by figure: `{mean, half_width, n}`; the [figures](figures.md)",
    "customers": "all segments together, by figure of a [segment](figures.md#figures-of-segments): "
    "`{mean, half_width, n}`",
    "transfers": "list of rows: `kind`, `from`, `to`, and `willing` and `transferred`, each `{mean, half_width, n}`",
    "rates": "by kind: `{mean, half_width, n}`, all firms together",
    "rates_by_firm": "by firm of the origin, by kind: `{mean, half_width, n}`",
    "manifest": "where the figures come from; see below",
}
MANIFEST = {
    "scenario_hash": "SHA-256 of what the scenario means; words such as its description do not count",
    "resolved_scenario": "the scenario with tables, variants and overrides put in place",
    "applied": "what was put together, in order: files, variants, overrides",
    "seed": "the seed",
    "replications": "number of replications",
    "engine": "which engine ran",
    "draws": "by segment of a logit, whether its customers were drawn in `full` or `lazy`",
    "made_by_hand": "firms and segments whose policies or choice models were handed in from Python",
    "versions": "of this program, Python, and the packages that can touch a figure",
    "time": "`begun`: date and time (UTC) at which the run began; `seconds`: how long it took",
}


def json_object() -> str:
    """Return the tables of the JSON object and its manifest."""
    found = example().as_dict()
    for what, keys, there in (("JSON object", KEYS, found), ("manifest", MANIFEST, found["manifest"])):
        if list(keys) != list(there):
            raise SystemExit(f"the {what} has the keys {list(there)}, and {list(keys)} are described")
    first = table(("key", "value"), [(f"`{key}`", text) for key, text in KEYS.items()])
    second = table(("key of `manifest`", "value"), [(f"`{key}`", text) for key, text in MANIFEST.items()])
    return "\n".join([*first, "", *second, ""])
