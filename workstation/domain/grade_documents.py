"""The answer documents of ``batson grade``, parsed strictly and graded.

Formats: clinical reference section 12; key names of the results: product specification section 5.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import TypeVar

from workstation.base.errors import CommandRefusedError
from workstation.domain.answers import NOT_ASSESSED, UNKNOWN, Missing, YesNo
from workstation.domain.clinical import (
    BoneMetastases,
    FrankelGrade,
    GrowthClass,
    Kps,
    OrganMetastases,
    PrimarySite,
    SystemicFacts,
    VisceralMetastases,
)
from workstation.domain.document_fields import DocumentFields, named_level, refuse
from workstation.domain.escc import (
    CompressionCause,
    EsccAnswers,
    EsccConvention,
    EsccGrade,
    EsccModality,
    Reply,
    assess_escc,
)
from workstation.domain.grade_results import (
    Answer,
    escc_result_document,
    noms_result_document,
    sins_levels_document,
    sins_result_document,
    survival_result_document,
)
from workstation.domain.noms import NomsInput, assess_noms
from workstation.domain.noms_axes import HIGH_GRADES
from workstation.domain.noms_table import (
    MechanicalAxis,
    NeurologicAxis,
    OncologicAxis,
    SystemicAxis,
)
from workstation.domain.radiosensitivity import Histology
from workstation.domain.sins import SinsResult, assess_sins, index_level
from workstation.domain.sins_conventions import contiguous_flags
from workstation.domain.sins_derivation import AlignmentFinding, RawPart, RawSins, derive_answers
from workstation.domain.sins_options import SinsBoneLesion, SinsContext, SinsLocation, SinsPain
from workstation.domain.spine import VertebralLevel
from workstation.domain.survival import (
    SurvivalResult,
    contradictions,
    modified_bauer,
    nesms,
    tokuhashi,
    tomita,
)

E = TypeVar("E", bound=StrEnum)


def _words(kind: type[E]) -> dict[str, E]:
    return {member.value: member for member in kind}


_SINS_REQUIRED = (
    "levels",
    "pain",
    "lesion",
    "alignment",
    "height_loss_pct",
    "collapse",
    "involved_pct",
    "pl_left",
    "pl_right",
)
_SINS_OPTIONAL = ("location", "transitional", "instrumented", "context")


def grade_sins(document: object) -> Answer:
    """Return the SINS of the level or levels in a raw-findings document.

    Besides the fields of the reference: ``location`` (chosen by hand) and ``transitional`` for
    transitional anatomy, ``instrumented``, and ``context``, a list of the words of
    :class:`SinsContext`.
    """
    fields = DocumentFields(document, required=_SINS_REQUIRED, optional=_SINS_OPTIONAL)
    levels = _levels(fields)
    raw = _raw_sins(fields)
    transitional = fields.marked("transitional")
    results = {level: _sins_at(level, raw, transitional=transitional) for level in levels}
    refused = tuple(f"{level}: {r.refused}" for level, r in results.items() if r.refused)
    if len(results) == 1:
        return Answer(document=sins_result_document(results[levels[0]]), refused=refused)
    several = sins_levels_document(
        results, index=index_level(results), flags=contiguous_flags(levels)
    )
    return Answer(document=several, refused=refused, partly=len(refused) < len(results))


def _levels(fields: DocumentFields) -> tuple[VertebralLevel, ...]:
    levels = tuple(named_level("levels", item) for item in fields.items("levels"))
    if not levels or len(set(levels)) != len(levels):
        raise refuse("levels", "must name at least one vertebra, each once.")
    return levels


def _raw_sins(fields: DocumentFields) -> RawSins:
    stated = fields.options("context", _words(SinsContext))
    context = frozenset() if isinstance(stated, Missing) else stated
    if fields.marked("instrumented"):
        context |= {SinsContext.INSTRUMENTED}
    return RawSins(
        pain=fields.option("pain", _words(SinsPain)),
        lesion=fields.option("lesion", _words(SinsBoneLesion)),
        alignment=fields.options("alignment", _words(AlignmentFinding)),
        height_loss_pct=fields.number("height_loss_pct", 0.0, 100.0),
        collapse=fields.yes_no("collapse"),
        involved_pct=fields.number("involved_pct", 0.0, 100.0),
        parts_left=fields.options("pl_left", _words(RawPart)),
        parts_right=fields.options("pl_right", _words(RawPart)),
        location=fields.option("location", _words(SinsLocation)),
        context=context,
    )


def _sins_at(level: VertebralLevel, raw: RawSins, *, transitional: bool) -> SinsResult:
    try:
        answers = derive_answers(raw, level)
    except CommandRefusedError as error:
        left = not isinstance(raw.parts_left, Missing) and RawPart.COSTOVERTEBRAL in raw.parts_left
        raise refuse("pl_left" if left else "pl_right", error.message) from None
    return assess_sins(level, answers, transitional=transitional)


_REPLIES: Mapping[object, Reply] = {
    "y": YesNo.YES,
    "n": YesNo.NO,
    "?": UNKNOWN,
    None: NOT_ASSESSED,
}


def grade_escc(document: object) -> Answer:
    """Return the ESCC grade of an answers document, or the set that is still possible."""
    optional = ("level", "conus", "modality", "cause", "convention")
    fields = DocumentFields(document, required=("answers",), optional=optional)
    level = fields.level("level")
    answers = EsccAnswers(
        questions=_questions(fields),
        modality=fields.option("modality", _words(EsccModality)),
        cause=fields.option("cause", _words(CompressionCause)),
    )
    try:
        result = assess_escc(
            answers,
            level=None if isinstance(level, Missing) else level,
            conus=fields.level("conus"),
            convention=fields.plain("convention", _words(EsccConvention), EsccConvention.NOMS),
        )
    except CommandRefusedError as error:
        raise refuse("answers", error.message) from None
    refused = (result.refused,) if result.refused else ()
    return Answer(document=escc_result_document(result), refused=refused)


def _questions(fields: DocumentFields) -> tuple[Reply, Reply, Reply, Reply, Reply]:
    items = fields.items("answers")
    if len(items) > 5 or not all(item is None or isinstance(item, str) for item in items):
        raise refuse("answers", "must hold at most five of y, n, ?.")
    if any(item not in _REPLIES for item in items):
        raise refuse("answers", "use y, n, ? or null.")
    replies = [_REPLIES[item] for item in items] + [NOT_ASSESSED] * 5
    first, second, third, fourth, fifth = replies[:5]
    return (first, second, third, fourth, fifth)


_NOMS_OPTIONAL = (
    "myelopathy",
    "prior_rt",
    "escc",
    "deficit_elsewhere",
    "functional_radiculopathy",
    "histology",
    "rapid_deficit",
    "asymptomatic",
    "targeted_option",
    "cause",
)


def grade_noms(document: object) -> Answer:
    """Return what NOMS says of a document with the four letters.

    ``deficit_elsewhere`` is the clinician's attribution of the deficit to another level (N-01);
    without it, myelopathy with ESCC 0 to 1c is discordant.
    """
    fields = DocumentFields(document, required=tuple("NOMS"), optional=_NOMS_OPTIONAL)
    given = NomsInput(
        neurologic=_neurologic(fields),
        oncologic=fields.option("O", _words(OncologicAxis)),
        mechanical=fields.option("M", _words(MechanicalAxis)),
        systemic=fields.option("S", _words(SystemicAxis)),
        escc=fields.option("escc", _words(EsccGrade)),
        myelopathy=fields.yes_no("myelopathy"),
        functional_radiculopathy=fields.yes_no("functional_radiculopathy"),
        prior_radiation=fields.yes_no("prior_rt"),
        histology=fields.option("histology", _words(Histology)),
        rapid_deficit=fields.yes_no("rapid_deficit"),
        asymptomatic=fields.yes_no("asymptomatic"),
        targeted_option=fields.yes_no("targeted_option"),
        cause=fields.option("cause", _words(CompressionCause)),
    )
    return Answer(document=noms_result_document(assess_noms(given)))


def _neurologic(fields: DocumentFields) -> NeurologicAxis | Missing:
    """Return N, refused where it contradicts the grade beside it (reference 3.1)."""
    stated = fields.option("N", _words(NeurologicAxis))
    escc = fields.option("escc", _words(EsccGrade))
    myelopathy = fields.yes_no("myelopathy")
    if isinstance(escc, Missing) or isinstance(stated, Missing):
        return stated
    high = escc in HIGH_GRADES
    if not high and myelopathy is YesNo.YES and not fields.marked("deficit_elsewhere"):
        return NeurologicAxis.DISCORDANT
    if stated is (NeurologicAxis.LOW if high else NeurologicAxis.HIGH):
        raise refuse("N", f"{stated} contradicts ESCC {escc}.")
    return stated


_PRIMARIES = _words(PrimarySite) | {"oesophagus": PrimarySite.ESOPHAGUS}
_SYSTEMIC = (
    "kps",
    "extraspinal_bone",
    "vertebral_mets",
    "organs",
    "primary",
    "frankel",
    "ambulation_intact",
    "albumin",
    "visceral",
    "bone",
    "growth",
    "solitary_skeletal",
)
_MOST_FOCI = 999
_LEAST_ALBUMIN_G_DL, _MOST_ALBUMIN_G_DL = 0.5, 10.0


def _systemic(fields: DocumentFields) -> SystemicFacts:
    facts = SystemicFacts(
        kps=_kps(fields),
        primary_site=fields.option("primary", _PRIMARIES),
        growth=fields.option("growth", _words(GrowthClass)),
        organs=fields.option("organs", _words(OrganMetastases)),
        visceral=fields.option("visceral", _words(VisceralMetastases)),
        bone=fields.option("bone", _words(BoneMetastases)),
        solitary_skeletal=fields.yes_no("solitary_skeletal"),
        extraspinal_bone_count=fields.count("extraspinal_bone", 0, _MOST_FOCI),
        vertebral_count=fields.count("vertebral_mets", 1, _MOST_FOCI),
        albumin_g_dl=fields.number("albumin", _LEAST_ALBUMIN_G_DL, _MOST_ALBUMIN_G_DL),
    )
    for field, sentence in contradictions(facts).items():
        raise refuse(field, sentence)
    return facts


def _kps(fields: DocumentFields) -> Kps | Missing:
    kps = fields.count("kps", 10, 100)
    if isinstance(kps, Missing):
        return kps
    if kps % 10:
        raise refuse("kps", "use 10, 20, ... 100.")
    return Kps(kps)


def _survival(document: object, score: Callable[[DocumentFields], SurvivalResult]) -> Answer:
    fields = DocumentFields(document, optional=_SYSTEMIC)
    return Answer(document=survival_result_document(score(fields)))


def _frankel(fields: DocumentFields) -> FrankelGrade | Missing:
    return fields.option("frankel", _words(FrankelGrade))


def grade_tokuhashi(document: object) -> Answer:
    """Return the revised Tokuhashi score of a systemic document."""
    return _survival(document, lambda fields: tokuhashi(_systemic(fields), _frankel(fields)))


def grade_tomita(document: object) -> Answer:
    """Return the Tomita score of a systemic document."""
    return _survival(document, lambda fields: tomita(_systemic(fields)))


def grade_bauer(document: object) -> Answer:
    """Return the modified Bauer score of a systemic document."""
    return _survival(document, lambda fields: modified_bauer(_systemic(fields)))


def grade_nesms(document: object) -> Answer:
    """Return the NESMS of a systemic document."""
    return _survival(
        document, lambda fields: nesms(_systemic(fields), fields.yes_no("ambulation_intact"))
    )


SCALES: Mapping[str, Callable[[object], Answer]] = {
    "sins": grade_sins,
    "escc": grade_escc,
    "noms": grade_noms,
    "tokuhashi": grade_tokuhashi,
    "tomita": grade_tomita,
    "bauer": grade_bauer,
    "nesms": grade_nesms,
}
"""Every scale of ``batson grade`` and what grades its documents."""
