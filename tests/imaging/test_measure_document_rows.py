"""Every kind of measurement document: answers by hand, refusals, and what is wrong in them."""

import copy
import math

import numpy as np
import pytest

from tests.support.frames import volume_of
from workstation.base.errors import InputRefusedError
from workstation.imaging.measure_documents import measure_document
from workstation.imaging.volume import Unit

SOUND = {
    "distance": {"points": [[0, 0, 0], [3, 4, 12]]},
    "angle": {"points": [[1, 0, 0], [0, 0, 0], [1, 1, 0]]},
    "cobb": {"lines": [[[0, 0, 0], [1, 0, 0]], [[0, 0, 2], [1, 1, 2]]]},
    "box": {"low": [1, 1, 1], "high": [3, 3, 3]},
    "sphere": {"center": [4, 4, 4], "radius": 2},
    "polygon": {"points": [[1.5, 1.5, 2], [4.5, 1.5, 2], [4.5, 3.5, 2], [1.5, 3.5, 2]]},
    "threshold-volume": {"center": [4, 4, 4], "radius": 2, "threshold": 4},
    "suv-peak": {"center": [4, 4, 4], "radius": 2},
    "height-loss": {
        "anterior": [[0, 0, 5], [0, 0, 0]],
        "reference": {"anterior": 10},
    },
}


def ramp(unit=Unit.HU, **changes):
    """Nine voxels a side, 1 mm apart, each with its height z as value."""
    k, _, _ = np.indices((9, 9, 9))
    return volume_of(k.astype(np.int16), unit=unit, **changes)


def answer(kind, volume=None, **changes):
    return measure_document(volume or ramp(), {"kind": kind, **SOUND[kind], **changes})


@pytest.mark.parametrize(
    ("kind", "value", "unit"),
    [
        ("distance", 13.0, "mm"),
        ("angle", 45.0, "deg"),
        ("cobb", 45.0, "deg"),
        ("box", 2.0, "HU"),
        ("sphere", 4.0, "HU"),
        ("polygon", 2.0, "HU"),
        ("height-loss", 50.0, "%"),
    ],
)
def test_values_by_hand(kind, value, unit):
    found = answer(kind)
    assert found["kind"] == kind
    assert found["value"] == pytest.approx(value)
    assert found["unit"] == unit


def test_region_answers_by_hand():
    assert answer("box") == {
        "kind": "box",
        "value": 2.0,
        "unit": "HU",
        "mean": 2.0,
        "sd": round(math.sqrt(2 / 3), 10),
        "min": 1.0,
        "max": 3.0,
        "count": 27,
        "clipped": False,
    }
    assert answer("polygon")["count"] == 6
    assert answer("sphere")["count"] == 33


def test_threshold_volume_by_hand():
    upper = answer("threshold-volume")
    lower = answer("threshold-volume", above=False)
    assert (upper["value"], upper["unit"], upper["threshold_unit"]) == (23.0, "mm3", "HU")
    assert lower["value"] == 23.0
    assert answer("threshold-volume", threshold=7)["value"] == 0.0


def test_suv_peak_names_the_place():
    array = np.full((15, 15, 15), 2.0, np.float32)
    found = measure_document(
        volume_of(array, unit=Unit.SUVBW), {"kind": "suv-peak", "center": [7, 7, 7], "radius": 0.5}
    )
    assert found == {"kind": "suv-peak", "value": 2.0, "unit": "g/mL SUVbw", "at": [7.0, 7.0, 7.0]}


@pytest.mark.parametrize("unit", [Unit.HU, Unit.ARBITRARY, Unit.BQML, Unit.SUVBW, Unit.ADC])
@pytest.mark.parametrize("kind", ["box", "sphere", "polygon"])
def test_statistics_carry_the_unit_of_the_volume(kind, unit):
    assert answer(kind, ramp(unit))["unit"] == unit.value


@pytest.mark.parametrize("unit", [Unit.HU, Unit.ARBITRARY, Unit.BQML])
@pytest.mark.parametrize("kind", ["distance", "angle", "cobb", "height-loss"])
def test_lengths_and_angles_do_not_depend_on_the_values(kind, unit):
    assert answer(kind, ramp(unit)) == answer(kind)


@pytest.mark.parametrize(
    "spacing", [(1.0, 1.0, 1.0), (0.5, 0.5, 6.0), (3.0, 1.0, 2.0)], ids=["even", "thick", "odd"]
)
def test_lengths_are_patient_millimeters_on_any_grid(spacing):
    volume = volume_of(np.zeros((9, 9, 9), np.int16), spacing=spacing)
    assert answer("distance", volume)["value"] == 13.0


@pytest.mark.parametrize("kind", ["box", "sphere", "threshold-volume"])
def test_both_spellings_of_the_center_agree(kind):
    fields = dict(SOUND[kind])
    if "center" not in fields:
        pytest.skip("has no center")
    british = {"kind": kind, "centre": fields.pop("center"), **fields}
    assert measure_document(ramp(), british) == answer(kind)


