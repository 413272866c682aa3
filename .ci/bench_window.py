"""The window on a synthetic CT: from the event to the painted frame, with the real widgets."""

import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

import numpy as np  # noqa: E402
from bench import row  # noqa: E402
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QPointF, Qt  # noqa: E402
from PySide6.QtGui import QMouseEvent, QWheelEvent  # noqa: E402

from workstation.bootstrap import Workstation, build_workstation  # noqa: E402
from workstation.domain.commands import SetSpine  # noqa: E402
from workstation.domain.spine import Landmark, LandmarkState, Spine, VertebralLevel  # noqa: E402
from workstation.imaging.geometry import VolumeGeometry  # noqa: E402
from workstation.imaging.volume import SeriesIdentity, Unit, Volume  # noqa: E402
from workstation.rendering.plane import PlaneName, PlaneView  # noqa: E402
from workstation.ui.application import make_application  # noqa: E402
from workstation.ui.hanging import slice_state  # noqa: E402
from workstation.ui.pane import Pane  # noqa: E402
from workstation.ui.pane_3d import Pane3d  # noqa: E402

SHAPE = (300, 512, 512)
SPACING_MM = (0.7, 0.7, 1.0)
STEPS = 40
FRAME = "1.2.3"


def spine_ct() -> Volume:
    """A CT of 300 slices with a bony column in noise."""
    random = np.random.default_rng(3)
    array = random.integers(-60, 90, SHAPE, dtype=np.int16)
    j, i = np.mgrid[: SHAPE[1], : SHAPE[2]]
    body = (i - 256) ** 2 + (j - 300) ** 2 < 28**2
    for k in range(SHAPE[0]):
        if k % 30 > 4:
            array[k][body] += 500
    geometry = VolumeGeometry(
        shape_kji=SHAPE, spacing_ijk=SPACING_MM, origin_lps=(0.0, 0.0, 0.0), direction=np.eye(3)
    )
    identity = SeriesIdentity(series_uid="1.2.3.4", modality="CT", frame_of_reference_uid=FRAME)
    return Volume(array=array, geometry=geometry, unit=Unit.HU, identity=identity)


def p95_ms(steps: list[Callable[[], None]]) -> float:
    """The 95th percentile of the time from each event until everything is painted, ms."""
    taken = []
    for step in steps:
        start = time.perf_counter()
        step()
        QCoreApplication.processEvents()
        taken.append((time.perf_counter() - start) * 1000.0)
    return float(np.percentile(taken[2:], 95))


def turn_wheel(pane: Pane, notches: int) -> None:
    """Send one wheel event."""
    place = QPointF(pane.rect().center())
    event = QWheelEvent(
        place,
        QPointF(pane.mapToGlobal(place.toPoint())),
        QPoint(0, 0),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QCoreApplication.sendEvent(pane, event)


def send_mouse(pane: object, kind: QEvent.Type, at: QPointF) -> None:
    """Send one event of the left button."""
    left = Qt.MouseButton.LeftButton
    held = Qt.MouseButton.NoButton if kind is QEvent.Type.MouseButtonRelease else left
    event = QMouseEvent(kind, at, at, left, held, Qt.KeyboardModifier.NoModifier)
    QCoreApplication.sendEvent(pane, event)  # type: ignore[call-overload]


def drags(pane: object) -> list[Callable[[], None]]:
    """A drag to the right in small steps."""
    start = QPointF(300, 200)
    send_mouse(pane, QEvent.Type.MouseButtonPress, start)
    return [
        lambda n=n: send_mouse(pane, QEvent.Type.MouseMove, start + QPointF(3.0 * n + 8.0, n % 5))
        for n in range(STEPS)
    ]


def show(made: Workstation, planes: list[PlaneView | PlaneName], volume: Volume) -> list[Pane]:
    """Put up a pane for each plane."""
    panes = []
    for number, plane in enumerate(planes, 1):
        pane = Pane(number)
        made.host.adopt(pane)
        named = plane if isinstance(plane, PlaneName) else plane.plane_name
        state = slice_state(volume, named)
        pane.show_state(state if isinstance(plane, PlaneName) else state.with_view(plane))
        panes.append(pane)
    made.desk.grid.set_panes(panes, 1 if len(panes) == 1 else 2)
    QCoreApplication.processEvents()
    return panes


def spine() -> Spine:
    """Eight vertebrae down the column."""
    names = [VertebralLevel(f"T{number}") for number in range(5, 13)]
    marks = tuple(
        Landmark(
            level=level, center_lps=(179.0, 210.0, 270.0 - 30.0 * n), state=LandmarkState.CLICKED
        )
        for n, level in enumerate(names)
    )
    return Spine(frame_of_reference_uid=FRAME, series_uid="1.2.3.4", landmarks=marks)


def turning(made: Workstation, volume: Volume) -> list[dict[str, object]]:
    """Rotate the bone surface, then let it settle."""
    made.desk.grid.setFixedSize(800, 800)
    pane = Pane3d(1)
    made.host.adopt(pane)
    made.desk.grid.set_panes([pane], 1)
    pane.show_volume(volume, None)
    end = time.perf_counter() + 20.0
    while pane.view is None and time.perf_counter() < end:
        QCoreApplication.processEvents()
        time.sleep(0.01)
    moving = p95_ms(drags(pane))
    send_mouse(pane, QEvent.Type.MouseButtonRelease, QPointF(420, 200))
    start = time.perf_counter()
    while pane.moving:
        QCoreApplication.processEvents()
    QCoreApplication.processEvents()
    settled = (time.perf_counter() - start) * 1000.0
    return [
        row("3D rotate, event to frame p95", moving, "ms", limit=50.0),
        row("3D full detail after release", settled, "ms", limit=500.0),
    ]


def rows() -> list[dict[str, object]]:
    """Measure; every row is one line of the product's table."""
    make_application()
    with tempfile.TemporaryDirectory() as folder:
        made = build_workstation(Path(folder))
        made.window.resize(1700, 1000)
        made.window.show()
        made.session.new()
        try:
            return measured(made, spine_ct())
        finally:
            made.window.close()
            made.close()


def measured(made: Workstation, volume: Volume) -> list[dict[str, object]]:
    """The rows of an open window."""
    made.window.body.show_reading(True)
    made.desk.grid.setFixedSize(800, 500)
    (pane,) = show(made, [PlaneName.AXIAL], volume)
    found = []
    wheel = p95_ms([lambda: turn_wheel(pane, -1)] * STEPS)
    found.append(row("wheel step, one 800x500 pane, p95", wheel, "ms", limit=25.0))
    window = p95_ms(drags(pane))
    send_mouse(pane, QEvent.Type.MouseButtonRelease, QPointF(420, 200))
    found.append(row("window drag, p95", window, "ms", limit=25.0))
    normal = (0.1, -0.35, 0.93)
    center = volume.geometry.center_lps
    oblique = [PlaneView.oblique(center, normal, 200.0) for _ in range(4)]
    made.desk.grid.setFixedSize(1200, 800)
    panes = show(made, list(oblique), volume)
    four = p95_ms([lambda: turn_wheel(panes[0], -1)] * (STEPS // 2))
    found.append(row("wheel step, 4 linked oblique panes, p95", four, "ms", limit=100.0))
    show(made, [PlaneName.SAGITTAL, PlaneName.CORONAL, PlaneName.AXIAL], volume)
    made.session.dispatch(SetSpine(spine=spine()))
    jump = p95_ms([lambda: made.follower.walk(1)] * 8)
    found.append(row("level jump, all panes, p95", jump, "ms", limit=200.0))
    return found + turning(made, volume)
