"""Parts of the vertebra, and a lesion in words."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.support import cases
from workstation.domain.answers import NOT_ASSESSED
from workstation.domain.lesion import Lesion, VertebraPart, parts_at, parts_sentence
from workstation.domain.spine import VertebralLevel


@pytest.mark.parametrize(
    ("part", "side", "structure"),
    [
        (VertebraPart.PEDICLE_LEFT, "L", "pedicle"),
        (VertebraPart.BODY_POSTERIOR_RIGHT, "R", "body posterior"),
        (VertebraPart.LATERAL_MASS_RIGHT, "R", "lateral mass"),
        (VertebraPart.SPINOUS, "", "spinous"),
        (VertebraPart.DENS, "", "dens"),
    ],
)
def test_part_knows_side_and_structure(part: VertebraPart, side: str, structure: str) -> None:
    assert (part.side, part.structure) == (side, structure)


def test_every_sided_part_has_its_twin() -> None:
    right = {part.structure for part in VertebraPart if part.side == "R"}
    left = {part.structure for part in VertebraPart if part.side == "L"}
    assert right == left
    assert len(right) == 9


@pytest.mark.parametrize(
    ("level", "structure", "exists"),
    [
        ("T1", "costovertebral", True),
        ("T12", "costovertebral", True),
        ("T13", "costovertebral", True),
        ("C7", "costovertebral", False),
        ("L1", "costovertebral", False),
        ("C2", "dens", True),
        ("C1", "dens", False),
        ("C1", "lateral mass", True),
        ("C2", "lateral mass", False),
        ("C1", "body anterior", False),
        ("C0", "body anterior", False),
        ("C2", "body anterior", True),
        ("L5", "spinous", True),
    ],
)
def test_parts_that_exist_at_a_level(level: str, structure: str, exists: bool) -> None:
    found = {part.structure for part in parts_at(VertebralLevel(level))}
    assert (structure in found) is exists


def test_thoracic_vertebra_has_17_parts() -> None:
    # Six body thirds; pedicle, lamina, facet, transverse and costovertebral twice; spinous.
    assert len(parts_at(VertebralLevel.T9)) == 17


def test_sentence_names_the_patients_sides() -> None:
    lesion = cases.lesion_at(1, VertebralLevel.T12)
    assert parts_sentence(lesion) == "Body: left anterior third. Pedicle: left"


def test_sentence_of_both_sides_and_the_midline() -> None:
    parts = frozenset(
        {
            VertebraPart.BODY_MIDDLE_RIGHT,
            VertebraPart.BODY_MIDDLE_LEFT,
            VertebraPart.LAMINA_RIGHT,
            VertebraPart.SPINOUS,
        }
    )
    lesion = replace(cases.lesion_at(1, VertebralLevel.T12), parts=parts)
    assert parts_sentence(lesion) == (
        "Body: right middle third, left middle third. Lamina: right. Spinous process: midline"
    )


def test_every_part_has_words() -> None:
    for part in VertebraPart:
        lesion = replace(cases.lesion_at(1, VertebralLevel.T12), parts=frozenset({part}))
        assert ":" in parts_sentence(lesion)


def test_nothing_marked_is_not_assessed() -> None:
    lesion = replace(cases.lesion_at(1, VertebralLevel.T12), parts=frozenset())
    assert parts_sentence(lesion) == "Parts not assessed"


def test_lesion_starts_not_assessed() -> None:
    lesion = Lesion(
        id="a",
        number=1,
        center_lps=(0.0, 0.0, 0.0),
        radius_mm=4.0,
        frame_of_reference_uid="1",
        series_uid="2",
    )
    fields = ("body_involved_pct", "matrix", "posterior_wall", "endplates", "fracture")
    assert all(getattr(lesion, name) is NOT_ASSESSED for name in (*fields, "soft_tissue"))
    assert lesion.level is None
    assert lesion.long_axis_mm == 8.0


def test_level_of_a_long_lesion_is_the_most_cranial() -> None:
    levels = (VertebralLevel.L1, VertebralLevel.T11, VertebralLevel.T12)
    lesion = replace(cases.lesion_at(1, VertebralLevel.T12), levels=levels)
    assert lesion.level is VertebralLevel.T11
