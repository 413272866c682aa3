"""The lateral spine drawing, recolored by level, and where everything on it stands.

One SVG serves screen and paper: the same recolored bytes go to QtSvg and to the PDF. The drawing
itself holds no state; fills come from the host, labels and call-outs are placed by the host with
the geometry returned here.
"""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from workstation.base.errors import ReportError
from workstation.domain.spine import VertebralLevel, level_chain

_SVG = "http://www.w3.org/2000/svg"
_PATH_NUMBERS = re.compile(r"-?\d+(?:\.\d+)?")
_COPIED_FROM = {VertebralLevel.T13: VertebralLevel.T12, VertebralLevel.L6: VertebralLevel.L5}


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelColors:
    """Fill and edge of one vertebral body."""

    fill: str
    edge: str
    edge_width: float = 1.7


@dataclass(frozen=True, slots=True, kw_only=True)
class SpineTheme:
    """Colors of the drawing where no level is marked (tokens.json, ``spine_map``)."""

    bone: str
    bone_edge: str
    posterior: str
    posterior_edge: str
    csf: str
    cord: str


PAPER_THEME = SpineTheme(
    bone="#EFEAE0",
    bone_edge="#655F55",
    posterior="#F3EFE7",
    posterior_edge="#A79F94",
    csf="#D5E6F0",
    cord="#9AA6B5",
)
DARK_THEME = SpineTheme(
    bone="#39434D",
    bone_edge="#7A8794",
    posterior="#262E37",
    posterior_edge="#55626E",
    csf="#1E3A52",
    cord="#5C6E80",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelBox:
    """Center and size of one vertebral body in drawing units."""

    cx: float
    cy: float
    w: float
    h: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SpineDrawing:
    """The drawing of one patient's chain of levels.

    Parameters
    ----------
    svg : str
    view_box : tuple of float
        x, y, width, height in drawing units.
    levels : mapping of level to LevelBox
        Every drawn level, from the head.
    """

    svg: str
    view_box: tuple[float, float, float, float]
    levels: Mapping[VertebralLevel, LevelBox]


def read_drawing(svg: str, geometry: str) -> SpineDrawing:
    """Return the drawing as shipped: ``spine-lateral.svg`` with its JSON of centers."""
    data = json.loads(geometry)
    x, y, width, height = (float(value) for value in data["viewBox"])
    levels = {VertebralLevel(name): LevelBox(**box) for name, box in data["levels"].items()}
    if not set(levels) <= set(_group_ids(svg)):
        raise ReportError("The spine drawing and its geometry name different levels.")
    return SpineDrawing(svg=svg, view_box=(x, y, width, height), levels=levels)


def _group_ids(svg: str) -> list[str]:
    return [group.get("id", "") for group in _groups(ElementTree.fromstring(svg))]


def _groups(root: ElementTree.Element) -> list[ElementTree.Element]:
    return [group for group in root.findall(f"{{{_SVG}}}g") if group.get("id")]


def _written(root: ElementTree.Element) -> str:
    ElementTree.register_namespace("", _SVG)
    return ElementTree.tostring(root, encoding="unicode")


def color_spine(
    svg: str,
    fills: Mapping[VertebralLevel, LevelColors],
    theme: SpineTheme = PAPER_THEME,
) -> str:
    """Return the drawing with the theme's colors and the bodies of ``fills`` in theirs."""
    root = ElementTree.fromstring(svg)
    csf, cord = root.findall(f"{{{_SVG}}}path")[:2]
    csf.set("stroke", theme.csf)
    cord.set("stroke", theme.cord)
    for group in _groups(root):
        level = VertebralLevel(group.get("id", ""))
        for path in group.findall(f"{{{_SVG}}}path"):
            _color_path(path, theme, fills.get(level))
    return _written(root)


def _color_path(path: ElementTree.Element, theme: SpineTheme, colors: LevelColors | None) -> None:
    if path.get("class") != "body":
        path.set("fill", theme.posterior)
        path.set("stroke", theme.posterior_edge)
        return
    path.set("fill", colors.fill if colors else theme.bone)
    path.set("stroke", colors.edge if colors else theme.bone_edge)
    if colors:
        path.set("stroke-width", f"{colors.edge_width:g}")


def cropped(drawing: SpineDrawing, *, above: float, below: float) -> SpineDrawing:
    """Return the drawing with its view box cut to the bodies, plus margins in drawing units."""
    boxes = list(drawing.levels.values())
    x, _, width, _ = drawing.view_box
    top = min(box.cy - box.h / 2 for box in boxes) - above
    bottom = max(box.cy + box.h / 2 for box in boxes) + below
    root = ElementTree.fromstring(drawing.svg)
    _set_view_box(root, (x, round(top, 2), width, round(bottom - top, 2)))
    return replace(
        drawing, svg=_written(root), view_box=(x, round(top, 2), width, round(bottom - top, 2))
    )


def _set_view_box(root: ElementTree.Element, box: tuple[float, float, float, float]) -> None:
    root.set("viewBox", " ".join(f"{value:g}" for value in box))
    root.set("width", f"{box[2]:g}")
    root.set("height", f"{box[3]:g}")


def drawing_of_chain(base: SpineDrawing, chain: Sequence[VertebralLevel]) -> SpineDrawing:
    """Return the drawing with exactly the drawable levels of ``chain``.

    T13 copies the T12 group and L6 the L5 group; the levels below move along. A level that the
    patient does not have is taken out and the rest closes up.
    """
    present = set(chain)
    drawing = base
    for extra, source in _COPIED_FROM.items():
        if extra in present and extra not in drawing.levels:
            drawing = _with_copy(drawing, extra, source)
    for level in tuple(drawing.levels):
        if level not in present:
            drawing = _without(drawing, level)
    return drawing


def standard_chain() -> tuple[VertebralLevel, ...]:
    """Return the levels of a spine without declared variants."""
    return level_chain()


def _with_copy(
    drawing: SpineDrawing, extra: VertebralLevel, source: VertebralLevel
) -> SpineDrawing:
    upper, lower = drawing.levels[source], _below(drawing, source)
    shift = (lower.cx - upper.cx, lower.cy - upper.cy)
    root = _shifted(drawing, source, shift)
    groups = _groups(root)
    original = next(group for group in groups if group.get("id") == source)
    copy = ElementTree.fromstring(ElementTree.tostring(original))
    copy.set("id", extra.value)
    _move(copy, shift)
    root.insert(list(root).index(original) + 1, copy)
    levels = _shifted_levels(drawing, source, shift)
    levels[extra] = _moved(upper, shift)
    return _resized(drawing, root, levels, shift[1])


def _without(drawing: SpineDrawing, level: VertebralLevel) -> SpineDrawing:
    here, lower = drawing.levels[level], _below(drawing, level)
    shift = (here.cx - lower.cx, here.cy - lower.cy)
    root = _shifted(drawing, level, shift)
    gone = next(group for group in _groups(root) if group.get("id") == level)
    root.remove(gone)
    levels = _shifted_levels(drawing, level, shift)
    del levels[level]
    return _resized(drawing, root, levels, shift[1])


def _below(drawing: SpineDrawing, level: VertebralLevel) -> LevelBox:
    ordered = list(drawing.levels)
    return drawing.levels[ordered[ordered.index(level) + 1]]


def _moved(box: LevelBox, shift: tuple[float, float]) -> LevelBox:
    return replace(box, cx=round(box.cx + shift[0], 2), cy=round(box.cy + shift[1], 2))


def _shifted_levels(
    drawing: SpineDrawing, level: VertebralLevel, shift: tuple[float, float]
) -> dict[VertebralLevel, LevelBox]:
    return {
        name: _moved(box, shift) if name.order > level.order else box
        for name, box in drawing.levels.items()
    }


def _shifted(
    drawing: SpineDrawing, level: VertebralLevel, shift: tuple[float, float]
) -> ElementTree.Element:
    """Return the drawing's tree with everything below ``level`` moved by ``shift``."""
    root = ElementTree.fromstring(drawing.svg)
    for group in _groups(root):
        if VertebralLevel(group.get("id", "")).order > level.order:
            _move(group, shift)
    start = drawing.levels[level].cy
    end = _below(drawing, level).cy
    for path in root.findall(f"{{{_SVG}}}path"):
        path.set("d", _bent(path.get("d", ""), shift, start, end))
    return root


def _move(group: ElementTree.Element, shift: tuple[float, float]) -> None:
    for path in group.iter(f"{{{_SVG}}}path"):
        path.set("d", _bent(path.get("d", ""), shift, float("-inf"), float("-inf")))


def _bent(data: str, shift: tuple[float, float], start: float, end: float) -> str:
    """Return absolute path data with points below ``end`` moved, and between in proportion."""
    numbers = [float(text) for text in _PATH_NUMBERS.findall(data)]
    moved: list[float] = []
    for x, y in zip(numbers[::2], numbers[1::2], strict=True):
        weight = 1.0 if y >= end else 0.0 if y <= start else (y - start) / (end - start)
        moved.extend((x + weight * shift[0], y + weight * shift[1]))
    values = iter(moved)
    return _PATH_NUMBERS.sub(lambda _: f"{next(values):.2f}", data)


def _resized(
    drawing: SpineDrawing,
    root: ElementTree.Element,
    levels: dict[VertebralLevel, LevelBox],
    taller: float,
) -> SpineDrawing:
    x, y, width, height = drawing.view_box
    height = round(height + taller, 2)
    _set_view_box(root, (x, y, width, height))
    ordered = dict(sorted(levels.items(), key=lambda item: item[0].order))
    return SpineDrawing(svg=_written(root), view_box=(x, y, width, height), levels=ordered)


def pushed_apart(
    wanted: Sequence[float], heights: Sequence[float], *, low: float, high: float, gap: float
) -> tuple[float, ...]:
    """Return centers near ``wanted`` whose boxes neither overlap nor leave ``low`` to ``high``.

    The order is kept, so that leaders never cross.

    Parameters
    ----------
    wanted : sequence of float, ascending
        Centers the boxes would like to have.
    heights : sequence of float
    gap : float
        Least free space between two boxes; given up evenly where all of them do not fit.
    """
    room = high - low - sum(heights)
    gap = min(gap, max(room, 0.0) / max(len(heights) - 1, 1))
    steps = [(a + b) / 2 + gap for a, b in pairwise(heights)]
    centers = _spread(list(wanted), steps)
    first, last = (heights[0] / 2, heights[-1] / 2) if heights else (0.0, 0.0)
    return tuple(_inside(centers, steps, low + first, high - last))


def _spread(wanted: list[float], steps: list[float]) -> list[float]:
    """Move overlapping neighbors apart as one cluster around their mean wish."""
    offsets = [0.0]
    for step in steps:
        offsets.append(offsets[-1] + step)
    clusters: list[tuple[float, int]] = []
    for wish, offset in zip(wanted, offsets, strict=False):
        clusters.append((wish - offset, 1))
        while len(clusters) > 1 and clusters[-2][0] > clusters[-1][0]:
            (a, m), (b, n) = clusters.pop(-2), clusters.pop()
            clusters.append(((a * m + b * n) / (m + n), m + n))
    starts = [start for start, count in clusters for _ in range(count)]
    return [start + offset for start, offset in zip(starts, offsets, strict=False)]


def _inside(centers: list[float], steps: list[float], low: float, high: float) -> list[float]:
    kept = list(centers)
    for index in range(len(kept)):
        floor = low if index == 0 else kept[index - 1] + steps[index - 1]
        kept[index] = max(kept[index], floor)
    for index in reversed(range(len(kept))):
        ceiling = high if index == len(kept) - 1 else kept[index + 1] - steps[index]
        kept[index] = min(kept[index], ceiling)
    return kept
