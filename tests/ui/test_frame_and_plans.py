"""Plans into panes with every framing and preset, and frames that land where they should."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtGui import QImage

from tests.ui.tool_support import CENTER, plain_state
from tests.ui.window_support import make_volume
from workstation.app.protocol_data import PaneKind, Slab
from workstation.app.protocol_match import PanePlan
from workstation.base.errors import RenderError
from workstation.imaging.volume import Unit, VolumeKey, WindowSetting
from workstation.imaging.window import presets_for
from workstation.rendering.plane import PlaneName, SlabMode
from workstation.ui.frame_picture import draw_pane, png_bytes
from workstation.ui.hang_plans import (
    blend_note,
    is_volume_plan,
    plan_of,
    planned_state,
    preset_window,
    wanted_keys,
    with_fusion,
)
from workstation.ui.hanging import FUSED_RANGE_SUV
from workstation.ui.pane import Pane
from workstation.ui.pane_3d import Pane3d
from workstation.ui.pane_state import PROJECTION_MM

THROUGH = Slab(mode=SlabMode.MAXIMUM)
THICK = Slab(mode=SlabMode.MEAN, thickness_mm=10.0)
OTHER = VolumeKey(series_uid="9", index=0)


@pytest.fixture(scope="module")
def ct():
    return make_volume()


@pytest.fixture(scope="module")
def pet():
    return make_volume(series="9", modality="PT", unit=Unit.SUVBW)


@pytest.mark.parametrize(
    ("kind", "slab", "fused", "wanted"),
    [
        (PaneKind.SLICE, None, False, False),
        (PaneKind.SLICE, THICK, False, False),
        (PaneKind.SLICE, THROUGH, False, True),
        (PaneKind.SLICE, THROUGH, True, False),
        (PaneKind.VOLUME, None, False, True),
        (PaneKind.VOLUME, THICK, False, True),
    ],
)
def test_which_plans_want_a_3d_pane(ct, kind, slab, fused, wanted):
    plan = PanePlan(kind=kind, source=ct.key, slab=slab, fusion=OTHER if fused else None)
    assert is_volume_plan(plan) is wanted


@pytest.mark.parametrize("fusion", [None, OTHER])
def test_a_plan_wants_its_volumes_from_below(ct, fusion):
    expected = (ct.key,) if fusion is None else (ct.key, OTHER)
    assert wanted_keys(PanePlan(source=ct.key, fusion=fusion)) == expected


@pytest.mark.parametrize("plane", tuple(PlaneName))
@pytest.mark.parametrize("slab", [None, THICK, Slab(mode=SlabMode.MINIMUM, thickness_mm=3.0)])
def test_a_pane_shows_plane_and_slab_of_its_plan_and_gives_them_back(qapp, ct, plane, slab):
    state = planned_state(PanePlan(source=ct.key, plane=plane, slab=slab), ct)
    assert state.view.plane_name is plane
    assert state.view.slab_thickness_mm == (slab.thickness_mm if slab else 0.0)
    pane = Pane(1)
    pane.show_state(state)
    back = plan_of(pane)
    assert (back.plane, back.slab, back.source) == (plane, slab, ct.key)
    assert back.native is (plane is PlaneName.AXIAL)
    assert back.fusion is None


def test_every_preset_of_a_ct_is_set_and_read_back_by_name(qapp, ct):
    names = [item.name for item in presets_for(ct)]
    assert names
    for name in names:
        pane = Pane(1)
        pane.show_state(planned_state(PanePlan(source=ct.key, preset=name), ct))
        assert pane.state.window == preset_window(ct, name)
        assert plan_of(pane).preset == name


@pytest.mark.parametrize("name", ["", "bone", "No such window"])
def test_a_window_that_is_not_there_is_none(ct, name):
    assert preset_window(ct, name) is None


def test_a_slab_without_thickness_goes_through_the_patient(ct):
    state = planned_state(PanePlan(source=ct.key, slab=THROUGH), ct)
    assert state.view.slab_thickness_mm == 2.0 * PROJECTION_MM
    assert state.is_projection


@pytest.mark.parametrize(
    ("opacity", "words"), [(0.0, "0"), (0.62, "62"), (0.625, "62"), (1.0, "100")]
)
def test_a_blend_is_named_in_percent(opacity, words):
    assert blend_note(opacity) == f"fused {words} %"


@pytest.mark.parametrize("window", [None, WindowSetting(center=5.0, width=10.0)])
def test_a_fused_layer_lies_over_what_was_there(ct, pet, window):
    state = plain_state(volume=ct)
    fused = with_fusion(state, pet, window)
    assert fused.layers[0] is state.layers[0]
    assert fused.view == state.view
    assert fused.layers[1].window == (window or FUSED_RANGE_SUV)
    assert fused.layers[1].see_through


def test_an_empty_pane_of_either_kind_has_no_plan(qapp):
    assert plan_of(Pane(1)) is None
    assert plan_of(Pane3d(1)) is None


@pytest.mark.parametrize(
    ("name", "kind", "slab", "title"),
    [("ct", PaneKind.VOLUME, None, "Bone surface"), ("pet", PaneKind.SLICE, THROUGH, "PET MIP")],
)
def test_a_3d_pane_tells_its_plan(qapp, request, name, kind, slab, title):
    volume, pane = request.getfixturevalue(name), Pane3d(1)
    pane.show_volume(volume, None)
    plan = plan_of(pane)
    pane.close_view()
    assert (plan.kind, plan.slab, plan.title, plan.source) == (kind, slab, title, volume.key)
    assert is_volume_plan(plan)
    assert plan_of(pane) is None


@pytest.mark.parametrize(
    ("name", "words"), [("ct", "3D bone surface"), ("pet", "maximum projection")]
)
def test_a_3d_pane_says_what_it_is_while_it_prepares(qapp, request, name, words):
    pane = Pane3d(3)
    pane.show_volume(request.getfixturevalue(name), None)
    assert pane.accessibleName().startswith("Pane 3, ")
    assert pane.accessibleName().endswith(words)
    assert (pane.view, pane.moving, pane.render_frame((10, 10))) == (None, False, None)
    pane.close_view()
    assert pane.volume is None


def grey(image: QImage) -> np.ndarray:
    data = np.frombuffer(image.constBits(), dtype=np.uint8)
    return data.reshape(image.height(), image.bytesPerLine())[:, : 4 * image.width() : 4].copy()


@pytest.mark.parametrize(
    ("plane", "x_step", "y_step"),
    [(PlaneName.AXIAL, 1, 2), (PlaneName.SAGITTAL, 2, -3), (PlaneName.CORONAL, 1, -3)],
)
def test_a_frame_shows_the_values_where_they_lie(qapp, ct, plane, x_step, y_step):
    state = plain_state(plane, ct, field_mm=20.0)
    x, y, z = CENTER
    middle = x + 2 * y + 3 * z
    image = grey(
        draw_pane(state.with_window(WindowSetting(center=middle, width=200.0)), None, (40, 40))
    )
    for px, py in ((5, 5), (34, 5), (5, 34), (34, 34), (20, 20)):
        beyond = ((px - 19.5) * x_step + (py - 19.5) * y_step) * 0.5
        assert float(image[py, px]) == pytest.approx(127.5 + beyond * 255 / 200, abs=3.0)


@pytest.mark.parametrize("size", [(1, 1), (3, 2), (37, 21)])
def test_a_picture_has_the_size_that_was_asked_for_and_survives_as_png(qapp, ct, size):
    image = draw_pane(plain_state(volume=ct), None, size)
    again = QImage.fromData(png_bytes(image))
    assert (again.width(), again.height()) == size
    assert np.array_equal(grey(again.convertToFormat(QImage.Format.Format_RGBX8888)), grey(image))


def test_a_picture_without_pixels_is_refused(qapp):
    with pytest.raises(RenderError, match="could not be written"):
        png_bytes(QImage())


def test_a_prior_and_a_close_up_say_so(ct):
    assert planned_state(PanePlan(source=ct.key, prior=True), ct).note == "prior"
    assert planned_state(PanePlan(source=ct.key, title="Close-up"), ct).note == "close-up"
    assert planned_state(replace(PanePlan(source=ct.key), title="Bone"), ct).note == ""
