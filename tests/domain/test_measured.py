"""Height losses of a case come from its marks, against vertebrae that are not diseased."""

from __future__ import annotations

from dataclasses import replace

from tests.domain.readings import (
    FRAME,
    L1,
    T11,
    T12,
    UNSTABLE,
    empty_case,
    heights,
    mark,
    numbered_case,
    run,
)
from workstation.domain.commands import AddMark, SetSins
from workstation.domain.mark import MarkKind
from workstation.domain.measured import abnormal_levels, height_losses
from workstation.domain.sins_options import SinsCollapse


def test_the_loss_is_taken_against_the_normal_neighbors():
    case = run(
        numbered_case(),
        mark(T12),
        *(AddMark(mark=item) for item in (heights(T11, 24.0), heights(T12, 12.0), heights(L1, 26))),
    )
    found = height_losses(case)
    assert list(found) == [T11, T12, L1]
    assert found[T12].percent == 52.0
    assert found[T12].references == (T11, L1)
    assert not found[T12].weak


def test_a_diseased_or_collapsed_neighbor_is_no_reference():
    marks = [
        AddMark(mark=item) for item in (heights(T11, 24.0), heights(T12, 12.0), heights(L1, 20))
    ]
    collapsed = replace(UNSTABLE, collapse=SinsCollapse.LT50)
    case = run(numbered_case(), mark(T12), *marks, SetSins(level=L1, answers=collapsed))
    assert abnormal_levels(case) == {T12, L1}
    assert height_losses(case)[T12].percent == 50.0
    assert height_losses(case)[T12].references == (T11,)
    whole = run(case, SetSins(level=L1, answers=replace(UNSTABLE, collapse=SinsCollapse.NONE)))
    assert abnormal_levels(whole) == {T12}


def test_the_newest_mark_of_a_level_counts_and_other_kinds_do_not():
    case = run(
        numbered_case(),
        AddMark(mark=heights(T11, 20.0)),
        AddMark(mark=heights(T12, 20.0)),
        AddMark(mark=heights(T12, 15.0, mark_id="again")),
    )
    assert height_losses(case)[T12].percent == 25.0
    unnamed = replace(heights(T12, 5.0, mark_id="loose"), levels=())
    length = replace(heights(T12, 5.0, mark_id="length"), kind=MarkKind.DISTANCE)
    length = replace(length, points=length.points[:2])
    more = run(case, AddMark(mark=unnamed), AddMark(mark=length))
    assert height_losses(more) == height_losses(case)


def test_without_a_spine_or_marks_there_is_nothing_or_a_weak_reference():
    assert height_losses(numbered_case()) == {}
    alone = run(empty_case(), AddMark(mark=heights(T12, 15.0)))
    assert height_losses(alone)[T12].weak
    assert alone.marks[0].frame_of_reference_uid == FRAME
