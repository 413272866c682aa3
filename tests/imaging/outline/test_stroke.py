"""One stroke and one circle outline a lesion, and never leave the circle."""

from __future__ import annotations

import time
from dataclasses import replace

import numpy as np
import pytest

from tests.support.planted import Planted, planted_lesion
from tests.support.spine_phantom import Contrast, LesionKind
from workstation.base.errors import CancelledError, InputRefusedError
from workstation.base.task import CancelToken
from workstation.imaging.geometry import VolumeGeometry
from workstation.imaging.measure import sphere_region
from workstation.imaging.outline.stroke import Stroke, outline_from_stroke, point_stroke
from workstation.imaging.volume import SeriesIdentity, Unit, Volume

CASES = [
    (Contrast.CT, LesionKind.LYTIC, 8.0),
    (Contrast.CT, LesionKind.BLASTIC, 7.0),
    (Contrast.T1, LesionKind.LYTIC, 8.0),
    (Contrast.T2, LesionKind.LYTIC, 8.0),
    (Contrast.STIR, LesionKind.LYTIC, 8.0),
    (Contrast.T1, LesionKind.BLASTIC, 9.0),
]


def stroke_in(planted: Planted, factor: float = 1.3) -> Stroke:
    x, y, z = planted.center_lps
    return Stroke(
        center_lps=planted.center_lps,
        radius_mm=factor * planted.radius_mm,
        inside_lps=((x - 2.0, y, z), (x + 2.0, y + 1.0, z)),
    )


@pytest.mark.parametrize(("contrast", "kind", "radius_mm"), CASES)
def test_one_stroke_outlines_a_lesion(contrast, kind, radius_mm):
    planted = planted_lesion(contrast, kind, radius_mm)
    outline = outline_from_stroke(planted.volume, stroke_in(planted))
    assert planted.dice(outline.region) >= 0.90
    assert planted.volume_ratio(outline.region) == pytest.approx(1.0, abs=0.10)
    assert not outline.preview


@pytest.mark.parametrize(("contrast", "kind", "radius_mm"), CASES[:3])
def test_the_preview_is_nearly_as_good(contrast, kind, radius_mm):
    planted = planted_lesion(contrast, kind, radius_mm)
    outline = outline_from_stroke(planted.volume, stroke_in(planted), preview=True)
    assert planted.dice(outline.region) >= 0.88
    assert outline.preview


def test_thick_slices_and_a_generous_circle():
    planted = planted_lesion(Contrast.T2, LesionKind.LYTIC, 8.0, spacing_mm=(0.8, 0.8, 3.0))
    for factor in (1.25, 1.6):
        outline = outline_from_stroke(planted.volume, stroke_in(planted, factor))
        assert planted.dice(outline.region) >= 0.90
        assert planted.volume_ratio(outline.region) == pytest.approx(1.0, abs=0.10)


def test_the_preview_is_quick():
    planted = planted_lesion(Contrast.CT, LesionKind.LYTIC, 8.0)
    took = []
    for _ in range(3):
        start = time.perf_counter()
        outline_from_stroke(planted.volume, stroke_in(planted), preview=True)
        took.append(time.perf_counter() - start)
    # The window has 0.3 s; three times that for a busy machine.
    assert min(took) < 0.9


def plain_volume(array: np.ndarray) -> Volume:
    geometry = VolumeGeometry(
        shape_kji=array.shape,
        spacing_ijk=(1.0, 1.0, 1.0),
        origin_lps=(0.0, 0.0, 0.0),
        direction=np.eye(3),
    )
    return Volume(array=array, geometry=geometry, unit=Unit.HU, identity=SeriesIdentity())


@pytest.mark.parametrize("radius_mm", [8.0, 14.0])
def test_it_never_leaks_out_of_the_circle(radius_mm):
    # The same value everywhere: nothing but the circle can stop the outline.
    volume = plain_volume(np.full((50, 50, 50), 55, dtype=np.int16))
    middle = (25.0, 25.0, 25.0)
    outline = outline_from_stroke(volume, point_stroke(middle, radius_mm, middle))
    circle = sphere_region(volume, middle, radius_mm)
    assert 0 < outline.region.mask.sum() <= circle.mask.sum()


