"""The words in the corners of a pane."""

from __future__ import annotations

import numpy as np

from workstation.domain.case import Case, KeyImage
from workstation.domain.spine import PointLps
from workstation.imaging.volume import Unit, Volume
from workstation.rendering.overlay import CornerContent
from workstation.rendering.plane import PlaneName
from workstation.rendering.slice_view import SliceLayer
from workstation.ui.pane_state import PaneState, slice_position, space_of, thickness_mm

MINUS = "−"
EVIDENCE_REACH_MM = 1.0
PARALLEL_COSINE = 0.999

_SHORT_UNITS: dict[Unit, str] = {
    Unit.SUVBW: "SUVbw",
    Unit.SUVLBM: "SUVlbm",
    Unit.SUVBSA: "SUVbsa",
}
_FORM_WORDS = {"sins": "SINS", "escc": "ESCC", "noms": "NOMS", "lesion": "Lesion"}


def short_unit(unit: Unit) -> str:
    """Return a unit as it stands over a color bar."""
    return _SHORT_UNITS.get(unit, unit.value)


def number_text(value: float, digits: int = 1) -> str:
    """Return a number with a true minus sign and no negative zero."""
    text = f"{value:.{digits}f}"
    if float(text) == 0.0:
        text = text.lstrip("-")
    return text.replace("-", MINUS)


def series_title(volume: Volume) -> str:
    """Return number and name of a series: "3  T2 sag 3D"."""
    identity = volume.identity
    name = identity.series_description or identity.modality or "Series"
    number = f"{identity.series_number}  " if identity.series_number is not None else ""
    return f"{number}{name}"


def pane_title(state: PaneState) -> str:
    """Return the first line of a pane; a fused pane names both series."""
    if len(state.layers) == 1:
        return series_title(state.volume)
    lower, upper = (layer.volume.identity for layer in (state.layers[0], state.layers[-1]))
    numbers = " + ".join(str(item.series_number or "") for item in (lower, upper)).strip(" +")
    return f"{numbers}  {lower.modality} with {upper.modality}"


def plane_line(state: PaneState) -> str:
    """Return the second line: plane, image i / n, thickness."""
    plane = state.view.plane_name.value.capitalize()
    if state.is_projection:
        return " · ".join(part for part in (plane, state.note) if part)
    thickness = f"{thickness_mm(state):.1f} mm"
    if state.level is not None and state.view.plane_name is PlaneName.AXIAL:
        return f"{plane}, parallel to {state.level} end-plate"
    position = slice_position(state)
    where = f"{position.number} / {position.count}"
    parts = [plane, where, thickness] if position.acquired else [f"{plane}, reformatted", thickness]
    if state.note:
        parts.append(state.note)
    return " · ".join(parts)


def window_line(layer: SliceLayer) -> str:
    """Return window and unit: "W 350  L 50  HU", or the range of a PET."""
    window, unit = layer.window, layer.volume.unit
    if unit in _SHORT_UNITS:
        low, high = window.center - window.width / 2, window.center + window.width / 2
        measure = unit.value.split()[0]
        return f"{short_unit(unit)} {_compact(low)}–{_compact(high)}  {measure}"
    return f"W {_compact(window.width)}  L {_compact(window.center)}  {unit.value}"


def _compact(value: float) -> str:
    digits = 0 if abs(value) >= 20 or float(value).is_integer() else 1
    if 0 < abs(value) < 1:
        digits = 2
    return number_text(value, digits)


def position_line(state: PaneState) -> str:
    """Return where the plane lies along its own axis, LPS mm."""
    axis = {PlaneName.SAGITTAL: 0, PlaneName.CORONAL: 1, PlaneName.AXIAL: 2}[state.view.plane_name]
    return f"{'xyz'[axis]} {number_text(state.view.center_lps[axis])} mm"


def level_text(case: Case | None, state: PaneState, point: PointLps) -> tuple[str, bool]:
    """Return the level at a point with "?" while it is only proposed, and whether it is sure."""
    spine = case.spine_for(space_of(state.volume)) if case is not None else None
    level = spine.level_at(point) if spine is not None else None
    if spine is None or level is None:
        return ("", True)
    return (str(level) if spine.confirmed else f"{level}?", spine.confirmed)


LISTED_ONLY = frozenset({"frame-of-reference-per-image"})
"""Findings that change no number and no place; the study list names them, the panes do not."""


def warning_lines(state: PaneState) -> tuple[str, ...]:
    """Return the chips of a pane: a mirrored picture first, then what reading found."""
    chips = ["⚠ Mirrored"] if state.view.mirrored else []
    for layer in state.layers:
        chips.extend(
            f"⚠ {first_clause(item.message)}"
            for item in layer.volume.findings
            if item.code not in LISTED_ONLY
        )
    return tuple(dict.fromkeys(chips))


def first_clause(sentence: str) -> str:
    """Return what a finding says before it explains itself; a chip has room for that."""
    for mark in (". ", "; "):
        sentence = sentence.split(mark)[0]
    return sentence.rstrip(".")


def evidence_badge(case: Case | None, state: PaneState) -> str:
    """Return what the shown slice is evidence for: "• ESCC and SINS", or nothing."""
    if case is None:
        return ""
    words: list[str] = []
    for image in case.key_images:
        if image.proves and _shows(state, image):
            words.extend(_FORM_WORDS.get(name.split(".")[0], "") for name in image.proves)
    kept = sorted({word for word in words if word})
    return f"• {' and '.join(kept)}" if kept else ""


def _shows(state: PaneState, image: KeyImage) -> bool:
    if image.series_uid != state.volume.identity.series_uid:
        return False
    cosine = abs(float(np.dot(image.direction, state.view.direction)))
    near = abs(state.view.distance_mm(image.center_lps)) < EVIDENCE_REACH_MM
    return cosine > PARALLEL_COSINE and near


def _third_line(state: PaneState) -> tuple[str, ...]:
    """Return how the picture was made where the second line has no room for it."""
    if state.level is not None and state.view.plane_name is PlaneName.AXIAL:
        return (f"Reformatted · {thickness_mm(state):.1f} mm",)
    words = state.volume.resampled
    return (f"{words[:1].upper()}{words[1:]}",) if words else ()


def corner_content(state: PaneState, case: Case | None, point: PointLps) -> CornerContent:
    """Return the words of the four corners; ``point`` is where the level is named, LPS mm."""
    level, confirmed = level_text(case, state, point)
    windows = tuple(window_line(layer) for layer in reversed(state.layers))
    return CornerContent(
        top_left=(pane_title(state), plane_line(state), *_third_line(state)),
        warnings=warning_lines(state),
        top_right=(level,) if level else (),
        badge=evidence_badge(case, state),
        bottom_left=(*windows, position_line(state)),
        level_confirmed=confirmed,
    )
