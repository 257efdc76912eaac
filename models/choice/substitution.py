"""First choices and substitution shares given from outside; without a limit of attempts, the Markov chain model.

A customer wants offer i first with share λ_i. Who fails at i tries j with share ρ_ij, and with what the row lacks to 1
leaves. With S the offers that can be had, N the others, and a limit of n substitutes,

    x(0) = λ,   x(k+1) = x_N(k) ρ_N,     share_j = Σ_{k=0..n} x_j(k)   for j in S.

Without a limit the customer walks until an offer of S or the way out absorbs the chain (Blanchet, Gallego & Goyal 2016,
Operations Research 64(4)):

    share_S = λ_S + λ_N (I − ρ_NN)^{-1} ρ_NS.

With λ_i = v_i/(V + v_0) and ρ_ij = v_j/(V + v_0 − v_i) that is the multinomial logit, exactly (theorem in sect. 4.1).
A limit of one attempt is the exogenous substitution of Smith & Agrawal (2000) and of Netessine & Rudi (2003).
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from ..chance import Chance, Purpose
from ..lottery import SUM_TOLERANCE, Lottery
from .inputs import check_lengths
from .protocols import Shares

FAVOURITE_SLOT = 0
"""Slot of the draw that decides what a customer wants first."""


def endless_circle(substitution: Sequence[Sequence[float]]) -> tuple[int, ...]:
    """Return the offers among which a customer who finds none of them would be sent on for ever.

    Parameters
    ----------
    substitution
        By failed offer and substitute, in [0, 1]; what is missing to 1 in a row leaves.

    Returns
    -------
    tuple
        Positions of all offers from which no way leads out of the chain, in order; empty where everybody can leave.
    """
    can_leave = {failed for failed, row in enumerate(substitution) if sum(row) < 1 - SUM_TOLERANCE}
    grew = True
    while grew:
        found = {
            failed
            for failed, row in enumerate(substitution)
            if failed not in can_leave and any(share > 0 and to in can_leave for to, share in enumerate(row))
        }
        can_leave |= found
        grew = bool(found)
    return tuple(failed for failed in range(len(substitution)) if failed not in can_leave)


class Substitution:
    """First choices and a substitution matrix: an `AttemptChoice`.

    Parameters
    ----------
    first_choice
        Share of customers who want each considered offer first (λ); what is missing to 1 wants nothing.
    substitution
        By failed offer and substitute, share of customers who try the substitute next (ρ); what is missing to 1 in a
        row leaves.
    attempts
        How many substitutes a customer tries, at least 1; None for no limit.

    Raises
    ------
    ValueError
        When the matrix is not square of the size of `first_choice`, shares are negative or sum to more than 1, an
        offer is its own substitute, `attempts` is below 1, or without a limit somebody could go round for ever.
    """

    def __init__(
        self, first_choice: Sequence[float], substitution: Sequence[Sequence[float]], attempts: int | None
    ) -> None:
        considered = len(first_choice)
        if len(substitution) != considered or any(len(row) != considered for row in substitution):
            raise ValueError(f"substitution: needs a row and a column for each of the {considered} considered offers")
        if attempts is not None and attempts < 1:
            raise ValueError(f"attempts: must be at least 1 (got {attempts})")
        for failed, row in enumerate(substitution):
            if row[failed] != 0:
                raise ValueError(
                    f"substitution: the offer at position {failed} must not be its own substitute (got {row[failed]})"
                )
        self.first = Lottery(first_choice, "first_choice")
        """The draw of a first choice."""
        self.rows = tuple(
            Lottery(row, f"substitution from the offer at position {failed}") for failed, row in enumerate(substitution)
        )
        if attempts is None and (circle := endless_circle(substitution)):
            raise ValueError(
                f"substitution: whoever finds none of the offers at positions {', '.join(map(str, circle))} would go "
                "round for ever; let one of their rows sum to less than 1, or set a number of attempts"
            )
        self._attempts = attempts
        self._first_choice: npt.NDArray[np.float64] = np.array(self.first.shares, dtype=np.float64)
        self._substitution: npt.NDArray[np.float64] = np.array(
            [row.shares for row in self.rows], dtype=np.float64
        ).reshape(considered, considered)

    @property
    def attempts(self) -> int | None:
        """How many substitutes a customer tries; None for no limit."""
        return self._attempts

    def favourite(self, chance: Chance) -> int | None:
        """Return the position of the offer that one customer wants first; None for nothing."""
        return self.first.winner(chance.uniform(Purpose.TYPE, FAVOURITE_SLOT))

    def next_offer(self, chance: Chance, failed: int, attempt: int) -> int | None:
        """Return the offer that a customer tries after `failed` as substitute number `attempt`; None for leaving.

        `attempt` is 1 for the first substitute; the limit of attempts is the caller's to keep.
        """
        return self.rows[failed].winner(chance.uniform(Purpose.ATTEMPT, attempt))

    def shares(self, offered: Sequence[bool], prices: Sequence[float]) -> Shares:
        """Return the share of customers who end with each offer; what is missing to 1 buys nothing.

        Parameters
        ----------
        offered
            Which of the considered offers can be had. Shape (considered offers,).
        prices
            Not looked at: the shares are given without prices (R8). Shape (considered offers,).
        """
        check_lengths(len(self.rows), offered, prices)
        can_be_had = np.array(offered, dtype=bool)
        failing = ~can_be_had
        result = np.where(can_be_had, self._first_choice, 0.0)
        onward = self._substitution[failing]
        if self._attempts is None:
            stuck = self._substitution[np.ix_(failing, failing)]
            # Expected number of failures at each offer that cannot be had: the fundamental matrix of the chain.
            failures = np.linalg.solve(np.eye(len(stuck)) - stuck.T, self._first_choice[failing])
            return np.where(can_be_had, result + failures @ onward, 0.0)
        failed_now = self._first_choice[failing]
        for _ in range(self._attempts):
            tried = failed_now @ onward
            result += np.where(can_be_had, tried, 0.0)
            failed_now = tried[failing]
        return result
