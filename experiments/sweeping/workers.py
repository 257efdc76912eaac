"""Who does the work: this process, processes of this machine, or a Dask cluster; the figures do not depend on it."""

import signal
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Executor, Future, ThreadPoolExecutor
from typing import Any

from ..store.program import program_version
from .work import Done

LOCAL = "local"
DASK = "dask://"

IDLE_SECONDS = 60
"""How long processes wait for more before they end: the next sweep of a notebook finds them ready."""

PATIENCE_SECONDS = 30.0
"""How long a cluster may take to answer, and to have a first worker."""

COUNT_SECONDS = 2.0
"""For how long the number of a cluster's workers is taken to be what it was."""

ALONE_AFTER = 2
"""Deaths of its worker after which a task is done alone, so that no other is blamed."""

Task = Callable[..., Done]


class BackendError(Exception):
    """The workers cannot be had, or were lost; what was stored before stays."""


class Workers(ABC):
    """Some workers."""

    @property
    @abstractmethod
    def count(self) -> int:
        """How many tasks are done at once; a cluster may grow and shrink."""

    @abstractmethod
    def submit(self, task: Task, *arguments: Any) -> "Future[Done]":  # noqa: ANN401 - handed through
        """Have a task done some time."""

    @abstractmethod
    def was_killed(self, error: BaseException) -> bool:
        """Tell whether a task failed because its worker died, so that it may be tried again."""

    @abstractmethod
    def stop(self, *, at_once: bool) -> None:
        """Let them go; at once, what they are doing is given up."""


def workers_of(backend: str, jobs: int) -> Workers:
    """Return the workers that are asked for.

    Parameters
    ----------
    backend : str
        `local`, or `dask://HOST:PORT`.
    jobs : int
        How many processes, for `local`.

    Raises
    ------
    BackendError
        If there is no such backend, or the cluster does not answer or has another program.
    """
    if backend.startswith(DASK):
        return DaskWorkers(backend)
    return ThisProcess() if jobs == 1 else Processes(jobs)


def check_backend(backend: str, jobs: int) -> str | None:
    """Return what is wrong with a backend's name, and with a number of processes beside it; None if nothing is."""
    if backend == LOCAL:
        return None
    address = backend.removeprefix(DASK)
    host, colon, port = address.rpartition(":")
    if not backend.startswith(DASK) or not (host and colon and port.isdecimal()):
        return f"there is no backend {backend!r} (known: local, dask://HOST:PORT)"
    return None if jobs == 1 else "jobs has a meaning only for the local backend; a cluster has its own workers"


class ThisProcess(Workers):
    """One thread of this process; for one job no other process is worth its start."""

    def __init__(self) -> None:
        self._executor: Executor = ThreadPoolExecutor(1)

    @property
    def count(self) -> int:
        """One."""
        return 1

    def submit(self, task: Task, *arguments: Any) -> "Future[Done]":  # noqa: ANN401
        """Have a task done some time."""
        return self._executor.submit(task, *arguments)

    def was_killed(self, error: BaseException) -> bool:  # noqa: ARG002
        """Tell that it was not: a thread dies with its process."""
        return False

    def stop(self, *, at_once: bool) -> None:
        """Let it go; a task that is being done is short, and is waited for."""
        self._executor.shutdown(wait=True, cancel_futures=at_once)


_POOLS: dict[int, Any] = {}
"""Processes that wait for the next sweep, by their number."""


