"""PET outlines by threshold and hot spots, on native voxels."""

from __future__ import annotations

from statistics import NormalDist

import numpy as np
import pytest

from workstation.base.errors import InputRefusedError
from workstation.imaging.geometry import VolumeGeometry
from workstation.imaging.measure import voxel_mm3
from workstation.imaging.outline.pet import PetThreshold, hot_spots, pet_outline
from workstation.imaging.volume import SeriesIdentity, Unit, Volume

MIDDLE = (0.0, 0.0, 0.0)
FWHM_MM = 7.0
BALL_MM = 12.5
BALL_ML = 4.0 / 3.0 * np.pi * BALL_MM**3 / 1000.0
SPACING = (2.0, 2.0, 2.0)


def pet_ball(background: float = 1.0, hot: float = 10.0) -> Volume:
    """A ball of uptake blurred by the camera, by the exact convolution along each axis."""
    half = 20
    axes = np.arange(-half, half + 1) * 2.0
    z, y, x = np.meshgrid(axes, axes, axes, indexing="ij")
    off = np.sqrt(x**2 + y**2 + z**2)
    # Share of each voxel that lies in the ball, nearly.
    values = (hot - background) * np.clip((BALL_MM - off) / 2.0 + 0.5, 0.0, 1.0)
    sigma = FWHM_MM / 2.355 / 2.0
    kernel = np.exp(-0.5 * (np.arange(-6, 7) / sigma) ** 2)
    kernel /= kernel.sum()
    for axis in range(3):
        values = np.apply_along_axis(np.convolve, axis, values, kernel, "same")
    size = 2 * half + 1
    geometry = VolumeGeometry(
        shape_kji=(size, size, size),
        spacing_ijk=SPACING,
        origin_lps=(-40.0, -40.0, -40.0),
        direction=np.eye(3),
    )
    return Volume(
        array=(values + background).astype(np.float32),
        geometry=geometry,
        unit=Unit.SUVBW,
        identity=SeriesIdentity(modality="PT"),
    )


@pytest.fixture(scope="module")
def ball() -> Volume:
    return pet_ball()


@pytest.mark.parametrize(
    ("method", "amount", "threshold"),
    [
        (PetThreshold.SHARE_OF_MAX, 0.41, 4.1),
        (PetThreshold.SHARE_OF_MAX, 0.50, 5.0),
        (PetThreshold.FIXED, 4.0, 4.0),
        (PetThreshold.FIXED, 2.5, 2.5),
        (PetThreshold.BACKGROUND_ADAPTED, 0.0, 4.78),
    ],
)
def test_each_threshold_gives_its_own_volume(ball, method, amount, threshold):
    found = pet_outline(ball, MIDDLE, 30.0, method, amount)
    assert found.threshold == pytest.approx(threshold, rel=0.02)
    # The edge of a large blurred ball is a blurred wall, drawn inward by its bend.
    sigma = FWHM_MM / 2.355
    share = NormalDist().inv_cdf(1.0 - (threshold - 1.0) / 9.0)
    radius = BALL_MM + share * sigma - sigma**2 / BALL_MM
    measured = found.region.mask.sum() * voxel_mm3(ball.geometry) / 1000.0
    assert measured == pytest.approx(4.0 / 3.0 * np.pi * radius**3 / 1000.0, rel=0.10)


def test_the_adapted_threshold_follows_the_background():
    for background in (0.5, 2.0, 4.0):
        found = pet_outline(pet_ball(background), MIDDLE, 30.0, PetThreshold.BACKGROUND_ADAPTED)
        measured = found.region.mask.sum() * 8.0 / 1000.0
        assert measured == pytest.approx(BALL_ML, rel=0.10)
        wanted = background + 0.42 * (found.maximum - background)
        assert found.threshold == pytest.approx(wanted, rel=0.02)


def test_the_method_is_named_with_its_limit(ball):
    words = [
        pet_outline(ball, MIDDLE, 30.0, method, amount).method
        for method, amount in (
            (PetThreshold.FIXED, 4.0),
            (PetThreshold.SHARE_OF_MAX, 0.41),
            (PetThreshold.BACKGROUND_ADAPTED, 0.0),
        )
    ]
    assert words[0] == "at least 4.00 g/mL SUVbw"
    assert words[1].startswith("at least 41 % of the maximum (")
    assert words[2].startswith("42 % of the way from background to maximum (")


