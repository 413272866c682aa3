"""What stands for identifiers: stable under one key, moved dates, nothing without the key."""

from __future__ import annotations

import hashlib
import hmac
import stat
from datetime import date, timedelta
from pathlib import Path

import pytest

from workstation.base.errors import StoreError
from workstation.exchange.pseudonyms import Pseudonyms, load_key

KEY = bytes(range(32))
ADA = Pseudonyms(key=KEY, person="Elm|P-1")
UIDS = ["1.2.3", "1.2.826.0.1.3680043.10.1451.2.1", "2.25.1", ""]


def digest(kind: str, value: str, key: bytes = KEY) -> bytes:
    """HMAC-SHA-256 over the kind and the value, as the format is documented."""
    return hmac.new(key, f"{kind}\0{value}".encode(), hashlib.sha256).digest()


@pytest.mark.parametrize("uid", UIDS)
def test_a_uid_becomes_128_bits_under_2_25(uid: str) -> None:
    found = ADA.uid(uid)
    assert found == f"2.25.{int.from_bytes(digest('uid', uid)[:16], 'big')}"
    assert len(found) <= 64


@pytest.mark.parametrize("uid", UIDS)
def test_a_uid_is_the_same_for_every_patient_of_the_store(uid: str) -> None:
    assert Pseudonyms(key=KEY, person="other").uid(uid) == ADA.uid(uid)
    assert Pseudonyms(key=bytes(32), person="Elm|P-1").uid(uid) != ADA.uid(uid)


def test_spaces_around_a_uid_do_not_make_another() -> None:
    assert ADA.uid(" 1.2.3 ") == ADA.uid("1.2.3")


def test_no_two_uids_share_their_replacement() -> None:
    assert len({ADA.uid(f"1.2.{number}") for number in range(2000)}) == 2000


@pytest.mark.parametrize(("kind", "value"), [("id", "lesion-1"), ("id", "x"), ("patient", "x")])
def test_a_name_is_twelve_hexadecimal_digits(kind: str, value: str) -> None:
    assert ADA.name(kind, value) == digest(kind, value).hex()[:12]


def test_the_kind_keeps_equal_values_apart() -> None:
    assert ADA.name("id", "x") != ADA.name("patient", "x")
    assert ADA.name("a", "b") != ADA.name("ab", "")


def test_the_patient_id_tells_nothing_but_the_person() -> None:
    assert ADA.patient_id == f"ANON-{digest('patient', 'Elm|P-1').hex()[:12].upper()}"
    assert Pseudonyms(key=KEY, person="Elm|P-2").patient_id != ADA.patient_id


@pytest.mark.parametrize("number", range(60))
def test_dates_move_back_between_one_and_ten_years(number: int) -> None:
    names = Pseudonyms(key=KEY, person=f"|P-{number}")
    raw = int.from_bytes(digest("days", f"|P-{number}")[:8], "big")
    assert names.shift_days == 365 + raw % 3285
    assert 365 <= names.shift_days < 3650


DAYS = ["2026-03-14", "2024-02-29", "1999-12-31", "2000-01-01"]


@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize(
    "rest", ["", "T15:20:00+01:00", " 14:58", "T15:20:00.123Z", " 15:20:00-0500"]
)
def test_an_iso_date_moves_and_its_time_stays(day: str, rest: str) -> None:
    moved = date.fromisoformat(day) - timedelta(days=ADA.shift_days)
    assert ADA.iso_date(day + rest) == moved.isoformat() + rest


@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize("rest", ["", "152000", "152000.5+0100"])
def test_a_dicom_date_moves_and_its_time_stays(day: str, rest: str) -> None:
    moved = date.fromisoformat(day) - timedelta(days=ADA.shift_days)
    text = day.replace("-", "") + rest
    assert ADA.dicom_date(text) == moved.strftime("%Y%m%d") + rest
    assert ADA.dicom_date(f" {text} ") == moved.strftime("%Y%m%d") + rest


@pytest.mark.parametrize("first", DAYS)
@pytest.mark.parametrize("second", DAYS)
def test_the_days_between_two_dates_of_a_patient_stay(first: str, second: str) -> None:
    moved = [date.fromisoformat(ADA.iso_date(day)) for day in (first, second)]
    assert moved[1] - moved[0] == date.fromisoformat(second) - date.fromisoformat(first)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Ada",
        "14.03.2026",
        "2026",
        "2026-03",
        "2026-13-01",
        "2026-02-30",
        "0000-00-00",
        "0001-01-01",
        "on 2026-03-14",
    ],
)
def test_what_is_no_whole_iso_date_goes(text: str) -> None:
    assert ADA.iso_date(text) == ""


@pytest.mark.parametrize("text", ["", "2026", "202603", "20261301", "00010101", "Ada 20260314"])
def test_what_is_no_whole_dicom_date_goes(text: str) -> None:
    assert ADA.dicom_date(text) == ""


@pytest.mark.parametrize("rest", [" Ada", "T15:20 in Elm", " <b>", "\n15"])
def test_words_behind_a_date_go(rest: str) -> None:
    assert ADA.iso_date("2026-03-14" + rest) == ADA.iso_date("2026-03-14")


@pytest.mark.parametrize("value", ["\ud800", "日本", "\0", "x" * 10_000])
def test_any_text_has_its_stand_in(value: str) -> None:
    assert len(ADA.name("id", value)) == 12
    assert Pseudonyms(key=KEY, person=value).patient_id.startswith("ANON-")


class TestKey:
    def test_it_is_made_once_and_private(self, tmp_path: Path) -> None:
        key = load_key(tmp_path)
        assert len(key) == 32
        assert load_key(tmp_path) == key
        path = tmp_path / "deidentification.key"
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert path.read_bytes() == key

    def test_two_stores_have_two_keys(self, tmp_path: Path) -> None:
        for name in ("one", "two"):
            (tmp_path / name).mkdir()
        assert load_key(tmp_path / "one") != load_key(tmp_path / "two")

    @pytest.mark.parametrize("size", [0, 1, 31, 33, 1000])
    def test_a_key_of_another_length_is_damaged(self, tmp_path: Path, size: int) -> None:
        (tmp_path / "deidentification.key").write_bytes(b"k" * size)
        with pytest.raises(StoreError, match="is damaged") as caught:
            load_key(tmp_path)
        assert caught.value.code == "damaged"

    def test_a_folder_in_its_place_cannot_be_read(self, tmp_path: Path) -> None:
        (tmp_path / "deidentification.key").mkdir()
        with pytest.raises(StoreError, match="cannot be read"):
            load_key(tmp_path)

    def test_without_a_folder_it_cannot_be_made(self, tmp_path: Path) -> None:
        with pytest.raises(StoreError, match="cannot be made"):
            load_key(tmp_path / "missing")
