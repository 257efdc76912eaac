"""The pages of the project: their fenced blocks, headings and links, for all tests of the documentation."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
"""The repository root."""

_FENCE = re.compile(r"^(?P<indent> *)(?P<marks>```+|~~~+)(?P<info>.*)$")
_HEADING = re.compile(r"^#{1,6} +(?P<text>.+?) *$")
_LINK = re.compile(r"(?<!!)\[(?P<text>[^\]]*)\]\((?P<target>[^)\s]+)\)")


@dataclass(frozen=True)
class Block:
    """A fenced block: its info string, its text and the line at which it begins."""

    info: tuple[str, ...]
    text: str
    line: int

    @property
    def language(self) -> str:
        """The first word of the info string; empty where there is none."""
        return self.info[0] if self.info else ""


@dataclass(frozen=True)
class Page:
    """One page of Markdown."""

    path: Path
    blocks: tuple[Block, ...]
    headings: tuple[str, ...]
    links: tuple[str, ...]

    @property
    def name(self) -> str:
        """The path from the root."""
        return self.path.relative_to(ROOT).as_posix()

    @property
    def anchors(self) -> frozenset[str]:
        """The anchors of the headings, as they are made on the web: small letters, hyphens for spaces."""
        return frozenset(_anchor(heading) for heading in self.headings)


def _anchor(heading: str) -> str:
    plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading)
    return re.sub(r"[^\w\- ]", "", plain.lower()).replace(" ", "-")


def read_page(path: Path) -> Page:
    """Read a page; a fence that is never closed is an error."""
    blocks: list[Block] = []
    headings: list[str] = []
    links: list[str] = []
    opened: tuple[str, str, str, int] | None = None
    inside: list[str] = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        fence = _FENCE.match(line)
        if opened is not None:
            indent, marks, info, begin = opened
            if fence and fence["marks"].startswith(marks) and not fence["info"].strip():
                text = "\n".join(each.removeprefix(indent) for each in inside)
                blocks.append(Block(tuple(info.split()), text, begin))
                opened, inside = None, []
            else:
                inside.append(line)
        elif fence:
            opened = (fence["indent"], fence["marks"], fence["info"], number)
        else:
            if heading := _HEADING.match(line):
                headings.append(heading["text"])
            links.extend(found["target"] for found in _LINK.finditer(re.sub(r"`[^`]*`", "", line)))
    if opened is not None:
        raise ValueError(f"{path}:{opened[3]}: the fence is never closed")
    return Page(path, tuple(blocks), tuple(headings), tuple(links))


def all_pages() -> list[Page]:
    """Read all pages of the project: those in the root, and all under docs."""
    files = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
    return [read_page(file) for file in files]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Give a test that asks for a `page` each page in turn."""
    if "page" in metafunc.fixturenames:
        pages = all_pages()
        metafunc.parametrize("page", pages, ids=[page.name for page in pages])


@pytest.fixture(scope="session")
def root() -> Path:
    """Return the repository root."""
    return ROOT


@pytest.fixture(scope="session")
def read() -> Callable[[Path], Page]:
    """Return the reader of pages."""
    return read_page


@pytest.fixture(scope="session")
def pages() -> dict[str, Page]:
    """Return all pages by their path from the root."""
    return {page.name: page for page in all_pages()}
