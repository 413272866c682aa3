import numpy as np
import pytest

from workstation.base.errors import InputRefusedError
from workstation.domain.spine import LandmarkState, Variant, VertebralLevel, level_chain
from workstation.imaging.spine.curve import SpineCurve
from workstation.imaging.spine.interpolate import interpolated_spine, prior_scale
from workstation.imaging.spine.priors import center_distance_mm, prior_positions_mm

L = VertebralLevel


def by_level(landmarks):
    return {mark.level: mark for mark in landmarks}


def test_one_click_is_returned_alone():
    (mark,) = interpolated_spine({L.T8: (1.0, 2.0, 3.0)})
    assert (mark.level, mark.center_lps) == (L.T8, (1.0, 2.0, 3.0))
    assert mark.state is LandmarkState.CLICKED


def test_two_clicks_share_a_straight_line_by_the_priors():
    marks = by_level(interpolated_spine({L.L1: (0.0, 0.0, 0.0), L.L4: (0.0, 30.0, -100.0)}))
    assert list(marks) == [L.L1, L.L2, L.L3, L.L4]
    first = center_distance_mm(L.L1, L.L2)
    whole = prior_positions_mm([L.L1, L.L2, L.L3, L.L4])[-1]
    expected = np.array([0.0, 30.0, -100.0]) * first / whole
    assert marks[L.L2].center_lps == pytest.approx(expected)
    assert marks[L.L2].state is LandmarkState.PROPOSED
    assert marks[L.L4].state is LandmarkState.CLICKED


def test_prior_distance_by_hand():
    assert center_distance_mm(L.L1, L.L2) == pytest.approx(26.4 / 2 + 8.4 + 27.2 / 2)
    assert center_distance_mm(L.T12, L.L1) == pytest.approx(24.8 / 2 + 7.4 + 26.4 / 2)


def test_clicked_points_stay_where_they_are():
    clicked = {L.C7: (1.0, 5.0, 300.0), L.T6: (3.0, 40.0, 150.0), L.L2: (0.0, 10.0, -70.0)}
    marks = by_level(interpolated_spine(clicked))
    assert len(marks) == 15
    for level, point in clicked.items():
        assert marks[level].center_lps == point
        assert marks[level].state is LandmarkState.CLICKED


def test_order_of_clicks_does_not_matter():
    clicked = {L.L5: (0.0, 0.0, -200.0), L.T10: (0.0, 20.0, 0.0), L.L2: (0.0, 25.0, -90.0)}
    forward = interpolated_spine(clicked)
    assert forward == interpolated_spine(dict(reversed(clicked.items())))


def test_three_clicks_follow_a_curve():
    def arc(angle):
        return (0.0, 400.0 - 400.0 * np.cos(angle), -400.0 * np.sin(angle))

    clicked = {L.T1: arc(0.0), L.T8: arc(0.4), L.L1: arc(0.75)}
    for mark in interpolated_spine(clicked):
        x, y, z = mark.center_lps
        assert np.hypot(400.0 - y, z) == pytest.approx(400.0, abs=4.0)
        assert x == pytest.approx(0.0)


@pytest.mark.parametrize(
    ("variants", "levels"),
    [
        (frozenset(), [L.T11, L.T12, L.L1, L.L2]),
        (frozenset({Variant.THIRTEEN_RIBS}), [L.T11, L.T12, L.T13, L.L1, L.L2]),
        (frozenset({Variant.ELEVEN_RIBS}), [L.T11, L.L1, L.L2]),
    ],
)
def test_variants_decide_which_levels_lie_between(variants, levels):
    clicked = {L.T11: (0.0, 0.0, 0.0), L.L2: (0.0, 0.0, -100.0)}
    assert [mark.level for mark in interpolated_spine(clicked, variants)] == levels


def test_six_lumbar_vertebrae():
    clicked = {L.L4: (0.0, 0.0, 0.0), L.S1: (0.0, 0.0, -110.0)}
    marks = interpolated_spine(clicked, frozenset({Variant.SIX_LUMBAR}))
    assert [mark.level for mark in marks] == [L.L4, L.L5, L.L6, L.S1]


def test_undeclared_level_is_refused():
    with pytest.raises(InputRefusedError, match="variant is declared"):
        interpolated_spine({L.T13: (0.0, 0.0, 0.0)})
    with pytest.raises(InputRefusedError):
        interpolated_spine({L.T12: (0.0, 0.0, 0.0)}, frozenset({Variant.ELEVEN_RIBS}))


def test_reversed_names_are_refused():
    with pytest.raises(InputRefusedError, match="T8 was marked below L1"):
        interpolated_spine({L.T8: (0.0, 0.0, -50.0), L.L1: (0.0, 0.0, 60.0)})


def test_coinciding_clicks_are_refused():
    with pytest.raises(InputRefusedError):
        interpolated_spine({L.T8: (0.0, 0.0, 5.0), L.T9: (0.0, 0.0, 5.0)})


def test_scale_tells_a_skipped_level():
    chain = level_chain()
    length = prior_positions_mm([L.L1, L.L2, L.L3, L.L4])[-1]
    right = {L.L1: (0.0, 0.0, 0.0), L.L4: (0.0, 0.0, -length)}
    wrong = {L.L1: (0.0, 0.0, 0.0), L.L3: (0.0, 0.0, -length)}
    assert prior_scale(right, chain) == pytest.approx(1.0)
    assert prior_scale(wrong, chain) > 1.25


def test_curve_passes_its_points_and_knows_its_length():
    points = np.array([[0.0, 0, 0], [0, 3, -40], [0, 0, -80], [5, -8, -120]])
    curve = SpineCurve(points)
    assert curve.at_arc(curve.knot_arc_mm) == pytest.approx(points, abs=1e-6)
    straight = SpineCurve(points[:2])
    assert straight.knot_arc_mm[-1] == pytest.approx(np.linalg.norm(points[1]))


def test_curve_with_one_point():
    with pytest.raises(InputRefusedError):
        SpineCurve(np.array([[0.0, 0, 0], [0.0, 0, 0]]))


def test_priors_cover_every_level_of_every_variant():
    every = level_chain(frozenset({Variant.THIRTEEN_RIBS, Variant.SIX_LUMBAR}))
    steps = np.diff(prior_positions_mm(every))
    assert (steps > 0).all()
