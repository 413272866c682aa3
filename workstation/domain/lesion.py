"""Lesions: what is marked, where it lies, which parts of the vertebra it involves.

The vocabulary is that of the clinical reference, section 7.1. Every field starts as "not
assessed"; "none" is an answer of its own. Sides are the patient's and come from coordinates.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from workstation.domain.answers import NOT_ASSESSED, Missing, YesNo
from workstation.domain.spine import PointLps, Region, VertebralLevel


class Matrix(StrEnum):
    """Bone matrix of a lesion; the same value as the SINS bone-lesion item of its level."""

    LYTIC = "lytic"
    MIXED = "mixed"
    BLASTIC = "blastic"
    INFERRED_FROM_MRI = "inferred_from_mri"
    NOT_ASSESSABLE = "not_assessable"


class VertebraPart(StrEnum):
    """A part of one vertebra; body thirds are kept by half (convention L-01)."""

    BODY_ANTERIOR_RIGHT = "body_anterior_R"
    BODY_ANTERIOR_LEFT = "body_anterior_L"
    BODY_MIDDLE_RIGHT = "body_middle_R"
    BODY_MIDDLE_LEFT = "body_middle_L"
    BODY_POSTERIOR_RIGHT = "body_posterior_R"
    BODY_POSTERIOR_LEFT = "body_posterior_L"
    PEDICLE_RIGHT = "pedicle_R"
    PEDICLE_LEFT = "pedicle_L"
    LAMINA_RIGHT = "lamina_R"
    LAMINA_LEFT = "lamina_L"
    FACET_RIGHT = "facet_R"
    FACET_LEFT = "facet_L"
    TRANSVERSE_RIGHT = "transverse_R"
    TRANSVERSE_LEFT = "transverse_L"
    COSTOVERTEBRAL_RIGHT = "costovertebral_R"
    COSTOVERTEBRAL_LEFT = "costovertebral_L"
    LATERAL_MASS_RIGHT = "lateral_mass_R"
    LATERAL_MASS_LEFT = "lateral_mass_L"
    SPINOUS = "spinous"
    DENS = "dens"

    @property
    def side(self) -> str:
        """``"R"``, ``"L"`` or ``""`` for a part in the midline."""
        return self.value[-1] if self.value[-2:] in ("_R", "_L") else ""

    @property
    def structure(self) -> str:
        """The part without its side, as a word."""
        base = self.value[:-2] if self.side else self.value
        return base.replace("_", " ")


class PosteriorWall(StrEnum):
    """Back wall of the vertebral body."""

    INTACT = "intact"
    BULGING = "bulging"
    BREACHED = "breached"
    RETROPULSED = "retropulsed"


class Endplates(StrEnum):
    """End-plates of the vertebral body."""

    INTACT = "intact"
    SUPERIOR_BREACHED = "superior_breached"
    INFERIOR_BREACHED = "inferior_breached"
    BOTH_BREACHED = "both_breached"


class Fracture(StrEnum):
    """Fracture of the vertebra and its likely cause."""

    NONE = "none"
    PATHOLOGICAL = "pathological"
    OSTEOPOROTIC = "osteoporotic"
    INDETERMINATE = "indeterminate"


class SoftTissue(StrEnum):
    """Extension beyond the bone."""

    NONE = "none"
    EPIDURAL = "epidural"
    FORAMINAL_RIGHT = "foraminal_R"
    FORAMINAL_LEFT = "foraminal_L"
    PARASPINAL_RIGHT = "paraspinal_R"
    PARASPINAL_LEFT = "paraspinal_L"
    PREVERTEBRAL = "prevertebral"


def parts_at(level: VertebralLevel) -> tuple[VertebraPart, ...]:
    """Return the parts that exist in the vertebra ``level`` (clinical reference 7.1)."""
    return tuple(part for part in VertebraPart if _exists(part, level))


def _exists(part: VertebraPart, level: VertebralLevel) -> bool:
    if part.structure == "costovertebral":
        return level.region is Region.THORACIC
    if part is VertebraPart.DENS:
        return level is VertebralLevel.C2
    if part.structure == "lateral mass":
        return level is VertebralLevel.C1
    if part.structure.startswith("body"):
        return level not in (VertebralLevel.C0, VertebralLevel.C1)
    return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesion:
    """One metastasis, marked or suspected.

    Parameters
    ----------
    id : str
        Names the lesion for good; never shown.
    number : int
        Shown number, in order of marking; never given twice within a case.
    center_lps : PointLps
        Where it was marked, mm.
    radius_mm : float
        Radius of the sphere the reader drew around it, mm.
    frame_of_reference_uid, series_uid : str
        The space and the images it was marked on.
    levels : tuple of VertebralLevel
        From the confirmed spine; empty while the numbering is not confirmed.
    """

    id: str
    number: int
    center_lps: PointLps
    radius_mm: float
    frame_of_reference_uid: str
    series_uid: str
    levels: tuple[VertebralLevel, ...] = ()
    parts: frozenset[VertebraPart] = frozenset()
    body_involved_pct: float | Missing = NOT_ASSESSED
    matrix: Matrix | Missing = NOT_ASSESSED
    posterior_wall: PosteriorWall | Missing = NOT_ASSESSED
    endplates: Endplates | Missing = NOT_ASSESSED
    fracture: Fracture | Missing = NOT_ASSESSED
    soft_tissue: frozenset[SoftTissue] | Missing = NOT_ASSESSED
    treated: YesNo | Missing = NOT_ASSESSED
    note: str = ""
    created_at: str = ""
    """ISO 8601 with offset."""

    @property
    def level(self) -> VertebralLevel | None:
        """The most cranial level of the lesion, or None while it has none."""
        return min(self.levels, key=lambda level: level.order, default=None)

    @property
    def long_axis_mm(self) -> float:
        """Longest extent of the drawn sphere, mm."""
        return 2.0 * self.radius_mm


def parts_sentence(lesion: Lesion) -> str:
    """Return the involved parts in words, sides as the patient's ("Body: left anterior third")."""
    if not lesion.parts:
        return "Parts not assessed"
    sentences = []
    for structure, words in _BODY_AND_REST.items():
        chosen = [
            part for part in VertebraPart if part in lesion.parts and _family(part) == structure
        ]
        if chosen:
            sentences.append(f"{words}: {', '.join(_part_words(part) for part in chosen)}")
    return ". ".join(sentences)


_BODY_AND_REST = {
    "body": "Body",
    "pedicle": "Pedicle",
    "lamina": "Lamina",
    "facet": "Facet",
    "transverse": "Transverse process",
    "costovertebral": "Costovertebral joint",
    "lateral mass": "Lateral mass",
    "spinous": "Spinous process",
    "dens": "Dens",
}


def _family(part: VertebraPart) -> str:
    return "body" if part.structure.startswith("body") else part.structure


def _part_words(part: VertebraPart) -> str:
    side = {"R": "right", "L": "left", "": "midline"}[part.side]
    if part.structure.startswith("body"):
        return f"{side} {part.structure.removeprefix('body ')} third"
    return side
