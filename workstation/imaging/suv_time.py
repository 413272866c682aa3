"""When a tracer was given and to which instant a PET series is decay-corrected.

Rules: clinical reference, section 8.5. Times are clock times of the scanner without time zone;
a time zone written in a value is brought to that of the data set where both are known.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from workstation.imaging.dicom_tags import TagValues
from workstation.imaging.suv import mean_activity_time_s, no_suv

EARLIEST_S = -3600.0
"""Earliest start of decay at which a Start DateTime still counts as meant."""

SHORT_LIVED_S = 41400.0
"""Half-life below which an injection time of day is certainly of the last 24 hours."""

MIN_UPTAKE_S, MAX_UPTAKE_S = 20 * 60.0, 180 * 60.0
"""Plausible time from injection to scan."""

_DATE_TIME = re.compile(r"(\d{8})(\d{2})?(\d{2})?(\d{2})?(\.\d{1,6})?([+-]\d{4})?")
_DAY = timedelta(days=1)


def date_time(date_text: str, time_text: str) -> datetime | None:
    """Return the instant of a DICOM date and time, or None when either is missing or malformed."""
    day = date_text.strip().replace(".", "")
    clock = time_text.strip().replace(":", "")
    if not clock or not day.isdigit():
        return None
    return parse_date_time(day + clock)


def parse_date_time(text: str, local_offset: str = "") -> datetime | None:
    """Return the instant of a DICOM date-time value in the clock of the data set.

    Parameters
    ----------
    text : str
        ``YYYYMMDDHHMMSS.FFFFFF&ZZXX``; at least date and hour.
    local_offset : str
        Timezone Offset From UTC of the data set, empty when unknown.
    """
    match = _DATE_TIME.fullmatch(text.strip())
    if match is None or match[2] is None:
        return None
    day, hour, minute, second, fraction, offset = match.groups()
    try:
        instant = datetime.strptime(day, "%Y%m%d") + timedelta(
            hours=int(hour),
            minutes=int(minute or 0),
            seconds=int(second or 0) + float(fraction or 0),
        )
    except (ValueError, OverflowError):
        return None
    if offset and local_offset:
        instant += _offset(local_offset) - _offset(offset)
    return instant


def _offset(text: str) -> timedelta:
    match = re.fullmatch(r"([+-])(\d{2})(\d{2})", text.strip())
    if match is None:
        return timedelta()
    size = timedelta(hours=int(match[2]), minutes=int(match[3]))
    return size if match[1] == "+" else -size


def acquisition_time(tags: TagValues) -> datetime | None:
    """Return when a slice was acquired."""
    combined = parse_date_time(tags.text("AcquisitionDateTime"), tags.text("TimezoneOffsetFromUTC"))
    return combined or date_time(tags.text("AcquisitionDate"), tags.text("AcquisitionTime"))


def series_time(tags: TagValues) -> datetime | None:
    """Return when the series started according to its header."""
    return date_time(tags.text("SeriesDate"), tags.text("SeriesTime"))


def start_reference(slices: Sequence[TagValues], half_life_s: float) -> tuple[datetime, str]:
    """Return the instant to which a series with Decay Correction START is corrected, and its rule.

    Raises
    ------
    InputRefusedError
        When no rule applies.
    """
    rules = (_vendor_reference, _series_start, _frame_reference, _series_before_all)
    for rule in rules:
        found = rule(slices, half_life_s)
        if found is not None:
            return found
    raise no_suv("the time to which the decay correction refers is not given")


def _vendor_reference(
    slices: Sequence[TagValues], half_life_s: float
) -> tuple[datetime, str] | None:
    for keyword in ("SiemensDecayReference", "GeDecayReference"):
        zone = slices[0].text("TimezoneOffsetFromUTC")
        instant = parse_date_time(slices[0].text(keyword), zone)
        if instant is not None:
            return instant, "manufacturer's decay reference time"
    return None


def _series_start(slices: Sequence[TagValues], half_life_s: float) -> tuple[datetime, str] | None:
    start = series_time(slices[0])
    if start is not None and any(acquisition_time(tags) == start for tags in slices):
        return start, "series time"
    return None


def _frame_reference(
    slices: Sequence[TagValues], half_life_s: float
) -> tuple[datetime, str] | None:
    """Return acquisition (plus, except at GE, the mean-activity time) minus frame reference."""
    for tags in slices:
        acquired = acquisition_time(tags)
        reference_ms = tags.number("FrameReferenceTime")
        if acquired is None or reference_ms is None:
            continue
        if "GE" in tags.text("Manufacturer").upper().split(" ")[0]:
            return acquired - timedelta(milliseconds=reference_ms), "frame reference time"
        frame_ms = tags.number("ActualFrameDuration")
        if frame_ms is None or frame_ms <= 0:
            continue
        middle_s = mean_activity_time_s(half_life_s, frame_ms / 1000.0)
        instant = acquired + timedelta(seconds=middle_s - reference_ms / 1000.0)
        return instant, "frame reference time"
    return None


def _series_before_all(
    slices: Sequence[TagValues], half_life_s: float
) -> tuple[datetime, str] | None:
    """Return the series time where it is not later than any acquisition (QIBA rule)."""
    start = series_time(slices[0])
    times = [acquisition_time(tags) for tags in slices]
    acquired = [instant for instant in times if instant is not None]
    if start is not None and acquired and len(acquired) == len(times) and start <= min(acquired):
        return start, "series time, before the first acquisition"
    return None


def administration_time(tags: TagValues, reference: datetime, half_life_s: float) -> datetime:
    """Return when the tracer was given, for decay up to ``reference``.

    Raises
    ------
    InputRefusedError
        When the time is missing, or ambiguous for a long-lived tracer.
    """
    items = tags.items("RadiopharmaceuticalInformationSequence")
    tracer = items[0] if items else TagValues({})
    zone = tags.text("TimezoneOffsetFromUTC")
    given = parse_date_time(tracer.text("RadiopharmaceuticalStartDateTime"), zone)
    if given is not None:
        decay_s = (reference - given).total_seconds()
        if EARLIEST_S <= decay_s < 2.0 * half_life_s:
            return given
    given = date_time(reference.strftime("%Y%m%d"), tracer.text("RadiopharmaceuticalStartTime"))
    if given is None:
        raise no_suv("the time of injection is missing or contradicts the scan")
    if half_life_s >= SHORT_LIVED_S:
        raise no_suv("the day of injection is not given for a long-lived tracer")
    return given - _DAY if given > reference else given


def checked_uptake_s(given: datetime, scanned: datetime) -> float:
    """Return the time from injection to scan.

    Raises
    ------
    InputRefusedError
        When it is implausible.
    """
    uptake_s = (scanned - given).total_seconds()
    if not MIN_UPTAKE_S <= uptake_s <= MAX_UPTAKE_S:
        raise no_suv(f"the time from injection to scan ({uptake_s / 60.0:.0f} min) is implausible")
    return uptake_s
