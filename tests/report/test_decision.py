"""Banner, impression and NOMS: what is urgent, what the framework says, what is undecided."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.report.report_cases import STABLE_SINS, T8_SINS, full_case
from workstation.domain.answers import NOT_ASSESSED, UNKNOWN, YesNo
from workstation.domain.case import (
    Case,
    Communication,
    LevelAssessment,
    NomsLevelAnswers,
    Oncology,
    ReportText,
    Sentence,
)
from workstation.domain.clinical import (
    Ambulation,
    DeficitStatus,
    Kps,
    NeurologicFacts,
    PriorRadiation,
    SystemicFacts,
)
from workstation.domain.escc import EsccGrade, answers_for_grade
from workstation.domain.grading import red_flags_of
from workstation.domain.noms import OncologicAxis, SystemicAxis
from workstation.domain.radiosensitivity import Histology
from workstation.domain.red_flags import Urgency
from workstation.domain.sins import SinsPain
from workstation.domain.spine import VertebralLevel
from workstation.report.blocks import Mark, NomsBlock, Tone
from workstation.report.decision import banner, highest_compression, impression, noms
from workstation.report.reading import read_case

T8 = VertebralLevel.T8


def quiet_case() -> Case:
    """Return a case in which nothing is urgent."""
    return replace(
        full_case(),
        lesions=(),
        neurologic=NeurologicFacts(myelopathy=YesNo.NO),
        communication=None,
        assessments=(
            LevelAssessment(level=T8, sins=STABLE_SINS, escc=answers_for_grade(EsccGrade.G0)),
        ),
    )


def noms_of_case(case: Case, level: VertebralLevel = T8) -> NomsBlock:
    return noms(read_case(case, {}), level)


def with_t8(**parts: object) -> Case:
    case = full_case()
    changed = replace(case.assessment(T8), **parts)
    others = tuple(item for item in case.assessments if item.level is not T8)
    return replace(case, assessments=(changed, *others))


def test_no_rule_no_banner() -> None:
    assert banner(read_case(quiet_case(), {})) is None


@pytest.mark.parametrize("grade", list(EsccGrade))
def test_the_banner_stands_exactly_where_a_rule_fires(grade: EsccGrade) -> None:
    case = quiet_case()
    assessment = replace(case.assessment(T8), escc=answers_for_grade(grade))
    case = replace(case, assessments=(assessment,))
    urgent = [flag for flag in red_flags_of(case) if flag.urgency is not Urgency.NOTICE]
    made = banner(read_case(case, {}))
    assert (made is not None) is bool(urgent)
    assert (made is not None) is (grade in (EsccGrade.G2, EsccGrade.G3))


def test_a_notice_is_no_banner() -> None:
    case = quiet_case()
    sins = replace(T8_SINS, pain=SinsPain.NONE)
    case = replace(case, assessments=(replace(case.assessment(T8), sins=sins),))
    flags = red_flags_of(case)
    assert [flag.urgency for flag in flags] == [Urgency.NOTICE]
    assert banner(read_case(case, {})) is None


def test_the_most_urgent_flag_is_the_title_and_the_rest_follow() -> None:
    made = banner(read_case(full_case(), {}))
    flags = [f for f in red_flags_of(full_case()) if f.urgency is not Urgency.NOTICE]
    assert made is not None
    assert made.label == "Urgent findings"
    assert made.title == flags[0].title
    assert made.lines[0] == flags[0].text
    assert len(made.lines) == len(flags)
    for flag, line in zip(flags[1:], made.lines[1:], strict=True):
        assert flag.title in line
        assert flag.text in line


def test_the_communication_is_printed_whole() -> None:
    made = banner(read_case(full_case(), {}))
    assert made is not None
    assert made.communication == (
        "Communicated to Dr Παπαδοπούλου, telephone, 2026-03-14 16:42 +01:00; "
        "read-back confirmed. Said: cord compression at T8"
    )


@pytest.mark.parametrize(
    ("read_back", "words"),
    [
        (YesNo.NO, "read-back not confirmed."),
        (UNKNOWN, "read-back unknown."),
        (NOT_ASSESSED, "read-back not assessed."),
    ],
)
def test_the_read_back_is_never_assumed(read_back: object, words: str) -> None:
    told = Communication(to_whom="Dr X", at="2026-03-14", how="in person", read_back=read_back)
    made = banner(read_case(replace(full_case(), communication=told), {}))
    assert made is not None
    assert made.communication.endswith(words)


def test_a_missing_communication_is_said() -> None:
    made = banner(read_case(replace(full_case(), communication=None), {}))
    assert made is not None
    assert made.communication == "Communication of the critical result: not recorded."


def test_the_readers_impression_replaces_the_proposal() -> None:
    own = ReportText(impression=(Sentence(text="Only this."),))
    section = impression(read_case(replace(full_case(), text=own), {}))
    assert [item.text for item in section.paragraphs] == ["Only this."]


def test_an_emptied_impression_is_said_to_be_empty() -> None:
    section = impression(read_case(replace(full_case(), text=ReportText(impression=())), {}))
    assert [item.text for item in section.paragraphs] == ["No impression is stated."]


def test_the_four_letters_stand_in_order_with_shape_and_word() -> None:
    panels = noms_of_case(full_case()).panels
    assert [panel.letter for panel in panels] == ["N", "O", "M", "S"]
    assert [panel.headline for panel in panels] == ["High", "Radioresistant", "Unstable", "Able"]
    assert [panel.mark for panel in panels] == [
        Mark.TRIANGLE,
        Mark.DIAMOND,
        Mark.TRIANGLE,
        Mark.DISC,
    ]


def test_the_reading_suggests_and_orders_nothing() -> None:
    block = noms_of_case(full_case())
    assert block.reading.startswith(
        "NOMS framework suggests decompression + stabilization, then SRS"
    )
    assert "multidisciplinary review required" in block.reading
    assert "Row P9." in block.reading
    assert block.reading.endswith("this report does not order treatment.")
    assert block.branches == ()
    assert "awaiting clinical sign-off" in block.foot


def test_an_undecided_letter_prints_both_branches() -> None:
    case = with_t8(noms=NomsLevelAnswers(systemic=NOT_ASSESSED))
    block = noms_of_case(case)
    assert [(branch.condition, branch.outcome) for branch in block.branches] == [
        ("Able to tolerate surgery", "decompression + stabilization, then SRS (row P9)"),
        ("Unable to tolerate surgery", "stabilization, then cEBRT (row P10)"),
    ]
    assert block.panels[3].headline == "Not assessed"
    assert (block.panels[3].tone, block.panels[3].mark) == (Tone.NEUTRAL, Mark.RING)
    assert any("Not yet known: systemic" in line for line in block.flags)


def test_unknown_and_not_assessed_stay_apart_in_the_panels() -> None:
    unknown = noms_of_case(with_t8(noms=NomsLevelAnswers(systemic=UNKNOWN)))
    assert unknown.panels[3].headline == "Unknown"


def test_a_score_of_7_to_12_is_undecided_until_a_surgeon_speaks() -> None:
    sins = replace(T8_SINS, pain=SinsPain.NONE)
    panel = noms_of_case(with_t8(sins=sins)).panels[2]
    assert panel.headline == "Undecided"
    assert panel.meaning == "SINS 11, potentially unstable, T8"
    assert "Surgeon says: not assessed" in panel.inputs


def test_deficits_are_grouped_by_their_answer() -> None:
    inputs = noms_of_case(full_case()).panels[0].inputs
    assert (
        "Deficits: new: weakness; none: gait loss, sphincter; unknown: sensory; for 36 h" in inputs
    )
    assert "AIS: D" in inputs
    assert "Deficit attributed to T8: highest compression" in inputs


def test_no_deficit_asked_is_not_no_deficit() -> None:
    asked = noms_of_case(replace(full_case(), neurologic=NeurologicFacts()))
    assert "Deficits: not assessed" in asked.panels[0].inputs
    none = NeurologicFacts(
        weakness=DeficitStatus.NONE,
        gait_loss=DeficitStatus.NONE,
        sensory=DeficitStatus.NONE,
        sphincter=DeficitStatus.NONE,
        ambulation=Ambulation.WITH_AID,
    )
    answered = noms_of_case(replace(full_case(), neurologic=none)).panels[0].inputs
    assert "Deficits: none" in answered
    assert "Walking: with an aid" in answered


@pytest.mark.parametrize(
    ("course", "words"),
    [
        (
            PriorRadiation(level=T8, dose_gy=27.0, fractions=3, date="2025-09-02"),
            "Prior radiation at T8: yes, 27 Gy, 3 fractions, 2025-09-02",
        ),
        (
            PriorRadiation(level=T8, dose_gy=13.75, fractions=UNKNOWN),
            "Prior radiation at T8: yes, 13.75 Gy, fractions unknown, date not assessed",
        ),
        (
            PriorRadiation(level=T8),
            "Prior radiation at T8: yes, dose not assessed, fractions not assessed, "
            "date not assessed",
        ),
        (None, "Prior radiation at T8: yes"),
    ],
)
def test_prior_radiation_prints_every_part_or_its_absence(
    course: PriorRadiation | None, words: str
) -> None:
    answers = NomsLevelAnswers(prior_radiation=YesNo.YES, radiation=course)
    assert noms_of_case(with_t8(noms=answers)).panels[1].inputs == (words,)


def test_an_own_choice_of_sensitivity_prints_its_reason_and_markers() -> None:
    oncology = Oncology(
        histology=Histology.BREAST,
        override=OncologicAxis.RESISTANT,
        override_reason="progressed after radiation",
        markers="HER2 positive",
    )
    panel = noms_of_case(replace(full_case(), oncology=oncology)).panels[1]
    assert panel.meaning == "Primary tumor: Breast"
    assert "Chosen by the clinician: progressed after radiation" in panel.inputs
    assert "Markers: HER2 positive" in panel.inputs


def test_performance_is_printed_or_said_to_be_missing() -> None:
    panel = noms_of_case(replace(full_case(), systemic=SystemicFacts(kps=Kps.K0))).panels[3]
    assert panel.inputs == ("KPS 0", "ECOG not assessed")


def test_unable_is_a_warning_not_an_alarm() -> None:
    block = noms_of_case(with_t8(noms=NomsLevelAnswers(systemic=SystemicAxis.UNABLE)))
    assert (block.panels[3].tone, block.panels[3].mark) == (Tone.CAUTION, Mark.DIAMOND)


def test_the_highest_compression_prefers_the_cranial_of_equals() -> None:
    case = quiet_case()
    levels = (VertebralLevel.L1, VertebralLevel.T4, T8)
    case = replace(
        case,
        assessments=tuple(
            LevelAssessment(level=level, escc=answers_for_grade(EsccGrade.G1B)) for level in levels
        ),
    )
    assert highest_compression(read_case(case, {})) == (EsccGrade.G1B, VertebralLevel.T4)


def test_no_grade_no_highest_compression() -> None:
    assert highest_compression(read_case(replace(quiet_case(), assessments=()), {})) is None
