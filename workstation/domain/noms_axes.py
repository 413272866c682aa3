"""The four axes of NOMS derived from grades and clinical facts (clinical reference 3.1, 3.6).

A derivation never guesses: what is not known stays missing and says what is asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from workstation.base.errors import CommandRefusedError
from workstation.domain.answers import NOT_ASSESSED, UNKNOWN, Missing, YesNo
from workstation.domain.escc import EsccGrade, EsccModality, EsccResult
from workstation.domain.flags import Flag
from workstation.domain.noms_table import MechanicalAxis, NeurologicAxis, OncologicAxis
from workstation.domain.radiosensitivity import HISTOLOGIES, Histology, HistologyEntry
from workstation.domain.sins import SinsCategory, SinsResult
from workstation.domain.spine import VertebralLevel

HIGH_GRADES = frozenset({EsccGrade.G2, EsccGrade.G3})
"""High-grade by the NOMS rule, whatever convention a site shows beside the grade."""

CHOOSE_NEUROLOGIC = "Below the conus: clinician chooses low or high."
CONFIRM_ON_MRI = "CT screening does not set N: confirm on MRI."
CHOOSE_ONCOLOGIC = "Not in the NOMS list: choose sensitive or resistant."
NO_HISTOLOGY = "Histology not assessed: both branches are shown."
UNKNOWN_ONCOLOGIC = "Unknown primary or biopsy pending: both branches are shown."
NOT_AUTO_MAPPED = "Potentially unstable, not auto-mapped: a surgeon says stable or unstable."
DISCORDANT_NOTE = (
    "Look for another level, cord signal change, intramedullary or leptomeningeal disease, "
    "radiation myelopathy, vascular cause; urgent review."
)

FLAG_PRIOR_RT = Flag(code="PRIOR_RT", text="Prior radiation at this level: treated as resistant.")
FLAG_PRIOR_RT_UNKNOWN = Flag(
    code="PRIOR_RT_UNKNOWN", text="Prior radiation at this level is not known."
)
FLAG_DISCORDANT = Flag(
    code="DISCORDANT", text="The deficit is not explained at this level. Urgent review."
)
FLAG_ATTRIBUTED = Flag(
    code="DEFICIT_ATTRIBUTED",
    text="The deficit is attributed to another level; this level is judged by its ESCC alone.",
)
FLAG_OVERRIDDEN = Flag(
    code="RADIOSENSITIVITY_OVERRIDDEN",
    text="Radiosensitivity chosen by the clinician instead of the list's default.",
)
FLAG_SURGEON = Flag(code="SURGEON_DECIDED", text="Stability decided by the surgeon.")
FLAG_CLINICIAN = Flag(code="CLINICIAN_DECIDED", text="Low or high chosen by the clinician.")


@dataclass(frozen=True, slots=True, kw_only=True)
class NeurologicDerivation:
    """N of one level with the conventions that acted."""

    value: NeurologicAxis | Missing
    flags: tuple[Flag, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OncologicDerivation:
    """O of one level: the table's default, what is used, and why."""

    value: OncologicAxis | Missing
    default: OncologicAxis | None
    override_reason: str = ""
    flags: tuple[Flag, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MechanicalDerivation:
    """M of one level."""

    value: MechanicalAxis | Missing
    flags: tuple[Flag, ...] = ()
    notes: tuple[str, ...] = ()


def derive_neurologic(
    escc: EsccResult | None,
    myelopathy: YesNo | Missing,
    *,
    level: VertebralLevel,
    attributed_level: VertebralLevel | None = None,
    chosen: NeurologicAxis | Missing = NOT_ASSESSED,
) -> NeurologicDerivation:
    """Return N of ``level``.

    Parameters
    ----------
    attributed_level : VertebralLevel, optional
        The level a clinician holds responsible for the deficit; every other level is judged by
        its ESCC alone (N-01).
    chosen : NeurologicAxis or Missing
        The clinician's low or high, heard only below the conus (reference 2.5).
    """
    if escc is None:
        return NeurologicDerivation(value=NOT_ASSESSED)
    if escc.modality is EsccModality.CT_SCREENING:
        return NeurologicDerivation(value=NOT_ASSESSED, notes=(CONFIRM_ON_MRI,))
    if escc.below_conus:
        return _chosen_by_clinician(chosen)
    high = {grade in HIGH_GRADES for grade in escc.possible}
    if len(high) != 1:
        return NeurologicDerivation(value=NOT_ASSESSED)
    if high.pop():
        return NeurologicDerivation(value=NeurologicAxis.HIGH)
    return _low_grade(myelopathy, elsewhere=attributed_level not in (None, level))


def _chosen_by_clinician(chosen: NeurologicAxis | Missing) -> NeurologicDerivation:
    if chosen is NeurologicAxis.LOW or chosen is NeurologicAxis.HIGH:
        return NeurologicDerivation(value=chosen, flags=(FLAG_CLINICIAN,))
    return NeurologicDerivation(value=NeurologicAxis.NOT_APPLICABLE, notes=(CHOOSE_NEUROLOGIC,))


def _low_grade(myelopathy: YesNo | Missing, *, elsewhere: bool) -> NeurologicDerivation:
    if myelopathy is YesNo.NO:
        return NeurologicDerivation(value=NeurologicAxis.LOW)
    if elsewhere:
        return NeurologicDerivation(value=NeurologicAxis.LOW, flags=(FLAG_ATTRIBUTED,))
    if isinstance(myelopathy, Missing):
        return NeurologicDerivation(value=myelopathy)
    return NeurologicDerivation(
        value=NeurologicAxis.DISCORDANT, flags=(FLAG_DISCORDANT,), notes=(DISCORDANT_NOTE,)
    )


def propose_attribution(
    grades: Mapping[VertebralLevel, EsccGrade],
) -> VertebralLevel | None:
    """Return the level to propose for the deficit: highest ESCC, ties the most cranial (N-01)."""
    ladder = list(EsccGrade)
    ranked = sorted(grades, key=lambda level: (-ladder.index(grades[level]), level.order))
    return ranked[0] if ranked else None


def derive_oncologic(
    histology: Histology | Missing,
    *,
    override: OncologicAxis | Missing | None = None,
    reason: str = "",
    prior_radiation: YesNo | Missing = NOT_ASSESSED,
) -> OncologicDerivation:
    """Return O: prior radiation first, then the clinician's choice, then the table (reference 4).

    Raises
    ------
    CommandRefusedError
        When a default of the table is overridden without a reason.
    """
    listed = None if isinstance(histology, Missing) else HISTOLOGIES[histology]
    default = listed.default if listed else None
    chosen = override if isinstance(override, OncologicAxis) else None
    flags = _override_flags(chosen, default, reason)
    value = chosen or default or _unlisted(histology)
    if prior_radiation is YesNo.YES:
        value = OncologicAxis.RESISTANT
        flags = (*flags, FLAG_PRIOR_RT)
    asked = () if isinstance(value, OncologicAxis) else (_question(histology),)
    return OncologicDerivation(
        value=value,
        default=default,
        override_reason=reason if chosen else "",
        flags=flags,
        notes=(*(_conflict_notes(listed) if listed else ()), *asked),
    )


def _conflict_notes(listed: HistologyEntry) -> tuple[str, ...]:
    """Return where sources differ, each sentence naming the tumor it is about."""
    return tuple(f"Sources on {listed.title.lower()}: {view}" for view in listed.conflicts)


def _override_flags(
    chosen: OncologicAxis | None, default: OncologicAxis | None, reason: str
) -> tuple[Flag, ...]:
    if chosen is None or chosen is default:
        return ()
    if default and not reason.strip():
        raise CommandRefusedError("A choice against the list needs a reason.", code="no-reason")
    return (FLAG_OVERRIDDEN,)


_UNKNOWN = (UNKNOWN, Histology.UNKNOWN_PRIMARY)


def _unlisted(histology: Histology | Missing) -> OncologicAxis | Missing:
    return UNKNOWN if histology in _UNKNOWN else NOT_ASSESSED


def _question(histology: Histology | Missing) -> str:
    if histology is NOT_ASSESSED:
        return NO_HISTOLOGY
    return UNKNOWN_ONCOLOGIC if histology in _UNKNOWN else CHOOSE_ONCOLOGIC


_CERTAIN = {
    SinsCategory.STABLE: MechanicalAxis.STABLE,
    SinsCategory.UNSTABLE: MechanicalAxis.UNSTABLE,
}


def derive_mechanical(
    sins: SinsResult | None, surgeon: MechanicalAxis | Missing = NOT_ASSESSED
) -> MechanicalDerivation:
    """Return M: stable or unstable from a certain SINS category, otherwise what a surgeon says.

    A category of 7 to 12 is never mapped automatically (reference 3.1); a refused or ambiguous
    score leaves M to the surgeon too.
    """
    category = sins.category if sins else None
    if category in _CERTAIN:
        return MechanicalDerivation(value=_CERTAIN[category])
    if surgeon is MechanicalAxis.STABLE or surgeon is MechanicalAxis.UNSTABLE:
        return MechanicalDerivation(value=surgeon, flags=(FLAG_SURGEON,))
    if category is SinsCategory.POTENTIALLY_UNSTABLE:
        return MechanicalDerivation(value=MechanicalAxis.INDETERMINATE, notes=(NOT_AUTO_MAPPED,))
    return MechanicalDerivation(value=NOT_ASSESSED)
