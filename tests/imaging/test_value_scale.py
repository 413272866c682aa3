"""From stored values to numbers: rescale, units, padding, windows, real-world mappings."""

import pytest

from tests.support.frames import frame_of
from workstation.base.errors import InputRefusedError
from workstation.imaging.real_world import real_world_mapping
from workstation.imaging.value_scale import (
    has_rescale,
    header_window,
    implausible_hu,
    padding_range,
    rescale,
    value_scale,
)
from workstation.imaging.volume import Unit, WindowSetting

CT = {"Modality": "CT", "RescaleSlope": 1.0, "RescaleIntercept": -1024.0}


def frames(*each, **layout):
    return [frame_of(tags, **layout) for tags in each]


def codes(scale):
    return [finding.code for finding in scale.findings]


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ({}, (1.0, 0.0)),
        ({"RescaleSlope": 2.0}, (2.0, 0.0)),
        ({"RescaleIntercept": -1024.0}, (1.0, -1024.0)),
        ({"RescaleSlope": 0.5, "RescaleIntercept": 3.25}, (0.5, 3.25)),
        ({"RescaleSlope": -1.0, "RescaleIntercept": 100.0}, (-1.0, 100.0)),
        ({"RescaleSlope": "", "RescaleIntercept": ""}, (1.0, 0.0)),
        ({"RescaleSlope": [2.0, 3.0]}, (2.0, 0.0)),
    ],
)
def test_rescale_as_written(tags, expected):
    assert rescale(frame_of(tags)) == expected


@pytest.mark.parametrize(
    "tags",
    [
        {"RescaleSlope": 0.0},
        {"RescaleSlope": "one"},
        {"RescaleSlope": "nan"},
        {"RescaleIntercept": "none"},
        {"RescaleSlope": 1.0, "RescaleIntercept": "inf"},
    ],
)
def test_malformed_rescale_is_refused_and_not_guessed(tags):
    with pytest.raises(InputRefusedError) as caught:
        rescale(frame_of(tags))
    assert caught.value.code == "bad-rescale"


@pytest.mark.parametrize(
    ("tags", "has"),
    [({}, False), ({"RescaleSlope": 1.0}, True), ({"RescaleIntercept": 0.0}, True)],
)
def test_a_rescale_of_one_is_still_a_rescale(tags, has):
    assert has_rescale(frame_of(tags)) is has


@pytest.mark.parametrize(
    ("changes", "unit", "code"),
    [
        ({}, Unit.HU, None),
        ({"RescaleType": "HU"}, Unit.HU, None),
        ({"RescaleType": "hu"}, Unit.HU, None),
        ({"RescaleType": "HU_MOD"}, Unit.HU, None),
        ({"RescaleType": ""}, Unit.HU, None),
        ({"RescaleType": "US"}, Unit.ARBITRARY, "no-hu"),
        ({"RescaleType": "MGML"}, Unit.ARBITRARY, "no-hu"),
        ({"RescaleType": "Z_EFF"}, Unit.ARBITRARY, "no-hu"),
        ({"ImageType": ["ORIGINAL", "PRIMARY", "LOCALIZER"]}, Unit.ARBITRARY, None),
    ],
)
def test_when_ct_values_are_hu(changes, unit, code):
    scale = value_scale(frames({**CT, **changes}, {**CT, **changes}), "CT")
    assert scale.unit is unit
    assert scale.raw_unit is unit
    assert codes(scale) == ([code] if code else [])
    assert not scale.converted


@pytest.mark.parametrize(
    ("each", "words"),
    [
        ([{}, {}], "the header gives no rescale"),
        ([CT, {}, CT], "1 of 3 images give no rescale"),
        ([{}, {}, CT], "2 of 3 images give no rescale"),
        ([CT, {**CT, "RescaleType": "US"}], "the header says that the values are not HU"),
    ],
)
def test_why_values_are_no_hu(each, words):
    scale = value_scale(frames(*each), "CT")
    (finding,) = scale.findings
    assert words in finding.message
    assert scale.unit is Unit.ARBITRARY


