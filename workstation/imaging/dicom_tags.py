"""The header values Batson uses, as plain typed values: text, numbers and items.

Values are decoded here from the bytes of each element, so that a malformed value is simply not
there (``number`` gives None) instead of a warning that quotes it or a guess that hides it.
"""

from __future__ import annotations

import math
import struct
import warnings
from collections.abc import Iterable, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from pydicom.charset import decode_bytes, python_encoding
from pydicom.datadict import dictionary_VR, tag_for_keyword

_IDENTITY = """SpecificCharacterSet SOPClassUID SOPInstanceUID StudyInstanceUID SeriesInstanceUID
FrameOfReferenceUID PatientID IssuerOfPatientID PatientName PatientBirthDate PatientSex PatientAge
PatientWeight PatientSize StudyDate StudyTime StudyDescription AccessionNumber SeriesDate
SeriesTime SeriesNumber SeriesDescription InstanceNumber AcquisitionNumber AcquisitionDate
AcquisitionTime AcquisitionDateTime ContentDate ContentTime Modality Manufacturer
ManufacturerModelName TimezoneOffsetFromUTC BodyPartExamined ProtocolName ContentLabel
DocumentTitle StructureSetLabel DirectoryRecordSequence ReferencedFileID"""

_IMAGE = """ImageType FrameType Rows Columns NumberOfFrames SamplesPerPixel BitsAllocated BitsStored
HighBit PixelRepresentation PhotometricInterpretation PlanarConfiguration PixelPaddingValue
PixelPaddingRangeLimit RescaleSlope RescaleIntercept RescaleType WindowCenter WindowWidth
SmallestImagePixelValue LossyImageCompression PresentationLUTShape BurnedInAnnotation
RedPaletteColorLookupTableDescriptor GreenPaletteColorLookupTableDescriptor
BluePaletteColorLookupTableDescriptor RedPaletteColorLookupTableData
GreenPaletteColorLookupTableData BluePaletteColorLookupTableData ModalityLUTSequence
VOILUTSequence LUTDescriptor LUTData ModalityLUTType RealWorldValueMappingSequence
RealWorldValueFirstValueMapped RealWorldValueLastValueMapped
DoubleFloatRealWorldValueFirstValueMapped
DoubleFloatRealWorldValueLastValueMapped RealWorldValueSlope RealWorldValueIntercept LUTLabel
MeasurementUnitsCodeSequence CodeValue CodeMeaning CodingSchemeDesignator"""

_GEOMETRY = """ImagePositionPatient ImageOrientationPatient PixelSpacing ImagerPixelSpacing
NominalScannedPixelSpacing EstimatedRadiographicMagnificationFactor PixelSpacingCalibrationType
SliceThickness SpacingBetweenSlices GantryDetectorTilt PatientPosition StackID
InStackPositionNumber DimensionIndexValues"""

_ACQUISITION = """ScanningSequence SequenceVariant ScanOptions SequenceName PulseSequenceName
RepetitionTime EchoTime EffectiveEchoTime InversionTime InversionTimes EchoNumbers FlipAngle
EchoTrainLength MRAcquisitionType DiffusionBValue DiffusionDirectionality
TemporalPositionIdentifier TemporalPositionIndex TriggerTime ContrastBolusAgent ContrastBolusRoute
ConvolutionKernel ReconstructionDiameter KVP SpectrallySelectedSuppression
ComplexImageComponent FrameReferenceDateTime FrameAcquisitionDateTime FrameAcquisitionDuration"""

_PET = """Units SUVType CorrectedImage DecayCorrection FrameReferenceTime ActualFrameDuration
DecayFactor DoseCalibrationFactor RadiopharmaceuticalInformationSequence Radiopharmaceutical
RadiopharmaceuticalStartTime RadiopharmaceuticalStartDateTime RadionuclideTotalDose
RadionuclideHalfLife RadionuclideCodeSequence RadiopharmaceuticalCodeSequence"""

