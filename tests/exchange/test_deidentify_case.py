"""A case without identity: nothing of the patient or the readers, the findings all there."""

from __future__ import annotations

import json
import re
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from tests.support import cases
from tests.support.priors import full_prior
from tests.support.stores import CONUS_T12, SIGN, carry_out, created
from workstation.__main__ import main
from workstation.base.errors import InputRefusedError, StoreError
from workstation.cli.case_identity import bare_png
from workstation.domain.case import Case, CaseStatus
from workstation.exchange.deidentify_case import pseudonyms_for, without_identity
from workstation.exchange.pseudonyms import Pseudonyms, load_key
from workstation.storage.case_codec import case_bytes, case_from_bytes
from workstation.storage.case_store import CaseStore

KEY = bytes(range(32))
IDENTITY = (
    "EXAMPLE", "Ada", "DEMO-004217", "Demo Hospital", "1961", "ACC-77120", "R. Reader",
    "S. Second", "Dr. Surgeon", "Dr. Oncologist", "2026", "1.2.826.0.1.3680043.10.1451",
)  # fmt: skip


def bare(case: Case) -> Case:
    return without_identity(case, pseudonyms_for(KEY, case.patient))


def leaks(data: bytes) -> list[str]:
    text = data.decode("utf-8")
    return [word for word in IDENTITY if word in text]


def test_nothing_of_the_patient_stays() -> None:
    data = case_bytes(bare(cases.full_case()))
    assert leaks(data) == []


def test_findings_stay() -> None:
    case = cases.one_lesion_case()
    found = bare(case)
    assert found.lesions[0].center_lps == case.lesions[0].center_lps
    assert found.lesions[0].parts == case.lesions[0].parts
    assert found.assessments[0].sins.pain is case.assessments[0].sins.pain
    assert found.assessments[0].escc == case.assessments[0].escc
    assert found.spines[0].levels == case.spines[0].levels
    assert found.spines[0].counted_from == "counted from C2"
    assert found.patient.sex == "F"


def test_references_between_parts_hold() -> None:
    case = cases.full_case()
    found = bare(case)
    assert found.lesions[0].frame_of_reference_uid == found.spines[0].frame_of_reference_uid
    assert found.lesions[0].series_uid == found.series[0].series_uid
    assert found.key_images[0].study_uid == found.studies[0].study_uid
    assert found.key_images[0].proves == case.key_images[0].proves
    assert found.lesions[0].series_uid.startswith("2.25.")


def test_what_a_prior_was_measured_on_stays_and_who_typed_it_goes() -> None:
    then = replace(full_prior().lesions[0], sequence="T1 with contrast", method="drawn circle")
    typed = replace(full_prior(), source="entered by hand", lesions=(then,))
    found = bare(replace(cases.full_case(), priors=(typed,))).priors[0]
    assert (found.source, found.description, found.entered_by) == ("entered by hand", "", "")
    kept = found.lesions[0]
    assert (kept.modality, kept.sequence, kept.method) == ("CT", "T1 with contrast", "drawn circle")
    assert found.date != full_prior().date
    assert found.levels == typed.levels
    other = bare(replace(cases.full_case(), priors=(full_prior(),))).priors[0]
    assert (other.source, other.lesions[0].method) == ("", "")


def test_what_was_signed_is_a_draft_again() -> None:
    found = bare(cases.full_case())
    assert (found.status, found.signature) == (CaseStatus.DRAFT, None)
    assert found.illustration == "Illustration, not a diagnosis."


@pytest.mark.parametrize("text", cases.HOSTILE_TEXTS[:-1])
def test_whatever_can_be_typed_goes(text: str) -> None:
    data = case_bytes(bare(cases.hostile_case(text)))
    assert json.dumps(text, ensure_ascii=False)[1:-1] not in data.decode("utf-8")


def test_dates_of_one_patient_move_together_and_times_stay() -> None:
    names = pseudonyms_for(KEY, cases.PATIENT)
    study, signed = names.iso_date("2026-03-14 14:58"), names.iso_date("2026-03-16")
    assert study.endswith(" 14:58")
    assert int(signed[8:10]) - int(study[8:10]) in (2, 2 - 28, 2 - 29, 2 - 30, 2 - 31)
    other = pseudonyms_for(KEY, cases.OTHER_PATIENT)
    assert other.shift_days != names.shift_days
    assert 365 <= names.shift_days < 3650


