"""The one place where a wanted quantity becomes whole units, packs and at least the minimum (R3)."""

import math

NOISE = 1e-9
"""Units by which a computed quantity may lie above a whole number and still mean that number."""


def order_units(wanted: float, pack: int = 1, minimum: int = 0) -> int:
    """Return the quantity to order for a wanted one, in units.

    In this order: nothing for 0 or less; up to a whole number; up to the minimum; up to whole packs. So an order is
    never below what was wanted, except for 1e-9 units of noise that a computation may have left above a whole number.

    Parameters
    ----------
    wanted
        The wanted quantity, in units.
    pack
        Units of one pack, at least 1.
    minimum
        The smallest order, in units, at least 0; nothing wanted is nothing ordered all the same.

    Raises
    ------
    ValueError
        When the wanted quantity is not a finite number, the pack is below 1 or the minimum below 0.

    Examples
    --------
    >>> order_units(7.2, pack=6)
    12
    >>> order_units(3.0000000001)
    3
    >>> order_units(2, pack=4, minimum=5)
    8
    >>> order_units(-3, minimum=5)
    0
    """
    if not math.isfinite(wanted):
        raise ValueError(f"wanted: must be a finite number of units (got {wanted})")
    if pack < 1:
        raise ValueError(f"pack: must be at least 1 (got {pack})")
    if minimum < 0:
        raise ValueError(f"minimum: must be at least 0 (got {minimum})")
    whole = math.ceil(wanted - NOISE)
    if whole <= 0:
        return 0
    packs = -(-max(whole, minimum) // pack)
    return packs * pack
