"""De-identification attribute by attribute: what a value becomes, by its rule."""

from __future__ import annotations

import re
from typing import Any

import pytest
from pydicom.datadict import dictionary_VR, tag_for_keyword
from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.uid import ExplicitVRLittleEndian

from workstation.base.errors import InputRefusedError
from workstation.exchange.deidentify import deidentify, person_of
from workstation.exchange.deidentify_rules import (
    CLASS_UIDS,
    DUMMIES,
    EMPTY,
    EMPTY_WHERE_THERE,
    KEEP,
    MEANING_SCHEMES,
    SAFE_TEXT,
)
from workstation.exchange.pseudonyms import Pseudonyms

KEY = bytes(range(32))
CT = "1.2.840.10008.5.1.4.1.1.2"


def plain(**values: Any) -> FileDataset:
    """A small CT object; values are set as they are, not checked by the writer."""
    dataset = Dataset()
    dataset.SOPClassUID = CT
    dataset.SOPInstanceUID = "1.2.3.4"
    dataset.Modality = "CT"
    dataset.PatientID = "P-1"
    dataset.PatientName = "EXAMPLE^Ada"
    for keyword, value in values.items():
        vr = dictionary_VR(keyword)
        dataset.add(DataElement(tag_for_keyword(keyword), vr, value, validation_mode=0))
    meta = FileMetaDataset()
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    return FileDataset("", dataset, file_meta=meta, preamble=b"\0" * 128)


def bare(**values: Any) -> FileDataset:
    return deidentify(plain(**values), KEY).dataset


SAFE = [
    ("CodingSchemeVersion", "2.16", True),
    ("CodingSchemeVersion", "Ada 2", False),
    ("TimezoneOffsetFromUTC", "+0100", True),
    ("TimezoneOffsetFromUTC", "0100", False),
    ("RescaleType", "HU", True),
    ("RescaleType", "SUV", True),
    ("RescaleType", "Ada", False),
    ("ConvolutionKernel", "B30f", True),
    ("ConvolutionKernel", "BONEPLUS", True),
    ("ConvolutionKernel", "Br59 for Ada", False),
    ("FilterType", "WEDGE_2", True),
    ("FilterType", "wedge of Ada", False),
    ("ImagedNucleus", "1H", True),
    ("ImagedNucleus", "Ada", False),
    ("ReconstructionMethod", "OSEM 3I21S", True),
    ("ReconstructionMethod", "by Ada", False),
    ("AttenuationCorrectionMethod", "CT", True),
    ("AttenuationCorrectionMethod", "measured", True),
    ("AttenuationCorrectionMethod", "Ada measured", False),
    ("Manufacturer", "SIEMENS", True),
    ("Manufacturer", "GE MEDICAL SYSTEMS", True),
    ("Manufacturer", "Philips Medical Systems", True),
    ("Manufacturer", "SIEMENS 4711", False),
    ("Manufacturer", "Elm Street Hospital", False),
    ("PulseSequenceName", "*tse2d1_17", True),
    ("PulseSequenceName", "Ada^1", False),
    ("StackID", "1", True),
    ("StackID", "Ada", False),
]


@pytest.mark.parametrize(("keyword", "value", "stays"), SAFE)
def test_a_text_stays_only_as_a_word_of_its_kind(keyword: str, value: str, stays: bool) -> None:
    found = bare(**{keyword: value})
    if stays:
        assert found[keyword].value == value
    elif keyword in DUMMIES:
        assert found[keyword].value == DUMMIES[keyword]
    else:
        assert keyword not in found


@pytest.mark.parametrize("keyword", sorted({row[0] for row in SAFE}))
def test_one_bad_value_of_several_takes_all_of_them(keyword: str) -> None:
    good = next(value for name, value, stays in SAFE if name == keyword and stays)
    found = bare(**{keyword: [good, "Ada of Elm Street"]})
    kept = str(found[keyword].value) if keyword in found else ""
    assert "Ada" not in kept


UNSAFE_TEXTS = sorted(
    keyword
    for keyword in KEEP
    if dictionary_VR(keyword) in ("LO", "SH", "LT", "ST", "UT", "UC")
    and keyword not in ("CodeMeaning", "TrackingID")
)


@pytest.mark.parametrize("keyword", UNSAFE_TEXTS)
def test_no_kept_text_keeps_a_name(keyword: str) -> None:
    found = bare(**{keyword: "EXAMPLE^Ada of Elm"})
    expected = DUMMIES.get(keyword)
    assert (found[keyword].value if keyword in found else None) == expected


