"""Few clicks label the spine: right levels, small errors, and doubts that are said."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.support.spine_phantom import (
    AXIAL,
    SAGITTAL,
    Acquisition,
    Contrast,
    PhantomSpine,
    SpineRecipe,
    build_spine,
    grid_around,
    image_of,
    rotated,
)
from workstation.base.errors import CancelledError, InputRefusedError
from workstation.base.task import CancelToken
from workstation.domain.spine import Variant, VertebralLevel
from workstation.imaging.spine.labelling import (
    Click,
    ClickPlace,
    LabelProposal,
    anchor_words,
    is_hu,
    propose_levels,
)
from workstation.imaging.volume import Volume

V = VertebralLevel
Truth = Mapping[VertebralLevel, NDArray[np.float64]]

JITTER_MM = 3.0
RIGHT_LEVEL_MM = 20.0
"""A level is right when its own body is the nearest and not farther than this (VerSe rule)."""


def truth_of(spine: PhantomSpine) -> Truth:
    return {body.level: body.center_lps for body in spine.painted}


def clicks_at(
    truth: Truth, levels: Sequence[VertebralLevel], jitter_mm: float = 0.0, seed: int = 0
) -> list[Click]:
    random = np.random.default_rng(seed)
    # A reader clicks on a sagittal picture: the error is in its plane.
    offsets = jitter_mm * random.standard_normal((len(levels), 3)) * (0.0, 1.0, 1.0)
    return [
        Click(level=level, point_lps=tuple((truth[level] + offset).tolist()))
        for level, offset in zip(levels, offsets, strict=True)
    ]


def errors_mm(proposal: LabelProposal, truth: Truth) -> NDArray[np.float64]:
    return np.array(
        [
            np.linalg.norm(np.array(item.center_lps) - truth[item.level])
            for item in proposal.levels
            if not item.clicked
        ]
    )


def assert_right_levels(proposal: LabelProposal, truth: Truth) -> None:
    for item in proposal.levels:
        distances = {
            level: float(np.linalg.norm(np.array(item.center_lps) - center))
            for level, center in truth.items()
        }
        nearest = min(distances, key=lambda level: distances[level])
        assert nearest is item.level
        assert distances[nearest] < RIGHT_LEVEL_MM


@cache
def small_phantom(
    contrast: Contrast,
    first: VertebralLevel = V.T8,
    last: VertebralLevel = V.L4,
    variants: frozenset[Variant] = frozenset(),
    tilt_deg: float = 0.0,
) -> tuple[Volume, Truth]:
    spine = build_spine(SpineRecipe(first=first, last=last, variants=variants, seed=5))
    direction = rotated(rotated(SAGITTAL, 2, tilt_deg), 0, tilt_deg) if tilt_deg else AXIAL
    spacing = (1.5, 1.5, 3.0) if tilt_deg else (2.0, 2.0, 2.0)
    grid = grid_around(spine, spacing, direction, margins_mm=(20.0, 50.0, 12.0))
    return image_of(spine, grid, Acquisition(contrast=contrast, noise_sd=30.0)), truth_of(spine)


@pytest.mark.parametrize("contrast", [Contrast.T1, Contrast.T2, Contrast.STIR, Contrast.CT])
def test_whole_spine_from_two_clicks(whole_spine, contrast):
    spine, volume = whole_spine(contrast)
    truth = truth_of(spine)
    errors = []
    for seed in range(3):
        proposal = propose_levels(volume, clicks_at(truth, (V.C2, V.L5), JITTER_MM, seed))
        assert [item.level for item in proposal.levels] == [b.level for b in spine.vertebrae]
        assert_right_levels(proposal, truth)
        assert [check.best for check in proposal.count_checks] == [0]
        errors.append(errors_mm(proposal, truth))
    pooled = np.concatenate(errors)
    assert pooled.mean() <= 3.0
    assert np.percentile(pooled, 95) < 8.0


def test_whole_spine_takes_a_second_at_most(whole_spine):
    spine, volume = whole_spine(Contrast.T2)
    clicks = clicks_at(truth_of(spine), (V.C2, V.L5))
    propose_levels(volume, clicks)
    took = []
    for _ in range(3):
        start = time.process_time()
        propose_levels(volume, clicks)
        took.append(time.process_time() - start)
    # Allows three times the target: other work shares the processors of a test run.
    assert min(took) < 3.0


def test_the_same_anatomy_on_every_contrast_agrees(whole_spine):
    found = []
    for contrast in (Contrast.T1, Contrast.T2, Contrast.STIR, Contrast.CT):
        spine, volume = whole_spine(contrast)
        proposal = propose_levels(volume, clicks_at(truth_of(spine), (V.T6, V.L4)))
        found.append([item.center_lps for item in proposal.levels])
    spread = np.linalg.norm(np.array(found) - np.mean(found, axis=0), axis=-1)
    assert spread.mean() <= 3.0


@pytest.mark.parametrize(
    ("variant", "last", "count"),
    [
        (Variant.THIRTEEN_RIBS, V.L4, 10),
        (Variant.ELEVEN_RIBS, V.L4, 8),
        (Variant.SIX_LUMBAR, V.L6, 11),
        (Variant.FOUR_LUMBAR, V.L4, 9),
    ],
)
@pytest.mark.parametrize("contrast", [Contrast.T2, Contrast.CT])
def test_declared_variants_are_labelled(variant, last, count, contrast):
    variants = frozenset([variant])
    volume, truth = small_phantom(contrast, V.T8, last, variants)
    proposal = propose_levels(volume, clicks_at(truth, (V.T8, last), JITTER_MM), variants)
    assert len(proposal.levels) == count
    assert_right_levels(proposal, truth)
    assert errors_mm(proposal, truth).mean() <= 3.0


@pytest.mark.parametrize(
    ("variant", "best"), [(Variant.THIRTEEN_RIBS, 1), (Variant.ELEVEN_RIBS, -1)]
)
@pytest.mark.parametrize("contrast", [Contrast.T2, Contrast.CT])
def test_undeclared_variants_are_noticed(variant, best, contrast):
    volume, truth = small_phantom(contrast, V.T8, V.L4, frozenset([variant]))
    proposal = propose_levels(volume, clicks_at(truth, (V.T8, V.L4)))
    assert [check.best for check in proposal.count_checks] == [best]
    assert "count" in [warning.code for warning in proposal.warnings]
    # Never renumbered silently: the clicked names stand.
    assert proposal.levels[-1].level is V.L4


@pytest.mark.parametrize(("claimed", "best"), [(V.L3, 1), (V.L5, -1), (V.L4, 0)])
def test_a_misnamed_click_is_noticed(claimed, best):
    volume, truth = small_phantom(Contrast.T2)
    upper, lower = clicks_at(truth, (V.T8, V.L4), 2.0)
    renamed = Click(level=claimed, point_lps=lower.point_lps)
    proposal = propose_levels(volume, [upper, renamed])
    assert [check.best for check in proposal.count_checks] == [best]


def test_lumbar_mr(lumbar_mr):
    volume, truth = lumbar_mr
    errors = []
    for seed in range(5):
        proposal = propose_levels(volume, clicks_at(truth, (V.T10, V.L3), JITTER_MM, seed))
        assert_right_levels(proposal, truth)
        assert [check.best for check in proposal.count_checks] == [0]
        errors.append(errors_mm(proposal, truth))
    assert np.concatenate(errors).mean() <= 4.0
    assert proposal.evidence == "MR"


@pytest.mark.parametrize(("claimed", "best"), [(V.L2, 1), (V.L4, -1)])
def test_lumbar_mr_with_a_planted_extra_or_missing_level(lumbar_mr, claimed, best):
    volume, truth = lumbar_mr
    clicks = clicks_at(truth, (V.T10, V.L3), 2.0)
    renamed = [clicks[0], Click(level=claimed, point_lps=clicks[1].point_lps)]
    assert [check.best for check in propose_levels(volume, renamed).count_checks] == [best]


def test_thoracic_ct(thoracic_ct):
    volume, truth = thoracic_ct
    errors = []
    for seed in range(5):
        proposal = propose_levels(volume, clicks_at(truth, (V.T8, V.T11), JITTER_MM, seed))
        assert_right_levels(proposal, truth)
        errors.append(errors_mm(proposal, truth))
    assert np.concatenate(errors).mean() <= 4.0
    assert proposal.evidence == "CT"


def test_ct_with_published_labels(labelled_ct):
    volume, truth = labelled_ct
    assert is_hu(volume)
    errors = []
    for seed in range(5):
        proposal = propose_levels(volume, clicks_at(truth, (V.T12, V.L5), JITTER_MM, seed))
        assert_right_levels(proposal, truth)
        assert [check.best for check in proposal.count_checks] == [0]
        errors.append(errors_mm(proposal, truth))
    assert np.concatenate(errors).mean() <= 4.0


@pytest.mark.parametrize(("claimed", "best"), [(V.L4, 1), (V.L6, -1)])
def test_ct_with_a_planted_extra_or_missing_level(labelled_ct, claimed, best):
    volume, truth = labelled_ct
    clicks = clicks_at(truth, (V.T12, V.L5), 2.0)
    renamed = [clicks[0], Click(level=claimed, point_lps=clicks[1].point_lps)]
    variants = frozenset([Variant.SIX_LUMBAR]) if claimed is V.L6 else frozenset()
    found = propose_levels(volume, renamed, variants)
    assert [check.best for check in found.count_checks] == [best]


def test_clicks_from_the_foot_up_give_the_same():
    volume, truth = small_phantom(Contrast.T2)
    clicks = clicks_at(truth, (V.T8, V.L4))
    assert propose_levels(volume, clicks).levels == propose_levels(volume, clicks[::-1]).levels


def test_an_oblique_series_is_labelled_as_well():
    volume, truth = small_phantom(Contrast.T2, tilt_deg=12.0)
    proposal = propose_levels(volume, clicks_at(truth, (V.T8, V.L4), JITTER_MM))
    assert_right_levels(proposal, truth)
    assert errors_mm(proposal, truth).mean() <= 3.0


def test_a_collapsed_body_keeps_its_number():
    recipe = SpineRecipe(first=V.T4, last=V.T12, collapse={V.T8: (0.5, 0.5, 0.5)}, seed=2)
    spine = build_spine(recipe)
    grid = grid_around(spine, (2.0, 2.0, 2.0), margins_mm=(20.0, 50.0, 12.0))
    volume = image_of(spine, grid, Acquisition(contrast=Contrast.T2, noise_sd=30.0))
    truth = truth_of(spine)
    proposal = propose_levels(volume, clicks_at(truth, (V.T4, V.T12)))
    assert_right_levels(proposal, truth)
    assert errors_mm(proposal, truth).max() < 8.0


def test_a_scoliosis_is_followed_and_named():
    spine = build_spine(SpineRecipe(first=V.T2, last=V.L4, scoliosis_mm=18.0, seed=4))
    grid = grid_around(spine, (2.0, 2.0, 2.5), margins_mm=(30.0, 50.0, 12.0))
    volume = image_of(spine, grid, Acquisition(contrast=Contrast.CT, noise_sd=30.0))
    truth = truth_of(spine)
    proposal = propose_levels(volume, clicks_at(truth, (V.T2, V.L4)))
    assert_right_levels(proposal, truth)
    assert errors_mm(proposal, truth).mean() <= 4.0
    assert "scoliosis" in [warning.code for warning in proposal.warnings]


def test_clicks_stay_where_the_reader_put_them():
    volume, truth = small_phantom(Contrast.T2)
    clicks = clicks_at(truth, (V.T8, V.T12, V.L4), JITTER_MM)
    proposal = propose_levels(volume, clicks)
    for click in clicks:
        found = proposal.level(click.level)
        assert found is not None
        assert found.center_lps == pytest.approx(click.point_lps, abs=1e-9)
        assert (found.clicked, found.confidence) == (True, 1.0)


def test_a_dragged_point_solves_only_the_stretches_beside_it():
    volume, truth = small_phantom(Contrast.T2)
    before = propose_levels(volume, clicks_at(truth, (V.T8, V.T10, V.L1, V.L4)))
    moved = truth[V.L4] + np.array([0.0, 2.0, 3.0])
    clicks = [*clicks_at(truth, (V.T8, V.T10, V.L1)), Click(level=V.L4, point_lps=tuple(moved))]
    after = propose_levels(volume, clicks, previous=before)
    assert after.spans[0] is before.spans[0]
    assert after.spans[1] is before.spans[1]
    assert after.spans[2] is not before.spans[2]
    assert after.level(V.L4).center_lps == pytest.approx(tuple(moved))


def test_a_click_at_the_disc_is_taken_as_one():
    volume, truth = small_phantom(Contrast.T2)
    spine = build_spine(SpineRecipe(first=V.T8, last=V.L4, seed=5))
    disc = tuple(spine.vertebra(V.L3).disc_below_lps.tolist())
    clicks = [
        *clicks_at(truth, (V.T8,)),
        Click(level=V.L3, point_lps=disc, place=ClickPlace.DISC_BELOW),
    ]
    proposal = propose_levels(volume, clicks)
    assert np.linalg.norm(np.array(proposal.level(V.L3).center_lps) - truth[V.L3]) < 5.0
    assert_right_levels(proposal, truth)


def test_discs_lie_between_their_bodies(whole_spine):
    spine, volume = whole_spine(Contrast.CT)
    proposal = propose_levels(volume, clicks_at(truth_of(spine), (V.T8, V.L4)))
    found = [np.array(item.disc_below_lps) for item in proposal.levels]
    wanted = [spine.vertebra(item.level).disc_below_lps for item in proposal.levels]
    errors = np.linalg.norm(np.array(found) - np.array(wanted), axis=1)
    assert errors[:-1].mean() < 3.0
    # The one below the last click is only a prior distance away.
    assert errors[-1] < 8.0


def test_frames_are_right_handed_and_left_is_left():
    volume, truth = small_phantom(Contrast.T2)
    for item in propose_levels(volume, clicks_at(truth, (V.T8, V.L4))).levels:
        axes = item.frame.matrix
        np.testing.assert_allclose(axes @ axes.T, np.eye(3), atol=1e-9)
        np.testing.assert_allclose(np.cross(axes[0], axes[1]), axes[2], atol=1e-9)
        assert axes[0, 2] < -0.8
        assert axes[1, 1] > 0.8
        assert axes[2, 0] > 0.99


def test_confidence_is_lower_where_the_disc_is_hidden(whole_spine):
    spine, volume = whole_spine(Contrast.CT)
    truth = truth_of(spine)
    array = volume.array.copy()
    hidden = spine.vertebra(V.T10).disc_below_lps
    k = round(volume.geometry.lps_to_index(hidden)[2])
    array[k - 4 : k + 5] = array[k - 6][None]
    altered = Volume(
        array=array, geometry=volume.geometry, unit=volume.unit, identity=volume.identity
    )
    clicks = clicks_at(truth, (V.T6, V.L2))
    clear, doubtful = propose_levels(volume, clicks), propose_levels(altered, clicks)
    assert doubtful.level(V.T10).confidence < clear.level(V.T10).confidence
    assert "low-contrast" in [warning.code for warning in doubtful.warnings]
    assert all(0.0 <= item.confidence <= 1.0 for item in doubtful.levels)


@pytest.mark.parametrize(
    ("named", "words"),
    [
        ((V.C2, V.L5), "counted from C2"),
        ((V.T6, V.L5), "counted from L5/S1"),
        ((V.T6, V.L6), "counted from L6/S1"),
        ((V.T6, V.S1), "from the sacrum"),
        ((V.T6, V.L2), "counted from T6, as named by the reader"),
    ],
)
def test_the_anchor_is_said(named, words):
    assert anchor_words(named) == words


def test_a_study_without_anchor_is_named():
    volume, truth = small_phantom(Contrast.T2)
    proposal = propose_levels(volume, clicks_at(truth, (V.T8, V.L4)))
    assert [warning.code for warning in proposal.warnings] == ["no-anchor"]


def test_a_stretch_of_odd_length_is_named():
    volume, truth = small_phantom(Contrast.T2)
    upper, lower = clicks_at(truth, (V.T8, V.L4))
    proposal = propose_levels(volume, [upper, Click(level=V.L2, point_lps=lower.point_lps)])
    codes = [warning.code for warning in proposal.warnings]
    assert codes[0] == "count"
    assert "scale" in codes


@pytest.mark.parametrize(
    ("levels", "code"),
    [
        ((V.T8,), "too-few-points"),
        ((V.L4, V.T8), "reversed-levels"),
        ((V.T8, V.L6), "absent-level"),
    ],
)
def test_contradictory_clicks_are_refused(levels, code):
    volume, truth = small_phantom(Contrast.T2)
    points = [truth[V.T8], truth[V.L4]]
    clicks = [
        Click(level=level, point_lps=tuple(point.tolist()))
        for level, point in zip(levels, points, strict=False)
    ]
    with pytest.raises(InputRefusedError) as refusal:
        propose_levels(volume, clicks)
    assert refusal.value.code == code


def test_a_click_outside_the_images_is_refused():
    volume, truth = small_phantom(Contrast.T2)
    clicks = [*clicks_at(truth, (V.T8,)), Click(level=V.L4, point_lps=(0.0, 0.0, -900.0))]
    with pytest.raises(InputRefusedError, match="outside the images"):
        propose_levels(volume, clicks)


def test_levels_that_do_not_fit_are_refused():
    volume, truth = small_phantom(Contrast.T2)
    near = truth[V.T8] - (0.0, 0.0, 12.0)
    clicks = [*clicks_at(truth, (V.T8,)), Click(level=V.L4, point_lps=tuple(near.tolist()))]
    with pytest.raises(InputRefusedError) as refusal:
        propose_levels(volume, clicks)
    assert refusal.value.code == "levels-do-not-fit"


def test_it_can_be_cancelled_and_tells_its_progress():
    volume, truth = small_phantom(Contrast.T2)
    steps = []
    propose_levels(
        volume,
        clicks_at(truth, (V.T8, V.T12, V.L4)),
        progress=lambda done, total: steps.append((done, total)),
    )
    assert steps == [(0, 2), (1, 2), (2, 2)]
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(CancelledError):
        propose_levels(volume, clicks_at(truth, (V.T8, V.L4)), cancel=cancel)