@pytest.mark.parametrize("text", ["EXAMPLE", "2026", "2026-13-45", "0001-01-01", "2026-03-14Ada"])
def test_what_is_no_date_goes(text: str) -> None:
    moved = pseudonyms_for(KEY, cases.PATIENT).iso_date(text)
    assert "Ada" not in moved
    assert moved == "" or re.fullmatch(r"\d{4}-\d\d-\d\d", moved)


def test_without_the_key_nothing_can_be_guessed() -> None:
    one, two = (Pseudonyms(key=key, person="x") for key in (KEY, KEY[::-1]))
    assert one.uid("1.2.3") == one.uid("1.2.3") != two.uid("1.2.3")
    assert one.patient_id != two.patient_id
    assert len(one.uid("1.2.3")) <= 64


def test_case_can_be_read_again() -> None:
    found = bare(cases.full_case())
    assert case_from_bytes(case_bytes(found)) == found


def png(*chunks: bytes) -> bytes:
    def chunk(kind: bytes, body: bytes = b"") -> bytes:
        return len(body).to_bytes(4, "big") + kind + body + b"crc!"

    more = b"".join(chunk(b"tEXt", body) for body in chunks)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", b"x" * 13) + more + chunk(b"IEND")


def test_picture_keeps_its_picture_alone() -> None:
    assert bare_png(png(b"Author\0Ada EXAMPLE")) == png()
    for spoiled in (b"", b"GIF89a", png()[:-6], png(b"x")[:40]):
        with pytest.raises(InputRefusedError):
            bare_png(spoiled)


class TestExport:
    @pytest.fixture
    def home(self, tmp_path: Path) -> Path:
        home = tmp_path / "home"
        store = CaseStore.open(home)
        case = replace(
            cases.one_lesion_case(), key_images=(cases.key_image(1),), text=cases.full_case().text
        )
        carry_out(store, created(store, case), CONUS_T12, SIGN)
        store.attachments.keep_document("case-1", 1, "EXAMPLE.pdf", b"%PDF Ada EXAMPLE")
        store.attachments.keep_picture("case-1", "image-1", png(b"Ada EXAMPLE"))
        store.close()
        return home

    def test_file_leaks_nothing_and_can_be_imported(self, home: Path, tmp_path: Path) -> None:
        path = tmp_path / "bare.batsoncase"
        words = ["--store", str(home), "case", "export", "case-1", str(path), "--without-identity"]
        assert main(words) == 0
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                data = archive.read(name)
                # The time of the export is not the patient's.
                found = [word for word in IDENTITY if word.encode() in data and word != "2026"]
                assert (name, found) == (name, [])
        other = CaseStore.open(tmp_path / "other")
        case_id = other.import_(path)
        assert case_id != "case-1"
        assert other.verify(case_id) == ()
        (picture,) = other.attachments.of_case(case_id)
        assert picture.content == png()
        assert other.load(case_id).case.key_images[0].id == picture.name
        other.close()

    def test_it_is_logged_and_the_key_is_private(self, home: Path, tmp_path: Path) -> None:
        path = tmp_path / "bare.batsoncase"
        main(["--store", str(home), "case", "export", "case-1", str(path), "--without-identity"])
        assert (home / "deidentification.key").stat().st_mode & 0o777 == 0o600
        store = CaseStore.open(home)
        assert store.audit.entries()[-1].action == "de-identified"
        store.close()

    def test_two_exports_go_together(self, home: Path, tmp_path: Path) -> None:
        for name in ("one", "two"):
            words = ["case", "export", "case-1", str(tmp_path / name), "--without-identity"]
            assert main(["--store", str(home), *words]) == 0
        one, two = (zipfile.ZipFile(tmp_path / name) for name in ("one", "two"))
        with one, two:
            assert one.read("case.json") == two.read("case.json")


def test_damaged_key_is_told(tmp_path: Path) -> None:
    key = load_key(tmp_path)
    assert load_key(tmp_path) == key
    (tmp_path / "deidentification.key").write_bytes(b"short")
    with pytest.raises(StoreError, match="is damaged"):
        load_key(tmp_path)
