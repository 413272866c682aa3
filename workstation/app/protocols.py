"""Hanging protocols: the shipped ones, those a reader saved, and the choice among them."""

from __future__ import annotations

import functools
import hashlib
import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from workstation.app.protocol_data import (
    AcquiredPlane,
    PaneKind,
    PaneSpec,
    Protocol,
    Role,
    Rule,
    Selector,
    ShownPlane,
    Stage,
    StudyAge,
    protocol_document,
    protocol_from_document,
)
from workstation.app.protocol_match import Fit, HangStage, Matcher, PanePlan, Source
from workstation.app.protocol_series import (
    HangContext,
    SeriesRecord,
    records_of,
)
from workstation.base.errors import InputRefusedError, StoreError, UsageError
from workstation.base.paths import resource_path
from workstation.imaging.catalog import Catalog
from workstation.imaging.series_kind import Weighting
from workstation.storage.atomic_file import private_folder, write_atomically
from workstation.storage.json_schema import parse_json

FOLDER = "protocols"
"""Below the shipped resources, and below the store for what readers save."""

FILE_LIMIT_BYTES = 1024**2
"""Largest protocol file that is read."""

NAME_LIMIT = 60
"""Longest name of a saved hang, characters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HangChoice:
    """A protocol with its filled stages, and which of them is shown.

    Parameters
    ----------
    protocol : Protocol
    stages : tuple of HangStage
        Only those that can be shown; at least one.
    index : int
        The present stage.
    message : str
        One sentence where the choice is not what was wanted, otherwise empty.
    also_fit : tuple of (str, str)
        Id and name of every protocol that fits, the best first.
    """

    protocol: Protocol
    stages: tuple[HangStage, ...]
    index: int = 0
    message: str = ""
    also_fit: tuple[tuple[str, str], ...] = ()

    @property
    def stage(self) -> HangStage:
        """The present layout."""
        return self.stages[self.index]

    def next_stage(self) -> HangChoice:
        """Return the choice at its next stage; the last one stays."""
        return self.at_stage(self.index + 1)

    def previous_stage(self) -> HangChoice:
        """Return the choice at the stage before; the first one stays."""
        return self.at_stage(self.index - 1)

    def at_stage(self, index: int) -> HangChoice:
        """Return the choice at a stage, kept within what there is."""
        return replace(self, index=min(max(index, 0), len(self.stages) - 1))


@functools.cache
def shipped_protocols() -> tuple[Protocol, ...]:
    """Return the protocols that come with the program, in the order of their files."""
    paths = sorted(resource_path(FOLDER).glob("*.json"))
    return tuple(read_protocol(path) for path in paths)


def read_protocol(path: Path) -> Protocol:
    """Return the protocol in a file.

    Raises
    ------
    InputRefusedError
        When the file is wrong; one sentence names the file and the field.
    """
    try:
        with path.open("rb") as file:
            data = file.read(FILE_LIMIT_BYTES + 1)
        if len(data) > FILE_LIMIT_BYTES:
            raise InputRefusedError("document: is larger than 1 MB.")
        return protocol_from_document(parse_json(data))
    except OSError as error:
        reason = error.strerror or "read error"
        raise InputRefusedError(
            f"The hanging protocol {path.name} cannot be opened ({reason}).", code="bad-protocol"
        ) from error
    except InputRefusedError as error:
        raise InputRefusedError(
            f"The hanging protocol {path.name} is not used: {error.message}", code="bad-protocol"
        ) from error


def load_protocols(store: Path) -> tuple[tuple[Protocol, ...], tuple[InputRefusedError, ...]]:
    """Return the protocols saved under a store folder, and why others there are not used.

    A file that is wrong never hides the rest.
    """
    protocols: list[Protocol] = []
    refusals: list[InputRefusedError] = []
    for path in sorted((store / FOLDER).glob("*.json")):
        try:
            protocols.append(read_protocol(path))
        except InputRefusedError as refusal:
            refusals.append(refusal)
    return tuple(protocols), tuple(refusals)


def save_protocol(store: Path, protocol: Protocol) -> Path:
    """Keep a protocol under a store folder; one saved under the same name before is replaced.

    Raises
    ------
    StoreError
        When the disk does not take it.
    """
    folder = store / FOLDER
    private_folder(folder)
    path = folder / f"{_file_stem(protocol.name)}.json"
    text = json.dumps(protocol_document(protocol), ensure_ascii=False, indent=1)
    write_atomically(path, text.encode("utf-8"))
    return path


def delete_protocol(store: Path, name: str) -> None:
    """Remove the hang that was saved under a name.

    Raises
    ------
    UsageError
        When there is none.
    StoreError
        When it cannot be removed.
    """
    path = store / FOLDER / f"{_file_stem(name)}.json"
    try:
        path.unlink()
    except FileNotFoundError as error:
        raise UsageError("There is no layout saved under this name.") from error
    except OSError as error:
        raise StoreError("The saved layout could not be removed.", detail=str(error)) from error


def all_protocols(saved: Sequence[Protocol] = ()) -> tuple[Protocol, ...]:
    """Return saved and shipped protocols; a saved one replaces the shipped one of the same id."""
    own = {protocol.id for protocol in saved}
    return (*saved, *(item for item in shipped_protocols() if item.id not in own))


def match(
    source: Catalog | Iterable[SeriesRecord],
    *,
    protocols: Sequence[Protocol] | None = None,
    context: HangContext | None = None,
) -> HangChoice:
    """Return the protocol that fits best, with its stages.

    Parameters
    ----------
    source : Catalog or iterable of SeriesRecord
        What is open.
    protocols : sequence of Protocol, optional
        Those to choose from, by default the shipped ones; among equals the first wins.
    context : HangContext, optional
        What is known beside the images: labels, marked levels, the current study.

    Raises
    ------
    InputRefusedError
        When there is no image to show.
    """
    fits, matcher = _fits(source, protocols, context)
    automatic = [fit for fit in fits if fit.protocol.automatic]
    if not automatic:
        raise InputRefusedError("There is no image to show here.", code="nothing-to-hang")
    best = automatic[0]
    message = ""
    if best.protocol.is_fallback:
        shown = _words(matcher.records[0])
        message = f"No series fits a hanging protocol, showing the {shown}."
    return _choice(best, fits, message)


def choose(
    protocol_id: str,
    source: Catalog | Iterable[SeriesRecord],
    *,
    protocols: Sequence[Protocol] | None = None,
    context: HangContext | None = None,
) -> HangChoice:
    """Return the protocol a reader asked for; where it does not fit, the best one and why.

    Raises
    ------
    UsageError
        When there is no such protocol.
    InputRefusedError
        When there is no image to show.
    """
    known = shipped_protocols() if protocols is None else protocols
    wanted = next((item for item in known if item.id == protocol_id), None)
    if wanted is None:
        raise UsageError("There is no hanging protocol of this name.")
    records = _as_records(source)
    fits, matcher = _fits(records, known, context)
    fit = next((item for item in fits if item.protocol.id == protocol_id), None)
    if fit is not None:
        return _choice(fit, fits, "")
    best = match(records, protocols=known, context=context)
    missing = matcher.missing(wanted)
    lacking = f" (no {missing})" if missing else ""
    sentence = f"No series fits {wanted.name}{lacking}, showing {best.protocol.name}."
    return replace(best, message=sentence)


def protocol_of_hang(
    name: str,
    grid: tuple[int, int],
    panes: Sequence[PanePlan],
    records: Iterable[SeriesRecord],
    *,
    automatic: bool = False,
) -> Protocol:
    """Return the present hang as a protocol that finds the same kinds in another study.

    Parameters
    ----------
    name : str
        What the reader calls it.
    grid : tuple of int
        Rows and columns.
    panes : sequence of PanePlan
        What the panes show, row by row; empty ones are left out.
    records : iterable of SeriesRecord
        What is open.
    automatic : bool
        Whether it may be chosen without being asked for.

    Raises
    ------
    UsageError
        When the name is empty or too long, or nothing is shown.
    """
    title = name.strip()
    if not 1 <= len(title) <= NAME_LIMIT:
        raise UsageError(f"A saved layout needs a name of 1 to {NAME_LIMIT} characters.")
    shown = [pane for pane in panes if pane.source is not None]
    if not shown:
        raise UsageError("There is no image in the panes; open a series first.")
    by_source = {record.source: record for record in records}
    roles = _roles_of(shown, by_source)
    names = {source: role.id for source, role in roles.items()}
    stage = Stage(
        name=title,
        rows=grid[0],
        columns=grid[1],
        panes=tuple(_spec(pane, names) for pane in shown),
    )
    return protocol_from_document(
        protocol_document(
            Protocol(
                id=_file_stem(title),
                name=title,
                roles=tuple(roles.values()),
                rules=tuple(Rule(role=role.id, required=True) for role in roles.values()),
                stages=(stage,),
                automatic=automatic,
            )
        )
    )


def _roles_of(panes: Sequence[PanePlan], records: dict[Source, SeriesRecord]) -> dict[Source, Role]:
    roles: dict[Source, Role] = {}
    for pane in panes:
        for source in (pane.source, pane.fusion):
            if source is None or source in roles or source not in records:
                continue
            record = records[source]
            roles[source] = Role(
                id=f"series_{len(roles) + 1}",
                title=_words(record),
                choices=(_selector(record, prior=pane.prior),),
                other_than=tuple(role.id for role in roles.values()),
            )
    return roles


def _selector(record: SeriesRecord, *, prior: bool) -> Selector:
    kind = record.kind
    is_mr = record.identity.modality == "MR"
    known = kind.weighting is not Weighting.UNKNOWN
    modality = record.identity.modality
    return Selector(
        modality=(modality,) if modality else (),
        plane=(AcquiredPlane(kind.plane),) if kind.plane in list(AcquiredPlane) else (),
        weighting=(kind.weighting,) if is_mr and known else (),
        dixon_part=(kind.dixon_part,) if kind.dixon_part else (),
        ct_kernel=(kind.ct_kernel,) if kind.ct_kernel else (),
        fat_suppressed=kind.fat_suppressed if is_mr else None,
        contrast=kind.contrast if is_mr else None,
        attenuation_corrected=kind.attenuation_corrected,
        picture=record.is_picture,
        study=StudyAge.PRIOR if prior else StudyAge.CURRENT,
    )


def _spec(pane: PanePlan, names: dict[Source, str]) -> PaneSpec:
    if pane.source is None or pane.source not in names:
        raise UsageError("A pane shows a series that is no longer open.")
    is_slice = pane.kind is PaneKind.SLICE and pane.plane is not None and not pane.native
    return PaneSpec(
        role=names[pane.source],
        kind=pane.kind,
        plane=ShownPlane(pane.plane) if is_slice and pane.plane else ShownPlane.NATIVE,
        preset=pane.preset,
        fusion=names.get(pane.fusion, "") if pane.fusion is not None else "",
        fusion_preset=pane.fusion_preset,
        slab=pane.slab,
        endplate_parallel=pane.endplate_parallel,
        field_mm=pane.field_mm,
        title=pane.title,
    )


def _as_records(source: Catalog | Iterable[SeriesRecord]) -> tuple[SeriesRecord, ...]:
    return records_of(source) if isinstance(source, Catalog) else tuple(source)


def _fits(
    source: Catalog | Iterable[SeriesRecord],
    protocols: Sequence[Protocol] | None,
    context: HangContext | None,
) -> tuple[list[Fit], Matcher]:
    """Return the fits, the best first, and who made them."""
    matcher = Matcher(_as_records(source), context or HangContext())
    known = shipped_protocols() if protocols is None else protocols
    fits = [fit for fit in map(matcher.fit, known) if fit is not None]
    # Sorting is stable in reverse as well: among equals the first protocol stays first.
    return sorted(fits, key=lambda fit: fit.rank, reverse=True), matcher


def _choice(fit: Fit, fits: Iterable[Fit], message: str) -> HangChoice:
    return HangChoice(
        protocol=fit.protocol,
        stages=fit.stages,
        message=message,
        also_fit=tuple((item.protocol.id, item.protocol.name) for item in fits),
    )


def _words(record: SeriesRecord) -> str:
    """Return what a series is, without its typed description."""
    kind = record.kind
    parts = (kind.plane, kind.weighting.value, record.identity.modality)
    words = " ".join(part for part in parts if part)
    return f"{words} {'image' if record.is_picture else 'series'}".strip()


def _file_stem(name: str) -> str:
    """Return a file name for a typed name: no path, no clash of names that look alike."""
    plain = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:40]
    digest = hashlib.sha256(name.encode("utf-8")).hexdigest()[:8]
    return f"user-{plain}-{digest}" if plain else f"user-{digest}"
