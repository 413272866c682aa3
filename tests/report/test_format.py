"""Numbers, dates and lists as printed."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest

from workstation.domain.answers import NOT_ASSESSED, UNKNOWN
from workstation.report import format as printed


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (58.0, "58 %"),
        (58.4, "58 %"),
        (58.5, "59 %"),
        (50.0, "50 %"),
        (49.96, "49.96 %"),
        (49.5, "49.5 %"),
        (49.4, "49 %"),
        (50.04, "50.04 %"),
        (50.4, "50.4 %"),
        (19.7, "19.7 %"),
        (20.0, "20 %"),
        (49.9999, "49.9999 %"),
        (-25.0, "\N{MINUS SIGN}25 %"),
        (0.0, "0 %"),
    ],
)
def test_a_percentage_is_never_rounded_onto_a_threshold(value: float, words: str) -> None:
    assert printed.percent(value) == words


def test_rounding_is_half_up_not_half_even() -> None:
    assert [printed.number(value) for value in (0.5, 1.5, 2.5)] == ["1", "2", "3"]


def test_decimal_fractions_round_as_written() -> None:
    assert printed.number(2.675, 2) == "2.68"


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_a_number_that_is_none_is_refused(value: float) -> None:
    with pytest.raises(ValueError, match="finite"):
        printed.number(value)


@pytest.mark.parametrize(
    ("value", "words"), [(18.0, "18 mm"), (7.5, "7.5 mm"), (7.46, "7.5 mm"), (31.04, "31 mm")]
)
def test_lengths_carry_their_unit(value: float, words: str) -> None:
    assert printed.millimeters(value) == words


def test_a_threshold_on_hours_is_kept() -> None:
    assert printed.number(47.6, thresholds=(48.0,)) == "47.6"


@pytest.mark.parametrize(
    ("iso", "words"),
    [
        ("2026-03-14", "2026-03-14"),
        ("2026-03-14T15:20", "2026-03-14 15:20"),
        ("2026-03-14T15:20:33.5", "2026-03-14 15:20"),
        ("2026-03-14T17:05+01:00", "2026-03-14 17:05 +01:00"),
        ("2026-03-14T17:05:59-0330", "2026-03-14 17:05 \N{MINUS SIGN}03:30"),
        ("2026-03-14T17:05Z", "2026-03-14 17:05 +00:00"),
        ("spring 2026", "spring 2026"),
        ("", ""),
    ],
)
def test_moments_are_iso_with_their_offset(iso: str, words: str) -> None:
    assert printed.moment(iso) == words


def test_local_time_has_no_seconds() -> None:
    at = datetime(2026, 3, 14, 17, 5, 44, tzinfo=timezone(timedelta(hours=-5)))
    assert printed.local_time(at) == "2026-03-14 17:05 \N{MINUS SIGN}05:00"


@pytest.mark.parametrize(
    ("born", "at", "years"),
    [
        ("1961-08-19", "2026-03-14T15:20", 64),
        ("1961-03-14", "2026-03-14", 65),
        ("1961-03-15", "2026-03-14", 64),
        ("1961", "2026-03-14", None),
        ("1961-08-19", "", None),
    ],
)
def test_age_counts_full_years(born: str, at: str, years: int | None) -> None:
    assert printed.age_years(born, at) == years


def test_unknown_and_not_assessed_are_two_words() -> None:
    assert printed.missing_words(UNKNOWN) == "unknown"
    assert printed.missing_words(NOT_ASSESSED) == "not assessed"


@pytest.mark.parametrize(
    ("words", "text"),
    [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")],
)
def test_lists_read_as_a_sentence(words: list[str], text: str) -> None:
    assert printed.listed(words) == text


def test_lists_can_end_with_or() -> None:
    assert printed.listed(["1b", "1c", "2"], last="or") == "1b, 1c or 2"


def test_points_are_a_number_or_a_range() -> None:
    assert printed.points(3, 3) == "3"
    assert printed.points(0, 3) == "0–3"


@pytest.mark.parametrize(
    ("numbers", "words"), [([], ""), ([4], "4"), ([5, 1, 3, 4], "1, 3–5"), ([2, 1, 2], "1–2")]
)
def test_lesion_numbers_are_grouped_in_runs(numbers: list[int], words: str) -> None:
    assert printed.number_runs(numbers) == words


def test_a_hash_is_grouped_for_reading() -> None:
    assert printed.grouped("9f2c41ab77") == "9f2c 41ab 77"


def test_sentence_case_keeps_the_rest() -> None:
    assert printed.sentence_case("no CSF") == "No CSF"
    assert printed.sentence_case("") == ""
