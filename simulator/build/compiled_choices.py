"""Choice models → rows of arrays: what a segment's customers want, as the kernel is told."""

from collections.abc import Sequence
from math import exp, inf, nan

from ...models.choice.latent_classes import LatentClasses
from ...models.choice.lazy_logit import LazyLogit
from ...models.choice.locational import Locational
from ...models.choice.logit import Logit
from ...models.choice.mixed_logit import MixedLogit
from ...models.choice.nested_logit import NestedLogit
from ...models.choice.protocols import Choice
from ...models.choice.ranking import PricedRanking, Ranking
from ...models.choice.substitution import Substitution
from ...models.choice.tastes import (
    EmpiricalTaste,
    ExponentialTaste,
    LognormalTaste,
    NormalTaste,
    Taste,
    UniformTaste,
)
from ...models.choice.vertical import Vertical
from ...models.lottery import Lottery
from ..kernel import facts
from ..kernel.facts import Records

MEND = "run it with engine='loop'"


class EngineError(ValueError):
    """The compiled engine cannot run a world that the readable one can."""


class Lotteries:
    """Cumulative shares of everything that is drawn by shares, and the values that some are drawn of."""

    def __init__(self) -> None:
        self.shares: list[float] = []
        self.values: list[float] = []
        """At the places of their shares; nan where shares are of no values."""

    def add_values(self, values: Sequence[float], lottery: Lottery) -> tuple[int, int, int]:
        """Add values and the lottery among them; they lie in rows of their own array, at the places of their shares."""
        start, stop, beyond = self.add(lottery)
        self.values.extend([nan] * (start - len(self.values)))
        self.values.extend(values)
        return start, stop, beyond

    def add(self, lottery: Lottery) -> tuple[int, int, int]:
        """Add a lottery and return where its cumulative shares start and stop, and who gets what is beyond them."""
        start = len(self.shares)
        self.shares.extend(lottery.cumulative)
        return start, len(self.shares), -1 if lottery.beyond is None else lottery.beyond


