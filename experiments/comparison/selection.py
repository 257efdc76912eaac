"""Selecting the best of several worlds that meet the same customers: procedure KN of Kim and Nelson (2001).

Problem. World i = 1 … k gives one value a replication, Xᵢᵣ. The vectors (X₁ᵣ, …, Xₖᵣ) of the replications r = 1, 2, …
are independent and multivariate normal, with unknown means μᵢ, unknown variances, and unknown covariances within a
replication, which common random numbers bring about. Find the world of the largest mean with

    P(correct selection) ≥ 1 − α   whenever the largest mean exceeds every other one by at least δ,

where δ, the indifference zone, is the smallest difference that is worth knowing.

Procedure, with c = 1, which the authors advise where nothing is known about the means:

1. Constants: η = ½ ((2α / (k − 1))^(−2 / (n₀ − 1)) − 1), h² = 2η (n₀ − 1).
2. First stage: n₀ replications of every world. S²ᵢₗ is the sample variance of Xᵢᵣ − Xₗᵣ over them, Nᵢₗ = ⌊h²S²ᵢₗ / δ²⌋.
   If n₀ exceeds every Nᵢₗ, stop and select the largest mean.
3. Screening after r replications: world i stays if, for every other world l that is still in, the mean of i is at least
   the mean of l less Wᵢₗ(r) = max(0, (δ / 2r) (h²S²ᵢₗ / δ² − r)).
4. If one is left, it is selected. Otherwise make one more replication of each that is still in; if then r exceeds
   every Nᵢₗ, stop and select the largest mean of those still in, else screen again.

Common random numbers make S²ᵢₗ small, and the procedure short; α / (k − 1) in place of 1 − (1 − α)^(1 / (k − 1)) makes
it valid with them.

Source: S.-H. Kim and B. L. Nelson, A fully sequential procedure for indifference-zone selection in simulation, ACM
Transactions on Modeling and Computer Simulation 11 (2001) 251–273.
"""

from dataclasses import dataclass

import numpy as np

from ...models.problem import Floats

NEVER = 2**62
"""Replications that nobody makes: a limit beyond it would not fit into a whole number."""

BLOCK = 256
"""Replications that are screened at once; none is screened with knowledge of a later one."""


def eta(worlds: int, first_stage: int, confidence: float) -> float:
    """Return the constant η of k worlds for c = 1: the root of ½ (1 + 2η)^(−(n₀ − 1)/2) = α / (k − 1).

    Parameters
    ----------
    worlds : int
        How many worlds there are, k.
    first_stage : int
        Replications of the first stage, n₀.
    confidence : float
        The chance of a correct selection, 1 − α.

    Raises
    ------
    ValueError
        If there are fewer than two worlds or first replications, or the confidence is not between 1/k, which chance
        alone gives, and 1.

    Examples
    --------
    >>> round(eta(2, 11, 0.95), 6)
    0.292447
    """
    if worlds < 2:
        raise ValueError(f"there is nothing to select among fewer than 2 (got {worlds})")
    if first_stage < 2:
        raise ValueError(f"the first stage needs 2 replications or more (got {first_stage})")
    if not 1 / worlds < confidence < 1:
        raise ValueError(
            f"the confidence of a selection among {worlds} lies between 1/{worlds} and 1 (got {confidence})"
        )
    return float(0.5 * ((2 * (1 - confidence) / (worlds - 1)) ** (-2 / (first_stage - 1)) - 1))


@dataclass(frozen=True, slots=True)
class Departure:
    """Why a world is no longer in."""

    after: int
    """Replications of it that were looked at."""
    by: int
    """The world that it fell behind."""


