from dataclasses import replace

import pytest

from workstation.base.errors import UsageError
from workstation.rendering.linked_views import (
    LinkedView,
    LinkSetting,
    follow_change,
    follow_cursor,
    same_space,
)
from workstation.rendering.plane import PlaneName, PlaneView, SlabMode


def pane(name, uid="1.2.3", center=(0.0, 0.0, 0.0), field_mm=200.0):
    view = PlaneView.for_plane(name, center, field_mm)
    return LinkedView(view=view, frame_of_reference_uid=uid)


@pytest.fixture
def panes():
    return {
        "axial": pane(PlaneName.AXIAL),
        "sagittal": pane(PlaneName.SAGITTAL),
        "coronal": pane(PlaneName.CORONAL),
        "axial PET": pane(PlaneName.AXIAL, center=(5.0, 5.0, 0.0), field_mm=400.0),
        "prior": pane(PlaneName.AXIAL, uid="9.9.9"),
    }


class TestSameSpace:
    def test_equal_uids(self):
        assert same_space(pane(PlaneName.AXIAL), pane(PlaneName.CORONAL))

    def test_different_uids(self):
        assert not same_space(pane(PlaneName.AXIAL), pane(PlaneName.AXIAL, uid="4"))

    def test_an_unknown_frame_is_never_the_same(self):
        assert not same_space(pane(PlaneName.AXIAL, uid=""), pane(PlaneName.AXIAL, uid=""))


class TestCursor:
    def test_each_plane_goes_through_the_point(self, panes):
        result = follow_cursor(panes, "axial", (12.0, -30.0, 44.0))
        assert result.views["sagittal"].center_lps == (12.0, 0.0, 0.0)
        assert result.views["coronal"].center_lps == (0.0, -30.0, 0.0)
        assert result.views["axial PET"].center_lps == (5.0, 5.0, 44.0)

    def test_the_active_pane_stays(self, panes):
        assert "axial" not in follow_cursor(panes, "axial", (12.0, -30.0, 44.0)).views

    def test_other_space_is_refused_in_words(self, panes):
        result = follow_cursor(panes, "axial", (12.0, -30.0, 44.0))
        assert result.refused == {"prior": "Not in the same space"}
        assert "prior" not in result.views

    def test_from_the_other_space_everything_is_refused(self, panes):
        result = follow_cursor(panes, "prior", (1.0, 2.0, 3.0))
        assert result.views == {}
        assert set(result.refused) == set(panes) - {"prior"}

    def test_a_point_out_of_sight_is_brought_to_the_middle(self, panes):
        result = follow_cursor(panes, "axial", (12.0, -30.0, 150.0))
        assert result.views["sagittal"].center_lps == (12.0, -30.0, 150.0)
        assert result.views["axial PET"].center_lps == (5.0, 5.0, 150.0)

    def test_panes_already_there_are_not_named(self, panes):
        assert follow_cursor(panes, "axial", (0.0, 0.0, 0.0)).views == {}

    def test_oblique_pane_keeps_its_direction(self, panes):
        oblique = PlaneView.oblique((0.0, 0.0, 0.0), (0.0, 0.3, 1.0), 200.0)
        panes["oblique"] = LinkedView(view=oblique, frame_of_reference_uid="1.2.3")
        point = (5.0, 10.0, 20.0)
        moved = follow_cursor(panes, "axial", point).views["oblique"]
        assert moved.direction == oblique.direction
        assert moved.distance_mm(point) == pytest.approx(0.0, abs=1e-9)

    def test_unknown_pane(self, panes):
        with pytest.raises(UsageError):
            follow_cursor(panes, "missing", (0.0, 0.0, 0.0))


class TestChange:
    def test_scroll_moves_parallel_panes_to_the_same_depth(self, panes):
        changed = panes["axial"].view.scrolled(7.0)
        result = follow_change(panes, "axial", changed, LinkSetting())
        assert set(result.views) == {"axial PET"}
        assert result.views["axial PET"].center_lps == (5.0, 5.0, 7.0)

    def test_scroll_brings_parallel_panes_together(self, panes):
        panes["axial PET"] = pane(PlaneName.AXIAL, center=(5.0, 5.0, 99.0))
        changed = panes["axial"].view.scrolled(7.0)
        result = follow_change(panes, "axial", changed, LinkSetting())
        assert result.views["axial PET"].center_lps == (5.0, 5.0, 7.0)

    def test_pan_is_shared_by_parallel_panes(self, panes):
        changed = panes["axial"].view.panned(-10.0, 0.0, (200, 200))
        result = follow_change(panes, "axial", changed, LinkSetting())
        assert result.views["axial PET"].center_lps == (15.0, 5.0, 0.0)

    def test_pan_can_stay_alone(self, panes):
        changed = panes["axial"].view.panned(-10.0, 0.0, (200, 200)).scrolled(3.0)
        result = follow_change(panes, "axial", changed, LinkSetting(pan=False))
        assert result.views["axial PET"].center_lps == (5.0, 5.0, 3.0)

    def test_a_mirrored_pane_is_parallel(self, panes):
        mirrored = panes["axial PET"].view.flip()
        panes["axial PET"] = replace(panes["axial PET"], view=mirrored)
        changed = panes["axial"].view.scrolled(7.0)
        moved = follow_change(panes, "axial", changed, LinkSetting()).views["axial PET"]
        assert moved.flipped
        assert moved.center_lps == (5.0, 5.0, 7.0)

    def test_zoom_is_shared_on_wish(self, panes):
        changed = panes["axial"].view.zoomed(2.0)
        assert follow_change(panes, "axial", changed, LinkSetting()).views == {}
        shared = follow_change(panes, "axial", changed, LinkSetting(zoom=True))
        assert {name: view.field_mm for name, view in shared.views.items()} == {
            "sagittal": 100.0,
            "coronal": 100.0,
            "axial PET": 100.0,
        }

    def test_slab_is_shared_on_wish(self, panes):
        changed = replace(panes["axial"].view, slab_thickness_mm=10.0, slab_mode=SlabMode.MAXIMUM)
        assert follow_change(panes, "axial", changed, LinkSetting()).views == {}
        shared = follow_change(panes, "axial", changed, LinkSetting(slab=True))
        assert all(view.slab_thickness_mm == 10.0 for view in shared.views.values())
        assert all(view.slab_mode is SlabMode.MAXIMUM for view in shared.views.values())
        assert len(shared.views) == 3

    def test_nothing_is_shared_across_spaces(self, panes):
        changed = panes["axial"].view.zoomed(2.0).scrolled(4.0)
        everything = LinkSetting(zoom=True, slab=True)
        result = follow_change(panes, "axial", changed, everything)
        assert "prior" not in result.views
        assert result.refused == {"prior": "Not in the same space"}

    def test_without_position_nothing_moves(self, panes):
        changed = panes["axial"].view.scrolled(7.0)
        result = follow_change(panes, "axial", changed, LinkSetting(position=False))
        assert result.views == {}
