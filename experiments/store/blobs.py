"""One replication as bytes, and back to the bit: no code is ever read from them, unlike a pickle.

Who shares a store with a team reads what others wrote. So a replication is plain data: a version, a checksum, and a
compressed body of JSON (numbers of rows and what policies could not do) followed by arrays in a fixed order.
"""

import hashlib
import json
import struct
import zlib
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...models.problem import Floats, Integers
from ...simulator.figures import OFFER_COUNTS, PRODUCT_COUNTS, SEGMENT_COUNTS
from ...simulator.reduction import Contribution, Key

BLOB_VERSION = 1
"""Version of what `encoded` writes."""

LARGEST_BODY = 1 << 28
"""Bytes that a body may have; a few bytes of rubbish must not become gigabytes."""

_HEAD = struct.Struct("<3sB8s")
_LENGTH = struct.Struct("<I")
_MAGIC = b"dsr"
_WIDTH_OF_MATRIX, _WIDTH_OF_WILLING = 5, 4


class DamagedBlobError(ValueError):
    """Bytes are not what was written."""


@dataclass(frozen=True, slots=True, eq=False)
class Kept:
    """What is kept of one replication."""

    contribution: Contribution
    failures: tuple[str, ...] = ()
    """What policies could not do in it (`World.take_failures`)."""


def encoded(kept: Kept) -> bytes:
    """Return a replication as bytes."""
    contribution = kept.contribution
    matrix = _rows(contribution.matrix, _WIDTH_OF_MATRIX)
    willing = _rows(contribution.willing, _WIDTH_OF_WILLING)
    counts = (contribution.offers, contribution.products, contribution.segments)
    head = json.dumps(
        {
            "replication": contribution.replication,
            "rows": [len(each) for each in (*counts, matrix, willing)],
            "failures": list(kept.failures),
        },
        separators=(",", ":"),
    ).encode("ascii")
    parts = [_LENGTH.pack(len(head)), head]
    parts += [np.ascontiguousarray(each, dtype="<f8").tobytes() for each in counts]
    parts += [np.ascontiguousarray(each, dtype="<i8").tobytes() for each in (matrix, willing)]
    body = zlib.compress(b"".join(parts), 1)
    return _HEAD.pack(_MAGIC, BLOB_VERSION, _checksum(body)) + body


def decoded(blob: bytes) -> Kept:
    """Return the replication that `encoded` made bytes of.

    Raises
    ------
    DamagedBlobError
        If the bytes are cut, changed, or of another version.
    """
    if len(blob) < _HEAD.size:
        raise DamagedBlobError("is cut off")
    magic, version, checksum = _HEAD.unpack_from(blob)
    if magic != _MAGIC or version != BLOB_VERSION:
        raise DamagedBlobError(f"is not a replication of version {BLOB_VERSION}")
    body = blob[_HEAD.size :]
    if _checksum(body) != checksum:
        raise DamagedBlobError("does not match its checksum")
    try:
        unpacker = zlib.decompressobj()
        data = unpacker.decompress(body, LARGEST_BODY)
        if not unpacker.eof:
            raise DamagedBlobError("is larger than any replication")
        return _kept(data)
    except (zlib.error, struct.error, KeyError, TypeError, ValueError) as error:
        # The checksum shows accidents; who writes rubbish on purpose can have that right, too.
        raise DamagedBlobError(str(error)) from error


def _kept(data: bytes) -> Kept:
    (length,) = _LENGTH.unpack_from(data)
    head = json.loads(data[_LENGTH.size : _LENGTH.size + length])
    widths = (len(OFFER_COUNTS), len(PRODUCT_COUNTS), len(SEGMENT_COUNTS), _WIDTH_OF_MATRIX, _WIDTH_OF_WILLING)
    shapes = list(zip(head["rows"], widths, strict=True))
    at = _LENGTH.size + length
    if len(data) != at + 8 * sum(rows * width for rows, width in shapes):
        raise DamagedBlobError("has other counts than this version")
    arrays: list[Any] = []
    for place, (rows, width) in enumerate(shapes):
        kind = np.dtype("<f8") if place < 3 else np.dtype("<i8")
        flat = np.frombuffer(data, dtype=kind, count=rows * width, offset=at)
        arrays.append(flat.astype(kind.newbyteorder("="), copy=False).reshape(rows, width))
        at += 8 * rows * width
    offers, products, segments, matrix, willing = arrays
    contribution = Contribution(head["replication"], offers, products, segments, _by_key(matrix), _by_key(willing))
    return Kept(contribution, tuple(head["failures"]))


def _checksum(body: bytes) -> bytes:
    return hashlib.blake2b(body, digest_size=8).digest()


def _rows(counts: dict[Key, int], width: int) -> Integers:
    """Return sparse counts as rows of their keys with the count at the end."""
    return np.array([(*key, count) for key, count in counts.items()], dtype=np.int64).reshape(len(counts), width)


def _by_key(rows: Floats | Integers) -> dict[Key, int]:
    return {tuple(key): count for *key, count in rows.tolist()}
