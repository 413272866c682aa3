"""Heights and their loss from points set by hand, in any frame and with every reference."""

from __future__ import annotations

import numpy as np
import pytest

from workstation.base.errors import InputRefusedError
from workstation.domain.spine import VertebralLevel
from workstation.imaging.spine.heights import (
    METHOD,
    SITES,
    HeightReference,
    ReferenceHeights,
    SixPoints,
    height_loss,
    reference_heights,
)

V = VertebralLevel
DEPTHS = (-12.0, 0.0, 12.0)

FRAMES = {
    "upright": np.eye(3),
    "mirrored": np.diag([-1.0, 1.0, 1.0]),
    "prone": np.diag([-1.0, -1.0, 1.0]),
    "feet first": np.diag([-1.0, 1.0, -1.0]),
    "bent 90": np.array([[1.0, 0, 0], [0, 0, -1], [0, 1, 0]]),
    "on the side": np.array([[0, -1.0, 0], [1, 0, 0], [0, 0, 1]]),
    "3-4-5": np.array([[1.0, 0, 0], [0, 0.8, -0.6], [0, 0.6, 0.8]]),
}


def made(level, heights, frame=None, at=(0.0, 0.0, 0.0)):
    """A vertebra whose lower end-plate is flat in the frame given."""
    frame = np.eye(3) if frame is None else frame
    lower = np.array([(0.0, y, 0.0) for y in DEPTHS]) @ frame.T + at
    upper = np.array([(0.0, y, h) for y, h in zip(DEPTHS, heights, strict=True)]) @ frame.T + at
    return SixPoints(
        level=level,
        upper=tuple(tuple(point) for point in upper.tolist()),
        lower=tuple(tuple(point) for point in lower.tolist()),
    )


def even(level, height):
    return made(level, (height,) * 3)


@pytest.mark.parametrize("frame", list(FRAMES))
@pytest.mark.parametrize(
    "heights", [(25.0, 25.0, 25.0), (12.0, 20.0, 24.0), (24.0, 11.0, 24.0), (26.0, 24.0, 15.0)]
)
def test_heights_do_not_hang_on_how_the_patient_lies(frame, heights):
    points = made(V.T12, heights, FRAMES[frame], at=(31.0, -17.0, 402.0))
    assert points.heights_mm() == pytest.approx(dict(zip(SITES, heights, strict=True)))


def test_a_point_that_slid_along_the_end_plate_keeps_its_height():
    points = made(V.T12, (20.0, 20.0, 20.0))
    slid = tuple((x, y + 5.0, z) for x, y, z in points.upper)
    assert SixPoints(level=V.T12, upper=slid, lower=points.lower).heights_mm() == pytest.approx(
        dict.fromkeys(SITES, 20.0)
    )


def test_a_corner_below_the_lower_end_plate_has_a_negative_height():
    assert made(V.T12, (-2.0, 15.0, 20.0)).heights_mm()["anterior"] == pytest.approx(-2.0)


@pytest.mark.parametrize(("half", "refused"), [(0.0, True), (0.49, True), (0.51, False)])
def test_an_end_plate_shorter_than_a_millimeter_is_none(half, refused):
    lower = ((0.0, -half, 0.0), (0.0, 0.0, 0.0), (0.0, half, 0.0))
    upper = tuple((x, y, 20.0) for x, y, _ in lower)
    points = SixPoints(level=V.L3, upper=upper, lower=lower)
    if refused:
        with pytest.raises(InputRefusedError) as caught:
            points.heights_mm()
        assert caught.value.code == "same-points"
    else:
        assert points.heights_mm()["middle"] == pytest.approx(20.0)


@pytest.mark.parametrize("slide", [0.0, 3.0])
def test_end_plates_in_one_line_are_refused(slide):
    lower = tuple((0.0, y, 0.0) for y in DEPTHS)
    upper = tuple((0.0, y + slide, 0.0) for y in DEPTHS)
    with pytest.raises(InputRefusedError, match="The end-plates lie on each other") as caught:
        SixPoints(level=V.L3, upper=upper, lower=lower).heights_mm()
    assert caught.value.code == "same-points"


@pytest.mark.parametrize(
    ("given", "kind", "levels", "anterior"),
    [
        ({"prior": even(V.T12, 26.0)}, HeightReference.PRIOR_STUDY, (V.T12,), 26.0),
        (
            {
                "prior": even(V.T12, 26.0),
                "above": even(V.T11, 10.0),
                "below": even(V.L1, 12.0),
            },
            HeightReference.PRIOR_STUDY,
            (V.T12,),
            26.0,
        ),
        (
            {"above": even(V.T11, 22.0), "below": even(V.L1, 26.0)},
            HeightReference.BOTH_NEIGHBORS,
            (V.T11, V.L1),
            24.0,
        ),
        ({"above": even(V.T11, 22.0)}, HeightReference.ONE_NEIGHBOR, (V.T11,), 22.0),
        ({"below": even(V.L1, 26.0)}, HeightReference.ONE_NEIGHBOR, (V.L1,), 26.0),
        ({}, HeightReference.INTRINSIC, (), 24.0),
        # Not neighbors: by the adult heights T12 24.8, T10 22.4, L2 27.2.
        ({"above": even(V.T10, 22.4)}, HeightReference.ONE_NEIGHBOR, (V.T10,), 24.8),
        ({"below": even(V.L2, 13.6)}, HeightReference.ONE_NEIGHBOR, (V.L2,), 12.4),
        (
            {"above": even(V.T10, 22.4), "below": even(V.L1, 26.8)},
            HeightReference.BOTH_NEIGHBORS,
            (V.T10, V.L1),
            25.8,
        ),
        # T13 lies between T12 and L1 in the list, and is its own neighbor here.
        ({"below": even(V.T13, 20.0)}, HeightReference.ONE_NEIGHBOR, (V.T13,), 20.0),
    ],
)
def test_the_best_reference_at_hand_is_taken(given, kind, levels, anterior):
    own = made(V.T12, (12.0, 18.0, 24.0))
    found = reference_heights(own, **given)
    assert (found.kind, found.levels) == (kind, levels)
    assert found.heights_mm["anterior"] == pytest.approx(anterior)
    assert set(found.heights_mm) == (
        {"anterior"} if kind is HeightReference.INTRINSIC else set(SITES)
    )


