"""Key images: from a pane to what the case keeps, and back to the same picture."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
from PySide6.QtGui import QImage

from workstation.base.errors import CommandRefusedError, WorkstationError
from workstation.domain.case import Case, KeyImage
from workstation.imaging.volume import Volume, VolumeKey, WindowSetting
from workstation.rendering.plane import PlaneView
from workstation.report.picture import KeyImagePicture
from workstation.ui.frame_picture import Size, draw_pane, png_bytes
from workstation.ui.hanging import grey_layer
from workstation.ui.pane_state import PaneState, slice_position, space_of
from workstation.ui.pane_texts import series_title
from workstation.ui.reading_context import ReadingContext, TextMode

PICTURE_SIZE: Size = (340, 255)
PICTURE_RATIO = 4.0
"""Small enough that letters and scale stay legible at 59 mm width on paper, yet sharp there."""

VolumeSource = Callable[[VolumeKey], Volume | None]


def key_image_of(
    state: PaneState, case: Case, *, image_id: str, created_at: str, proves: tuple[str, ...] = ()
) -> KeyImage:
    """Return what the case keeps of a pane.

    Raises
    ------
    CommandRefusedError
        For a mirrored view, a projection or a fused one: they could not be shown again exactly.
    """
    refusal = _refusal(state)
    if refusal:
        raise CommandRefusedError(refusal, code="key-image")
    identity, view = state.volume.identity, state.view
    return KeyImage(
        id=image_id,
        study_uid=identity.study_uid,
        series_uid=identity.series_uid,
        volume_index=state.volume.volume_index,
        frame_of_reference_uid=space_of(state.volume),
        center_lps=view.center_lps,
        direction=view.direction,
        up=view.up,
        field_mm=view.field_mm,
        window_center=state.window.center,
        window_width=state.window.width,
        plane="Oblique" if view.is_oblique else view.plane_name.value.capitalize(),
        lesion_number=_lesion_shown(state, case),
        proves=proves,
        created_at=created_at,
    )


def _refusal(state: PaneState) -> str:
    if state.view.flipped:
        return "A mirrored view is not kept as a key image. Turn the mirror off first."
    if state.is_projection or state.view.slab_thickness_mm > 0:
        return "A projection is not kept as a key image yet. Choose a slice."
    if len(state.layers) > 1:
        return "A fused view is not kept as a key image yet. Choose one of its series."
    return ""


def _lesion_shown(state: PaneState, case: Case) -> int | None:
    """Return the number of the lesion that is cut nearest to the middle of the pane."""
    view, space = state.view, space_of(state.volume)
    cut = [
        lesion
        for lesion in case.lesions
        if lesion.frame_of_reference_uid == space
        and abs(view.distance_mm(lesion.center_lps)) < lesion.radius_mm
    ]
    if not cut:
        return None
    middle = np.asarray(view.center_lps)
    nearest = min(cut, key=lambda item: float(np.linalg.norm(middle - item.center_lps)))
    return nearest.number


def state_of(image: KeyImage, volume: Volume) -> PaneState:
    """Return the pane state that shows a key image again."""
    view = PlaneView(
        center_lps=image.center_lps,
        direction=image.direction,
        upright=image.up,
        field_mm=image.field_mm,
    )
    window = WindowSetting(center=image.window_center, width=image.window_width)
    return PaneState(layers=(replace(grey_layer(volume), window=window),), view=view)


def context_for(image: KeyImage, case: Case) -> ReadingContext:
    """Return what is drawn over a key image: marks, levels, letters, scale."""
    lesion = next((item for item in case.lesions if item.number == image.lesion_number), None)
    return ReadingContext(
        case=case,
        level=lesion.level if lesion is not None else None,
        lines=False,
        text=TextMode.SHORT,
    )


def render_key_image(
    image: KeyImage, volume: Volume, case: Case, size_px: Size, ratio: float = 1.0
) -> QImage:
    """Return a key image as the pane showed it.

    Parameters
    ----------
    image : KeyImage
    volume : Volume
        The volume it names.
    case : Case
    size_px : tuple of int
        Width and height in logical pixels; the height shows ``image.field_mm``.
    ratio : float
        Device pixels per logical pixel.

    Raises
    ------
    RenderError
        When it cannot be drawn.
    """
    return draw_pane(state_of(image, volume), context_for(image, case), size_px, ratio)


def letters_words(state: PaneState) -> str:
    """Return the orientation letters as words: "left A, right P, top H, bottom F"."""
    letters = state.view.letters()
    edges = ("left", "right", "top", "bottom")
    return ", ".join(f"{edge} {getattr(letters, edge)}" for edge in edges)


def key_image_picture(
    image: KeyImage, case: Case, volume: Volume, size_px: Size = PICTURE_SIZE
) -> KeyImagePicture:
    """Return the picture of a key image with what the report prints beside it."""
    state = state_of(image, volume)
    pixels = render_key_image(image, volume, case, size_px, PICTURE_RATIO)
    position = slice_position(state)
    where = f", image {position.number} of {position.count}" if position.acquired else ""
    return KeyImagePicture(
        png=png_bytes(pixels),
        width_mm=image.field_mm * size_px[0] / size_px[1],
        height_mm=image.field_mm,
        letters=letters_words(state),
        source=f"Series {series_title(volume)}{where}",
    )


def render_images(case: Case, volume_of: VolumeSource) -> Mapping[str, KeyImagePicture]:
    """Return the pictures of every key image of a case, by its id.

    Parameters
    ----------
    case : Case
    volume_of : callable
        Gives the volume of a key, or None when it is not open here.
    """
    pictures = {}
    for image in case.key_images:
        key = VolumeKey(series_uid=image.series_uid, index=image.volume_index)
        try:
            volume = volume_of(key)
            if volume is None:
                reason = "The images this picture was taken from are not open here."
                pictures[image.id] = KeyImagePicture(missing=reason)
                continue
            pictures[image.id] = key_image_picture(image, case, volume)
        except WorkstationError as error:
            pictures[image.id] = KeyImagePicture(missing=error.message)
    return pictures
