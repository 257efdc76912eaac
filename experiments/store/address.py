"""What a user calls a store, a file or a database, and what may be shown of it."""

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError as BadAddressError

DRIVERS = {
    "sqlite": "sqlite+pysqlite",
    "sqlite+pysqlite": "sqlite+pysqlite",
    "postgresql": "postgresql+psycopg",
    "postgres": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
}
"""What an address may begin with, and what speaks with such a database."""


class StoreError(Exception):
    """The store cannot be opened, read or written; what was written before stays."""


class AddressError(StoreError):
    """What was named is no store: another kind of address, a folder, a place that is not there."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where a store is."""

    url: URL
    shown: str
    """The address as messages and manifests give it: without password, and without anything that may hide one."""

    def clean(self, text: str) -> str:
        """Return a text of the database without the password, should it stand there."""
        in_query = (value for key, value in self.url.query.items() if "password" in key)
        for secret in (self.url.password, *in_query):
            if isinstance(secret, str) and secret:
                text = text.replace(secret, "***")
        return text


def address_of(store: str | Path) -> Address:
    """Return where a store is.

    Parameters
    ----------
    store : str or Path
        A file, or the address of a database such as `postgresql://user@host/name`.

    Raises
    ------
    AddressError
        If it is neither.
    """
    text = str(store)
    if isinstance(store, Path) or "://" not in text:
        return _of_file(Path(store))
    kind = text.partition("://")[0]
    if kind not in DRIVERS:
        raise AddressError(f"there is no store of kind {kind!r} (known: a file, postgresql://…, sqlite:///file)")
    try:
        url = make_url(text).set(drivername=DRIVERS[kind])
    except (BadAddressError, ValueError):
        # What it says of the address may hold the password.
        raise AddressError(
            f"the address {kind}://… of the store cannot be read; it has the form {kind}://user:password@host:port/name"
        ) from None
    if url.get_backend_name() == "sqlite":
        if not url.database or url.database == ":memory:":
            raise AddressError("a store in memory keeps nothing: name a file")
        return _of_file(Path(url.database))
    return Address(url, _shown(url))


def _of_file(file: Path) -> Address:
    if file.is_dir():
        raise AddressError(f"the store {file} is a folder; name a file, such as {file / 'sweep.sqlite'}")
    if not file.absolute().parent.is_dir():
        raise AddressError(f"the folder {file.parent} of the store {file.name} is not there")
    return Address(URL.create("sqlite+pysqlite", database=str(file)), str(file))


def _shown(url: URL) -> str:
    user = f"{url.username}@" if url.username else ""
    port = f":{url.port}" if url.port else ""
    return f"{url.get_backend_name()}://{user}{url.host or ''}{port}/{url.database or ''}"
