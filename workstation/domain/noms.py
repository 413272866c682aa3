"""NOMS: derive the four axes, look up the row, keep both branches where one is undecided.

Sources: Bilsky & Smith 2006; Laufer et al., Oncologist 2013;18:744; Barzilai 2017; Newman 2020.
Conventions N-01 to N-04 and O-01: clinical reference, section 3.6.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from workstation.domain.answers import NOT_ASSESSED, Missing, YesNo
from workstation.domain.escc import CompressionCause, EsccGrade
from workstation.domain.flags import Flag
from workstation.domain.noms_table import (
    MechanicalAxis,
    NeurologicAxis,
    NomsDecision,
    NomsRow,
    OncologicAxis,
    SystemicAxis,
)
from workstation.domain.radiosensitivity import Histology

__all__ = [
    "MechanicalAxis",
    "NeurologicAxis",
    "NomsDecision",
    "NomsInput",
    "NomsResult",
    "NomsRow",
    "OncologicAxis",
    "SystemicAxis",
    "assess_noms",
]

RULE_SET = "NOMS-2013"
SOURCES = (
    "Bilsky M, Smith M. Hematol Oncol Clin North Am 2006;20:1307-1317",
    "Laufer I et al. Oncologist 2013;18:744-751",
)


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
    undecided ("M=STABLE", "M=STABLE,S=ABLE") to the decision each way. ``row`` is None also when
    the systemic axis is missing and does not matter for the decision.
    """

    decision: NomsDecision | None
    row: int | None
    published: str | None
    branches: Mapping[str, NomsDecision]
    branch_rows: Mapping[str, NomsRow]
    axes: NomsInput
    flags: tuple[Flag, ...]
    notes: tuple[str, ...]
    missing: tuple[str, ...]
    sentence: str
    rule_set: str = RULE_SET
    sources: tuple[str, ...] = SOURCES


def assess_noms(given: NomsInput) -> NomsResult:
    """Return what the table says for ``given``."""
    raise NotImplementedError
