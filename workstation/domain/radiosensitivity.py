"""Radiosensitivity of primary histologies, with the views that differ.

Source: clinical reference, sections 4.1 and 4.2 (Laufer 2013; AO reference; SC.24 trial text).
"""

from __future__ import annotations

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
