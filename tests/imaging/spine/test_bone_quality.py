"""Lytic, blastic or mixed, against the patient's own bone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from workstation.base.errors import InputRefusedError
from workstation.domain.lesion import Matrix
from workstation.imaging.geometry import VolumeGeometry
from workstation.imaging.mask import EMPTY
from workstation.imaging.measure import sphere_region
from workstation.imaging.spine.bone_quality import bone_quality
from workstation.imaging.volume import SeriesIdentity, Unit, Volume

LESION = (60.0, 20.0, 20.0)
REFERENCES = ((15.0, 20.0, 20.0), (35.0, 20.0, 20.0))
BONE_HU = 180.0


def block(fill=None) -> Volume:
    """Bone of 180 HU with noise; ``fill`` sets the right part, where the lesion is."""
    random = np.random.default_rng(5)
    array = BONE_HU + 40.0 * random.standard_normal((40, 40, 80))
    if fill is not None:
        k, j, i = np.indices(array.shape)
        array = np.where(i >= 48, fill(i, j, k), array)
    geometry = VolumeGeometry(
        shape_kji=(40, 40, 80),
        spacing_ijk=(1.0, 1.0, 1.0),
        origin_lps=(0.0, 0.0, 0.0),
        direction=np.eye(3),
    )
    return Volume(
        array=np.rint(array).astype(np.int16),
        geometry=geometry,
        unit=Unit.HU,
        identity=SeriesIdentity(modality="CT"),
    )


def judged(fill=None):
    volume = block(fill)
    return bone_quality(volume, sphere_region(volume, LESION, 8.0), REFERENCES)


@pytest.mark.parametrize(
    ("fill", "matrix"),
    [
        (lambda i, j, k: 30.0, Matrix.LYTIC),
        (lambda i, j, k: 700.0, Matrix.BLASTIC),
        (lambda i, j, k: np.where(k < 20, 30.0, 700.0), Matrix.MIXED),
        (None, None),
    ],
)
def test_hu_blocks(fill, matrix):
    found = judged(fill)
    assert found.matrix is matrix
    assert found.reference_mean_hu == pytest.approx(BONE_HU, abs=3.0)


def test_shares_and_histogram_add_up():
    found = judged(lambda i, j, k: np.where(k < 20, 30.0, 700.0))
    assert found.lytic_share + found.blastic_share == pytest.approx(1.0, abs=0.15)
    volume = block()
    count = int(sphere_region(volume, LESION, 8.0).mask.sum())
    assert sum(n for _, n in found.histogram) == count
    filled = {edge for edge, n in found.histogram if n}
    assert filled == {0.0, 700.0}


def test_the_patient_is_the_reference():
    # 110 HU is low against bone of 180 with little spread, but normal in a porotic patient.
    volume = block(lambda i, j, k: 110.0)
    lesion = sphere_region(volume, LESION, 8.0)
    assert bone_quality(volume, lesion, REFERENCES).matrix is Matrix.LYTIC
    porotic = replace(volume, array=np.where(volume.array > 0, 110, 0).astype(np.int16))
    assert bone_quality(porotic, lesion, REFERENCES).matrix is None


def test_no_correlate_is_said():
    found = judged()
    assert "no CT correlate" in found.notes


def test_metal_is_left_out_and_said():
    found = judged(lambda i, j, k: np.where(k < 20, 3000.0, 30.0))
    assert found.excluded_share == pytest.approx(0.5, abs=0.1)
    assert any("metal" in note for note in found.notes)
    assert found.lesion_max_hu == 30.0
    with pytest.raises(InputRefusedError, match="nothing but metal"):
        judged(lambda i, j, k: 3000.0)


def test_a_very_dense_focus_may_be_a_bone_island():
    assert any("bone island" in note for note in judged(lambda i, j, k: 1200.0).notes)
    assert not any("bone island" in note for note in judged(lambda i, j, k: 650.0).notes)


def test_never_from_mr_and_never_without_reference():
    volume = block()
    lesion = sphere_region(volume, LESION, 8.0)
    with pytest.raises(InputRefusedError, match="CT only"):
        bone_quality(replace(volume, unit=Unit.ARBITRARY), lesion, REFERENCES)
    with pytest.raises(InputRefusedError, match="uninvolved levels"):
        bone_quality(volume, lesion, REFERENCES[:1])
    with pytest.raises(InputRefusedError, match="empty"):
        bone_quality(volume, EMPTY, REFERENCES)
