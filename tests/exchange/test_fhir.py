"""The FHIR bundle: valid R4, true to the case, silent about what nobody answered."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from fhir.resources.R4B.bundle import Bundle as R4Bundle

from tests.exchange.conftest import SOFTWARE, Bundle, absent_code, components, value_codes
from tests.support import cases
from workstation.domain.answers import UNKNOWN, YesNo
from workstation.domain.case import Case, CaseStatus, Oncology, Patient, Signature
from workstation.domain.escc import EsccAnswers
from workstation.domain.grading import escc_of, noms_of, sins_of
from workstation.domain.lesion import SoftTissue
from workstation.domain.sins import SinsComponent, SinsContext
from workstation.domain.spine import VertebralLevel
from workstation.exchange.fhir import fhir_bundle, fhir_json
from workstation.exchange.fhir_parts import SYSTEMS, instant, is_uid, iso_date, text

BundleOf = Callable[..., Bundle]
T12 = VertebralLevel.T12

CASES: dict[str, Callable[[], Case]] = {
    "empty": cases.empty_case,
    "studied": cases.studied_case,
    "one lesion": cases.one_lesion_case,
    "signed": cases.signed_case,
    "full": cases.full_case,
    "29 lesions": lambda: cases.many_lesions_case(29),
    **{
        f"hostile {number}": lambda words=words: cases.hostile_case(words)
        for number, words in enumerate(cases.HOSTILE_TEXTS)
    },
}


def with_sins(case: Case, **answers: Any) -> Case:
    """Return the case with other SINS answers at T12."""
    first = case.assessments[0]
    return replace(case, assessments=(replace(first, sins=replace(first.sins, **answers)),))


def strings(node: Any) -> Iterator[str]:
    """Yield every text and key of a document."""
    if isinstance(node, dict):
        for key, value in node.items():
            yield key
            yield from strings(value)
    elif isinstance(node, list):
        for item in node:
            yield from strings(item)
    elif isinstance(node, str):
        yield node


@pytest.mark.parametrize("name", list(CASES))
def test_it_is_valid_r4(name: str) -> None:
    data = fhir_json(CASES[name](), software=SOFTWARE)
    bundle = R4Bundle.model_validate_json(data)
    assert len(bundle.entry) == len(json.loads(data)["entry"])


@pytest.mark.parametrize("name", list(CASES))
def test_no_text_is_empty_or_holds_a_control_character(name: str) -> None:
    for words in strings(fhir_bundle(CASES[name](), software=SOFTWARE)):
        assert words.strip()
        assert not re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]", words)


def test_the_same_case_gives_the_same_bytes() -> None:
    case = cases.full_case()
    assert fhir_json(case, software=SOFTWARE) == fhir_json(case, software=SOFTWARE)


def test_every_reference_has_its_resource() -> None:
    document = fhir_bundle(cases.full_case(), software=SOFTWARE)
    known = {entry["fullUrl"] for entry in document["entry"]}
    assert len(known) == len(document["entry"])
    pointed = set(re.findall(r'"reference": "([^"]+)"', json.dumps(document)))
    assert pointed
    assert pointed <= known


def test_sending_it_twice_creates_nothing_twice() -> None:
    for entry in fhir_bundle(cases.signed_case(), software=SOFTWARE)["entry"]:
        kind = entry["resource"]["resourceType"]
        assert entry["request"]["method"] == "POST"
        assert entry["request"]["url"] == kind
        if kind != "Provenance":
            assert entry["request"]["ifNoneExist"] == (
                f"identifier=urn:ietf:rfc:3986|urn:uuid:{entry['resource']['id']}"
            )


def test_a_new_version_makes_new_results_for_the_same_patient_and_study() -> None:
    first, second = Bundle(cases.signed_case()), Bundle(replace(cases.signed_case(), version=2))
    for kind in ("Patient", "ImagingStudy", "Practitioner"):
        assert first.all(kind)[0]["id"] == second.all(kind)[0]["id"]
    for kind in ("DiagnosticReport", "Provenance"):
        assert first.one(kind)["id"] != second.one(kind)["id"]
    ids = [{item["id"] for item in bundle.all("Observation")} for bundle in (first, second)]
    assert not ids[0] & ids[1]


class TestPatient:
    def test_who(self, bundle_of: BundleOf) -> None:
        patient = bundle_of(cases.studied_case()).one("Patient")
        assert patient["name"] == [
            {"text": "EXAMPLE Ada M", "family": "EXAMPLE", "given": ["Ada", "M"]}
        ]
        assert patient["birthDate"] == "1961-07-02"
        assert patient["gender"] == "female"
        assert patient["identifier"][1] == {
            "value": "DEMO-004217",
            "assigner": {"display": "Demo Hospital"},
        }

    @pytest.mark.parametrize(
        "change",
        [
            {"issuer": "Other Hospital"},
            {"id": "0DEMO-004217"},
            {"name": "SAMPLE^Otto"},
            {"birth_date": "1961-07-03"},
        ],
    )
    def test_whoever_differs_is_another_patient(
        self, bundle_of: BundleOf, change: dict[str, str]
    ) -> None:
        case = cases.studied_case()
        other = replace(case, patient=replace(case.patient, **change))
        assert bundle_of(case).one("Patient")["id"] != bundle_of(other).one("Patient")["id"]

    def test_without_an_id_nobody_is_anybody_else(self, bundle_of: BundleOf) -> None:
        nameless = Patient(name="EXAMPLE^Ada")
        one, other = (
            bundle_of(replace(cases.studied_case(name), patient=nameless)).one("Patient")
            for name in ("a", "b")
        )
        assert one["id"] != other["id"]
        assert len(one["identifier"]) == 1

    def test_a_birth_date_that_is_none_is_not_made_up(self, bundle_of: BundleOf) -> None:
        case = replace(cases.studied_case(), patient=Patient(id="1", birth_date="about 1960"))
        patient = bundle_of(case).one("Patient")
        assert "birthDate" not in patient
        assert patient["_birthDate"]["extension"][0]["valueCode"] == "unsupported"


class TestStudy:
    def test_uids_accession_and_series(self, bundle_of: BundleOf) -> None:
        study = bundle_of(cases.studied_case()).one("ImagingStudy")
        assert study["identifier"][1] == {
            "system": "urn:dicom:uid",
            "value": f"urn:oid:{cases.STUDY}",
        }
        assert study["identifier"][2]["value"] == "ACC-77120"
        assert study["started"] == "2026-03-14"
        assert [item["code"] for item in study["modality"]] == ["CT", "MR"]
        assert [(item["uid"], item["number"]) for item in study["series"]] == [
            (cases.CT_SERIES, 3),
            (cases.MR_SERIES, 7),
        ]

    def test_a_study_without_accession_or_usable_uid(self, bundle_of: BundleOf) -> None:
        case = cases.studied_case()
        (study,) = case.studies
        bare = replace(study, accession="", study_uid="not a uid", date="unknown")
        found = bundle_of(replace(case, studies=(bare,))).one("ImagingStudy")
        assert len(found["identifier"]) == 1
        assert "started" not in found
        assert "series" not in found


class TestReport:
    def test_a_draft_is_preliminary_and_nobody_signed(self, bundle_of: BundleOf) -> None:
        bundle = bundle_of(cases.one_lesion_case())
        report = bundle.one("DiagnosticReport")
        assert report["status"] == "preliminary"
        assert "issued" not in report
        assert bundle.all("Provenance") == []
        assert {item["status"] for item in bundle.all("Observation")} == {"preliminary"}

    def test_a_signed_report_names_reader_time_and_second_reader(self, bundle_of: BundleOf) -> None:
        bundle = bundle_of(cases.signed_case())
        report = bundle.one("DiagnosticReport")
        assert (report["status"], report["issued"]) == ("final", "2026-03-14T16:55:00+01:00")
        names = [item["name"][0]["text"] for item in bundle.all("Practitioner")]
        assert names == ["R. Reader", "S. Second"]
        assert len(report["resultsInterpreter"]) == 2
        assert len(report["performer"]) == 1
        provenance = bundle.one("Provenance")
        assert provenance["recorded"] == "2026-03-14T16:55:00+01:00"
        signer, program = provenance["agent"]
        assert signer["role"] == [{"text": "Radiologist"}]
        assert signer["who"]["reference"].endswith(bundle.all("Practitioner")[0]["id"])
        assert program["who"] == {"display": SOFTWARE}

    def test_an_amended_report_says_why(self, bundle_of: BundleOf) -> None:
        bundle = bundle_of(cases.full_case())
        assert bundle.one("DiagnosticReport")["status"] == "amended"
        assert bundle.one("Provenance")["reason"] == [{"text": "Level corrected."}]

    def test_a_reader_who_signs_twice_is_one_person(self, bundle_of: BundleOf) -> None:
        signature = replace(cases.reader_signature(), second_reader="R. Reader")
        bundle = bundle_of(replace(cases.signed_case(), signature=signature))
        assert len(bundle.all("Practitioner")) == 1

    def test_a_signature_without_a_name_or_time_stays_valid(self) -> None:
        signature = Signature(name=" ", role=" ", at="yesterday")
        case = replace(cases.signed_case(), signature=signature, status=CaseStatus.SIGNED)
        document = fhir_bundle(case, software=SOFTWARE)
        R4Bundle.model_validate(document)
        provenance = Bundle(case).one("Provenance")
        assert provenance["agent"][0]["who"] == {"display": "not stated"}
        assert "issued" not in Bundle(case).one("DiagnosticReport")

    def test_it_lists_every_result_and_says_the_impression(self, bundle_of: BundleOf) -> None:
        bundle = bundle_of(cases.full_case())
        report = bundle.one("DiagnosticReport")
        assert len(report["result"]) == len(bundle.all("Observation"))
        assert report["conclusion"] == "Unstable lesion of T12."
        proposed = bundle_of(cases.one_lesion_case()).one("DiagnosticReport")["conclusion"]
        assert "T12" in proposed

    def test_it_carries_the_pdf(self, bundle_of: BundleOf) -> None:
        form = bundle_of(cases.signed_case(), b"%PDF-1.7").one("DiagnosticReport")["presentedForm"]
        assert form[0]["contentType"] == "application/pdf"
        assert base64.b64decode(form[0]["data"]) == b"%PDF-1.7"
        assert "presentedForm" not in bundle_of(cases.signed_case()).one("DiagnosticReport")


class TestSins:
    def test_components_and_total(self, bundle_of: BundleOf) -> None:
        case = cases.one_lesion_case()
        bundle = bundle_of(case)
        result = sins_of(case, T12)
        for name, item in result.components.items():
            found = bundle.observation(f"SINS {name.replace('_', ' ')}")
            assert found["component"][0]["valueQuantity"]["value"] == item.points
            assert found["bodySite"]["coding"][0]["code"] == "23215003"
        total = bundle.observation("SINS total, 0 to 18")
        assert total["valueQuantity"] == {
            "value": result.total,
            "unit": "points",
            "system": "http://unitsofmeasure.org",
            "code": "{score}",
        }
        assert result.total == 3 + 3 + 2 + 2 + 3 + 1
        assert total["interpretation"][0]["coding"][0]["code"] == "SINS_UNSTABLE"
        assert len(total["hasMember"]) == len(SinsComponent)

    def test_the_value_is_coded_by_the_registry(self, bundle_of: BundleOf) -> None:
        bundle = bundle_of(cases.one_lesion_case())
        assert value_codes(bundle.observation("SINS collapse")) == ["RDE155.2"]
        pain = bundle.observation("SINS pain")
        assert value_codes(pain) == ["SINS_PAIN_3"]
        assert pain["note"] == [{"text": "Stated by Dr. Surgeon, by telephone"}]

    def test_unknown_and_not_assessed_are_two_reasons(self, bundle_of: BundleOf) -> None:
        case = cases.one_lesion_case()
        unknown = bundle_of(with_sins(case, pain=UNKNOWN, collapse=UNKNOWN))
        open_ = bundle_of(
            with_sins(case, pain=cases.SinsAnswers().pain, collapse=cases.SinsAnswers().collapse)
        )
        for name in ("SINS pain", "SINS collapse"):
            assert absent_code(unknown.observation(name)) == "asked-unknown"
        assert absent_code(open_.observation("SINS pain")) == "not-asked"
        assert absent_code(open_.observation("SINS collapse")) == "not-performed"

    def test_an_incomplete_total_is_no_number_but_a_range(self, bundle_of: BundleOf) -> None:
        total = bundle_of(with_sins(cases.one_lesion_case(), pain=UNKNOWN)).observation(
            "SINS total, 0 to 18"
        )
        assert "valueQuantity" not in total
        assert absent_code(total) == "asked-unknown"
        assert [part["valueQuantity"]["value"] for part in total["component"]] == [11, 14]
        assert "interpretation" not in total

    def test_an_incomplete_total_in_one_category_names_it(self, bundle_of: BundleOf) -> None:
        first = cases.one_lesion_case()
        bundle = bundle_of(with_sins(first, bone_lesion=cases.SinsAnswers().bone_lesion))
        total = bundle.observation("SINS total, 0 to 18")
        assert [part["valueQuantity"]["value"] for part in total["component"]] == [12, 14]
        near = bundle_of(
            with_sins(
                first,
                bone_lesion=UNKNOWN,
                posterolateral=cases.SinsPosterolateral.BILATERAL,
            )
        ).observation("SINS total, 0 to 18")
        assert near["interpretation"][0]["coding"][0]["code"] == "SINS_UNSTABLE"

    def test_a_score_that_must_not_be_computed_says_so(self, bundle_of: BundleOf) -> None:
        case = with_sins(cases.one_lesion_case(), context=frozenset({SinsContext.INSTRUMENTED}))
        total = bundle_of(case).observation("SINS total, 0 to 18")
        assert absent_code(total) == "not-applicable"
        assert total["note"][0]["text"] == sins_of(case, T12).refused

    def test_a_level_with_a_lesion_and_no_grade_is_not_zero(self, bundle_of: BundleOf) -> None:
        bundle = bundle_of(replace(cases.one_lesion_case(), assessments=()))
        assert "valueQuantity" not in bundle.observation("SINS total, 0 to 18")
        assert absent_code(bundle.observation("ESCC grade (Bilsky)")) == "not-performed"


class TestEscc:
    def test_the_grade_and_what_belongs_to_it(self, bundle_of: BundleOf) -> None:
        case = cases.one_lesion_case()
        found = bundle_of(case).observation("ESCC grade (Bilsky)")
        assert escc_of(case, T12).grade == "2"
        assert value_codes(found) == ["RDE1998.4"]
        assert found["valueCodeableConcept"]["text"] == "ESCC 2"
        parts = components(found)
        assert value_codes(parts["Read on"]) == ["ESCC_MODALITY_MRI"]
        assert value_codes(parts["Cause of compression"]) == ["ESCC_CAUSE_TUMOR"]
        assert parts["Position around the sac"]["valueCodeableConcept"]["text"] == (
            "anterior; lateral left"
        )

    def test_an_undecided_grade_has_no_value(self, bundle_of: BundleOf) -> None:
        case = cases.one_lesion_case()
        questions = (YesNo.YES, UNKNOWN, *EsccAnswers().questions[2:])
        first = replace(case.assessments[0], escc=EsccAnswers(questions=questions))
        found = bundle_of(replace(case, assessments=(first,))).observation("ESCC grade (Bilsky)")
        assert "valueCodeableConcept" not in found
        assert absent_code(found) == "asked-unknown"
        assert absent_code(components(found)["Read on"]) == "not-performed"

    def test_below_the_conus_the_scale_does_not_apply(self, bundle_of: BundleOf) -> None:
        case = replace(cases.one_lesion_case(), conus=VertebralLevel.T11)
        found = bundle_of(case).observation("ESCC grade (Bilsky)")
        assert absent_code(found) == "not-applicable"
        descriptor = "Cauda equina descriptor, proposed 2025, not validated"
        assert absent_code(components(found)[descriptor]) == "not-performed"
        assert any("below the conus" in note["text"] for note in found["note"])

    def test_a_screening_ct_is_named_as_method(self, bundle_of: BundleOf) -> None:
        case = cases.one_lesion_case()
        first = case.assessments[0]
        screened = replace(
            first, escc=replace(first.escc, modality=cases.EsccModality.CT_SCREENING)
        )
        found = bundle_of(replace(case, assessments=(screened,))).observation("ESCC grade (Bilsky)")
        assert found["method"] == {"text": "Screening on CT"}


NOMS = "NOMS framework, suggestion for multidisciplinary review"


class TestCaudaEquina:
    def test_the_descriptor_below_the_conus(self, bundle_of: BundleOf) -> None:
        case = replace(cases.full_case(), conus=VertebralLevel.T11)
        found = bundle_of(case).observation("ESCC grade (Bilsky)")
        descriptor = "Cauda equina descriptor, proposed 2025, not validated"
        assert value_codes(components(found)[descriptor]) == ["CAUDA_EQUINA_2"]


class TestNoms:
    def test_the_decision_and_its_letters(self, bundle_of: BundleOf) -> None:
        case = cases.one_lesion_case()
        found = bundle_of(case).observation(NOMS)
        decision = noms_of(case, T12).decision
        assert decision is not None
        assert value_codes(found) == [f"NOMS_{decision.value}"]
        parts = components(found)
        assert value_codes(parts["Neurologic"]) == ["NOMS_N_HIGH"]
        assert value_codes(parts["Systemic"]) == ["NOMS_S_ABLE"]

    def test_an_open_decision_shows_its_branches(self, bundle_of: BundleOf) -> None:
        case = replace(cases.one_lesion_case(), oncology=Oncology(histology=UNKNOWN))
        found = bundle_of(case).observation(NOMS)
        assert "valueCodeableConcept" not in found
        assert absent_code(found) == "asked-unknown"
        branches = noms_of(case, T12).branches
        assert branches
        for key, decision in branches.items():
            assert value_codes(components(found)[f"If {key}"]) == [f"NOMS_{decision.value}"]


class TestLesion:
    def test_size_and_share_have_their_units(self, bundle_of: BundleOf) -> None:
        bundle = bundle_of(cases.one_lesion_case())
        size = bundle.observation("Longest extent of lesion 1")
        assert size["code"]["coding"][0]["code"] == "103339001"
        assert size["valueQuantity"] == {
            "value": 19.0,
            "unit": "mm",
            "system": SYSTEMS["UCUM"],
            "code": "mm",
        }
        share = bundle.observation("Share of the vertebral body involved")
        assert share["valueQuantity"]["value"] == 45.0
        assert share["valueQuantity"]["code"] == "%"

    def test_a_share_that_is_not_known_has_no_number(self, bundle_of: BundleOf) -> None:
        case = cases.one_lesion_case()
        lesion = replace(case.lesions[0], body_involved_pct=UNKNOWN)
        share = bundle_of(replace(case, lesions=(lesion,))).observation(
            "Share of the vertebral body involved"
        )
        assert absent_code(share) == "asked-unknown"
        assert "valueQuantity" not in share

    def test_the_structure_names_vertebra_parts_and_sides(self, bundle_of: BundleOf) -> None:
        bundle = bundle_of(cases.one_lesion_case())
        structure = bundle.one("BodyStructure")
        assert structure["location"]["coding"][0]["code"] == "23215003"
        assert structure["location"]["text"] == "T12"
        assert [item["text"] for item in structure["locationQualifier"]] == [
            "body anterior, left",
            "pedicle, left",
        ]
        assert structure["description"].startswith("Lesion 1, T12. Body: left anterior third")
        finding = bundle.observation("Lesion 1")
        assert finding["focus"][0]["reference"] == f"urn:uuid:{structure['id']}"

    def test_findings(self, bundle_of: BundleOf) -> None:
        parts = components(bundle_of(cases.one_lesion_case()).observation("Lesion 1"))
        assert value_codes(parts["Type of the lesion"]) == ["LESION_TYPE_LYTIC"]
        assert value_codes(parts["Treated before"]) == ["LESION_TREATED_NO"]
        assert parts["Soft-tissue extension"]["valueCodeableConcept"]["text"] == (
            "epidural; paraspinal, left"
        )

    def test_none_is_an_answer_and_nothing_answered_is_none(self, bundle_of: BundleOf) -> None:
        case = cases.one_lesion_case()
        none = replace(case.lesions[0], soft_tissue=frozenset({SoftTissue.NONE}))
        parts = components(bundle_of(replace(case, lesions=(none,))).observation("Lesion 1"))
        assert value_codes(parts["Soft-tissue extension"]) == ["LESION_SOFT_TISSUE_NONE"]
        empty = replace(case.lesions[0], soft_tissue=frozenset())
        parts = components(bundle_of(replace(case, lesions=(empty,))).observation("Lesion 1"))
        assert "Soft-tissue extension" not in parts
        open_ = replace(case.lesions[0], soft_tissue=cases.SinsAnswers().pain)
        parts = components(bundle_of(replace(case, lesions=(open_,))).observation("Lesion 1"))
        assert absent_code(parts["Soft-tissue extension"]) == "not-performed"

    def test_without_a_confirmed_level_only_the_spine_is_named(self, bundle_of: BundleOf) -> None:
        case = cases.one_lesion_case()
        lesion = replace(case.lesions[0], levels=())
        bundle = bundle_of(replace(case, lesions=(lesion,)))
        structure = bundle.one("BodyStructure")
        assert structure["location"]["coding"][0]["code"] == "421060004"
        assert "level not confirmed" in structure["description"]
        assert "bodySite" not in bundle.observation("Lesion 1")


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("a\x00b", "a[U+0000]b"),
        ("\ud800", "[U+D800]"),
        ("gpj.\u202eexe", "gpj.[U+202E]exe"),
        ("  two\nlines\t", "two\nlines"),
        ("日本", "日本"),
    ],
)
def test_text_is_kept_visible(value: str, shown: str) -> None:
    assert text(value) == shown


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2026-03-14 14:58", "2026-03-14"),
        ("2026-02-30", ""),
        ("", ""),
        ("20260314", "2026-03-14"),
    ],
)
def test_only_a_real_date_is_a_date(value: str, expected: str) -> None:
    assert iso_date(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2026-03-14T16:55+01:00", "2026-03-14T16:55:00+01:00"),
        ("2026-03-14T16:55:00", ""),
        ("noon", ""),
    ],
)
def test_only_a_time_with_its_offset_is_an_instant(value: str, expected: str) -> None:
    assert instant(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [("1.2.840.10008.1.2", True), ("1.02.3", False), ("1", False), ("1." + "2" * 63, False)],
)
def test_uids(value: str, expected: bool) -> None:
    assert is_uid(value) is expected
