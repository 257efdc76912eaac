"""What whole orders must keep to, and the nearest point that does, for ascents that know no linear program."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..problem import Floats
from .season import Resource

EXACT = 1e-9
"""Units or shares that rounding of binary numbers may make."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What orders must keep to; arrays have shape (products,), or are one number for all."""

    smallest: npt.ArrayLike = 0.0
    """Units, in whole numbers."""
    largest: npt.ArrayLike = np.inf
    """Units, in whole numbers, or inf."""
    resource: Resource | None = None
    """What all orders share, in one row: see `season.budget` and `season.shelf_space`."""

    def check(self, size: int) -> None:
        """Complain of what makes no sense.

        Raises
        ------
        ValueError
            When a limit is no whole number of units, the resource has not one row with uses of at least 0, or the
            smallest orders break a limit.
        """
        for name in ("smallest", "largest"):
            given = np.asarray(getattr(self, name), dtype=float)
            if given.shape not in {(), (size,)}:
                raise ValueError(f"{name}: must be a number or have shape ({size},) (got {given.shape})")
            whole = (given >= 0) & (given == np.round(given)) & (np.isfinite(given) | (name == "largest"))
            if not whole.all():
                raise ValueError(f"{name}: must be whole numbers of at least 0")
        low, high = self.box(size)
        if (low > high).any():
            raise ValueError("smallest: must be at most largest")
        if self.resource is not None:
            use, name = self.resource.use, self.resource.name
            if use.shape != (1, size) or self.resource.capacity.shape != (1,):
                raise ValueError(f"{name}: must have one row for {size} products (got {use.shape})")
            if not (np.isfinite(use) & (use >= 0)).all():
                raise ValueError(f"{name}: use must be finite and at least 0")
        if not self.allow(low):
            raise ValueError(f"smallest: what must be ordered breaks '{self.resource.name if self.resource else ''}'")

    def box(self, size: int) -> tuple[Floats, Floats]:
        """Return smallest and largest orders, shape (products,) each."""
        low, high = (np.broadcast_to(np.asarray(each, dtype=float), (size,)) for each in (self.smallest, self.largest))
        return low, high

    def allow(self, quantities: Floats) -> bool:
        """Return whether quantities keep to the limits."""
        low, high = self.box(len(quantities))
        return bool((quantities >= low).all() and (quantities <= high).all()) and self._excess(quantities) <= EXACT

    def project(self, quantities: Floats, scale: Floats) -> Floats:
        """Return the nearest quantities that are allowed, with the square of a distance divided by `scale`.

        They are the quantities less θ · scale · use, cut off at the box, with the smallest θ ≥ 0 that the resource
        asks for; it is found by halving.
        """
        low, high = self.box(len(quantities))
        inside: Floats = np.clip(quantities, low, high)
        if self.resource is None or self._excess(inside) <= 0:
            return inside
        pull = scale * self.resource.use[0]
        little, much = 0.0, 1.0
        while self._excess(np.clip(quantities - much * pull, low, high)) > 0:
            # At the latest all that use anything are at their smallest, and `check` has seen that these fit.
            if (quantities - much * pull <= low)[pull > 0].all():
                break
            much *= 2
        while much - little > EXACT * much:
            middle = (little + much) / 2
            if self._excess(np.clip(quantities - middle * pull, low, high)) > 0:
                little = middle
            else:
                much = middle
        nearest: Floats = np.clip(quantities - much * pull, low, high)
        return nearest

    def _excess(self, quantities: Floats) -> float:
        """Return by what share of its capacity a resource is exceeded; at most 0 where it is not."""
        if self.resource is None:
            return 0.0
        capacity = float(self.resource.capacity[0])
        if np.isinf(capacity):
            return 0.0
        return (float(self.resource.use[0] @ quantities) - capacity) / max(1.0, abs(capacity))
