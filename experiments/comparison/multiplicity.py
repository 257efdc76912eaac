"""Many comparisons at once: p-values that keep their promise for all of them together."""

import numpy as np

from ...models.problem import Floats


def holm_adjusted(p_values: Floats) -> Floats:
    """Return Holm's step-down adjusted p-values.

    Of m hypotheses with p-values p₍₁₎ ≤ … ≤ p₍ₘ₎ the i-th smallest becomes max over j ≤ i of min(1, (m − j + 1)·p₍ⱼ₎).
    To call beyond doubt what is below α then errs in any of them, whichever hypotheses are true and however they depend
    on each other, with a chance of at most α (Holm 1979, A simple sequentially rejective multiple test procedure,
    Scandinavian Journal of Statistics 6, section 3).

    Parameters
    ----------
    p_values : array (m,)
        One p-value for each hypothesis of the family, in [0, 1].

    Returns
    -------
    array (m,)
        Adjusted p-values, in the same order.

    Raises
    ------
    ValueError
        If one is outside [0, 1], or no number.

    Examples
    --------
    >>> holm_adjusted(np.array([0.01, 0.04, 0.03])).tolist()
    [0.03, 0.06, 0.06]
    """
    if not np.all((p_values >= 0) & (p_values <= 1)):
        raise ValueError(f"p-values lie in [0, 1] (got {p_values.tolist()})")
    order = np.argsort(p_values, kind="stable")
    factors = np.arange(len(p_values), 0, -1)
    adjusted = np.empty(len(p_values), dtype=np.float64)
    adjusted[order] = np.maximum.accumulate(np.minimum(1.0, factors * p_values[order]))
    return adjusted
