"""DICOM objects without identity, by a keep-list (PS3.15 annex E; :mod:`.deidentify_rules`)."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pydicom.dataelem import DataElement
from pydicom.dataset import Dataset, FileDataset, FileMetaDataset
from pydicom.sequence import Sequence
from pydicom.uid import UID

from workstation.base.errors import InputRefusedError
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

METHOD = "Batson keep-list 1"
MAX_DEPTH = 64
OLDEST_SHOWN = 89
"""Ages above it are so rare that they point at a person."""

_TEXTS = frozenset({"LO", "LT", "SH", "ST", "UC", "UT", "UR", "AE"})
_NUMBERS = frozenset(
    {"AT", "DS", "FD", "FL", "IS", "OB", "OD", "OF", "OL", "OV", "OW", "SL", "SS", "SV", "TM"}
    | {"UL", "US", "UV", "US or SS", "OB or OW", "US or OW", "US or SS or OW"}
)
_OF_PAPER = {
    "1.2.840.10008.5.1.4.1.1.104.1": "A PDF",
    "1.2.840.10008.5.1.4.1.1.104.2": "A document",
    "1.2.840.10008.5.1.4.1.1.104.3": "A model",
    "1.2.840.10008.5.1.4.1.1.66": "Raw data",
}
"""Objects that are bytes of another format: made again from a case, never copied."""

_SCREENS = frozenset({"OT", "SC", "US", "XC", "ES", "GM", "DOC"})
_CODES = (
    ("113100", "Basic Application Confidentiality Profile"),
    ("113107", "Retain Longitudinal Temporal Information Modified Dates Option"),
    ("113108", "Retain Patient Characteristics Option"),
)
"""What was done, PS3.16 CID 7050."""

_TRACKING_IDENTIFIER = "112039"
_CODE_STRING = re.compile(r"[A-Z0-9_ ]{1,16}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Deidentified:
    """An object without identity, and what a person should look at before it is passed on."""

    dataset: FileDataset
    warnings: tuple[str, ...] = ()


def person_of(dataset: Dataset) -> str:
    """Return what tells the patient of an object from others: issuer and id, or the name."""
    issuer, patient_id, name = (
        str(dataset.get(keyword, "") or "").strip()
        for keyword in ("IssuerOfPatientID", "PatientID", "PatientName")
    )
    return f"{issuer}|{patient_id or name}"


def deidentify(dataset: FileDataset, key: bytes) -> Deidentified:
    """Return a copy of a DICOM object that does not say whose it is.

    Parameters
    ----------
    dataset : FileDataset
        As read; it is not changed.
    key : bytes
        Of the store: objects that refer to each other do so afterwards.

    Raises
    ------
    InputRefusedError
        When identity cannot be taken out: a document, or pixels that say they show it.
    """
    _refuse_impossible(dataset)
    names = Pseudonyms(key=key, person=person_of(dataset))
    try:
        with warnings.catch_warnings():
            # They quote the values that are wrong.
            warnings.simplefilter("ignore")
            bare = _Pass(names).dataset(dataset, 0)
    except (ValueError, TypeError, NotImplementedError, AttributeError, KeyError) as error:
        raise InputRefusedError(
            "This object is damaged; it cannot be made free of identity.",
            detail=type(error).__name__,
            code="damaged",
        ) from error
    _state(bare, names)
    file = FileDataset("", bare, preamble=b"\0" * 128, file_meta=_meta(dataset, bare))
    return Deidentified(dataset=file, warnings=_warnings(dataset))


def _refuse_impossible(dataset: FileDataset) -> None:
    kind = _OF_PAPER.get(str(dataset.get("SOPClassUID", "")))
    if kind or "EncapsulatedDocument" in dataset:
        raise InputRefusedError(
            f"{kind or 'A document'} cannot be made free of identity. "
            "Make it again from a case without identity.",
            code="document",
        )
    if str(dataset.get("BurnedInAnnotation", "")).strip().upper() == "YES":
        raise InputRefusedError(
            "The picture shows identity in its pixels. It was left out.", code="burned-in"
        )


def _warnings(dataset: Dataset) -> tuple[str, ...]:
    told = str(dataset.get("BurnedInAnnotation", "")).strip().upper() == "NO"
    modality = str(dataset.get("Modality", "")).strip().upper()
    found = []
    if "PixelData" in dataset and not told and modality in _SCREENS:
        found.append("The pixels may show a name. Look at the picture before passing it on.")
    if str(dataset.get("RecognizableVisualFeatures", "")).strip().upper() == "YES":
        found.append("A face may be recognized in these images.")
    return tuple(found)


def _meta(dataset: FileDataset, bare: Dataset) -> FileMetaDataset:
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = bare.SOPClassUID
    meta.MediaStorageSOPInstanceUID = bare.SOPInstanceUID
    meta.TransferSyntaxUID = dataset.file_meta.TransferSyntaxUID
    return meta


def _state(bare: Dataset, names: Pseudonyms) -> None:
    """Add who it is now, and that and how identity was removed (PS3.3 C.7.1.1, C.12.1)."""
    bare.SpecificCharacterSet = "ISO_IR 192"
    for keyword in EMPTY:
        setattr(bare, keyword, "")
    bare.PatientName = "ANONYMOUS"
    bare.PatientID = names.patient_id
    bare.PatientIdentityRemoved = "YES"
    bare.DeidentificationMethod = METHOD
    bare.LongitudinalTemporalInformationModified = "MODIFIED"
    bare.DeidentificationMethodCodeSequence = Sequence(
        [_code(value, meaning) for value, meaning in _CODES]
    )


def _code(value: str, meaning: str) -> Dataset:
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator, item.CodeMeaning = value, "DCM", meaning
    return item


class _Pass:
    """One walk through an object; builds a new one from what may stay."""

    def __init__(self, names: Pseudonyms) -> None:
        self._names = names
        self._rules: dict[str, Callable[[DataElement], Any]] = {
            "UI": self._uids,
            "DA": self._dates,
            "DT": self._dates,
            "AS": self._age,
            "CS": self._code_strings,
            "UN": lambda _: None,
        }
        self._lesions: dict[str, int] = {}

    def dataset(self, source: Dataset, depth: int) -> Dataset:
        """Return a new data set with what may stay of ``source``."""
        if depth > MAX_DEPTH:
            raise ValueError
        bare = Dataset()
        for element in source:
            if element.tag.is_private or element.keyword not in KEEP:
                continue
            kept = self._element(element, source, depth)
            if kept is not None:
                bare.add(kept)
        self._fill_content(source, bare)
        for keyword in EMPTY_WHERE_THERE:
            if keyword in source:
                setattr(bare, keyword, "")
        if "DeviceSerialNumber" in source:
            bare.DeviceSerialNumber = DUMMIES["DeviceSerialNumber"]
        return bare

    def _element(self, element: DataElement, source: Dataset, depth: int) -> DataElement | None:
        if element.VR == "SQ":
            return self._sequence(element, depth)
        if element.is_empty:
            return DataElement(element.tag, element.VR, None)
        if element.VR in _TEXTS:
            value = self._text(element, source)
        elif element.VR in _NUMBERS:
            value = element.value
        else:
            value = self._rules[element.VR](element)
        if value is None:
            return None
        is_open = element.is_undefined_length
        return DataElement(element.tag, element.VR, value, is_undefined_length=is_open)

    def _sequence(self, element: DataElement, depth: int) -> DataElement | None:
        items = [self.dataset(item, depth + 1) for item in element.value if _may_stay(item)]
        if element.value and not items:
            return None
        return DataElement(element.tag, "SQ", Sequence(items))

    def _fill_content(self, source: Dataset, bare: Dataset) -> None:
        """Give content items of a report the values they must have (PS3.3 table C.17-5)."""
        kind = str(source.get("ValueType", ""))
        if kind == "PNAME":
            bare.PersonName = "Reader"
        elif kind == "TEXT" and "TextValue" in source:
            known = self._lesions.setdefault(str(source.TextValue), len(self._lesions) + 1)
            bare.TextValue = f"lesion-{known}"
        if "VerifyingObserverSequence" in source:
            bare.VerificationFlag = "UNVERIFIED"

    def _uids(self, element: DataElement) -> Any:
        return _each(element, lambda uid: self._uid(element.keyword, str(uid)))

    def _uid(self, keyword: str, uid: str) -> UID:
        # What the standard registers has a name; what only looks like it may hold a number.
        is_known = UID(uid).name != uid or re.fullmatch(r"1\.2\.840\.10008\.6\.1\.\d{1,5}", uid)
        return UID(uid if keyword in CLASS_UIDS and is_known else self._names.uid(uid))

    def _dates(self, element: DataElement) -> Any:
        return _each(element, lambda text: self._names.dicom_date(str(text))) or None

    def _age(self, element: DataElement) -> str | None:
        match = re.fullmatch(r"(\d{3})([DWMY])", str(element.value).strip())
        if match is None:
            return None
        old = match[2] == "Y" and int(match[1]) > OLDEST_SHOWN
        return f"{OLDEST_SHOWN + 1:03}Y" if old else match[0]

    def _code_strings(self, element: DataElement) -> Any:
        """Return coded words; a value that is no code string was typed by somebody."""
        words = _values(element)
        if not all(_CODE_STRING.fullmatch(str(word)) or not str(word) for word in words):
            return DUMMIES.get(element.keyword)
        dummy = DUMMIES.get(element.keyword)
        return dummy if dummy is not None else element.value

    def _text(self, element: DataElement, source: Dataset) -> Any:
        keyword = element.keyword
        if keyword == "CodeMeaning":
            scheme = str(source.get("CodingSchemeDesignator", ""))
            return str(element.value) if scheme in MEANING_SCHEMES else DUMMIES[keyword]
        if keyword == "TrackingID":
            number = self._lesions.setdefault(str(element.value), len(self._lesions) + 1)
            return f"lesion-{number}"
        pattern = SAFE_TEXT.get(keyword)
        if pattern and all(re.fullmatch(pattern, str(text)) for text in _values(element)):
            return element.value
        return DUMMIES.get(keyword)


def _may_stay(item: Dataset) -> bool:
    """Whether an item of a sequence may stay: of the free texts of a report only lesion names."""
    if str(item.get("ValueType", "")) != "TEXT":
        return True
    concepts = item.get("ConceptNameCodeSequence") or []
    return any(str(concept.get("CodeValue", "")) == _TRACKING_IDENTIFIER for concept in concepts)


def _values(element: DataElement) -> list[Any]:
    return list(element.value) if element.VM > 1 else [element.value]


def _each(element: DataElement, change: Callable[[Any], Any]) -> Any:
    changed = [change(value) for value in _values(element)]
    return changed if element.VM > 1 else changed[0]
