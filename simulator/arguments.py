"""What can be wrong with the arguments of a run, whoever asks for it."""

from .engines import ENGINES


class ArgumentError(ValueError):
    """An argument of a run is out of its bounds."""


def check_count(what: str, value: object) -> int:
    """Return a whole number above 0.

    Parameters
    ----------
    what
        The argument's name.
    value
        What was given for it.

    Raises
    ------
    ArgumentError
        If it is something else.
    """
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise ArgumentError(f"{what} must be a whole number above 0 (got {value!r})")
    return value


def check_seed(value: object) -> int:
    """Return a seed, a whole number in [0, 2³²).

    Raises
    ------
    ArgumentError
        If it is something else.
    """
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**32:
        raise ArgumentError(f"seed must be a whole number in [0, 2**32) (got {value!r})")
    return value


def check_engine(name: str) -> str:
    """Return the name of an engine.

    Raises
    ------
    ArgumentError
        If there is no such engine.
    """
    if name not in ENGINES:
        raise ArgumentError(f"there is no engine {name!r} (known: {', '.join(ENGINES)})")
    return name
