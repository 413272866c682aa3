from datetime import datetime, timedelta

import pytest

from workstation.base.errors import InputRefusedError
from workstation.imaging.dicom_tags import TagValues
from workstation.imaging.suv import mean_activity_time_s
from workstation.imaging.suv_time import (
    administration_time,
    checked_uptake_s,
    date_time,
    parse_date_time,
    start_reference,
)

F18 = 6586.2
TEN = datetime(2026, 3, 14, 10)


def slice_tags(**changes):
    tags = {
        "SeriesDate": "20260314",
        "SeriesTime": "100000",
        "AcquisitionDate": "20260314",
        "AcquisitionTime": "100500",
        "Manufacturer": "SIEMENS",
    }
    return TagValues({key: value for key, value in {**tags, **changes}.items() if value})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("20260314100000", TEN),
        ("2026031410", TEN),
        ("202603141000", TEN),
        ("20260314100000.25", TEN + timedelta(seconds=0.25)),
        ("20260314100000.000000+0100", TEN),
        ("20261314100000", None),
        ("20260314", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_date_time_values(text, expected):
    assert parse_date_time(text) == expected


def test_time_zone_is_brought_to_that_of_the_data_set():
    assert parse_date_time("20260314090000+0000", "+0100") == TEN
    assert parse_date_time("20260314100000+0100", "+0100") == TEN
    assert parse_date_time("20260314050000-0500", "+0000") == TEN


def test_date_and_time_elements():
    assert date_time("20260314", "100000.000") == TEN
    assert date_time("2026.03.14", "10:00:00") == TEN
    assert date_time("20260314", "") is None
    assert date_time("", "100000") is None


def test_manufacturer_reference_wins():
    tags = slice_tags(SiemensDecayReference="20260314095900", AcquisitionTime="100000")
    instant, rule = start_reference([tags], F18)
    assert instant == TEN - timedelta(minutes=1)
    assert "manufacturer" in rule


def test_series_time_that_is_an_acquisition_time():
    first = slice_tags(AcquisitionTime="100000")
    instant, rule = start_reference([slice_tags(), first], F18)
    assert (instant, rule) == (TEN, "series time")


def test_frame_reference_time_of_other_makers():
    tags = slice_tags(FrameReferenceTime=360_000.0, ActualFrameDuration=120_000.0)
    instant, rule = start_reference([tags], F18)
    middle_s = mean_activity_time_s(F18, 120.0)
    assert instant == TEN + timedelta(minutes=5, seconds=middle_s - 360.0)
    assert rule == "frame reference time"


def test_frame_reference_time_of_ge():
    tags = slice_tags(
        Manufacturer="GE MEDICAL SYSTEMS",
        FrameReferenceTime=240_000.0,
        ActualFrameDuration=120_000.0,
    )
    assert start_reference([tags], F18)[0] == TEN + timedelta(minutes=1)


def test_series_time_before_all_acquisitions_is_the_last_resort():
    instant, rule = start_reference([slice_tags(), slice_tags(AcquisitionTime="100800")], F18)
    assert instant == TEN
    assert "before the first acquisition" in rule


def test_derived_series_without_reference_is_refused():
    with pytest.raises(InputRefusedError, match="decay correction refers"):
        start_reference([slice_tags(SeriesTime="120000")], F18)


def injected(**tracer):
    return TagValues({"RadiopharmaceuticalInformationSequence": [tracer]})


def test_start_date_time_within_two_half_lives():
    tags = injected(RadiopharmaceuticalStartDateTime="20260314090000")
    assert administration_time(tags, TEN, F18) == TEN - timedelta(hours=1)


def test_start_date_time_of_another_day_is_not_believed():
    tags = injected(
        RadiopharmaceuticalStartDateTime="20260313090000", RadiopharmaceuticalStartTime="091000"
    )
    assert administration_time(tags, TEN, F18) == TEN - timedelta(minutes=50)


def test_injection_before_midnight():
    tags = injected(RadiopharmaceuticalStartTime="230000")
    after_midnight = datetime(2026, 3, 15, 0, 30)
    assert administration_time(tags, after_midnight, F18) == datetime(2026, 3, 14, 23)


def test_no_injection_time():
    with pytest.raises(InputRefusedError, match="time of injection"):
        administration_time(TagValues({}), TEN, F18)


@pytest.mark.parametrize("minutes", [19, 181, -5])
def test_implausible_uptake(minutes):
    with pytest.raises(InputRefusedError, match="implausible"):
        checked_uptake_s(TEN - timedelta(minutes=minutes), TEN)


@pytest.mark.parametrize("minutes", [20, 60, 180])
def test_plausible_uptake(minutes):
    assert checked_uptake_s(TEN - timedelta(minutes=minutes), TEN) == minutes * 60
