"""The sizes of the letters of a PDF, from its content streams."""

from __future__ import annotations

from pathlib import Path

import pikepdf


def smallest_font_size(path: Path) -> float:
    """Return the smallest size in points at which any text is set."""
    found = []
    with pikepdf.open(path) as document:
        for page in document.pages:
            scale = 1.0
            for operands, operator in pikepdf.parse_content_stream(page):
                if str(operator) == "Tf":
                    scale = float(operands[1])
                elif str(operator) == "Tm":
                    found.append(scale * abs(float(operands[3]) or float(operands[1])))
    return round(min(found), 2)
