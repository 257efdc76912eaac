"""Tables that stand for a part of a scenario are put in its place, so that all later steps see one tree.

These may be tables: the maps of firms, products, offers and segments; the orders of a plan; substitution shares.
Recorded arrivals stay a reference: they are data, not settings.
"""

from dataclasses import dataclass

from .complaints import Complaints, Place, did_you_mean, shown
from .files import Folders
from .marked import BROKEN, Marked, Path
from .paths import PathError, format_path, parse_path, put
from .schema.choice import SubstitutionTable
from .tables import SUFFIXES, Row, Table, open_table
from .wording import validated

__all__ = ["MAPS", "expanded"]

MAPS = ("firms", "products", "offers", "segments")
"""The parts of a scenario that are mappings from names."""

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
    return document


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
        if table is None:
            return Marked(BROKEN, node.place)
        columns = self._paths_of_columns(table)
        if columns is None:
            return Marked(BROKEN, node.place)
        entries: dict[str, Marked] = {}
        for row in table.rows(self.complaints):
            name = row.text("name", self.complaints)
            if name is None:
                continue
            if name in entries:
                first = entries[name].place
                self.complaints.add(row.place, "name", f"{name!r} stands twice; the first is in row {first.line}")
                continue
            entries[name] = self._entry(row, (*path, name), columns)
        return Marked(entries, node.place)

    def _paths_of_columns(self, table: Table) -> dict[str, Path] | None:
        place = Place(table.file, 1)
        if table.columns[0] != "name":
            self.complaints.add(place, table.columns[0], "the first column must be called 'name'")
            return None
        paths: dict[str, Path] = {}
        before = len(self.complaints)
        for column in table.columns[1:]:
            try:
                path = parse_path(column)
            except PathError as problem:
                self.complaints.add(place, column, str(problem))
                continue
            rival = next((each for each, other in paths.items() if _one_leads_to_other(path, other)), None)
            if rival is not None:
                self.complaints.add(place, column, f"sets what column {rival!r} sets")
            paths[column] = path
        return paths if len(self.complaints) == before else None

    def _entry(self, row: Row, path: Path, columns: dict[str, Path]) -> Marked:
        entry = Marked({}, row.place)
        for column, inner in columns.items():
            value = row.value(column, format_path((*path, *inner)), self.complaints)
            if value is None:
                continue
            entry = _planted(entry, inner, value)
        return entry

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
                order["product"] = Marked(BROKEN if product is None else product, row.place)
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
                self.complaints.add(row.place, "share", "is empty")
            if failed is None or substitute is None or share is None:
                continue
            if substitute in rows.setdefault(failed, {}):
                first = rows[failed][substitute].place
                message = f"{failed!r} to {substitute!r} stands twice; the first is in row {first.line}"
                self.complaints.add(row.place, "share", message)
                continue
            places.setdefault(failed, row.place)
            rows[failed][substitute] = share
        if store is not None and store not in stores:
            message = f"no row has the store {store!r}{did_you_mean(store, sorted(stores))}"
            self.complaints.add(node.place, format_path((*path, "store")), message)
            return Marked(BROKEN, node.place)
        return Marked({failed: Marked(row, places[failed]) for failed, row in rows.items() if row}, node.place)

    def _open(self, node: Marked, path: Path, otherwise: str) -> Table | None:
        key = format_path(path)
        name = str(node.content)
        if not name.lower().endswith(SUFFIXES):
            message = f"must be {otherwise}, or the name of a .csv or .parquet file (got {shown(name)})"
            self.complaints.add(node.place, key, message)
            return None
        found = self.folders.find(name, node.place, key, self.complaints)
        if found is None:
            return None
        return open_table(found, self.folders.shown(name, node.place), node.place, key, self.complaints)


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
