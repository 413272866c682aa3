import json

import numpy as np
import pytest

from tests.support.phantom import DEEP, LEFT, Phantom, pet_phantom, variants, write_phantom
from workstation.__main__ import main


def probed(capsys, folder, uid, *points, more=()):
    texts = [",".join(str(value) for value in point) for point in points]
    code = main(["probe", str(folder), "--series", uid, "--at", *texts, "--json", *more])
    assert code == 0
    return json.loads(capsys.readouterr().out)["points"]


def test_values_index_and_unit(tmp_path, capsys):
    phantom = Phantom()
    write_phantom(tmp_path, phantom)
    left, deep, far = probed(
        capsys, tmp_path, phantom.series_uid, LEFT.center, DEEP.center, (-900, 0, 0)
    )
    assert left["nearest"] == left["linear"] == left["raw"] == 1000.0
    assert (left["unit"], left["raw_unit"], left["inside"]) == ("HU", "HU", True)
    index = (np.array(LEFT.center) - phantom.origin(0)) / phantom.spacing
    assert left["index"] == [int(value) for value in np.floor(index + 0.5)]
    assert deep["nearest"] == -150.0
    assert far == {
        "at": [-900.0, 0.0, 0.0],
        "inside": False,
        "index": None,
        "nearest": None,
        "linear": None,
        "unit": "HU",
        "raw": None,
        "raw_unit": "HU",
    }


@pytest.mark.parametrize("name", ["sagittal", "oblique", "prone", "tilted"])
def test_point_with_negative_first_coordinate(tmp_path, capsys, name):
    phantom = variants()[name]
    write_phantom(tmp_path, phantom)
    (answer,) = probed(capsys, tmp_path, phantom.series_uid, (-8.0, 2.0, 38.0))
    assert answer["nearest"] == 300.0


def test_raw_activity_of_a_pet(tmp_path, capsys):
    phantom = pet_phantom()
    write_phantom(tmp_path, phantom)
    (answer,) = probed(capsys, tmp_path, phantom.series_uid, LEFT.center)
    assert answer["nearest"] == pytest.approx(6.908, abs=5e-4)
    assert answer["raw"] == pytest.approx(25_000)
    assert (answer["unit"], answer["raw_unit"]) == ("g/mL SUVbw", "Bq/mL")


def test_missing_slice_has_no_value(tmp_path, capsys):
    phantom = Phantom(skip=frozenset({12}))
    write_phantom(tmp_path, phantom)
    gap, beside = (phantom.origin(0) + np.array([40.0, 40.0, 3.0 * k]) for k in (12.0, 12.6))
    in_gap, next_to = probed(capsys, tmp_path, phantom.series_uid, tuple(gap), tuple(beside))
    assert in_gap["inside"] is True
    assert in_gap["nearest"] is None
    assert in_gap["linear"] is None
    assert next_to["nearest"] == 40.0
    assert next_to["linear"] is None


def test_text_for_people(tmp_path, capsys):
    phantom = Phantom()
    write_phantom(tmp_path, phantom)
    at = ",".join(str(value) for value in LEFT.center)
    assert (
        main(["probe", str(tmp_path), "--series", phantom.series_uid, "--at", at, "900,0,0"]) == 0
    )
    first, second = capsys.readouterr().out.splitlines()
    assert "1000 HU" in first
    assert second.endswith("outside the volume")


@pytest.mark.parametrize("at", ["1,2", "a,b,c", "1,2,nan", "1,2,3,4", "1;2;3"])
def test_malformed_points_are_wrong_usage(tmp_path, capsys, at):
    assert main(["probe", str(tmp_path), "--series", "1", "--at", at]) == 2
    assert "is no point" in capsys.readouterr().err


def test_unknown_series_or_volume_is_wrong_usage(tmp_path, capsys):
    phantom = Phantom(size=(8, 8, 3))
    write_phantom(tmp_path, phantom)
    assert main(["probe", str(tmp_path), "--series", "1.2", "--at", "0,0,0"]) == 2
    arguments = ["--series", phantom.series_uid, "--volume", "4", "--at", "0,0,0"]
    assert main(["probe", str(tmp_path), *arguments]) == 2
    assert capsys.readouterr().err.count("\n") == 2
