"""A run as a report: what was earned and how people were served, when shelves were empty, and where demand went."""

from typing import TYPE_CHECKING

import pandas as pd

from ...simulator.estimates import Estimate, mean_estimate
from ...simulator.ledger import KIND_OF_OUTCOME, Cause, Outcome
from ...simulator.results import Result
from .estimates_picture import figures_of_firms, picture_of_money_and_service, picture_of_rates
from .flow_picture import MOST_NAMES, flows_of, picture_of_flows
from .page import Cell, Headline, Page, Picture, Table
from .terminal import BECAUSE, MONEY, SERVICE, WHAT_BECAME
from .timeline_picture import MOST_LINES, MOST_SHELVES, picture_over_time, shown_offers, shown_products
from .wording import in_words, number

if TYPE_CHECKING:
    from plotly.graph_objects import Figure


def page_of_run(result: Result) -> Page:
    """Return the report of a run.

    Parameters
    ----------
    result : Result
        A run.
    """
    pictures = _pictures(result)
    return Page(
        title=result.scenario.name,
        lead=_lead(result),
        parts=(*pictures.values(), *_tables(result)),
        provenance=result.manifest,
        alarms=result.alarms,
        headlines=_headlines(result),
    )


def pictures_of_run(result: Result) -> "dict[str, Figure]":
    """Return the pictures of a run by name: `money`, `timeline`, and where there is anything to see `flow` and `rates`.

    Parameters
    ----------
    result : Result
        A run.
    """
    return {name: picture.figure for name, picture in _pictures(result).items()}


def _n(result: Result) -> str:
    return f"n = {result.replications}"


def _span(result: Result) -> str:
    head = result.scenario.settled.head
    unit = head.time_unit if head.horizon == 1 else f"{head.time_unit}s"
    return f"{head.horizon:g} {unit}" + (
        f", of which a warm-up of {head.warm_up:g} is not counted" if head.warm_up else ""
    )


def _lead(result: Result) -> str:
    head = result.scenario.settled.head
    described = " ".join((head.description or "").split())
    many = f"{result.replications} replications" if result.replications > 1 else "One replication"
    intervals = (
        "Figures are means a replication with the half-width of their 95 % interval."
        if result.replications > 1
        else "With one replication no figure has an interval."
    )
    customers = result.reckoning.of_customers()
    sentences = [f"{number(customers['arrived'])} customers came, {number(customers['bought'])} bought."]
    rates = result.reckoning.rates()
    counts = result.reckoning.counts_of_origins(None)
    away = mean_estimate(counts["stockouts"] + counts["refusals"])
    if away.mean:
        sentences.append(f"{number(away)} found what they wanted gone or kept for others.")
        told = [
            f"{kind} {number(rates[kind], percent=True)}"
            for kind in ("substitutive", "competitive", "strategic")
            if rates[kind].mean is not None
        ]
        if told:
            sentences.append(f"Of those who were willing to move, so many did: {', '.join(told)}.")
    else:
        sentences.append("Nobody was turned away.")
    return "\n\n".join(
        part for part in (described, f"{many} of {_span(result)}. {intervals} {' '.join(sentences)}") if part
    )


def _headlines(result: Result) -> tuple[Headline, ...]:
    """Return profit and service of the focal firms; where there are several, only the first two."""
    firms = figures_of_firms(result)
    focal = dict(zip(result.problem.firms.names, result.problem.firms.focal.tolist(), strict=True))
    first = [firm for firm in firms if focal[firm]] or list(firms)
    currency, several = result.scenario.settled.head.currency, len(firms) > 1
    shown = []
    for firm in first[: 2 if several else 1]:
        figures = firms[firm]
        of, at = (f" of {firm}", f" at {firm}") if several else ("", "")
        shown.append(Headline(f"Profit{of}", number(figures["profit"]), f"{currency} a replication, {_n(result)}"))
        if figures["fill_rate"].mean is not None:
            label = f"Fill rate{at}"
            shown.append(
                Headline(label, number(figures["fill_rate"], percent=True), f"demand served at once, {_n(result)}")
            )
        shown.append(Headline(f"Turned away{at}", number(figures["turned_away"]), f"customers, {_n(result)}"))
        shown.append(Headline(f"Lost{at}", number(figures["lost"]), f"customers, {_n(result)}"))
    return tuple(shown)


def _pictures(result: Result) -> dict[str, Picture]:
    n = _n(result)
    bars = (
        "Bars and points are means a replication, their whiskers the 95 % interval"
        if result.replications > 1
        else ("Bars and points are those of one replication, without interval")
    )
    pictures = {
        "money": Picture(
            "Money and service",
            f"{bars} ({n}). Money is what it amounts to over the run; profit counts the change in the value of stock. "
            "Fill rate: demand served at once; in stock rate: time in which it could be had; cycle service: "
            "replenishment cycles in which nobody was turned away for lack of stock.",
            picture_of_money_and_service(result),
        ),
        "timeline": Picture("Stock and price over time", _text_of_timeline(result), picture_over_time(result)),
    }
    flows = flows_of(result)
    if flows:
        names = result.problem.offers.names
        rest = f" Only the {MOST_NAMES} offers with most of them stand alone." if len(names) > MOST_NAMES else ""
        pictures["flow"] = Picture(
            "Where demand went",
            "Customers who did not buy at once what they wanted: from the offer that they wanted, at the left, to what "
            f"they bought, at the right, or to what became of them. Mean number a replication ({n}); intervals show "
            f"under the pointer and in the table.{rest}",
            picture_of_flows(flows, names),
        )
    rates = picture_of_rates(result)
    if rates is not None:
        pictures["rates"] = Picture(
            "Transfer rates by kind",
            "Of the customers who were turned away and willing to move in that way, the share who did, by the firm "
            "whose offer they wanted; waiting and leaving home by choice are shares of demand. Whiskers are 95 % "
            f"intervals ({n}).",
            rates,
        )
    return pictures