_MULTIFRAME = """SharedFunctionalGroupsSequence PerFrameFunctionalGroupsSequence
PlanePositionSequence PlaneOrientationSequence PixelMeasuresSequence FrameContentSequence
PixelValueTransformationSequence FrameVOILUTSequence MREchoSequence MRModifierSequence
MRTimingAndRelatedParametersSequence MRImageFrameTypeSequence CTImageFrameTypeSequence
PETFrameTypeSequence MRDiffusionSequence CTReconstructionSequence ContrastBolusUsageSequence
UnassignedSharedConvertedAttributesSequence UnassignedPerFrameConvertedAttributesSequence"""

KEYWORDS = tuple(" ".join((_IDENTITY, _IMAGE, _GEOMETRY, _ACQUISITION, _PET, _MULTIFRAME)).split())
"""Every header value that is kept of a file, by DICOM keyword."""

MAX_VALUE_BYTES = 1 << 17
"""Longest text or number value that is decoded; longer ones are not identity or geometry."""

_REPEATED_BYTES = 128
_BINARY_FORMATS = {"FL": "f", "FD": "d", "US": "H", "SS": "h", "UL": "I", "SL": "i"}


def wanted_tags(keywords: Iterable[str]) -> dict[int, tuple[str, str]]:
    """Return tag number to (keyword, value representation of the dictionary)."""
    wanted = {}
    for keyword in keywords:
        tag = tag_for_keyword(keyword)
        if tag is None:
            message = f"{keyword} is no DICOM keyword"
            raise ValueError(message)
        wanted[int(tag)] = (keyword, dictionary_VR(tag))
    return wanted


WANTED_TAGS = wanted_tags(KEYWORDS)
"""Tag number to (keyword, value representation of the dictionary)."""


class TagValues:
    """Decoded header values of one data set or sequence item, by keyword.

    Parameters
    ----------
    values : mapping of str to value
        Text, number, list of either, or list of mappings for a sequence; plain JSON types.
    base : mapping of str to value, optional
        Further values, shared with other data sets; ``values`` stand before them.
    """

    __slots__ = ("_base", "_values")

    def __init__(
        self, values: Mapping[str, Any], base: Mapping[str, Any] = MappingProxyType({})
    ) -> None:
        self._values = values
        self._base = base

    @property
    def plain(self) -> Mapping[str, Any]:
        """The values as plain JSON types, for the header index."""
        return {**self._base, **self._values} if self._base else self._values

    def __contains__(self, keyword: str) -> bool:
        return keyword in self._values or keyword in self._base

    def text(self, keyword: str) -> str:
        """Return the first value as text, empty when absent."""
        value = self._first(keyword)
        return "" if value is None else str(value)

    def texts(self, keyword: str) -> tuple[str, ...]:
        """Return all values as text."""
        return tuple(str(value) for value in self._all(keyword))

    def number(self, keyword: str) -> float | None:
        """Return the first value as a finite number, or None when absent or malformed."""
        value = self._first(keyword)
        return float(value) if isinstance(value, int | float) else None

    def numbers(self, keyword: str, count: int) -> tuple[float, ...] | None:
        """Return exactly ``count`` finite numbers, or None when any is absent or malformed."""
        values = self._all(keyword)
        if len(values) != count or not all(isinstance(value, int | float) for value in values):
            return None
        return tuple(float(value) for value in values)

    def numbers_of_any_count(self, keyword: str) -> tuple[float, ...]:
        """Return all values when every one is a number, else none."""
        values = self._all(keyword)
        if not all(isinstance(value, int | float) for value in values):
            return ()
        return tuple(float(value) for value in values)

    def integer(self, keyword: str) -> int | None:
        """Return the first value as a whole number, or None when absent or malformed."""
        value = self.number(keyword)
        return None if value is None or value != int(value) else int(value)

    def items(self, keyword: str) -> tuple[TagValues, ...]:
        """Return the items of a sequence, empty when absent."""
        value = self._value(keyword)
        if not isinstance(value, list):
            return ()
        return tuple(TagValues(item) for item in value if isinstance(item, dict))

    def with_values(self, changes: Mapping[str, Any]) -> TagValues:
        """Return these values with ``changes`` over them."""
        return TagValues({**self._values, **changes}, self._base)

    def _value(self, keyword: str) -> Any:
        if keyword in self._values:
            return self._values[keyword]
        return self._base.get(keyword)

    def _first(self, keyword: str) -> Any:
        value = self._value(keyword)
        if isinstance(value, list):
            return value[0] if value and not isinstance(value[0], dict) else None
        return value

    def _all(self, keyword: str) -> list[Any]:
        value = self._value(keyword)
        if value is None:
            return []
        return value if isinstance(value, list) else [value]


