"""The strategies of Hypothesis that drawn scenarios are made of, sampled evenly from one generator.

Hypothesis looks for small and odd examples and varies what it has; of whole scenarios most come out empty or alike.
Here hundreds of different busy ones are wanted, and none has to be made smaller.
"""

from collections.abc import Callable, Sequence
from random import Random
from typing import Any


class SearchStrategy:
    """A way to draw a value."""

    def __init__(self, sample: Callable[[Random], Any]) -> None:
        self.sample = sample

    def __class_getitem__(cls, _kind: Any) -> type["SearchStrategy"]:
        return cls

    def map(self, change: Callable[[Any], Any]) -> "SearchStrategy":
        """Return the strategy of changed values."""
        return SearchStrategy(lambda random: change(self.sample(random)))

    def __or__(self, other: "SearchStrategy") -> "SearchStrategy":
        return one_of(self, other)


def just(value: Any) -> SearchStrategy:
    """Return the strategy of one value."""
    return SearchStrategy(lambda _random: value)


def integers(low: int, high: int) -> SearchStrategy:
    """Return whole numbers, both ends included."""
    return SearchStrategy(lambda random: random.randint(low, high))


def booleans() -> SearchStrategy:
    """Return truth values."""
    return sampled_from([False, True])


def sampled_from(values: Sequence[Any]) -> SearchStrategy:
    """Return one of some values."""
    return SearchStrategy(lambda random: random.choice(values))


def one_of(*strategies: SearchStrategy) -> SearchStrategy:
    """Return what one of some strategies draws."""
    return SearchStrategy(lambda random: random.choice(strategies).sample(random))


def permutations(values: Sequence[Any]) -> SearchStrategy:
    """Return some values in any order."""
    return SearchStrategy(lambda random: random.sample(values, len(values)))


def lists(each: SearchStrategy, *, min_size: int = 0, max_size: int, unique: bool = False) -> SearchStrategy:
    """Return lists of any allowed length; a list of different values may be shorter than was drawn."""

    def sample(random: Random) -> list[Any]:
        length = random.randint(min_size, max_size)
        values = [each.sample(random) for _ in range(length)]
        if unique:
            values = list(dict.fromkeys(values))
            while len(values) < min_size:
                values = list(dict.fromkeys([*values, each.sample(random)]))
        return values

    return SearchStrategy(sample)


def sets(each: SearchStrategy, *, min_size: int) -> SearchStrategy:
    """Return sets of at least so many values."""
    return lists(each, min_size=min_size, max_size=6, unique=True).map(set)


def fixed_dictionaries(entries: dict[str, SearchStrategy]) -> SearchStrategy:
    """Return a value under each key."""
    return SearchStrategy(lambda random: {key: each.sample(random) for key, each in entries.items()})


def builds(make: Callable[..., Any], *parts: SearchStrategy) -> SearchStrategy:
    """Return what is made of some drawn parts."""
    return SearchStrategy(lambda random: make(*(part.sample(random) for part in parts)))


def composite(function: Callable[..., Any]) -> Callable[..., SearchStrategy]:
    """Return what makes a strategy of a function that draws as it goes along."""

    def strategy(**options: Any) -> SearchStrategy:
        return SearchStrategy(lambda random: function(lambda part: part.sample(random), **options))

    return strategy
