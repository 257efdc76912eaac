"""When two calendar times count as one: nine decimals of a time unit, worked out alike in Python and in compiled code.

Firms meet at times that are computed in different ways (the end of a shelf life k·h + n·h, a review (k + n)·h); without
this they would differ in the last bit and R2 would never see them as simultaneous.
"""

from .compiling import entrance

_FINEST = 1e9
"""Parts of a time unit that are told apart."""
_LARGEST = 4e6
"""Later than this, in time units, neighbouring numbers lie further apart than those parts."""


@entrance
def instant(time: float) -> float:
    """Return the representative of a calendar time, in time units: the number nearest to it with nine decimals.

    A product, a whole number and a quotient, each rounded by IEEE 754 and nothing else, so that both engines get the
    same bits (R15); Python's own rounding to decimals is another one than that of compiled code.
    """
    if abs(time) > _LARGEST:
        return time
    return float(round(time * _FINEST)) / _FINEST
