"""The HTML of a page, read as text; `tests/browser` looks at it in a browser."""

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pandas as pd
import plotly.graph_objects as go
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from demandshift.experiments.report import html
from demandshift.experiments.report.cells import columns_of
from demandshift.experiments.report.html import page_as_html, write_page
from demandshift.experiments.report.look import SERIES, dressed, see_through
from demandshift.experiments.report.page import Cell, Headline, Page, Picture, Table

WITHOUT_PICTURES = Page(title="t", lead="l", parts=(), provenance={})


class Reader(HTMLParser):
    """What a page consists of."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.texts: list[str] = []
        self.scripts: list[str] = []
        self.data: list[str] = []
        self._inside: str | None = None
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep an element."""
        self.elements.append((tag, dict(attrs)))
        if tag == "script":
            self._inside = "data" if dict(attrs).get("type") else "scripts"
            getattr(self, self._inside).append("")

    def handle_endtag(self, tag: str) -> None:
        """Leave a script."""
        if tag == "script":
            self._inside = None

    def handle_data(self, data: str) -> None:
        """Keep text where it belongs."""
        if self._inside is None:
            self.texts.append(data)
        else:
            getattr(self, self._inside)[-1] += data

    def names(self) -> list[str]:
        """Return the elements' names."""
        return [name for name, _ in self.elements]


def page_with(text: str) -> Page:
    """Return a page that has a text wherever a page may have one."""
    figure = go.Figure(go.Bar(x=[text], y=[1], name=text, hovertext=[text]))
    figure.update_layout(xaxis_title=text, annotations=[{"text": text, "x": 0, "y": 0}])
    return Page(
        title=text,
        lead=text,
        parts=(
            Picture(text, text, figure),
            Table(text, text, pd.DataFrame({text: [text], "cell": [Cell(text, 1.0)]}), shown=True),
            Table(text, text, pd.DataFrame({"a": [text]})),
        ),
        provenance={text: text, "versions": {text: text}, "list": [text], "resolved_scenario": {"a": text}},
        alarms=(text,),
        headlines=(Headline(text, text, text),),
    )


PLAIN = Reader(page_as_html(page_with("plain"), command="plain"))


