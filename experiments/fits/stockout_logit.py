r"""Demand behind empty shelves: Poisson arrivals and a logit over what is in stock, fitted to hourly sales.

The problem. Hour :math:`t` belongs to a cell :math:`c(t)` (a store, an hour of the day, weekday or weekend). Customers
come in it by a Poisson process of rate :math:`\lambda_c` per hour, see the products :math:`j` that are in stock
(:math:`a_{tj} = 1`) at prices :math:`p_{tj}`, and each takes one unit of one of them or buys nothing:

.. math::

    s_{tj} = \frac{a_{tj} e^{v_{tj}}}{1 + \sum_k a_{tk} e^{v_{tk}}}, \qquad
    v_{tj} = \beta_j + \beta_p \, x(p_{tj}), \qquad x(p) = p \text{ or } \log p .

By the splitting of a Poisson process, the units of product :math:`j` sold in the hour are independent
Poisson with mean :math:`\lambda_{c(t)} s_{tj}`. Sales in hours in which a product is flagged out are missing, so only
products in stock enter. Up to a constant (:math:`-\sum \log n_{tj}!`, which no parameter moves) the log-likelihood is

.. math::

    \ell(\lambda, \beta) = \sum_t \sum_{j: a_{tj}=1} \left( n_{tj} \log (\lambda_{c(t)} s_{tj})
                           - \lambda_{c(t)} s_{tj} \right) .

For given :math:`\beta` the best rates are known: with the units of a cell
:math:`N_c = \sum_{t \in c} \sum_j n_{tj}` and the customers' chances of buying, summed over its hours,
:math:`E_c(\beta) = \sum_{t \in c} \sum_j s_{tj}`, it is :math:`\hat\lambda_c = N_c / E_c(\beta)`. What is left is a
function of the few :math:`\beta` alone,

.. math::

    \ell(\beta) = \sum_c \left( N_c \log \frac{N_c}{E_c(\beta)} - N_c \right) + \sum_t \sum_j n_{tj} \log s_{tj},

whose maximum and curvature give the same estimates and standard errors of :math:`\beta` as the full problem.

How many buy nothing can be learnt from two things only: what the others sell more of when a product is out, and, by
the logit's even spread, how total sales answer to prices. Days on which unusually many customers come also sell
out, and look like substitution where the rates of a cell are taken to be the same on all of its days; then the
recapture that is fitted is too large. The hour in which a last unit goes counts in full as an hour in stock, which
makes it, less strongly, too small.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import xlogy

__all__ = ["PriceForm", "ShelfHours", "StockoutLogit", "fit_stockout_logit", "logit_shares", "recapture_shares"]

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
IntArray = NDArray[np.int64]
PriceForm = Literal["linear", "log"]

GRADIENT_TOLERANCE = 1e-3
"""Largest slope of the log-likelihood, in any coefficient, at which the search counts as finished."""
DIFFERENCE_STEP = 1e-5
"""Step of the central differences that turn slopes into curvatures."""


@dataclass(frozen=True)
class ShelfHours:
    """Hours in front of the shelf: what was there, at what price, and what was sold.

    Attributes
    ----------
    units : array of float, shape (hours, products)
        Units sold in the hour; what stands where a product is out is ignored.
    in_stock : array of bool, shape (hours, products)
        Whether the product could be had in the hour.
    price : array of float, shape (hours, products)
        Price in money per unit.
    cell : array of int, shape (hours,)
        Number of the cell, 0 to `cells` − 1, whose hours share one arrival rate.
    cells : int
        Number of cells.

    Raises
    ------
    ValueError
        If shapes differ, a price is not positive, units are negative, or a cell's number is out of range.
    """

    units: FloatArray
    in_stock: BoolArray
    price: FloatArray
    cell: IntArray
    cells: int

    def __post_init__(self) -> None:
        """Check shapes and ranges."""
        if not self.units.shape == self.in_stock.shape == self.price.shape or self.units.ndim != 2:
            shapes = (self.units.shape, self.in_stock.shape, self.price.shape)
            raise ValueError(f"units, in_stock and price must have one shape (hours, products) (got {shapes})")
        if self.cell.shape != self.units.shape[:1]:
            raise ValueError(
                f"cell must have one number an hour (got {self.cell.shape} for {self.units.shape[0]} hours)"
            )
        if self.cell.size == 0 or self.cell.min() < 0 or self.cell.max() >= self.cells:
            raise ValueError(f"cells must be numbered 0 to {self.cells - 1}, and at least one hour be given")
        if not (self.price > 0).all():
            raise ValueError(f"prices must be greater than 0 (got {self.price.min()})")
        if not (self.units >= 0).all():
            raise ValueError(f"units must not be negative (got {self.units.min()})")

    @property
    def products(self) -> int:
        """Number of products."""
        return int(self.units.shape[1])


@dataclass(frozen=True)
class StockoutLogit:
    r"""A fitted logit with a buy-nothing option, and the arrival rates that go with it.

    Attributes
    ----------
    price_form : {"linear", "log"}
        How the price enters the utility.
    coefficients : array of float, shape (products + 1,)
        The products' constants :math:`\beta_j`, then the price coefficient :math:`\beta_p`.
    covariance : array of float, shape (products + 1, products + 1)
        Inverse of the observed information of the coefficients.
    arrival_rate : array of float, shape (cells,)
        Customers per hour :math:`\lambda_c`, buyers or not; NaN for a cell without an hour that had stock.
    log_likelihood : float
        Maximum of the log-likelihood, without the constant :math:`-\sum \log n_{tj}!`.
    """

    price_form: PriceForm
    coefficients: FloatArray
    covariance: FloatArray
    arrival_rate: FloatArray
    log_likelihood: float

    @property
    def constants(self) -> FloatArray:
        """Constants of the products, shape (products,)."""
        return self.coefficients[:-1]

    @property
    def price_coefficient(self) -> float:
        """Coefficient of the price, or of its logarithm."""
        return float(self.coefficients[-1])

    @property
    def standard_errors(self) -> FloatArray:
        """Standard errors of the coefficients, in their order."""
        errors: FloatArray = np.sqrt(np.diag(self.covariance))
        return errors

    def attraction(self, price: FloatArray) -> FloatArray:
        """Weights exp(v) of the products at these prices, buying nothing having weight 1; shape of `price`."""
        return _attraction(self.coefficients, price, self.price_form)

    def nothing_share(self, price: FloatArray) -> float:
        """Share of customers who buy nothing with everything in stock at these prices, shape (products,)."""
        return _nothing_share(self.attraction(price))

    def recapture(self, price: FloatArray) -> FloatArray:
        """Share of each product's demand that buys another product when it alone is out; shape (products,)."""
        return recapture_shares(self.attraction(price))

    def scale(self) -> float:
        r"""Spread of tastes in money, :math:`s = -1/\beta_p`, of a linear price.

        Raises
        ------
        ValueError
            If the price entered as a logarithm, or buyers were found to like high prices.
        """
        if self.price_form != "linear":
            raise ValueError("only a linear price has a scale in money")
        return _scale(self.coefficients)

    def reservation_price(self) -> FloatArray:
        r"""Tell what the products are worth to a customer of middling taste, in money, shape (products,).

        It is :math:`r_j = s \beta_j`, so that :math:`v_j = (r_j - p_j) / s`.

        Raises
        ------
        ValueError
            As for `scale`.
        """
        return self.scale() * self.constants

    def standard_errors_of(self, figures: Callable[["StockoutLogit"], FloatArray | float]) -> FloatArray:
        """Find standard errors, by the delta method, of figures that follow from the coefficients.

        Parameters
        ----------
        figures : function of a StockoutLogit
            Gives the figures, shape (m,) or a single number.

        Returns
        -------
        array of float, shape (m,)
        """
        jacobian = _central_differences(
            lambda coefficients: np.atleast_1d(np.asarray(figures(self._with(coefficients)), dtype=np.float64)),
            self.coefficients,
        )
        errors: FloatArray = np.sqrt(np.einsum("ik,kl,il->i", jacobian, self.covariance, jacobian))
        return errors

    def _with(self, coefficients: FloatArray) -> "StockoutLogit":
        return StockoutLogit(self.price_form, coefficients, self.covariance, self.arrival_rate, self.log_likelihood)