DATES = sorted(keyword for keyword in KEEP if dictionary_VR(keyword) == "DA")


@pytest.mark.parametrize("keyword", DATES)
def test_every_date_moves_by_the_days_of_its_patient(keyword: str) -> None:
    names = Pseudonyms(key=KEY, person="|P-1")
    assert bare(**{keyword: "20260314"})[keyword].value == names.dicom_date("20260314")
    assert bare(**{keyword: "20260314"})[keyword].value != "20260314"


@pytest.mark.parametrize("keyword", DATES)
def test_a_date_that_is_none_goes(keyword: str) -> None:
    assert keyword not in bare(**{keyword: "born 1961"})


MOMENTS = sorted(keyword for keyword in KEEP if dictionary_VR(keyword) == "DT")


@pytest.mark.parametrize("keyword", MOMENTS)
def test_every_moment_keeps_its_time_of_day(keyword: str) -> None:
    found = str(bare(**{keyword: "20260314152000.5+0100"})[keyword].value)
    assert found.endswith("152000.5+0100")
    assert not found.startswith("20260314")


UIDS = sorted(keyword for keyword in KEEP if dictionary_VR(keyword) == "UI")


@pytest.mark.parametrize("keyword", UIDS)
def test_every_uid_is_replaced_unless_it_names_a_kind(keyword: str) -> None:
    own = str(bare(**{keyword: "1.2.826.0.1.3680043.99"})[keyword].value)
    assert own == Pseudonyms(key=KEY, person="|P-1").uid("1.2.826.0.1.3680043.99")
    registered = str(bare(**{keyword: CT})[keyword].value)
    assert (registered == CT) is (keyword in CLASS_UIDS)


@pytest.mark.parametrize(
    ("age", "kept"),
    [
        ("000D", "000D"),
        ("006W", "006W"),
        ("018M", "018M"),
        ("064Y", "064Y"),
        ("089Y", "089Y"),
        ("090Y", "090Y"),
        ("091Y", "090Y"),
        ("104Y", "090Y"),
        ("095M", "095M"),
        ("64Y", None),
        ("064", None),
        ("064Y of Ada", None),
        ("old", None),
    ],
)
def test_high_ages_fold_into_one(age: str, kept: str | None) -> None:
    found = bare(PatientAge=age)
    assert (found.PatientAge if "PatientAge" in found else None) == kept


CODES = sorted(
    keyword for keyword in KEEP if dictionary_VR(keyword) == "CS" and keyword not in DUMMIES
)


@pytest.mark.parametrize("keyword", CODES)
def test_a_code_string_stays_only_as_a_code(keyword: str) -> None:
    if keyword not in ("BurnedInAnnotation", "SpecificCharacterSet"):
        assert bare(**{keyword: "ABC_1 2"})[keyword].value == "ABC_1 2"
    assert keyword == "SpecificCharacterSet" or keyword not in bare(**{keyword: "Ada, 61"})


NUMBERS = sorted(
    keyword for keyword in KEEP if dictionary_VR(keyword) in ("DS", "IS", "FD", "FL", "US", "SS")
)


@pytest.mark.parametrize("keyword", NUMBERS)
def test_every_kept_number_keeps_its_value(keyword: str) -> None:
    assert float(bare(**{keyword: 7})[keyword].value) == 7.0


@pytest.mark.parametrize("keyword", [*EMPTY])
def test_what_every_object_must_carry_is_there_and_empty(keyword: str) -> None:
    for dataset in (bare(), bare(**{keyword: "19610702"})):
        assert keyword in dataset
        assert not str(dataset[keyword].value)


@pytest.mark.parametrize("keyword", EMPTY_WHERE_THERE)
def test_what_some_objects_must_carry_is_empty_where_it_was(keyword: str) -> None:
    assert keyword not in bare()
    assert not str(bare(**{keyword: "Ada"})[keyword].value)


@pytest.mark.parametrize("scheme", sorted(MEANING_SCHEMES))
def test_words_of_a_known_scheme_stay(scheme: str) -> None:
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = "T-1", scheme, "Vertebra"
    (found,) = bare(AnatomicRegionSequence=[item]).AnatomicRegionSequence
    assert found.CodeMeaning == "Vertebra"
    assert found.CodeValue == "T-1"


@pytest.mark.parametrize("scheme", ["99ADA", "L", "99LOCAL", ""])
def test_words_of_a_private_scheme_were_typed_by_somebody(scheme: str) -> None:
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = "T-1", scheme, "Ada's back"
    (found,) = bare(AnatomicRegionSequence=[item]).AnatomicRegionSequence
    assert found.CodeMeaning == "Removed"


