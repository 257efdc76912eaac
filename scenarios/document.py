"""A YAML 1.2 file as a tree that knows the line of every key.

The parser's events are put together here, and not by a library's constructor, for four reasons: every duplicate key is
reported and not only the first; no tag ever makes an object; depth and size are bounded while reading, so that aliases
of aliases cannot explode; and the plain words are those of YAML 1.2's core schema. Merge keys (`<<`) belong to
YAML 1.1 and are refused: `extends` and the settings of a firm do their work.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)
from ruamel.yaml.reader import ReaderError

from .complaints import Complaints, Place, shown
from .marked import BROKEN, DEEPEST, Marked
from .paths import format_path
from .scalars import ScalarError, read_scalar

__all__ = ["read_document", "read_value"]

MOST_VALUES = 200_000
"""Values of a document with its aliases written out; a bomb has millions."""


def read_document(text: str, file: str, complaints: Complaints) -> Marked | None:
    """Read the text of a scenario file.

    Parameters
    ----------
    text
        The whole file.
    file
        What complaints call it.
    complaints
        Where problems are noted.

    Returns
    -------
    The tree, a mapping; None where there is none to speak of, and then there are complaints.
    """
    document = _read(text, Place(file), complaints, lines=True)
    if document is None or document.content is BROKEN:
        return None
    if document.content is None:
        complaints.add(document.place, "", "is empty; a scenario needs name, horizon, firms, products and segments")
        return None
    if not isinstance(document.content, Mapping):
        complaints.add(document.place, "", f"must be a mapping of keys to values (got {shown(document.content)})")
        return None
    return document


def read_value(text: str, place: Place, key: str, complaints: Complaints) -> Marked:
    """Read a single value, such as that of `--set key=value`; all its parts stand at the one place."""
    found = Complaints()
    value = _read(text, place, found, lines=False)
    for complaint in found:
        complaints.add(place, key, complaint.message)
    return Marked(BROKEN, place) if value is None else value


def _read(text: str, place: Place, complaints: Complaints, *, lines: bool) -> Marked | None:
    composer = _Composer(place, complaints, lines=lines)
    try:
        return composer.compose(YAML(typ="safe", pure=True).parse(text))
    except _StopError as stop:
        complaints.add(stop.place, stop.key, stop.message)
    except MarkedYAMLError as error:
        said = " ".join(f"{error.problem or error.context}".split())
        complaints.add(composer.place_of(error.problem_mark or error.context_mark), "", f"is not YAML: {said}")
    except ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        spot = Place(place.file, line) if lines else place
        complaints.add(spot, "", f"is not YAML: no character of code {error.character} may stand in it")
    except (ValueError, OverflowError):
        # The scanner turns "\UFFFFFFFF" into a character without asking whether there is one.
        complaints.add(composer.latest, "", "is not YAML: an escape in quotes names no character")
    return None


class _StopError(Exception):
    """The document is deeper, larger or other than a scenario may be; reading ends here."""

    def __init__(self, place: Place, key: str, message: str) -> None:
        super().__init__(message)
        self.place = place
        self.key = key
        self.message = message


@dataclass(slots=True)
class _Open:
    """A mapping or list whose end has not come yet."""

    place: Place
    anchor: str | None
    values_before: int
    tagged: bool
    """Whether it bears a tag, so that nothing in it counts."""
    height: int = 1
    """How many levels it has so far, itself included."""
    entries: dict[str, Marked] = field(default_factory=dict)
    items: list[Marked] = field(default_factory=list)
    is_mapping: bool = True
    key: str | None = None
    """The key that waits for its value; None where a key is due."""
    key_place: Place | None = None
    is_dropped: bool = False
    """Whether the value of this key is not kept: a duplicate, whose first stands, or a merge key."""

    @property
    def key_is_due(self) -> bool:
        return self.is_mapping and self.key is None

    @property
    def step(self) -> str | int | None:
        return self.key if self.is_mapping else len(self.items)


class _Composer:
    """Puts a document together from the parser's events, without recursion."""

    def __init__(self, place: Place, complaints: Complaints, *, lines: bool) -> None:
        self.latest = place
        self._place = place
        self._lines = lines
        self._complaints = complaints
        self._open: list[_Open] = []
        self._anchors: dict[str, tuple[Marked, int, int]] = {}
        """What is anchored, with how many values and levels it has."""
        self._values = 0
        self._documents = 0
        self._document = Marked(None, place)

    def compose(self, events: Iterator[Event]) -> Marked:
        """Return the one document that the events make; an empty stream is null.

        Raises
        ------
        _StopError
            At what a scenario cannot be.
        """
        for event in events:
            self.latest = self.place_of(event.start_mark)
            match event:
                case DocumentStartEvent():
                    self._begin(event)
                case NodeEvent() if self._open and self._open[-1].key_is_due:
                    self._read_key(event)
                case AliasEvent():
                    self._read_alias(event)
                case ScalarEvent():
                    self._read_scalar(event)
                case MappingStartEvent() | SequenceStartEvent():
                    self._start(event)
                case MappingEndEvent() | SequenceEndEvent():
                    self._end()
        return self._document

    def place_of(self, mark: object) -> Place:
        """Return the place of a mark of the parser, whose lines count from 0."""
        line = getattr(mark, "line", None)
        return Place(self._place.file, line + 1) if self._lines and line is not None else self._place

    def _begin(self, event: DocumentStartEvent) -> None:
        self._documents += 1
        if self._documents > 1:
            raise self._stopped("a second document begins here; a scenario file holds one")
        if event.version is not None and tuple(event.version) != (1, 2):
            version = ".".join(map(str, event.version))
            raise self._stopped(f"must be YAML 1.2; take out the line %YAML {version}")

    def _read_key(self, event: NodeEvent) -> None:
        mapping = self._open[-1]
        if not isinstance(event, ScalarEvent):
            raise self._stopped("has a key that is not a name; was a text with { or [ or * meant to be quoted?")
        mapping.key_place = self.latest
        is_second = event.value in mapping.entries
        mapping.is_dropped = is_second or (event.value == "<<" and event.style is None)
        mapping.key = event.value
        self._count(1)
        self._refuse_tag(event)
        if event.anchor is not None:
            self._anchors[event.anchor] = (Marked(event.value, self.latest), 1, 0)
        if event.style is None:
            self._check_plain_key(event.value)
        if is_second:
            first = mapping.entries[event.value].place
            self._complain("is a duplicate key" + (f"; the first is in line {first.line}" if first.line else ""))

    def _check_plain_key(self, text: str) -> None:
        if text == "<<":
            self._complain("merge keys are not part of YAML 1.2; use `extends`")
            return
        try:
            meaning = read_scalar(text)
        except ScalarError:
            meaning = 0
        if not isinstance(meaning, str):
            word = "a truth value" if isinstance(meaning, bool) else "null" if meaning is None else "a number"
            self._complain(f"is {word}, not a name; put it in quotes (got {text or 'nothing'})")

    def _read_alias(self, event: AliasEvent) -> None:
        name = event.anchor
        if any(each.anchor == name for each in self._open):
            self._complain(f"*{name} stands inside what it repeats")
            self._take(Marked(BROKEN, self.latest), 1, None)
        elif name in self._anchors:
            node, values, height = self._anchors[name]
            if len(self._open) + height > DEEPEST:
                raise self._stopped(f"is nested deeper than {DEEPEST} levels")
            self._take(node, values, None, height=height)
        else:
            self._complain(f"*{name} repeats nothing: no &{name} stands before it")
            self._take(Marked(BROKEN, self.latest), 1, None)

    def _read_scalar(self, event: ScalarEvent) -> None:
        node = Marked(event.value, self.latest)
        if self._refuse_tag(event):
            node = Marked(BROKEN, self.latest)
        elif event.style is None:
            try:
                node = Marked(read_scalar(event.value), self.latest)
            except ScalarError as problem:
                self._complain(str(problem))
                node = Marked(BROKEN, self.latest)
        self._take(node, 1, event.anchor)

    def _start(self, event: MappingStartEvent | SequenceStartEvent) -> None:
        if len(self._open) >= DEEPEST:
            raise self._stopped(f"is nested deeper than {DEEPEST} levels")
        tagged = self._refuse_tag(event)
        is_mapping = isinstance(event, MappingStartEvent)
        self._open.append(_Open(self.latest, event.anchor, self._values, tagged, is_mapping=is_mapping))

    def _end(self) -> None:
        done = self._open.pop()
        node = Marked(done.entries if done.is_mapping else tuple(done.items), done.place)
        if done.tagged:
            node = Marked(BROKEN, done.place)
        inside = self._values - done.values_before
        self._take(node, 1, done.anchor, already_counted=inside, height=done.height)

    def _take(
        self, node: Marked, values: int, anchor: str | None, *, already_counted: int = 0, height: int = 0
    ) -> None:
        """Put a finished value where it belongs."""
        self._count(values)
        if anchor is not None:
            self._anchors[anchor] = (node, values + already_counted, height)
        if not self._open:
            self._document = node
            return
        parent = self._open[-1]
        parent.height = max(parent.height, height + 1)
        if not parent.is_mapping:
            parent.items.append(node)
            return
        if parent.key is not None and parent.key_place is not None and not parent.is_dropped:
            parent.entries[parent.key] = Marked(node.content, parent.key_place)
        parent.key = None

    def _count(self, values: int) -> None:
        self._values += values
        if self._values > MOST_VALUES:
            raise self._stopped(f"has more than {MOST_VALUES} values once its aliases are written out")

    def _refuse_tag(self, event: ScalarEvent | MappingStartEvent | SequenceStartEvent) -> bool:
        if event.tag is None:
            return False
        self._complain(f"tags have no meaning in a scenario (got {event.tag})")
        return True

    def _key(self) -> str:
        steps = (each.step for each in self._open)
        return format_path(tuple(step for step in steps if step is not None))

    def _complain(self, message: str) -> None:
        self._complaints.add(self.latest, self._key(), message)

    def _stopped(self, message: str) -> _StopError:
        return _StopError(self.latest, self._key(), message)
