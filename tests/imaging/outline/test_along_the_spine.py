"""Hot spots and outlines meet the labelled levels: PET of the phantom, bodies of a real CT."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import pytest
import SimpleITK as sitk

from tests.support.spine_phantom import (
    Acquisition,
    Contrast,
    LesionKind,
    PhantomSpine,
    PlantedLesion,
    SpineRecipe,
    build_spine,
    grid_around,
    image_of,
)
from workstation.domain.spine import Landmark, VertebralLevel
from workstation.imaging.catalog import load_volume, open_paths
from workstation.imaging.mask import inside_box, points_of
from workstation.imaging.measure import sphere_region, suv_peak
from workstation.imaging.outline.pet import PetThreshold, hot_spots, pet_outline
from workstation.imaging.outline.sizes import lesion_sizes
from workstation.imaging.outline.stroke import Stroke, outline_from_stroke
from workstation.imaging.spine.levels import LevelZones
from workstation.imaging.volume import Volume

V = VertebralLevel
HOT = (
    PlantedLesion(level=V.T10, kind=LesionKind.LYTIC, offset_mm=(6.0, 0.0, 0.0), radius_mm=9.0),
    PlantedLesion(level=V.L1, kind=LesionKind.BLASTIC, offset_mm=(-8.0, 4.0, 0.0), radius_mm=8.0),
)


@cache
def pet() -> tuple[PhantomSpine, Volume, LevelZones]:
    spine = build_spine(SpineRecipe(first=V.T9, last=V.L2, lesions=HOT, seed=3))
    grid = grid_around(spine, (3.0, 3.0, 3.0), margins_mm=(40.0, 60.0, 15.0))
    volume = image_of(spine, grid, Acquisition(contrast=Contrast.PET))
    marks = [Landmark(level=b.level, center_lps=b.point(0.0, 0.0, 0.0)) for b in spine.vertebrae]
    return spine, volume, LevelZones(marks)


def near_the_spine(zones: LevelZones):
    return lambda points: zones.level_numbers(points) >= 0


def test_every_planted_lesion_is_a_hot_spot_at_its_level():
    spine, volume, zones = pet()
    spots = hot_spots(volume, near_the_spine(zones), least=3.0)
    assert len(spots) == len(HOT)
    for lesion, spot in zip(HOT, spots, strict=True):
        planted = np.array(spine.vertebra(lesion.level).point(*lesion.offset_mm))
        assert np.linalg.norm(planted - spot.point_lps) < lesion.radius_mm
        assert zones.levels_of(np.array([spot.point_lps])) == (lesion.level,)
    assert spots[0].value > spots[1].value


def test_a_hot_spot_has_its_outline_peak_and_uptake():
    _, volume, zones = pet()
    spot = hot_spots(volume, near_the_spine(zones), least=3.0)[0]
    outline = pet_outline(volume, spot.point_lps, 20.0, PetThreshold.BACKGROUND_ADAPTED)
    sizes = lesion_sizes(volume, outline.region)
    assert outline.maximum == pytest.approx(spot.value)
    assert outline.maximum_lps == pytest.approx(spot.point_lps)
    truth_ml = 4.0 / 3.0 * np.pi * HOT[0].radius_mm ** 3 / 1000.0
    assert sizes.volume_ml == pytest.approx(truth_ml, rel=0.25)
    peak, _ = suv_peak(volume, spot.point_lps, 15.0)
    assert sizes.values.mean < peak <= sizes.values.high
    assert sizes.total_uptake == pytest.approx(sizes.values.mean * sizes.volume_ml)
    assert zones.levels_of(points_of(outline.region, volume.geometry)) == (V.T10,)


@cache
def labelled() -> tuple[Volume, np.ndarray]:
    folder = Path(__file__).parents[2] / "data" / "ct_lumbar_labels"
    found = {e.identity.series_description: e for e in open_paths([folder]).volumes}
    return load_volume(found["ct.nii.gz"]), load_volume(found["labels.nii.gz"]).array


@pytest.mark.parametrize("number", [28, 29, 30])
def test_real_vertebral_bodies_stand_in_for_lesions(number):
    volume, labels = labelled()
    vertebra = sitk.GetImageFromArray((labels == number).astype(np.uint8))
    body = sitk.GetArrayFromImage(
        sitk.BinaryMorphologicalOpening(vertebra, [3] * 3, sitk.sitkBall)
    ).astype(bool)
    index = np.argwhere(body)[:, ::-1].astype(np.float64)
    points = volume.geometry.index_to_lps(index)
    center = points.mean(axis=0)
    radius = 1.1 * float(np.linalg.norm(points - center, axis=1).max())
    x, y, z = (float(value) for value in center)
    stroke = Stroke(
        center_lps=(x, y, z),
        radius_mm=radius,
        inside_lps=((x - 12.0, y, z), (x + 12.0, y, z), (x, y - 8.0, z), (x, y + 8.0, z)),
        width_mm=4.0,
    )
    region = outline_from_stroke(volume, stroke).region
    found = inside_box(region, ((0, 0, 0), labels.shape))
    dice = 2.0 * (found & body).sum() / (found.sum() + body.sum())
    # The first stroke is to reach 0.75; at 3 mm the edge voxels alone are a third of a body.
    assert dice >= 0.6
    circle = sphere_region(volume, stroke.center_lps, radius)
    assert region.mask.sum() <= circle.mask.sum()
