"""Who may use the store's connection, and where a transaction begins and ends."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from sqlite3 import Connection

from workstation.base.errors import StoreError
from workstation.storage import file_seal
from workstation.storage.sqlite_file import OpenedFile, store_errors


class Transactions:
    """Gives the connection of one store to one thread at a time.

    Parameters
    ----------
    opened : OpenedFile
    """

    def __init__(self, opened: OpenedFile) -> None:
        self._opened = opened
        self._mutex = threading.RLock()
        self._is_sealed = not opened.seal_is_broken

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Give the connection; what SQLite raises becomes a :class:`StoreError`."""
        with self._mutex, store_errors():
            yield self._opened.connection

    @contextmanager
    def changing(self) -> Iterator[Connection]:
        """Open a transaction that is durable when it ends, or leaves nothing behind.

        Inside :meth:`together` it is part of that transaction.
        """
        if self._opened.read_only_reason:
            raise StoreError(self._opened.read_only_reason, code="read-only")
        with self.reading() as connection:
            if connection.in_transaction:
                yield connection
                return
            self._unseal()
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            finally:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")

    @contextmanager
    def together(self) -> Iterator[None]:
        """Make every change inside durable at once, or none of them."""
        with self.changing():
            yield

    def close(self) -> None:
        """Close the file when no other thread uses it."""
        with self._mutex:
            self._opened.close()

    def _unseal(self) -> None:
        if self._is_sealed:
            file_seal.unseal(self._opened.path)
            self._is_sealed = False
