"""Which of a few candidates is best, when all meet the same customers: a two-stage procedure with a stated guarantee.

**Problem.** Candidates 1 … k have unknown means μ₁ … μ_k. Replication r gives a vector (Y₁ᵣ … Y_kᵣ); vectors are
independent, their parts are not, since all candidates meet the same customers (R14). Find a candidate whose mean is,
with probability 1 − α, within an indifference zone δ > 0 of the best.

**Procedure** (Clark & Yang 1986; with the multiple comparisons with the best that Nelson & Matejcik 1995 added to it).
From n₀ first replications take S²ᵢⱼ, the sample variance of Yᵢ − Yⱼ. With t = t_{1 − α/c, n₀ − 1}, Student's
one-sided quantile, make

    N = max(n₀, max_{i≠j} ⌈(t Sᵢⱼ / δ)²⌉)

replications of every candidate and choose the largest mean Ȳᵢ over all N. c is k − 1, the number of comparisons with
whatever candidate is truly the best (Bonferroni; nothing is assumed about the correlations). Where some candidates may
not be chosen because they miss a constraint, the best of the others is not a fixed one, and c is k(k − 1).

**Why.** S²ᵢⱼ is independent of Ȳᵢ − Ȳⱼ over all N, and N depends on the S²ᵢⱼ alone, so that (Stein 1945)
(Ȳᵢ − Ȳⱼ − (μᵢ − μⱼ)) √N / Sᵢⱼ has Student's distribution with n₀ − 1 degrees of freedom. With probability 1 − α none of
the c comparisons with the best is off by more than wᵢⱼ = t Sᵢⱼ / √N ≤ δ. On that event the best b has Ȳ_b ≥ Ȳᵢ − w_ib
for all i, and for the chosen one m: μ_b − μ_m ≤ max_{i≠m} (w_im − (Ȳ_m − Ȳᵢ)). This is stated whether or not N was as
large as δ asks for, so that a limit on N costs precision, not validity. Values are taken for normal; sums over a
replication's many customers nearly are.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil, sqrt

from scipy.special import stdtrit

from ...models.problem import Floats
from ...simulator.estimates import CONFIDENCE


@dataclass(frozen=True)
class Spread:
    """What the first replications say about the differences between candidates."""

    deviations: Floats
    """Sᵢⱼ, the standard deviation of the difference in one replication; shape (candidates, candidates)."""
    quantile: float
    """t, Student's quantile with Bonferroni's correction."""

    def needed(self, difference: float, least: int, most: int) -> int:
        """Return N, the replications that tell means apart that differ by `difference`, within limits."""
        largest = float(self.deviations.max())
        if largest == 0:
            return least
        # Asked this way round, since a tiny difference needs more replications than a number can hold.
        if difference <= self.quantile * largest / sqrt(most):
            return most
        return max(least, ceil((self.quantile * largest / difference) ** 2))

    def widths(self, replications: int) -> Floats:
        """Return wᵢⱼ, by how much a difference of two means over so many replications may be off."""
        return self.quantile * self.deviations / sqrt(replications)


def spread_of(first: Floats, *, constrained: bool) -> Spread:
    """Return the spread of differences in the first replications.

    Parameters
    ----------
    first : array (candidates, n₀)
        One value a candidate and replication; more is better.
    constrained : bool
        Whether some candidates may turn out not to be allowed.
    """
    candidates, replications = first.shape
    differences = first[:, None, :] - first[None, :, :]
    comparisons = max(1, candidates - 1) * (candidates if constrained else 1)
    quantile = float(stdtrit(replications - 1, 1 - (1 - CONFIDENCE) / comparisons))
    return Spread(differences.std(axis=2, ddof=1), quantile)


@dataclass(frozen=True)
class Placing:
    """Where candidates stand after the race."""

    chosen: int
    """Position of the best mean among those allowed."""
    behind: float
    """With 95 % confidence, no allowed candidate's mean is better than the chosen one's by more."""
    may_be_best: tuple[bool, ...]
    """Which candidates the race could not rule out as the best of those allowed."""


def place(means: Sequence[float], allowed: Sequence[bool], widths: Floats) -> Placing:
    """Choose the best allowed candidate and say how sure that is.

    Parameters
    ----------
    means : sequence of float
        Ȳᵢ, over all replications; more is better.
    allowed : sequence of bool
        Who may be chosen; at least one.
    widths : array (candidates, candidates)
        wᵢⱼ of `Spread.widths`.

    Raises
    ------
    ValueError
        If nobody is allowed.
    """
    runners = [each for each, may in enumerate(allowed) if may]
    if not runners:
        raise ValueError("allowed: nobody may be chosen")
    # Of equal means the first: the present policy stands first and is not given up for nothing.
    chosen = max(runners, key=lambda each: (means[each], -each))
    behind = [float(widths[each, chosen]) - (means[chosen] - means[each]) for each in runners if each != chosen]
    best = [
        each in runners
        and all(means[each] >= means[other] - float(widths[each, other]) for other in runners if other != each)
        for each in range(len(means))
    ]
    return Placing(chosen, max([0.0, *behind]), tuple(best))
