"""The keys of a scenario file, from its schema."""

import re
from functools import cache
from typing import Any

from demandshift.scenarios.schema.scenario import ScenarioFile
from generating.wording import cell, one_line, table

NAMES = {
    "ScenarioFile": "The whole file",
    "Firm": "Firm",
    "Supply": "Supply",
    "OrderingException": "Exceptions of a product",
    "PlannedOrder": "One order of a plan",
    "PriceChange": "One change of price",
    "ProtectionStep": "One step of a protection level",
    "Service": "Service",
    "BackOrders": "Back-orders",
    "Product": "Product",
    "Offer": "Offer",
    "Window": "Window",
    "Segment": "Segment",
    "WeekdayWeekend": "Weekdays and weekends",
    "RankingList": "One list",
    "Nest": "One nest",
    "LatentClass": "One class",
    "SubstitutionTable": "Table of shares",
    "TransferCost": "Transfer cost",
    "Waiting": "Waiting",
}
"""Headings of the parts that have no `kind`; a part with one is headed by it."""

SECTIONS = {
    "file": ("ScenarioFile",),
    "firms": ("Firm", "Supply", "Service", "BackOrders"),
    "ordering": (
        "NoOrdering",
        "OrderUpTo",
        "ReorderPoint",
        "SeasonBuy",
        "Plan",
        "PlannedOrder",
        "ProgramOrders",
        "OrderingException",
    ),
    "forecast": ("TrueModel", "NormalForecast"),
    "pricing": ("FixedPrice", "ScheduledPrice", "PriceChange", "ProgramPrice"),
    "availability": ("OpenAvailability", "ProtectionLevels", "ProtectionStep"),
    "products": ("Product", "Offer", "Window"),
    "segments": ("Segment", "TransferCost", "Waiting"),
    "arrivals": ("PoissonArrivals", "WeekdayWeekend", "TraceArrivals"),
    "choice": (
        "LogitChoice",
        "NestedLogitChoice",
        "Nest",
        "MixedLogitChoice",
        "LatentClassesChoice",
        "LatentClass",
        "VerticalChoice",
        "LocationalChoice",
        "RankingChoice",
        "RankingList",
        "SubstitutionChoice",
        "SubstitutionTable",
    ),
    "durations": ("Constant", "Uniform", "Exponential", "Empirical"),
    "tastes": ("NormalTaste", "LognormalTaste", "UniformTaste", "ExponentialTaste", "EmpiricalTaste"),
}
"""The parts of each section of the page of scenario files, in the order in which they are shown."""


@cache
def definitions() -> dict[str, dict[str, Any]]:
    """Return the JSON Schema of every part by its name."""
    whole = ScenarioFile.model_json_schema()
    parts: dict[str, dict[str, Any]] = whole.pop("$defs")
    parts["ScenarioFile"] = whole
    shown = [name for names in SECTIONS.values() for name in names]
    if sorted(shown) != sorted(parts):
        raise SystemExit(f"SECTIONS and the schema differ in {sorted(set(shown) ^ set(parts))}")
    return parts


def heading(part: str) -> str:
    """Return the heading of a part: its kind, or its name in plain words."""
    kind = definitions()[part]["properties"].get("kind")
    if kind is None:
        return NAMES[part]
    # Durations have kinds of the same names.
    return f"`{kind['const']}` between customers" if part in SECTIONS["tastes"] else f"`{kind['const']}`"


def link(part: str) -> str:
    """Return a link to the section of a part."""
    title = heading(part)
    anchor = re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")
    return f"[{title if title.startswith('`') else title.lower()}](#{anchor})"


def shape(schema: dict[str, Any]) -> str:
    """Return in words what a value may be."""
    if "$ref" in schema:
        return link(schema["$ref"].rpartition("/")[2])
    if "const" in schema:
        return f"`{schema['const']}`"
    if "enum" in schema:
        return ", ".join(f"`{value}`" for value in schema["enum"])
    branches = [each for each in schema.get("anyOf", schema.get("oneOf", [])) if each.get("type") != "null"]
    if branches:
        words = dict.fromkeys(shape(each) for each in branches)
        if "discriminator" in schema:
            return "by `kind`: " + ", ".join(words)
        return " or ".join(words)
    match schema.get("type"):
        case "integer" | "number" as kind:
            return " ".join(filter(None, ("whole number" if kind == "integer" else "number", bounds(schema))))
        case "string":
            # The only texts with a pattern are dates; the schema of a part would say if another came.
            return "date" if schema.get("pattern", "").startswith(r"^\d{4}-\d{2}-\d{2}") else "text"
        case "boolean":
            return "`true` or `false`"
        case "array":
            count = schema.get("minItems") if schema.get("minItems") == schema.get("maxItems") else None
            inner = shape(schema["items"])
            return f"list of {inner}" if count is None else f"list of {count}: {inner}"
        case "object":
            inner = schema["additionalProperties"]
            return "mapping of name to " + ("values" if inner is True else shape(inner))
        case other:
            raise SystemExit(f"nobody knows how to show a value of type {other!r}: {schema}")


def bounds(schema: dict[str, Any]) -> str:
    """Return the bounds of a number in words."""
    low, above = schema.get("minimum"), schema.get("exclusiveMinimum")
    high, below = schema.get("maximum"), schema.get("exclusiveMaximum")
    if (low, high) == (0, 1):
        return "in [0, 1]"
    if (above, below) == (0, 1):
        return "between 0 and 1"
    if (above, high) == (0, 1):
        return "above 0, at most 1"
    parts = []
    if above is not None:
        parts.append(f"above {above:g}")
    if low is not None:
        parts.append(f"≥ {low:g}")
    if below is not None:
        parts.append(f"below {power_of_two(below)}")
    if high is not None:
        parts.append(f"≤ {high:g}")
    return ", ".join(parts)


def power_of_two(value: float) -> str:
    """Return a bound such as 2³² as one reads it."""
    return "2³²" if value == 2**32 else f"{value:g}"


def default(part: dict[str, Any], key: str) -> str:
    """Return what holds where a key is left out."""
    field = part["properties"][key]
    if key in part.get("required", []):
        return "**required**"
    value = field.get("default")
    if value in (None, "", {}) or "$ref" in field:
        return ""
    if isinstance(value, dict):
        return f"`{value['kind']}`" if set(value) == {"kind"} else f"{value['value']:g}"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    return f"{value:g}" if isinstance(value, int | float) else f"`{value}`"


def part_of_file(name: str) -> str:
    """Return the section of one part: what it is, and its keys."""
    part = definitions()[name]
    lines = [] if name == "ScenarioFile" else [f"### {heading(name)}", ""]
    description = one_line(part["description"])
    lines += [] if name == "ScenarioFile" or description == f"{heading(name)}." else [description, ""]
    keys = {key: field for key, field in part["properties"].items() if key != "kind"}
    if not keys:
        return "\n".join([*lines, "No keys but `kind`.", ""])
    rows = [
        (f"`{key}`", cell(shape(field)), default(part, key), cell(one_line(field["description"])))
        for key, field in keys.items()
    ]
    return "\n".join([*lines, *table(("key", "value", "default", "meaning"), rows), ""])


def section_of_file(section: str) -> str:
    """Return all parts of a section of the page."""
    return "\n".join(part_of_file(name) for name in SECTIONS[section])
