"""The spine map of the report: colors from the grades, labels and call-outs in millimeters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from workstation.base.paths import resource_path
from workstation.domain.answers import Missing
from workstation.domain.case import Case
from workstation.domain.lesion import Lesion
from workstation.domain.sins import SinsCategory
from workstation.domain.spine import Region, Spine, VertebralLevel, level_chain
from workstation.report.blocks import MapCallout, MapLevel, MapRegion, SpineMap
from workstation.report.figures import (
    LevelBox,
    LevelColors,
    SpineDrawing,
    color_spine,
    cropped,
    drawing_of_chain,
    pushed_apart,
    read_drawing,
)
from workstation.report.format import listed, moment, number_runs
from workstation.report.reading import Reading, sins_look
from workstation.report.words import MATRIX_WORDS, sins_total

PICTURE = "spine.svg"
WIDTH_MM = 70.0
HEIGHT_MM = 206.0
PICTURE_X_MM = 9.0
CALLOUT_X_MM = 45.5
MOST_DETAILED = 12
"""More marked levels than this get short call-outs; the table holds the detail."""
FARTHEST_MM = 14.0
"""A call-out that would have to move farther from its level than this is shortened."""

PAPER_FILLS: Mapping[SinsCategory, LevelColors] = {
    SinsCategory.STABLE: LevelColors(fill="#9CCBBF", edge="#1B6B5A"),
    SinsCategory.POTENTIALLY_UNSTABLE: LevelColors(fill="#EBC97A", edge="#8A5A00"),
    SinsCategory.UNSTABLE: LevelColors(fill="#DB8C7F", edge="#A3200D"),
}
PAPER_OPEN = LevelColors(fill="#C9D3E0", edge="#17375E")

_BRACKET_INSET = 0.03
_TITLE_MM = 4.2
_LINE_MM = 3.0
_GAP_MM = 1.2
_CHARACTERS_A_LINE = 19
_LEGEND = "Lateral schematic, not to scale. Bold level: lesion or grade. SINS:"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Scale:
    drawing: SpineDrawing
    mm_per_unit: float

    def y_mm(self, box: LevelBox) -> float:
        return round((box.cy - self.drawing.view_box[1]) * self.mm_per_unit, 2)

    def right_mm(self, box: LevelBox) -> float:
        left = self.drawing.view_box[0]
        return round(PICTURE_X_MM + (box.cx + box.w / 2 - left) * self.mm_per_unit, 2)


def shipped_drawing() -> SpineDrawing:
    """Return the lateral drawing of a spine without variants."""
    return read_drawing(
        resource_path("diagrams", "spine-lateral.svg").read_text(encoding="utf-8"),
        resource_path("diagrams", "spine-lateral.json").read_text(encoding="utf-8"),
    )


def chain_of(case: Case) -> tuple[VertebralLevel, ...]:
    """Return the levels to draw: the declared variants and every level that is marked."""
    variants = frozenset(item for spine in case.spines for item in spine.variants)
    named = set(level_chain(variants)) | set(case.levels_with_findings)
    return tuple(sorted(named, key=lambda level: level.order))


def spine_map(reading: Reading, height_mm: float = HEIGHT_MM) -> tuple[SpineMap, str]:
    """Return the map and the recolored SVG it places; a lower map has no call-outs."""
    whole = drawing_of_chain(shipped_drawing(), chain_of(reading.case))
    drawing = cropped(whole, above=5.0, below=3.0)
    scale = _Scale(drawing=drawing, mm_per_unit=height_mm / drawing.view_box[3])
    marked = reading.levels
    figure = SpineMap(
        heading="Spine map",
        picture=PICTURE,
        width_mm=WIDTH_MM,
        height_mm=height_mm,
        picture_x_mm=PICTURE_X_MM,
        picture_width_mm=round(drawing.view_box[2] * scale.mm_per_unit, 2),
        levels=tuple(
            MapLevel(name=level.value, y_mm=scale.y_mm(box), marked=level in marked)
            for level, box in drawing.levels.items()
        ),
        regions=tuple(_regions(scale)),
        callouts=tuple(_callouts(reading, scale)) if height_mm == HEIGHT_MM else (),
        callout_x_mm=CALLOUT_X_MM,
        legend=_LEGEND,
        note=numbering_words(reading.case.spines),
        alt=_alt(reading),
    )
    return figure, color_spine(drawing.svg, _fills(reading))


def _fills(reading: Reading) -> dict[VertebralLevel, LevelColors]:
    return {
        level: PAPER_FILLS[result.category] if result.category else PAPER_OPEN
        for level, result in reading.sins.items()
    }


def _regions(scale: _Scale) -> Iterator[MapRegion]:
    for region in (Region.CERVICAL, Region.THORACIC, Region.LUMBAR, Region.SACRAL):
        boxes = [box for level, box in scale.drawing.levels.items() if level.region is region]
        first, last = boxes[0], boxes[-1]
        half = scale.mm_per_unit / 2 - _BRACKET_INSET
        yield MapRegion(
            name=region.value,
            top_mm=round(scale.y_mm(first) - first.h * half, 2),
            bottom_mm=round(scale.y_mm(last) + last.h * half, 2),
        )


def _callouts(reading: Reading, scale: _Scale) -> Iterator[MapCallout]:
    levels = reading.levels
    titles = [_title(reading, level) for level in levels]
    anchors = [_anchor(scale, level) for level in levels]
    lines, centers = _placed(reading, titles, [y for _, y in anchors])
    for level, title, words, (x, y), center in zip(
        levels, titles, lines, anchors, centers, strict=True
    ):
        tone, mark = sins_look(reading.sins[level])
        yield MapCallout(
            title=title,
            value="" if words else f"SINS {sins_total(reading.sins[level])}",
            lines=words,
            tone=tone,
            mark=mark,
            x_anchor_mm=x,
            y_anchor_mm=y,
            y_mm=round(center, 2),
        )


def _placed(
    reading: Reading, titles: list[str], wanted: list[float]
) -> tuple[list[tuple[str, ...]], tuple[float, ...]]:
    """Return the call-outs' lines and centers: as much detail as keeps each near its level."""
    for writer in (_lines, _one_line, _no_line):
        lines = [writer(reading, level) for level in reading.levels]
        heights = [_height(title, words) for title, words in zip(titles, lines, strict=True)]
        centers = pushed_apart(wanted, heights, low=0.0, high=HEIGHT_MM, gap=_GAP_MM)
        moved = max((abs(a - b) for a, b in zip(wanted, centers, strict=True)), default=0.0)
        fits = moved <= FARTHEST_MM and sum(heights) + _GAP_MM * len(heights) <= HEIGHT_MM
        if fits and (writer is not _lines or len(titles) <= MOST_DETAILED):
            break
    return lines, centers


