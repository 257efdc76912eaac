"""How many customers come per time unit, as it follows hour, day of week and month: a step function of time."""

import datetime
import math
from bisect import bisect_right
from collections.abc import Callable, Sequence
from itertools import accumulate, pairwise

HOURS_PER_DAY = 24
SATURDAY = 5
"""Number of the first day of the weekend, Monday being 0."""


class Intensity:
    """A piecewise constant rate λ(t) on [0, end); outside it is 0.

    Parameters
    ----------
    breaks
        Times at which a piece begins, in time units from the start, and at last the end; the first is 0 and they
        increase. Shape (pieces + 1,).
    rates
        Customers per time unit in each piece [breaks[k], breaks[k + 1]). Shape (pieces,).

    Raises
    ------
    ValueError
        When the lengths do not fit, breaks do not increase from 0, or a rate is negative or not a number.
    """

    def __init__(self, breaks: Sequence[float], rates: Sequence[float]) -> None:
        if not rates or len(breaks) != len(rates) + 1:
            raise ValueError(f"breaks: needs one more than rates (got {len(breaks)} for {len(rates)})")
        if breaks[0] != 0 or not math.isfinite(breaks[-1]):
            raise ValueError(f"breaks: must run from 0 to a finite end (got {breaks[0]} to {breaks[-1]})")
        for before, after in pairwise(breaks):
            if not before < after:
                raise ValueError(f"breaks: must increase (got {before} before {after})")
        for rate in rates:
            if not (math.isfinite(rate) and rate >= 0):
                raise ValueError(f"rates: must be numbers of at least 0 (got {rate})")
        self.breaks = tuple(float(moment) for moment in breaks)
        """Times at which a piece begins, and the end, in time units."""
        self.rates = tuple(float(rate) for rate in rates)
        """Customers per time unit in each piece."""
        lengths = (after - before for before, after in pairwise(self.breaks))
        customers = (rate * length for rate, length in zip(self.rates, lengths, strict=True))
        self._cumulative = tuple(accumulate(customers, initial=0.0))

    @property
    def end(self) -> float:
        """Where the last piece ends, in time units."""
        return self.breaks[-1]

    @property
    def highest(self) -> float:
        """The highest rate, in customers per time unit."""
        return max(self.rates)

    def rate(self, t: float) -> float:
        """Return the rate λ(t) at a time, in customers per time unit."""
        if not 0 <= t < self.end:
            return 0.0
        return self.rates[bisect_right(self.breaks, t) - 1]

    def cumulative(self, t: float) -> float:
        """Return Λ(t), the integral of the rate over [0, t]: the expected number of customers up to a time."""
        if t <= 0:
            return 0.0
        if t >= self.end:
            return self._cumulative[-1]
        piece = bisect_right(self.breaks, t) - 1
        return self._cumulative[piece] + self.rates[piece] * (t - self.breaks[piece])

    def mean(self, a: float, b: float) -> float:
        """Return Λ(b) − Λ(a), the expected number of customers in (a, b]; 0 where b is not after a."""
        return max(0.0, self.cumulative(b) - self.cumulative(a))


def _checked_factors(factors: Sequence[float] | None, number: int, name: str) -> None:
    if factors is None:
        return
    if len(factors) != number:
        raise ValueError(f"{name}: needs {number} factors (got {len(factors)})")
    for factor in factors:
        if not (math.isfinite(factor) and factor >= 0):
            raise ValueError(f"{name}: factors must be numbers of at least 0 (got {factor})")


def _factor_of(
    hourly: Sequence[float] | None,
    weekend_hourly: Sequence[float] | None,
    weekly: Sequence[float] | None,
    seasonal: Sequence[float] | None,
) -> Callable[[datetime.datetime], float]:
    """Return the function that gives the product of all factors in force at a moment."""

    def factor(moment: datetime.datetime) -> float:
        result = 1.0
        if hourly is not None:
            weekend = weekend_hourly is not None and moment.weekday() >= SATURDAY
            result *= (weekend_hourly if weekend and weekend_hourly is not None else hourly)[moment.hour]
        if weekly is not None:
            result *= weekly[moment.weekday()]
        if seasonal is not None:
            result *= seasonal[moment.month - 1]
        return result

    return factor


def profile_intensity(
    rate: float,
    horizon: float,
    *,
    start: datetime.date | datetime.datetime | None = None,
    hours_per_time_unit: float | None = None,
    hourly: Sequence[float] | None = None,
    weekend_hourly: Sequence[float] | None = None,
    weekly: Sequence[float] | None = None,
    seasonal: Sequence[float] | None = None,
) -> Intensity:
    """Return the intensity rate × hourly × weekly × seasonal factor on [0, horizon).

    Parameters
    ----------
    rate
        Customers per time unit where all factors are 1.
    horizon
        The end, in time units.
    start
        The moment of time 0, as clocks on the wall show it; needed where there are factors. A date means its midnight.
    hours_per_time_unit
        Length of a time unit in hours (1, 24 or 168); needed where there are factors.
    hourly
        24 factors, midnight to one o'clock first; with `weekend_hourly`, those of Monday to Friday.
    weekend_hourly
        24 factors of Saturday and Sunday.
    weekly
        7 factors, Monday first.
    seasonal
        12 factors, January first.

    Raises
    ------
    ValueError
        When a number of factors is wrong, a factor or the rate is negative, the horizon is not above 0, or factors
        stand without a start or a time unit.
    """
    if not (math.isfinite(rate) and rate >= 0):
        raise ValueError(f"rate: must be a number of at least 0 (got {rate})")
    if not (math.isfinite(horizon) and horizon > 0):
        raise ValueError(f"horizon: must be a number above 0 (got {horizon})")
    _checked_factors(hourly, HOURS_PER_DAY, "hourly")
    _checked_factors(weekend_hourly, HOURS_PER_DAY, "weekend_hourly")
    _checked_factors(weekly, 7, "weekly")
    _checked_factors(seasonal, 12, "seasonal")
    if weekend_hourly is not None and hourly is None:
        raise ValueError("weekend_hourly: needs hourly beside it, for Monday to Friday")
    if hourly is None and weekly is None and seasonal is None:
        return Intensity((0.0, horizon), (rate,))
    if start is None or hours_per_time_unit is None:
        raise ValueError("start, hours_per_time_unit: factors need a date and a length of the time unit")
    if not (math.isfinite(hours_per_time_unit) and hours_per_time_unit > 0):
        raise ValueError(f"hours_per_time_unit: must be a number above 0 (got {hours_per_time_unit})")
    begin = start if isinstance(start, datetime.datetime) else datetime.datetime.combine(start, datetime.time())
    step_hours = 1 if hourly is not None else HOURS_PER_DAY
    # The piece in which the start lies began on the full hour or at midnight: breaks count from there.
    first = begin.replace(minute=0, second=0, microsecond=0, hour=begin.hour if step_hours == 1 else 0)
    offset_hours = (begin - first) / datetime.timedelta(hours=1)
    factor = _factor_of(hourly, weekend_hourly, weekly, seasonal)
    breaks = [0.0]
    rates = [rate * factor(first)]
    for number in range(1, math.ceil((horizon * hours_per_time_unit + offset_hours) / step_hours)):
        # A multiple of the step, never a running sum: hour 8,760 must begin where the year ends.
        moment = (number * step_hours - offset_hours) / hours_per_time_unit
        now = rate * factor(first + number * datetime.timedelta(hours=step_hours))
        if now != rates[-1] and moment < horizon:
            breaks.append(moment)
            rates.append(now)
    return Intensity((*breaks, horizon), rates)
