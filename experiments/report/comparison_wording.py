"""A comparison in words: the same on the terminal, in a report and under the pointer."""

from ...simulator.estimates import Estimate
from ..comparison.differences import DOUBT, Difference, Verdict
from ..comparison.findings import Comparison
from .wording import number

BEYOND_DOUBT = "*"
"""Marks a difference that is beyond doubt."""

AUTO = " Their number was found by looking at them (auto), which makes intervals a little too narrow."


def difference_in_words(difference: Difference) -> str:
    """Return a difference with its sign and half-width; that of shares in percentage points.

    Parameters
    ----------
    difference : Difference
        One figure of one variant less that of what it is compared with.
    """
    if difference.verdict is Verdict.NONE:
        return "none"
    return signed(difference.estimate, share=difference.unit == "share")


def signed(estimate: Estimate, *, share: bool) -> str:
    """Return an estimate of a difference with its sign.

    Parameters
    ----------
    estimate : Estimate
        The difference.
    share : bool
        Whether it is that of two shares: then it is in percentage points (pp).
    """
    text = number(estimate, percent=share)
    if share:
        text = text.removesuffix(" %") + ("" if estimate.mean is None else " pp")
    rises = estimate.mean is not None and estimate.mean > 0 and not text.startswith("-")
    return f"+{text}" if rises else text


def who_is_compared(comparison: Comparison) -> str:
    """Return who is compared with what, in a few words."""
    variants = comparison.variants
    listed = ", ".join(variants[:-1]) + (" and " if len(variants) > 1 else "") + variants[-1]
    return f"{listed} against {comparison.against}"


def what_was_done(comparison: Comparison) -> str:
    """Return how often each was run, and what the figures are."""
    n = comparison.replications
    many = f"{n} replications of each" if n > 1 else "One replication of each"
    return (
        f"{many}, seed {comparison.seed}: the same customers walk into every one. Figures are means a replication"
        + (f" ± half-width of the 95 % interval (n = {n})." if n > 1 else "; with one there are no intervals.")
        + (AUTO if comparison.precision is not None else "")
    )


def what_is_beyond_doubt(comparison: Comparison) -> str:
    """Return what the mark of a difference means, and over which family."""
    if comparison.replications == 1:
        return "With one replication nothing can be said of a difference."
    figures, variants = len(comparison.family), len(comparison.variants)
    judged = (
        f"of the {comparison.family_size} differences that are judged together ({figures} figure"
        f"{'' if figures == 1 else 's'} × {variants} variant{'' if variants == 1 else 's'})"
        if comparison.family_size > 1
        else "of the one difference that is judged"
    )
    return (
        f"{BEYOND_DOUBT} beyond doubt: {judged} the chance that any is marked which is none is at most "
        f"{100 * DOUBT:g} % (p-values adjusted by Holm's method). Each interval stands for itself."
    )
