"""Key images: what a pane showed, kept and shown again."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtGui import QImage

from tests.ui.window_support import (
    FRAME,
    PLANES,
    make_desk,
    make_spine,
    make_state,
    make_volume,
    oblique,
)
from workstation.base.errors import CommandRefusedError
from workstation.domain.case import Case
from workstation.domain.changes import apply
from workstation.domain.commands import AddKeyImage, AddLesion
from workstation.imaging.volume import Unit, VolumeKey, WindowSetting
from workstation.rendering.plane import PlaneName, PlaneView
from workstation.ui.evidence_desk import EvidenceDesk
from workstation.ui.frame_picture import draw_pane, png_bytes
from workstation.ui.key_image import (
    PICTURE_RATIO,
    PICTURE_SIZE,
    key_image_of,
    key_image_picture,
    letters_words,
    render_images,
    render_key_image,
    state_of,
)
from workstation.ui.pane_state import PROJECTION_MM
from workstation.ui.reading_context import ReadingContext

SIZE = (400, 300)


def case() -> Case:
    return Case(id="c", created_at="2026-03-14T10:00:00+01:00")


def kept(state, shown: Case | None = None, **more):
    return key_image_of(
        state, shown or case(), image_id="k1", created_at="2026-03-14T10:01:00+01:00", **more
    )


def pixels(image: QImage) -> np.ndarray:
    plain = image.convertToFormat(QImage.Format.Format_RGBA8888)
    data = np.frombuffer(plain.constBits(), dtype=np.uint8)
    return data.reshape(plain.height(), plain.width(), 4).copy()


@pytest.mark.parametrize("plane", PLANES)
@pytest.mark.parametrize("turn", [0.0, 35.0])
def test_a_key_image_shows_the_same_pixels_again(plane, turn):
    volume = make_volume()
    state = make_state(volume, plane)
    state = state.with_view(state.view.rotated(turn).zoomed(1.7, (14.0, -24.0, 33.0)))
    again = state_of(kept(state), volume)
    first = pixels(draw_pane(state, None, SIZE))
    second = pixels(draw_pane(again, None, SIZE))
    assert np.abs(first.astype(int) - second.astype(int)).max() <= 1
    assert again.view.letters() == state.view.letters()
    assert first[..., 0].std() > 5


def test_an_oblique_plane_is_called_so():
    state = make_state(make_volume())
    view = PlaneView.oblique((10.0, -20.0, 30.0), oblique(15.0)[:, 2], 80.0, PlaneName.AXIAL)
    assert kept(state.with_view(view)).plane == "Oblique"
    assert kept(state).plane == "Axial"


@pytest.mark.parametrize("case_name", ["mirrored", "projection", "fused"])
def test_what_could_not_be_shown_again_is_refused(case_name):
    state = make_state(make_volume())
    pet = make_volume(series="9", modality="PT", unit=Unit.SUVBW)
    bad = {
        "mirrored": state.with_view(state.view.flip()),
        "projection": state.with_view(replace(state.view, slab_thickness_mm=PROJECTION_MM)),
        "fused": state.with_layers((*state.layers, replace(state.layers[0], volume=pet))),
    }[case_name]
    with pytest.raises(CommandRefusedError, match="not kept"):
        kept(bad)


def lesion(name: str, center, radius_mm: float = 6.0) -> AddLesion:
    return AddLesion(
        id=name,
        center_lps=center,
        radius_mm=radius_mm,
        frame_of_reference_uid=FRAME,
        series_uid="s",
    )


def test_the_lesion_nearest_to_the_middle_is_named():
    state = make_state(make_volume())
    x, y, z = state.view.center_lps
    shown = apply(apply(case(), lesion("a", (x + 15, y, z))), lesion("b", (x + 2, y, z)))
    assert kept(state, shown).lesion_number == 2
    assert kept(state.with_view(state.view.scrolled(12.0)), shown).lesion_number is None


def test_the_picture_has_its_pixels_and_its_extent():
    volume = make_volume()
    state = make_state(volume)
    picture = key_image_picture(kept(state), case(), volume)
    image = QImage.fromData(picture.png)
    width, height = PICTURE_SIZE
    assert (image.width(), image.height()) == (PICTURE_RATIO * width, PICTURE_RATIO * height)
    assert picture.height_mm == pytest.approx(state.view.field_mm)
    assert picture.width_mm == pytest.approx(state.view.field_mm * width / height)
    assert picture.letters == "left R, right L, top A, bottom P"
    assert picture.source == "Series 3  T2 sag, image 20 of 40"


def test_marks_and_letters_are_in_the_picture():
    volume = make_volume()
    state = make_state(volume)
    shown = apply(case(), lesion("a", state.view.center_lps))
    image = kept(state, shown)
    bare = pixels(draw_pane(state_of(image, volume), None, SIZE))
    full = pixels(render_key_image(image, volume, shown, SIZE))
    differing = (bare != full).any(axis=-1)
    # The letter at the left edge, and the outline around the middle.
    assert differing[130:170, 0:30].any()
    assert differing[100:200, 150:250].any()


def test_a_series_that_is_not_open_is_said():
    volume = make_volume()
    shown = apply(case(), AddKeyImage(image=kept(make_state(volume))))
    (missing,) = render_images(shown, lambda key: None).values()
    assert missing.png == b""
    assert "not open" in missing.missing
    found = render_images(shown, {volume.key: volume}.get)
    assert found["k1"].png.startswith(b"\x89PNG")


def test_letters_in_words_follow_the_view():
    state = make_state(make_volume(), PlaneName.SAGITTAL)
    assert letters_words(state) == "left A, right P, top H, bottom F"


def test_a_picture_without_context_has_no_overlay():
    state = make_state(make_volume())
    bare = pixels(draw_pane(state, None, SIZE))
    full = pixels(draw_pane(state, ReadingContext(), SIZE))
    assert not np.array_equal(bare, full)
    assert png_bytes(draw_pane(state, None, (40, 30))).startswith(b"\x89PNG")


@pytest.mark.parametrize("ratio", [1.0, 1.25, 1.5, 2.0])
def test_device_pixels_grow_with_the_ratio(ratio):
    image = draw_pane(make_state(make_volume()), ReadingContext(), SIZE, ratio)
    assert (image.width(), image.height()) == (round(400 * ratio), round(300 * ratio))


class OneVolume:
    """A library that has one volume in memory."""

    def __init__(self, volume) -> None:
        self.only = volume

    def volume(self, key: VolumeKey):
        return self.only if key == self.only.key else None

    request = volume


@pytest.fixture
def evidence(qtbot, session, messages):
    made = make_desk(session, messages)
    qtbot.addWidget(made.grid)
    session.new()
    volume = make_volume()
    made.show([make_state(volume, plane) for plane in PLANES])
    made.grid.show()
    yield made, EvidenceDesk(session, OneVolume(volume), made.desk, messages)
    made.grid.close_views()


def test_evidence_adds_what_it_proves_to_the_same_image(evidence):
    desk, shown = evidence
    shown.attach("sins.T9.pain")
    shown.attach("sins.T9.collapse")
    shown.attach("sins.T9.collapse")
    (image,) = desk.session.case.key_images
    assert image.proves == ("sins.T9.pain", "sins.T9.collapse")


def test_evidence_goes_to_the_field_in_focus(evidence):
    desk, shown = evidence
    shown.attach()
    assert "No form field" in desk.messages.current.text
    desk.session.change_view(focused_field="escc.T9")
    shown.attach()
    assert desk.session.case.key_images[0].proves == ("escc.T9",)


def test_another_window_is_another_image(evidence):
    desk, shown = evidence
    shown.toggle()
    pane = desk.desk.active_slice_pane()
    pane.show_state(pane.state.with_window(WindowSetting(center=1.0, width=2.0)))
    shown.toggle()
    assert len(desk.session.case.key_images) == 2


def test_small_pictures_are_made_once(evidence):
    from PySide6.QtCore import QSize

    desk, shown = evidence
    shown.toggle()
    (image,) = desk.session.case.key_images
    first = shown.picture(image, QSize(80, 60))
    assert (first.width(), first.height()) == (80, 60)
    assert shown.picture(image, QSize(80, 60)) is first
    foreign = replace(image, series_uid="9")
    assert shown.picture(foreign, QSize(80, 60)) is None


def test_going_to_evidence_uses_a_pane_of_its_plane(evidence):
    desk, shown = evidence
    coronal = next(p for p in desk.desk.slice_panes() if p.state.view.plane_name == "coronal")
    desk.grid.set_active(coronal)
    shown.toggle()
    (image,) = desk.session.case.key_images
    desk.grid.set_active(desk.pane(0))
    coronal.show_state(coronal.state.with_view(coronal.state.view.scrolled(9.0)))
    shown.go_to(image.id)
    assert desk.grid.active is coronal
    assert abs(coronal.state.view.distance_mm(image.center_lps)) < 1e-6
    shown.go_to("gone")
    assert desk.grid.active is coronal


def test_levels_of_the_case_are_in_the_picture():
    volume = make_volume()
    state = make_state(volume, PlaneName.SAGITTAL)
    numbered = replace(case(), spines=(make_spine("T9", "T10", confirmed=True),))
    plain = pixels(render_key_image(kept(state), volume, case(), SIZE))
    labelled = pixels(render_key_image(kept(state), volume, numbered, SIZE))
    assert not np.array_equal(plain, labelled)
