"""PNG files with a palette: a page has few colours, and a picture of it need not store three bytes for each point."""

import struct
import zlib
from collections.abc import Iterator

import numpy as np

SIGNATURE = b"\x89PNG\r\n\x1a\n"
COLOURS = 256


def with_palette(content: bytes) -> bytes:
    """Return a PNG of 8 bits a channel, as browsers write them, with the 256 most frequent colours as its palette.

    What has another colour gets the nearest of them.
    """
    points = _points(content)
    height, width, _ = points.shape
    packed = points.astype(np.uint32) @ np.array([65536, 256, 1], dtype=np.uint32)
    colours, place, count = np.unique(packed.ravel(), return_inverse=True, return_counts=True)
    kept = np.sort(np.argsort(-count, kind="stable")[:COLOURS])
    parts = np.stack([colours >> 16, colours >> 8 & 255, colours & 255], axis=1).astype(np.int64)
    index = np.array([int(np.argmin(((parts[kept] - part) ** 2).sum(axis=1))) for part in parts], dtype=np.uint8)
    rows = index[place].reshape(height, width)
    filtered = np.hstack([np.zeros((height, 1), dtype=np.uint8), rows])
    return SIGNATURE + b"".join(
        (
            _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)),
            _chunk(b"PLTE", parts[kept].astype(np.uint8).tobytes()),
            _chunk(b"IDAT", zlib.compress(filtered.tobytes(), 9)),
            _chunk(b"IEND", b""),
        )
    )


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(SIGNATURE)
    while at < len(content):
        (length,) = struct.unpack(">I", content[at : at + 4])
        yield content[at + 4 : at + 8], content[at + 8 : at + 8 + length]
        at += 12 + length


def _points(content: bytes) -> "np.ndarray[tuple[int, int, int], np.dtype[np.uint8]]":
    """Return the red, green and blue of every point of a PNG without interlacing (PNG specification, section 9)."""
    assert content.startswith(SIGNATURE)
    chunks = list(_chunks(content))
    width, height, depth, kind, *_, interlaced = struct.unpack(">IIBBBBB", chunks[0][1])
    assert (depth, interlaced) == (8, 0)
    channels = {2: 3, 6: 4}[kind]
    data = zlib.decompress(b"".join(part for name, part in chunks if name == b"IDAT"))
    lines = np.frombuffer(data, dtype=np.uint8).reshape(height, 1 + width * channels)
    above = np.zeros((width, channels), dtype=np.int64)
    points = np.empty((height, width, channels), dtype=np.uint8)
    for row, line in enumerate(lines):
        above = _unfiltered(int(line[0]), line[1:].reshape(width, channels).astype(np.int64), above)
        points[row] = above
    return points[:, :, :3]


def _unfiltered(kind: int, line: "np.ndarray", above: "np.ndarray") -> "np.ndarray":
    if kind == 0:
        return line
    if kind == 1:
        return np.cumsum(line, axis=0) % 256
    if kind == 2:
        return (line + above) % 256
    done = np.zeros_like(line)
    left, corner = np.zeros(line.shape[1], dtype=np.int64), np.zeros(line.shape[1], dtype=np.int64)
    for column in range(len(line)):
        guess = (left + above[column]) // 2 if kind == 3 else _paeth(left, above[column], corner)
        left = (line[column] + guess) % 256
        corner = above[column]
        done[column] = left
    return done


def _paeth(left: "np.ndarray", above: "np.ndarray", corner: "np.ndarray") -> "np.ndarray":
    guess = left + above - corner
    far = np.abs(np.stack([guess - left, guess - above, guess - corner]))
    return np.choose(np.argmin(far, axis=0), [left, above, corner])