def test_only_what_hangs_together_with_the_maximum_counts(ball):
    array = ball.array.copy()
    array[20, 20, 5:8] = 8.0
    other = Volume(array=array, geometry=ball.geometry, unit=ball.unit, identity=ball.identity)
    found = pet_outline(other, MIDDLE, 38.0, PetThreshold.FIXED, 4.0)
    alone = pet_outline(ball, MIDDLE, 38.0, PetThreshold.FIXED, 4.0)
    assert found.region.mask.sum() == alone.region.mask.sum()


def test_the_sphere_keeps_a_hotter_neighbor_out(ball):
    array = ball.array.copy()
    array[2, 2, 2] = 50.0
    other = Volume(array=array, geometry=ball.geometry, unit=ball.unit, identity=ball.identity)
    found = pet_outline(other, MIDDLE, 20.0, PetThreshold.SHARE_OF_MAX, 0.41)
    assert found.maximum == pytest.approx(float(ball.array.max()))
    assert np.linalg.norm(found.maximum_lps) < 5.0


@pytest.mark.parametrize(
    ("method", "amount", "code"),
    [
        (PetThreshold.FIXED, 40.0, "below-threshold"),
        (PetThreshold.SHARE_OF_MAX, 1.5, "bad-share"),
        (PetThreshold.SHARE_OF_MAX, 0.0, "bad-share"),
    ],
)
def test_impossible_thresholds_are_refused(ball, method, amount, code):
    with pytest.raises(InputRefusedError) as refusal:
        pet_outline(ball, MIDDLE, 30.0, method, amount)
    assert refusal.value.code == code


def test_a_sphere_between_voxels_is_refused(ball):
    with pytest.raises(InputRefusedError, match="smaller than a voxel"):
        pet_outline(ball, (1.0, 1.0, 1.0), 0.5, PetThreshold.FIXED, 2.0)


def hot_volume() -> tuple[Volume, dict[str, tuple[int, int, int]]]:
    random = np.random.default_rng(2)
    array = random.uniform(0.5, 1.5, (40, 40, 40)).astype(np.float32)
    places = {"hottest": (30, 20, 20), "hidden": (10, 21, 19), "far": (20, 2, 20)}
    array[places["hottest"]] = 12.0
    # One native voxel: interpolation at half voxels would never show it.
    array[places["hidden"]] = 6.5
    array[places["far"]] = 9.0
    array[30, 20, 21] = 11.0
    geometry = VolumeGeometry(
        shape_kji=(40, 40, 40),
        spacing_ijk=(4.0, 4.0, 3.0),
        origin_lps=(-80.0, -80.0, -60.0),
        direction=np.eye(3),
    )
    return (
        Volume(array=array, geometry=geometry, unit=Unit.SUVBW, identity=SeriesIdentity()),
        places,
    )


def test_hot_spots_are_native_voxels_hottest_first():
    volume, places = hot_volume()
    spots = hot_spots(volume, lambda at: np.abs(at[:, 1]) < 30.0, least=3.0)
    assert [round(spot.value, 1) for spot in spots] == [12.0, 6.5]
    for spot, name in zip(spots, ("hottest", "hidden"), strict=True):
        index = np.array(places[name], dtype=float)[::-1]
        np.testing.assert_allclose(spot.point_lps, volume.geometry.index_to_lps(index))


def test_a_shoulder_of_a_hot_spot_is_no_spot_of_its_own():
    volume, _ = hot_volume()
    near = hot_spots(volume, lambda at: np.ones(len(at), bool), least=3.0, apart_mm=1.0)
    assert [round(spot.value, 1) for spot in near] == [12.0, 9.0, 6.5]


def test_nothing_hot_gives_nothing():
    volume, _ = hot_volume()
    assert hot_spots(volume, lambda at: np.ones(len(at), bool), least=20.0) == ()
