"""A page as one HTML file that asks nobody for anything: pictures, tables, styles and programs are all inside it.

What is data stays data: the template escapes every text; figures stand in the page as JSON in which no tag can begin;
and the page's own policy lets no program run but the two that are written here, and no address be asked.
"""

import base64
import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup

from ...scenarios.writing import yaml_text
from ...simulator.saving import text_writer, write_whole
from .cells import Column, columns_of
from .look import dressed
from .page import Cell, Page, Picture, Table

TEMPLATE = Path(__file__).parent / "template"
MOST_ROWS = 1_000
"""Rows of a table that a page shows; the files of `--out` hold all."""
CANNOT_BE_DRAWN = (
    *("scattergl", "scatterpolargl", "splom", "parcoords"),
    *("scatter3d", "surface", "mesh3d", "volume", "isosurface", "cone", "streamtube"),
    *("scattergeo", "scattermap", "choropleth", "densitymap"),
)
"""What the kinds of traces begin with that need programs made at run time (WebGL), or maps from a server."""
LARGE = ("resolved_scenario", "resolved_scenarios")
"""What a manifest holds that is a document of its own."""


@dataclass(frozen=True)
class ShownPicture:
    """A picture as the template wants it."""

    title: str
    text: str
    height: float
    data: Markup
    """The figure as JSON that may stand inside a script element."""


@dataclass(frozen=True)
class ShownTable:
    """A table as the template wants it."""

    title: str
    text: str
    columns: list[Column]
    shown: bool
    rows: int
    """How many there are; no more than `MOST_ROWS` are shown."""

    @property
    def lines(self) -> Iterator[tuple[tuple[Column, Cell], ...]]:
        """The rows, each cell with its column."""
        for cells in zip(*(column.cells for column in self.columns), strict=True):
            yield tuple(zip(self.columns, cells, strict=True))


def write_page(page: Page, path: Path, *, command: str | None = None) -> None:
    """Write a report as one HTML file that works offline.

    Parameters
    ----------
    page : Page
        The report.
    path : Path
        Where to; the folder is made if need be, and a file that is there is replaced when this one is complete.
    command : str, optional
        The command line that made it, for its readers to make it again.

    Raises
    ------
    OSError
        If it cannot be written.
    """
    text = page_as_html(page, command=command)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, text_writer(text))


def page_as_html(page: Page, *, command: str | None = None) -> str:
    """Return a report as the text of an HTML file; see `write_page`."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATE),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["together"] = _together
    scripts = [*([_plotly()] if _has_pictures(page) else []), _file("page.js")]
    return environment.get_template("page.html").render(
        page=page,
        lead=[part for part in re.split(r"\n\s*\n", page.lead.strip()) if part],
        parts=[_shown(part) for part in page.parts],
        facts=_facts(page.provenance),
        documents=_documents(page.provenance),
        command=command,
        version=version("demandshift"),
        most_rows=MOST_ROWS,
        style=Markup(_file("page.css")),
        scripts=[Markup(script) for script in scripts],
        policy=_policy(scripts),
    )


def _together(text: str, *, in_one_line: bool = True) -> str:
    """Return a text in which no line ends within a half-width or before a unit; nor before ±, if it is one line."""
    for apart in ("± ", " %", "n = ", *([" ±"] if in_one_line else [])):
        text = text.replace(apart, apart.replace(" ", "\N{NO-BREAK SPACE}"))
    return text


def _has_pictures(page: Page) -> bool:
    return any(isinstance(part, Picture) for part in page.parts)


def _shown(part: Picture | Table) -> ShownPicture | ShownTable:
    if isinstance(part, Picture):
        figure = dressed(part.figure)
        for trace in figure.data:
            if trace.type.startswith(CANNOT_BE_DRAWN):
                raise ValueError(
                    f"a page cannot draw {trace.type} ({part.title!r}): it would need programs made at run time, or "
                    "maps from a server, and a report allows neither"
                )
        data = _as_data(json.loads(figure.to_json(validate=False)))
        return ShownPicture(part.title, part.text, figure.layout.height, data)
    return ShownTable(part.title, part.text, columns_of(part.frame.iloc[:MOST_ROWS]), part.shown, len(part.frame))


def _as_data(figure: object) -> Markup:
    """Return plain data as JSON that is safe inside a script element, whatever its texts say.

    There no tag, comment or end of a script can begin.
    """
    text = json.dumps(_without_links(figure), ensure_ascii=False, separators=(",", ":"))
    for sign in "<>&\u2028\u2029":
        text = text.replace(sign, f"\\u{ord(sign):04x}")
    return Markup(text)


def _without_links(value: object) -> object:
    """Return plain data in which no text holds what plotly takes for a link; no picture of ours has one.

    So a name that somebody forgot to make plain (`wording.as_text`) may come out bold, but leads nowhere.
    """
    match value:
        case str():
            return re.sub(r"<(?=/?a\b)", "&lt;", value, flags=re.IGNORECASE)
        case list():
            return [_without_links(each) for each in value]
        case dict():
            return {key: _without_links(each) for key, each in value.items()}
        case _:
            return value


def _policy(scripts: list[str]) -> str:
    """Return the page's Content-Security-Policy: only these scripts, no network, no frames, no forms."""
    hashes = " ".join(f"'sha256-{_hash(script)}'" for script in scripts)
    return (
        f"default-src 'none'; script-src {hashes}; style-src 'unsafe-inline'; img-src data: blob:; "
        "base-uri 'none'; form-action 'none'"
    )


def _hash(script: str) -> str:
    return base64.b64encode(hashlib.sha256(script.encode("utf-8")).digest()).decode("ascii")


@cache
def _file(name: str) -> str:
    return (TEMPLATE / name).read_text(encoding="utf-8")


@cache
def _plotly() -> str:
    from plotly.offline import get_plotlyjs

    return str(get_plotlyjs())


def _facts(provenance: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return what a manifest says as pairs of words and text, short things only."""
    return [
        (key.replace("_", " "), text)
        for key, value in provenance.items()
        if key not in LARGE and (text := _fact(value)) != ""
    ]


def _fact(value: object) -> str:
    match value:
        case None | "":
            return ""
        case bool():
            return "yes" if value else "no"
        case Mapping():
            return " · ".join(
                f"{str(key).replace('_', ' ')} {text}" for key, each in value.items() if (text := _fact(each))
            )
        case list() | tuple():
            return ", ".join(text for each in value if (text := _fact(each)))
        case _:
            return str(value)


def _documents(provenance: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return what a manifest holds that is a document of its own, as YAML."""
    return [
        (key.replace("_", " "), yaml_text(dict(value)) if isinstance(value, Mapping) else json.dumps(value, indent=2))
        for key, value in provenance.items()
        if key in LARGE
    ]
