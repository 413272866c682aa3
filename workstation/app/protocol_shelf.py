"""The layouts a reader saved, beside the shipped ones."""

from __future__ import annotations

from pathlib import Path

from workstation.app.protocol_data import Protocol
from workstation.app.protocols import (
    all_protocols,
    delete_protocol,
    load_protocols,
    save_protocol,
)
from workstation.base.errors import InputRefusedError


class ProtocolShelf:
    """Hanging protocols of one store folder.

    Parameters
    ----------
    home : Path
    """

    def __init__(self, home: Path) -> None:
        self._home = home
        self._saved: tuple[Protocol, ...] = ()
        self._refusals: tuple[InputRefusedError, ...] = ()
        self._load()

    @property
    def saved(self) -> tuple[Protocol, ...]:
        """Those the reader saved."""
        return self._saved

    @property
    def refusals(self) -> tuple[InputRefusedError, ...]:
        """Why files in the folder are not used."""
        return self._refusals

    @property
    def protocols(self) -> tuple[Protocol, ...]:
        """Everything to choose from, the reader's own first."""
        return all_protocols(self._saved)

    def save(self, protocol: Protocol) -> None:
        """Keep a layout; one of the same name is replaced.

        Raises
        ------
        StoreError
            When the disk does not take it.
        """
        save_protocol(self._home, protocol)
        self._load()

    def delete(self, name: str) -> None:
        """Remove a saved layout.

        Raises
        ------
        UsageError
            When there is none of this name.
        """
        delete_protocol(self._home, name)
        self._load()

    def _load(self) -> None:
        self._saved, self._refusals = load_protocols(self._home)