class ChoiceRows:
    """Collects the rows of all segments' choices, in arrays whose names are those of `facts.Inputs`."""

    def __init__(self, lotteries: Lotteries) -> None:
        self._lotteries = lotteries
        self.columns: list[int] = []
        self.pairs: list[tuple[int, int, int]] = []
        self.lists: list[tuple[int, int]] = []
        self.ranked: list[int] = []
        self.worths: list[float] = []
        self.rows: list[tuple[int, int]] = []
        self.tastes: list[tuple[object, ...]] = []
        self.attributes: list[float] = []

    def add(self, row: Records, places: Records, choice: Choice, name: str) -> None:
        """Add the choice of a segment.

        Parameters
        ----------
        row, places
            The segment's row, whose transfer costs are there, and its places; both are filled in.
        choice
            The model.
        name
            The segment's name, for complaints.

        Raises
        ------
        EngineError
            If the model was made by hand.
        """
        row.column_start, row.pair_start = len(self.columns), len(self.pairs)
        row.list_start, row.row_start = len(self.lists), len(self.rows)
        row.attribute_start = len(self.attributes)
        row.attempts = facts.NO_LIMIT
        match choice:
            case Logit():
                row.choice, row.scale = facts.LOGIT, choice.scale
                self._factors(row)
                places.reservation_price = choice.reservation_price
                places.column = self._tastes(choice.outside_slot, choice.taste_slots)
            case LazyLogit():
                row.choice, row.scale = facts.LAZY_LOGIT, choice.scale
                self._factors(row)
                places.reservation_price = choice.reservation_price
                # Two uniforms: who the favourite is, and how the time is split.
                self.columns.extend((0, 1))
            case PricedRanking():
                row.choice = facts.PRICED_RANKING
                self._shares_of(row, choice.lottery)
                for worths in choice.reservation_price:
                    self._worths_of_list(worths)
            case Ranking():
                row.choice = facts.RANKING
                self._shares_of(row, choice.lottery)
                for order in choice.orders:
                    self.lists.append((len(self.ranked), len(self.ranked) + len(order)))
                    self.ranked.extend(order)
            case Substitution():
                row.choice = facts.SUBSTITUTION
                row.attempts = facts.NO_LIMIT if choice.attempts is None else choice.attempts
                self._shares_of(row, choice.first)
                for lottery in choice.rows:
                    start, _, beyond = self._lotteries.add(lottery)
                    self.rows.append((start, beyond))
            case NestedLogit():
                row.choice, row.scale = facts.NESTED_LOGIT, choice.scale
                places.reservation_price, places.nest = choice.reservation_price, choice.nest
                places.column = self._tastes(choice.outside_slot, choice.taste_slots)
                self.attributes.extend(choice.dissimilarity)
            case MixedLogit():
                row.choice = facts.MIXED_LOGIT
                places.reservation_price = choice.reservation_price
                places.column = self._tastes(choice.outside_slot, choice.taste_slots)
                scale = choice.scale
                self._varies(row, NormalTaste(scale, 0.0) if isinstance(scale, float) else scale, *choice.coefficients)
                self.attributes.extend(value for values in choice.attributes for value in values)
            case LatentClasses():
                row.choice = facts.LATENT_CLASSES
                places.column = self._tastes(choice.classes[0].outside_slot, choice.classes[0].taste_slots)
                self._shares_of(row, choice.lottery)
                for logit in choice.classes:
                    self._worths_of_list(logit.reservation_price)
                    self.attributes.append(logit.scale)
            case Vertical():
                row.choice = facts.VERTICAL
                self._varies(row, choice.taste)
                self.attributes.extend(choice.quality)
            case Locational():
                row.choice, row.distance_cost = facts.LOCATIONAL, choice.distance_cost
                row.circle = inf if choice.length is None else choice.length
                places.reservation_price = choice.reservation_price
                self._varies(row, choice.customers)
                self.attributes.extend(choice.location)
            case _:
                raise EngineError(
                    f"segment {name!r}: a choice model made by hand runs in the readable engine only; {MEND}"
                )
        row.column_stop, row.pair_stop = len(self.columns), len(self.pairs)

    def _worths_of_list(self, worths: Sequence[float]) -> None:
        self.lists.append((len(self.worths), len(self.worths) + len(worths)))
        self.worths.extend(worths)

    def _varies(self, row: Records, *tastes: Taste) -> None:
        """Add what varies between the customers of a segment, in the order of the places of its draws."""
        row.taste_start = len(self.tastes)
        for taste in tastes:
            start, stop, beyond = 0, 0, -1
            match taste:
                case NormalTaste():
                    kind, first, second = facts.NORMAL_TASTE, taste.mean, taste.standard_deviation
                case LognormalTaste():
                    kind, first, second = facts.LOGNORMAL_TASTE, taste.median, taste.spread
                case UniformTaste():
                    kind, first, second = facts.UNIFORM_TASTE, taste.low, taste.high
                case ExponentialTaste():
                    kind, first, second = facts.EXPONENTIAL_TASTE, taste.mean, nan
                case EmpiricalTaste():
                    kind, first, second = facts.EMPIRICAL_TASTE, nan, nan
                    values, lottery = taste.in_order
                    start, stop, beyond = self._lotteries.add_values(values, lottery)
                case _:
                    raise EngineError(f"the kernel does not know tastes of kind {type(taste).__name__}; {MEND}")
            self.tastes.append((kind, first, second, start, stop, beyond))
        row.taste_stop = len(self.tastes)

    def _factors(self, row: Records) -> None:
        row.substitutive_factor = _factor(row.substitutive_cost, row.scale)
        row.competitive_factor = _factor(row.competitive_cost, row.scale)

    def _shares_of(self, row: Records, lottery: Lottery) -> None:
        row.share_start, row.share_stop, row.share_beyond = self._lotteries.add(lottery)

    def _tastes(self, outside: int, slots: Sequence[int]) -> list[int]:
        """Add the taste slots of a segment, each once, and the blocks that serve them; return each offer's column."""
        distinct = [outside, *dict.fromkeys(slots)]
        self.columns.extend(distinct)
        column_of = {slot: column for column, slot in enumerate(distinct)}
        for block in sorted({slot // 2 for slot in distinct}):
            self.pairs.append((block, column_of.get(2 * block, -1), column_of.get(2 * block + 1, -1)))
        return [column_of[slot] for slot in slots]


def _factor(cost: float, scale: float) -> float:
    """Return by how much a transfer cost delays an offer in the race; inf where no number is large enough."""
    try:
        return exp(cost / scale)
    except OverflowError:
        return inf
