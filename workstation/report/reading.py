"""Everything the report prints that is computed from a case, gathered once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from workstation.domain.case import Case, KeyImage, Sentence
from workstation.domain.escc import EsccGrade, EsccResult
from workstation.domain.follow_up import FollowUp, follow_up_of, latest_prior
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
    follow_up: FollowUp | None = None
    """The case beside its newest prior."""
    previous: Case | None = None
    """The signed version that this one replaces, where it is known."""

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
        return ", ".join(f"Image {letter}" for letter in letters)

    def images_of(self, sentence: Sentence) -> tuple[str, ...]:
        """Return the letters of the key images that a sentence rests on."""
        return tuple(
            self.letter(image.id)
            for image in self.case.key_images
            if any(self._shows(image, source) for source in sentence.sources)
        )

    def _shows(self, image: KeyImage, source: str) -> bool:
        if any(proven == source or proven.startswith(f"{source}.") for proven in image.proves):
            return True
        lesion = self.case.lesion(source.removeprefix("lesion."))
        return lesion is not None and lesion.number == image.lesion_number


def read_case(
    case: Case, pictures: Mapping[str, KeyImagePicture], previous: Case | None = None
) -> Reading:
    """Return the case with everything computed from it.

    Parameters
    ----------
    previous : Case, optional
        The signed version that this one replaces; the report then says what changed.
    """
    index = index_level_of(case)
    levels = set(case.levels_with_findings) | ({index} if index is not None else set())
    ordered = tuple(sorted(levels, key=lambda level: level.order))
    impression, findings = case.text.impression, case.text.findings
    prior = latest_prior(case)
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
        follow_up=follow_up_of(case, prior) if prior is not None else None,
        previous=previous,
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
