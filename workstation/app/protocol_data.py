"""Hanging protocols as plain frozen data, and how a document becomes one, strictly.

A protocol names roles (what a series must be to play them), rules (which roles must be filled and
what each filled one weighs) and stages (grids of panes that say which role they show, and how).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from workstation.base.errors import InputRefusedError
from workstation.imaging.series_kind import Weighting
from workstation.imaging.window import CT_PRESETS, PET_PRESETS
from workstation.rendering.plane import PlaneName, SlabMode
from workstation.storage.json_schema import kind_of

GRID_LIMIT = 4
"""Most rows and most columns of a grid."""

MR_PRESETS = ("Auto", "Narrow", "Wide")

PRESET_NAMES = frozenset(
    [*(preset.name for preset in (*CT_PRESETS, *PET_PRESETS)), *MR_PRESETS, ""]
)
"""Windows a pane may name; an empty one is the window the series starts with."""


class AcquiredPlane(StrEnum):
    """The plane of the images as the scanner took them."""

    AXIAL = "axial"
    SAGITTAL = "sagittal"
    CORONAL = "coronal"
    OBLIQUE = "oblique"


class ShownPlane(StrEnum):
    """The plane a pane shows; ``native`` is that of the images themselves."""

    NATIVE = "native"
    AXIAL = "axial"
    SAGITTAL = "sagittal"
    CORONAL = "coronal"

    @property
    def name_of_plane(self) -> PlaneName | None:
        """The anatomical plane, or None for the images' own."""
        return None if self is ShownPlane.NATIVE else PlaneName(self.value)


class StudyAge(StrEnum):
    """From which study a series may come."""

    CURRENT = "current"
    PRIOR = "prior"
    ANY = "any"


class PaneKind(StrEnum):
    """What a pane is."""

    SLICE = "slice"
    VOLUME = "3d"
    STRIP = "strip"
    """The spine laid out straight along its canal."""
    PICTURE = "picture"
    """One 2D image, such as a radiograph."""