def _one_line(reading: Reading, level: VertebralLevel) -> tuple[str, ...]:
    return (f"SINS {sins_total(reading.sins[level])} · ESCC {reading.escc_words(level)}",)


def _no_line(_reading: Reading, _level: VertebralLevel) -> tuple[str, ...]:
    return ()


def _anchor(scale: _Scale, level: VertebralLevel) -> tuple[float, float]:
    """Return the right edge of the body; above C1 and below S5 for levels that are not drawn."""
    levels = scale.drawing.levels
    if level in levels:
        return scale.right_mm(levels[level]), scale.y_mm(levels[level])
    ordered = list(levels.values())
    if level.order < next(iter(levels)).order:
        return scale.right_mm(ordered[0]), 1.0
    return scale.right_mm(ordered[-1]), HEIGHT_MM - 1.0


def _title(reading: Reading, level: VertebralLevel) -> str:
    numbers = [lesion.number for lesion in _lesions(reading, level)]
    return f"{number_runs(numbers)} · {level}" if numbers else level.value


def _lesions(reading: Reading, level: VertebralLevel) -> list[Lesion]:
    return [lesion for lesion in reading.case.lesions if level in lesion.levels]


def _lines(reading: Reading, level: VertebralLevel) -> tuple[str, ...]:
    kinds = dict.fromkeys(
        MATRIX_WORDS[lesion.matrix].rstrip(".")
        for lesion in _lesions(reading, level)
        if not isinstance(lesion.matrix, Missing)
    )
    first = listed(kinds) if kinds else "Type not assessed"
    if not _lesions(reading, level):
        first = "No lesion marked"
    return (
        first,
        f"SINS {sins_total(reading.sins[level])}",
        f"ESCC {reading.escc_words(level)}",
    )


def _height(title: str, lines: tuple[str, ...]) -> float:
    rows = sum(-(-len(words) // _CHARACTERS_A_LINE) for words in lines)
    return _TITLE_MM * -(-len(title) // (_CHARACTERS_A_LINE - 2)) + _LINE_MM * rows


def numbering_words(spines: tuple[Spine, ...]) -> str:
    """Return how the levels were numbered, by whom, and which variants were declared."""
    if not spines:
        return "Levels not numbered on the images."
    return " ".join(dict.fromkeys(_numbered(spine) for spine in spines))


def _numbered(spine: Spine) -> str:
    how = spine.counted_from or "counting method not stated"
    if not spine.confirmed:
        return f"Numbering: {how}; not confirmed by a reader."
    by = f" by {spine.confirmed_by}" if spine.confirmed_by else ""
    variants = listed(sorted(variant.value for variant in spine.variants))
    declared = f" Declared variant: {variants}." if variants else ""
    return f"Numbering: {how}; confirmed{by}, {moment(spine.confirmed_at)}.{declared}"


def _alt(reading: Reading) -> str:
    if not reading.levels:
        return "Lateral drawing of the spine; no level carries a lesion or a grade."
    described = (
        f"{_title(reading, level)}: SINS {sins_total(reading.sins[level])}, "
        f"ESCC {reading.escc_words(level)}"
        for level in reading.levels
    )
    return f"Lateral drawing of the spine. {'; '.join(described)}."
