"""How the work of a sweep is cut into tasks: none too long to be lost, none too short to be worth sending."""

from collections import deque
from collections.abc import Iterable
from math import ceil

from .work import Share

TASK_SECONDS = 0.5
"""About how long a task takes. What a kill can lose is a few tasks."""

LONGEST_SECONDS = 4.0
"""How long a task may take that does one whole point: a point that is cut has its world built twice."""

FIRST_TASK = 4
"""Replications of a task before it is known how long one takes."""

TASKS_EACH = 4
"""Tasks that each worker gets at least, where there are replications enough, so that none waits long for the last."""


class Chunks:
    """What is still to be done.

    A world takes a while to build, and its policies to learn, so a point is cut only where it is too long for one task.

    Parameters
    ----------
    shares : iterable of Share
        All that is to be done.
    """

    def __init__(self, shares: Iterable[Share]) -> None:
        self._waiting = deque(shares)
        self._left = sum(share.last - share.first for share in self._waiting)
        self._seconds: float | None = None
        """Of one replication, as far as is known."""

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def learn(self, replications: int, seconds: float) -> None:
        """Note how long a task took."""
        mean = seconds / replications
        self._seconds = mean if self._seconds is None else 0.5 * (self._seconds + mean)

    def next_task(self, workers: int) -> list[Share]:
        """Return the shares of the next task.

        Parameters
        ----------
        workers : int
            How many there are.
        """
        fair = ceil(self._left / (TASKS_EACH * workers))
        room = max(1, min(self._worth(TASK_SECONDS), fair))
        longest = max(1, min(self._worth(LONGEST_SECONDS), fair))
        task: list[Share] = []
        while self._waiting:
            share = self._waiting[0]
            size = share.last - share.first
            if size > room:
                if task:
                    break
                if size > longest:
                    self._waiting[0] = share._replace(first=share.first + longest)
                    task.append(share._replace(last=share.first + longest))
                    break
            task.append(self._waiting.popleft())
            room -= size
        self._left -= sum(share.last - share.first for share in task)
        return task

    def _worth(self, seconds: float) -> int:
        """Return how many replications take so long."""
        return FIRST_TASK if self._seconds is None else ceil(seconds / max(self._seconds, 1e-9))
