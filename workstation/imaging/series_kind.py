"""What a series is for the reader: plane, weighting, kernel, tracer; physics first, text last.

Rules: reading conventions, section 4.3. Text is a tie-break only, in the words of several
languages, because descriptions are typed by people and differ from site to site.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from workstation.imaging.dicom_tags import TagValues
from workstation.imaging.grouping_rules import b_value
from workstation.imaging.image_frame import ImageFrame

PLANE_COSINE = 0.8
"""A normal this close to a body axis names the plane; anything else is oblique."""

SHARP_SLICE_MM = 2.0
"""Bone reconstructions are at most this thick."""


class Weighting(StrEnum):
    """Contrast of a magnetic resonance series."""

    T1 = "T1"
    T1_FLAIR = "T1-FLAIR"
    T2 = "T2"
    T2_STAR = "T2*"
    STIR = "STIR"
    PD = "PD"
    DIXON = "Dixon"
    DWI = "DWI"
    ADC = "ADC"
    UNKNOWN = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SeriesKind:
    """What a series is.

    Parameters
    ----------
    plane : str
        ``axial``, ``sagittal``, ``coronal``, ``oblique``, or empty without geometry.
    weighting : Weighting
    fat_suppressed, contrast : bool
    dixon_part : str
        ``water``, ``fat``, ``in-phase`` or ``opposed-phase`` of a Dixon series.
    ct_kernel : str
        ``bone`` or ``soft`` for CT, where known.
    myelography : bool
        CT with contrast in the thecal sac.
    attenuation_corrected : bool or None
        PET; None for other modalities.
    tracer : str
    localizer, derived : bool
    """

    plane: str = ""
    weighting: Weighting = Weighting.UNKNOWN
    fat_suppressed: bool = False
    contrast: bool = False
    dixon_part: str = ""
    ct_kernel: str = ""
    myelography: bool = False
    attenuation_corrected: bool | None = None
    tracer: str = ""
    localizer: bool = False
    derived: bool = False


_TEXT = {
    "t1": r"\bt1w?\b",
    "t2_star": r"t2\*|\bt2\s?star\b|\bmerge\b|\bmedic\b",
    "t2": r"\bt2w?\b|tse.*t2|\bfrfse\b",
    "stir": r"\bstir\b|\btirm\b|\bir[-_ ]?fse\b",
    "pd": r"\b(pd|dp|rho)w?\b|proton",
    "dwi": r"\bdwi\b|\bdiff(usion)?\b|\btrace\b|\bresolve\b",
    "adc": r"\badc\b|apparent diff",
    "dixon": r"\bdixon\b|\bideal\b|\bmdixon\b|\bflex\b",
    "fat_suppressed": r"\bfs\b|fat[-_ ]?sat|\bfatsat\b|spair|\bspir\b|\bchemsat\b|\bstir\b|\btirm\b"
    r"|fettges|sat\.? ?grasse|sat\.? ?grasa",
    "contrast": r"\+ ?c\b|\bpost\b|\bgad\b|\bgd\b|\bkm\b|\bce\b|\bnach km\b|\bcontrast[eo]?\b"
    r"|\bavec injection\b|\binjecte\b|\bcon contrasto\b|\bmdc\b",
    "no_contrast": r"\bpre\b|\bnativ\b|\bohne km\b|\bsans\b|\bsin contraste\b|\bnon[- ]?contrast\b",
    "myelo": r"my[eé]lo(?!m)|mielo(?!m)|intrathecal|intratecal|cisterno",
    "bone": r"\bbone\b|\bosteo|\bknochen\b|\bhueso\b|\bosso\b|\bos\b|\bbr[56789]\d|\bh[67]0"
    r"|\bb[67]0",
    "uncorrected": r"\bnac\b|uncorr|non[-_ .]?ac\b|unkorr|non corrig",
    "localizer": r"\bloc(alizer|aliser)?\b|scout|survey|\bsmart\b|\btopo(gram)?\b|\bpilot\b"
    r"|reperage|repérage|localizador|\b3[- ]?plane\b|plan[- ]?scan",
}
_PATTERNS = {name: re.compile(pattern, re.IGNORECASE) for name, pattern in _TEXT.items()}

_SHARP_KERNEL = re.compile(
    r"^(b[67]\d|br[56789]\d|h[67]\d|hr[567]\d|bone|boneplus|edge|fc3\d|fc5\d|fc8\d|yb|d|e|l)",
    re.IGNORECASE,
)
_DIXON_PARTS = {
    "W": "water",
    "WATER": "water",
    "F": "fat",
    "FAT": "fat",
    "IP": "in-phase",
    "IN_PHASE": "in-phase",
    "OP": "opposed-phase",
    "OPP_PHASE": "opposed-phase",
    "OUT_PHASE": "opposed-phase",
}


def series_kind(frames: Sequence[ImageFrame]) -> SeriesKind:
    """Return what a series is, judged by its first picture and the planes of all."""
    tags = frames[0].tags
    modality = tags.text("Modality")
    words = _words(tags)
    common = {
        "plane": _common_plane(frames),
        "localizer": _is_localizer(tags, words),
        "derived": "DERIVED" in tags.texts("ImageType")[:1],
    }
    if modality == "MR":
        return _mr_kind(frames[0], words, common)
    if modality == "CT":
        return _ct_kind(tags, words, common)
    if modality == "PT":
        return _pet_kind(tags, words, common)
    return SeriesKind(plane=str(common["plane"]), derived=bool(common["derived"]))


def plane_of(normal: NDArray[np.float64]) -> str:
    """Return the plane whose normal (LPS) this is."""
    planes = ("sagittal", "coronal", "axial")
    largest = int(np.argmax(np.abs(normal)))
    return planes[largest] if abs(float(normal[largest])) > PLANE_COSINE else "oblique"


def _common_plane(frames: Sequence[ImageFrame]) -> str:
    places = [frame.placement for frame in frames[:: max(1, len(frames) // 8)]]
    planes = {plane_of(place.normal) for place in places if place is not None}
    if not planes:
        return ""
    return planes.pop() if len(planes) == 1 else "mixed"


def _words(tags: TagValues) -> str:
    names = ("SeriesDescription", "ProtocolName", "SequenceName", "PulseSequenceName")
    return " ".join(tags.text(name) for name in names).replace("_", " ")


def _says(name: str, words: str) -> bool:
    return _PATTERNS[name].search(words) is not None


def _is_localizer(tags: TagValues, words: str) -> bool:
    return "LOCALIZER" in tags.texts("ImageType") or _says("localizer", words)


def _mr_kind(frame: ImageFrame, words: str, common: dict[str, object]) -> SeriesKind:
    tags = frame.tags
    weighting = _mr_weighting(frame, words)
    suppressed = (
        "FS" in tags.texts("ScanOptions")
        or tags.text("SpectrallySelectedSuppression") in ("FAT", "FAT_AND_WATER")
        or weighting is Weighting.STIR
        or _says("fat_suppressed", words)
    )
    return SeriesKind(
        plane=str(common["plane"]),
        weighting=weighting,
        fat_suppressed=suppressed,
        contrast=_contrast(tags, words),
        dixon_part=_dixon_part(tags),
        localizer=bool(common["localizer"]),
        derived=bool(common["derived"]),
    )


def _mr_weighting(frame: ImageFrame, words: str) -> Weighting:
    for rule in (_diffusion, _by_timing, _by_text):
        weighting = rule(frame, words)
        if weighting is not Weighting.UNKNOWN:
            return weighting
    return Weighting.DIXON if _dixon_part(frame.tags) else Weighting.UNKNOWN


def _diffusion(frame: ImageFrame, words: str) -> Weighting:
    flavor = frame.tags.texts("ImageType")
    if "ADC" in flavor or _says("adc", words):
        return Weighting.ADC
    measured = b_value(frame)
    return Weighting.DWI if measured or "DIFFUSION" in flavor else Weighting.UNKNOWN


def _by_timing(frame: ImageFrame, words: str) -> Weighting:
    """Return the weighting that repetition, echo and inversion time prove."""
    tags = frame.tags
    repetition_ms, echo_ms = tags.number("RepetitionTime"), tags.number("EchoTime")
    inverted = _by_inversion(tags.number("InversionTime") or 0.0, echo_ms)
    if inverted is not Weighting.UNKNOWN:
        return inverted
    if not repetition_ms or not echo_ms or "GR" in tags.texts("ScanningSequence"):
        return Weighting.UNKNOWN
    if echo_ms < 30.0 and repetition_ms < 1200.0:
        return Weighting.T1
    if echo_ms > 70.0 and repetition_ms > 1800.0:
        return Weighting.T2
    return Weighting.UNKNOWN


def _by_inversion(inversion_ms: float, echo_ms: float | None) -> Weighting:
    if 100.0 <= inversion_ms <= 260.0:
        return Weighting.STIR
    if 600.0 <= inversion_ms <= 1100.0 and echo_ms and echo_ms < 30.0:
        return Weighting.T1_FLAIR
    return Weighting.UNKNOWN


def _by_text(frame: ImageFrame, words: str) -> Weighting:
    ordered = (
        ("stir", Weighting.STIR),
        ("dwi", Weighting.DWI),
        ("t2_star", Weighting.T2_STAR),
        ("t1", Weighting.T1),
        ("t2", Weighting.T2),
        ("pd", Weighting.PD),
        ("dixon", Weighting.DIXON),
    )
    for name, weighting in ordered:
        if _says(name, words):
            return weighting
    return Weighting.UNKNOWN


def _dixon_part(tags: TagValues) -> str:
    for value in tags.texts("ImageType")[2:]:
        if value in _DIXON_PARTS:
            return _DIXON_PARTS[value]
    return ""


def _contrast(tags: TagValues, words: str) -> bool:
    agent = tags.text("ContrastBolusAgent").strip().upper()
    if agent and agent not in ("NO", "NONE", "N", "WITHOUT", "OHNE"):
        return True
    return _says("contrast", words) and not _says("no_contrast", words)


def _ct_kind(tags: TagValues, words: str, common: dict[str, object]) -> SeriesKind:
    kernel = tags.text("ConvolutionKernel")
    thin = (tags.number("SliceThickness") or SHARP_SLICE_MM) <= SHARP_SLICE_MM
    sharp = bool(_SHARP_KERNEL.match(kernel.strip())) and (thin or _says("bone", words))
    route = tags.text("ContrastBolusRoute").upper()
    ct_kernel = "bone" if sharp or _says("bone", words) else "soft" if kernel else ""
    return SeriesKind(
        plane=str(common["plane"]),
        contrast=_contrast(tags, words),
        ct_kernel=ct_kernel,
        myelography="THECAL" in route or "TECAL" in route or _says("myelo", words),
        localizer=bool(common["localizer"]),
        derived=bool(common["derived"]),
    )


def _pet_kind(tags: TagValues, words: str, common: dict[str, object]) -> SeriesKind:
    from_header = tags.texts("CorrectedImage")
    corrected = "ATTN" in from_header if from_header else not _says("uncorrected", words)
    tracer = ""
    for item in tags.items("RadiopharmaceuticalInformationSequence")[:1]:
        codes = item.items("RadiopharmaceuticalCodeSequence")
        tracer = item.text("Radiopharmaceutical") or (codes[0].text("CodeMeaning") if codes else "")
    return SeriesKind(
        plane=str(common["plane"]),
        attenuation_corrected=corrected,
        tracer=tracer,
        localizer=bool(common["localizer"]),
        derived=bool(common["derived"]),
    )
