"""Lytic and blastic shares of blocks of one value, at both sides of each limit in HU."""

from __future__ import annotations

import numpy as np
import pytest

from workstation.base.errors import InputRefusedError
from workstation.domain.lesion import Matrix
from workstation.imaging.geometry import VolumeGeometry
from workstation.imaging.measure import Region
from workstation.imaging.spine.bone_quality import bone_quality
from workstation.imaging.volume import SeriesIdentity, Unit, Volume

SHAPE = (30, 30, 100)
REFERENCES = ((12.0, 15.0, 15.0), (30.0, 15.0, 15.0))
WIDTH = 10
"""Each block of values is 10 voxels wide and fills the other axes; the lesion takes its middle."""


def painted(*values, bone=100, unit=Unit.HU):
    """A volume of bone whose columns from 50 on are blocks of the values given."""
    array = np.full(SHAPE, bone, dtype=np.int16)
    for n, value in enumerate(values):
        array[:, :, 50 + n * WIDTH : 50 + (n + 1) * WIDTH] = value
    if len(values) < 5:
        array[:, :, 50 + len(values) * WIDTH :] = values[-1]
    geometry = VolumeGeometry(
        shape_kji=SHAPE, spacing_ijk=(1.0, 1.0, 1.0), origin_lps=(0.0, 0.0, 0.0),
        direction=np.eye(3),
    )  # fmt: skip
    return Volume(array=array, geometry=geometry, unit=unit, identity=SeriesIdentity(modality="CT"))


def lesion(*counts):
    """So many voxels in the middle of each block, far from where the values change."""
    mask = np.zeros((1, 30, 50), dtype=np.bool_)
    for n, count in enumerate(counts):
        mask[0, :count, n * WIDTH + 5] = True
    return Region(low_kji=(15, 0, 50), mask=mask)


def judged(*blocks, bone=100):
    """What blocks of (value, voxels) are."""
    values, counts = zip(*blocks, strict=True)
    return bone_quality(painted(*values, bone=bone), lesion(*counts), REFERENCES)


@pytest.mark.parametrize(
    ("value", "bone", "matrix"),
    [
        (40, 100, Matrix.LYTIC),
        (90, 100, Matrix.LYTIC),
        (110, 100, None),
        (299, 100, None),
        (301, 100, Matrix.BLASTIC),
        (399, 400, Matrix.LYTIC),
        (401, 400, Matrix.BLASTIC),
        # Below 50 HU everything is lytic, even beside poorer bone.
        (49, 20, Matrix.LYTIC),
        (51, 20, None),
        (-80, -100, Matrix.LYTIC),
    ],
)
def test_one_value_is_judged_against_the_bone_around(value, bone, matrix):
    found = judged((value, 20), bone=bone)
    assert found.matrix is matrix
    assert found.reference_mean_hu == pytest.approx(bone, abs=0.01)
    assert found.reference_sd_hu == pytest.approx(0.0, abs=0.01)
    assert (found.lesion_mean_hu, found.lesion_max_hu) == (value, value)
    assert found.excluded_share == 0.0
    assert ("no CT correlate" in found.notes) is (matrix is None)


@pytest.mark.parametrize(
    ("lytic", "blastic", "normal", "matrix"),
    [
        (20, 0, 0, Matrix.LYTIC),
        (0, 20, 0, Matrix.BLASTIC),
        (10, 10, 0, Matrix.MIXED),
        (13, 7, 0, Matrix.MIXED),
        (15, 5, 0, Matrix.LYTIC),
        (7, 13, 0, Matrix.MIXED),
        (5, 15, 0, Matrix.BLASTIC),
        (1, 0, 19, None),
        (0, 1, 19, None),
        (1, 0, 8, Matrix.LYTIC),
        (0, 1, 8, Matrix.BLASTIC),
        (3, 0, 17, Matrix.LYTIC),
        (2, 2, 16, Matrix.MIXED),
        (1, 1, 28, None),
    ],
)
def test_the_shares_decide_what_a_lesion_is(lytic, blastic, normal, matrix):
    found = judged((10, lytic), (150, normal), (700, blastic))
    count = lytic + blastic + normal
    assert found.lytic_share == pytest.approx(lytic / count)
    assert found.blastic_share == pytest.approx(blastic / count)
    assert found.matrix is matrix


@pytest.mark.parametrize(
    ("blocks", "histogram"),
    [
        (((120, 20),), ((100.0, 20),)),
        (((149, 10), (150, 5)), ((100.0, 10), (150.0, 5))),
        (((-1, 4), (0, 6)), ((-50.0, 4), (0.0, 6))),
        (((10, 3), (160, 7)), ((0.0, 3), (50.0, 0), (100.0, 0), (150.0, 7))),
        (((-120, 2), (-101, 3)), ((-150.0, 5),)),
    ],
)
def test_the_histogram_counts_raw_values_in_bins_of_fifty(blocks, histogram):
    assert judged(*blocks).histogram == histogram


@pytest.mark.parametrize(
    ("metal", "kept", "share", "note"),
    [
        (5, 15, 0.25, "25 % left out as metal or cement"),
        (10, 10, 0.5, "50 % left out as metal or cement"),
        (1, 29, 1 / 30, "3 % left out as metal or cement"),
    ],
)
def test_metal_is_left_out_of_every_number(metal, kept, share, note):
    found = judged((10, kept), (40, 0), (2001, metal))
    assert found.excluded_share == pytest.approx(share)
    assert note in found.notes
    assert (found.lesion_mean_hu, found.lesion_max_hu) == (10.0, 10.0)
    assert found.matrix is Matrix.LYTIC
    assert found.histogram == ((0.0, kept),)


@pytest.mark.parametrize(("value", "refused"), [(2000, False), (2001, True), (3071, True)])
def test_a_lesion_of_nothing_but_metal_is_refused(value, refused):
    if refused:
        with pytest.raises(InputRefusedError) as caught:
            judged((value, 10))
        assert caught.value.code == "metal"
    else:
        assert judged((value, 10)).excluded_share == 0.0


ISLAND = "very dense: consider a bone island (Ulano 2016)"


@pytest.mark.parametrize(
    ("blocks", "said"),
    [
        (((884, 20),), False),
        (((885, 20),), True),
        (((800, 29), (1059, 1)), False),
        (((800, 29), (1060, 1)), True),
        # Mostly lytic: a dense speck makes no island.
        (((10, 20), (1100, 1)), False),
    ],
)
def test_a_dense_focus_is_named_by_mean_or_maximum(blocks, said):
    assert (ISLAND in judged(*blocks).notes) is said


@pytest.mark.parametrize("unit", [unit for unit in Unit if unit is not Unit.HU])
def test_no_other_unit_is_judged(unit):
    with pytest.raises(InputRefusedError) as caught:
        bone_quality(painted(10, unit=unit), lesion(5), REFERENCES)
    assert caught.value.code == "no-ct"


@pytest.mark.parametrize(
    ("count", "references", "code"),
    [
        (0, REFERENCES, "empty-outline"),
        (5, REFERENCES[:1], "no-reference"),
        (5, (), "no-reference"),
    ],
)
def test_what_is_missing_is_named(count, references, code):
    with pytest.raises(InputRefusedError) as caught:
        bone_quality(painted(10), lesion(count), references)
    assert caught.value.code == code
