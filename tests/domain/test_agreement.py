"""Agreement of two readers: published tables, tables small enough to do by hand, and refusals."""

import pytest

from workstation.base.errors import CommandRefusedError
from workstation.domain.agreement import (
    SOURCES,
    Weighting,
    gwet_ac,
    kappa,
    table_of,
    weights,
)

COHEN_1960 = ((88, 14, 18), (10, 40, 10), (2, 6, 12))
"""Cohen 1960, table 1: 200 patients, three diagnoses; the paper finds 0.492."""

ABSTRACTORS = ((13, 0, 0), (0, 20, 7), (0, 4, 56))
"""Pregnancies by two abstractors, the example table of Gwet's irrCAC package."""

SKEWED = ((118, 5), (2, 0))
"""Gwet's example of the paradox: 94 % agreement and a kappa below zero."""

COUPLES = ((7, 7, 2, 3), (2, 8, 3, 7), (1, 5, 4, 9), (2, 8, 9, 14))
"""91 couples on a four-step scale, Hout, Duncan and Sobel 1987, as in Agresti's textbook."""


def test_kappa_of_the_first_published_table() -> None:
    found = kappa(COHEN_1960)
    assert found.observed == pytest.approx(0.70)
    assert found.expected == pytest.approx(0.41)
    assert found.value == pytest.approx(0.492, abs=5e-4)
    assert found.count == 200


def test_kappa_and_ac1_of_a_published_package_table() -> None:
    assert kappa(ABSTRACTORS).value == pytest.approx(0.7964094, abs=5e-8)
    assert gwet_ac(ABSTRACTORS).value == pytest.approx(0.8493305, abs=5e-8)


def test_the_published_paradox() -> None:
    assert kappa(SKEWED).value == pytest.approx(-0.023, abs=5e-4)
    assert gwet_ac(SKEWED).value == pytest.approx(0.941, abs=5e-4)


def test_plain_and_linear_kappa_of_an_ordered_published_table() -> None:
    assert kappa(COUPLES).value == pytest.approx(0.1293, abs=5e-5)
    assert kappa(COUPLES, Weighting.LINEAR).value == pytest.approx(0.2374, abs=5e-5)


BY_HAND = ((3, 1, 0), (1, 2, 1), (0, 0, 2))
"""Ten pairs; rows 4, 4, 2 and columns 4, 3, 3."""


def test_linear_kappa_by_hand() -> None:
    # Observed: 7 full and 3 half credits of 10. Expected, over 100: 16 + 12 + 6 full; the half
    # credits are 12 + 16 + 12 + 6.
    found = kappa(BY_HAND, Weighting.LINEAR)
    assert found.observed == pytest.approx(0.85)
    assert found.expected == pytest.approx((34 + 0.5 * 46) / 100)
    assert found.value == pytest.approx((0.85 - 0.57) / 0.43)


def test_quadratic_kappa_by_hand() -> None:
    found = kappa(BY_HAND, Weighting.QUADRATIC)
    assert found.observed == pytest.approx(0.7 + 0.3 * 0.75)
    assert found.expected == pytest.approx((34 + 0.75 * 46) / 100)
    assert found.value == pytest.approx((0.925 - 0.685) / 0.315)


def test_ac2_by_hand() -> None:
    # Shares used by both: 0.40, 0.35, 0.25, so the spread is 0.24 + 0.2275 + 0.1875 = 0.655.
    # Credits add up to 3 + 4 * 0.75 = 6, over 3 * 2.
    found = gwet_ac(BY_HAND, Weighting.QUADRATIC)
    assert found.expected == pytest.approx(0.655)
    assert found.value == pytest.approx((0.925 - 0.655) / 0.345)
    linear = gwet_ac(BY_HAND, Weighting.LINEAR)
    assert linear.expected == pytest.approx(0.655 * 5 / 6)


@pytest.mark.parametrize("weighting", list(Weighting))
def test_two_categories_need_no_weights(weighting: Weighting) -> None:
    assert kappa(SKEWED, weighting) == kappa(SKEWED)
    assert gwet_ac(SKEWED, weighting) == gwet_ac(SKEWED)


@pytest.mark.parametrize("weighting", list(Weighting))
@pytest.mark.parametrize("coefficient", [kappa, gwet_ac])
def test_full_agreement_is_one(coefficient, weighting: Weighting) -> None:
    assert coefficient(((5, 0, 0), (0, 4, 0), (0, 0, 3)), weighting).value == pytest.approx(1.0)


def test_full_disagreement_of_two_readers_is_minus_one() -> None:
    assert kappa(((0, 5), (5, 0))).value == pytest.approx(-1.0)


def test_one_category_only_leaves_kappa_without_a_value() -> None:
    alone = kappa(((7, 0), (0, 0)))
    assert alone.value is None
    assert (alone.observed, alone.count) == (1.0, 7)
    assert gwet_ac(((7, 0), (0, 0))).value == pytest.approx(1.0)


def test_swapping_the_readers_changes_nothing() -> None:
    swapped = tuple(zip(*COUPLES, strict=True))
    for weighting in Weighting:
        assert kappa(swapped, weighting).value == pytest.approx(kappa(COUPLES, weighting).value)
        assert gwet_ac(swapped, weighting).value == pytest.approx(gwet_ac(COUPLES, weighting).value)


def test_weights_of_four_steps() -> None:
    assert weights(4, Weighting.IDENTITY)[0] == (1.0, 0.0, 0.0, 0.0)
    assert weights(4, Weighting.LINEAR)[0] == pytest.approx((1.0, 2 / 3, 1 / 3, 0.0))
    assert weights(4, Weighting.QUADRATIC)[1] == pytest.approx((8 / 9, 1.0, 8 / 9, 5 / 9))


def test_a_table_counts_pairs_in_the_order_of_the_scale() -> None:
    pairs = [("a", "b"), ("a", "b"), ("c", "a"), ("b", "b")]
    assert table_of(pairs, ["a", "b", "c"]) == ((0, 2, 0), (0, 1, 0), (1, 0, 0))


@pytest.mark.parametrize("pair", [("a", "z"), ("z", "a")])
def test_an_answer_off_the_scale_is_refused(pair: tuple[str, str]) -> None:
    with pytest.raises(CommandRefusedError, match="not one of the scale"):
        table_of([pair], ["a", "b"])


@pytest.mark.parametrize("table", [(), ((1,),), ((1, 2), (3,)), ((1, 2, 3), (1, 2, 3))])
def test_a_table_that_is_no_square_of_two_is_refused(table) -> None:
    for coefficient in (kappa, gwet_ac):
        with pytest.raises(CommandRefusedError, match="square table"):
            coefficient(table)


@pytest.mark.parametrize("coefficient", [kappa, gwet_ac])
def test_no_pair_is_refused(coefficient) -> None:
    with pytest.raises(CommandRefusedError) as refused:
        coefficient(((0, 0), (0, 0)))
    assert refused.value.code == "no-pairs"


def test_every_method_names_its_source() -> None:
    assert [source.split(")")[0].split("(")[-1] for source in SOURCES] == [
        *("kappa", "weighted kappa", "quadratic weights", "AC1", "AC2")
    ]
