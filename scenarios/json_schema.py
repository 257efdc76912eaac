"""The scenario language as JSON Schema, for editors that complete and check while one types.

An editor sees types, bounds and unknown keys; whether names exist and parts fit together, only `load` can tell.
"""

from typing import cast

from .expand import MAPS
from .schema.base import TABLE_SUFFIXES
from .schema.scenario import ScenarioFile

__all__ = ["json_schema"]

JsonSchema = dict[str, object]

TABLE: JsonSchema = {
    "type": "string",
    "pattern": TABLE_SUFFIXES,
    "description": "The name of a table beside the scenario, or below.",
}


def json_schema() -> JsonSchema:
    """Return the JSON Schema (draft 2020-12) of scenario files.

    A file that extends another one need only say what differs, so nothing is required of it.
    """
    whole = ScenarioFile.model_json_schema()
    definitions = cast("dict[str, JsonSchema]", whole.pop("$defs"))
    for name in (*MAPS, "variants"):
        _or_table(whole, name)
    for name in ("Plan", "OrderingException"):
        _or_table(definitions[name], "orders")
    for part in definitions.values():
        _require_kind(part)
    partial = {_partial_name(name): cast("JsonSchema", _relaxed(part)) for name, part in definitions.items()}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "demandshift scenario",
        "description": ScenarioFile.__doc__,
        "type": "object",
        "properties": {name: {"description": part["description"]} for name, part in _properties(whole).items()},
        "if": {"required": ["extends"]},
        "then": _relaxed(whole),
        "else": whole,
        "$defs": {**definitions, **partial},
    }


def _properties(part: JsonSchema) -> dict[str, JsonSchema]:
    return cast("dict[str, JsonSchema]", part["properties"])


def _or_table(part: JsonSchema, name: str) -> None:
    """Let a table stand for a property."""
    described = _properties(part)[name]
    description = described.pop("description")
    _properties(part)[name] = {"description": description, "anyOf": [described, TABLE]}


def _require_kind(part: JsonSchema) -> None:
    """Require `kind` wherever there is one: its default serves Python, a file has to say it."""
    if "const" in _properties(part).get("kind", {}):
        required = cast("list[str]", part.get("required", []))
        part["required"] = [*dict.fromkeys(("kind", *required))]


def _partial_name(name: str) -> str:
    return f"Partial{name}"


def _relaxed(schema: object) -> object:
    """Return a copy in which nothing is required, so that one of several parts may be any of them."""
    if isinstance(schema, list):
        return [_relaxed(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    relaxed: JsonSchema = {}
    for key, value in schema.items():
        if key == "$ref":
            home, _, name = str(value).rpartition("/")
            relaxed[key] = f"{home}/{_partial_name(name)}"
        elif key == "oneOf":
            relaxed["anyOf"] = _relaxed(value)
        elif key == "required":
            continue
        elif key not in ("discriminator", "minItems", "minProperties"):
            relaxed[key] = _relaxed(value)
    return relaxed
