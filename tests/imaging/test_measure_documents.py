import pytest

from tests.support.phantom import LEFT
from workstation.base.errors import InputRefusedError
from workstation.imaging.measure_documents import measure_document

CENTER = list(LEFT.center)


@pytest.mark.parametrize(
    ("document", "value", "unit"),
    [
        ({"kind": "distance", "points": [[0, 0, 0], [3, 4, 0]]}, 5.0, "mm"),
        ({"kind": "angle", "points": [[1, 0, 0], [0, 0, 0], [0, 1, 0]]}, 90.0, "deg"),
        (
            {"kind": "cobb", "lines": [[[0, 0, 0], [1, 0, 0]], [[0, 0, 5], [-1, 0, 4]]]},
            45.0,
            "deg",
        ),
        ({"kind": "sphere", "centre": CENTER, "radius": 6}, 1000.0, "HU"),
        ({"kind": "sphere", "center": CENTER, "radius": 6}, 1000.0, "HU"),
        (
            {
                "kind": "box",
                "low": [value - 4 for value in CENTER],
                "high": [value + 4 for value in CENTER],
            },
            1000.0,
            "HU",
        ),
    ],
)
def test_values_with_units(axial, document, value, unit):
    answer = measure_document(axial, document)
    assert answer["value"] == pytest.approx(value)
    assert answer["unit"] == unit


def test_region_answer_names(axial):
    answer = measure_document(axial, {"kind": "sphere", "centre": CENTER, "radius": 12})
    assert set(answer) == {
        *("kind", "value", "unit", "mean", "sd", "min", "max", "count", "clipped")
    }
    assert answer["min"] == 40.0
    assert answer["max"] == 1000.0


def test_polygon_document(axial):
    x, y, z = CENTER
    square = [[x - 4, y - 4, z], [x + 4, y - 4, z], [x + 4, y + 4, z], [x - 4, y + 4, z]]
    assert measure_document(axial, {"kind": "polygon", "points": square})["mean"] == 1000.0


def test_threshold_volume_document(axial):
    document = {"kind": "threshold-volume", "centre": CENTER, "radius": 14, "threshold": 900}
    above = measure_document(axial, document)
    assert above["unit"] == "mm3"
    assert above["threshold_unit"] == "HU"
    below = measure_document(axial, {**document, "above": False})
    assert below["value"] > above["value"] > 0


def test_height_loss_document(axial):
    document = {
        "kind": "height-loss",
        "anterior": [[0, 0, 12], [0, 0, 0]],
        "posterior": [[0, 30, 24], [0, 30, 0]],
        "reference": {"anterior": 26, "posterior": 25},
    }
    answer = measure_document(axial, document)
    assert answer["value"] == pytest.approx(53.846, abs=1e-3)
    assert (answer["unit"], answer["part"]) == ("%", "anterior")
    assert answer["wedge_angle_deg"] == pytest.approx(21.801, abs=1e-3)
    assert answer["heights_mm"] == {"anterior": 12.0, "posterior": 24.0}


def test_refused_measurement_gives_a_reason(axial):
    answer = measure_document(axial, {"kind": "suv-peak", "centre": CENTER, "radius": 5})
    assert answer["refused"] == "The values of this series are no SUV."
    assert "value" not in answer


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ([], "must be an object"),
        ({}, "kind must be one of"),
        ({"kind": "length"}, "kind must be one of"),
        ({"kind": "distance"}, "points must be a list of 2 points"),
        ({"kind": "distance", "points": [[0, 0, 0]]}, "points must be a list of 2 points"),
        ({"kind": "distance", "points": [[0, 0], [1, 1, 1]]}, "must be a point"),
        ({"kind": "distance", "points": [[0, 0, "x"], [1, 1, 1]]}, "must be a number"),
        ({"kind": "distance", "points": [[0, 0, float("nan")], [1, 1, 1]]}, "must be a number"),
        ({"kind": "distance", "points": [[0, 0, True], [1, 1, 1]]}, "must be a number"),
        ({"kind": "cobb", "lines": [[[0, 0, 0], [1, 0, 0]]]}, "lines must hold two lines"),
        ({"kind": "sphere", "centre": CENTER}, "radius must be a number"),
        ({"kind": "box", "low": CENTER}, "high must be a point"),
        (
            {
                "kind": "threshold-volume",
                "centre": CENTER,
                "radius": 5,
                "threshold": 1,
                "above": "yes",
            },
            "above must be true or false",
        ),
        ({"kind": "height-loss", "anterior": [[0, 0, 1], [0, 0, 0]]}, "reference must give"),
        ({"kind": "height-loss", "anterior": [[0, 0, 1]], "reference": {}}, "two points"),
    ],
)
def test_wrong_documents_name_the_field(axial, document, words):
    with pytest.raises(InputRefusedError, match=words) as caught:
        measure_document(axial, document)
    assert caught.value.code == "bad-document"
