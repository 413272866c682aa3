"""One drawing for screen and paper: QtSvg and the PDF show the same picture."""

from __future__ import annotations

import numpy as np
import pytest
import typst
from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtSvg import QSvgRenderer

from workstation.base.paths import resource_path
from workstation.domain.escc import EsccGrade
from workstation.domain.spine import VertebralLevel
from workstation.report.figures import LevelColors, color_spine
from workstation.report.spine_map import shipped_drawing

SCALE = 4.0


def by_qt(svg: str, width: int, height: int) -> np.ndarray:
    image = QImage(width, height, QImage.Format.Format_RGB888)
    image.fill(Qt.GlobalColor.white)
    renderer = QSvgRenderer(QByteArray(svg.encode()))
    painter = QPainter(image)
    renderer.render(painter, QRectF(0, 0, width, height))
    painter.end()
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(height, image.bytesPerLine())
    return rows[:, : width * 3].reshape(height, width, 3).astype(np.int16)


def by_typst(svg: str, width: float, height: float) -> np.ndarray:
    source = (
        f"#set page(width: {width}pt, height: {height}pt, margin: 0pt)\n"
        "#image(bytes(sys.inputs.svg), width: 100%, height: 100%)"
    )
    png = typst.compile(source.encode(), format="png", ppi=72 * SCALE, sys_inputs={"svg": svg})
    image = QImage.fromData(QByteArray(png)).convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    return rows[:, : image.width() * 3].reshape(image.height(), -1, 3).astype(np.int16)


def mean_difference(svg: str, width: int, height: int) -> float:
    paper = by_typst(svg, width, height)
    screen = by_qt(svg, paper.shape[1], paper.shape[0])
    return float(np.abs(paper - screen).mean())


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("grade", list(EsccGrade))
def test_the_compression_drawings_agree(grade: EsccGrade) -> None:
    svg = resource_path("diagrams", f"escc-{grade}.svg").read_text(encoding="utf-8")
    assert mean_difference(svg, 120, 120) < 0.5


@pytest.mark.usefixtures("qapp")
def test_the_recolored_spine_agrees() -> None:
    drawing = shipped_drawing()
    red = {VertebralLevel.T8: LevelColors(fill="#DB8C7F", edge="#A3200D")}
    svg = color_spine(drawing.svg, red)
    _, _, width, height = drawing.view_box
    assert mean_difference(svg, int(width), int(height)) < 2.0


@pytest.mark.usefixtures("qapp")
def test_gray_paper_keeps_tumor_cord_and_csf_apart() -> None:
    svg = resource_path("diagrams", "escc-2.svg").read_text(encoding="utf-8")
    image = by_qt(svg, 480, 480)
    gray = image @ np.array([0.299, 0.587, 0.114])
    # Points inside the drawing: marrow tumor, cord, CSF beside the cord.
    tumor, cord, csf = (gray[y * 4, x * 4] for x, y in ((50, 30), (60, 83), (60, 87)))
    assert csf - cord > 40
    assert cord - tumor > 40
