"""Write resources/report/coverage.json: the characters that the bundled fonts can draw.

Run it after a font is added or replaced: ``python .ci/make_font_coverage.py``.
"""

from __future__ import annotations

import json
import sys
import unicodedata
from itertools import pairwise
from pathlib import Path

from fontTools.ttLib import TTFont

ROOT = Path(__file__).resolve().parent.parent
FONTS = ROOT / "resources" / "fonts"
TARGET = ROOT / "resources" / "report" / "coverage.json"

# Never offered as drawable: controls, surrogates, private use and invisible formatting. Joiners
# are kept where a font has them, because Devanagari and Arabic spell with them.
REFUSED_CATEGORIES = {"Cc", "Cf", "Cs", "Co", "Cn", "Zs", "Zl", "Zp"}
JOINERS = {0x200C, 0x200D}


def covered_characters(folder: Path) -> set[int]:
    """Return every code point that at least one font of ``folder`` has a glyph for."""
    covered: set[int] = set()
    for path in sorted(folder.glob("*.[ot]tf")):
        with TTFont(path, lazy=True) as font:
            covered.update(font.getBestCmap())
    return {code for code in covered if _offered(code)}


def _offered(code: int) -> bool:
    if code in JOINERS:
        return True
    if 0xFE00 <= code <= 0xFE0F:
        return False
    return unicodedata.category(chr(code)) not in REFUSED_CATEGORIES


def as_ranges(codes: set[int]) -> list[list[int]]:
    """Return sorted inclusive [first, last] ranges."""
    ordered = sorted(codes)
    if not ordered:
        return []
    breaks = [index for index, (a, b) in enumerate(pairwise(ordered), start=1) if b != a + 1]
    starts = [0, *breaks]
    ends = [*breaks, len(ordered)]
    return [[ordered[a], ordered[b - 1]] for a, b in zip(starts, ends, strict=True)]


def coverage_text(folder: Path = FONTS) -> str:
    """Return the text of the resource file."""
    names = [path.name for path in sorted(folder.glob("*.[ot]tf"))]
    data = {"fonts": names, "ranges": as_ranges(covered_characters(folder))}
    return json.dumps(data, separators=(",", ":")) + "\n"


if __name__ == "__main__":
    TARGET.write_text(coverage_text(), encoding="utf-8")
    sys.stdout.write(f"{TARGET.name}: {TARGET.stat().st_size} bytes\n")
