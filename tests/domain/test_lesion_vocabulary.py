"""The parts of every vertebra, each in words, and which of them exist at which level."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest

from tests.support import cases
from workstation.domain.lesion import (
    Endplates,
    Fracture,
    Lesion,
    Matrix,
    PosteriorWall,
    SoftTissue,
    VertebraPart,
    parts_at,
    parts_sentence,
)
from workstation.domain.sins_options import SinsBoneLesion, has_costovertebral_joint
from workstation.domain.spine import VertebralLevel

ARCH = {"pedicle", "lamina", "facet", "transverse"}
BODY = {"body anterior", "body middle", "body posterior"}
STRUCTURES = {
    "C0": ARCH,
    "C1": ARCH | {"lateral mass"},
    "C2": ARCH | BODY | {"dens"},
    **dict.fromkeys(("C3", "C4", "C5", "C6", "C7"), ARCH | BODY),
    **dict.fromkeys((f"T{n}" for n in range(1, 14)), ARCH | BODY | {"costovertebral"}),
    **dict.fromkeys((f"L{n}" for n in range(1, 7)), ARCH | BODY),
    **dict.fromkeys((f"S{n}" for n in range(1, 6)), ARCH | BODY),
    "Co": ARCH | BODY,
}
"""What a vertebra has beside its spinous process."""


@pytest.mark.parametrize("level", [level.value for level in VertebralLevel])
def test_a_vertebra_has_exactly_its_parts(level: str) -> None:
    parts = parts_at(VertebralLevel(level))
    assert {part.structure for part in parts} == STRUCTURES[level] | {"spinous"}
    for structure in STRUCTURES[level] - {"dens"}:
        assert {part.side for part in parts if part.structure == structure} == {"R", "L"}
    assert len(parts) == len(set(parts)) == 1 + 2 * len(STRUCTURES[level]) - (level == "C2")


@pytest.mark.parametrize("level", [level.value for level in VertebralLevel])
def test_ribs_are_where_costovertebral_joints_are(level: str) -> None:
    joints = {part.structure for part in parts_at(VertebralLevel(level))} & {"costovertebral"}
    assert bool(joints) is has_costovertebral_joint(VertebralLevel(level))


WORDS = {
    "body_anterior_R": "Body: right anterior third",
    "body_anterior_L": "Body: left anterior third",
    "body_middle_R": "Body: right middle third",
    "body_middle_L": "Body: left middle third",
    "body_posterior_R": "Body: right posterior third",
    "body_posterior_L": "Body: left posterior third",
    "pedicle_R": "Pedicle: right",
    "pedicle_L": "Pedicle: left",
    "lamina_R": "Lamina: right",
    "lamina_L": "Lamina: left",
    "facet_R": "Facet: right",
    "facet_L": "Facet: left",
    "transverse_R": "Transverse process: right",
    "transverse_L": "Transverse process: left",
    "costovertebral_R": "Costovertebral joint: right",
    "costovertebral_L": "Costovertebral joint: left",
    "lateral_mass_R": "Lateral mass: right",
    "lateral_mass_L": "Lateral mass: left",
    "spinous": "Spinous process: midline",
    "dens": "Dens: midline",
}


def lesion_with(*parts: VertebraPart) -> Lesion:
    return replace(cases.lesion_at(1, VertebralLevel.T12), parts=frozenset(parts))


def test_the_words_are_of_every_part() -> None:
    assert set(WORDS) == {part.value for part in VertebraPart}


@pytest.mark.parametrize(("part", "words"), WORDS.items())
def test_one_part_in_words(part: str, words: str) -> None:
    assert parts_sentence(lesion_with(VertebraPart(part))) == words


@pytest.mark.parametrize(("part", "words"), WORDS.items())
def test_the_other_side_says_the_other_side(part: str, words: str) -> None:
    swap = {"_R": "_L", "_L": "_R"}.get(part[-2:])
    if swap is None:
        assert "right" not in words
        assert "left" not in words
    else:
        twin = parts_sentence(lesion_with(VertebraPart(part[:-2] + swap)))
        swapped = words.replace("right", "#").replace("left", "right").replace("#", "left")
        assert twin == swapped


PAIRS = list(itertools.combinations(list(VertebraPart), 2))


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: "+".join(pair))
def test_two_parts_are_both_named_in_the_order_of_the_vertebra(pair) -> None:
    first, second = (WORDS[part.value] for part in pair)
    same_structure = first.split(":")[0] == second.split(":")[0]
    joined = f"{first}, {second.split(': ')[1]}" if same_structure else f"{first}. {second}"
    assert parts_sentence(lesion_with(*reversed(pair))) == joined


def test_everything_involved_is_one_sentence_per_structure() -> None:
    sentence = parts_sentence(lesion_with(*VertebraPart))
    assert [part.split(":")[0] for part in sentence.split(". ")] == [
        "Body",
        "Pedicle",
        "Lamina",
        "Facet",
        "Transverse process",
        "Costovertebral joint",
        "Lateral mass",
        "Spinous process",
        "Dens",
    ]
    assert sentence.count("right") == sentence.count("left") == 9


@pytest.mark.parametrize(
    ("vocabulary", "words"),
    [
        (Matrix, "lytic mixed blastic inferred_from_mri not_assessable"),
        (PosteriorWall, "intact bulging breached retropulsed"),
        (Endplates, "intact superior_breached inferior_breached both_breached"),
        (Fracture, "none pathological osteoporotic indeterminate"),
        (
            SoftTissue,
            "none epidural foraminal_R foraminal_L paraspinal_R paraspinal_L prevertebral",
        ),
    ],
)
def test_words_on_disk_stay_what_they_are(vocabulary, words: str) -> None:
    """A case that was kept must be read by every later version: no word may change."""
    assert [item.value for item in vocabulary] == words.split()


def test_the_type_of_a_lesion_shares_its_words_with_sins() -> None:
    assert {item.value for item in SinsBoneLesion} == {"lytic", "mixed", "blastic"}
    assert {item.value for item in SinsBoneLesion} < {item.value for item in Matrix}


@pytest.mark.parametrize(("radius", "axis"), [(0.5, 1.0), (4.0, 8.0), (9.5, 19.0), (60.0, 120.0)])
def test_the_long_axis_is_the_diameter_of_the_circle(radius: float, axis: float) -> None:
    lesion = replace(cases.lesion_at(1, VertebralLevel.L2), radius_mm=radius)
    assert lesion.long_axis_mm == axis


@pytest.mark.parametrize(
    ("levels", "first"),
    [
        ("", None),
        ("L5", "L5"),
        ("S1 L5", "L5"),
        ("T12 L1 T11", "T11"),
        ("L1 T13 T12", "T12"),
        ("Co S5", "S5"),
        ("C0 C1", "C0"),
    ],
)
def test_a_lesion_over_several_levels_stands_at_the_most_cranial(levels: str, first) -> None:
    chosen = tuple(VertebralLevel(name) for name in levels.split())
    lesion = replace(cases.lesion_at(1, VertebralLevel.T12), levels=chosen)
    assert lesion.level == first
