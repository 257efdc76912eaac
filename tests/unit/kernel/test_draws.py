"""Draws for many persons at once are those of one person at a time."""

import numba
import numpy as np
import pytest

from demandshift.models.chance import Purpose
from demandshift.models.distribution import Constant, Empirical, Exponential, Uniform
from demandshift.simulator import philox
from demandshift.simulator.draws import Draws
from demandshift.simulator.kernel.draws import fill_bits, fill_exponentials, fill_uniforms
from demandshift.simulator.kernel.durations import duration

PERSONS = 1_000 if numba.config.DISABLE_JIT else 50_000
"""One in a hundred draws falls outside its layer of the ziggurat: there must be some."""
KEY = (5, 2, int(Purpose.TASTE), 3)


@pytest.mark.parametrize("block", [0, 7])
def test_blocks_of_draws_are_the_draws_of_each_person(block):
    """If this fails, the engines' customers differ in their tastes or times (R14, R15)."""
    persons = np.arange(2**32 - PERSONS, 2**32, dtype=np.int64)
    low, high = np.zeros(PERSONS, dtype=np.int64), np.zeros(PERSONS, dtype=np.int64)
    fill_bits(*KEY, block, persons, low, high)
    outside = 0
    for half, bits in enumerate((low, high)):
        slot = 2 * block + half
        exponentials, uniforms = np.zeros(PERSONS), np.zeros(PERSONS)
        fill_exponentials(*KEY, slot, persons, bits, exponentials)
        fill_uniforms(bits, uniforms)
        for row in range(0, PERSONS, 1 if numba.config.DISABLE_JIT else 25):
            person = int(persons[row])
            assert exponentials[row] == philox.exponential(*KEY, person, 0, slot)
            assert uniforms[row] == philox.uniform(*KEY, person, 0, slot)
        layers = bits & 255
        edges = philox.EDGES
        outside += int((uniforms * edges[layers] >= edges[layers + 1]).sum())
        assert exponentials.mean() == pytest.approx(1, abs=5 / PERSONS**0.5)
    assert outside > 5, "no draw took the long way"


def test_chord_and_tangent_decide_as_the_density_does():
    """If this fails, exponentials have another distribution near the edges of the ziggurat's layers."""
    chance = np.random.default_rng(1)
    layers = chance.integers(1, 256, 20_000)
    left, right = philox.EDGES[layers + 1], philox.EDGES[layers]
    values = left + (right - left) * chance.random(len(layers))
    bits = chance.integers(0, 2**64, len(layers), dtype=np.uint64)
    below = 0
    for layer, value, word in zip(layers.tolist(), values.tolist(), bits, strict=True):
        low, high = philox.HEIGHTS[layer], philox.HEIGHTS[layer + 1]
        expected = low + philox.uniform_from_bits(word) * (high - low) < np.exp(-value)
        assert philox.is_below_curve(layer, value, word) == expected
        below += expected
    assert 0.4 < below / len(layers) < 0.6


@pytest.mark.parametrize(
    ("written", "model"),
    [
        pytest.param(1.25, Constant(1.25), id="constant"),
        pytest.param({"kind": "uniform", "low": 0.5, "high": 2}, Uniform(0.5, 2.0), id="uniform"),
        pytest.param({"kind": "exponential", "mean": 1.5}, Exponential(1.5), id="exponential"),
        pytest.param({"kind": "empirical", "values": [0.5, 1, 3]}, Empirical((0.5, 1.0, 3.0)), id="seen"),
        pytest.param(
            {"kind": "empirical", "values": [2, 0.25], "shares": [0.75, 0.25]},
            Empirical((2.0, 0.25), (0.75, 0.25)),
            id="shares",
        ),
    ],
)
def test_durations_are_those_of_the_models(kernel_of, written, model):
    """If this fails, lead times or patience come from another distribution, or from another draw."""
    kernel = kernel_of({"products.cola.supply": {"lead_time": written}}, seed=4)
    facts = kernel._inputs.products[0]
    row, slot = int(facts.lead_time), int(facts.slot)
    assert kernel._inputs.durations[row].average == pytest.approx(model.mean)
    drawn = []
    for number in range(60):
        expected = model.draw(Draws(4, 0).segment(slot).person(number), Purpose.LEAD_TIME)
        drawn.append(duration(kernel._inputs, kernel.state, row, int(Purpose.LEAD_TIME), slot, number))
        assert drawn[-1] == expected
    assert len(set(drawn)) == 1 if isinstance(model, Constant) else len(set(drawn)) > 1
