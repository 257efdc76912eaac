"""Figures and names as people read them, and as they may stand in a picture. Every report takes them from here."""

from math import floor, isfinite, log10

from ...simulator.estimates import Estimate

NOISE = 1e-9
"""Relative half-width below which replications agree but for rounding."""
NOTHING = "–"
"""Stands where there is nothing to estimate or to show."""
LONGEST_LABEL = 28
"""Characters of a name that a picture has room for; tables and hover texts have all of it."""


def as_text(name: object) -> str:
    """Return a name, or any other data, as a text that a plotly figure shows to the letter.

    Plotly reads a small HTML in every label (`<b>`, `<br>`, `<a href=…>`, `&lt;`) and `%{…}` in templates of hover
    texts. A name is data: nothing in it is markup. Every name that goes into a figure goes through here, once.

    Parameters
    ----------
    name : object
        The name; what is not text yet becomes it by `str`.
    """
    text = str(name).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text.replace("%{", "&#37;{")


def as_label(name: object, most: int = LONGEST_LABEL) -> str:
    """Return a name for a place where there is little room: shortened, then as by `as_text`.

    The middle goes: many names differ in what they begin with, and many in a size at their end.

    Parameters
    ----------
    name : object
        The name.
    most : int
        Number of characters, above 2.
    """
    text = str(name)
    if len(text) > most:
        tail = (most - 1) * 2 // 5 + 1
        text = f"{text[: most - 1 - tail]}…{text[-tail:]}"
    return as_text(text)


def in_words(name: str) -> str:
    """Return the name of a column or figure as words: `fill_rate` is a fill rate."""
    return name.replace("_", " ")


def number(estimate: Estimate, *, percent: bool = False) -> str:
    """Return an estimate as text: as many decimals as its half-width gives sense to.

    Parameters
    ----------
    estimate : Estimate
        The figure with its half-width.
    percent : bool
        Whether it is a share, to be shown in per cent.
    """
    if estimate.mean is None:
        return "n/a"
    factor, sign = (100.0, " %") if percent else (1.0, "")
    mean = estimate.mean * factor
    cents = 0 if abs(mean - round(mean)) <= NOISE * abs(mean) else 2
    if estimate.half_width is None:
        return f"{mean:,.{cents}f}{sign}"
    half_width = estimate.half_width * factor
    if half_width <= NOISE * abs(mean):
        return f"{mean:,.{cents}f} ± 0{sign}"
    decimals = min(6, max(0, 1 - floor(log10(half_width))))
    mean = round(mean, decimals) + 0.0  # what rounds to nought has no sign
    return f"{mean:,.{decimals}f} ± {half_width:,.{decimals}f}{sign}"


def decimals_of(values: list[float]) -> int:
    """Return how many decimals a column of plain numbers needs, so that they can be compared from row to row.

    As many as all of them have, but no more than give the largest four digits, and two where there are cents.

    Parameters
    ----------
    values : list of float
        The numbers; what is not finite does not count.
    """
    finite = [abs(value) for value in values if isfinite(value)]
    if not finite or max(finite) == 0:
        return 0
    most = min(6, max(2, 3 - floor(log10(max(finite)))))
    for decimals in range(most):
        if all(abs(value - round(value, decimals)) <= NOISE * max(finite) for value in finite):
            return decimals
    return most
