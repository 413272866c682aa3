"""NOMS: look up the row of the decision table, keep every branch where an axis is undecided.

Sources: Bilsky & Smith 2006; Laufer et al., Oncologist 2013;18:744. Side notes: clinical reference
3.4; conventions N-01 to N-04 and O-01: section 3.6.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from workstation.domain.answers import NOT_ASSESSED, Missing, YesNo
from workstation.domain.escc import CompressionCause, EsccGrade
from workstation.domain.flags import Flag
from workstation.domain.noms_axes import (
    CHOOSE_NEUROLOGIC,
    DISCORDANT_NOTE,
    FLAG_DISCORDANT,
    FLAG_PRIOR_RT,
    FLAG_PRIOR_RT_UNKNOWN,
    derive_mechanical,
    derive_neurologic,
    derive_oncologic,
    propose_attribution,
)
from workstation.domain.noms_table import (
    DECISION_WORDS,
    NOMS_ROWS,
    MechanicalAxis,
    NeurologicAxis,
    NomsDecision,
    NomsRow,
    OncologicAxis,
    SystemicAxis,
)
from workstation.domain.radiosensitivity import HEMATOLOGIC, Histology

__all__ = [
    "DECISION_WORDS",
    "NOMS_ROWS",
    "RULE_SET",
    "SIGN_OFF",
    "SOURCES",
    "MechanicalAxis",
    "NeurologicAxis",
    "NomsDecision",
    "NomsInput",
    "NomsResult",
    "NomsRow",
    "OncologicAxis",
    "SystemicAxis",
    "assess_noms",
    "derive_mechanical",
    "derive_neurologic",
    "derive_oncologic",
    "propose_attribution",
]

RULE_SET = "NOMS-2013"
SOURCES = (
    "Bilsky M, Smith M. Hematol Oncol Clin North Am 2006;20:1307-1317",
    "Laufer I et al. Oncologist 2013;18:744-751",
)
SIGN_OFF = (
    "NOMS after Laufer et al. 2013. Row wording not yet re-read against the paper: awaiting "
    "clinical sign-off."
)

FLAG_LIMITED = Flag(
    code="LIMITED_STAB",
    text="Stabilization limited to what the patient tolerates: cement or percutaneous screws.",
)
FLAG_LIMITED_IF_UNABLE = Flag(
    code="LIMITED_STAB_IF_UNABLE", text="Limited stabilization if unable."
)
FLAG_RADICULOPATHY = Flag(
    code="FUNCTIONAL_RADICULOPATHY",
    text="Functional radiculopathy is recorded; it does not set N.",
)

NOTE_PRIOR_RT = (
    "Previous radiation at this level: further cEBRT may exceed cord tolerance. Enter prior dose, "
    "fractions, date; radiation oncology must decide."
)
NOTE_1C = "1c: SRS feasibility depends on cord dose; some centers operate first."
NOTE_SURGICAL_OPINION = (
    "Framework says cEBRT; surgical opinion still required (randomized evidence for surgery in "
    "non-radiosensitive solid tumors with cord compression: Patchell 2005)."
)
NOTE_BONE = "Radiation will not relieve bony compression - surgical opinion."
NOTE_IF_INDICATED = (
    "NOMS selects the local treatment if local treatment is indicated; systemic therapy or "
    "observation is legitimate."
)
NOTE_TARGETED = "Ask medical oncology before final choice."
NOTE_INDETERMINATE = "SINS 7-12: both branches are shown until a surgeon says stable or unstable."
NOTE_SYSTEMIC = "Tolerance of surgery unknown: both branches are shown."

_CEBRT = frozenset({NomsDecision.CEBRT, NomsDecision.STAB_CEBRT})
_RADIATION_ALONE = frozenset({NomsDecision.CEBRT, NomsDecision.SRS})
_NAMED_BRANCHES = 4
"""With more open branches than this the sentence lists the open letters instead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NomsInput:
    """The four axes of one level and the facts that side notes depend on.

    ``rapid_deficit`` is an acute or rapidly progressive deficit; ``targeted_option`` an effective
    targeted or immune therapy for this histology.
    """

    neurologic: NeurologicAxis | Missing = NOT_ASSESSED
    oncologic: OncologicAxis | Missing = NOT_ASSESSED
    mechanical: MechanicalAxis | Missing = NOT_ASSESSED
    systemic: SystemicAxis | Missing = NOT_ASSESSED
    escc: EsccGrade | Missing = NOT_ASSESSED
    myelopathy: YesNo | Missing = NOT_ASSESSED
    functional_radiculopathy: YesNo | Missing = NOT_ASSESSED
    prior_radiation: YesNo | Missing = NOT_ASSESSED
    histology: Histology | Missing = NOT_ASSESSED
    rapid_deficit: YesNo | Missing = NOT_ASSESSED
    asymptomatic: YesNo | Missing = NOT_ASSESSED
    targeted_option: YesNo | Missing = NOT_ASSESSED
    cause: CompressionCause | Missing = NOT_ASSESSED


