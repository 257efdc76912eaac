"""Segments of drawn scenarios: when their customers come, what they want, and what moving costs them."""

from typing import Any

from drawn_parts import DURATIONS, Frame, moneys, shares, times, used
from drawn_varied_choice import drawn_varied_choice
from hypothesis import strategies as st

EXPECTED_CUSTOMERS = (20, 45, 0, 5)
"""Expected customers of one segment in one replication, at most; Hypothesis prefers the first."""
WHERE_IT_IS_BUSY = (60, 120, 25)
"""The same, of a busy scenario."""


def drawn_segment(
    frame: Frame,
    names: list[str],
    number: int,
    products: dict[str, Any],
    offers: dict[str, Any],
    tables: dict[str, str],
    windows: bool,
) -> dict[str, Any]:
    """Return a segment that knows some of the named offers.

    Parameters
    ----------
    frame
        What holds for the whole scenario.
    names
        The offers that it may know.
    number
        Its number, which names its tables.
    products, offers
        What is for sale.
    tables
        The tables of the scenario; gains those of the segment.
    windows
        Whether anything in the scenario is ever shut.
    """
    draw = frame.draw
    # Few segments would race lazily by themselves, so that most are made to where the scenario says so; they know
    # everything, since the race is in whom the customer leaves for whom.
    races = frame.lazy and draw(st.sampled_from([True, True, False]))
    kinds = ["logit", "logit", "varied", "prices", "orders"] + ([] if frame.one_season else ["substitution"])
    kind = "logit" if races else draw(st.sampled_from(kinds))
    named = names if races else sorted(draw(st.sets(st.sampled_from(names), min_size=1)), key=names.index)
    segment: dict[str, Any] = {
        "arrivals": _arrivals(frame, number, tables),
        "choice": _choice(frame, kind, named, number, tables, windows),
    }
    considers = named
    if kind != "substitution" and not races and draw(st.booleans()):
        considers = sorted(draw(st.sets(st.sampled_from(named), min_size=1)), key=named.index)
        segment["considers"] = considers
    if frame.one_season or kind in ("orders", "substitution"):
        return segment
    owners = sorted({products[name if name in products else used(offers[name])[0]]["firm"] for name in considers})
    if not races and frame.rather(False):
        segment["home"] = draw(st.sampled_from([*considers, *owners]))
    if draw(st.booleans()):
        cost: dict[str, float] = {}
        for move in ("substitutive", "competitive", "strategic"):
            frame.maybe(moneys(0, 12), cost, move)
        segment["transfer_cost"] = cost
    if not races and frame.rather(True):
        waiting: dict[str, Any] = {"up_to": draw(times(0.25, 5)), "expected_delay": draw(times(0, 2))}
        frame.maybe(st.sampled_from([0.5, 0.9, 1.0]), waiting, "discount")
        frame.maybe(st.sampled_from([0.5, 1.0]), waiting, "chance")
        frame.maybe(DURATIONS, waiting, "patience")
        segment["waiting"] = waiting
    return segment


def _arrivals(frame: Frame, number: int, tables: dict[str, str]) -> dict[str, Any]:
    """Draw a recorded trace, or a Poisson process with or without profiles."""
    draw = frame.draw
    if draw(st.integers(0, 2)) == 0:
        recorded = draw(st.lists(times(0, frame.horizon + 1), max_size=60 if frame.busy else 25))
        rows = "".join(f"{time},segment{number}\n{time},another\n" for time in recorded)
        tables[f"trace{number}.csv"] = f"time,segment\n{rows}0.5,segment{number}\n"
        return {"kind": "trace", "file": f"trace{number}.csv", "segment": f"segment{number}"}
    arrivals: dict[str, Any] = {"kind": "poisson"}
    busiest = 1.0
    if frame.has_start:
        factors = st.sampled_from([0, 0.5, 1, 2])
        day = st.lists(factors, min_size=24, max_size=24)
        frame.maybe(day | st.fixed_dictionaries({"weekday": day, "weekend": day}), arrivals, "hourly")
        frame.maybe(st.lists(factors, min_size=7, max_size=7), arrivals, "weekly")
        frame.maybe(st.lists(factors, min_size=12, max_size=12), arrivals, "seasonal")
        busiest = 2.0 ** (len(arrivals) - 1)
    arrivals["rate"] = (
        draw(st.sampled_from(WHERE_IT_IS_BUSY if frame.busy else EXPECTED_CUSTOMERS)) / frame.horizon / busiest
    )
    frame.maybe(st.just(arrivals["rate"] * busiest + 2.0), arrivals, "dominating_rate")
    return arrivals


def _choice(
    frame: Frame, kind: str, names: list[str], number: int, tables: dict[str, str], windows: bool
) -> dict[str, Any]:
    draw = frame.draw
    worths = st.fixed_dictionaries(dict.fromkeys(names, moneys(8 if frame.busy else -8, 48)))
    if kind == "logit":
        return {"kind": "logit", "scale": draw(moneys(1, 16)), "reservation_price": draw(worths)}
    if kind == "varied":
        return drawn_varied_choice(draw, names, worths)
    if kind == "substitution":
        return _substitution(frame, names, number, tables, windows)
    lists: list[dict[str, Any]] = []
    for share in draw(shares(draw(st.integers(1, 3)))):
        known = sorted(draw(st.sets(st.sampled_from(names), min_size=1)), key=names.index)
        if kind == "prices":
            worth = {name: draw(moneys(-8, 48)) for name in known}
            lists.append({"share": share, "reservation_price": worth})
        else:
            lists.append({"share": share, "order": draw(st.permutations(known))})
    # All that a segment may restrict itself to is named by one list at least.
    last = {"reservation_price": draw(worths)} if kind == "prices" else {"order": names}
    return {"kind": "ranking", "lists": [*lists, {"share": 0.0, **last}]}


def _substitution(frame: Frame, names: list[str], number: int, tables: dict[str, str], windows: bool) -> dict[str, Any]:
    """Draw first choices and shares of the next; as a mapping or as a table."""
    draw = frame.draw
    attempts = draw(st.sampled_from([1, 2, "unlimited"]))
    first = dict(zip([*names, "nothing"], draw(shares(len(names) + 1)), strict=True))
    # Where somebody may have to pass over what is shut, or goes on without end, some must leave from everywhere.
    least_leaving = 0.125 if windows or attempts == "unlimited" else 0.0
    rows: dict[str, dict[str, float]] = {}
    for name in names:
        others = [other for other in names if other != name]
        if others:
            row = draw(shares(len(others) + 1))[:-1]
            rows[name] = {other: share * (1 - least_leaving) for other, share in zip(others, row, strict=True)}
    choice = {"kind": "substitution", "first_choice": first, "substitution": rows, "attempts": attempts}
    if rows and draw(st.booleans()):
        lines = [f"{a},{b},{share},shop{number}\n" for a, row in rows.items() for b, share in row.items()]
        tables[f"shares{number}.csv"] = "from,to,share,store\n" + "".join(lines)
        choice["substitution"] = {"file": f"shares{number}.csv", "store": f"shop{number}"}
    return choice