def fit_stockout_logit(hours: ShelfHours, price_form: PriceForm) -> StockoutLogit:
    """Fit arrival rates and logit by maximum likelihood.

    Parameters
    ----------
    hours : ShelfHours
        What was sold in which hour, and what could be had.
    price_form : {"linear", "log"}
        How the price enters the utility.

    Returns
    -------
    StockoutLogit

    Raises
    ------
    RuntimeError
        If the search does not end on a proper maximum, for instance because prices never change, or nothing ever
        runs out.
    """

    def loss(coefficients: FloatArray) -> tuple[float, FloatArray]:
        value, slope = concentrated_log_likelihood(coefficients, hours, price_form)
        return -value, -slope

    start = np.append(np.full(hours.products, -1.0), -1.0)
    found = minimize(loss, start, jac=True, method="BFGS", options={"gtol": GRADIENT_TOLERANCE})
    # BFGS may report a loss of precision on the last digits of a sum over many hours: the slope decides, not its flag.
    coefficients = np.asarray(found.x, dtype=np.float64)
    value, slope = concentrated_log_likelihood(coefficients, hours, price_form)
    if not np.abs(slope).max() <= 10 * GRADIENT_TOLERANCE:
        raise RuntimeError(
            f"the likelihood has no maximum near {coefficients.round(3)} (slope {slope}): {found.message}"
        )
    information = -_central_differences(
        lambda point: concentrated_log_likelihood(point, hours, price_form)[1], coefficients
    )
    information = (information + information.T) / 2
    curvatures = np.linalg.eigvalsh(information)
    if curvatures[0] <= 1e-9 * curvatures[-1]:
        raise RuntimeError("the data do not identify all coefficients: do prices change, and do products run out?")
    return StockoutLogit(
        price_form=price_form,
        coefficients=coefficients,
        covariance=np.asarray(np.linalg.inv(information), dtype=np.float64),
        arrival_rate=_arrival_rates(coefficients, hours, price_form),
        log_likelihood=value,
    )


