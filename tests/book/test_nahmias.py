"""Nahmias, Production and Operations Analysis, ch. 5: Harvey's Specialty Shop, beyond the study `nahmias-examples`.

Evidence level B: numbers recalled from the book, reproduced by independent code. The book reads normal tables and
rounds on the way, so printed whole numbers hold within one half, and within 0.44 of what exact computation gives.
"""

import pytest

from demandshift.models.literature.reorder_point import textbook_cost, textbook_optimum
from demandshift.models.replenishment.demand_over import NormalMixture
from demandshift.models.replenishment.targets import level_for_cycle_service, reorder_point_for_fill_rate

HARVEY = NormalMixture([100], [25])


def test_harveys_order_quantity_and_reorder_point():
    """If this fails, the two conditions are not solved together (example 5.4: printed Q = 111, R = 143)."""
    best = textbook_optimum(200, HARVEY, holding=2, order=50, penalty=25)
    assert (best.quantity, best.reorder_point) == pytest.approx((111, 143), abs=0.5)
    assert (best.quantity, best.reorder_point) == pytest.approx((110.77373747576, 142.56819898749), abs=1e-9)
    assert textbook_cost(200, HARVEY, 2, 50, 25, 143, 111) == pytest.approx(306.7016658279247, abs=1e-9)
    assert textbook_cost(200, HARVEY, 2, 50, 25, 143, 110) == pytest.approx(306.6989536990876, abs=1e-9)
    assert best.cost < 306.6989536990876, "no whole numbers are cheaper than the best real ones"


def test_harveys_service_levels():
    """If this fails, the two kinds of service are exchanged (examples 5.5 and 5.6 at 98 %: printed R = 151 and 126).

    The book rounds 151.34 to the nearest unit; our level is the smallest that reaches the target, hence 152.
    """
    assert HARVEY.quantile(0.98) == pytest.approx(151.34372276579558, abs=1e-9)
    assert round(HARVEY.quantile(0.98)) == 151
    assert level_for_cycle_service(HARVEY, 0.98) == 152
    assert reorder_point_for_fill_rate(HARVEY, 100, 0.98) == 126
