"""Sac and cord on one slice: diameters, areas, CSF, and the ESCC grade they suggest.

Algorithms document, section 3; clinical reference, sections 2 and 7.8. Slices are at right angles
to the spine. Whether any CSF is left around a compressed cord cannot be judged from contours, so
the reader is always asked for grades 2 and 3.
"""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from workstation.base.errors import InputRefusedError
from workstation.domain.escc import EsccGrade
from workstation.imaging.spine.suggestion import Suggestion

Mask = NDArray[np.bool_]
Array = NDArray[np.float64]

TUMOR_MM2 = 2.0
INDENTATION_MM = 0.8
MCC_PCT = 10.0
GAP_MM = 1.0
CORD_PCT = 10.0
SHIFT_MM = 1.0
CSF_RIM_MM = 0.75
CSF_ARC_DEG = 20.0
MAX_PIXEL_MM = 1.0
MAX_SLICE_MM = 5.0
RAYS = 360


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class CanalSlice:
    """Contours of one slice at right angles to the spine.

    Parameters
    ----------
    sac, cord, tumor : ndarray, shape (rows, columns), bool
        Rows from front to back, columns from the patient's right to the left. ``tumor`` is what
        lies inside the bony canal. ``cord`` is empty below the conus.
    pixel_mm : float
        Side of a pixel.
    slice_mm : float
        Thickness of the slice.
    """

    sac: Mask
    cord: Mask
    tumor: Mask
    pixel_mm: float
    slice_mm: float = 3.0

    def __post_init__(self) -> None:
        if not self.sac.any():
            raise InputRefusedError("There is no outline of the thecal sac.", code="no-sac")
        if not self.sac.shape == self.cord.shape == self.tumor.shape:
            raise InputRefusedError("The outlines do not lie on one picture.", code="other-grid")


@dataclass(frozen=True, slots=True, kw_only=True)
class CanalMeasures:
    """What was measured on one slice.

    Parameters
    ----------
    sac_area_mm2, cord_area_mm2, csf_area_mm2, tumor_area_mm2 : float
    sac_ap_mm, cord_ap_mm, cord_width_mm : float
        Through the centroid; 0 without a cord.
    csf_arc_deg : float
        Directions from the cord in which at least 0.75 mm of CSF are left.
    """

    sac_area_mm2: float
    cord_area_mm2: float
    csf_area_mm2: float
    tumor_area_mm2: float
    sac_ap_mm: float
    cord_ap_mm: float
    cord_width_mm: float
    csf_arc_deg: float

    @property
    def compression_ratio(self) -> float | None:
        """Front-back over left-right diameter of the cord; smaller is worse; None without cord."""
        return self.cord_ap_mm / self.cord_width_mm if self.cord_width_mm > 0.0 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class EsccSuggestion:
    """The grade that geometry suggests for one slice; the reader decides.

    Parameters
    ----------
    grade : EsccGrade or None
        None where geometry cannot say.
    ask_csf : bool
        Whether the reader must say if CSF is visible around the cord.
    margin : str
        How far the next grade is, with the size of a pixel.
    reason : str
        Why there is no grade; empty when there is one.
    mcc, mscc, cord_area_loss : Suggestion or None
        Percent against the reference slices; None without a cord.
    indentation_mm, gap_mm, shift_mm : float or None
        Of the sac; between tumor and cord; of the cord.
    """

    grade: EsccGrade | None
    ask_csf: bool
    margin: str
    reason: str
    mcc: Suggestion
    mscc: Suggestion | None
    cord_area_loss: Suggestion | None
    indentation_mm: float
    gap_mm: float | None
    shift_mm: float | None


def measure_slice(contours: CanalSlice) -> CanalMeasures:
    """Return diameters and areas of one slice."""
    pixel = contours.pixel_mm
    csf = contours.sac & ~contours.cord & ~contours.tumor
    return CanalMeasures(
        sac_area_mm2=float(contours.sac.sum()) * pixel**2,
        cord_area_mm2=float(contours.cord.sum()) * pixel**2,
        csf_area_mm2=float(csf.sum()) * pixel**2,
        tumor_area_mm2=float(contours.tumor.sum()) * pixel**2,
        sac_ap_mm=_through_centroid(contours.sac, 0) * pixel,
        cord_ap_mm=_through_centroid(contours.cord, 0) * pixel,
        cord_width_mm=_through_centroid(contours.cord, 1) * pixel,
        csf_arc_deg=_csf_arc_deg(contours),
    )


