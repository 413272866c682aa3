"""Labelling where patients are not ideal: disease, collapse, bending, thick slices, bad noise."""

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
    build_spine,
    grid_around,
    image_of,
)
from workstation.domain.spine import VertebralLevel
from workstation.imaging.spine.labelling import Click, LabelProposal, propose_levels
from workstation.imaging.volume import Volume

V = VertebralLevel
Truth = dict[VertebralLevel, np.ndarray]

METASTASES = tuple(
    PlantedLesion(level=level, kind=kind, offset_mm=(0.0, 0.0, 0.0), radius_mm=11.0)
    for level, kind in (
        (V.T9, LesionKind.LYTIC),
        (V.T10, LesionKind.BLASTIC),
        (V.L2, LesionKind.LYTIC),
    )
)


@cache
def image(
    contrast: Contrast,
    lesions: tuple[PlantedLesion, ...] = (),
    plane: str = "axial",
    seed: int = 6,
    noise_sd: float = 30.0,
    sagittal: float = 1.0,
) -> tuple[Volume, Truth]:
    recipe = SpineRecipe(first=V.T6, last=V.L4, lesions=lesions, seed=seed, sagittal=sagittal)
    spine = build_spine(recipe)
    spacing, direction = {
        "axial": ((1.5, 1.5, 3.0), AXIAL),
        "sagittal": ((1.0, 1.0, 4.0), SAGITTAL),
        "coronal": ((1.5, 1.5, 3.0), CORONAL),
    }[plane]
    grid = grid_around(spine, spacing, direction, margins_mm=(20.0, 50.0, 12.0))
    volume = image_of(spine, grid, Acquisition(contrast=contrast, noise_sd=noise_sd, shading=0.0))
    return volume, {body.level: body.center_lps for body in spine.vertebrae}


def proposal_of(volume: Volume, truth: Truth, jitter_mm: float = 2.0) -> LabelProposal:
    random = np.random.default_rng(1)
    clicks = [
        Click(
            level=level,
            point_lps=tuple(
                (truth[level] + jitter_mm * random.standard_normal(3) * (0.0, 1.0, 1.0)).tolist()
            ),
        )
        for level in (V.T6, V.L4)
    ]
    return propose_levels(volume, clicks)


def check(proposal: LabelProposal, truth: Truth, mean_mm: float = 4.0) -> None:
    errors = []
    for item in proposal.levels:
        place = np.array(item.center_lps)
        nearest = min(truth, key=lambda level: float(np.linalg.norm(place - truth[level])))
        assert nearest is item.level
        if not item.clicked:
            errors.append(float(np.linalg.norm(place - truth[item.level])))
    assert np.mean(errors) <= mean_mm
    assert [found.best for found in proposal.count_checks] == [0]


@pytest.mark.parametrize("contrast", [Contrast.CT, Contrast.T1, Contrast.STIR])
def test_metastases_in_three_bodies(contrast):
    volume, truth = image(contrast, METASTASES)
    check(proposal_of(volume, truth), truth)


@pytest.mark.parametrize("plane", ["axial", "sagittal", "coronal"])
@pytest.mark.parametrize("contrast", [Contrast.CT, Contrast.T2])
def test_any_plane_of_acquisition(plane, contrast):
    volume, truth = image(contrast, plane=plane)
    check(proposal_of(volume, truth), truth)


@pytest.mark.parametrize("seed", [11, 12, 13])
def test_other_patients(seed):
    volume, truth = image(Contrast.T2, seed=seed)
    check(proposal_of(volume, truth), truth)


def test_strong_noise():
    volume, truth = image(Contrast.T2, noise_sd=90.0)
    check(proposal_of(volume, truth), truth, mean_mm=5.0)


@pytest.mark.parametrize("sagittal", [0.0, 1.5])
def test_a_straight_and_a_strongly_bent_spine(sagittal):
    volume, truth = image(Contrast.CT, sagittal=sagittal)
    check(proposal_of(volume, truth), truth)


def test_a_ct_myelogram_is_read_like_a_ct():
    volume, truth = image(Contrast.CT_MYELOGRAM)
    proposal = proposal_of(volume, truth)
    assert proposal.evidence == "CT"
    check(proposal, truth)


def test_the_same_input_gives_the_same_proposal():
    volume, truth = image(Contrast.T2)
    assert proposal_of(volume, truth).levels == proposal_of(volume, truth).levels


def test_the_images_are_not_changed():
    volume, truth = image(Contrast.T2)
    before = volume.array.copy()
    proposal_of(volume, truth)
    np.testing.assert_array_equal(volume.array, before)


def test_two_neighbors_have_their_disc_between_them():
    volume, truth = image(Contrast.CT)
    clicks = [Click(level=level, point_lps=tuple(truth[level].tolist())) for level in (V.L2, V.L3)]
    proposal = propose_levels(volume, clicks)
    disc = np.array(proposal.levels[0].disc_below_lps)
    middle = (truth[V.L2] + truth[V.L3]) / 2.0
    assert np.linalg.norm(disc - middle) < 4.0
    assert proposal.count_checks == ()
