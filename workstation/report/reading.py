"""Everything the report prints that is computed from a case, gathered once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from workstation.domain.case import Case, Sentence
from workstation.domain.escc import EsccGrade, EsccResult
from workstation.domain.grading import escc_of, index_level_of, noms_of, red_flags_of, sins_of
from workstation.domain.noms import NomsResult
from workstation.domain.proposal import proposed_findings, proposed_impression
from workstation.domain.red_flags import RedFlag, Urgency
from workstation.domain.sins import SinsCategory, SinsResult
from workstation.domain.spine import VertebralLevel
from workstation.report.blocks import Mark, Tone
from workstation.report.picture import KeyImagePicture
from workstation.report.words import escc_grade

CATEGORY_LOOK: Mapping[SinsCategory, tuple[Tone, Mark]] = {
    SinsCategory.STABLE: (Tone.GOOD, Mark.DISC),
    SinsCategory.POTENTIALLY_UNSTABLE: (Tone.CAUTION, Mark.DIAMOND),
    SinsCategory.UNSTABLE: (Tone.CRITICAL, Mark.TRIANGLE),
}
_OPEN_LOOK = (Tone.NEUTRAL, Mark.RING)
_GRADE_LOOK: Mapping[EsccGrade, tuple[Tone, Mark]] = {
    EsccGrade.G0: (Tone.GOOD, Mark.DISC),
    EsccGrade.G1A: (Tone.GOOD, Mark.DISC),
    EsccGrade.G1B: (Tone.CAUTION, Mark.DIAMOND),
    EsccGrade.G1C: (Tone.CAUTION, Mark.DIAMOND),
    EsccGrade.G2: (Tone.CRITICAL, Mark.TRIANGLE),
    EsccGrade.G3: (Tone.CRITICAL, Mark.TRIANGLE),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A case with its scores, flags and sentences.

    ``levels`` are those with a lesion or an assessment, from the head; each has its results.
    """

    case: Case
    levels: tuple[VertebralLevel, ...]
    index: VertebralLevel | None
    sins: Mapping[VertebralLevel, SinsResult]
    escc: Mapping[VertebralLevel, EsccResult]
    noms: Mapping[VertebralLevel, NomsResult]
    red_flags: tuple[RedFlag, ...]
    impression: tuple[Sentence, ...]
    findings: tuple[Sentence, ...]
    pictures: Mapping[str, KeyImagePicture]

    @property
    def urgent(self) -> tuple[RedFlag, ...]:
        """The flags that call for the banner, most urgent first."""
        return tuple(flag for flag in self.red_flags if flag.urgency is not Urgency.NOTICE)

    def escc_words(self, level: VertebralLevel) -> str:
        """Return the grade of ``level`` as printed in tables and call-outs."""
        return escc_grade(self.escc[level], self.case.assessment(level).escc)

    def letter(self, image_id: str) -> str:
        """Return the letter a key image is printed under."""
        ids = [image.id for image in self.case.key_images]
        return image_letter(ids.index(image_id))

    def evidence(self, *fields: str) -> str:
        """Return "Image A" or "Images A, C" for the key images that prove one of ``fields``."""
        wanted = set(fields)
        letters = [
            self.letter(image.id) for image in self.case.key_images if wanted & set(image.proves)
        ]
        if not letters:
            return ""
        return f"Image{'s' if len(letters) > 1 else ''} {', '.join(letters)}"


def read_case(case: Case, pictures: Mapping[str, KeyImagePicture]) -> Reading:
    """Return the case with everything computed from it."""
    index = index_level_of(case)
    levels = set(case.levels_with_findings) | ({index} if index is not None else set())
    ordered = tuple(sorted(levels, key=lambda level: level.order))
    impression, findings = case.text.impression, case.text.findings
    return Reading(
        case=case,
        levels=ordered,
        index=index,
        sins={level: sins_of(case, level) for level in ordered},
        escc={level: escc_of(case, level) for level in ordered},
        noms={level: noms_of(case, level) for level in ordered},
        red_flags=red_flags_of(case),
        impression=proposed_impression(case) if impression is None else impression,
        findings=proposed_findings(case) if findings is None else findings,
        pictures=pictures,
    )


def image_letter(position: int) -> str:
    """Return A, B, ... Z, AA, AB ... for the key image at ``position`` (from 0)."""
    letters = ""
    position += 1
    while position:
        position, rest = divmod(position - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def sins_look(result: SinsResult) -> tuple[Tone, Mark]:
    """Return tone and shape of a score; a ring while more than one category is possible."""
    return CATEGORY_LOOK[result.category] if result.category else _OPEN_LOOK


def escc_look(result: EsccResult) -> tuple[Tone, Mark]:
    """Return tone and shape of a compression grade; a ring while it is not decided."""
    return _GRADE_LOOK[result.grade] if result.grade else _OPEN_LOOK