def test_only_supernumerary_levels_between_make_neighbors():
    last = reference_heights(even(V.S1, 30.0), above=even(V.L5, 27.0))
    assert last.heights_mm["middle"] == pytest.approx(27.0)
    over_one = reference_heights(even(V.S1, 30.0), above=even(V.L4, 27.2))
    assert over_one.heights_mm["middle"] == pytest.approx(30.0)


@pytest.mark.parametrize(
    ("kind", "levels", "words"),
    [
        (HeightReference.PRIOR_STUDY, (V.T12,), "the same vertebra in a prior study (T12)"),
        (
            HeightReference.BOTH_NEIGHBORS,
            (V.T11, V.L1),
            "the mean of the nearest normal vertebrae above and below (T11, L1)",
        ),
        (
            HeightReference.ONE_NEIGHBOR,
            (V.L2,),
            "the nearest normal vertebra on one side (L2)",
        ),
        (HeightReference.INTRINSIC, (), "its own posterior height"),
    ],
)
def test_the_reference_is_named(kind, levels, words):
    reference = ReferenceHeights(heights_mm={"anterior": 25.0}, kind=kind, levels=levels)
    assert reference.words == words
    found = height_loss(made(V.T12, (20.0, 22.0, 25.0)), reference)
    assert found.method == f"{METHOD}; against {words}"
    weak = any(note.startswith("reference weak") for note in found.notes)
    assert weak is (kind is HeightReference.INTRINSIC)


@pytest.mark.parametrize(
    ("heights", "percent", "site", "borderline"),
    [
        ((20.0, 20.0, 20.0), 0.0, None, False),
        ((22.0, 21.0, 20.5), 0.0, None, False),
        ((15.0, 20.0, 20.0), 25.0, "anterior", False),
        ((20.0, 15.0, 20.0), 25.0, "middle", False),
        ((20.0, 20.0, 15.0), 25.0, "posterior", False),
        ((10.9, 20.0, 20.0), 45.5, "anterior", True),
        ((11.0, 20.0, 20.0), 45.0, "anterior", True),
        ((9.0, 20.0, 20.0), 55.0, "anterior", True),
        ((11.1, 20.0, 20.0), 44.5, "anterior", False),
        ((10.0, 20.0, 20.0), 50.0, "anterior", True),
        ((9.1, 20.0, 20.0), 54.5, "anterior", True),
        ((8.9, 20.0, 20.0), 55.5, "anterior", False),
        ((8.0, 10.0, 12.0), 60.0, "anterior", False),
        ((18.0, 6.0, 4.0), 80.0, "posterior", False),
    ],
)
def test_the_largest_loss_counts_and_the_limit_is_guarded(heights, percent, site, borderline):
    own = made(V.L1, heights)
    found = height_loss(own, reference_heights(own, prior=even(V.L1, 20.0)))
    assert found.value == pytest.approx(percent)
    assert found.borderline is borderline
    assert ("borderline: within 5 points of 50 %" in found.notes) is borderline
    if site is not None:
        assert found.notes[0] == f"largest at the {site} site"


def test_the_suggestion_shows_what_it_rests_on():
    own = made(V.L1, (14.04, 18.0, 24.0))
    found = height_loss(own, reference_heights(own, prior=even(V.L1, 24.0)))
    assert found.inputs == {"anterior": "14.0 mm", "middle": "18.0 mm", "posterior": "24.0 mm"}
    assert (found.name, found.unit, found.uncertainty) == ("height loss", "%", "± 5 points")


@pytest.mark.parametrize(
    ("heights", "note"),
    [
        ((12.0, 18.0, 24.0), "wedge ratio 0.50, biconcavity ratio 0.75"),
        ((24.0, 12.0, 24.0), "wedge ratio 1.00, biconcavity ratio 0.50"),
        ((30.0, 24.0, 24.0), "wedge ratio 1.25, biconcavity ratio 1.00"),
        ((20.0, 20.0, -1.0), None),
    ],
)
def test_wedge_and_biconcavity_are_told_against_the_back(heights, note):
    own = made(V.L1, heights)
    found = height_loss(own, reference_heights(own, prior=even(V.L1, 24.0)))
    shapes = [text for text in found.notes if "ratio" in text]
    assert shapes == ([] if note is None else [note])
