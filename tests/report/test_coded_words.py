"""Every coded answer of the domain has its own words on paper."""

from __future__ import annotations

import pytest

from workstation.domain.answers import NOT_ASSESSED, UNKNOWN
from workstation.domain.clinical import Ambulation, DeficitStatus
from workstation.domain.lesion import Endplates, Fracture, Matrix, PosteriorWall, SoftTissue
from workstation.domain.noms import MechanicalAxis, NeurologicAxis, OncologicAxis, SystemicAxis
from workstation.domain.sins import (
    PosterolateralPart,
    SinsAlignment,
    SinsAnswers,
    SinsBoneLesion,
    SinsCollapse,
    SinsComponent,
    SinsLocation,
    SinsPain,
    SinsPosterolateral,
)
from workstation.report import words
from workstation.report.words import answer_words, finding_words

TABLES = {
    Ambulation: words.AMBULATION_WORDS,
    DeficitStatus: words.DEFICIT_WORDS,
    Endplates: words.ENDPLATE_WORDS,
    Fracture: words.FRACTURE_WORDS,
    Matrix: words.MATRIX_WORDS,
    MechanicalAxis: words.MECHANICAL_HEADLINES,
    NeurologicAxis: words.NEUROLOGIC_HEADLINES,
    OncologicAxis: words.ONCOLOGIC_HEADLINES,
    PosteriorWall: words.POSTERIOR_WALL_WORDS,
    SinsComponent: words.COMPONENT_NAMES,
    SoftTissue: words.SOFT_TISSUE_WORDS,
    SystemicAxis: words.SYSTEMIC_HEADLINES,
}
OPTIONS = {
    SinsComponent.LOCATION: SinsLocation,
    SinsComponent.PAIN: SinsPain,
    SinsComponent.BONE_LESION: SinsBoneLesion,
    SinsComponent.ALIGNMENT: SinsAlignment,
    SinsComponent.COLLAPSE: SinsCollapse,
    SinsComponent.POSTEROLATERAL: SinsPosterolateral,
}
PEDICLE, FACET = PosterolateralPart.PEDICLE, PosterolateralPart.FACET


@pytest.mark.parametrize("kind", list(TABLES), ids=lambda kind: kind.__name__)
def test_every_value_has_words_and_no_two_share_them(kind) -> None:
    table = TABLES[kind]
    assert set(table) == set(kind)
    assert len(set(table.values())) == len(kind)
    assert all(text.strip() == text != "" for text in table.values())
    for value in kind:
        assert answer_words(value, table) == table[value]


@pytest.mark.parametrize("component", list(SinsComponent))
def test_every_option_of_a_component_has_its_own_finding(component) -> None:
    assert set(words.FINDINGS[component]) == set(OPTIONS[component])
    assert len(set(words.FINDINGS[component].values())) == len(OPTIONS[component])


@pytest.mark.parametrize(("missing", "told"), [(UNKNOWN, "unknown"), (NOT_ASSESSED, "not assessed")])  # fmt: skip  # noqa: E501
def test_what_is_missing_has_the_same_words_everywhere(missing, told) -> None:
    for component in SinsComponent:
        assert finding_words(component, missing, SinsAnswers()) == told
    for table in TABLES.values():
        assert answer_words(missing, table) == told
    assert answer_words(missing) == told


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (Ambulation.NOT_AMBULATORY, "not ambulatory"),
        (Matrix.INFERRED_FROM_MRI, "inferred from mri"),
        (Endplates.BOTH_BREACHED, "both breached"),
        (DeficitStatus.NEW, "new"),
    ],
)
def test_without_a_table_a_value_is_read_as_it_is_named(answer, told) -> None:
    assert answer_words(answer) == told


@pytest.mark.parametrize(
    ("answer", "right", "left", "told"),
    [
        (SinsPosterolateral.NONE, {PEDICLE}, {PEDICLE}, "None"),
        (SinsPosterolateral.UNILATERAL, set(), set(), "Unilateral, parts not assessed"),
        (SinsPosterolateral.BILATERAL, set(), set(), "Bilateral, parts not assessed"),
        (SinsPosterolateral.UNILATERAL, {PEDICLE}, set(), "Unilateral: right pedicle"),
        (SinsPosterolateral.UNILATERAL, set(), {FACET}, "Unilateral: left facet"),
        (
            SinsPosterolateral.BILATERAL,
            {PEDICLE},
            {PEDICLE, FACET},
            "Bilateral: right pedicle; left facet and pedicle",
        ),
    ],
)
def test_posterolateral_parts_are_told_by_side(answer, right, left, told) -> None:
    given = SinsAnswers(
        posterolateral=answer,
        posterolateral_right=frozenset(right),
        posterolateral_left=frozenset(left),
    )
    assert finding_words(SinsComponent.POSTEROLATERAL, answer, given) == told
