"""Links between pages lead somewhere."""

import re
from pathlib import Path
from typing import Any

import pytest


def test_relative_links_resolve(page: Any, pages: dict[str, Any], root: Path) -> None:
    """A failure means that a reader who follows a link of this page finds nothing, or the top of a page."""
    wrong = []
    for target in page.links:
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        path = (page.path.parent / name).resolve() if name else page.path
        if not path.exists() or not path.is_relative_to(root):
            wrong.append(f"{target}: no such file")
        elif anchor and anchor not in pages[path.relative_to(root).as_posix()].anchors:
            wrong.append(f"{target}: no such heading")
    assert wrong == [], page.name


def test_every_page_can_be_reached(pages: dict[str, Any], root: Path) -> None:
    """A failure means that a page exists which nobody finds by following links from the README."""
    reached, new = set(), ["README.md"]
    while new:
        name = new.pop()
        if name in reached:
            continue
        reached.add(name)
        for target in pages[name].links:
            file = target.partition("#")[0]
            if file and not re.match(r"[a-z]+:", file):
                linked = (pages[name].path.parent / file).resolve()
                if linked.suffix == ".md" and linked.is_relative_to(root):
                    new.append(linked.relative_to(root).as_posix())
    assert sorted(set(pages) - reached) == []


@pytest.mark.parametrize(
    ("heading", "anchor"),
    [
        ("R8a Ties", "r8a-ties"),
        ("R2 Order at one instant", "r2-order-at-one-instant"),
        ("`ordering`: when, and how much", "ordering-when-and-how-much"),
        ("`order_up_to`", "order_up_to"),
    ],
)
def test_anchors_are_those_of_the_web(heading: str, anchor: str, read: Any, tmp_path: Path) -> None:
    """A failure means that the test of links looks for anchors that no browser would know."""
    file = tmp_path / "page.md"
    file.write_text(f"## {heading}\n", encoding="utf-8")
    assert read(file).anchors == {anchor}


def test_pictures_are_there(page: Any, root: Path) -> None:
    """A failure means that a reader of this page sees a broken picture."""
    text = page.path.read_text(encoding="utf-8")
    for target in re.findall(r"!\[[^\]]*\]\(([^)\s]+)\)", text):
        picture = (page.path.parent / target).resolve()
        assert picture.is_relative_to(root), target
        assert picture.is_file(), target