def test_slopes_are_kept_per_picture():
    each = [{"RescaleSlope": 1.0 + n, "RescaleIntercept": -10.0 * n} for n in range(4)]
    scale = value_scale(frames(*each), "MR")
    assert scale.slopes == (1.0, 2.0, 3.0, 4.0)
    assert scale.intercepts == (0.0, -10.0, -20.0, -30.0)
    assert scale.factors == (1.0,) * 4


@pytest.mark.parametrize(
    ("modality", "tags", "code"),
    [
        ("MR", {}, None),
        ("MR", {"ImageType": ["DERIVED", "PRIMARY", "DIFFUSION", "ADC"]}, "no-adc-unit"),
        ("NM", {}, None),
        ("", {}, None),
    ],
)
def test_other_modalities_have_no_unit(modality, tags, code):
    scale = value_scale(frames(tags), modality)
    assert scale.unit is Unit.ARBITRARY
    assert codes(scale) == ([code] if code else [])


@pytest.mark.parametrize(
    ("low", "high", "plausible"),
    [
        (-1024, 3071, True),
        (-8192, 40000, True),
        (-8193, 100, False),
        (-1000, 40001, False),
        (0, 0, True),
    ],
)
def test_what_ct_values_can_be(low, high, plausible):
    finding = implausible_hu(low, high)
    assert (finding is None) is plausible
    if finding:
        assert f"they run from {low:g} to {high:g}" in finding.message


def mapping(slope=1.0, intercept=0.0, code="10*-6.mm2/s", **changes):
    return {
        "RealWorldValueSlope": slope,
        "RealWorldValueIntercept": intercept,
        "MeasurementUnitsCodeSequence": [{"CodeValue": code}],
        **changes,
    }


@pytest.mark.parametrize(
    ("code", "unit", "factor"),
    [
        ("um2/s", Unit.ADC, 1e-3),
        ("10-6.mm2/s", Unit.ADC, 1e-3),
        ("10*-6.mm2/s", Unit.ADC, 1e-3),
        ("10-3.mm2/s", Unit.ADC, 1.0),
        ("10*-3.mm2/s", Unit.ADC, 1.0),
        ("mm2/s", Unit.ADC, 1e3),
        ("[hnsf'U]", Unit.HU, 1.0),
        ("{HU}", Unit.HU, 1.0),
        ("{SUVbw}g/ml", Unit.SUVBW, 1.0),
        ("g/ml{SUVbw}", Unit.SUVBW, 1.0),
        ("{SUVlbm}g/ml", Unit.SUVLBM, 1.0),
        ("g/ml{SUVlbm}", Unit.SUVLBM, 1.0),
        ("{SUVbsa}cm2/ml", Unit.SUVBSA, 1.0),
        ("cm2/ml{SUVbsa}", Unit.SUVBSA, 1.0),
        ("Bq/ml", Unit.BQML, 1.0),
    ],
)
def test_units_of_real_world_mappings(code, unit, factor):
    tags = {"RealWorldValueMappingSequence": [mapping(2.0, 5.0, code)]}
    found = real_world_mapping(frame_of(tags))
    assert found.unit is unit
    assert found.slope == pytest.approx(2.0 * factor)
    assert found.intercept == pytest.approx(5.0 * factor)


@pytest.mark.parametrize(
    "item",
    [
        {},
        mapping(code="furlong"),
        mapping(slope=0.0),
        mapping(slope="x"),
        mapping(slope=None),
        mapping(intercept=None),
        mapping(intercept="x"),
        mapping(MeasurementUnitsCodeSequence=[]),
        mapping(MeasurementUnitsCodeSequence=[{}]),
    ],
)
def test_mappings_that_say_too_little_are_not_used(item):
    assert real_world_mapping(frame_of({"RealWorldValueMappingSequence": [item]})) is None


def test_the_first_usable_mapping_counts():
    items = [mapping(code="furlong"), mapping(3.0), mapping(4.0)]
    found = real_world_mapping(frame_of({"RealWorldValueMappingSequence": items}))
    assert found.slope == pytest.approx(3e-3)


def test_a_mapping_laid_over_the_header_of_a_frame_counts():
    assert real_world_mapping(frame_of(mapping(3.0))).unit is Unit.ADC


