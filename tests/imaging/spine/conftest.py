"""Phantom spines and the shipped studies, made once for all tests of the spine."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import SimpleITK as sitk
from numpy.typing import NDArray

from tests.support.spine_phantom import (
    Acquisition,
    Contrast,
    PhantomSpine,
    SpineRecipe,
    build_spine,
    grid_around,
    image_of,
    paint_spine,
)
from workstation.base.paths import resource_path
from workstation.domain.spine import VertebralLevel
from workstation.imaging.catalog import load_volume, open_paths
from workstation.imaging.volume import Volume

Truth = Mapping[VertebralLevel, NDArray[np.float64]]

NOISE_SD = 30.0
SHADING = 0.2


@cache
def _whole_spine() -> tuple[PhantomSpine, Any, Any]:
    spine = build_spine(SpineRecipe(seed=3))
    grid = grid_around(spine, (2.0, 2.0, 2.5), margins_mm=(30.0, 55.0, 12.0))
    return spine, grid, paint_spine(spine, grid)


@cache
def whole_spine_image(contrast: Contrast) -> tuple[PhantomSpine, Volume]:
    """Return C2 to L5 with noise and, on MR, coil shading."""
    spine, grid, tissue = _whole_spine()
    shading = 0.0 if contrast is Contrast.CT else SHADING
    acquisition = Acquisition(contrast=contrast, noise_sd=NOISE_SD, shading=shading)
    return spine, image_of(spine, grid, acquisition, tissue)


@pytest.fixture(scope="session")
def whole_spine() -> Callable[[Contrast], tuple[PhantomSpine, Volume]]:
    """A maker of whole-spine images, each made once."""
    return whole_spine_image


@cache
def _demo(number: int) -> tuple[Volume, Truth]:
    folder = resource_path("demo")
    notes = json.loads(Path(folder / "case-notes.json").read_text(encoding="utf-8"))
    series = notes["series"][number]
    catalog = open_paths([folder / series["folder"]])
    volume = load_volume(catalog.find_volume(series["series_instance_uid"]))
    truth = {
        VertebralLevel.parse(body["level"]): np.array(body["center_lps"])
        for body in series["bodies"]
    }
    return volume, truth


@pytest.fixture(scope="session")
def thoracic_ct() -> tuple[Volume, Truth]:
    """The shipped thoracic CT and its body centers."""
    return _demo(0)


@pytest.fixture(scope="session")
def lumbar_mr() -> tuple[Volume, Truth]:
    """The shipped lumbar T2 and its body centers."""
    return _demo(1)


BODY_OPENING = 3
"""Voxels by which a label is opened, so that its body is left without the arch."""


@pytest.fixture(scope="session")
def labelled_ct() -> tuple[Volume, Truth]:
    """A lumbar CT with the centroids of the bodies in its published labels."""
    folder = Path(__file__).parents[2] / "data" / "ct_lumbar_labels"
    catalog = open_paths([folder])
    volume, labels = (
        load_volume(
            next(e for e in catalog.volumes if e.identity.series_description.startswith(name))
        )
        for name in ("ct.", "labels.")
    )
    truth = {}
    for number, name in enumerate(("L5", "L4", "L3", "L2", "L1", "T12"), start=27):
        vertebra = sitk.GetImageFromArray((labels.array == number).astype(np.uint8))
        body = sitk.BinaryMorphologicalOpening(vertebra, [BODY_OPENING] * 3, sitk.sitkBall)
        inside = np.argwhere(sitk.GetArrayFromImage(body))[:, ::-1].astype(np.float64)
        truth[VertebralLevel(name)] = labels.geometry.index_to_lps(inside).mean(axis=0)
    return volume, truth
