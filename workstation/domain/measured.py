"""What the marks of a case say about its levels."""

from __future__ import annotations

from workstation.domain.case import Case
from workstation.domain.mark import MarkKind
from workstation.domain.mark_geometry import HeightLoss, loss_against_neighbors
from workstation.domain.sins_options import SinsCollapse
from workstation.domain.spine import VertebralLevel

_COLLAPSED = (SinsCollapse.LT50, SinsCollapse.GT50)


def abnormal_levels(case: Case) -> frozenset[VertebralLevel]:
    """Return the levels that are no reference for a height: with a lesion, or collapsed."""
    marked = {level for lesion in case.lesions for level in lesion.levels}
    marked.update(item.level for item in case.assessments if item.sins.collapse in _COLLAPSED)
    return frozenset(marked)


def height_losses(case: Case) -> dict[VertebralLevel, HeightLoss]:
    """Return the measured height loss of each level, from the head.

    Only levels whose six points the reader has set; the newest mark of a level counts.
    """
    abnormal = abnormal_levels(case)
    found: dict[VertebralLevel, HeightLoss] = {}
    for mark in case.marks:
        if mark.kind is not MarkKind.VERTEBRAL_HEIGHTS:
            continue
        spine = case.spine_for(mark.frame_of_reference_uid)
        loss = loss_against_neighbors(
            mark, case.marks, abnormal, variants=spine.variants if spine else frozenset()
        )
        if mark.level is not None and loss is not None:
            found[mark.level] = loss
    return dict(sorted(found.items(), key=lambda item: item[0].order))
