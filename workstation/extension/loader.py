"""Finding plug-ins, deciding which may run, and switching off what fails.

Bundled plug-ins run. One from the user's folder runs only while its files have the hash that was
trusted. Nothing of a plug-in is imported here: it runs in a process of its own
(:mod:`workstation.extension.host`).
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from workstation.base.errors import StoreError
from workstation.extension.api import Document, Origin, Plugin, PluginError
from workstation.extension.host import call_plugin
from workstation.extension.manifest import FILE_NAME, read_manifest

USER_FOLDER = "plugins"
TRUST_FILE = "trusted-plugins.json"
SIZE_LIMIT_BYTES = 32 * 1024**2
FILE_LIMIT = 500
_LEFT_OUT = frozenset({"__pycache__"})


class PluginRegistry:
    """The plug-ins of one program, and whether they run.

    Parameters
    ----------
    bundled : Path
        The folder that is shipped with the program.
    home : Path
        The store's folder; plug-ins of the user lie below it.
    """

    def __init__(self, bundled: Path, home: Path) -> None:
        self._home = home
        trusted = read_trusted(home)
        found = [*_found(bundled, Origin.BUNDLED, {})]
        found += _found(home / USER_FOLDER, Origin.UNKNOWN, trusted)
        self._plugins = {plugin.id: plugin for plugin in reversed(found)}

    @property
    def plugins(self) -> tuple[Plugin, ...]:
        """Every plug-in that was found, by id."""
        return tuple(self._plugins[name] for name in sorted(self._plugins))

    def plugin(self, plugin_id: str) -> Plugin:
        """Return one plug-in, or raise :class:`PluginError`."""
        if plugin_id not in self._plugins:
            raise PluginError(f"There is no plug-in named {plugin_id}.", code="no-plug-in")
        return self._plugins[plugin_id]

    def run(self, plugin_id: str, contribution_id: str, document: Document) -> Document:
        """Return what a plug-in answers; one that fails is switched off.

        Raises
        ------
        PluginError
            When it is off, was changed since it was listed, or failed.
        """
        plugin = self.plugin(plugin_id)
        if plugin.off_reason:
            raise PluginError(plugin.off_reason, code="plug-in-off")
        contribution = plugin.contribution(contribution_id)
        try:
            if folder_hash(plugin.folder) != plugin.sha256:
                raise PluginError(f"The plug-in {plugin_id} was changed since it was listed.")
            return call_plugin(plugin.folder, contribution, document)
        except PluginError as error:
            reason = f"{error.message} It is switched off."
            self._plugins[plugin_id] = replace(plugin, off_reason=reason)
            raise PluginError(reason, detail=error.detail, code=error.code) from error

    def trust(self, plugin_id: str) -> Plugin:
        """Let a plug-in of the user run as it is now, and return it."""
        plugin = self.plugin(plugin_id)
        if plugin.origin is Origin.BUNDLED or not plugin.sha256 or plugin.manifest is None:
            raise PluginError(plugin.off_reason or f"The plug-in {plugin_id} needs no trust.")
        trusted = {**read_trusted(self._home), plugin_id: plugin.sha256}
        _write_trusted(self._home, trusted)
        self._plugins[plugin_id] = replace(plugin, origin=Origin.TRUSTED, off_reason="")
        return self._plugins[plugin_id]


def _found(folder: Path, origin: Origin, trusted: Mapping[str, str]) -> list[Plugin]:
    try:
        inside = sorted(item for item in folder.iterdir() if (item / FILE_NAME).exists())
    except OSError:
        return []
    return [_looked_at(item, origin, trusted) for item in inside]


def _looked_at(folder: Path, origin: Origin, trusted: Mapping[str, str]) -> Plugin:
    try:
        sha256 = folder_hash(folder)
        manifest = read_manifest(folder)
    except PluginError as error:
        return Plugin(folder=folder, origin=origin, off_reason=error.message)
    if origin is Origin.BUNDLED:
        return Plugin(folder=folder, origin=origin, sha256=sha256, manifest=manifest)
    if trusted.get(manifest.id) == sha256:
        return Plugin(folder=folder, origin=Origin.TRUSTED, sha256=sha256, manifest=manifest)
    changed = "was changed since it was trusted" if manifest.id in trusted else "is not trusted"
    return Plugin(
        folder=folder,
        origin=origin,
        sha256=sha256,
        manifest=manifest,
        off_reason=f"The plug-in {manifest.id} {changed}; it does not run.",
    )


def folder_hash(folder: Path) -> str:
    """Return the SHA-256 over the names and bytes of every file of a plug-in, hexadecimal.

    Raises
    ------
    PluginError
        When it holds a link or something special, or more than a plug-in needs.
    """
    digest, size = hashlib.sha256(), 0
    try:
        names = _file_names(folder)
        if len(names) > FILE_LIMIT:
            raise PluginError(f"The plug-in {folder.name} has too many files.")
        for name in names:
            data = (folder / name).read_bytes()
            size += len(data)
            if size > SIZE_LIMIT_BYTES:
                raise PluginError(f"The plug-in {folder.name} is too large.")
            head = f"{name}\0{len(data)}\0".encode("utf-8", "surrogateescape")
            digest.update(head)
            digest.update(data)
    except OSError as error:
        raise PluginError(f"The plug-in {folder.name} cannot be read.") from error
    return digest.hexdigest()


def _file_names(folder: Path) -> list[str]:
    names = []
    for parent, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if name not in _LEFT_OUT]
        for name in (*folders, *files):
            path = Path(parent, name)
            mode = path.lstat().st_mode
            if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
                raise PluginError(f"The plug-in {folder.name} holds a link or a special file.")
        names += [Path(parent, name).relative_to(folder).as_posix() for name in files]
    return sorted(names)


def read_trusted(home: Path) -> dict[str, str]:
    """Return the hash of each trusted plug-in by its id; a damaged list trusts nothing."""
    try:
        document = json.loads((home / TRUST_FILE).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    if not isinstance(document, dict):
        return {}
    return {str(key): value for key, value in document.items() if isinstance(value, str)}


def _write_trusted(home: Path, trusted: Mapping[str, str]) -> None:
    path = home / TRUST_FILE
    fresh = path.with_suffix(".new")
    try:
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(trusted, file, indent=2, sort_keys=True)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    except OSError as error:
        raise StoreError("The list of trusted plug-ins cannot be written.") from error