def decode_value(vr: str, raw: bytes, *, little_endian: bool, encodings: tuple[str, ...]) -> Any:
    """Return the value of one element as text, number or list; None when there is none.

    A number that is not finite or not a number at all is kept as text, so that nothing mistakes
    it for a measurement.
    """
    if len(raw) > MAX_VALUE_BYTES:
        return None
    if len(raw) <= _REPEATED_BYTES:
        return _repeated(vr, raw, little_endian, encodings)
    return _decode(vr, raw, little_endian, encodings)


@lru_cache(maxsize=8192)
def _repeated(vr: str, raw: bytes, little_endian: bool, encodings: tuple[str, ...]) -> Any:
    """Return a short value; the slices of a series repeat most of them."""
    return _decode(vr, raw, little_endian, encodings)


def _decode(vr: str, raw: bytes, little_endian: bool, encodings: tuple[str, ...]) -> Any:
    if vr in ("OW", "US or OW"):
        vr = "US"
    if vr in _BINARY_FORMATS:
        values = _binary_numbers(_BINARY_FORMATS[vr], raw, little_endian)
    elif vr in ("DS", "IS"):
        values = [_number_or_text(part) for part in _plain_text(raw).split("\\")]
    elif vr in ("PN", "LO", "SH", "LT", "ST", "UT", "UC"):
        values = _localized_texts(vr, raw, encodings)
    else:
        values = [part.strip(" \0") for part in _plain_text(raw).split("\\")]
    if not values or values == [""]:
        return None
    return values[0] if len(values) == 1 else values


def text_encodings(raw: bytes) -> tuple[str, ...]:
    """Return Python encodings for the value of Specific Character Set."""
    terms = [part.strip(" \0") for part in _plain_text(raw).split("\\")]
    known = tuple(python_encoding[term] for term in terms if term in python_encoding)
    return known or ("iso8859",)


def _plain_text(raw: bytes) -> str:
    return raw.decode("latin-1").strip(" \0\r\n")


def _binary_numbers(code: str, raw: bytes, little_endian: bool) -> list[Any]:
    size = struct.calcsize(code)
    count = len(raw) // size
    order = "<" if little_endian else ">"
    values = struct.unpack_from(f"{order}{count}{code}", raw)
    return [value if math.isfinite(value) else str(value) for value in values]


def _number_or_text(part: str) -> float | str:
    part = part.strip(" \0")
    try:
        value = float(part)
    except ValueError:
        return part
    return value if math.isfinite(value) and "_" not in part else part


def _localized_texts(vr: str, raw: bytes, encodings: tuple[str, ...]) -> list[str]:
    if b"\x1b" in raw:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # it warns of what it replaces
            text = decode_bytes(raw, list(encodings), {0x5E, 0x3D, 0x5C} if vr == "PN" else {0x5C})
    else:
        text = raw.decode(encodings[0], errors="replace")
    if vr in ("LT", "ST", "UT"):
        return [text.strip(" \0")]
    return [part.strip(" \0") for part in text.split("\\")]