@pytest.mark.parametrize("keyword", ["CodeValue", "CodingSchemeDesignator"])
@pytest.mark.parametrize("value", ["Müller, Ada", "=1+1;", "ada@elm"])
def test_a_code_that_is_none_is_replaced(keyword: str, value: str) -> None:
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = "T-1", "SCT", "Vertebra"
    item.add(DataElement(tag_for_keyword(keyword), "SH", value, validation_mode=0))
    (found,) = bare(AnatomicRegionSequence=[item]).AnatomicRegionSequence
    assert found[keyword].value == DUMMIES[keyword]


def test_the_same_lesion_keeps_the_same_invented_name() -> None:
    segments = []
    for name in ("Ada's lesion", "other", "Ada's lesion"):
        item = Dataset()
        item.TrackingID = name
        segments.append(item)
    found = bare(SegmentSequence=segments).SegmentSequence
    assert [item.TrackingID for item in found] == ["lesion-1", "lesion-2", "lesion-1"]


@pytest.mark.parametrize("depth", [1, 10, 64])
def test_sequences_are_followed_to_their_end(depth: int) -> None:
    assert "Ada" not in str(bare(**nested(depth)))


def test_endless_nesting_is_refused() -> None:
    with pytest.raises(InputRefusedError, match="cannot be made free of identity") as caught:
        bare(**nested(65))
    assert caught.value.code == "damaged"


def nested(depth: int) -> dict[str, Any]:
    inner = Dataset()
    inner.PatientName = "EXAMPLE^Ada"
    inner.Modality = "CT"
    for _ in range(depth - 1):
        outer = Dataset()
        outer.ContentSequence = [inner]
        inner = outer
    return {"ContentSequence": [inner]}


@pytest.mark.parametrize(
    ("values", "person"),
    [
        ({}, "|P-1"),
        ({"IssuerOfPatientID": "Elm"}, "Elm|P-1"),
        ({"PatientID": " P-1 "}, "|P-1"),
        ({"PatientID": ""}, "|EXAMPLE^Ada"),
        ({"PatientID": "", "PatientName": ""}, "|"),
    ],
)
def test_a_person_is_told_by_issuer_and_id(values: dict[str, str], person: str) -> None:
    assert person_of(plain(**values)) == person


def test_two_patients_get_two_ids_and_one_patient_one() -> None:
    first, again, other = (bare(PatientID=name).PatientID for name in ("P-1", " P-1", "P-2"))
    assert first == again
    assert first != other


@pytest.mark.parametrize(
    ("values", "warned"),
    [
        ({"Modality": "CT"}, False),
        ({"Modality": "OT"}, True),
        ({"Modality": "US"}, True),
        ({"Modality": "DOC"}, True),
        ({"Modality": "OT", "BurnedInAnnotation": "NO"}, False),
    ],
)
def test_pictures_of_screens_are_looked_at(values: dict[str, str], warned: bool) -> None:
    found = deidentify(plain(**values, PixelData=b"\0\0"), KEY)
    assert bool(found.warnings) is warned
    assert deidentify(plain(**values), KEY).warnings == ()


@pytest.mark.parametrize("told", ["YES", "yes", " YES "])
def test_a_face_is_told_and_burned_in_names_are_refused(told: str) -> None:
    warnings = deidentify(plain(RecognizableVisualFeatures=told), KEY).warnings
    assert warnings == ("A face may be recognized in these images.",)
    with pytest.raises(InputRefusedError) as caught:
        deidentify(plain(BurnedInAnnotation=told), KEY)
    assert caught.value.code == "burned-in"


@pytest.mark.parametrize(
    ("uid", "word"),
    [
        ("1.2.840.10008.5.1.4.1.1.104.1", "A PDF"),
        ("1.2.840.10008.5.1.4.1.1.104.2", "A document"),
        ("1.2.840.10008.5.1.4.1.1.104.3", "A model"),
        ("1.2.840.10008.5.1.4.1.1.66", "Raw data"),
    ],
)
def test_bytes_of_another_format_are_refused_by_their_kind(uid: str, word: str) -> None:
    with pytest.raises(InputRefusedError, match=f"^{word} cannot be made free"):
        bare(SOPClassUID=uid)


@pytest.mark.parametrize("pattern", SAFE_TEXT.values())
def test_no_safe_word_holds_a_name_or_a_date(pattern: str) -> None:
    for text in ("EXAMPLE^Ada", "Ada, Elm Street 1", "2026-03-14 Ada", "Müller"):
        assert re.fullmatch(pattern, text) is None
