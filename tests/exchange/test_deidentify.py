"""DICOM objects of every kind without identity: no leak, references hold, still readable."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.datadict import tag_for_keyword
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.encaps import encapsulate
from pydicom.uid import UID, ExplicitVRLittleEndian, JPEG2000Lossless

from tests.support.phantom import Phantom, pet_phantom, write_phantom
from workstation.__main__ import main
from workstation.base.errors import InputRefusedError
from workstation.exchange.deidentify import deidentify
from workstation.exchange.deidentify_rules import CLASS_UIDS, DUMMIES, KEEP, SAFE_TEXT
from workstation.imaging.catalog import load_volume, open_paths
from workstation.storage.case_store import CaseStore

KEY = bytes(range(32))
NAME, PATIENT_ID, BORN, ACCESSION = "EXAMPLE^Ada", "DEMO-004217", "19610702", "ACC-77120"
ROOT = "1.2.826.0.1.3680043.10.1451"
SECRETS = ("EXAMPLE", "Ada", PATIENT_ID, BORN, ACCESSION, ROOT, "Surgeon", "Elm Street", "20260314")

KINDS = {
    "CT": "1.2.840.10008.5.1.4.1.1.2",
    "MR": "1.2.840.10008.5.1.4.1.1.4",
    "PT": "1.2.840.10008.5.1.4.1.1.128",
    "enhanced MR": "1.2.840.10008.5.1.4.1.1.4.1",
    "SEG": "1.2.840.10008.5.1.4.1.1.66.4",
    "SR": "1.2.840.10008.5.1.4.1.1.88.34",
    "KO": "1.2.840.10008.5.1.4.1.1.88.59",
    "PR": "1.2.840.10008.5.1.4.1.1.11.1",
    "REG": "1.2.840.10008.5.1.4.1.1.66.1",
    "RTSTRUCT": "1.2.840.10008.5.1.4.1.1.481.3",
    "SC": "1.2.840.10008.5.1.4.1.1.7",
}


TAKEN_OUT = """
PatientName PatientID OtherPatientIDs OtherPatientIDsSequence PatientBirthName PatientBirthTime
PatientAddress PatientMotherBirthName PatientTelephoneNumbers EthnicGroup Occupation
AdditionalPatientHistory PatientComments MilitaryRank BranchOfService MedicalRecordLocator
IssuerOfPatientID InstitutionName InstitutionAddress InstitutionalDepartmentName StationName
ReferringPhysicianAddress PhysiciansOfRecord PerformingPhysicianName NameOfPhysiciansReadingStudy
AdmittingDiagnosesDescription StudyDescription SeriesDescription ProtocolName
DerivationDescription ImageComments AcquisitionComments FrameComments TextValue TextString
UnformattedTextValue PersonName VerifyingObserverName VerifyingOrganization RequestingPhysician
RequestingService RequestedProcedureDescription RequestedProcedureComments
RequestAttributesSequence PerformedProcedureStepDescription PerformedProcedureStepID
ScheduledStepAttributesSequence PersonIdentificationCodeSequence DeviceSerialNumber DeviceUID
DetectorID GantryID CassetteID PlateID IconImageSequence OriginalAttributesSequence
ModifiedAttributesSequence DigitalSignaturesSequence EncryptedAttributesSequence
MACParametersSequence EncapsulatedDocument ContributingEquipmentSequence PerformedLocation
SpecialNeeds PatientState CurrentPatientLocation AdmissionID IssuerOfAdmissionIDSequence
ServiceEpisodeID VisitComments RegionOfResidence CountryOfResidence ResponsiblePerson
ResponsibleOrganization SmokingStatus PregnancyStatus LastMenstrualDate MedicalAlerts Allergies
PatientInsurancePlanCodeSequence WaveformSequence RetrieveAETitle StationAETitle
ClinicalTrialSubjectID ClinicalTrialSponsorName ClinicalTrialProtocolID ContrastBolusAgent
RadiopharmaceuticalRoute InterpretationText ResultsComments SegmentDescription ROIDescription
StructureSetDescription LUTExplanation
"""
"""Attributes of PS3.15 table E.1-1 that name or describe a person, place or device."""


def coded(value: str, meaning: str, scheme: str = "DCM") -> Dataset:
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = value, scheme, meaning
    return item


def identified(kind: str) -> FileDataset:
    """An object that says in every way it can whose it is."""
    dataset = Dataset()
    dataset.SpecificCharacterSet = "ISO_IR 100"
    dataset.SOPClassUID = KINDS[kind]
    dataset.SOPInstanceUID = f"{ROOT}.5"
    dataset.StudyInstanceUID = f"{ROOT}.2"
    dataset.SeriesInstanceUID = f"{ROOT}.3"
    dataset.FrameOfReferenceUID = f"{ROOT}.9"
    dataset.Modality = kind if len(kind) < 9 else "MR"
    dataset.PatientName, dataset.PatientID, dataset.PatientBirthDate = NAME, PATIENT_ID, BORN
    dataset.OtherPatientIDs = PATIENT_ID
    dataset.PatientSex, dataset.PatientAge, dataset.PatientWeight = "F", "095Y", 61.5
    dataset.PatientAddress = "1 Elm Street"
    dataset.PatientComments = f"{NAME} came alone"
    dataset.AccessionNumber = ACCESSION
    dataset.InstitutionName, dataset.StationName = "Elm Street Hospital", "ADA-1"
    dataset.ReferringPhysicianName = dataset.OperatorsName = "Surgeon^B"
    dataset.StudyDescription = f"MR of {NAME}"
    dataset.SeriesDescription = NAME
    dataset.ImageComments = f"{PATIENT_ID} {NAME}"
    dataset.ProtocolName = NAME
    dataset.DeviceSerialNumber = PATIENT_ID
    dataset.StudyDate = dataset.SeriesDate = dataset.ContentDate = "20260314"
    dataset.AcquisitionDateTime = "20260314152000.5+0100"
    dataset.StudyTime = "152000"
    dataset.StudyID = PATIENT_ID
    dataset.Manufacturer = "SIEMENS"
    dataset.ManufacturerModelName = NAME
    block = dataset.private_block(0x0029, "EXAMPLE PRIVATE", create=True)
    block.add_new(0x10, "LO", NAME)
    request = Dataset()
    request.RequestedProcedureDescription = NAME
    request.ReferencedStudySequence = [referenced()]
    dataset.RequestAttributesSequence = [request]
    dataset.ReferencedImageSequence = [referenced()]
    return with_meta(dataset)


def referenced() -> Dataset:
    item = Dataset()
    item.ReferencedSOPClassUID = KINDS["CT"]
    item.ReferencedSOPInstanceUID = f"{ROOT}.5"
    item.ImageComments = NAME
    return item


def with_meta(dataset: Dataset, syntax: UID = ExplicitVRLittleEndian) -> FileDataset:
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = dataset.SOPClassUID
    meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    meta.TransferSyntaxUID = syntax
    meta.SourceApplicationEntityTitle = "EXAMPLE"
    preamble = b"Ada EXAMPLE".ljust(128, b"\0")
    return FileDataset("", dataset, file_meta=meta, preamble=preamble)


def with_pixels(dataset: FileDataset) -> None:
    dataset.Rows = dataset.Columns = 4
    dataset.SamplesPerPixel, dataset.PhotometricInterpretation = 1, "MONOCHROME2"
    dataset.BitsAllocated = dataset.BitsStored = 16
    dataset.HighBit, dataset.PixelRepresentation = 15, 0
    dataset.PixelData = np.arange(16, dtype=np.uint16).tobytes()
    dataset.add_new(0x60003000, "OW", b"Ada EXAMPLE ")


def content_item(kind: str, concept: Dataset, **values: object) -> Dataset:
    item = Dataset()
    item.RelationshipType, item.ValueType = "CONTAINS", kind
    item.ConceptNameCodeSequence = [concept]
    for name, value in values.items():
        setattr(item, name, value)
    return item


def add_report(dataset: FileDataset) -> None:
    number = Dataset()
    number.NumericValue = "14"
    number.MeasurementUnitsCodeSequence = [coded("1", "no units", "UCUM")]
    finding = coded("x", f"seen by {NAME}", "99HOSP")
    dataset.ValueType = "CONTAINER"
    dataset.ConceptNameCodeSequence = [coded("126000", "Imaging Measurement Report")]
    inner = content_item("CONTAINER", coded("125007", "Measurement Group"))
    inner.ContentSequence = [
        content_item("TEXT", coded("112039", "Tracking Identifier"), TextValue=f"{NAME} T12"),
        content_item("NUM", coded("1", "SINS", "99BATSON"), MeasuredValueSequence=[number]),
        content_item("CODE", coded("121071", "Finding"), ConceptCodeSequence=[finding]),
        content_item("UIDREF", coded("112040", "Tracking UID"), UID=f"{ROOT}.77"),
    ]
    dataset.ContentSequence = [
        content_item("PNAME", coded("121008", "Person Observer Name"), PersonName="Surgeon^B"),
        content_item("TEXT", coded("121070", "Findings"), TextValue=f"{NAME} has a lesion"),
        content_item("IMAGE", coded("121112", "Source"), ReferencedSOPSequence=[referenced()]),
        inner,
    ]
    observer = Dataset()
    observer.VerifyingObserverName, observer.VerifyingOrganization = "Surgeon^B", "Elm Street"
    dataset.VerifyingObserverSequence = [observer]
    dataset.VerificationFlag, dataset.CompletionFlag = "VERIFIED", "COMPLETE"


def add_segment(dataset: FileDataset) -> None:
    segment = Dataset()
    segment.SegmentNumber, segment.SegmentLabel = 1, f"Lesion of {NAME}"
    segment.SegmentDescription = NAME
    segment.SegmentAlgorithmType = "MANUAL"
    segment.TrackingID, segment.TrackingUID = NAME, f"{ROOT}.77"
    segment.SegmentedPropertyTypeCodeSequence = [coded("14799000", "Metastasis", "SCT")]
    dataset.SegmentSequence = [segment]
    dataset.ContentCreatorName, dataset.ContentLabel = "Surgeon^B", "ADA"
    with_pixels(dataset)


def add_presentation(dataset: FileDataset) -> None:
    text = Dataset()
    text.UnformattedTextValue = NAME
    note = Dataset()
    note.GraphicLayer, note.TextObjectSequence = "LAYER1", [text]
    dataset.GraphicAnnotationSequence = [note]
    dataset.ContentCreatorName, dataset.ContentLabel = "Surgeon^B", "EXAMPLE"
    dataset.ContentDescription = NAME


def add_frames(dataset: FileDataset) -> None:
    position = Dataset()
    position.ImagePositionPatient = [1.0, 2.0, 3.0]
    frame = Dataset()
    frame.PlanePositionSequence = [position]
    frame.FrameContentSequence = [Dataset()]
    frame.FrameContentSequence[0].FrameComments = NAME
    dataset.PerFrameFunctionalGroupsSequence = [frame]
    dataset.NumberOfFrames = 1
    with_pixels(dataset)


def add_structures(dataset: FileDataset) -> None:
    region = Dataset()
    region.ROINumber, region.ROIName = 1, NAME
    dataset.StructureSetROISequence = [region]
    dataset.StructureSetLabel = NAME
    dataset.StructureSetDate = "20260314"


BUILDERS: dict[str, Callable[[FileDataset], None]] = {
    "CT": with_pixels,
    "MR": with_pixels,
    "PT": with_pixels,
    "SC": with_pixels,
    "enhanced MR": add_frames,
    "SEG": add_segment,
    "SR": add_report,
    "KO": add_report,
    "PR": add_presentation,
    "REG": lambda dataset: None,
    "RTSTRUCT": add_structures,
}


def built(kind: str) -> FileDataset:
    dataset = identified(kind)
    BUILDERS[kind](dataset)
    return dataset


def written(dataset: FileDataset) -> bytes:
    buffer = BytesIO()
    dataset.save_as(buffer, enforce_file_format=True)
    return buffer.getvalue()


@pytest.mark.parametrize("kind", KINDS)
def test_no_leak_in_any_kind_of_object(kind: str) -> None:
    before = built(kind)
    assert all(secret.encode() in written(before) for secret in SECRETS[:4])
    data = written(deidentify(before, KEY).dataset)
    assert [secret for secret in SECRETS if secret.encode() in data] == []
    assert b"EXAMPLE".lower() not in data.lower()


@pytest.mark.parametrize("kind", KINDS)
def test_object_can_be_read_again_and_says_what_was_done(kind: str) -> None:
    again = pydicom.dcmread(BytesIO(written(deidentify(built(kind), KEY).dataset)))
    assert again.SOPClassUID == KINDS[kind]
    assert again.PatientIdentityRemoved == "YES"
    assert again.LongitudinalTemporalInformationModified == "MODIFIED"
    values = [item.CodeValue for item in again.DeidentificationMethodCodeSequence]
    assert values == ["113100", "113107", "113108"]
    assert again.PatientID.startswith("ANON-")
    assert again.PatientBirthDate == again.AccessionNumber == again.StudyID == ""
    assert again.PatientAge == "090Y"
    assert again.file_meta.MediaStorageSOPInstanceUID == again.SOPInstanceUID
    assert again.preamble == b"\0" * 128
    assert not any(element.tag.is_private for element in again.iterall())


def test_references_and_dates_go_together() -> None:
    image, report = (deidentify(built(kind), KEY).dataset for kind in ("CT", "SR"))
    assert report.StudyInstanceUID == image.StudyInstanceUID
    source = report.ContentSequence[1].ReferencedSOPSequence[0]
    assert source.ReferencedSOPInstanceUID == image.SOPInstanceUID
    assert source.ReferencedSOPClassUID == KINDS["CT"]
    assert image.SOPInstanceUID.startswith("2.25.")
    assert image.StudyDate == image.SeriesDate == report.StudyDate
    assert image.AcquisitionDateTime == image.StudyDate + "152000.5+0100"
    assert image.StudyTime == "152000"
    assert image.PixelData == np.arange(16, dtype=np.uint16).tobytes()


def test_report_keeps_its_values_and_loses_its_words() -> None:
    report = deidentify(built("SR"), KEY).dataset
    person, _, group = report.ContentSequence
    assert person.PersonName == "Reader"
    assert [item.ValueType for item in group.ContentSequence] == ["TEXT", "NUM", "CODE", "UIDREF"]
    tracking, number, finding, _ = group.ContentSequence
    assert tracking.TextValue == "lesion-1"
    assert number.MeasuredValueSequence[0].NumericValue == 14
    assert finding.ConceptCodeSequence[0].CodeMeaning == "Removed"
    assert report.VerificationFlag == "UNVERIFIED"
    segment = deidentify(built("SEG"), KEY).dataset.SegmentSequence[0]
    assert segment.SegmentLabel == "Segment"
    assert segment.TrackingUID == group.ContentSequence[3].UID


def test_compressed_pixels_stay_as_they_are() -> None:
    dataset = built("CT")
    dataset = with_meta(dataset, JPEG2000Lossless)
    dataset.PixelData = encapsulate([b"\xff\x4f" + b"x" * 50])
    dataset["PixelData"].VR, dataset["PixelData"].is_undefined_length = "OB", True
    again = pydicom.dcmread(BytesIO(written(deidentify(dataset, KEY).dataset)))
    assert again.PixelData == dataset.PixelData
    assert again.file_meta.TransferSyntaxUID == JPEG2000Lossless


class TestRefusals:
    def test_documents_are_made_again_and_not_copied(self) -> None:
        dataset = identified("SC")
        dataset.SOPClassUID = "1.2.840.10008.5.1.4.1.1.104.1"
        dataset.EncapsulatedDocument = b"%PDF Ada"
        with pytest.raises(InputRefusedError, match="Make it again from a case") as caught:
            deidentify(dataset, KEY)
        assert caught.value.code == "document"

    def test_burned_in_identity_is_left_out(self) -> None:
        dataset = built("SC")
        dataset.BurnedInAnnotation = "YES"
        with pytest.raises(InputRefusedError, match="shows identity in its pixels"):
            deidentify(dataset, KEY)

    def test_picture_that_may_show_a_name_is_told(self) -> None:
        assert deidentify(built("SC"), KEY).warnings == (
            "The pixels may show a name. Look at the picture before passing it on.",
        )
        dataset = built("SC")
        dataset.BurnedInAnnotation = "NO"
        assert deidentify(dataset, KEY).warnings == ()
        assert deidentify(built("CT"), KEY).warnings == ()


class TestRules:
    def test_every_keyword_is_an_attribute(self) -> None:
        named = {*KEEP, *SAFE_TEXT, *DUMMIES, *CLASS_UIDS}
        assert [keyword for keyword in named if tag_for_keyword(keyword) is None] == []

    @pytest.mark.parametrize(
        "keyword",
        TAKEN_OUT.split(),
    )
    def test_what_the_profile_takes_out_is_not_kept(self, keyword: str) -> None:
        assert tag_for_keyword(keyword) is not None
        assert keyword not in KEEP

    def test_uid_that_only_looks_registered_is_replaced(self) -> None:
        dataset = identified("CT")
        dataset.StudyInstanceUID = "1.2.840.10008.4217.1961"
        assert deidentify(dataset, KEY).dataset.StudyInstanceUID.startswith("2.25.")

    def test_numbers_and_words_that_were_typed_do_not_pass_as_codes(self) -> None:
        dataset = identified("CT")
        dataset.ConvolutionKernel = NAME
        with pytest.warns(UserWarning, match="Invalid value"):
            dataset.BodyPartExamined = "Ada's back"
        dataset.RescaleType = NAME
        bare = deidentify(dataset, KEY).dataset
        assert "ConvolutionKernel" not in bare
        assert "BodyPartExamined" not in bare
        assert bare.RescaleType == "US"


class TestCommand:
    @pytest.mark.parametrize("phantom", [Phantom(), pet_phantom()], ids=["CT", "PET"])
    def test_copies_give_the_same_values_under_another_name(
        self, phantom: Phantom, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        source, out, home = tmp_path / "study", tmp_path / "out", tmp_path / "home"
        write_phantom(source, phantom)
        (source / "note.txt").write_text("Phantom^Asymmetric")
        words = ["--store", str(home), "deidentify", str(source), "--out", str(out), "--json"]
        assert main(words) == 4
        found = json.loads(capsys.readouterr().out)
        assert [item["code"] for item in found["refused"]] == ["not-dicom"]
        assert found["written"] == len(list(out.iterdir()))
        before, after = (load_volume(open_paths([at]).volumes[0]) for at in (source, out))
        assert np.array_equal(before.array, after.array)
        assert after.unit is before.unit
        assert after.geometry.origin_lps == before.geometry.origin_lps
        assert after.identity.patient.id != "PHANTOM"
        for path in out.iterdir():
            assert not re.search(rb"PHANTOM|Asymmetric|19600229", path.read_bytes(), re.I)
            assert path.stat().st_mode & 0o777 == 0o600
        store = CaseStore.open(home)
        assert store.audit.entries()[-1].detail == f"{found['written']} DICOM objects"
        store.close()

    def test_nothing_usable_exits_3(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        (tmp_path / "note.txt").write_text("hello")
        words = ["deidentify", str(tmp_path / "note.txt"), "--out", str(tmp_path / "out")]
        assert main(["--store", str(tmp_path / "home"), *words]) == 3
        assert capsys.readouterr().err == "note.txt: This is no DICOM file.\n"
        words[1] = str(tmp_path / "missing")
        assert main(["--store", str(tmp_path / "home"), *words]) == 3
