"""What lies in resources/: it parses, it is whole, and its license is beside it."""

import hashlib
import json
import xml.etree.ElementTree as ET
from pathlib import Path

import imagecodecs
import numpy as np
import pydicom
import pytest
from fontTools.ttLib import TTFont
from pydicom.encaps import generate_frames
from pydicom.uid import JPEGLSLossless

RESOURCES = Path(__file__).resolve().parents[2] / "resources"
SVG = "{http://www.w3.org/2000/svg}"
ICONS = sorted((RESOURCES / "icons").glob("*.svg"))
DIAGRAMS = sorted((RESOURCES / "diagrams").glob("*.svg"))
FONTS = sorted((RESOURCES / "fonts").glob("*.[ot]tf"))
DEMO = RESOURCES / "demo"


class TestIcons:
    @pytest.mark.parametrize("path", ICONS, ids=lambda path: path.stem)
    def test_it_is_a_square_of_24_in_the_current_color(self, path: Path) -> None:
        root = ET.parse(path).getroot()
        assert root.tag == f"{SVG}svg"
        assert root.get("viewBox") == "0 0 24 24"
        assert "currentColor" in path.read_text("utf-8")

    @pytest.mark.parametrize("path", ICONS, ids=lambda path: path.stem)
    def test_it_loads_nothing_and_runs_nothing(self, path: Path) -> None:
        tags = {element.tag.removeprefix(SVG) for element in ET.parse(path).getroot().iter()}
        assert tags <= {"svg", "g", "path", "rect", "circle", "ellipse", "line", "polyline"} | {
            "polygon"
        }

    def test_the_license_is_beside_them(self) -> None:
        text = (RESOURCES / "icons" / "LICENSE").read_text("utf-8")
        assert "ISC License" in text
        assert "Lucide" in text

    def test_those_of_lucide_say_so_themselves(self) -> None:
        ours = [path.stem for path in ICONS if "lucide" not in path.read_text("utf-8")]
        assert ours == ["batson"]


class TestDiagrams:
    @pytest.mark.parametrize("path", DIAGRAMS, ids=lambda path: path.stem)
    def test_it_stays_inside_what_both_renderers_draw_alike(self, path: Path) -> None:
        tags = {element.tag.removeprefix(SVG) for element in ET.parse(path).getroot().iter()}
        assert not tags & {"text", "style", "filter", "image", "script", "foreignObject", "use"}

    def test_the_spine_has_a_group_for_every_level_of_its_table(self) -> None:
        table = json.loads((RESOURCES / "diagrams" / "spine-lateral.json").read_text("utf-8"))
        groups = {
            element.get("id")
            for element in ET.parse(RESOURCES / "diagrams" / "spine-lateral.svg").iter(f"{SVG}g")
        }
        levels = set(table.get("levels", table))
        assert {"C1", "T12", "L5", "S1"} <= levels
        assert {level for level in levels if level[0] in "CTLS"} <= groups


class TestFonts:
    @pytest.mark.parametrize("path", FONTS, ids=lambda path: path.stem)
    def test_it_opens_and_its_license_is_beside_it(self, path: Path) -> None:
        family = path.stem.split("-")[0]
        licenses = {item.stem for item in path.parent.glob("LICENSE-*")}
        named = family.replace("Display", "") if family.startswith("Source") else family
        named = "Noto" if named.startswith("Noto") else named.removesuffix("Full")
        assert f"LICENSE-{named}" in licenses
        with TTFont(path) as font:
            assert font["maxp"].numGlyphs > 50

    @pytest.mark.parametrize("sign", "AzéßŁΩЖ−×≥±µ²°▲◆●✓脊あ한שعกक∑")
    def test_every_script_of_the_report_has_a_glyph(self, sign: str) -> None:
        assert ord(sign) in _covered()

    def test_they_stay_small(self) -> None:
        assert sum(path.stat().st_size for path in FONTS) < 15_000_000


def _covered(cache: dict[str, set[int]] = {}) -> set[int]:  # noqa: B006  read once
    if not cache:
        cache["all"] = set()
        for path in FONTS:
            with TTFont(path) as font:
                cache["all"] |= set(font.getBestCmap())
    return cache["all"]


def _slices(folder: str) -> list[pydicom.Dataset]:
    return [pydicom.dcmread(path) for path in sorted((DEMO / folder).glob("*.dcm"))]


def _pixels(dataset: pydicom.Dataset) -> np.ndarray:
    (frame,) = generate_frames(dataset.PixelData, number_of_frames=1)
    return imagecodecs.jpegls_decode(frame)