@dataclass(frozen=True, slots=True, kw_only=True)
class NomsResult:
    """What the framework suggests for one level; never an order.

    ``decision`` is None when a branch is open or no row applies. ``branches`` maps what is
    undecided ("M=STABLE", "M=STABLE,S=ABLE") to the decision each way, ``branch_rows`` to the rows
    that are left. ``row`` is None also when the systemic axis is missing but changes no decision.
    ``axes`` holds the input as used: prior radiation makes O resistant.
    """

    decision: NomsDecision | None
    row: int | None
    published: str | None
    branches: Mapping[str, NomsDecision]
    branch_rows: Mapping[str, tuple[NomsRow, ...]]
    axes: NomsInput
    flags: tuple[Flag, ...]
    notes: tuple[str, ...]
    missing: tuple[str, ...]
    sentence: str
    rule_set: str = RULE_SET
    sources: tuple[str, ...] = SOURCES


def assess_noms(given: NomsInput) -> NomsResult:
    """Return what the table says, with a branch for each undecided axis (reference 3.1 to 3.4).

    An indeterminate or missing N, O or M always branches; a missing S only where it changes the
    decision. A discordant N gives no decision.
    """
    if given.prior_radiation is YesNo.YES:
        given = replace(given, oncologic=OncologicAxis.RESISTANT)
    leaves = {} if given.neurologic is NeurologicAxis.DISCORDANT else _leaves(given)
    rows = leaves.get("", ())
    branches = {key: left[0].decision for key, left in leaves.items() if key}
    possible = tuple(itertools.chain.from_iterable(leaves.values()))
    return NomsResult(
        decision=rows[0].decision if rows else None,
        row=rows[0].row if len(rows) == 1 else None,
        published=rows[0].published if rows else None,
        branches=branches,
        branch_rows={key: leaves[key] for key in branches},
        axes=given,
        flags=tuple(_flags(given, possible)),
        notes=tuple(_notes(given, possible, frozenset(branches))),
        missing=_missing(given),
        sentence=_sentence(given, rows, branches),
    )


def _leaves(given: NomsInput) -> dict[str, tuple[NomsRow, ...]]:
    """Return the rows that are left under each key; the key "" means decided."""
    rows = [row for row in NOMS_ROWS if _matches(row, given)]
    leaves: dict[str, tuple[NomsRow, ...]] = {}
    for _, group in itertools.groupby(rows, lambda r: (r.neurologic, r.oncologic, r.mechanical)):
        left = tuple(group)
        if len({row.decision for row in left}) == 1:
            leaves[_key(left[0], given, systemic=False)] = left
        else:
            leaves.update({_key(row, given, systemic=True): (row,) for row in left})
    return leaves


def _undecided(given: NomsInput) -> tuple[bool, bool, bool, bool]:
    return (
        given.neurologic not in (NeurologicAxis.LOW, NeurologicAxis.HIGH),
        isinstance(given.oncologic, Missing),
        given.mechanical not in (MechanicalAxis.STABLE, MechanicalAxis.UNSTABLE),
        isinstance(given.systemic, Missing),
    )


def _axes_of(row: NomsRow) -> tuple[str, str, str, str]:
    return (row.neurologic.value, row.oncologic.value, row.mechanical.value, row.systemic.value)


def _matches(row: NomsRow, given: NomsInput) -> bool:
    stated = (given.neurologic, given.oncologic, given.mechanical, given.systemic)
    return all(
        unsure or value == wanted
        for unsure, value, wanted in zip(_undecided(given), stated, _axes_of(row), strict=True)
    )


def _key(row: NomsRow, given: NomsInput, *, systemic: bool) -> str:
    *others, tolerance = _undecided(given)
    shown = (*others, tolerance and systemic)
    named = zip("NOMS", _axes_of(row), shown, strict=True)
    return ",".join(f"{letter}={value}" for letter, value, show in named if show)


