"""Which figures are compared: from what a planner types to what a run measures."""

from collections.abc import Iterable, Sequence

from ...scenarios.complaints import did_you_mean
from ...scenarios.paths import PathError, format_path, parse_path
from ...simulator.figures import FIGURE_BY_NAME, KINDS, SEGMENT_COUNTS
from ...simulator.measures import EVERYTHING, MeasureKey
from ...simulator.reckoning import RATES_BY_CHOICE

EVERY_FIGURE = "all"
"""Stands for every figure that there is."""

LEVELS = ("firm", "offer", "product", "segment", "rate")

RATES = (*(kind.name.lower() for kind in KINDS), *RATES_BY_CHOICE)
"""Transfer rates (R10) and rates by choice."""

USUAL = ("profit", "revenue", "units_sold", "fill_rate", "lost", "waste", "substitutive", "competitive", "strategic")
"""Figures that are compared unless told otherwise: what was earned, whom it served, where the rest went."""

LARGE_IS_GOOD = frozenset(
    (
        *(
            "profit",
            "revenue",
            "closing_value",
            "units_sold",
            "served",
            "sales",
            "demand",
            "consumer_surplus",
            "bought",
        ),
        *("fill_rate", "in_stock_rate", "cycle_service"),
    )
)
SMALL_IS_GOOD = frozenset(
    (
        *("purchase_cost", "ordering_cost", "holding_cost", "disposal_cost", "penalties", "service_cost"),
        *("waste", "lost", "gave_up", "turned_away", "stockouts", "refusals", "left"),
    )
)


class ComparisonError(ValueError):
    """What is to be compared, or how, is out of its bounds; the text says what and names the mend."""


def written(key: MeasureKey) -> str:
    """Return a figure as it is typed: `offer.cola.sales`."""
    return format_path(key)


def words(key: MeasureKey) -> str:
    """Return a figure in words, without whose it is."""
    name = key.figure.replace("_", " ")
    return f"{name} transfer rate" if key.level == "rate" and key.figure not in RATES_BY_CHOICE else name


def figures_meant(texts: Iterable[str], known: Sequence[MeasureKey], firms: Sequence[str]) -> tuple[MeasureKey, ...]:
    """Return the figures that some texts mean, each once, in the order in which they are named.

    Parameters
    ----------
    texts : iterable of str
        `all`; a figure's name, such as `profit` or `substitutive`, of `firms`, or for a figure of segments of all
        customers; or `LEVEL.NAME.FIGURE`, such as `offer.cola.sales`, odd names in double quotes.
    known : sequence of MeasureKey
        Every figure that there is.
    firms : sequence of str
        Whose figures a name alone means.

    Raises
    ------
    ComparisonError
        For a text that means nothing.
    """
    meant: dict[MeasureKey, None] = {}
    there = set(known)
    for text in texts:
        if text == EVERY_FIGURE:
            meant.update(dict.fromkeys(known))
            continue
        keys = _keys(text, firms)
        missing = [key for key in keys if key not in there]
        if missing:
            raise ComparisonError(_unknown(text, missing[0], known))
        meant.update(dict.fromkeys(keys))
    if not meant:
        raise ComparisonError("no figure is named to be compared")
    return tuple(meant)


def _keys(text: str, firms: Sequence[str]) -> list[MeasureKey]:
    if text in FIGURE_BY_NAME:
        return [MeasureKey("firm", firm, text) for firm in firms]
    if text in RATES:
        return [MeasureKey("rate", firm, text) for firm in firms]
    if text in SEGMENT_COUNTS:
        return [MeasureKey("segment", EVERYTHING, text)]
    try:
        parts = parse_path(text)
    except PathError as problem:
        raise ComparisonError(f"figure {text!r} {problem}") from problem
    if len(parts) == 1:
        simple = (*FIGURE_BY_NAME, *RATES, *SEGMENT_COUNTS, EVERY_FIGURE)
        hint = did_you_mean(text, simple) or f" (known: {', '.join(simple)}, or LEVEL.NAME.FIGURE)"
        raise ComparisonError(f"there is no figure {text!r}{hint}")
    if len(parts) != 3:
        raise ComparisonError(f"a figure is LEVEL.NAME.FIGURE, such as offer.cola.sales (got {text!r})")
    level, name, figure = (str(part) for part in parts)
    if level not in LEVELS:
        hint = did_you_mean(level, LEVELS) or f" (known: {', '.join(LEVELS)})"
        raise ComparisonError(f"figure {text!r}: there is no level {level!r}{hint}")
    return [MeasureKey(level, name, figure)]


def _unknown(text: str, key: MeasureKey, known: Sequence[MeasureKey]) -> str:
    names = dict.fromkeys(each.name for each in known if each.level == key.level)
    if key.name not in names:
        hint = did_you_mean(key.name, names) or f" (known: {', '.join(names)})"
        return f"figure {text!r}: there is no {key.level} {key.name!r}{hint}"
    figures = dict.fromkeys(each.figure for each in known if (each.level, each.name) == (key.level, key.name))
    hint = did_you_mean(key.figure, figures) or f" (known: {', '.join(figures)})"
    return f"figure {text!r}: the {key.level} {key.name!r} has no {key.figure!r}{hint}"