class TestGap:
    """Slice 4 of the ramp is missing."""

    @pytest.fixture
    def gapped(self):
        return ramp(missing_slices=(4,))

    @pytest.mark.parametrize(
        ("kind", "changes"),
        [
            ("distance", {"points": [[0, 0, 2], [0, 0, 6]]}),
            ("angle", {"points": [[0, 0, 2], [0, 0, 3], [0, 5, 5]]}),
            ("cobb", {"lines": [[[0, 0, 1], [5, 0, 1]], [[0, 0, 7], [5, 0, 7]]]}),
            ("box", {"low": [1, 1, 3], "high": [3, 3, 5]}),
            ("sphere", {}),
            ("polygon", {"points": [[1, 2, 1], [6, 2, 1], [6, 2, 7], [1, 2, 7]]}),
            ("threshold-volume", {}),
            (
                "height-loss",
                {"anterior": [[0, 0, 7], [0, 0, 1]], "reference": {"anterior": 9}},
            ),
        ],
    )
    def test_nothing_is_measured_across_it(self, gapped, kind, changes):
        found = answer(kind, gapped, **changes)
        assert found == {
            "kind": kind,
            "refused": "Slices are missing here; nothing is measured across the gap.",
            "code": "gap",
        }

    @pytest.mark.parametrize(
        ("kind", "changes"),
        [
            ("distance", {"points": [[0, 0, 0], [0, 0, 3]]}),
            ("angle", {"points": [[0, 0, 5], [0, 0, 8], [0, 5, 8]]}),
            ("cobb", {}),
            ("box", {}),
            ("sphere", {"center": [4, 4, 7], "radius": 1}),
            ("polygon", {}),
            ("height-loss", {"anterior": [[0, 0, 3], [0, 0, 1]]}),
        ],
    )
    def test_beside_it_everything_is(self, gapped, kind, changes):
        assert answer(kind, gapped, **changes) == answer(kind, **changes)


@pytest.mark.parametrize(
    ("kind", "changes", "code"),
    [
        ("angle", {"points": [[0, 0, 0], [0, 0, 0], [1, 0, 0]]}, "not-measurable"),
        ("cobb", {"lines": [[[0, 0, 0], [0, 0, 0]], [[0, 0, 2], [1, 1, 2]]]}, "not-measurable"),
        ("box", {"low": [50, 50, 50], "high": [60, 60, 60]}, "outside"),
        ("box", {"low": [1.2, 1.2, 1.2], "high": [1.4, 1.4, 1.4]}, "not-measurable"),
        ("sphere", {"radius": 0}, "not-measurable"),
        ("sphere", {"radius": -3}, "not-measurable"),
        ("sphere", {"center": [90, 0, 0]}, "outside"),
        ("polygon", {"points": []}, "not-measurable"),
        ("polygon", {"points": [[0, 0, 0], [1, 1, 1]]}, "not-measurable"),
        ("polygon", {"points": [[0, 0, 0], [1, 1, 1], [2, 2, 2]]}, "not-measurable"),
        ("threshold-volume", {"radius": 9}, "outside"),
        ("suv-peak", {}, "no-suv"),
        ("height-loss", {"reference": {}}, "not-measurable"),
        ("height-loss", {"reference": {"anterior": 0}}, "not-measurable"),
        ("height-loss", {"reference": {"posterior": 20}}, "not-measurable"),
    ],
)
def test_refused_measurements_have_a_code_and_no_value(kind, changes, code):
    found = answer(kind, **changes)
    assert found["code"] == code
    assert found["refused"].endswith(".")
    assert set(found) == {"kind", "refused", "code"}


@pytest.mark.parametrize(
    ("pairs", "heights", "wedge"),
    [
        (("anterior",), {"anterior": 5.0}, None),
        (("posterior",), {"posterior": 6.0}, None),
        (("anterior", "middle"), {"anterior": 5.0, "middle": 4.0}, None),
        (("anterior", "posterior"), {"anterior": 5.0, "posterior": 6.0}, True),
        (
            ("anterior", "middle", "posterior"),
            {"anterior": 5.0, "middle": 4.0, "posterior": 6.0},
            True,
        ),
    ],
)
def test_height_loss_tells_heights_and_wedge(pairs, heights, wedge):
    lines = {
        "anterior": [[0, 0, 5], [0, 0, 0]],
        "middle": [[0, 4, 4], [0, 4, 0]],
        "posterior": [[0, 8, 6], [0, 8, 0]],
    }
    document = {
        "kind": "height-loss",
        **{part: lines[part] for part in pairs},
        "reference": dict.fromkeys(lines, 10),
    }
    found = measure_document(ramp(), document)
    assert found["heights_mm"] == heights
    assert found["value"] == pytest.approx(100 - 10 * min(heights.values()))
    if wedge is None:
        assert found["wedge_angle_deg"] is None
    else:
        assert found["wedge_angle_deg"] == pytest.approx(math.degrees(math.atan2(1, 8)))