class TestDemoStudies:
    # Digests of the pixels as the sources publish them, slice after slice along the normal.
    @pytest.mark.parametrize(
        ("folder", "count", "digest"),
        [
            ("ct-thoracic", 95, "92b4c90dd3601abb385563dfb92fea06fb9ce4e27baf14a0da9af43ec46e02ee"),
            ("mr-lumbar", 38, "394c5d7b6f8602e8365cc789a768cb2f66f9a1d1468484cdd20a06d09168c017"),
        ],
    )
    def test_the_pixels_are_those_of_the_source(self, folder: str, count: int, digest: str) -> None:
        sums = hashlib.sha256()
        slices = _slices(folder)
        for dataset in slices:
            assert dataset.file_meta.TransferSyntaxUID == JPEGLSLossless
            sums.update(np.ascontiguousarray(_pixels(dataset), "<u2").tobytes())
        assert len(slices) == count
        assert sums.hexdigest() == digest

    def test_the_ct_has_the_published_range_and_mean(self) -> None:
        values = np.stack([_pixels(dataset) for dataset in _slices("ct-thoracic")]) - 1000.0
        assert (values.min(), values.max()) == (-1000, 1755)
        assert values.mean() == pytest.approx(-625.758, abs=1e-3)

    def test_the_ct_is_one_even_stack(self) -> None:
        z = [float(dataset.ImagePositionPatient[2]) for dataset in _slices("ct-thoracic")]
        assert np.diff(z) == pytest.approx(np.ones(94), abs=1e-6)

    def test_nobody_is_named(self) -> None:
        for folder, patient in (("ct-thoracic", "LIDC-IDRI-0314"), ("mr-lumbar", "SCT-LUMBAR")):
            for dataset in _slices(folder):
                assert dataset.PatientID == patient
                assert str(dataset.PatientName) in {"", patient}
                assert dataset.PatientBirthDate == ""
                assert dataset.PatientIdentityRemoved == "YES"

    def test_they_stay_small_and_carry_their_attribution(self) -> None:
        assert sum(path.stat().st_size for path in DEMO.rglob("*.dcm")) <= 25_000_000
        text = (DEMO / "ORIGIN.md").read_text("utf-8")
        for line in ("CC BY 3.0", "10.7937/K9/TCIA.2015.LO9QL9SX", "MIT", "not a diagnosis"):
            assert line in text


class TestCaseNotes:
    @pytest.fixture
    def notes(self) -> dict[str, dict[str, object]]:
        document = json.loads((DEMO / "case-notes.json").read_text("utf-8"))
        return {series["folder"]: series for series in document["series"]}

    @pytest.mark.parametrize("folder", ["ct-thoracic", "mr-lumbar"])
    def test_they_belong_to_the_series(self, notes: dict, folder: str) -> None:
        uids = {dataset.SeriesInstanceUID for dataset in _slices(folder)}
        assert uids == {notes[folder]["series_instance_uid"]}

    @pytest.mark.parametrize("folder", ["ct-thoracic", "mr-lumbar"])
    def test_levels_follow_each_other_from_head_to_foot(self, notes: dict, folder: str) -> None:
        centers = np.array([body["center_lps"] for body in notes[folder]["bodies"]])
        steps = -np.diff(centers[:, 2])
        assert ((steps > 20) & (steps < 38)).all()

    def test_the_focus_measures_what_is_written(self, notes: dict) -> None:
        focus = notes["ct-thoracic"]["focus"]
        core = focus["hu"]["core"]
        values = _sphere_hu(focus["center_lps"], core["radius_mm"])
        assert len(values) == core["voxels"]
        assert values.mean() == pytest.approx(core["mean"], abs=0.05)
        assert values.std() == pytest.approx(core["sd"], abs=0.05)
        assert values.max() == core["max"]
        bone = focus["hu"]["normal_bone"]
        normal = _sphere_hu(bone["center_lps"], bone["radius_mm"])
        assert normal.mean() == pytest.approx(bone["mean"], abs=0.05)
        assert core["mean"] > bone["mean"] + 5 * bone["sd"]

    def test_the_focus_is_left_of_the_midline_of_its_body(self, notes: dict) -> None:
        series = notes["ct-thoracic"]
        (body,) = (b for b in series["bodies"] if b["level"] == series["focus"]["level"])
        # LPS: x grows towards the patient's left.
        assert series["focus"]["center_lps"][0] - body["center_lps"][0] > 5
        assert series["focus"]["side"] == "left"


def _sphere_hu(center_lps: list[float], radius_mm: float) -> np.ndarray:
    """Values of the CT voxels whose centers lie in a sphere, in HU."""
    slices = _slices("ct-thoracic")
    values = np.stack([_pixels(dataset) for dataset in slices]) - 1000.0
    origin = np.array(slices[0].ImagePositionPatient, float)
    k, j, i = np.ogrid[: values.shape[0], : values.shape[1], : values.shape[2]]
    x, y, z = (
        origin[axis] + step * index - center_lps[axis]
        for axis, (step, index) in enumerate(((0.78125, i), (0.78125, j), (1.0, k)))
    )
    return values[x**2 + y**2 + z**2 <= radius_mm**2]
