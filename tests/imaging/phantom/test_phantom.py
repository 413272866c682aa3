"""The invented patient has the spine its recipe says, on every kind of image."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from tests.support.spine_phantom import (
    AXIAL,
    CORONAL,
    SAGITTAL,
    Acquisition,
    Contrast,
    LesionKind,
    PlantedLesion,
    SpineRecipe,
    Tissue,
    body_mask,
    build_spine,
    grid_around,
    image_of,
    lesion_mask,
    paint_spine,
    rotated,
)
from workstation.domain.spine import Variant, VertebralLevel
from workstation.imaging.resample import sample_nearest
from workstation.imaging.spine.priors import body_height_mm, center_distance_mm
from workstation.imaging.volume import Unit

V = VertebralLevel

LESIONS = (
    PlantedLesion(level=V.T11, kind=LesionKind.LYTIC, offset_mm=(6.0, 4.0, 0.0), radius_mm=7.0),
    PlantedLesion(level=V.T12, kind=LesionKind.BLASTIC, offset_mm=(-6.0, 0.0, 0.0), radius_mm=6.0),
    PlantedLesion(level=V.T12, kind=LesionKind.EPIDURAL, offset_mm=(0.0, 18.0, 0.0), radius_mm=6.0),
)


@cache
def painted():
    spine = build_spine(SpineRecipe(first=V.T11, last=V.L1, lesions=LESIONS, seed=2))
    grid = grid_around(spine, (1.5, 1.5, 1.5), AXIAL)
    return spine, grid, paint_spine(spine, grid)


def test_the_same_recipe_gives_the_same_spine_and_another_seed_another():
    first, again = build_spine(SpineRecipe(seed=4)), build_spine(SpineRecipe(seed=4))
    other = build_spine(SpineRecipe(seed=5))
    for one, two in zip(first.painted, again.painted, strict=True):
        np.testing.assert_array_equal(one.center_lps, two.center_lps)
    gaps = [
        np.linalg.norm(a.center_lps - b.center_lps)
        for a, b in zip(first.painted, other.painted, strict=True)
    ]
    assert max(gaps) > 1.0


def test_a_whole_spine_has_its_24_levels_at_adult_distances():
    spine = build_spine(SpineRecipe())
    assert [body.level.value for body in spine.vertebrae][:2] == ["C2", "C3"]
    assert len(spine.vertebrae) == 23
    for upper, lower in zip(spine.vertebrae, spine.vertebrae[1:], strict=False):
        distance = np.linalg.norm(upper.center_lps - lower.center_lps)
        assert distance == pytest.approx(center_distance_mm(upper.level, lower.level), rel=0.12)


def test_the_curve_has_lordosis_kyphosis_and_lordosis():
    y = {body.level: body.center_lps[1] for body in build_spine(SpineRecipe()).vertebrae}
    assert y[V.C5] < y[V.C2]
    assert y[V.T7] > y[V.T1] + 10.0
    assert y[V.T7] > y[V.L3] + 20.0
    straight = [body.center_lps for body in build_spine(SpineRecipe(sagittal=0.0)).vertebrae]
    np.testing.assert_allclose(np.array(straight)[:, :2], 0.0, atol=1e-9)


def test_scoliosis_swings_to_both_sides():
    x = [body.center_lps[0] for body in build_spine(SpineRecipe(scoliosis_mm=15.0)).vertebrae]
    assert max(x) == pytest.approx(15.0, abs=1.5)
    assert min(x) == pytest.approx(-15.0, abs=1.5)


@pytest.mark.parametrize(
    ("variant", "present", "absent"),
    [
        (Variant.THIRTEEN_RIBS, V.T13, V.L6),
        (Variant.SIX_LUMBAR, V.L6, V.T13),
        (Variant.ELEVEN_RIBS, V.T11, V.T12),
        (Variant.FOUR_LUMBAR, V.L4, V.L5),
    ],
)
def test_variants_change_the_chain(variant, present, absent):
    last = V.L4 if variant is Variant.FOUR_LUMBAR else V.L6
    last = last if variant is Variant.SIX_LUMBAR else V.L4
    spine = build_spine(SpineRecipe(first=V.T8, last=last, variants=frozenset([variant])))
    levels = [body.level for body in spine.vertebrae]
    assert present in levels
    assert absent not in levels


def test_collapse_lowers_each_part_of_the_body():
    whole = build_spine(SpineRecipe(first=V.T6, last=V.T10)).vertebra(V.T8)
    recipe = SpineRecipe(first=V.T6, last=V.T10, collapse={V.T8: (0.6, 0.3, 0.0)})
    wedge = build_spine(recipe).vertebra(V.T8)
    np.testing.assert_allclose(
        np.array(wedge.heights_mm) / np.array(whole.heights_mm), [0.4, 0.7, 1.0]
    )
    places = np.array([-wedge.depth_mm / 2.0, 0.0, wedge.depth_mm / 2.0])
    np.testing.assert_allclose(wedge.height_at(places), wedge.heights_mm)
    assert whole.heights_mm[1] == pytest.approx(body_height_mm(V.T8), rel=0.07)


def test_points_of_a_vertebra_are_the_patients():
    body = painted()[0].vertebra(V.T12)
    left, back = np.array(body.point(10.0, 0.0, 0.0)), np.array(body.point(0.0, 10.0, 0.0))
    assert left[0] > body.center_lps[0] + 9.0
    assert back[1] > body.center_lps[1] + 9.0
    np.testing.assert_allclose(body.local(left), [10.0, 0.0, 0.0], atol=1e-9)


def test_tissues_lie_where_anatomy_has_them():
    spine, grid, tissue = painted()
    volume = image_of(spine, grid, Acquisition(contrast=Contrast.CT, blur_mm=0.0), tissue)
    body = spine.vertebra(V.L1)
    canal = body.canal_center_mm
    wanted = {
        (0.0, 0.0, 0.0): 200,
        (0.0, canal, 0.0): 38,
        (0.0, canal - 5.5, 0.0): 10,
        (0.0, canal + 7.3, -0.4 * body.heights_mm[1]): -80,
    }
    for place, value in wanted.items():
        assert sample_nearest(volume, np.array([body.point(*place)]))[0] == value


def test_the_cord_ends_in_the_first_lumbar_level():
    spine = build_spine(SpineRecipe(first=V.T12, last=V.L3))
    grid = grid_around(spine, (1.5, 1.5, 1.5))
    tissue = paint_spine(spine, grid)

    def holds_cord(level):
        body = spine.vertebra(level)
        i, j, k = np.rint(
            grid.lps_to_index(np.array(body.point(0.0, body.canal_center_mm, 0.0)))
        ).astype(int)
        return tissue[k, j, i] == Tissue.CORD

    assert [holds_cord(level) for level in (V.T12, V.L1, V.L2, V.L3)] == [True, True, False, False]


@pytest.mark.parametrize("lesion", LESIONS)
def test_planted_lesions_stay_in_their_compartment(lesion):
    spine, grid, tissue = painted()
    mask = lesion_mask(tissue, grid, spine, lesion)
    voxel_mm3 = 1.5**3
    ball_mm3 = 4.0 / 3.0 * np.pi * lesion.radius_mm**3
    assert 0.1 * ball_mm3 < mask.sum() * voxel_mm3 < 1.05 * ball_mm3
    inside = mask & body_mask(grid, spine.vertebra(lesion.level))
    share = inside.sum() / mask.sum()
    assert share == 0.0 if lesion.kind is LesionKind.EPIDURAL else share > 0.6


def test_a_body_mask_has_the_volume_of_its_shape():
    spine, grid, _ = painted()
    body = spine.vertebra(V.T11)
    volume = body_mask(grid, body).sum() * 1.5**3
    box = body.width_mm * body.depth_mm * body.heights_mm[1]
    # A superellipse of power 2.6 fills 0.85 of its box.
    assert volume == pytest.approx(0.85 * box, rel=0.05)


@pytest.mark.parametrize("contrast", list(Contrast))
def test_every_contrast_has_its_unit_and_its_bright_tissue(contrast):
    spine, grid, tissue = painted()
    volume = image_of(spine, grid, Acquisition(contrast=contrast), tissue)
    marrow = volume.array[tissue == Tissue.MARROW].mean()
    csf = volume.array[tissue == Tissue.CSF].mean()
    lytic = volume.array[tissue == Tissue.LYTIC].mean()
    bright_csf = contrast in (Contrast.T2, Contrast.STIR, Contrast.CT_MYELOGRAM)
    bright_lesion = contrast in (Contrast.T2, Contrast.STIR, Contrast.PET)
    assert (csf > marrow) == bright_csf
    assert (lytic > marrow) == bright_lesion
    units = {Contrast.PET: Unit.SUVBW, Contrast.CT: Unit.HU, Contrast.CT_MYELOGRAM: Unit.HU}
    assert volume.unit is units.get(contrast, Unit.ARBITRARY)


def test_noise_and_shading_are_seeded():
    spine, grid, tissue = painted()
    noisy = Acquisition(contrast=Contrast.T2, noise_sd=40.0, shading=0.3)
    first, again = (image_of(spine, grid, noisy, tissue).array for _ in range(2))
    np.testing.assert_array_equal(first, again)
    other = image_of(
        spine, grid, Acquisition(contrast=Contrast.T2, noise_sd=40.0, shading=0.3, seed=8), tissue
    ).array
    assert (first != other).mean() > 0.5
    even = image_of(spine, grid, Acquisition(contrast=Contrast.CT, noise_sd=25.0), tissue)
    muscle = even.array[10:-10, 10:-10, 10:-10][tissue[10:-10, 10:-10, 10:-10] == Tissue.MUSCLE]
    assert 20.0 < np.percentile(muscle, 84) - np.median(muscle) < 32.0


@pytest.mark.parametrize(
    "direction", [AXIAL, SAGITTAL, CORONAL, rotated(rotated(SAGITTAL, 0, 15.0), 2, 20.0)]
)
def test_any_grid_shows_the_same_patient(direction):
    spine = painted()[0]
    grid = grid_around(spine, (1.5, 1.5, 2.0), direction)
    acquisition = Acquisition(contrast=Contrast.CT, blur_mm=0.0)
    volume = image_of(spine, grid, acquisition)
    for body in spine.vertebrae:
        middle = np.array([body.point(-2.0, -6.0, 0.0), body.point(0.0, body.canal_center_mm, 0.0)])
        np.testing.assert_array_equal(sample_nearest(volume, middle), [200, 38])