def _flags(given: NomsInput, possible: tuple[NomsRow, ...]) -> Iterator[Flag]:
    if given.neurologic is NeurologicAxis.DISCORDANT:
        yield FLAG_DISCORDANT
    if any(row.limited_stabilization for row in possible):
        unsure = isinstance(given.systemic, Missing)
        yield FLAG_LIMITED_IF_UNABLE if unsure else FLAG_LIMITED
    if given.prior_radiation is YesNo.YES:
        yield FLAG_PRIOR_RT
    elif isinstance(given.prior_radiation, Missing) and _any_decision(possible, _CEBRT):
        yield FLAG_PRIOR_RT_UNKNOWN
    if given.functional_radiculopathy is YesNo.YES:
        yield FLAG_RADICULOPATHY


def _any_decision(rows: tuple[NomsRow, ...], decisions: frozenset[NomsDecision]) -> bool:
    return any(row.decision in decisions for row in rows)


def _notes(given: NomsInput, possible: tuple[NomsRow, ...], keys: frozenset[str]) -> Iterator[str]:
    if given.neurologic is NeurologicAxis.DISCORDANT:
        yield DISCORDANT_NOTE
    if given.neurologic is NeurologicAxis.NOT_APPLICABLE:
        yield CHOOSE_NEUROLOGIC
    if given.prior_radiation is YesNo.YES and _any_decision(possible, _CEBRT):
        yield NOTE_PRIOR_RT
    yield from _clinical_notes(given, possible)
    if given.targeted_option is YesNo.YES:
        yield NOTE_TARGETED
    if given.mechanical is MechanicalAxis.INDETERMINATE:
        yield NOTE_INDETERMINATE
    if any("S=" in key for key in keys):
        yield NOTE_SYSTEMIC


def _clinical_notes(given: NomsInput, possible: tuple[NomsRow, ...]) -> Iterator[str]:
    tumors = {row.oncologic for row in possible}
    if given.escc is EsccGrade.G1C and OncologicAxis.RESISTANT in tumors:
        yield NOTE_1C
    if OncologicAxis.SENSITIVE in tumors and _needs_surgical_opinion(given):
        yield NOTE_SURGICAL_OPINION
    if given.cause in (CompressionCause.BONE, CompressionCause.MIXED):
        yield NOTE_BONE
    if _is_quiet(given) and _any_decision(possible, _RADIATION_ALONE):
        yield NOTE_IF_INDICATED


def _needs_surgical_opinion(given: NomsInput) -> bool:
    """Return whether high-grade compression is acute or not known to be hematologic."""
    if given.neurologic is not NeurologicAxis.HIGH:
        return False
    return given.rapid_deficit is YesNo.YES or given.histology not in HEMATOLOGIC


def _is_quiet(given: NomsInput) -> bool:
    """Return whether the lesion is low-grade, stable and not known to cause symptoms."""
    stable = given.mechanical is MechanicalAxis.STABLE
    low = given.neurologic is NeurologicAxis.LOW
    return low and stable and given.asymptomatic is not YesNo.NO


def _missing(given: NomsInput) -> tuple[str, ...]:
    discordant = given.neurologic is NeurologicAxis.DISCORDANT
    unsure = dict(zip("NOMS", _undecided(given), strict=True)) | {
        "prior_rt": isinstance(given.prior_radiation, Missing)
    }
    return tuple(
        name for name, open_ in unsure.items() if open_ and not (discordant and name == "N")
    )


_CONDITIONS: Mapping[str, str] = {
    "N=LOW": "low-grade",
    "N=HIGH": "high-grade",
    "O=SENSITIVE": "radiosensitive",
    "O=RESISTANT": "radioresistant",
    "M=STABLE": "stable",
    "M=UNSTABLE": "unstable",
    "S=ABLE": "able to tolerate surgery",
    "S=UNABLE": "unable to tolerate surgery",
}


def condition_words(key: str) -> str:
    """Return a branch key in words: "M=STABLE,S=ABLE" is "stable and able to tolerate surgery"."""
    return " and ".join(_CONDITIONS[part] for part in key.split(","))


def _sentence(
    given: NomsInput, rows: tuple[NomsRow, ...], branches: Mapping[str, NomsDecision]
) -> str:
    review = "multidisciplinary review required."
    if rows:
        return f"NOMS framework suggests {DECISION_WORDS[rows[0].decision]}; {review}"
    if not branches:
        return f"NOMS gives no suggestion: the deficit is not explained at this level; {review}"
    if len(branches) > _NAMED_BRANCHES:
        letters = ", ".join(name for name in _missing(given) if name in "NOMS")
        return f"NOMS framework suggests nothing yet: {letters} undecided; {review}"
    ways = [f"{DECISION_WORDS[way]} if {condition_words(key)}" for key, way in branches.items()]
    return f"NOMS framework suggests {' or '.join(ways)}; {review}"
