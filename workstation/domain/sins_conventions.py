"""The conventions S-01 to S-28: what the published score leaves open, as printed sentences.

Source: clinical reference, section 1.4. They are software conventions, not published rules.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence

from workstation.domain.answers import UNKNOWN
from workstation.domain.flags import Flag
from workstation.domain.sins_options import (
    PosterolateralPart,
    SinsAnswers,
    SinsCollapse,
    SinsContext,
    SinsLocation,
    SinsPain,
    SinsPosterolateral,
    has_costovertebral_joint,
    location_of,
    sides_marked,
)
from workstation.domain.spine import Region, Variant, VertebralLevel, level_chain

CONVENTIONS: Mapping[str, str] = {
    "S-01": "Borderline 50 %: a height loss of exactly 50 % counts as <50 %.",
    "S-02": "Borderline 50 %: involvement of exactly 50 % does not count as >50 %.",
    "S-03": "Collapse with >50 % of the body involved: only the collapse counts.",
    "S-04": "The option >50 % involved needs no collapse.",
    "S-05": "Whether a height loss is a collapse is the reader's decision.",
    "S-06": "Old or benign compression is not tumor collapse.",
    "S-07": "Augmented: the height loss that is left is scored as collapse.",
    "S-08": "Component not defined at this level.",
    "S-09": "Night and mechanical pain: any mechanical element decides.",
    "S-10": "Constant pain without a mechanical element counts as not mechanical.",
    "S-11": "Radicular pain only: ask the surgeon whether it is mechanical radiculopathy.",
    "S-12": "Pain unknown: no history available; a clinician can complete it.",
    "S-13": "Lesion type inferred from MRI.",
    "S-14": "Treated lesion: score not validated after radiotherapy.",
    "S-15": "Translation and new deformity: only the translation counts.",
    "S-16": "Deformity already on prior images is not new: alignment normal.",
    "S-17": "Supine: deformity may be underestimated; consider upright radiographs.",
    "S-18": "Both sides by different structures: the side counts, not the structure.",
    "S-19": "Lamina, transverse or spinous process alone is not posterolateral involvement.",
    "S-20": "The costovertebral joint exists only at T1 to T12; it is not counted here.",
    "S-21": "Rib head with a spared joint is not counted.",
    "S-22": "Each lesion has its own score; scores are never added.",
    "S-23": "Contiguous lesion: each vertebra is scored, the highest is the index level; the score "
    "was built for a single lesion.",
    "S-24": "Instrumented level: SINS not computed. A total from before surgery can be entered as "
    "historical.",
    "S-25": "Irradiated: the fracture risk after radiation is not part of the score.",
    "S-26": "Transitional anatomy: location chosen by hand.",
    "S-27": "The lesion crosses a zone border: two vertebrae, two scores.",
    "S-28": "Primary tumor.",
}
"""The sentence printed for each convention."""

NO_PRIOR = "No prior: new or old is your judgment."
WHICH_SIDE = "Which side? Mark the part on the right or left."
ROWS_DIFFER = "The marked parts and the answer differ: {rows} is marked."
LOCATION_IGNORED = "The location follows the level label; the one chosen by hand is not used."

_CONTEXT_CODES: Mapping[SinsContext, str] = {
    SinsContext.BORDERLINE_COLLAPSE: "S-01",
    SinsContext.BORDERLINE_INVOLVEMENT: "S-02",
    SinsContext.INVOLVED_WITH_COLLAPSE: "S-03",
    SinsContext.OLD_FRACTURE: "S-06",
    SinsContext.AUGMENTED: "S-07",
    SinsContext.RADICULAR_ONLY: "S-11",
    SinsContext.MRI_ONLY: "S-13",
    SinsContext.TREATED: "S-14",
    SinsContext.DEFORMITY_WITH_TRANSLATION: "S-15",
    SinsContext.PREEXISTING_DEFORMITY: "S-16",
    SinsContext.SUPINE_ONLY: "S-17",
    SinsContext.OTHER_ARCH_PARTS: "S-19",
    SinsContext.RIB_HEAD_ONLY: "S-21",
    SinsContext.CONTIGUOUS: "S-23",
    SinsContext.INSTRUMENTED: "S-24",
    SinsContext.IRRADIATED: "S-25",
    SinsContext.PRIMARY_TUMOR: "S-28",
}


def convention(code: str) -> Flag:
    """Return the flag of one convention."""
    return Flag(code=code, text=CONVENTIONS[code])


def sins_flags(
    level: VertebralLevel, answers: SinsAnswers, *, transitional: bool
) -> tuple[Flag, ...]:
    """Return every convention that acts on these answers, in order of the codes."""
    found = [
        *(convention(code) for item, code in _CONTEXT_CODES.items() if item in answers.context),
        *_level_flags(level, answers, transitional=transitional),
        *_pain_flags(answers),
        *_side_flags(level, answers),
    ]
    if SinsContext.NO_PRIOR in answers.context:
        found.append(Flag(code="NO_PRIOR", text=NO_PRIOR))
    return tuple(sorted(found, key=lambda flag: (not flag.code.startswith("S-"), flag.code)))


def _level_flags(
    level: VertebralLevel, answers: SinsAnswers, *, transitional: bool
) -> Iterator[Flag]:
    if level in (VertebralLevel.C0, VertebralLevel.C1):
        yield convention("S-08")
    if transitional:
        yield convention("S-26")
    elif isinstance(answers.location, SinsLocation) and answers.location is not location_of(level):
        yield Flag(code="LOCATION_IGNORED", text=LOCATION_IGNORED)


def _pain_flags(answers: SinsAnswers) -> Iterator[Flag]:
    if answers.pain is UNKNOWN:
        yield convention("S-12")
    if answers.pain is SinsPain.MECHANICAL and SinsContext.NIGHT_PAIN in answers.context:
        yield convention("S-09")
    if answers.pain is SinsPain.NONMECHANICAL and SinsContext.CONSTANT_PAIN in answers.context:
        yield convention("S-10")


_RIB_JOINT = frozenset({PosterolateralPart.COSTOVERTEBRAL})


def _side_flags(level: VertebralLevel, answers: SinsAnswers) -> Iterator[Flag]:
    absent = frozenset() if has_costovertebral_joint(level) else _RIB_JOINT
    right = answers.posterolateral_right - absent
    left = answers.posterolateral_left - absent
    if absent & (answers.posterolateral_right | answers.posterolateral_left):
        yield convention("S-20")
    if right and left and right.isdisjoint(left):
        yield convention("S-18")
    yield from _row_flags(answers, right, left)


def _row_flags(
    answers: SinsAnswers,
    right: frozenset[PosterolateralPart],
    left: frozenset[PosterolateralPart],
) -> Iterator[Flag]:
    if answers.posterolateral is SinsPosterolateral.UNILATERAL and not right | left:
        yield Flag(code="WHICH_SIDE", text=WHICH_SIDE)
    elif (right or left) and answers.posterolateral is not sides_marked(right, left):
        rows = sides_marked(right, left).value
        yield Flag(code="ROWS_DIFFER", text=ROWS_DIFFER.format(rows=rows))


def contiguous_flags(levels: Sequence[VertebralLevel]) -> tuple[Flag, ...]:
    """Return the conventions for lesions on several levels: S-22, and S-23, S-27 for neighbors."""
    if len(levels) < 2:
        return ()
    ordered = sorted(levels, key=lambda level: level.order)
    chain = level_chain(_declared(ordered))
    neighbors = [
        (upper, lower)
        for upper, lower in itertools.pairwise(ordered)
        if chain.index(lower) - chain.index(upper) == 1
    ]
    codes = ["S-22"]
    if neighbors:
        codes.append("S-23")
    if any(location_of(upper) is not location_of(lower) for upper, lower in neighbors):
        codes.append("S-27")
    return tuple(convention(code) for code in codes)


def _declared(levels: Sequence[VertebralLevel]) -> frozenset[Variant]:
    named = {VertebralLevel.T13: Variant.THIRTEEN_RIBS, VertebralLevel.L6: Variant.SIX_LUMBAR}
    return frozenset(named[level] for level in levels if level in named)


def disabled_reason(option: SinsCollapse, answer: object) -> str | None:
    """Return why a collapse option cannot be chosen beside the present answer (S-04)."""
    collapsed = answer is SinsCollapse.LT50 or answer is SinsCollapse.GT50
    if option is SinsCollapse.INVOLVED_GT50 and collapsed:
        return "needs no collapse"
    return None


def proposed_collapse(level: VertebralLevel) -> SinsCollapse | None:
    """Return the collapse option to propose at C0 and C1, which have no body (S-08, M-02)."""
    return SinsCollapse.NONE if level in (VertebralLevel.C0, VertebralLevel.C1) else None


def suggested_location(level: VertebralLevel, variants: frozenset[Variant]) -> SinsLocation | None:
    """Return the hint for a transitional level (S-26), None where there is none.

    Junctional for the lowest mobile segment and the first fixed one.
    """
    chain = level_chain(variants)
    lumbar = [item for item in chain if item.region is Region.LUMBAR]
    first_fixed = chain.index(lumbar[-1]) + 1
    if Variant.SACRALIZED_L5 in variants:
        first_fixed -= 1
    if Variant.LUMBARIZED_S1 in variants:
        first_fixed += 1
    junction = chain[first_fixed - 1 : first_fixed + 1]
    return SinsLocation.JUNCTIONAL if level in junction else None
