"""A run as text for people: numbers with sense, and names as they are."""

import io

import pytest
from rich.console import Console

import demandshift as ds
from demandshift.experiments.report import terminal
from demandshift.experiments.report.terminal import number, print_result
from demandshift.simulator.estimates import Estimate


@pytest.mark.parametrize(
    ("estimate", "text"),
    [
        (Estimate(1234.5678, 12.34, 9), "1,235 ± 12"),
        (Estimate(1234.5678, 1.234, 9), "1,234.6 ± 1.2"),
        (Estimate(0.00123, 0.000456, 9), "0.00123 ± 0.00046"),
        (Estimate(5.0, 123.0, 9), "5 ± 123"),
        (Estimate(-3.25, 0.5, 9), "-3.25 ± 0.50"),
        (Estimate(-0.3, 25.0, 9), "0 ± 25"),
        (Estimate(0.0, 0.0, 9), "0 ± 0"),
        (Estimate(7.0, 0.0, 9), "7 ± 0"),
        (Estimate(2.5, 1e-12, 9), "2.50 ± 0"),
        (Estimate(1e-9, 1e-10, 9), "0.000000 ± 0.000000"),
        (Estimate(3.14159, None, 1), "3.14"),
        (Estimate(8.0, None, 1), "8"),
        (Estimate(None, None, 9), "n/a"),
    ],
)
def test_numbers_show_what_their_interval_gives_sense_to(estimate, text):
    """If this fails, tables show digits that mean nothing, or hide those that do (R17)."""
    assert number(estimate) == text


@pytest.mark.parametrize(
    ("estimate", "text"),
    [
        (Estimate(0.9512, 0.0123, 9), "95.1 ± 1.2 %"),
        (Estimate(1.0, 0.0, 9), "100 ± 0 %"),
        (Estimate(0.5, None, 1), "50 %"),
        (Estimate(None, None, 9), "n/a"),
    ],
)
def test_shares_are_shown_in_percent(estimate, text):
    """If this fails, a rate of 0.95 is read as 0.95 %."""
    assert number(estimate, percent=True) == text


ODD = ["Cola [bold]0.5 L[/bold]", ":smile: cola", "[red]", "naïve – 😀"]


@pytest.fixture
def shop(write):
    """Return what makes a shop whose products have odd names."""

    def make(names=tuple(ODD), **head):
        return write(
            {
                "name": "[blink]shop[/]",
                "description": "A [link=https://example.org]shop[/link] :tada:",
                "horizon": 1,
                "currency": "[EUR]",
                "firms": {"[b]corner[/b]": {}},
                "products": {name: {"firm": "[b]corner[/b]", "price": 1, "stock": 2} for name in names},
                "segments": {
                    "all": {
                        "arrivals": {"kind": "poisson", "rate": 60},
                        "choice": {"kind": "logit", "scale": 1, "reservation_price": dict.fromkeys(names, 2)},
                    }
                },
                **head,
            }
        )

    return make


def printed(result, width=160):
    """Return a result as text."""
    stream = io.StringIO()
    print_result(result, Console(file=stream, width=width, markup=False, emoji=False, highlight=False))
    return stream.getvalue()


def test_names_are_shown_as_they_are(shop):
    """If this fails, a product's name is read as markup or as an emoji, or breaks the tables."""
    text = printed(ds.run(shop(), 2))
    for name in (*ODD, "[b]corner[/b]", "[blink]shop[/]", "[link=https://example.org]", ":tada:", "Money ([EUR])"):
        assert name in text


def test_even_a_console_that_reads_markup_shows_names_as_they_are(shop):
    """If this fails, the report depends on how its caller set up the console."""
    stream = io.StringIO()
    print_result(ds.run(shop(), 2), Console(file=stream, width=160))
    for name in (*ODD, "[b]corner[/b]", "[blink]shop[/]"):
        assert name in stream.getvalue()


def test_the_head_says_what_was_run(shop):
    """If this fails, a reader cannot tell how long, how often and with which seed."""
    text = printed(ds.run(shop(), 2, 5))
    assert "2 replications of 1 day, seed 5." in text
    assert "(n = 2)." in text
    alone = " ".join(printed(ds.run(shop(horizon=2.5, time_unit="week", warm_up=0.5), 1, 5)).split())
    assert "1 replication of 2.5 weeks after a warm-up of 0.5, seed 5." in alone
    assert "with one replication there is none." in alone


def test_money_without_a_name_needs_none(shop):
    """If this fails, tables are headed `Money (money)`."""
    lines = [line.strip() for line in printed(ds.run(shop(currency="money"), 1)).splitlines()]
    assert "Money" in lines
    assert "Money (money)" not in lines


def test_money_service_matrix_and_rates_are_shown(shop):
    """If this fails, one of the tables that the issue names is missing."""
    text = printed(ds.run(shop(), 2))
    for part in ("Money ([EUR])", "Service", "Where demand went (customers)", "Transfer rates"):
        assert part in text
    for word in ("profit", "fill rate", "served at once", "bought another of the same firm (substitutive)", "stockout"):
        assert word in text
    assert "ordering cost" not in text, "rows of noughts are left out"


def test_a_long_matrix_is_cut_and_says_so(shop, monkeypatch):
    """If this fails, a shop with many products fills the screen, or rows vanish without a word."""
    monkeypatch.setattr(terminal, "MOST_ROWS", 3)
    result = ds.run(shop(), 2)
    rows = len(result.reckoning.matrix())
    text = printed(result)
    assert f"The largest 3 of {rows} rows; --out writes them all." in text
    table = text[text.index("Where demand went") : text.index("The largest 3")]
    assert table.count("±") == 3


def test_narrow_terminals_fold_names_instead_of_cutting_them(shop):
    """If this fails, two products with long names look alike."""
    long = [f"a product with quite a long name, number {number}" for number in range(3)]
    text = printed(ds.run(shop(names=long), 2), width=60)
    assert "…" not in text


def test_the_line_that_reconciles_cohort_and_sales(write):
    """If this fails, sales and customers seem to contradict each other (R1)."""
    scenario = write(
        {
            "name": "late",
            "horizon": 4,
            "warm_up": 2,
            "firms": {"corner": {"service": {"back_orders": {"promise": False}}}},
            "products": {
                "cola": {
                    "firm": "corner",
                    "price": 1,
                    "ordering": {"kind": "plan", "orders": [{"at": 3, "quantity": 500}]},
                }
            },
            "segments": {
                "all": {
                    "arrivals": {"kind": "poisson", "rate": 10},
                    "choice": {"kind": "ranking", "lists": [{"share": 1, "reservation_price": {"cola": 2}}]},
                    "waiting": {"up_to": 9, "expected_delay": 0},
                }
            },
        }
    )
    result = ds.run(scenario, 1)
    sales = result.sales.set_index("figure")["mean"]
    earlier = sales["sales_to_earlier_customers"]
    assert earlier > 5
    expected = (
        f"Of {sales['sales']:,.1f} sales, {sales['sales'] - earlier:,.1f} went to them "
        f"and {earlier:,.1f} to customers who first came in the warm-up."
    )
    assert expected in " ".join(printed(result).split())