def concentrated_log_likelihood(
    coefficients: FloatArray, hours: ShelfHours, price_form: PriceForm
) -> tuple[float, FloatArray]:
    """Log-likelihood at the best arrival rates, and its slope.

    Parameters
    ----------
    coefficients : array of float, shape (products + 1,)
        Constants, then price coefficient.
    hours : ShelfHours
        The data.
    price_form : {"linear", "log"}
        How the price enters the utility.

    Returns
    -------
    value : float
        The log-likelihood without the constant.
    slope : array of float, shape (products + 1,)
        Its derivatives by the coefficients.
    """
    sold = np.where(hours.in_stock, hours.units, 0.0)
    shares = logit_shares(_attraction(coefficients, hours.price, price_form), hours.in_stock)
    buying = shares.sum(axis=1)
    units, exposure = _cell_totals(sold, shares, hours)
    rate = np.divide(units, exposure, out=np.zeros(hours.cells), where=exposure > 0)
    value = float((xlogy(units, rate) - units).sum() + xlogy(sold, np.where(hours.in_stock, shares, 1.0)).sum())

    # With regressors z_tj (a dummy for the product, and the price) and their mean z̄_t = Σ_j s_tj z_tj in an hour:
    # ∂ log s_tj = z_tj − z̄_t and ∂ Σ_j s_tj = (1 − Σ_j s_tj) z̄_t.
    price = _transformed(hours.price, price_form)
    mean_regressors = np.column_stack([shares, (shares * price).sum(axis=1)])
    observed_regressors = np.append(sold.sum(axis=0), (sold * price).sum())
    weight = sold.sum(axis=1) + rate[hours.cell] * (1 - buying)
    return value, observed_regressors - weight @ mean_regressors


