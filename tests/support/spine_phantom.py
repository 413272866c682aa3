"""The invented patient for tests: the generator of the program, and recipes used by many tests."""

from __future__ import annotations

from workstation.imaging.phantom.anatomy import (
    LesionKind,
    PhantomSpine,
    PhantomVertebra,
    PlantedLesion,
    SpineRecipe,
    build_spine,
)
from workstation.imaging.phantom.contrast import Acquisition, Contrast, image_of
from workstation.imaging.phantom.grids import AXIAL, CORONAL, SAGITTAL, grid_around, rotated
from workstation.imaging.phantom.tissue import Tissue, body_mask, lesion_mask, paint_spine

__all__ = [
    "AXIAL",
    "CORONAL",
    "SAGITTAL",
    "Acquisition",
    "Contrast",
    "LesionKind",
    "PhantomSpine",
    "PhantomVertebra",
    "PlantedLesion",
    "SpineRecipe",
    "Tissue",
    "body_mask",
    "build_spine",
    "grid_around",
    "image_of",
    "lesion_mask",
    "paint_spine",
    "rotated",
]