def mapped(**changes):
    return {"RealWorldValueMappingSequence": [mapping(**changes)]}


def test_a_mapped_series_has_its_values_and_says_so():
    scale = value_scale(frames(mapped(), mapped(slope=2.0)), "MR")
    assert scale.unit is Unit.ADC
    assert scale.slopes == pytest.approx((1e-3, 2e-3))
    assert "real world value mapping" in scale.facts["values"]


@pytest.mark.parametrize(
    "each",
    [
        [mapped(), {}],
        [mapped(), mapped(code="{HU}")],
        [mapped(code="furlong"), mapped(code="furlong")],
    ],
)
def test_a_mapping_counts_only_for_all_pictures_in_one_unit(each):
    scale = value_scale(frames(*each), "MR")
    assert scale.unit is Unit.ARBITRARY
    assert scale.slopes == (1.0, 1.0)


def test_ct_keeps_its_rescale_beside_a_mapping():
    scale = value_scale(frames({**CT, **mapped(code="{HU}", slope=9.0)}), "CT")
    assert scale.slopes == (1.0,)
    assert scale.unit is Unit.HU


def test_a_malformed_rescale_beside_a_mapping_is_still_refused():
    with pytest.raises(InputRefusedError):
        value_scale(frames({**mapped(), "RescaleSlope": 0.0}), "MR")


@pytest.mark.parametrize(
    ("tags", "signed", "expected"),
    [
        ({}, False, None),
        ({"PixelPaddingValue": 0}, False, (-1024.0, -1024.0)),
        ({"PixelPaddingValue": 63536}, True, (-3024.0, -3024.0)),
        ({"PixelPaddingValue": -2000}, True, (-3024.0, -3024.0)),
        ({"PixelPaddingValue": 63536}, False, (62512.0, 62512.0)),
        ({"PixelPaddingValue": 0, "PixelPaddingRangeLimit": 10}, False, (-1024.0, -1014.0)),
        ({"PixelPaddingValue": 10, "PixelPaddingRangeLimit": 0}, False, (-1024.0, -1014.0)),
        ({"PixelPaddingValue": 0.5}, False, None),
        ({"PixelPaddingValue": "x"}, False, None),
    ],
)
def test_padding_in_the_unit_of_the_volume(tags, signed, expected):
    made = frames({**CT, **tags}, {**CT, **tags}, signed=signed)
    assert padding_range(made, value_scale(made, "CT")) == expected


def test_padding_counts_only_where_all_pictures_agree():
    made = frames({**CT, "PixelPaddingValue": 0}, {**CT, "PixelPaddingValue": 1})
    assert padding_range(made, value_scale(made, "CT")) is None
    made = frames({**CT, "PixelPaddingValue": 0}, CT)
    assert padding_range(made, value_scale(made, "CT")) is None


def test_a_negative_slope_turns_the_padding_range_around():
    tags = {"RescaleSlope": -1.0, "PixelPaddingValue": 5, "PixelPaddingRangeLimit": 9}
    made = frames(tags)
    assert padding_range(made, value_scale(made, "MR")) == (-9.0, -5.0)


@pytest.mark.parametrize(
    ("center", "width", "expected"),
    [
        (40.0, 400.0, WindowSetting(center=40.0, width=400.0)),
        ([40.0, 500.0], [400.0, 2000.0], WindowSetting(center=40.0, width=400.0)),
        (-600, 1500, WindowSetting(center=-600.0, width=1500.0)),
        (0.0005, 0.001, WindowSetting(center=0.0005, width=0.001)),
        (None, 400.0, None),
        (40.0, None, None),
        (40.0, 0.0, None),
        (40.0, -400.0, None),
        (40.0, 1e-7, None),
        (40.0, 2e6, None),
        (2e6, 400.0, None),
        (-2e6, 400.0, None),
        ("wide", 400.0, None),
    ],
)
def test_only_sane_windows_of_the_header_count(center, width, expected):
    values = {"WindowCenter": center, "WindowWidth": width}
    frame = frame_of({key: value for key, value in values.items() if value is not None})
    assert header_window(frame) == expected
