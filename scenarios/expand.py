"""Tables that stand for a part of a scenario are put in its place, so that all later steps see one tree.

These may be tables: the maps of firms, products, offers and segments; variants; the orders of a plan; substitution
shares. Recorded arrivals stay a reference: they are data, not settings.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from .complaints import Complaints, Place, did_you_mean
from .files import Folders
from .marked import BROKEN, Marked, Path
from .paths import PathError, format_path, parse_path, put
from .references import found_table
from .schema.choice import SubstitutionTable
from .schema.firm import Firm, Offer, Product
from .schema.scenario import ScenarioFile
from .schema.segment import Segment
from .tables import NOTE, Row, Table
from .wording import validated
from .words_below import Words, closest_path, is_list, is_text, words_at

__all__ = ["ENTRIES", "MAPS", "expanded", "settings_of"]

MAPS = ("firms", "products", "offers", "segments")
"""The parts of a scenario that are mappings from names."""

ENTRIES = {"firms": Firm, "products": Product, "offers": Offer, "segments": Segment}
"""What an entry of each of them is."""

PRECISION = ("half_width", "n")
"""What a result writes beside simulated shares: how sure they are. A scenario takes shares as they are."""


def expanded(document: Marked, folders: Folders, complaints: Complaints) -> Marked:
    """Return the document with its tables put in place; one that cannot be read leaves `BROKEN`, and a complaint."""
    expansion = _Expansion(folders, complaints)
    for name in MAPS:
        part = document.child(name)
        if part is None:
            continue
        if isinstance(part.content, str):
            document = put(document, (name,), expansion.map_of(part, (name,)))
        for path in _nested(document, name):
            here = document.nearest(path)
            if isinstance(here.content, str):
                document = put(document, path, expansion.plan(here, path))
            elif (file := here.child("file")) is not None and isinstance(file.content, str):
                document = put(document, path, expansion.substitution(here, file, path))
    variants = document.child("variants")
    if variants is not None and isinstance(variants.content, str):
        document = put(document, ("variants",), expansion.variants(variants))
    return document


def settings_of(table: Table, complaints: Complaints) -> Marked:
    """Read the head of a scenario from a table with columns `key` and `value`; a key may be a path.

    Parameters
    ----------
    table
        The open table.
    complaints
        Where problems are noted.
    """
    whole = Marked({}, Place(table.file))
    if not table.has_columns(("key", "value"), (), complaints):
        return Marked(BROKEN, whole.place)
    known: dict[Path, Row] = {}
    for row in table.rows(complaints):
        key = row.text("key", complaints)
        path = None if key is None else _path(key, row.at("key"), key, complaints)
        if key is None or path is None:
            continue
        rival = next((other for other in known if _one_leads_to_other(path, other)), None)
        if rival is not None:
            complaints.add(row.at("key"), key, f"sets what row {known[rival].place.line} sets")
            continue
        known[path] = row
        words = words_at(ScenarioFile, path)
        if not words:
            suggestion = did_you_mean(key, closest_path(ScenarioFile, path))
            complaints.add(row.at("key"), key, f"unknown key{suggestion}")
            whole = _planted(whole, path, Marked(BROKEN, row.at("key")))
            continue
        value = row.value("value", key, complaints, is_name=is_text(words))
        if value is not None:
            whole = _planted(whole, path, value)
    return whole


_NESTED = {
    "firms": ("ordering", "orders"),
    "products": ("ordering", "orders"),
    "segments": ("choice", "substitution"),
}
"""Where inside the entries of a map another table may stand."""


def _nested(document: Marked, part: str) -> list[Path]:
    """Return the paths in a map at which tables may stand and something does."""
    if part not in _NESTED:
        return []
    paths: list[Path] = [(part, name, *_NESTED[part]) for name, _ in document.nearest((part,)).entries()]
    return [path for path in paths if document.at(path) is not None]


@dataclass(frozen=True, slots=True)
class _Expansion:
    folders: Folders
    complaints: Complaints

    def map_of(self, node: Marked, path: Path) -> Marked:
        """Read a map: the first column is `name`, the others are named by paths; an empty cell is absent."""
        table = self._open(node, path, "a mapping")
        columns = None if table is None else self._columns(table, ENTRIES[str(path[0])])
        if table is None or columns is None:
            return Marked(BROKEN, node.place)
        entries: dict[str, Marked] = {}
        for row in table.rows(self.complaints):
            name = row.text("name", self.complaints)
            if name is None:
                continue
            if name in entries:
                first = entries[name].place
                message = f"{name!r} stands twice; the first is in row {first.line}"
                self.complaints.add(row.at("name"), "name", message)
                continue
            entries[name] = self._entry(row, (*path, name), columns)
        return Marked(entries, node.place)

    def _columns(self, table: Table, entry: type) -> dict[str, tuple[Path, Words]] | None:
        """Return the path of each column and the types that may stand there; None where one cannot be read.

        An unknown column is complained of once, and not in every row.
        """
        if table.columns[0] != "name":
            column = table.columns[0]
            self.complaints.add(table.head(column), column, "the first column must be called 'name'")
            return None
        columns: dict[str, tuple[Path, Words]] = {}
        named = [column for column in table.columns[1:] if column != NOTE]
        for column in named:
            path = _path(column, table.head(column), column, self.complaints)
            if path is None:
                continue
            rival = next((each for each, (other, _) in columns.items() if _one_leads_to_other(path, other)), None)
            if rival is not None:
                self.complaints.add(table.head(column), column, f"sets what column {rival!r} sets")
                continue
            words = words_at(entry, path)
            if not words:
                self.complaints.add(table.head(column), column, _unknown_column(entry, path))
            columns[column] = path, words
        return columns if len(columns) == len(named) else None

    def _entry(self, row: Row, path: Path, columns: Mapping[str, tuple[Path, Words]]) -> Marked:
        entry = Marked({}, row.place)
        for column, (inner, words) in columns.items():
            if column not in row.cells:
                continue
            if not words:
                value: Marked | None = Marked(BROKEN, row.at(column))
            else:
                key = format_path((*path, *inner))
                value = row.value(column, key, self.complaints, is_name=is_text(words))
            if value is not None:
                entry = _planted(entry, inner, value)
        return entry

    def variants(self, node: Marked) -> Marked:
        """Read variants: columns `variant`, `path` and `value`; the rows of one name are one variant."""
        table = self._open(node, ("variants",), "a mapping")
        if table is None or not table.has_columns(("variant", "path", "value"), (), self.complaints):
            return Marked(BROKEN, node.place)
        variants: dict[str, dict[str, Marked]] = {}
        places: dict[str, Place] = {}
        for row in table.rows(self.complaints):
            name, path = row.text("variant", self.complaints), row.text("path", self.complaints)
            value = row.value("value", "value", self.complaints)
            if value is None:
                self.complaints.add(row.at("value"), "value", "is empty")
            if name is None or path is None or value is None:
                continue
            changes = variants.setdefault(name, {})
            if path in changes:
                message = f"{path!r} stands twice in {name!r}; the first is in row {changes[path].place.line}"
                self.complaints.add(row.at("path"), "path", message)
                continue
            places.setdefault(name, row.place)
            changes[path] = value
        return Marked({name: Marked(changes, places[name]) for name, changes in variants.items()}, node.place)

    def plan(self, node: Marked, path: Path) -> Marked:
        """Read the orders of a plan: columns `at`, `quantity` and perhaps `product`."""
        table = self._open(node, path, "a list")
        if table is None or not table.has_columns(("at", "quantity"), ("product",), self.complaints):
            return Marked(BROKEN, node.place)
        orders: list[Marked] = []
        for row in table.rows(self.complaints):
            order: dict[str, Marked] = {}
            for column in ("at", "quantity"):
                value = row.value(column, column, self.complaints)
                if value is not None:
                    order[column] = value
            if "product" in row.cells:
                product = row.text("product", self.complaints)
                order["product"] = Marked(BROKEN if product is None else product, row.at("product"))
            orders.append(Marked(order, row.place))
        return Marked(tuple(orders), node.place)

    def substitution(self, node: Marked, file: Marked, path: Path) -> Marked:
        """Read substitution shares: columns `from`, `to`, `share`, and `store` where the file has several stores.

        The columns of `PRECISION` may stand beside them.
        """
        broken = Marked(BROKEN, node.place)
        settings = validated(SubstitutionTable, node, path, self.complaints)
        if settings is None:
            return broken
        table = self._open(file, (*path, "file"), "shares")
        if table is None or not table.has_columns(("from", "to", "share"), ("store", *PRECISION), self.complaints):
            return broken
        has_stores = "store" in table.columns
        if has_stores and settings.store is None:
            self.complaints.add(node.place, format_path(path), "needs `store`: the table has a column of that name")
            return broken
        if settings.store is not None and not has_stores:
            message = f"the table {table.file} has no column 'store'"
            self.complaints.add(node.place, format_path((*path, "store")), message)
            return broken
        return self._shares(table, settings.store, Marked({}, node.place), path)

    def _shares(self, table: Table, store: str | None, node: Marked, path: Path) -> Marked:
        rows: dict[str, dict[str, Marked]] = {}
        places: dict[str, Place] = {}
        stores: set[str] = set()
        for row in table.rows(self.complaints):
            if store is not None:
                named = row.text("store", self.complaints)
                stores.add(named or "")
                if named != store:
                    continue
            failed, substitute = row.text("from", self.complaints), row.text("to", self.complaints)
            share = row.value("share", "share", self.complaints)
            if share is None:
                self.complaints.add(row.at("share"), "share", "is empty")
            if failed is None or substitute is None or share is None:
                continue
            if substitute in rows.setdefault(failed, {}):
                first = rows[failed][substitute].place
                message = f"{failed!r} to {substitute!r} stands twice; the first is in row {first.line}"
                self.complaints.add(row.at("share"), "share", message)
                continue
            places.setdefault(failed, row.place)
            rows[failed][substitute] = share
        if store is not None and store not in stores:
            message = f"no row has the store {store!r}{did_you_mean(store, sorted(stores))}"
            self.complaints.add(node.place, format_path((*path, "store")), message)
            return Marked(BROKEN, node.place)
        return Marked({failed: Marked(row, places[failed]) for failed, row in rows.items() if row}, node.place)

    def _open(self, node: Marked, path: Path, otherwise: str) -> Table | None:
        return found_table(str(node.content), node.place, format_path(path), self.folders, self.complaints, otherwise)


def _path(text: str, place: Place, key: str, complaints: Complaints) -> Path | None:
    try:
        return parse_path(text)
    except PathError as problem:
        complaints.add(place, key, str(problem))
        return None


def _unknown_column(entry: type, path: Path) -> str:
    for length in range(1, len(path)):
        if is_list(words_at(entry, path[:length])):
            return f"unknown column; a list stands in one cell of {format_path(path[:length])!r}, as in [1, 2]"
    return f"unknown column{did_you_mean(format_path(path), closest_path(entry, path))}"


def _planted(node: Marked, path: Path, value: Marked) -> Marked:
    """Return a mapping with a value at a path, and with what mappings that takes on the way."""
    if not path:
        return value
    step = str(path[0])
    below = node.child(step) or Marked({}, value.place)
    return Marked({**dict(node.entries()), step: _planted(below, path[1:], value)}, node.place)


def _one_leads_to_other(one: Path, other: Path) -> bool:
    shorter = min(len(one), len(other))
    return one[:shorter] == other[:shorter]
