"""A resolved scenario as YAML that reads back as the same values."""

import io
import sys
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.nodes import MappingNode, ScalarNode, SequenceNode
from ruamel.yaml.representer import SafeRepresenter

from .scalars import ScalarError, read_scalar

__all__ = ["yaml_text"]


LONGEST_LINE_OF_KEYS, LONGEST_LINE_OF_ITEMS = 100, 200
"""Characters of a mapping and of a list that are written on one line; a longer one has a line for each entry."""


class _Representer(SafeRepresenter):
    """Quotes every text that would not read back as that text, and writes short lists and mappings on one line.

    Lines are never folded: ruamel folds keys with spaces too, and a folded key does not read back.
    """

    def represent_mapping(self, tag: str, mapping: Any, flow_style: bool | None = None) -> MappingNode:  # noqa: ANN401
        node = super().represent_mapping(tag, mapping, flow_style=flow_style)
        scalars = [each for pair in node.value for each in pair]
        if node.flow_style and _length(scalars) > LONGEST_LINE_OF_KEYS:
            node.flow_style = False
        return node

    def represent_sequence(self, tag: str, sequence: Any, flow_style: bool | None = None) -> SequenceNode:  # noqa: ANN401
        node = super().represent_sequence(tag, sequence, flow_style=flow_style)
        if node.flow_style and _length(node.value) > LONGEST_LINE_OF_ITEMS:
            node.flow_style = False
        return node

    def represent_text(self, text: str) -> ScalarNode:
        return self.represent_scalar("tag:yaml.org,2002:str", text, style=_style(text))

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002
        return True


_Representer.add_representer(str, _Representer.represent_text)


def _length(scalars: list[ScalarNode]) -> int:
    return sum(len(each.value) + 2 for each in scalars)


def _style(text: str) -> str | None:
    try:
        is_plain = text.isprintable() and read_scalar(text) == text and text != "<<"
    except ScalarError:
        is_plain = False
    return None if is_plain else '"'


def yaml_text(values: dict[str, object]) -> str:
    """Return a mapping of scalars, lists and mappings as the text of a YAML 1.2 file."""
    yaml = YAML(typ="safe", pure=True)
    yaml.Representer = _Representer
    # The order of declaration means something (R8a), so mappings stay as they are; ruamel declares this as always None.
    yaml.sort_base_mapping_type_on_output = False  # type: ignore[assignment]
    yaml.default_flow_style = None
    yaml.width = sys.maxsize
    yaml.allow_unicode = True
    stream = io.StringIO()
    yaml.dump(values, stream)
    return stream.getvalue()
