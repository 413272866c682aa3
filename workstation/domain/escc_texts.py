"""The words of the ESCC form: questions, captions, definitions, the cauda equina descriptor.

Sources: Bilsky et al. 2010 (grades); Vanderbilt group, AANS 2025 poster abstract (descriptor).
"""

from __future__ import annotations

from collections.abc import Mapping

from workstation.domain.escc_options import (
    CaudaEquinaGrade,
    CompressionCause,
    EpiduralPosition,
    EsccConvention,
    EsccGrade,
    EsccModality,
)

QUESTIONS: tuple[str, ...] = (
    "Epidural tumor present?",
    "Thecal sac deformed?",
    "Cord touched (no CSF between sac wall and cord)?",
    "Cord compressed or displaced?",
    "Any CSF visible around the cord at this level?",
)
"""Questions 1 to 5."""

CAPTIONS: Mapping[EsccGrade, str] = {
    EsccGrade.G0: "bone only",
    EsccGrade.G1A: "epidural, sac intact",
    EsccGrade.G1B: "sac indented",
    EsccGrade.G1C: "touches cord",
    EsccGrade.G2: "compressed, CSF seen",
    EsccGrade.G3: "compressed, no CSF",
}
"""Caption under each picture."""

DEFINITIONS: Mapping[EsccGrade, str] = {
    EsccGrade.G0: "Tumor confined to bone; nothing in the epidural space",
    EsccGrade.G1A: "Epidural tumor, sac not deformed",
    EsccGrade.G1B: "Sac deformed, cord not touched",
    EsccGrade.G1C: "Sac deformed, in contact with the cord, cord neither compressed nor displaced",
    EsccGrade.G2: "Cord compressed, CSF visible",
    EsccGrade.G3: "Cord compressed, no CSF visible",
}
"""One phrase for the result and the report."""

CONVENTION_TITLES: Mapping[EsccConvention, str] = {
    EsccConvention.NOMS: "NOMS convention: 2 and 3",
    EsccConvention.REFERENCE_SITE: "reference-site convention: 2 and 3, 1c not settled",
    EsccConvention.SINGAPORE: "Singapore imaging convention: 1c, 2 and 3",
}
"""What each convention calls high-grade."""

MODALITY_TITLES: Mapping[EsccModality, str] = {
    EsccModality.MRI: "MRI",
    EsccModality.CT_MYELOGRAM: "CT myelogram",
    EsccModality.CT_SCREENING: "CT screening",
}

CAUSE_TITLES: Mapping[CompressionCause, str] = {
    CompressionCause.TUMOR: "Tumor",
    CompressionCause.BONE: "Bone",
    CompressionCause.DISC: "Disc",
    CompressionCause.HEMATOMA: "Hematoma",
    CompressionCause.MIXED: "Mixed",
}

POSITION_TITLES: Mapping[EpiduralPosition, str] = {
    EpiduralPosition.ANTERIOR: "anterior",
    EpiduralPosition.LATERAL_RIGHT: "lateral right",
    EpiduralPosition.LATERAL_LEFT: "lateral left",
    EpiduralPosition.POSTERIOR: "posterior",
}

CAUDA_EQUINA_TITLES: Mapping[CaudaEquinaGrade, str] = {
    CaudaEquinaGrade.BONE_ONLY: "bone only",
    CaudaEquinaGrade.SAC_LT50: "sac indented, <50 % effaced",
    CaudaEquinaGrade.SAC_GE50: "≥50 % of the sac effaced",
    CaudaEquinaGrade.SAC_EFFACED: "entire sac effaced, no CSF",
    CaudaEquinaGrade.ROOTS_BUNCHED: "as 3, roots bunched above the block",
}
"""Proposed 2025 in a conference abstract, not validated."""
