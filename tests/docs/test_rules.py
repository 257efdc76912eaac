"""The page of rules agrees with the code that follows it."""

import re
from pathlib import Path
from typing import Any

from demandshift.simulator.clock import Rank

RULE = re.compile(r"\bR(\d+a?)\b")
ALL_RULES = {*(str(number) for number in range(1, 20)), "8a"}


def test_the_table_of_simultaneous_events_is_the_enum(root: Path) -> None:
    """A failure means that R2 promises one order of simultaneous events and the clock keeps another."""
    text = (root / "docs" / "rules.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| ([−\d]+) \| `(\w+)` \| (.+) \|$", text, flags=re.MULTILINE)
    documented = [(int(place.replace("−", "-")), name) for place, name, _ in rows]
    assert documented == [(rank.value, rank.name) for rank in Rank]


def test_every_rule_has_its_heading(pages: dict[str, Any]) -> None:
    """A failure means that a rule cannot be looked up under its number."""
    numbers = [found[1] for heading in pages["docs/rules.md"].headings if (found := RULE.match(heading))]
    assert sorted(numbers) == sorted(ALL_RULES)


def test_every_cited_rule_exists(root: Path) -> None:
    """A failure means that code, an error message or a page sends its reader to a rule that is not there."""
    strange = []
    for suffix in ("*.py", "*.md", "*.yaml", "*.toml"):
        for file in sorted(root.rglob(suffix)):
            inside = file.relative_to(root)
            if inside.parts[0].startswith(".") or inside.parts[0] == "build":
                continue
            cited = set(RULE.findall(file.read_text(encoding="utf-8")))
            strange += [f"{inside}: R{number}" for number in sorted(cited - ALL_RULES)]
    assert strange == []
