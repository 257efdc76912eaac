"""What firms assume about demand: the true model's first choices, or a normal forecast of their own."""

from collections.abc import Sequence

from ...models.choice.protocols import Choice
from ...models.demand.forecast import FirstChoiceDemand, OfferedTerms, SegmentWishes
from ...models.distribution import Duration
from ...models.pricing.scheduled import PriceSchedule
from ...models.problem import Floats, Problem
from ...models.replenishment.demand_over import DemandOver
from ...models.replenishment.targets import normal_over, poisson_over
from ...scenarios.schema.ordering import NormalForecast, TrueModel
from ...scenarios.settled import Settled
from ..decision import SegmentView
from .segments import build_expected_arrivals


class Forecasts:
    """Demand for any product over any interval, as its firm assumes it.

    Parameters
    ----------
    settled : Settled
        The scenario.
    problem : Problem
        Its problem.
    choices : sequence
        The choice model of each segment.
    beyond : float
        How far past the horizon firms look, in time units: they plan as if the season went on.
    """

    def __init__(self, settled: Settled, problem: Problem, choices: Sequence[Choice], beyond: float) -> None:
        self._horizon = problem.horizon
        product_at = {name: position for position, name in enumerate(problem.products.names)}
        wishes = []
        for position, segment in enumerate(settled.segments):
            view = SegmentView.of(problem, position)
            wishes.append(
                SegmentWishes(
                    arrivals=build_expected_arrivals(segment, settled.head, beyond),
                    choice=choices[position],
                    considers=tuple(view.offers),
                    surcharges=_surcharges(view),
                )
            )
        terms = [
            OfferedTerms(
                prices=PriceSchedule(offer.price, offer.price_changes),
                uses=tuple((product_at[name], units) for name, units in offer.uses),
                windows=offer.windows,
            )
            for offer in settled.offers
        ]
        self.wishes: Sequence[SegmentWishes] = tuple(wishes)
        """What customers want, by segment."""
        self._first_choice = FirstChoiceDemand(wishes, terms)

    def by_offer(self, start: float, end: float) -> Floats:
        """Return expected first choices in (start, end] of each offer, at the prices of the schedule."""
        return self._first_choice.by_offer(start, end)

    def over(
        self, product: int, forecast: TrueModel | NormalForecast, start: float, review: float, lead_time: Duration
    ) -> DemandOver:
        """Return demand for a product over a lead time and a review period that begin at `start`."""
        if isinstance(forecast, NormalForecast):
            return normal_over(forecast.mean, forecast.standard_deviation, review, lead_time)
        return poisson_over(lambda a, b: self._first_choice.mean(product, a, b), start, review, lead_time)

    def over_average(self, product: int, forecast: TrueModel | NormalForecast, lead_time: Duration) -> DemandOver:
        """Return demand over a lead time at the run's average rate, for policies that do not follow the calendar."""
        if isinstance(forecast, NormalForecast):
            return normal_over(forecast.mean, forecast.standard_deviation, 0.0, lead_time)
        rate = self._first_choice.mean(product, 0.0, self._horizon) / self._horizon
        return poisson_over(lambda a, b: rate * (b - a), 0.0, 0.0, lead_time)


def _surcharges(view: SegmentView) -> tuple[float, ...] | None:
    """Return what other offers cost on top for customers with a home; None where there is no home.

    With a home firm of several offers the home is the best of them, so that only other firms bear a cost.
    """
    if view.home_offer >= 0:
        home = view.offers.index(view.home_offer)
        return tuple(view.cost(home, position) for position in range(len(view.offers)))
    if view.home_firm >= 0:
        return tuple(0.0 if firm == view.home_firm else view.competitive_cost for firm in view.firms)
    return None
