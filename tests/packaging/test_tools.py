"""The scripts around the package do what the make targets rely on."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

CHECKOUT = Path(__file__).resolve().parents[2]
TOOLS = CHECKOUT / ".ci"
SHELL_SCRIPTS = sorted(TOOLS.glob("*.sh"))


def _tool(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, TOOLS / f"{name}.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


class TestScripts:
    @pytest.mark.parametrize("path", [*SHELL_SCRIPTS, TOOLS / "run"], ids=lambda path: path.name)
    def test_it_can_be_run_and_parsed(self, path: Path) -> None:
        assert os.access(path, os.X_OK)
        shell = "bash" if path.name == "run" else "sh"
        subprocess.run([shell, "-n", str(path)], check=True)

    def test_every_target_is_explained(self) -> None:
        shown = subprocess.run(
            ["make", "--no-print-directory"], cwd=CHECKOUT, capture_output=True, text=True
        ).stdout
        for target in ("demo", "run", "test", "check", "bench", "lock", "clean"):
            assert f"make {target} " in shown

    def test_set_up_knows_only_its_two_kinds(self, tmp_path: Path) -> None:
        copy = tmp_path / ".ci"
        copy.mkdir()
        (copy / "setup.sh").write_text((TOOLS / "setup.sh").read_text("utf-8"), "utf-8")
        for name in ("requirements.lock", "requirements-dev.lock", "pyproject.toml"):
            (tmp_path / name).touch()
        done = subprocess.run(
            ["sh", str(copy / "setup.sh"), "all"], capture_output=True, text=True, check=False
        )
        assert done.returncode == 2
        assert "setup.sh run|dev" in done.stderr
        assert not (tmp_path / ".venv").exists()


class TestSystemPackages:
    def test_a_library_that_is_not_there_is_missed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        tool = _tool("system_packages")
        monkeypatch.setattr(
            tool, "LIBRARIES", {"window": {"libc.so.6": "libc6", "libnowhere.so.9": "nowhere"}}
        )
        assert tool.missing("window") == ["nowhere"]

    def test_a_command_that_is_not_there_is_missed(self, monkeypatch: pytest.MonkeyPatch) -> None:
        tool = _tool("system_packages")
        monkeypatch.setattr(tool, "COMMANDS", {"tests": {"sh": "dash", "no-such": "nowhere"}})
        assert tool.missing("tests") == ["nowhere"]

    def test_the_driver_counts_wherever_it_lies(self, monkeypatch: pytest.MonkeyPatch) -> None:
        tool = _tool("system_packages")
        monkeypatch.setattr(tool, "LIBRARIES", {})
        monkeypatch.setattr(tool, "DRIVERS", ("nowhere/*",))
        assert "libgl1-mesa-dri" in tool.missing("program")


class TestBudgets:
    def _limits(self, *limits: str) -> list[str]:
        rows = [{"repo": "x", "file_max": 501, "doc_pct": 98, "ann_pct": None}]
        return _tool("measure_style").broken_limits(rows, list(limits))

    def test_a_kept_limit_is_silent(self) -> None:
        assert self._limits("doc_pct>=98", "file_max<=501") == []

    def test_a_broken_limit_is_named(self) -> None:
        assert self._limits("file_max<=500") == ["x: file_max is 501, wanted <=500"]

    def test_what_is_not_measured_is_said_and_left(
        self, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert self._limits("ann_pct>=100", "no_such<=1") == []
        assert capsys.readouterr().out.count("is not measured here") == 2

    def test_a_limit_that_is_none_is_refused(self) -> None:
        with pytest.raises(SystemExit, match="not a limit"):
            self._limits("file_max=500")

    def test_a_share_is_not_rounded_up(self) -> None:
        assert _tool("measure_style").percent(999, 1000) == 99
        assert _tool("measure_style").percent(0, 0) is None


class TestBench:
    def test_without_a_baseline_the_limit_bounds_the_value(self) -> None:
        row = _tool("bench").row
        assert row("start", 1.9, "s", limit=2.0)["ok"]
        assert not row("start", 2.1, "s", limit=2.0)["ok"]
        assert row("rotate", 21, "1/s", limit=20, at_least=True)["ok"]
        assert not row("rotate", 19, "1/s", limit=20, at_least=True)["ok"]

    def test_with_a_baseline_the_limit_bounds_the_ratio(self) -> None:
        row = _tool("bench").row
        slow = row("read", 0.6, "s", limit=5, baseline="plain read", baseline_value=0.1)
        assert slow["ratio"] == pytest.approx(6)
        assert not slow["ok"]
        fast = row(
            "read", 0.2, "s", limit=2.5, baseline="series reader", baseline_value=0.6, at_least=True
        )
        assert fast["ratio"] == pytest.approx(3)
        assert fast["ok"]

    def test_ours_and_theirs_take_turns(self) -> None:
        order: list[str] = []
        _tool("bench").in_turn(lambda: order.append("ours"), lambda: order.append("theirs"), 1)
        assert order == ["theirs", "ours"] * 5

    def test_the_table_shows_every_row(self) -> None:
        bench = _tool("bench")
        text = bench.table([bench.row("start", 3.0, "s", limit=2.0)])
        assert [line.split() for line in text.splitlines()] == [
            ["work", "ours", "unit", "baseline", "theirs", "ratio", "limit"],
            ["start", "3", "s", "-", "-", "-", "2", "OVER"],
        ]

    def test_a_module_that_fails_is_reported_and_the_others_count(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        bench = _tool("bench")
        (tmp_path / "bench_bad.py").write_text("def rows():\n    raise ValueError\n", "utf-8")
        (tmp_path / "bench_good.py").write_text("def rows():\n    return [{'ok': True}]\n", "utf-8")
        monkeypatch.setattr(bench, "HERE", tmp_path)
        monkeypatch.syspath_prepend(tmp_path)
        assert bench.collect([]) == ([{"ok": True}], ["bench_bad"])
        assert bench.collect(["good"]) == ([{"ok": True}], [])
