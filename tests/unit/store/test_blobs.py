"""A replication as bytes: back to the bit, damage is seen, and nothing in it can run."""

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from demandshift.experiments.store.blobs import DamagedBlobError, Kept, decoded, encoded
from demandshift.simulator.figures import OFFER_COUNTS, PRODUCT_COUNTS, SEGMENT_COUNTS
from demandshift.simulator.reduction import Contribution

calmly = settings(deadline=None, max_examples=50, suppress_health_check=[HealthCheck.too_slow])

counts = st.integers(0, 2**62)


def keys(width: int):
    """Return sparse counts by keys of so many parts."""
    return st.dictionaries(st.tuples(*[st.integers(-1, 2**40)] * width), counts, max_size=4)


@st.composite
def kept(draw: st.DrawFn) -> Kept:
    """Draw what is kept of a replication, with every float that there is."""

    def floats(width: int):
        return draw(arrays(np.float64, (draw(st.integers(0, 3)), width), elements=st.floats()))

    contribution = Contribution(
        draw(st.integers(0, 10_000)),
        floats(len(OFFER_COUNTS)),
        floats(len(PRODUCT_COUNTS)),
        floats(len(SEGMENT_COUNTS)),
        draw(keys(4)),
        draw(keys(3)),
    )
    return Kept(contribution, tuple(draw(st.lists(st.text(), max_size=2))))


@calmly
@given(kept())
def test_what_is_kept_comes_back_to_the_bit(original: Kept):
    """If this fails, a figure rebuilt from the store differs from the one that was shown (R15)."""
    back = decoded(encoded(original))
    for name in ("offers", "products", "segments"):
        mine, theirs = getattr(original.contribution, name), getattr(back.contribution, name)
        assert mine.shape == theirs.shape
        assert mine.tobytes() == theirs.tobytes()
    for name in ("replication", "matrix", "willing"):
        assert getattr(original.contribution, name) == getattr(back.contribution, name)
    assert back.failures == original.failures


@calmly
@given(kept(), st.data())
def test_damage_is_seen(original: Kept, data: st.DataObject):
    """If this fails, a bit that tipped on a disk becomes a figure."""
    blob = bytearray(encoded(original))
    place = data.draw(st.integers(0, len(blob) - 1))
    blob[place] ^= data.draw(st.integers(1, 255))
    with pytest.raises(DamagedBlobError):
        decoded(bytes(blob))


@calmly
@given(kept(), st.data())
def test_a_cut_is_seen(original: Kept, data: st.DataObject):
    """If this fails, half a replication becomes a figure."""
    blob = encoded(original)
    with pytest.raises(DamagedBlobError):
        decoded(blob[: data.draw(st.integers(0, len(blob) - 1))])


@calmly
@given(st.binary(max_size=200))
def test_rubbish_with_the_right_checksum_is_only_refused(body: bytes):
    """If this fails, who can write to a shared store can make others' programs stumble."""
    import zlib

    from demandshift.experiments.store import blobs

    packed = zlib.compress(body)
    blob = blobs._HEAD.pack(b"dsr", blobs.BLOB_VERSION, blobs._checksum(packed)) + packed
    with pytest.raises(DamagedBlobError):
        decoded(blob)


def test_another_version_is_refused(monkeypatch: pytest.MonkeyPatch):
    """If this fails, a later layout is read as this one."""
    from demandshift.experiments.store import blobs

    none = np.zeros((0, 1))
    blob = encoded(Kept(Contribution(0, none, none, none, {}, {})))
    monkeypatch.setattr(blobs, "BLOB_VERSION", blobs.BLOB_VERSION + 1)
    with pytest.raises(DamagedBlobError, match="is not a replication of version 2"):
        decoded(blob)