class Selection:
    """The procedure, which looks at one replication after the other.

    Parameters
    ----------
    worlds : int
        How many there are to select from, k.
    indifference : float
        The smallest difference of means that is worth knowing, δ, in the unit of the values.
    confidence : float
        The chance of a correct selection, 1 − α.
    first_stage : int
        Replications of the first stage, n₀.

    Raises
    ------
    ValueError
        If one of these is out of its bounds.
    """

    def __init__(self, worlds: int, indifference: float, *, confidence: float, first_stage: int) -> None:
        if not 0 < indifference < float("inf"):
            raise ValueError(f"the indifference zone must be above 0 (got {indifference})")
        self.indifference, self.first_stage = indifference, first_stage
        self.h_squared = 2 * eta(worlds, first_stage, confidence) * (first_stage - 1)
        self.seen = 0
        """Replications that were looked at, r."""
        self.still_in = list(range(worlds))
        """Worlds that may still be selected, by number."""
        self.gone: dict[int, Departure] = {}
        """Worlds that were screened out."""
        self._sums = np.zeros(worlds)
        self._first: list[Floats] = []
        self._variances = np.zeros((worlds, worlds))
        self._limits = np.zeros((worlds, worlds), dtype=np.int64)

    @property
    def done(self) -> bool:
        """Whether one is selected."""
        if len(self.still_in) == 1:
            return True
        return self.seen >= self.first_stage and self.seen > self._largest_limit()

    @property
    def most(self) -> int | None:
        """The largest number of replications that it can still take; None before the first stage ended."""
        return None if self.seen < self.first_stage else max(self.seen, self._largest_limit() + 1)

    @property
    def best(self) -> list[int]:
        """The selected world; several only where they were equal in everything that was looked at."""
        sums = self._sums[self.still_in]
        return [world for world, total in zip(self.still_in, sums.tolist(), strict=True) if total == sums.max()]

    def see(self, values: Floats) -> int:
        """Look at the next replications, one after the other, and return at how many: no more than it takes.

        Parameters
        ----------
        values : array (replications, worlds)
            Their values in each world; what stands there for worlds that are out is not looked at.

        Raises
        ------
        ValueError
            If a selection was made, or a value of a world that is in is no number.
        """
        if self.done:
            raise ValueError("the selection is made")
        if not np.isfinite(values[:, self.still_in]).all():
            raise ValueError("a value of a world that is in is no number")
        at = 0
        if self.seen < self.first_stage:
            own = values[: self.first_stage - self.seen]
            self._first.extend(own)
            self._sums = _running_sums(self._sums, own)[-1]
            at, self.seen = len(own), self.seen + len(own)
            if self.seen == self.first_stage:
                self._end_first_stage(np.array(self._first))
                if not self.done:
                    self._leave(self._behind(self._sums[np.newaxis, self.still_in], np.array([self.seen]))[0])
        while at < len(values) and not self.done:
            at += self._screen(values[at : at + BLOCK])
        return at

    def _end_first_stage(self, values: Floats) -> None:
        differences = values[:, :, np.newaxis] - values[:, np.newaxis, :]
        self._variances = differences.var(axis=0, ddof=1)
        limits = np.floor(self.h_squared * self._variances / self.indifference**2)
        self._limits = np.minimum(limits, NEVER).astype(np.int64)

    def _largest_limit(self) -> int:
        # Of those still in alone: beyond its own Nᵢₗ a pair has W = 0, so that one of the two is out unless they are
        # equal. To go on for the sake of a pair that is out would not change the selection.
        return int(self._limits[np.ix_(self.still_in, self.still_in)].max())

    def _screen(self, values: Floats) -> int:
        """Look at replications until somebody leaves or the end, and return at how many."""
        own, limit = self.still_in, self._largest_limit()
        sums = _running_sums(self._sums[own], values[: limit + 1 - self.seen, own])
        after = self.seen + 1 + np.arange(len(sums))
        behind = self._behind(sums, after)
        somebody = (behind > 0).any(axis=(1, 2)) & (after <= limit)
        last = int(somebody.argmax()) if somebody.any() else len(sums) - 1
        self._sums[own] = sums[last]
        self.seen += last + 1
        if somebody[last]:
            self._leave(behind[last])
        return last + 1

    def _behind(self, sums: Floats, after: "np.ndarray[tuple[int, ...], np.dtype[np.int64]]") -> Floats:
        """Return by how much more than the slack r·W each that is in lies behind each other, in sums over r."""
        own = np.ix_(self.still_in, self.still_in)
        slack = 0.5 * self.h_squared * self._variances[own] / self.indifference
        slack = np.maximum(0.0, slack - 0.5 * self.indifference * after[:, np.newaxis, np.newaxis])
        behind: Floats = sums[:, np.newaxis, :] - slack - sums[:, :, np.newaxis]
        behind[:, range(len(self.still_in)), range(len(self.still_in))] = -np.inf
        return behind

    def _leave(self, behind: Floats) -> None:
        """Take out those that lie behind any other; the one that they are farthest behind is noted."""
        worst = behind.argmax(axis=1)
        for place, world in enumerate(self.still_in):
            if behind[place, worst[place]] > 0:
                self.gone[world] = Departure(self.seen, self.still_in[worst[place]])
        self.still_in = [world for world in self.still_in if world not in self.gone]


def _running_sums(before: Floats, values: Floats) -> Floats:
    """Return sums after each further row, added one by one, so that no digit depends on how rows are grouped."""
    return np.add.accumulate(np.vstack([before, values]), axis=0)[1:]