@settings(deadline=None, max_examples=25)
@given(
    st.text(alphabet="<>&\"'/!-=;:{}%$`ab \u2028\\", min_size=1, max_size=30).filter(str.strip)
    | st.sampled_from(["</script>", "</SCRIPT >", "<!--<script>", "--></style>", "</title>", "{{ 7*7 }}", "<a href=x>"])
)
def test_no_text_changes_what_the_page_consists_of(text: str) -> None:
    """If this fails, some name becomes an element, an attribute or a script of the page."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(html, "_plotly", lambda: "'five megabytes less to read'")
        plain = Reader(page_as_html(page_with("plain"), command="plain"))
        read = Reader(page_as_html(page_with(text), command=text))
    assert read.names() == plain.names()
    assert [sorted(attributes) for _, attributes in read.elements] == [sorted(each) for _, each in plain.elements]
    assert read.scripts == plain.scripts
    (figure,) = read.data
    for sign in "<>&\u2028":
        assert sign not in figure
    told = re.sub(r"<(?=/?a\b)", "&lt;", text, flags=re.IGNORECASE)
    assert json.loads(figure)["data"][0]["name"] == told


def test_the_policy_names_the_two_programs_and_nothing_else() -> None:
    """If this fails, the page runs what is not ours, asks somebody for something, or draws nothing at all."""
    policy = next(
        attributes["content"] or ""
        for name, attributes in PLAIN.elements
        if name == "meta" and attributes.get("http-equiv") == "Content-Security-Policy"
    )
    allowed = re.findall(r"'sha256-([^']+)'", policy)
    hashes = [base64.b64encode(hashlib.sha256(each.encode()).digest()).decode() for each in PLAIN.scripts]
    assert allowed == hashes
    assert len(hashes) == 2
    assert "default-src 'none'" in policy
    assert "unsafe-eval" not in policy
    assert "http" not in policy
    assert "unsafe-inline" not in policy.split("style-src")[0]


def test_nothing_in_the_page_is_fetched() -> None:
    """If this fails, a reader without network misses something, or somebody learns that the page was opened."""
    for name, attributes in PLAIN.elements:
        assert name not in ("link", "img", "iframe", "object", "embed", "base", "a")
        assert not {"src", "href", "srcset", "action", "ping"} & set(attributes)
    style = (html.TEMPLATE / "page.css").read_text(encoding="utf-8")
    assert "url(" not in style
    assert "@import" not in style


def test_plotly_is_there_once_and_only_where_it_is_needed() -> None:
    """If this fails, a report of ten pictures has fifty megabytes, or one of tables has five."""
    pictures = tuple(Picture(f"p{place}", "", go.Figure(go.Bar(x=[1], y=[1]))) for place in range(3))
    text = page_as_html(Page(title="t", lead="l", parts=pictures, provenance={}))
    assert text.count("* plotly.js v") == 1
    assert len(text) < 6_000_000
    assert len(page_as_html(WITHOUT_PICTURES)) < 30_000


def test_a_long_table_says_that_it_is_cut() -> None:
    """If this fails, a reader takes the first thousand rows for all of them."""
    table = Table("Timeline", "Text.", pd.DataFrame({"row": range(1_001)}))
    text = page_as_html(Page(title="t", lead="l", parts=(table,), provenance={}))
    assert text.count("<tr>") == 1_001
    assert "The first 1,000 of 1,001 rows; the files that --out writes hold all." in text
    short = Table("Timeline", "Text.", pd.DataFrame({"row": range(1_000)}))
    assert "The first" not in page_as_html(Page(title="t", lead="l", parts=(short,), provenance={}))


def test_provenance_is_all_there() -> None:
    """If this fails, nobody can make the figures again from the page alone."""
    manifest = {
        "scenario_hash": "abc",
        "resolved_scenario": {"name": "shop", "horizon": 7},
        "applied": ["shop.yaml", "lean"],
        "seed": 0,
        "nothing": None,
        "made_by_hand": {"ordering": [], "pricing": []},
        "versions": {"demandshift": "1.2", "python": "3.11"},
        "exact": True,
    }
    read = Reader(page_as_html(Page("t", "l", (), manifest), command="demandshift run shop.yaml --variant lean"))
    texts = [text for text in read.texts if text.strip()]
    for text in ("scenario hash", "abc", "shop.yaml, lean", "0", "demandshift 1.2 · python 3.11", "yes"):
        assert text in texts
    assert "nothing" not in texts
    assert "made by hand" not in texts
    assert "demandshift run shop.yaml --variant lean" in texts
    assert "Resolved scenario" in texts
    assert "{name: shop, horizon: 7}\n" in texts


def test_a_page_is_written_whole_into_a_folder_that_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """If this fails, a full disk leaves half a page under the name of a whole one."""
    file = tmp_path / "new" / "report.html"
    write_page(WITHOUT_PICTURES, file)
    before = file.read_text(encoding="utf-8")
    assert before.startswith("<!DOCTYPE html>") or before.lstrip().startswith("<!DOCTYPE html>")

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(OSError, match="No space left"):
        write_page(page_with("other"), file)
    assert file.read_text(encoding="utf-8") == before
    assert [each.name for each in file.parent.iterdir()] == ["report.html"]


@pytest.mark.parametrize("kind", ["scattergl", "scatter3d", "surface", "parcoords", "scattermap", "choropleth"])
def test_a_picture_that_the_page_could_not_draw_is_refused(kind: str) -> None:
    """If this fails, a report has a hole where a picture should be, and nobody notices before a reader does."""
    figure = go.Figure({"data": [{"type": kind}]})
    with pytest.raises(ValueError, match=f"a page cannot draw {kind}"):
        page_as_html(Page("t", "l", (Picture("p", "", figure),), {}))


# Tables


def test_a_figure_is_shown_with_its_half_width() -> None:
    """If this fails, a figure stands without its interval (R17), or shares are shown as money."""
    frame = pd.DataFrame(
        {
            "offer": ["tea", "tea"],
            "unit": ["money", "share"],
            "mean": [1234.56, 0.5],
            "half_width": [7.89, 0.012],
            "gain": [1.0, 2.0],
            "gain_half_width": [0.5, None],
            "n": [10, 10],
        }
    )
    columns = columns_of(frame)
    assert [column.heading for column in columns] == ["offer", "unit", "mean ± half-width", "gain ± half-width", "n"]
    assert [column.is_number for column in columns] == [False, False, True, True, True]
    assert [cell.text for cell in columns[2].cells] == ["1,234.6 ± 7.9", "50.0 ± 1.2 %"]
    assert [cell.text for cell in columns[3].cells] == ["1.00 ± 0.50", "200 %"]
    assert columns[2].cells[0].value == 1234.56


def test_a_half_width_without_a_mean_belongs_to_the_column_before_it() -> None:
    """If this fails, the half-width of a transfer share is a column of its own without an owner."""
    columns = columns_of(pd.DataFrame({"from": ["a"], "share": [0.25], "half_width": [0.01], "n": [3]}))
    assert [column.heading for column in columns] == ["from", "share ± half-width", "n"]
    assert columns[1].cells[0].text == "0.250 ± 0.010"


def test_what_is_missing_is_a_dash_and_an_index_with_a_name_is_a_column() -> None:
    """If this fails, a page says nan, or the rows of a pivoted table have lost their names."""
    frame = pd.DataFrame({"x": [1.5, None], "y": ["a", None], "b": [True, False]}, index=pd.Index([7, 8], name="level"))
    columns = columns_of(frame)
    assert [column.heading for column in columns] == ["level", "x", "y", "b"]
    assert [[cell.text for cell in column.cells] for column in columns] == [
        ["7", "8"],
        ["1.5", "–"],
        ["a", "–"],
        ["yes", "no"],
    ]
    assert columns[1].cells[1].missing


# Look


def test_a_figure_that_is_dressed_is_a_copy() -> None:
    """If this fails, a figure in a notebook changes when a report of it is written."""
    figure = go.Figure(go.Bar(x=[1], y=[1]), layout={"title": {"text": "old"}, "width": 300, "height": 200})
    shown = dressed(figure)
    assert figure.layout.title.text == "old"
    assert figure.layout.width == 300
    assert shown.layout.title.text is None
    assert shown.layout.width is None
    assert shown.layout.height == 200
    assert list(shown.layout.template.layout.colorway) == list(SERIES)


def test_colours_of_series_can_be_seen_and_told_apart_by_all_eyes() -> None:
    """If this fails, a line is too pale to see, or two look the same to the tenth of men who see fewer colours.

    Contrast as WCAG 2 reckons it; what protanopes and deuteranopes see by Viénot, Brettel & Mollon (1999).
    """
    linear = {colour: _linear(colour) for colour in SERIES}
    for colour, light in linear.items():
        luminance = sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), light, strict=True))
        assert 1.05 / (luminance + 0.05) >= 2.9, colour
    for seen in (_PROTANOPE, _DEUTERANOPE):
        for place, one in enumerate(SERIES):
            for other in SERIES[place + 1 :]:
                distance = _distance(_apply(seen, linear[one]), _apply(seen, linear[other]))
                assert distance > 12, (one, other, distance)


_PROTANOPE = ((0.11238, 0.88762, 0.0), (0.11238, 0.88762, 0.0), (0.00401, -0.00401, 1.0))
_DEUTERANOPE = ((0.29275, 0.70725, 0.0), (0.29275, 0.70725, 0.0), (-0.02234, 0.02234, 1.0))


def _linear(colour: str) -> tuple[float, ...]:
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    return tuple(part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)


def _apply(matrix: tuple[tuple[float, ...], ...], light: tuple[float, ...]) -> tuple[float, ...]:
    return tuple(max(0.0, sum(a * b for a, b in zip(row, light, strict=True))) for row in matrix)


def _distance(one: tuple[float, ...], other: tuple[float, ...]) -> float:
    """Return the distance of two colours in CIELAB (1976), in which about 2.3 can just be seen."""
    return sum((a - b) ** 2 for a, b in zip(_lab(one), _lab(other), strict=True)) ** 0.5


def _lab(light: tuple[float, ...]) -> tuple[float, float, float]:
    rows = ((0.4124, 0.3576, 0.1805), (0.2126, 0.7152, 0.0722), (0.0193, 0.1192, 0.9505))
    white = (0.9505, 1.0, 1.089)
    ratios = (
        sum(a * b for a, b in zip(row, light, strict=True)) / whole for row, whole in zip(rows, white, strict=True)
    )
    x, y, z = (each ** (1 / 3) if each > 0.008856 else 7.787 * each + 16 / 116 for each in ratios)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def test_a_colour_can_be_seen_through() -> None:
    """If this fails, bands hide the lines of others."""
    assert see_through("#0072B2", 0.16) == "rgba(0,114,178,0.16)"
