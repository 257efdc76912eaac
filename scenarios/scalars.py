"""What an unquoted word means: the core schema of YAML 1.2, in which `NO` is a name and `0x1F` a number.

Dates stay text here; the schema reads them where a date is due, so quoting them changes nothing.
"""

import re

from .marked import LARGEST_INTEGER, LARGEST_NUMBER, Scalar

__all__ = ["ScalarError", "read_scalar"]

_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_TRUTHS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INTEGER = re.compile(r"[-+]?[0-9]+")
_OCTAL = re.compile(r"0o[0-7]+")
_HEXADECIMAL = re.compile(r"0x[0-9a-fA-F]+")
_DECIMAL = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN)")
_LONGEST_NUMBER = 400
"""Digits; beyond it Python may refuse to convert, and nobody means it."""


class ScalarError(ValueError):
    """An unquoted word is a number that a scenario cannot use; the text says why."""


def read_scalar(text: str) -> Scalar:
    """Return the value of an unquoted word.

    Raises
    ------
    ScalarError
        For infinity, what is not a number, and numbers too large for a machine.

    Examples
    --------
    >>> read_scalar("NO"), read_scalar("true"), read_scalar("012"), read_scalar("1e3"), read_scalar("~")
    ('NO', True, 12, 1000.0, None)
    """
    if text in _NULLS:
        return None
    if text in _TRUTHS:
        return _TRUTHS[text]
    if _NOT_FINITE.fullmatch(text):
        raise ScalarError(f"must be a finite number (got {text})")
    for pattern, base in ((_INTEGER, 10), (_OCTAL, 8), (_HEXADECIMAL, 16)):
        if pattern.fullmatch(text):
            return _integer(text, base)
    if _DECIMAL.fullmatch(text):
        number = float(text)
        if abs(number) > LARGEST_NUMBER:
            raise ScalarError(f"is too large a number (got {text})")
        return number
    return text


def _integer(text: str, base: int) -> int:
    if len(text) <= _LONGEST_NUMBER:
        number = int(text, base) if base == 10 else int(text[2:], base)
        if abs(number) <= LARGEST_INTEGER:
            return number
    raise ScalarError(f"is too large a number (got {text[:20]}{'…' if len(text) > 20 else ''})")
