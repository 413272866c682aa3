"""The main job with mouse and keys: open, number, mark, grade, undo, reopen, report."""

from __future__ import annotations

import io
import json
import subprocess
from pathlib import Path

import pikepdf
import pytest

from tests.end_to_end.reader import Reader
from workstation.app.demo_case import demo_notes
from workstation.base.paths import resource_path
from workstation.domain.answers import YesNo
from workstation.domain.escc import EsccGrade, EsccModality
from workstation.domain.grading import escc_of, noms_of, sins_of
from workstation.domain.noms_table import NomsDecision, SystemicAxis
from workstation.domain.radiosensitivity import Histology
from workstation.domain.sins_options import SinsAlignment, SinsBoneLesion, SinsCollapse, SinsPain
from workstation.domain.spine import LandmarkState, PointLps, VertebralLevel
from workstation.rendering.plane import PlaneName
from workstation.storage.case_codec import encode_case

T9, T10, T11 = (VertebralLevel(name) for name in ("T9", "T10", "T11"))
FOLDER = resource_path("demo", "ct-thoracic")


def body_center(level: VertebralLevel) -> PointLps:
    body = next(item for item in demo_notes()["bodies"] if item["level"] == level.value)
    x, y, z = body["center_lps"]
    return (x, y, z)


def number_the_spine(reader: Reader) -> None:
    sagittal = reader.pane(PlaneName.SAGITTAL)
    reader.hover(sagittal, body_center(T10))
    reader.to_images()
    reader.press("Shift+L")
    for level in (T9, T11):
        reader.click_at(sagittal, body_center(level))
        reader.name_vertebra(level.value)
    reader.press("Ctrl+L")
    reader.press("Esc")


def mark_the_focus(reader: Reader) -> PointLps:
    """Drag from the focus to its border in the axial pane at its height; return its place."""
    x, y, z = demo_notes()["focus"]["center_lps"]
    reader.made.desk.follow_point((x, y, z), reader.case.spines[0].frame_of_reference_uid)
    reader.settle()
    axial = reader.pane(PlaneName.AXIAL)
    reader.to_images()
    reader.hover(axial, (x, y, z))
    reader.press("L")
    reader.drag(axial, reader.place(axial, (x, y, z)), reader.place(axial, (x + 4.5, y, z)))
    reader.press("Esc")
    return (x, y, z)


def fill_the_forms(reader: Reader) -> None:
    reader.to_tab(2)
    for keys in (("S", "2", "3"), ("S", "3", "2"), ("S", "4", "2"), ("S", "5", "3")):
        reader.press(*keys)
    reader.press("S", "6", "0")
    reader.to_tab(3)
    reader.choose("Read on: MRI")
    reader.choose("2, Cord compressed")
    reader.to_tab(4)
    reader.choose("Myelopathy: Yes")
    reader.pick("Histology", "Renal cell")
    reader.choose("Prior radiation at this level: No")
    reader.choose("Tolerates the surgery in question: Able")


@pytest.fixture
def read_case(reader: Reader) -> Reader:
    """A reader who has numbered, marked and graded the thoracic CT."""
    reader.open(FOLDER)
    number_the_spine(reader)
    mark_the_focus(reader)
    fill_the_forms(reader)
    return reader


def test_numbering_places_the_levels_between_two_clicks(reader: Reader):
    reader.open(FOLDER)
    number_the_spine(reader)
    (spine,) = reader.case.spines
    assert spine.levels == (T9, T10, T11)
    assert spine.confirmed
    placed = {mark.level: mark for mark in spine.landmarks}
    assert placed[T9].state is LandmarkState.CLICKED
    assert placed[T10].state is LandmarkState.PROPOSED
    for level in (T9, T10, T11):
        tolerance = 3.0 if level is not T10 else 6.0
        for got, expected in zip(placed[level].center_lps, body_center(level), strict=True):
            assert got == pytest.approx(expected, abs=tolerance)


def test_a_mark_takes_its_place_and_its_level_from_the_images(reader: Reader):
    reader.open(FOLDER)
    number_the_spine(reader)
    place = mark_the_focus(reader)
    (lesion,) = reader.case.lesions
    assert lesion.levels == (T10,)
    assert lesion.radius_mm == pytest.approx(4.5, abs=1.0)
    for got, expected in zip(lesion.center_lps, place, strict=True):
        assert got == pytest.approx(expected, abs=1.5)


def test_the_forms_grade_the_marked_level(read_case: Reader):
    case = read_case.case
    answers = case.assessment(T10).sins
    assert answers.pain is SinsPain.MECHANICAL
    assert answers.bone_lesion is SinsBoneLesion.LYTIC
    assert answers.alignment is SinsAlignment.DEFORMITY
    assert answers.collapse is SinsCollapse.GT50
    assert sins_of(case, T10).total == 11
    assert escc_of(case, T10).grade is EsccGrade.G2
    assert case.assessment(T10).escc.modality is EsccModality.MRI
    assert case.neurologic.myelopathy is YesNo.YES
    assert case.oncology.histology is Histology.RENAL_CELL
    assert case.assessment(T10).noms.systemic is SystemicAxis.ABLE
    result = noms_of(case, T10)
    assert result.decision is None
    assert set(result.branches.values()) == {NomsDecision.DECOMP_STAB_SRS}


def test_everything_is_undone_redone_and_there_after_reopening(read_case: Reader):
    session = read_case.made.session
    final = read_case.case
    steps = 0
    while session.can_undo:
        read_case.press("Ctrl+Z")
        steps += 1
    assert steps >= 12
    empty = read_case.case
    assert (empty.spines, empty.lesions, empty.assessments) == ((), (), ())
    for _ in range(steps):
        read_case.press("Ctrl+Shift+Z")
    assert read_case.case == final
    case_id = final.id
    read_case.come_back()
    assert read_case.made.session.open(case_id)
    assert read_case.case == final
    assert read_case.made.session.can_undo


def test_the_pdf_holds_every_value_and_its_record_is_the_case(read_case: Reader, tmp_path: Path):
    report = read_case.made.window.parts.forms.page_of("report")
    assert report is not None
    folder = tmp_path / "out"
    folder.mkdir()
    read_case.to_tab(5)
    read_case.write_report(folder)
    (pdf_path,) = folder.glob("*.pdf")
    text = subprocess.run(
        ["pdftotext", "-layout", str(pdf_path), "-"], capture_output=True, text=True, check=True
    ).stdout
    flat = " ".join(text.split())
    for words in (
        "LIDC-IDRI-0314",
        "T10",
        "SINS 11",
        "otentially unstable",
        "ESCC 2",
        "Renal cell",
        "Mechanical",
        "Lytic",
        "ecompression + stabilization, then",
        "DRAFT",
    ):
        assert words in flat, words
    with pikepdf.open(io.BytesIO(pdf_path.read_bytes())) as pdf:
        record = json.loads(pdf.attachments["report.json"].get_file().read_bytes())
    assert record["case"] == json.loads(json.dumps(encode_case(read_case.case)))


def test_the_demo_button_opens_a_finished_reading(reader: Reader):
    reader.open_demo()
    case = reader.case
    assert "not a diagnosis" in case.illustration
    assert sins_of(case, T10).total == 2
    assert noms_of(case, T10).decision is NomsDecision.SRS
    assert len(case.key_images) == 3
