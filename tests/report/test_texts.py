"""The prose: every section is there, and what nobody wrote is said to be missing."""

from __future__ import annotations

from dataclasses import replace

from tests.report.report_cases import SETTINGS, case_with_lesions, full_case, pictures_of, signed
from workstation.domain.answers import UNKNOWN
from workstation.domain.case import Case, Explanation, ReportText, Sentence, Signature
from workstation.domain.lesion import SoftTissue
from workstation.domain.spine import VertebralLevel
from workstation.report.blocks import SignatureBlock
from workstation.report.compose import UNGRADED, compose_report
from workstation.report.reading import read_case
from workstation.report.texts import NOT_PROVIDED, text_sections


def said(case: Case) -> dict[str, str]:
    return {
        item.lead.rstrip("."): item.text
        for section in text_sections(read_case(case, {}))
        for item in section.paragraphs
        if item.lead
    }


def signature_of(case: Case, sha256: str = "") -> SignatureBlock:
    settings = replace(SETTINGS, record_sha256=sha256)
    return compose_report(case, settings, {}).signature


def test_the_sections_stand_in_order() -> None:
    sections = text_sections(read_case(full_case(), {}))
    assert [section.heading for section in sections] == [
        *("Findings", "Indication and technique", "Limits and methods")
    ]
    assert [section.serif for section in sections] == [True, False, False]


def test_blank_texts_are_said_to_be_not_provided() -> None:
    words = said(replace(full_case(), text=ReportText()))
    assert words["Indication"] == NOT_PROVIDED
    assert words["Technique"] == NOT_PROVIDED
    assert words["Limits"] == NOT_PROVIDED


def test_emptied_findings_are_said_to_be_not_provided() -> None:
    case = replace(full_case(), text=ReportText(findings=()))
    findings = text_sections(read_case(case, {}))[0]
    assert [item.text for item in findings.paragraphs] == [NOT_PROVIDED]


def test_the_readers_findings_replace_the_proposal() -> None:
    case = replace(full_case(), text=ReportText(findings=(Sentence(text="Mine."),)))
    findings = text_sections(read_case(case, {}))[0]
    assert [item.text for item in findings.paragraphs] == ["Mine."]


def test_the_studies_read_are_named() -> None:
    assert said(full_case())["Studies read"] == (
        "MRI whole spine, without and with contrast, MR, 2026-03-14 15:20, accession ACC-88120457."
    )
    assert "Studies read" not in said(replace(full_case(), studies=()))


def test_the_conus_is_a_level_or_one_of_two_words() -> None:
    assert said(full_case())["Conus"] == "At L1."
    assert said(replace(full_case(), conus=UNKNOWN))["Conus"] == "Unknown."
    assert said(Case(id="x", created_at=""))["Conus"] == "Not assessed."
    other = replace(full_case(), conus=VertebralLevel.T12)
    assert said(other)["Conus"] == "At T12."


def test_each_source_is_named_once() -> None:
    sources = said(full_case())["Sources"]
    assert sources.count("Fisher CG") == 1
    assert sources.count("Bilsky MH") == 1
    assert sources.count("Laufer I") == 1
    assert "Sources" not in said(case_with_lesions(0))


def test_an_ungraded_case_says_so_and_draws_no_score() -> None:
    document = compose_report(case_with_lesions(0), SETTINGS, {})
    assert document.ungraded == UNGRADED
    assert (document.noms, document.escc, document.sins) == (None, None, None)
    assert (document.sins_table, document.other_levels) == (None, None)
    graded = compose_report(full_case(), SETTINGS, {})
    assert graded.ungraded == ""


def test_a_draft_has_no_hash_and_no_signer() -> None:
    words = [cell.value for cell in signature_of(full_case(), "ab" * 32).cells]
    assert words == ["DRAFT, not signed", "Dr Zoë Königsberg", "report.json"]


def test_a_signature_names_role_time_second_reader_and_hash() -> None:
    signer, second, integrity = signature_of(signed(full_case()), "0123456789abcdef" * 4).cells
    assert (signer.value, signer.lines) == (
        "Dr Zoë Königsberg",
        ("Consultant neuroradiologist", "2026-03-14 17:05 +01:00"),
    )
    assert second.value == "д-р Николай Иванов, spine surgery"
    assert integrity.lines[0] == " ".join(["0123 4567 89ab cdef"] * 4)


def test_no_second_reader_is_none_not_blank() -> None:
    alone = Signature(name="Dr A", role="", at="2026-03-14T17:05+01:00")
    signer, second, _ = signature_of(signed(full_case(), signature=alone)).cells
    assert signer.lines[0] == "role not stated"
    assert second.value == "none"


def test_only_figures_and_pictures_that_are_placed_travel_with_the_document() -> None:
    document = compose_report(full_case(), SETTINGS, pictures_of(full_case()))
    names = [name for name, _ in document.figures]
    assert names == ["spine.svg", *(f"escc-{g}.svg" for g in ("0", "1a", "1b", "1c", "2", "3"))]
    assert [name for name, _ in document.pictures] == ["ki_01.png", "ki_02.png"]


def test_a_contradiction_that_stands_is_printed_with_its_reason() -> None:
    case = full_case()
    none = replace(case.lesions[0], soft_tissue=frozenset({SoftTissue.NONE}))
    given = Explanation(
        code="epidural-contradiction",
        field=f"lesion.{none.id}.soft_tissue",
        text="The sac is indented by a disc.",
    )
    stale = Explanation(code="collapse-against-height", field="sins.T8.collapse", text="Old.")
    standing = replace(case, lesions=(none, *case.lesions[1:]), explanations=(given, stale))
    assert said(standing)["Explained"] == (
        "ESCC 2 at T8, but lesion 1 has no soft tissue: The sac is indented by a disc."
    )
    assert "Explained" not in said(replace(standing, explanations=()))
    assert "Explained" not in said(replace(case, explanations=(given, stale)))