def _text_of_timeline(result: Result) -> str:
    head = result.scenario.settled.head
    every = f"{head.report_every:g} {head.time_unit}{'' if head.report_every == 1 else 's'}"
    bands = (
        f"bands are 95 % intervals ({_n(result)})" if result.replications > 1 else "one replication has no intervals"
    )
    text = (
        f"Averages over periods of {every}, from the beginning on; {bands}. The strips show when shelves were empty: "
        "the darker, the larger the share of the period."
    )
    if result.scenario.settled.head.warm_up:
        text += " What lies in the grey area is warm-up."
    products, offers = shown_products(result), shown_offers(result)
    if len(products) > MOST_LINES or len(offers) > MOST_LINES:
        text += f" Lines show the {MOST_LINES} products and offers that sold most; the tables have all."
    if len(products) > MOST_SHELVES:
        text += f" Strips show the first {MOST_SHELVES}."
    return text


def _tables(result: Result) -> list[Table]:
    n = _n(result)
    currency = result.scenario.settled.head.currency
    return [
        Table(
            "Money by firm",
            f"In {currency}: mean a replication ± half-width of the 95 % interval ({n}).",
            _firms(result, MONEY),
            True,
        ),
        Table(
            "Service by firm",
            f"Mean a replication ± half-width of the 95 % interval ({n}).",
            _firms(result, SERVICE),
            True,
        ),
        Table(
            "Where demand went",
            f"Customers by the offer that they wanted, what became of them and why (rule R12), {n}.",
            _matrix(result),
        ),
        Table(
            "Transfer rates",
            "Of customers turned away who were willing; by firm of the offer wanted.",
            _in_per_cent(result.rates),
        ),
        Table("By offer", "Demand stands at the offer that was wanted, sales at the one that was sold.", result.sales),
        Table("By product", "Movements of stock, costs and service.", result.stock),
        Table("Customers by segment", "What became of those who came after the warm-up.", result.customers),
        Table("Transfers", "Customers turned away, by kind of move: willing, and transferred.", result.transfers),
        Table("Timeline", "What happened in each period; stock and price are averages over it.", result.timeline),
    ]


def _firms(result: Result, figures: tuple[str, ...]) -> pd.DataFrame:
    """Return figures as rows and firms as columns; a row of noughts is left out, except profit."""
    by_firm = {
        firm: {figure.name: (estimate, figure.unit) for figure, estimate in rows}
        for firm, rows in result.reckoning.of_firms().items()
    }
    kept = [
        name
        for name in figures
        if name == "profit" or any(figures_of[name][0].mean not in (0, None) for figures_of in by_firm.values())
    ]
    columns: dict[str, list[object]] = {"figure": [in_words(name) for name in kept]}
    frame = pd.DataFrame(columns)
    for firm, figures_of in by_firm.items():
        cells = [_cell(*figures_of[name]) for name in kept]
        frame.insert(len(frame.columns), firm, cells, allow_duplicates=True)
    return frame


def _cell(estimate: Estimate, unit: str) -> Cell:
    return Cell(number(estimate, percent=unit == "share"), estimate.mean, missing=estimate.mean is None)


def _matrix(result: Result) -> pd.DataFrame:
    frame = result.matrix
    outcomes = [Outcome[outcome.upper()] for outcome in frame["outcome"]]
    kinds = [KIND_OF_OUTCOME.get(outcome) for outcome in outcomes]
    return pd.DataFrame(
        {
            "wanted": frame["from"],
            "what became of them": [WHAT_BECAME[outcome] for outcome in outcomes],
            "kind": [None if kind is None else kind.name.lower() for kind in kinds],
            "because of": [BECAUSE[Cause[cause.upper()]] or None for cause in frame["cause"]],
            "bought": frame["to"],
            "customers": frame["mean"],
            "half_width": frame["half_width"],
            "n": frame["n"],
        }
    )


def _in_per_cent(rates: pd.DataFrame) -> pd.DataFrame:
    estimates = [
        Estimate(None if pd.isna(mean) else mean, None if pd.isna(width) else width, n)
        for mean, width, n in zip(rates["mean"], rates["half_width"], rates["n"], strict=True)
    ]
    return pd.DataFrame(
        {
            "firm": rates["firm"],
            "kind": [in_words(kind) for kind in rates["kind"]],
            "rate ± half-width": [_cell(estimate, "share") for estimate in estimates],
            "n": rates["n"],
        }
    )
