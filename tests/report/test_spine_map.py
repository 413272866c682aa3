"""The map of the report: labels, call-outs and colors agree with the grades."""

from __future__ import annotations

import itertools
import xml.etree.ElementTree as ElementTree
from dataclasses import replace

import pytest

from tests.report.report_cases import case_with_lesions, full_case, lesion, spine
from workstation.domain.answers import NOT_ASSESSED
from workstation.domain.case import Case
from workstation.domain.lesion import Matrix
from workstation.domain.sins import SinsCategory
from workstation.domain.spine import Spine, Variant, VertebralLevel
from workstation.report.blocks import Mark, SpineMap
from workstation.report.reading import read_case
from workstation.report.spine_map import (
    HEIGHT_MM,
    PAPER_FILLS,
    PAPER_OPEN,
    numbering_words,
    spine_map,
)

SVG = "{http://www.w3.org/2000/svg}"


def map_of(case: Case) -> tuple[SpineMap, str]:
    return spine_map(read_case(case, {}))


def body_fill(svg: str, level: str) -> str:
    root = ElementTree.fromstring(svg)
    group = next(item for item in root.iter(f"{SVG}g") if item.get("id") == level)
    path = next(item for item in group.iter(f"{SVG}path") if item.get("class") == "body")
    return path.get("fill", "")


def test_marked_levels_are_bold_and_take_the_color_of_their_category() -> None:
    figure, svg = map_of(full_case())
    assert [level.name for level in figure.levels if level.marked] == ["C5", "T8", "L2"]
    assert body_fill(svg, "T8") == PAPER_FILLS[SinsCategory.UNSTABLE].fill
    assert body_fill(svg, "L2") == PAPER_FILLS[SinsCategory.STABLE].fill
    assert body_fill(svg, "C5") == PAPER_OPEN.fill
    assert body_fill(svg, "T9") == "#EFEAE0"


def test_call_outs_say_number_level_type_and_grades() -> None:
    figure, _ = map_of(full_case())
    said = {callout.title: (callout.lines, callout.mark) for callout in figure.callouts}
    assert said == {
        "3 · C5": (("Lytic", "SINS 6–12", "ESCC not assessed"), Mark.RING),
        "1 · T8": (("Lytic", "SINS 14", "ESCC 2"), Mark.TRIANGLE),
        "2 · L2": (("Mixed", "SINS 3", "ESCC 1a"), Mark.DISC),
    }


def test_a_call_out_starts_at_the_body_of_its_level() -> None:
    figure, _ = map_of(full_case())
    labels = {level.name: level.y_mm for level in figure.levels}
    for callout in figure.callouts:
        level = callout.title.split(" · ")[-1]
        assert callout.y_anchor_mm == labels[level]
        assert figure.picture_x_mm < callout.x_anchor_mm < figure.callout_x_mm


def test_lesions_of_one_level_share_a_call_out() -> None:
    case = full_case()
    more = (*case.lesions, lesion(4, "T8", matrix=Matrix.BLASTIC), lesion(5, "T8"))
    figure, _ = map_of(replace(case, lesions=more))
    callout = next(item for item in figure.callouts if item.title.endswith("T8"))
    assert callout.title == "1, 4–5 · T8"
    assert callout.lines[0] == "Lytic and Blastic"


def test_a_graded_level_without_a_lesion_says_so() -> None:
    figure, _ = map_of(replace(full_case(), lesions=()))
    callout = next(item for item in figure.callouts if item.title == "T8")
    assert callout.lines[0] == "No lesion marked"


def test_a_lesion_whose_type_nobody_read_says_so() -> None:
    case = full_case()
    untyped = tuple(replace(item, matrix=NOT_ASSESSED) for item in case.lesions)
    figure, _ = map_of(replace(case, lesions=untyped))
    assert {item.lines[0] for item in figure.callouts} == {"Type not assessed"}


@pytest.mark.parametrize("count", [1, 3, 12, 13, 29])
def test_call_outs_stay_inside_and_in_order(count: int) -> None:
    figure, _ = map_of(case_with_lesions(count))
    assert len(figure.callouts) == count
    centers = [item.y_mm for item in figure.callouts]
    assert centers == sorted(centers)
    assert all(0 <= center <= HEIGHT_MM for center in centers)
    for upper, lower in itertools.pairwise(centers):
        assert lower - upper > 3.0


def test_many_call_outs_are_shortened_instead_of_wandering() -> None:
    figure, _ = map_of(case_with_lesions(29))
    assert all(item.lines == () for item in figure.callouts)
    assert figure.callouts[0].value == "SINS 16"
    for callout in figure.callouts:
        assert abs(callout.y_mm - callout.y_anchor_mm) < 14.0


def test_regions_bracket_their_levels() -> None:
    figure, _ = map_of(full_case())
    assert [region.name for region in figure.regions] == [
        *("cervical", "thoracic", "lumbar", "sacral")
    ]
    for upper, lower in itertools.pairwise(figure.regions):
        assert upper.top_mm < upper.bottom_mm <= lower.top_mm + 1.5


def test_declared_variants_are_drawn_and_named() -> None:
    variants = frozenset({Variant.THIRTEEN_RIBS, Variant.SIX_LUMBAR})
    figure, svg = map_of(replace(full_case(), spines=(spine(variants=variants),)))
    names = [level.name for level in figure.levels]
    assert len(names) == 31
    assert names[names.index("T12") + 1] == "T13"
    assert 'id="L6"' in svg
    assert figure.note.endswith("Declared variant: L6 and T13.")
    assert figure.levels[-1].y_mm < HEIGHT_MM


@pytest.mark.parametrize(("level", "near_top"), [("C0", True), ("Co", False)])
def test_levels_that_are_not_drawn_hang_at_the_ends(level: str, near_top: bool) -> None:
    case = replace(full_case(), lesions=(lesion(1, level),), assessments=())
    figure, _ = map_of(case)
    (callout,) = figure.callouts
    assert callout.title == f"1 · {level}"
    assert (callout.y_anchor_mm < 10.0) is near_top
    assert (callout.y_anchor_mm > HEIGHT_MM - 10.0) is not near_top
    assert level not in [item.name for item in figure.levels]


def test_how_the_levels_were_numbered_is_printed() -> None:
    assert numbering_words((spine(),)) == (
        "Numbering: counted from C2; confirmed by Dr Zoë Königsberg, 2026-03-14 15:50 +01:00."
    )
    assert numbering_words((spine(confirmed=False),)) == (
        "Numbering: counted from C2; not confirmed by a reader."
    )
    assert numbering_words((Spine(frame_of_reference_uid="1", series_uid="2"),)) == (
        "Numbering: counting method not stated; not confirmed by a reader."
    )
    assert numbering_words(()) == "Levels not numbered on the images."
    assert numbering_words((spine(), spine())).count("Numbering") == 1


def test_the_alt_text_names_every_marked_level() -> None:
    figure, _ = map_of(full_case())
    for words in ("1 · T8: SINS 14, ESCC 2", "2 · L2: SINS 3, ESCC 1a", "3 · C5: SINS 6–12"):
        assert words in figure.alt
    bare, _ = map_of(case_with_lesions(0))
    assert bare.alt.endswith("no level carries a lesion or a grade.")


def test_the_coccyx_has_no_score_and_a_ring() -> None:
    case = replace(full_case(), lesions=(lesion(1, "Co"),), assessments=())
    reading = read_case(case, {})
    assert reading.sins[VertebralLevel.CO].refused
    (callout,) = spine_map(reading)[0].callouts
    assert callout.mark is Mark.RING
    assert "SINS not computed" in callout.lines