def logit_shares(attraction: FloatArray, in_stock: BoolArray) -> FloatArray:
    """Shares of customers who take each product, of those that are in stock; the rest buys nothing.

    Parameters
    ----------
    attraction : array of float, shape (hours, products)
        Weights of the products, buying nothing having weight 1.
    in_stock : array of bool, shape (hours, products)
        What could be had.

    Returns
    -------
    array of float, shape (hours, products)
    """
    available = np.where(in_stock, attraction, 0.0)
    shares: FloatArray = available / (1 + available.sum(axis=1, keepdims=True))
    return shares


def recapture_shares(attraction: FloatArray) -> FloatArray:
    """Share of each product's customers who buy another product when it alone is out.

    In a logit they spread over the rest, buying nothing included, in proportion to the weights.

    Parameters
    ----------
    attraction : array of float, shape (products,)
        Weights of the products, buying nothing having weight 1.

    Returns
    -------
    array of float, shape (products,)

    Examples
    --------
    >>> import numpy as np
    >>> recapture_shares(np.array([1.0, 2.0, 1.0])).round(3).tolist()
    [0.75, 0.667, 0.75]
    """
    others: FloatArray = attraction.sum() - attraction
    return others / (1 + others)


def _nothing_share(attraction: FloatArray) -> float:
    return float(1 / (1 + attraction.sum()))


def _scale(coefficients: FloatArray) -> float:
    if coefficients[-1] >= 0:
        raise ValueError(f"the price coefficient must be negative (got {coefficients[-1]:.4g})")
    return float(-1 / coefficients[-1])


def _transformed(price: FloatArray, price_form: PriceForm) -> FloatArray:
    transformed: FloatArray = np.log(price) if price_form == "log" else price
    return transformed


def _attraction(coefficients: FloatArray, price: FloatArray, price_form: PriceForm) -> FloatArray:
    attraction: FloatArray = np.exp(coefficients[:-1] + coefficients[-1] * _transformed(price, price_form))
    return attraction


def _cell_totals(sold: FloatArray, shares: FloatArray, hours: ShelfHours) -> tuple[FloatArray, FloatArray]:
    # The annotations repeat the types because bincount is declared to give integers even where it is given weights.
    units: FloatArray = np.asarray(np.bincount(hours.cell, sold.sum(axis=1), hours.cells), dtype=np.float64)
    exposure: FloatArray = np.asarray(np.bincount(hours.cell, shares.sum(axis=1), hours.cells), dtype=np.float64)
    return units, exposure


def _arrival_rates(coefficients: FloatArray, hours: ShelfHours, price_form: PriceForm) -> FloatArray:
    sold = np.where(hours.in_stock, hours.units, 0.0)
    shares = logit_shares(_attraction(coefficients, hours.price, price_form), hours.in_stock)
    units, exposure = _cell_totals(sold, shares, hours)
    rates: FloatArray = np.divide(units, exposure, out=np.full(hours.cells, np.nan), where=exposure > 0)
    return rates


def _central_differences(function: Callable[[FloatArray], FloatArray], point: FloatArray) -> FloatArray:
    """Differentiate a vector function: row i, column k is ∂ fᵢ / ∂ xₖ."""
    steps = DIFFERENCE_STEP * np.eye(point.size)
    return np.column_stack([(function(point + h) - function(point - h)) / (2 * DIFFERENCE_STEP) for h in steps])
