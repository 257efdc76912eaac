"""A resolved scenario as YAML that reads back as the same values."""

import io

from ruamel.yaml import YAML
from ruamel.yaml.nodes import ScalarNode
from ruamel.yaml.representer import SafeRepresenter

from .scalars import ScalarError, read_scalar

__all__ = ["yaml_text"]


class _Representer(SafeRepresenter):
    """Quotes every text that would not read back as that text."""

    def represent_text(self, text: str) -> ScalarNode:
        return self.represent_scalar("tag:yaml.org,2002:str", text, style=_style(text))

    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002
        return True


_Representer.add_representer(str, _Representer.represent_text)


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
    yaml.width = 120
    yaml.allow_unicode = True
    stream = io.StringIO()
    yaml.dump(values, stream)
    return stream.getvalue()
