"""First choices with a substitution matrix, up to the Markov chain."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from demandshift.models.choice.substitution import Substitution, endless_circle

FIRST = (0.4, 0.3, 0.2)
MATRIX = ((0.0, 0.6, 0.3), (0.5, 0.0, 0.1), (0.2, 0.2, 0.0))
PRICES = (1.0, 1.0, 1.0)


def walked_shares(first, matrix, attempts, offered):
    """Return where customers end, by following every path of the tree."""
    result = np.zeros(len(first))

    def walk(offer, weight, tried):
        if offered[offer]:
            result[offer] += weight
        elif tried < attempts:
            for substitute, share in enumerate(matrix[offer]):
                walk(substitute, weight * share, tried + 1)

    for offer, share in enumerate(first):
        walk(offer, share, 0)
    return result


@pytest.mark.parametrize("attempts", [1, 2, 5])
@pytest.mark.parametrize("offered", list(itertools.product((True, False), repeat=3)))
def test_shares_are_the_sum_over_all_paths(attempts, offered):
    """If this fails, an attempt is counted twice, one too many is made, or the linear system is set up wrongly."""
    share = Substitution(FIRST, MATRIX, attempts).shares(offered, PRICES)
    assert share == pytest.approx(walked_shares(FIRST, MATRIX, attempts, offered), abs=1e-14)


@pytest.mark.parametrize("attempts", [1, 2, None])
def test_customers_walk_as_the_shares_say(attempts, segment_chance):
    """If this fails, the draws of favourite and next offer do not follow the matrix, or share one draw."""
    model = Substitution(FIRST, MATRIX, attempts)
    offered = (False, False, True)
    number = 10_000
    counts = np.zeros(3)
    chance = segment_chance(23)
    for person in range(number):
        draws = chance.person(person)
        wanted = model.favourite(draws)
        attempt = 0
        while wanted is not None and not offered[wanted]:
            attempt += 1
            beyond = model.attempts is not None and attempt > model.attempts
            # The fake has draws for eleven attempts; fewer than one customer in a million walks farther.
            wanted = None if beyond or attempt > 11 else model.next_offer(draws, wanted, attempt)
        if wanted is not None:
            counts[wanted] += 1
    share = model.shares(offered, PRICES)
    error = np.sqrt(np.maximum(share * (1 - share), 1 / number) / number)
    assert np.all(np.abs(share - counts / number) <= 4 * error)


def test_the_row_of_the_failed_offer_decides(one_uniform):
    """If this fails, the matrix is read by column, or what a row lacks to 1 does not leave."""
    model = Substitution(FIRST, MATRIX, 1)
    assert model.favourite(one_uniform(0.39)) == 0
    assert model.favourite(one_uniform(0.41)) == 1
    assert model.favourite(one_uniform(0.91)) is None
    assert model.next_offer(one_uniform(0.45), failed=1, attempt=1) == 0
    assert model.next_offer(one_uniform(0.55), failed=1, attempt=1) == 2
    assert model.next_offer(one_uniform(0.65), failed=1, attempt=1) is None


@pytest.mark.parametrize("offered", list(itertools.product((True, False), repeat=3)))
def test_many_attempts_are_the_chain_without_limit(offered):
    """If this fails, the linear system of the chain without limit is set up wrongly."""
    limited = Substitution(FIRST, MATRIX, 400).shares(offered, PRICES)
    assert limited == pytest.approx(Substitution(FIRST, MATRIX, None).shares(offered, PRICES), abs=1e-14)


@settings(deadline=None, derandomize=True)
@given(data=st.data())
def test_shares_are_shares(data):
    """If this fails, substitution makes customers out of nothing."""
    number = data.draw(st.integers(1, 4))
    weights = st.lists(st.floats(0.01, 1), min_size=number + 1, max_size=number + 1)
    raw = data.draw(weights)
    first = [value / sum(raw) for value in raw[:number]]
    matrix = []
    for failed in range(number):
        row = data.draw(weights)
        row[failed] = 0.0
        matrix.append([value / sum(row) for value in row[:number]])
    offered = data.draw(st.lists(st.booleans(), min_size=number, max_size=number))
    attempts = data.draw(st.sampled_from([1, 2, 5, None]))
    shares = Substitution(first, matrix, attempts).shares(offered, [0.0] * number)
    assert np.all(shares >= -1e-15)
    assert shares.sum() <= 1 + 1e-9
    assert not shares[~np.array(offered)].any()
    assert np.all(shares[np.array(offered)] >= np.array(first)[np.array(offered)])


def test_a_circle_without_a_way_out_is_found():
    """If this fails, a customer without a limit of attempts can go round for ever and a run never ends."""
    assert endless_circle(((0.0, 1.0, 0.0), (1.0, 0.0, 0.0), (0.5, 0.4, 0.0))) == (0, 1)
    assert endless_circle(((0.0, 1.0, 0.0), (0.0, 0.0, 1.0), (0.5, 0.4, 0.0))) == ()
    assert endless_circle(()) == ()


@pytest.mark.parametrize(
    ("first", "matrix", "attempts", "text"),
    [
        ((1.0,), ((0.0, 0.0),), 1, "a row and a column for each of the 1"),
        ((0.5, 0.5), ((0.0, 0.0),), 1, "a row and a column for each of the 2"),
        ((1.0,), ((0.0,),), 0, "attempts: must be at least 1"),
        ((1.0,), ((0.2,),), 1, "must not be its own substitute"),
        ((0.7, 0.7), ((0.0, 0.0), (0.0, 0.0)), 1, "first_choice: shares must not sum to more than 1"),
        ((0.5, 0.5, 0.0), ((0, 0.7, 0.7), (0, 0, 0), (0, 0, 0)), 1, "position 0: shares must not sum to more than 1"),
        ((0.5, 0.5), ((0.0, -0.1), (0.0, 0.0)), 1, "number of at least 0"),
        ((0.5, 0.5), ((0.0, 1.0), (1.0, 0.0)), None, "positions 0, 1 would go round for ever"),
    ],
)
def test_wrong_shares_are_refused(first, matrix, attempts, text):
    """If this fails, a matrix without meaning can be made."""
    with pytest.raises(ValueError, match=text):
        Substitution(first, matrix, attempts)


def test_a_circle_is_harmless_where_attempts_are_limited():
    """If this fails, tables whose rows sum to 1 cannot be used at all."""
    model = Substitution((0.5, 0.5), ((0.0, 1.0), (1.0, 0.0)), 3)
    assert model.shares((False, False), (0.0, 0.0)).tolist() == [0.0, 0.0]
    assert model.shares((False, True), (0.0, 0.0)).tolist() == [0.0, 1.0]


def test_a_question_must_name_every_considered_offer():
    """If this fails, availability of other offers is silently taken for that of those considered."""
    with pytest.raises(ValueError, match="each of the 3 considered offers"):
        Substitution(FIRST, MATRIX, 1).shares((True, True), PRICES)
