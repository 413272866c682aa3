"""The invented patient of the tests, and recipes that many of them use."""

from __future__ import annotations

from tests.support.invented_spine.anatomy import (
    LesionKind,
    PhantomSpine,
    PhantomVertebra,
    PlantedLesion,
    SpineRecipe,
    build_spine,
)
from tests.support.invented_spine.contrast import Acquisition, Contrast, image_of
from tests.support.invented_spine.grids import AXIAL, CORONAL, SAGITTAL, grid_around, rotated
from tests.support.invented_spine.tissue import Tissue, body_mask, lesion_mask, paint_spine

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