class Processes(Workers):
    """Processes of this machine, apart from those of `run`: joblib expects of its own what others do not have."""

    def __init__(self, jobs: int) -> None:
        self._jobs = jobs
        self._executor = _POOLS.pop(jobs, None) or self._new()

    def _new(self) -> Any:  # noqa: ANN401 - loky has no types
        from joblib.externals.loky import ProcessPoolExecutor

        return ProcessPoolExecutor(self._jobs, timeout=IDLE_SECONDS, initializer=_leave_interrupts_to_the_parent)

    @property
    def count(self) -> int:
        """Number of processes."""
        return self._jobs

    def submit(self, task: Task, *arguments: Any) -> "Future[Done]":  # noqa: ANN401
        """Have a task done some time, by new processes where the old ones died."""
        try:
            future: Future[Done] = self._executor.submit(task, *arguments)
        except BrokenExecutor:
            self._executor = self._new()
            future = self._executor.submit(task, *arguments)
        return future

    def was_killed(self, error: BaseException) -> bool:
        """Tell whether a process died."""
        return isinstance(error, BrokenExecutor)

    def stop(self, *, at_once: bool) -> None:
        """Let them go; idle ones stay for a while, for the next sweep."""
        if at_once:
            self._executor.shutdown(wait=True, kill_workers=True)
        else:
            _POOLS[self._jobs] = self._executor


class DaskWorkers(Workers):
    """The workers of a Dask cluster.

    A worker that dies is replaced by another one: the scheduler sees to it.
    """

    def __init__(self, backend: str) -> None:
        self.shown = backend
        self._count, self._counted_at = 1, -COUNT_SECONDS
        try:
            import distributed
        except ModuleNotFoundError as error:
            raise BackendError(
                f"{backend} needs the package distributed: pip install 'demandshift[cluster]'"
            ) from error
        address = "tcp://" + backend.removeprefix(DASK)
        try:
            client: Any = distributed.Client  # it has no types
            self._client: Any = client(address, timeout=PATIENCE_SECONDS, set_as_default=False)
        except (OSError, TimeoutError) as error:
            raise BackendError(f"no Dask scheduler answers at {backend} ({_first_line(error)})") from error
        try:
            self._client.wait_for_workers(1, timeout=PATIENCE_SECONDS)
            self._check_programs()
            self._executor = self._client.get_executor(pure=False)
        except TimeoutError as error:
            self._client.close()
            raise BackendError(f"the cluster {backend} has no worker; start one with: dask worker {address}") from error
        except BackendError:
            self._client.close()
            raise

    def _check_programs(self) -> None:
        """Refuse workers whose program is another one: their figures would not be the same to the bit."""
        told: dict[str, Any] = self._client.run(program_version, on_error="return")
        for worker, answer in told.items():
            if isinstance(answer, BaseException):
                raise BackendError(f"the worker {worker} has no demandshift to work with ({_first_line(answer)})")
            check_program(answer, worker)

    @property
    def count(self) -> int:
        """Number of threads of all workers, as of a moment ago."""
        now = time.monotonic()
        if now - self._counted_at > COUNT_SECONDS:
            self._count = max(1, sum(self._client.nthreads().values()))
            self._counted_at = now
        return self._count

    def submit(self, task: Task, *arguments: Any) -> "Future[Done]":  # noqa: ANN401
        """Have a task done some time."""
        if self._client.status != "running":
            raise BackendError(f"the cluster {self.shown} was lost")
        future: Future[Done] = self._executor.submit(task, *arguments)
        return future

    def was_killed(self, error: BaseException) -> bool:
        """Tell whether several workers died over a task."""
        from distributed.scheduler import KilledWorker

        return isinstance(error, KilledWorker)

    def stop(self, *, at_once: bool) -> None:
        """Let them go; tasks that are waiting are called off."""
        self._executor.shutdown(wait=not at_once)
        self._client.close()


def check_program(program: str, who: str = "a worker") -> None:
    """Refuse what another version of the program computed.

    Raises
    ------
    BackendError
        If it is another.
    """
    if program != program_version():
        raise BackendError(
            f"{who} has another version of demandshift, of its dependencies or of Python, or is another kind of "
            "machine; its figures need not be the same to the bit: install the same on all"
        )


def _leave_interrupts_to_the_parent() -> None:
    """Ctrl-C goes to all processes of a terminal; the one that conducts them sees to it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _first_line(error: BaseException) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]
