"""Prior readings for tests."""

from __future__ import annotations

from workstation.domain.answers import YesNo
from workstation.domain.escc import EsccGrade
from workstation.domain.lesion import Matrix, VertebraPart
from workstation.domain.prior import ChangeDecision, ChangeVerdict, Prior, PriorLesion, PriorLevel
from workstation.domain.spine import VertebralLevel


def full_prior() -> Prior:
    """A prior in which every field holds something other than its default."""
    return Prior(
        id="prior-1",
        date="2025-12-02",
        source="case case-0 version 1",
        study_uid="1.2.826.0.1.7",
        description="CT thoracolumbar spine",
        entered_by="R. Reader",
        lesions=(
            PriorLesion(
                id="prior-lesion-1",
                number=3,
                levels=(VertebralLevel.T12,),
                parts=frozenset({VertebraPart.PEDICLE_LEFT}),
                long_axis_mm=14.5,
                body_involved_pct=30.0,
                matrix=Matrix.LYTIC,
                treated=YesNo.NO,
                offset_lps=(4.0, -1.0, 0.5),
                modality="CT",
                sequence="T1",
                method="caliper",
            ),
        ),
        levels=(
            PriorLevel(
                level=VertebralLevel.T12,
                sins_low=7,
                sins_high=9,
                escc=EsccGrade.G1B,
                height_loss_pct=12.5,
                height_reference=(VertebralLevel.T11, VertebralLevel.L1),
            ),
        ),
        decisions=(ChangeDecision(lesion_id="lesion-1", verdict=ChangeVerdict.WORSE),),
    )
