import logging
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from workstation.base import log
from workstation.base.log import (
    HIDDEN,
    close_logging,
    forget_hidden,
    hide,
    layer_logger,
    safe_text,
    set_up_logging,
    uid_tail,
)

UID = "1.2.826.0.1.3680043.8.498.69260155157138996819476279626318793030"


@pytest.fixture(autouse=True)
def _fresh() -> Iterator[None]:
    forget_hidden()
    yield
    close_logging()
    forget_hidden()
    logging.getLogger(log.ROOT).setLevel(logging.NOTSET)


@pytest.fixture
def log_file(tmp_path: Path) -> Path:
    set_up_logging(tmp_path / "logs")
    return tmp_path / "logs" / "batson.log"


class TestSafeText:
    def test_a_uid_keeps_its_last_eight_characters(self) -> None:
        assert safe_text(f"series {UID} read") == "series …18793030 read"

    def test_every_uid_of_a_line_is_shortened(self) -> None:
        assert safe_text(f"{UID}, {UID}") == "…18793030, …18793030"

    @pytest.mark.parametrize(
        "text", ["version 9.7.2", "at 127.0.0.1", "z -652.800049 mm", "1.2.3", "T10 57.9 HU"]
    )
    def test_versions_addresses_and_values_stay(self, text: str) -> None:
        assert safe_text(text) == text

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("PatientName: Doe^Jane", f"PatientName: {HIDDEN}"),
            ("PatientName='O, Hara', Rows=5", f"PatientName={HIDDEN}, Rows=5"),
            ("Patient's Name: Doe^Jane", f"Patient's Name: {HIDDEN}"),
            ("PatientID = 4711; Rows = 5", f"PatientID = {HIDDEN}; Rows = 5"),
            ("patient id: 4711", f"patient id: {HIDDEN}"),
            ("PatientBirthDate=19610819", f"PatientBirthDate={HIDDEN}"),
            ("AccessionNumber: 2819", f"AccessionNumber: {HIDDEN}"),
            ("ReferringPhysicianName: Who", f"ReferringPhysicianName: {HIDDEN}"),
            ("InstitutionName: St. Elsewhere", f"InstitutionName: {HIDDEN}"),
        ],
    )
    def test_identity_that_is_named_is_hidden(self, text: str, expected: str) -> None:
        assert safe_text(text) == expected

    @pytest.mark.parametrize("text", ["PatientPosition: HFS", "patient coordinates: LPS"])
    def test_what_names_nobody_stays(self, text: str) -> None:
        assert safe_text(text) == text

    def test_announced_words_are_hidden_whole_and_in_parts(self) -> None:
        hide("Böhm-Léclair^Éléonore", "DEMO-004217")
        line = safe_text("BÖHM-LÉCLAIR^ÉLÉONORE, éléonore, demo-004217 opened")
        assert line == f"{HIDDEN}, {HIDDEN}, {HIDDEN} opened"

    def test_an_announced_word_inside_another_stays(self) -> None:
        hide("Ali")
        assert safe_text("Validate Ali") == f"Validate {HIDDEN}"

    def test_short_and_empty_words_are_not_announced(self) -> None:
        hide("", "Li^M", "  ")
        assert safe_text("Li slices, M of N") == "Li slices, M of N"

    def test_forgetting_shows_words_again(self) -> None:
        hide("Jane")
        forget_hidden()
        assert safe_text("Jane") == "Jane"

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("a\nINFO forged", "a\\nINFO forged"),
            ("a\r\x00\x1b[31m", "a\\r\\x00\\x1b[31m"),
            ("\u202eevil", "\\u202eevil"),
            ("\u2028next", "\\u2028next"),
            ("\ud800", "\\ud800"),
        ],
    )
    def test_control_and_direction_characters_are_escaped(self, text: str, expected: str) -> None:
        assert safe_text(text) == expected

    def test_other_scripts_stay_readable(self) -> None:
        assert safe_text("folder /data/脊椎/עמוד") == "folder /data/脊椎/עמוד"

    def test_an_endless_line_is_cut(self) -> None:
        line = safe_text("x" * 10_000)
        assert len(line) == log.MAX_LINE
        assert line.endswith("x…")


@pytest.mark.parametrize(
    ("uid", "expected"), [(UID, "…18793030"), ("1.2.3", "1.2.3"), ("12345678", "12345678")]
)
def test_uid_tail(uid: str, expected: str) -> None:
    assert uid_tail(uid) == expected


class TestLogFile:
    def test_arguments_are_made_safe_too(self, log_file: Path) -> None:
        hide("Doe^Jane")
        layer_logger("imaging").warning("read %s of %s", UID, "Jane Doe")
        line = log_file.read_text("utf-8")
        assert f"WARNING workstation.imaging read …18793030 of {HIDDEN} {HIDDEN}" in line

    def test_a_traceback_is_made_safe_too(self, log_file: Path) -> None:
        hide("Doe^Jane")
        try:
            raise ValueError(f"bad name Jane in {UID}")
        except ValueError:
            layer_logger("imaging").exception("refused")
        text = log_file.read_text("utf-8")
        assert f"ValueError: bad name {HIDDEN} in …18793030" in text
        assert "Jane in" not in text

    def test_a_stack_is_made_safe_too(self, log_file: Path) -> None:
        hide("Jane")
        layer_logger("ui").warning("for Jane", stack_info=True)  # Jane
        text = log_file.read_text("utf-8")
        assert "Stack" in text
        assert "Jane" not in text

    def test_wrong_arguments_do_not_stop_the_work(self, log_file: Path) -> None:
        layer_logger("app").warning("%d slices", "many")
        assert "%d slices" in log_file.read_text("utf-8")

    def test_one_record_is_one_line(self, log_file: Path) -> None:
        layer_logger("app").warning("a\nb")
        assert len(log_file.read_text("utf-8").splitlines()) == 1

    def test_details_are_left_out_unless_asked_for(self, log_file: Path, tmp_path: Path) -> None:
        layer_logger("app").debug("detail")
        set_up_logging(tmp_path / "logs", verbose=True)
        layer_logger("app").debug("wanted")
        text = log_file.read_text("utf-8")
        assert "wanted" in text
        assert "detail" not in text

    def test_only_the_owner_can_read_any_generation(
        self, log_file: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(log, "_MAX_FILE_BYTES", 100)
        set_up_logging(log_file.parent)
        for _ in range(4):
            layer_logger("app").info("x" * 80)
        files = sorted(log_file.parent.iterdir())
        assert [path.name for path in files][:2] == ["batson.log", "batson.log.1"]
        assert {stat.S_IMODE(path.stat().st_mode) for path in files} == {0o600}

    def test_setting_up_again_writes_each_line_once(self, log_file: Path) -> None:
        set_up_logging(log_file.parent)
        layer_logger("app").info("once")
        assert log_file.read_text("utf-8").count("once") == 1

    def test_the_terminal_is_quiet_unless_asked(
        self, log_file: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        layer_logger("app").warning("quiet")
        assert log_file.is_file()
        assert capsys.readouterr() == ("", "")

    def test_without_a_folder_nothing_is_written(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        set_up_logging(None)
        layer_logger("app").error("nowhere")
        assert list(tmp_path.iterdir()) == []
        assert capsys.readouterr() == ("", "")
