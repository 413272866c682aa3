"""The words of the SINS form: titles, lines and definitions of components and options.

Agreement: Fourney et al. 2011 and Campos et al. 2014 (inter-observer kappa).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from workstation.domain.sins_options import (
    SinsAlignment,
    SinsBoneLesion,
    SinsCategory,
    SinsCollapse,
    SinsComponent,
    SinsLocation,
    SinsOption,
    SinsPain,
    SinsPosterolateral,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class OptionText:
    """Title and one line of an option."""

    title: str
    line: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ComponentText:
    """Title, definition and options of a component, options from least to most severe.

    ``kappa`` is the range of published inter-observer agreement, None where readers agree well.
    """

    title: str
    definition: str
    options: Mapping[SinsOption, OptionText]
    kappa: tuple[float, float] | None = None


AGREEMENT_SOURCES = (
    "Fourney DR et al. J Clin Oncol 2011;29:3072-3077",
    "Campos M et al. Spine J 2014;14:1466",
)

CATEGORY_TITLES: Mapping[SinsCategory, str] = {
    SinsCategory.STABLE: "Stable",
    SinsCategory.POTENTIALLY_UNSTABLE: "Potentially unstable",
    SinsCategory.UNSTABLE: "Unstable",
}

CONSULT = "Surgical consultation recommended"

COMPONENT_TEXTS: Mapping[SinsComponent, ComponentText] = {
    SinsComponent.LOCATION: ComponentText(
        title="Location",
        definition="From the level label. Transitional anatomy (T13, L6, ...): choose by hand. "
        "Coccyx: not covered.",
        options={
            SinsLocation.RIGID: OptionText(title="Rigid", line="S2-S5"),
            SinsLocation.SEMIRIGID: OptionText(title="Semirigid", line="T3-T10"),
            SinsLocation.MOBILE: OptionText(title="Mobile", line="C3-C6, L2-L4"),
            SinsLocation.JUNCTIONAL: OptionText(
                title="Junctional", line="Occiput-C2, C7-T2, T11-L1, L5-S1"
            ),
        },
    ),
    SinsComponent.PAIN: ComponentText(
        title="Pain",
        definition="Mechanical: relieved by lying down and/or provoked by movement or loading. "
        "Any mechanical element decides, also with night pain. Constant pain without these: not "
        "mechanical. Radicular only: ask the surgeon.",
        options={
            SinsPain.NONE: OptionText(title="None", line="pain-free lesion"),
            SinsPain.NONMECHANICAL: OptionText(
                title="Not mechanical", line="not changed by load or by lying"
            ),
            SinsPain.MECHANICAL: OptionText(
                title="Mechanical", line="worse on load or movement, and/or better lying"
            ),
        },
    ),
    SinsComponent.BONE_LESION: ComponentText(
        title="Bone lesion",
        definition="Read on CT. Lytic: bone is gone, soft-tissue density, cortex may break. "
        "Blastic: denser than normal marrow. Mixed: both in this vertebra. MRI signal does not "
        "show lysis reliably.",
        options={
            SinsBoneLesion.BLASTIC: OptionText(title="Blastic", line="denser, cortex kept"),
            SinsBoneLesion.MIXED: OptionText(title="Mixed", line="both, lytic and blastic"),
            SinsBoneLesion.LYTIC: OptionText(title="Lytic", line="hole, ragged cortex"),
        },
        kappa=(0.21, 0.24),
    ),
    SinsComponent.ALIGNMENT: ComponentText(
        title="Alignment",
        definition="New (de novo) only: compare with the prior. No degrees or millimeters are "
        "published; you judge. Old listhesis, degenerative scoliosis, unchanged kyphosis: normal. "
        "Translation outranks kyphosis.",
        options={
            SinsAlignment.NORMAL: OptionText(
                title="Normal", line="or deformity already on prior images"
            ),
            SinsAlignment.DEFORMITY: OptionText(
                title="New deformity", line="de novo kyphosis or scoliosis"
            ),
            SinsAlignment.TRANSLATION: OptionText(
                title="Translation", line="subluxation or translation"
            ),
        },
        kappa=(0.45, 0.46),
    ),
    SinsComponent.COLLAPSE: ComponentText(
        title="Collapse",
        definition="Tumor collapse of the body, worst of front, middle, back. No lower limit is "
        "published; exactly 50 % counts as <50 %. Old benign fracture: none. Cement: score what "
        'is left, flagged "augmented".',
        options={
            SinsCollapse.NONE: OptionText(title="None", line="no collapse, ≤50 % involved"),
            SinsCollapse.INVOLVED_GT50: OptionText(title=">50 % involved", line="no collapse"),
            SinsCollapse.LT50: OptionText(title="<50 %", line="collapse, up to half"),
            SinsCollapse.GT50: OptionText(title=">50 %", line="collapse, more than half"),
        },
        kappa=(0.42, 0.46),
    ),
    SinsComponent.POSTEROLATERAL: ComponentText(
        title="Posterolateral",
        definition="Facet, pedicle or costovertebral joint, fractured or replaced by tumor. Side "
        "counts, not structure. Lamina, transverse or spinous process alone: none. Rib head with "
        "a spared joint: none.",
        options={
            SinsPosterolateral.NONE: OptionText(title="None", line="neither side"),
            SinsPosterolateral.UNILATERAL: OptionText(title="Unilateral", line="left or right"),
            SinsPosterolateral.BILATERAL: OptionText(title="Bilateral", line="both sides"),
        },
        kappa=(0.29, 0.49),
    ),
}
"""The form's words for each component, in the order of the score."""
