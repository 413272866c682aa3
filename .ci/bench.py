"""Measure speed and memory against the limits of the product, print a table, write bench.json.

Each ``.ci/bench_*.py`` beside this file has ``rows() -> list[dict]``; a row is what :func:`row`
gives. A module that fails is reported and fails the run, and the others are still measured.

Usage: bench.py [--out FILE] [NAME ...]     NAME picks modules: ``bench_reading`` or ``reading``
"""

import argparse
import importlib
import json
import os
import statistics
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).resolve().parent
RUNS = 5


def seconds(work: Callable[[], object]) -> float:
    """How long one call of ``work`` took."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def in_turn(
    ours: Callable[[], object], baseline: Callable[[], object], runs: int = RUNS
) -> tuple[float, float]:
    """Median seconds of both, measured alternately so that a busy machine hits them alike."""
    pairs = [(seconds(baseline), seconds(ours)) for _ in range(max(runs, RUNS))]
    return statistics.median(p[1] for p in pairs), statistics.median(p[0] for p in pairs)


def row(  # one argument for each column of the table
    name: str,
    value: float,
    unit: str,
    *,
    limit: float,
    baseline: str = "",
    baseline_value: float | None = None,
    at_least: bool = False,
) -> dict[str, object]:
    """One line of the table.

    With a ``baseline_value`` the limit bounds the ratio, else the value. The ratio is ours to the
    baseline; with ``at_least`` it is the baseline to ours ("so many times faster"), from below.
    """
    ratio = None
    if baseline_value is not None:
        ratio = baseline_value / value if at_least else value / baseline_value
    judged = value if ratio is None else ratio
    return {
        "name": name,
        "value": value,
        "unit": unit,
        "baseline": baseline,
        "baseline_value": baseline_value,
        "ratio": ratio,
        "limit": limit,
        "ok": judged >= limit if at_least else judged <= limit,
    }


def collect(names: list[str]) -> tuple[list[dict[str, object]], list[str]]:
    """Rows of every chosen module, and the modules that failed."""
    wanted = {name if name.startswith("bench_") else f"bench_{name}" for name in names}
    rows: list[dict[str, object]] = []
    failed = []
    for path in sorted(HERE.glob("bench_*.py")):
        if wanted and path.stem not in wanted:
            continue
        print(f"measuring {path.stem.removeprefix('bench_')} ...", file=sys.stderr)
        try:
            rows += importlib.import_module(path.stem).rows()
        except Exception:  # noqa: BLE001  the other measurements go on; this one is reported
            traceback.print_exc()
            failed.append(path.stem)
    return rows, failed


def number(value: object) -> str:
    """A figure with four significant digits, a dash when there is none."""
    return "-" if value is None else f"{value:.4g}"


def table(rows: list[dict[str, object]]) -> str:
    """Rows as aligned text."""
    head = ("work", "ours", "unit", "baseline", "theirs", "ratio", "limit", "")
    lines = [head] + [
        (
            str(r["name"]),
            number(r["value"]),
            str(r["unit"]),
            str(r["baseline"]) or "-",
            number(r["baseline_value"]),
            number(r["ratio"]),
            number(r["limit"]),
            "ok" if r["ok"] else "OVER",
        )
        for r in rows
    ]
    widths = [max(len(line[i]) for line in lines) for i in range(len(head))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )


def main() -> int:
    """Measure, print, write; 1 when a limit is broken or a module failed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--out", type=Path, default=Path("bench.json"))
    args = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    sys.path.insert(0, str(HERE))
    rows, failed = collect(args.names)
    args.out.write_text(json.dumps(rows, indent=1) + "\n")
    print(table(rows))
    if failed:
        print("failed:", ", ".join(failed))
    return 1 if failed or not all(r["ok"] for r in rows) else 0


if __name__ == "__main__":
    # The modules import this one by its name and must get this very one.
    sys.modules["bench"] = sys.modules["__main__"]
    sys.exit(main())
