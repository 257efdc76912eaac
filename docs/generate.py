"""Writes the parts of the reference pages that follow from the code.

    python docs/generate.py            writes them
    python docs/generate.py --check    writes nothing; exit status 1 where a committed page differs

A page keeps its prose; what stands between `<!-- generated: NAME -->` and `<!-- end of NAME -->` comes from here.
"""

import argparse
import re
import sys
from collections.abc import Callable
from pathlib import Path

from generating.commands import commands
from generating.pairing import variance_ratios
from generating.results import customer_log, figures, frames, json_object, segment_figures, timeline_figures
from generating.scenario_files import SECTIONS, section_of_file

HERE = Path(__file__).resolve().parent
PAGES = (
    *(HERE / "reference" / f"{name}.md" for name in ("scenario-file", "commands", "figures", "results")),
    HERE / "explanation" / "same-customers.md",
)
MARK = re.compile(
    r"(?P<begin><!-- generated: (?P<name>[\w-]+) -->\n)(?P<text>.*?)(?P<end><!-- end of (?P=name) -->)", re.DOTALL
)


GENERATORS: dict[str, Callable[[], str]] = {
    **{section: (lambda section=section: section_of_file(section)) for section in SECTIONS},
    "commands": commands,
    "figures": figures,
    "segment-figures": segment_figures,
    "frames": frames,
    "timeline": timeline_figures,
    "customer-log": customer_log,
    "json": json_object,
    "variance-ratios": variance_ratios,
}


def generated(page: Path) -> str:
    """Return a page with its generated parts made anew."""
    text = page.read_text(encoding="utf-8")
    return MARK.sub(lambda part: f"{part['begin']}\n{GENERATORS[part['name']]()}\n{part['end']}", text)


def stale_pages() -> list[Path]:
    """Return the pages that differ from what the code says.

    Raises
    ------
    SystemExit
        If a part stands on no page, or on two: then something is described nowhere, or twice.
    """
    marks = [found["name"] for page in PAGES for found in MARK.finditer(page.read_text(encoding="utf-8"))]
    if sorted(marks) != sorted(GENERATORS):
        raise SystemExit(f"the pages have the parts {sorted(marks)}, and {sorted(GENERATORS)} are generated")
    return [page for page in PAGES if generated(page) != page.read_text(encoding="utf-8")]


def main() -> int:
    """Write the pages, or check them."""
    parser = argparse.ArgumentParser(description="Write the generated parts of the reference pages.")
    parser.add_argument("--check", action="store_true", help="write nothing; fail where a page is out of date")
    check = parser.parse_args().check
    stale = stale_pages()
    for page in stale:
        if check:
            sys.stderr.write(f"{page} is out of date; run python docs/generate.py\n")
        else:
            page.write_text(generated(page), encoding="utf-8", newline="\n")
            sys.stdout.write(f"wrote {page}\n")
    return 1 if check and stale else 0


if __name__ == "__main__":
    raise SystemExit(main())