def test_a_breach_into_tissue_of_the_same_value_stays_inside_the_circle():
    planted = planted_lesion(Contrast.CT, LesionKind.LYTIC, 10.0, offset_mm=(12.0, 8.0, 0.0))
    stroke = stroke_in(planted, 1.2)
    outline = outline_from_stroke(planted.volume, stroke)
    circle = sphere_region(planted.volume, stroke.center_lps, stroke.radius_mm)
    outside = planted.on_grid(outline.region) & ~planted.on_grid(circle)
    assert not outside.any()
    assert planted.dice(outline.region) > 0.6


def test_an_outline_at_the_circle_is_named():
    planted = planted_lesion(Contrast.T2, LesionKind.LYTIC, 8.0)
    outline = outline_from_stroke(planted.volume, stroke_in(planted, 0.6))
    assert "cut-off" in [warning.code for warning in outline.warnings]
    whole = outline_from_stroke(planted.volume, stroke_in(planted, 1.4))
    assert "cut-off" not in [warning.code for warning in whole.warnings]


def test_a_stroke_over_different_tissues_is_named():
    array = np.full((40, 40, 40), 40, dtype=np.int16)
    array[:, :, 20:] = 400
    outline = outline_from_stroke(
        plain_volume(array),
        Stroke(
            center_lps=(20.0, 20.0, 20.0),
            radius_mm=12.0,
            inside_lps=((14.0, 20.0, 20.0), (26.0, 20.0, 20.0)),
        ),
    )
    assert "mixed-tissue" in [warning.code for warning in outline.warnings]


def test_a_stroke_outside_takes_tissue_away():
    planted = planted_lesion(Contrast.T2, LesionKind.LYTIC, 8.0)
    plain = stroke_in(planted)
    x, y, z = planted.center_lps
    marked = replace(plain, outside_lps=((x, y, z + 5.0), (x + 3.0, y, z + 5.0)))
    before = outline_from_stroke(planted.volume, plain).region
    after = outline_from_stroke(planted.volume, marked).region
    place = planted.volume.geometry.lps_to_index(np.array([x + 1.5, y, z + 5.0]))
    i, j, k = np.rint(place).astype(int)
    assert planted.on_grid(before)[k, j, i]
    assert not planted.on_grid(after)[k, j, i]


def test_the_outline_holds_its_stroke_and_is_one_piece_without_holes():
    planted = planted_lesion(Contrast.CT, LesionKind.BLASTIC, 7.0)
    region = outline_from_stroke(planted.volume, stroke_in(planted)).region
    k, j, i = np.rint(planted.volume.geometry.lps_to_index(np.array(planted.center_lps)))[::-1]
    assert planted.on_grid(region)[int(k), int(j), int(i)]
    columns = region.mask.sum(axis=0)
    spans = region.mask.shape[0] - region.mask.argmax(axis=0) - region.mask[::-1].argmax(axis=0)
    assert (columns[columns > 0] == spans[columns > 0]).mean() > 0.95


def test_impossible_strokes_are_refused():
    planted = planted_lesion(Contrast.CT, LesionKind.BLASTIC, 7.0)
    stroke = stroke_in(planted)
    far = tuple(np.add(planted.center_lps, (40.0, 0.0, 0.0)))
    with pytest.raises(InputRefusedError, match="outside the circle"):
        outline_from_stroke(planted.volume, replace(stroke, inside_lps=(far,)))
    with pytest.raises(InputRefusedError, match="positive"):
        outline_from_stroke(planted.volume, replace(stroke, radius_mm=0.0))
    with pytest.raises(InputRefusedError, match="outside the volume"):
        outline_from_stroke(planted.volume, replace(stroke, center_lps=(900.0, 0.0, 0.0)))
    index = np.rint(planted.volume.geometry.lps_to_index(np.array(planted.center_lps))) + 0.5
    between = tuple(planted.volume.geometry.index_to_lps(index))
    with pytest.raises(InputRefusedError, match="smaller than a voxel"):
        outline_from_stroke(planted.volume, replace(stroke, center_lps=between, radius_mm=0.3))


def test_it_can_be_cancelled():
    planted = planted_lesion(Contrast.CT, LesionKind.BLASTIC, 7.0)
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(CancelledError):
        outline_from_stroke(planted.volume, stroke_in(planted), cancel=cancel)