class PanePlace(StrEnum):
    """Where in the patient a pane begins."""

    MIDDLE = "middle"
    ACTIVE_LEVEL = "active-level"
    EACH_MARKED_LEVEL = "each-marked-level"
    """One pane for each level that carries a lesion or a grade."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Selector:
    """What a series must be; whatever is left out is not asked.

    Parameters
    ----------
    modality, plane, weighting, dixon_part, ct_kernel : tuple
        Any of these.
    fat_suppressed, contrast, myelography, attenuation_corrected, derived, spine : bool or None
        ``spine``: the texts speak of the spine, or more than five vertebrae are labelled on it.
    picture : bool
        Whether it is a 2D image instead of a volume.
    min_slices : int
    study : StudyAge
    same_space_as : str
        Role whose frame of reference it must share.
    covers : float
        Smallest share of that role's extent from head to foot that it must cover, 0 to 1.
    like : str
        Role whose kind it must share: modality, plane, weighting, fat suppression, contrast,
        kernel.
    """

    modality: tuple[str, ...] = ()
    plane: tuple[AcquiredPlane, ...] = ()
    weighting: tuple[Weighting, ...] = ()
    dixon_part: tuple[str, ...] = ()
    ct_kernel: tuple[str, ...] = ()
    fat_suppressed: bool | None = None
    contrast: bool | None = None
    myelography: bool | None = None
    attenuation_corrected: bool | None = None
    derived: bool | None = None
    spine: bool | None = None
    picture: bool = False
    min_slices: int = 1
    study: StudyAge = StudyAge.CURRENT
    same_space_as: str = ""
    covers: float = 0.0
    like: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """A part a series can play.

    Parameters
    ----------
    id : str
    title : str
        As read on screen: "Sagittal T1".
    choices : tuple of Selector
        In order of preference; within one the newest, then the longest series is taken.
    other_than : tuple of str
        Roles whose series it does not take.
    """

    id: str
    title: str
    choices: tuple[Selector, ...]
    other_than: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What a filled role means for the choice of the protocol.

    Parameters
    ----------
    role : str
    required : bool
        Without this role the protocol does not fit.
    absent : bool
        With this role the protocol does not fit.
    weight : float
        Added to the score when the role is filled.
    """

    role: str
    required: bool = False
    absent: bool = False
    weight: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Slab:
    """A thick plane.

    Parameters
    ----------
    mode : SlabMode
    thickness_mm : float or None
        None goes through the whole volume.
    """

    mode: SlabMode
    thickness_mm: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PaneSpec:
    """One pane of a stage.

    Parameters
    ----------
    role : str
    kind : PaneKind
    plane : ShownPlane
    preset : str
        Name of a window; empty for the one the series starts with.
    fusion : str
        Role that is laid over in color; it must lie in the same space.
    fusion_preset : str
    slab : Slab or None
    place : PanePlace
    endplate_parallel : bool
        Axial along the end-plate of the level, where levels are labelled.
    field_mm : float or None
        Height shown, mm; None fits the whole volume.
    needs_labels : bool
        Only where the spine is numbered in that space.
    required : bool
        Without this pane the stage is left out.
    title : str
        Shown with the pane; empty takes the title of the role.
    instead : tuple of PaneSpec
        Tried in order when the pane cannot be filled, or would show the same thing twice.
    """

    role: str
    kind: PaneKind = PaneKind.SLICE
    plane: ShownPlane = ShownPlane.NATIVE
    preset: str = ""
    fusion: str = ""
    fusion_preset: str = ""
    slab: Slab | None = None
    place: PanePlace = PanePlace.MIDDLE
    endplate_parallel: bool = False
    field_mm: float | None = None
    needs_labels: bool = False
    required: bool = False
    title: str = ""
    instead: tuple[PaneSpec, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One layout of a protocol.

    Parameters
    ----------
    name : str
    rows, columns : int
    panes : tuple of PaneSpec
        Row by row.
    min_series : int
        With fewer different series shown the stage is left out.
    last_resort : bool
        Used only when no other stage can be shown.
    """

    name: str
    rows: int
    columns: int
    panes: tuple[PaneSpec, ...]
    min_series: int = 1
    last_resort: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TracerPreset:
    """The range a PET of certain tracers starts with, in place of the range of the pane.

    Parameters
    ----------
    words : tuple of str
        Parts of the tracer's name, in any case.
    preset : str
    """

    words: tuple[str, ...]
    preset: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Protocol:
    """A hanging protocol.

    Parameters
    ----------
    id : str
    name : str
        As read on screen: "Spine MR".
    automatic : bool
        Whether it is chosen without being asked for.
    roles : tuple of Role
        A role may lean only on roles before it.
    rules : tuple of Rule
    stages : tuple of Stage
    tracer_presets : tuple of TracerPreset
        The first that names the tracer counts.
    """

    id: str
    name: str
    roles: tuple[Role, ...]
    rules: tuple[Rule, ...]
    stages: tuple[Stage, ...]
    automatic: bool = True
    tracer_presets: tuple[TracerPreset, ...] = ()

    @property
    def is_fallback(self) -> bool:
        """Whether it asks for nothing, so that it fits whatever there is."""
        return not any(rule.required for rule in self.rules)


def protocol_from_document(document: Any) -> Protocol:
    """Return the protocol of a JSON document.

    Raises
    ------
    InputRefusedError
        When it is wrong; the sentence names the field.
    """
    protocol: Protocol = kind_of(Protocol).decode(document, "")
    for field, problem in _problems(protocol):
        raise InputRefusedError(f"{field}: {problem}.", code="bad-protocol")
    return protocol


def protocol_document(protocol: Protocol) -> dict[str, Any]:
    """Return the JSON document of a protocol."""
    document: dict[str, Any] = kind_of(Protocol).encode(protocol, "")
    return document


Problems = Iterator[tuple[str, str]]


def _problems(protocol: Protocol) -> Problems:
    """Yield what is wrong beyond the types: the path of the field and why."""
    for name in ("id", "name"):
        if not getattr(protocol, name).strip():
            yield name, "must not be empty"
    if not protocol.stages:
        yield "stages", "needs at least one stage"
    yield from _role_problems(protocol.roles)
    known = frozenset(role.id for role in protocol.roles)
    yield from _rule_problems(protocol, known)
    for number, stage in enumerate(protocol.stages):
        yield from _stage_problems(f"stages[{number}]", stage, known)


def _rule_problems(protocol: Protocol, known: frozenset[str]) -> Problems:
    for number, rule in enumerate(protocol.rules):
        yield from _unknown_roles(f"rules[{number}].role", (rule.role,), known)
        if rule.required and rule.absent:
            yield f"rules[{number}].absent", "contradicts required"
    for number, tracer in enumerate(protocol.tracer_presets):
        if tracer.preset not in PRESET_NAMES:
            yield f"tracer_presets[{number}].preset", "is not a window Batson knows"


def _role_problems(roles: tuple[Role, ...]) -> Problems:
    known: set[str] = set()
    for number, role in enumerate(roles):
        path = f"roles[{number}]"
        if not role.id or role.id in known:
            yield f"{path}.id", "must be a name of its own"
        if not role.choices:
            yield f"{path}.choices", "needs at least one choice"
        yield from _unknown_roles(f"{path}.other_than", role.other_than, known)
        for place, choice in enumerate(role.choices):
            at = f"{path}.choices[{place}]"
            yield from _unknown_roles(f"{at}.same_space_as", (choice.same_space_as,), known)
            yield from _unknown_roles(f"{at}.like", (choice.like,), known)
            if not 0.0 <= choice.covers <= 1.0:
                yield f"{at}.covers", "must lie between 0 and 1"
            if choice.covers and not choice.same_space_as:
                yield f"{at}.covers", "needs same_space_as"
        known.add(role.id)


def _stage_problems(path: str, stage: Stage, known: frozenset[str]) -> Problems:
    for name in ("rows", "columns"):
        if not 1 <= getattr(stage, name) <= GRID_LIMIT:
            yield f"{path}.{name}", f"must lie between 1 and {GRID_LIMIT}"
    if not 1 <= len(stage.panes) <= stage.rows * stage.columns:
        yield f"{path}.panes", "must fit into the grid, with at least one pane"
    if not 1 <= stage.min_series <= len(stage.panes):
        yield f"{path}.min_series", "must lie between 1 and the number of panes"
    for number, pane in enumerate(stage.panes):
        yield from _pane_problems(f"{path}.panes[{number}]", pane, known)


def _pane_problems(path: str, pane: PaneSpec, known: frozenset[str]) -> Problems:
    yield from _unknown_roles(f"{path}.role", (pane.role,), known)
    yield from _unknown_roles(f"{path}.fusion", (pane.fusion,), known)
    for name in ("preset", "fusion_preset"):
        if getattr(pane, name) not in PRESET_NAMES:
            yield f"{path}.{name}", "is not a window Batson knows"
    if pane.field_mm is not None and not pane.field_mm > 0.0:
        yield f"{path}.field_mm", "must be positive"
    if pane.slab and pane.slab.thickness_mm is not None and not pane.slab.thickness_mm > 0.0:
        yield f"{path}.slab.thickness_mm", "must be positive"
    for number, other in enumerate(pane.instead):
        yield from _pane_problems(f"{path}.instead[{number}]", other, known)


def _unknown_roles(path: str, names: Iterable[str], known: Iterable[str]) -> Problems:
    known = frozenset(known)
    if any(name and name not in known for name in names):
        yield path, "names a role that is not defined before it"
