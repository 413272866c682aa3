"""What a plug-in is: plain JSON in, plain JSON out, in a process of its own.

A target is ``module:function``. It is called with one document and returns one. It never gets the
session, the store or an image reader; what it says is shown with its name beside it.

=================  =============================================  ===============================
kind               document in                                    document out
=================  =============================================  ===============================
measurement        the case as ``batson case show`` prints it     ``{"values": [{"label", "value",
                                                                  "unit"}]}``
report_section     the case                                       ``{"heading", "paragraphs": [],
                                                                  "rows": [[label, value]]}``
importer           ``{"text": ...}``                              ``{"commands": [...]}``
exporter           the case                                       ``{"name", "text"}``
panel              the case                                       as a report section
=================  =============================================  ===============================
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from workstation.base.errors import WorkstationError

API_VERSION = 1


class PluginKind(StrEnum):
    """What a plug-in adds."""

    MEASUREMENT = "measurement"
    REPORT_SECTION = "report_section"
    IMPORTER = "importer"
    EXPORTER = "exporter"
    PANEL = "panel"


class Origin(StrEnum):
    """Where a plug-in came from."""

    BUNDLED = "bundled"
    TRUSTED = "trusted"
    UNKNOWN = "not trusted"


class PluginError(WorkstationError):
    """A plug-in could not be read or run; the program goes on without it."""

    default_code = "plug-in"


@dataclass(frozen=True, slots=True, kw_only=True)
class Contribution:
    """One thing that a plug-in adds.

    Parameters
    ----------
    kind : PluginKind
    id : str
        Unique within its plug-in.
    title : str
        As shown.
    module, function : str
        What is called.
    """

    kind: PluginKind
    id: str
    title: str
    module: str
    function: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Manifest:
    """What ``plugin.toml`` says."""

    id: str
    title: str
    version: str
    contributions: tuple[Contribution, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Plugin:
    """A plug-in that was found.

    ``off_reason`` says in a sentence why it does not run; empty when it does. ``sha256`` is that of
    every file in its folder; empty when the folder cannot be trusted to be what it seems.
    """

    folder: Path
    origin: Origin
    sha256: str = ""
    manifest: Manifest | None = None
    off_reason: str = ""

    @property
    def id(self) -> str:
        """The id of its manifest, else the name of its folder."""
        return self.manifest.id if self.manifest else self.folder.name

    def contribution(self, contribution_id: str) -> Contribution:
        """Return one of its contributions.

        Raises
        ------
        PluginError
            When it has none of that id.
        """
        for item in self.manifest.contributions if self.manifest else ():
            if item.id == contribution_id:
                return item
        raise PluginError(f"The plug-in {self.id} has no part named {contribution_id}.")


Document = dict[str, Any]
"""What goes in and comes out: JSON."""
