"""Radiosensitivity of primary histologies, with the views that differ.

Source: clinical reference, sections 4.1 and 4.2 (Laufer 2013; AO reference; SC.24 trial text).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from workstation.domain.noms_table import OncologicAxis


class Histology(StrEnum):
    """Primary histology."""

    LYMPHOMA = "lymphoma"
    MULTIPLE_MYELOMA = "multiple_myeloma"
    PLASMACYTOMA = "plasmacytoma"
    SEMINOMA = "seminoma"
    BREAST = "breast"
    PROSTATE = "prostate"
    OVARIAN = "ovarian"
    NEUROENDOCRINE = "neuroendocrine"
    RENAL_CELL = "renal_cell"
    MELANOMA = "melanoma"
    THYROID = "thyroid"
    COLORECTAL = "colorectal"
    HEPATOCELLULAR = "hepatocellular"
    NON_SMALL_CELL_LUNG = "non_small_cell_lung"
    SARCOMA = "sarcoma"
    OTHER_GASTROINTESTINAL = "other_gastrointestinal"
    SMALL_CELL_LUNG = "small_cell_lung"
    BLADDER = "bladder"
    ESOPHAGUS = "esophagus"
    PANCREAS = "pancreas"
    GASTRIC = "gastric"
    CHOLANGIOCARCINOMA = "cholangiocarcinoma"
    HEAD_AND_NECK = "head_and_neck"
    ENDOMETRIAL = "endometrial"
    CERVIX = "cervix"
    GIST = "gist"
    CHORDOMA = "chordoma"
    OTHER = "other"
    UNKNOWN_PRIMARY = "unknown_primary"


class HistologyGroup(StrEnum):
    """Where the histology stands in the table."""

    HEMATOLOGIC_GERM_CELL = "hematologic_germ_cell"
    SELECTED_SOLID = "selected_solid"
    RESISTANT_REFERENCE = "resistant_reference"
    RESISTANT_FRAMEWORK = "resistant_framework"
    NOT_LISTED = "not_listed"


@dataclass(frozen=True, slots=True, kw_only=True)
class HistologyEntry:
    """One row of the table: name, group, default, tag of its source, views that differ."""

    title: str
    group: HistologyGroup
    default: OncologicAxis | None
    tag: str
    conflicts: tuple[str, ...] = ()


_SENSITIVE, _RESISTANT = OncologicAxis.SENSITIVE, OncologicAxis.RESISTANT
_GI_VIEWS = "GI: SC.24 trial calls all GI resistant; one radiotherapy series rates it intermediate."
_SOLID_VIEWS = (
    "NOMS: sensitive. AO reference lists it in neither group and says tumors of intermediate "
    "sensitivity often benefit from SBRT. SC.24: sensitive."
)
_GROUP_OF: Mapping[HistologyGroup, tuple[OncologicAxis | None, str]] = {
    HistologyGroup.HEMATOLOGIC_GERM_CELL: (_SENSITIVE, "V2"),
    HistologyGroup.SELECTED_SOLID: (_SENSITIVE, "K"),
    HistologyGroup.RESISTANT_REFERENCE: (_RESISTANT, "V2"),
    HistologyGroup.RESISTANT_FRAMEWORK: (_RESISTANT, "K"),
    HistologyGroup.NOT_LISTED: (None, "P"),
}
_MEMBERS: Mapping[HistologyGroup, Mapping[Histology, str]] = {
    HistologyGroup.HEMATOLOGIC_GERM_CELL: {
        Histology.LYMPHOMA: "Lymphoma",
        Histology.MULTIPLE_MYELOMA: "Multiple myeloma",
        Histology.PLASMACYTOMA: "Plasmacytoma",
        Histology.SEMINOMA: "Seminoma",
    },
    HistologyGroup.SELECTED_SOLID: {
        Histology.BREAST: "Breast",
        Histology.PROSTATE: "Prostate",
        Histology.OVARIAN: "Ovarian",
        Histology.NEUROENDOCRINE: "Neuroendocrine carcinoma",
    },
    HistologyGroup.RESISTANT_REFERENCE: {
        Histology.RENAL_CELL: "Renal cell",
        Histology.MELANOMA: "Melanoma",
        Histology.THYROID: "Thyroid",
        Histology.COLORECTAL: "Colorectal",
    },
    HistologyGroup.RESISTANT_FRAMEWORK: {
        Histology.HEPATOCELLULAR: "Hepatocellular",
        Histology.NON_SMALL_CELL_LUNG: "Non-small-cell lung",
        Histology.SARCOMA: "Sarcoma",
        Histology.OTHER_GASTROINTESTINAL: "Other gastrointestinal",
    },
    HistologyGroup.NOT_LISTED: {
        Histology.SMALL_CELL_LUNG: "Small-cell lung",
        Histology.BLADDER: "Bladder",
        Histology.ESOPHAGUS: "Esophagus",
        Histology.PANCREAS: "Pancreas",
        Histology.GASTRIC: "Gastric",
        Histology.CHOLANGIOCARCINOMA: "Cholangiocarcinoma",
        Histology.HEAD_AND_NECK: "Head and neck",
        Histology.ENDOMETRIAL: "Endometrial",
        Histology.CERVIX: "Cervix",
        Histology.GIST: "GIST",
        Histology.CHORDOMA: "Chordoma",
        Histology.OTHER: "Other",
        Histology.UNKNOWN_PRIMARY: "Unknown primary",
    },
}
_CONFLICTS: Mapping[Histology, tuple[str, ...]] = {
    Histology.NON_SMALL_CELL_LUNG: (
        "NOMS: resistant. SC.24 trial: only GI, sarcoma, melanoma and renal were called "
        "radioresistant, everything else including lung sensitive.",
    ),
    Histology.THYROID: (
        "AO reference and NOMS: resistant. Not in the resistant list of SC.24. Prognosis and "
        "radiosensitivity are different fields.",
    ),
    Histology.PROSTATE: (_SOLID_VIEWS,),
    Histology.BREAST: (_SOLID_VIEWS,),
    Histology.COLORECTAL: ("AO reference: resistant.", _GI_VIEWS),
    Histology.OTHER_GASTROINTESTINAL: (_GI_VIEWS,),
    Histology.RENAL_CELL: ("Resistant almost everywhere; one series intermediate.",),
    Histology.SMALL_CELL_LUNG: ("Usually handled as sensitive.",),
    Histology.CHORDOMA: ("Usually handled as resistant.",),
}

HISTOLOGIES: Mapping[Histology, HistologyEntry] = {
    histology: HistologyEntry(
        title=title,
        group=group,
        default=_GROUP_OF[group][0],
        tag="K" if histology is Histology.PLASMACYTOMA else _GROUP_OF[group][1],
        conflicts=_CONFLICTS.get(histology, ()),
    )
    for group, members in _MEMBERS.items()
    for histology, title in members.items()
}
"""The table of reference 4.1. ``default`` is None where the table forces a choice."""

HEMATOLOGIC = frozenset({Histology.LYMPHOMA, Histology.MULTIPLE_MYELOMA, Histology.PLASMACYTOMA})
"""Hematologic tumors: Patchell's evidence for surgery is about the others."""


def default_of(histology: Histology) -> OncologicAxis | None:
    """Return the table's radiosensitivity, None where a clinician must choose."""
    return HISTOLOGIES[histology].default