def compromise_percent(involved_mm: float, above_mm: float, below_mm: float) -> float:
    """Return how much smaller a diameter or an area is than the mean of its references, percent.

    MCC with diameters of the canal or sac, MSCC with those of the cord (Fehlings 1999).

    Raises
    ------
    InputRefusedError
        When the references are not positive.
    """
    reference = (above_mm + below_mm) / 2.0
    if not reference > 0.0:
        raise InputRefusedError("The reference levels have no diameter.", code="no-reference")
    return (1.0 - involved_mm / reference) * 100.0


def suggest_escc(
    contours: CanalSlice,
    above: CanalSlice,
    below: CanalSlice,
    *,
    below_conus: bool = False,
) -> EsccSuggestion:
    """Return the grade that the contours of a slice suggest.

    Parameters
    ----------
    contours : CanalSlice
        The slice in question.
    above, below : CanalSlice
        The nearest uninvolved slices, on the same grid: their sac and cord are what is expected.
    below_conus : bool
        Below the conus 1b and higher are not defined and are not suggested.

    Raises
    ------
    InputRefusedError
        When the slices do not lie on one grid.
    """
    if not contours.sac.shape == above.sac.shape == below.sac.shape:
        raise InputRefusedError("The slices do not lie on one grid.", code="other-grid")
    found = _Findings.of(contours, above, below)
    grade, reason = _grade(found, contours, below_conus=below_conus)
    return EsccSuggestion(
        grade=grade,
        ask_csf=grade in (EsccGrade.G2, EsccGrade.G3),
        margin=_margin(grade, found, contours.pixel_mm),
        reason=reason,
        mcc=_percent("MCC", found.mcc_pct, "front-back diameter of the sac"),
        mscc=_cord_percent("MSCC", found.mscc_pct, "front-back diameter of the cord"),
        cord_area_loss=_cord_percent("cord area loss", found.area_loss_pct, "area of the cord"),
        indentation_mm=found.indentation_mm,
        gap_mm=found.gap_mm,
        shift_mm=found.shift_mm,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Findings:
    """The numbers that decide; those of the cord are None where it is not outlined."""

    tumor_mm2: float
    indentation_mm: float
    mcc_pct: float
    gap_mm: float | None
    mscc_pct: float | None
    area_loss_pct: float | None
    shift_mm: float | None
    csf_arc_deg: float

    @classmethod
    def of(cls, contours: CanalSlice, above: CanalSlice, below: CanalSlice) -> _Findings:
        own, upper, lower = (measure_slice(item) for item in (contours, above, below))
        cord = contours.cord.any() and above.cord.any() and below.cord.any()
        expected = (_centroid(above.cord) + _centroid(below.cord)) / 2.0 if cord else None
        return cls(
            tumor_mm2=own.tumor_area_mm2,
            indentation_mm=_indentation_mm(contours, above, below),
            mcc_pct=compromise_percent(own.sac_ap_mm, upper.sac_ap_mm, lower.sac_ap_mm),
            gap_mm=_gap_mm(contours) if cord else None,
            mscc_pct=compromise_percent(own.cord_ap_mm, upper.cord_ap_mm, lower.cord_ap_mm)
            if cord
            else None,
            area_loss_pct=compromise_percent(
                own.cord_area_mm2, upper.cord_area_mm2, lower.cord_area_mm2
            )
            if cord
            else None,
            shift_mm=None
            if expected is None
            else float(np.linalg.norm(_centroid(contours.cord) - expected)) * contours.pixel_mm,
            csf_arc_deg=own.csf_arc_deg,
        )

    @property
    def sac_deformed(self) -> bool:
        return self.indentation_mm >= INDENTATION_MM or self.mcc_pct >= MCC_PCT

    @property
    def cord_deformed(self) -> bool:
        return (
            (self.mscc_pct or 0.0) >= CORD_PCT
            or (self.area_loss_pct or 0.0) >= CORD_PCT
            or (self.shift_mm or 0.0) >= SHIFT_MM
        )


def _grade(
    found: _Findings, contours: CanalSlice, *, below_conus: bool
) -> tuple[EsccGrade | None, str]:
    if contours.pixel_mm > MAX_PIXEL_MM or contours.slice_mm > MAX_SLICE_MM:
        return None, "The pixels or slices are too coarse for a grade; the measures stand alone."
    if found.tumor_mm2 <= TUMOR_MM2:
        return EsccGrade.G0, ""
    if not found.sac_deformed:
        return EsccGrade.G1A, ""
    if below_conus:
        return None, "Below the conus a deformed sac has no ESCC grade."
    if found.gap_mm is None:
        return None, "The cord is not outlined on this slice and on both references."
    if found.cord_deformed:
        return (EsccGrade.G2 if found.csf_arc_deg >= CSF_ARC_DEG else EsccGrade.G3), ""
    return (EsccGrade.G1B if found.gap_mm > GAP_MM else EsccGrade.G1C), ""


def _margin(grade: EsccGrade | None, found: _Findings, pixel_mm: float) -> str:
    """Return how far the limit to the next grade is, in words."""
    pixel = f"1 pixel = {pixel_mm:.1f} mm"
    if grade is EsccGrade.G0:
        return f"tumor in the canal {found.tumor_mm2:.1f} mm², limit {TUMOR_MM2:g} mm²; {pixel}"
    if grade is EsccGrade.G1A:
        return f"sac indented {found.indentation_mm:.1f} mm, limit {INDENTATION_MM:g} mm; {pixel}"
    if grade is EsccGrade.G1B:
        return f"tumor-cord gap {found.gap_mm:.1f} mm, limit {GAP_MM:g} mm; {pixel}"
    if grade is EsccGrade.G1C:
        return (
            f"cord flattened {found.mscc_pct:.0f} %, limit {CORD_PCT:g} %; shifted "
            f"{found.shift_mm:.1f} mm, limit {SHIFT_MM:g} mm; {pixel}"
        )
    if grade is None:
        return ""
    return f"CSF seen over {found.csf_arc_deg:.0f}°, limit {CSF_ARC_DEG:g}°; {pixel}"


def _percent(name: str, value: float, what: str) -> Suggestion:
    return Suggestion(
        name=name,
        value=value,
        unit="%",
        method=f"{what} against the mean of the nearest uninvolved slices above and below",
        uncertainty="± 5 points",
        notes=("designed for trauma; does not define ESCC",),
    )


def _cord_percent(name: str, value: float | None, what: str) -> Suggestion | None:
    return None if value is None else _percent(name, value, what)


def _centroid(mask: Mask) -> Array:
    center: Array = np.argwhere(mask).mean(axis=0)
    return center


def _through_centroid(mask: Mask, axis: int) -> float:
    """Return how many pixels of a mask lie on the line through its centroid along an axis."""
    if not mask.any():
        return 0.0
    other = _centroid(mask)[1 - axis]
    low = int(np.floor(other))
    share = other - low
    counts = mask.sum(axis=axis)
    high = min(low + 1, len(counts) - 1)
    return float((1.0 - share) * counts[low] + share * counts[high])


def _csf_arc_deg(contours: CanalSlice) -> float:
    """Return over how many degrees around the cord a rim of CSF is left."""
    if not contours.cord.any():
        return 0.0
    center = _centroid(contours.cord)
    csf = contours.sac & ~contours.cord & ~contours.tumor
    angles = np.radians(np.arange(RAYS) * 360.0 / RAYS)
    step = 0.25
    reach = np.arange(0.0, 20.0 / contours.pixel_mm, step)
    rows = np.rint(center[0] + np.sin(angles)[:, None] * reach).astype(int)
    columns = np.rint(center[1] + np.cos(angles)[:, None] * reach).astype(int)
    inside = (rows >= 0) & (rows < csf.shape[0]) & (columns >= 0) & (columns < csf.shape[1])
    on = inside & csf[rows.clip(0, csf.shape[0] - 1), columns.clip(0, csf.shape[1] - 1)]
    rim_mm = on.sum(axis=1) * step * contours.pixel_mm
    return float((rim_mm >= CSF_RIM_MM).mean() * 360.0)


def _distance_mm(mask: Mask, pixel_mm: float) -> Array:
    """Return the distance of pixel centers to the edge of a mask: negative inside, mm."""
    itk: Any = importlib.import_module("SimpleITK")
    to_mask = itk.SignedMaurerDistanceMap(
        itk.GetImageFromArray(mask.astype(np.uint8)), False, False, False
    )
    # Distances count from the outermost pixel centers of the mask; its edge is half a pixel out.
    distance: Array = (itk.GetArrayFromImage(to_mask).astype(np.float64) - 0.5) * pixel_mm
    return distance


def _indentation_mm(contours: CanalSlice, above: CanalSlice, below: CanalSlice) -> float:
    """Return how deep the expected sac is pushed in, at the deepest place, mm."""
    expected = (
        _distance_mm(above.sac, above.pixel_mm) + _distance_mm(below.sac, below.pixel_mm)
    ) / 2.0
    lost = (expected < 0.0) & ~contours.sac
    if not lost.any():
        return 0.0
    return float(-expected[lost].min()) + contours.pixel_mm / 2.0


def _gap_mm(contours: CanalSlice) -> float | None:
    """Return the distance between the edges of tumor and cord, mm; None without tumor."""
    if not contours.tumor.any():
        return None
    to_cord = _distance_mm(contours.cord, contours.pixel_mm)
    return max(float(to_cord[contours.tumor].min()) - contours.pixel_mm / 2.0, 0.0)