NO_NUMBERS = [None, "3", True, [3], {}, math.nan, math.inf, -math.inf]
NO_POINTS = [None, 5, "0,0,0", [1, 2], [1, 2, 3, 4], [1, 2, "z"], [1, 2, None], [1, 2, math.inf],
             {"x": 1}]  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "field"),
    [
        ("sphere", "radius"),
        ("threshold-volume", "radius"),
        ("threshold-volume", "threshold"),
        ("suv-peak", "radius"),
    ],
)
@pytest.mark.parametrize("value", NO_NUMBERS)
def test_numbers_must_be_numbers(kind, field, value):
    with pytest.raises(InputRefusedError, match=f"{field} must be a number") as caught:
        answer(kind, **{field: value})
    assert caught.value.code == "bad-document"


@pytest.mark.parametrize(
    ("kind", "field"),
    [
        ("box", "low"),
        ("box", "high"),
        ("sphere", "center"),
        ("threshold-volume", "center"),
        ("suv-peak", "center"),
    ],
)
@pytest.mark.parametrize("value", NO_POINTS, ids=repr)
def test_points_must_be_points(kind, field, value):
    with pytest.raises(InputRefusedError, match=f"{field} must be a") as caught:
        answer(kind, **{field: value})
    assert caught.value.code == "bad-document"


@pytest.mark.parametrize("value", [None, {}, 7, "points", [[0, 0, 0]] * 4, []])
@pytest.mark.parametrize("kind", ["distance", "angle"])
def test_as_many_points_as_the_kind_needs(kind, value):
    with pytest.raises(InputRefusedError, match="must be a list of"):
        answer(kind, points=value)


@pytest.mark.parametrize("value", NO_POINTS, ids=repr)
@pytest.mark.parametrize("kind", ["distance", "angle", "polygon"])
def test_one_bad_point_spoils_the_list(kind, value):
    points = copy.deepcopy(SOUND[kind]["points"])
    points[1] = value
    with pytest.raises(InputRefusedError, match="points must be a"):
        answer(kind, points=points)


@pytest.mark.parametrize("value", [None, {}, 5, [], [[0, 0, 0]], [[0, 0, 0]] * 3, "ab"])
def test_lines_are_two_points(value):
    with pytest.raises(InputRefusedError, match=r"two points|must be a point"):
        answer("cobb", lines=[value, [[0, 0, 0], [1, 0, 0]]])
    if value is not None:
        with pytest.raises(InputRefusedError, match=r"two points|must be a point"):
            answer("height-loss", anterior=value)


@pytest.mark.parametrize("part", ["middle", "posterior"])
def test_a_part_that_is_null_was_not_measured(part):
    assert answer("height-loss", **{part: None}) == answer("height-loss")


@pytest.mark.parametrize("reference", [None, 25, "25", [25]])
def test_reference_heights_are_given_per_part(reference):
    with pytest.raises(InputRefusedError, match="height in mm per part"):
        answer("height-loss", reference=reference)


@pytest.mark.parametrize("value", ["tall", True, None, math.nan])
def test_reference_heights_are_numbers(value):
    with pytest.raises(InputRefusedError, match="anterior must be a number"):
        answer("height-loss", reference={"anterior": value})


@pytest.mark.parametrize("value", [0, 1, "true", None, []])
def test_above_is_true_or_false(value):
    with pytest.raises(InputRefusedError, match="above must be true or false"):
        answer("threshold-volume", above=value)


@pytest.mark.parametrize("document", [None, 5, "distance", [], [SOUND["distance"]]])
def test_documents_are_objects(document):
    with pytest.raises(InputRefusedError, match="must be an object"):
        measure_document(ramp(), document)


@pytest.mark.parametrize("kind", [None, 5, "", "Distance", "volume", ["distance"], {}])
def test_kinds_are_named_in_the_refusal(kind):
    with pytest.raises(InputRefusedError) as caught:
        measure_document(ramp(), {"kind": kind})
    for known in SOUND:
        assert known in caught.value.message


@pytest.mark.parametrize("kind", SOUND)
def test_a_document_without_its_fields_is_wrong(kind):
    with pytest.raises(InputRefusedError) as caught:
        measure_document(ramp(), {"kind": kind})
    assert caught.value.code == "bad-document"


@pytest.mark.parametrize("kind", SOUND)
def test_documents_are_not_changed(kind):
    document = {"kind": kind, **copy.deepcopy(SOUND[kind])}
    measure_document(ramp(), document)
    assert document == {"kind": kind, **SOUND[kind]}


def test_answers_carry_no_noise_of_the_arithmetic():
    found = answer("distance", points=[[0.1, 0.2, 0.3], [0.4, 0.6, 0.3]])
    assert found["value"] == 0.5
