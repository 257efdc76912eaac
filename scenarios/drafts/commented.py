"""A draft as a commented YAML file. Names are data: whatever stands in them, they read back as they were given."""

import re
import textwrap
from typing import TYPE_CHECKING

from ..scalars import ScalarError, read_scalar
from .lines import Block, Draft, Line

if TYPE_CHECKING:
    from ..marked import Plain

__all__ = ["commented_yaml", "flow", "quoted"]

WIDTH = 120
WIDEST_BEFORE_NOTE = 60
"""A note stands beside its line where that leaves room for it, and above it otherwise."""
_PLAIN = re.compile(r"[^\W\d_][\w./-]*|\d{4}-\d{2}-\d{2}")
"""Text that means itself without quotes, wherever it stands."""
_OLD_TRUTHS = frozenset({"y", "n", "yes", "no", "on", "off"})
"""What other programs, which read YAML 1.1, take for truth values."""


def commented_yaml(draft: Draft, advice: str) -> str:
    """Return the text of a scenario file.

    Parameters
    ----------
    draft
        What is in it.
    advice
        What stands above it beside the title, for whoever opens it.
    """
    lines = [f"# {text}" for text in textwrap.wrap(_on_one_line(f"{draft.title} {advice}"), WIDTH - 2)]
    return "\n".join([*lines, *_written(draft.lines, "")]) + "\n"


def flow(value: "Plain") -> str:
    """Return a value on one line, as YAML."""
    match value:
        case dict():
            return "{" + ", ".join(f"{flow(key)}: {flow(below)}" for key, below in value.items()) + "}"
        case list() | tuple():
            return "[" + ", ".join(flow(below) for below in value) + "]"
        case str():
            return value if _PLAIN.fullmatch(value) and _means_itself(value) else quoted(value)
        case bool() | None:
            return {True: "true", False: "false", None: "null"}[value]
        case float() if value.is_integer() and abs(value) < 1e15:
            return str(int(value))
        case _:
            return repr(value)


def quoted(text: str) -> str:
    r"""Return text in double quotes, with escapes for all that a YAML file cannot show.

    Examples
    --------
    >>> print(quoted('Cola "Zero"'))
    "Cola \"Zero\""
    """
    return '"' + "".join(_escaped(letter) for letter in text) + '"'


def _escaped(letter: str) -> str:
    if letter in '"\\':
        return f"\\{letter}"
    if letter.isprintable():
        return letter
    return f"\\u{ord(letter):04x}" if ord(letter) < 0x10000 else f"\\U{ord(letter):08x}"


def _means_itself(text: str) -> bool:
    if text.casefold() in _OLD_TRUTHS:
        return False
    try:
        return read_scalar(text) == text
    except ScalarError:
        return False


def _on_one_line(text: str) -> str:
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


def _written(lines: tuple[Line, ...], indent: str) -> list[str]:
    written: list[str] = []
    starts = [f"{indent}{flow(line.key)}:" + _value(line) for line in lines]
    fitting = [len(start) for start in starts if len(start) <= WIDEST_BEFORE_NOTE]
    column = max(fitting, default=0)
    for line, start in zip(lines, starts, strict=True):
        note = _on_one_line(line.note)
        if not indent and isinstance(line.value, Block):
            written += ["", *_above(note, indent)]
            note = ""
        elif len(start) > WIDEST_BEFORE_NOTE or column + 4 + len(note) > WIDTH:
            written += _above(note, indent)
            note = ""
        written.append(f"{start:<{column}}    # {note}" if note else start)
        if isinstance(line.value, Block):
            written += _written(line.value.lines, indent + "  ")
    return written


def _above(note: str, indent: str) -> list[str]:
    return [f"{indent}# {text}" for text in textwrap.wrap(note, WIDTH - len(indent) - 2)]


def _value(line: Line) -> str:
    if isinstance(line.value, Block):
        return "" if line.value.lines else " {}"
    return f" {flow(line.value)}"
