"""The Lesions tab: the list, the card of the selected lesion, how far the fields are answered."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from workstation.app.session import CaseSession, ViewState
from workstation.domain.case import Case
from workstation.domain.lesion import Lesion
from workstation.ui.components.banner import Banner, BannerTone
from workstation.ui.components.controls import TextButton
from workstation.ui.components.drawing import paint_line, paint_text
from workstation.ui.components.evidence import KeyImagePicture
from workstation.ui.components.labels import PlainLabel
from workstation.ui.components.lesion_row import ESCC_RIGHT_PX, SINS_RIGHT_PX, LesionRow
from workstation.ui.components.marks import FormState
from workstation.ui.components.result_foot import FootPanel
from workstation.ui.form_binding import EDGE_PX, FormPage, no_picture
from workstation.ui.lesion_panel_detail import LesionDetail
from workstation.ui.lesion_panel_view import answered_fields, row_view
from workstation.ui.theme import SEMIBOLD, SMALL_PX, current_theme, font


class ListHead(QWidget):
    """The column names of the list."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(24)
        self.setAccessibleName("Level and extent, SINS, ESCC")

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the names and the line below."""
        painter = QPainter(self)
        theme = current_theme()
        face = font(SMALL_PX, SEMIBOLD)
        muted = theme.color("text_muted")
        paint_text(painter, QRectF(34, 0, 200, 22), "Level and extent", face, muted)
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for words, edge in (("SINS", SINS_RIGHT_PX), ("ESCC", ESCC_RIGHT_PX)):
            box = QRectF(self.width() - edge - 60, 0, 60, 22)
            paint_text(painter, box, words, face, muted, right)
        base = self.height() - 0.5
        paint_line(painter, QPointF(0, base), QPointF(self.width(), base), theme.color("line"))


class LesionPanel(FormPage):
    """The lesions of the case.

    Signals
    -------
    mark_requested()
        The reader wants to mark a lesion.
    check_requested()
        The reader wants to see what is missing.
    """

    mark_requested = Signal()
    check_requested = Signal()

    tab = "lesions"
    title = "Lesions"
    has_level_strip = False

    def __init__(
        self,
        session: CaseSession,
        picture: KeyImagePicture = no_picture,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(session, picture, parent)
        self.rows: dict[str, LesionRow] = {}
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(self._build_head())
        layout.addWidget(ListHead())
        self._list = QVBoxLayout()
        self._list.setSpacing(0)
        layout.addLayout(self._list)
        self.empty = Banner(BannerTone.NOTE, "", "No lesions yet. Press L over a lesion.")
        empty = QVBoxLayout()
        empty.setContentsMargins(EDGE_PX, 12, EDGE_PX, 0)
        empty.addWidget(self.empty)
        layout.addLayout(empty)
        self.detail = LesionDetail(session)
        self.detail.key_image_wanted.connect(self.attach_requested)
        self.detail.grade_wanted.connect(self._on_grade_wanted)
        layout.addWidget(self.detail)
        layout.addStretch(1)
        self._build_foot()

    def _build_head(self) -> QHBoxLayout:
        self.count = PlainLabel("", weight=SEMIBOLD)
        self.mark = TextButton("Mark", icon="plus", key="L")
        self.mark.describe("Mark a lesion", "Mark a lesion at the cursor", "L")
        self.mark.clicked.connect(self.mark_requested)
        head = QHBoxLayout()
        head.setContentsMargins(EDGE_PX, 8, EDGE_PX, 4)
        head.addWidget(self.count)
        head.addStretch(1)
        head.addWidget(self.mark)
        return head

    def _build_foot(self) -> None:
        foot = FootPanel()
        self.answered = PlainLabel("", weight=SEMIBOLD)
        self.bare = PlainLabel("", tone="caution")
        self.check = TextButton("Check", icon="list-checks")
        self.check.describe("Check", "Show what is missing or contradicts")
        self.check.clicked.connect(self._on_check)
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(self.answered)
        line.addWidget(self.bare)
        line.addStretch(1)
        line.addWidget(self.check)
        foot.rows.addLayout(line)
        self.foot = foot

    def is_touched(self, old: Case, new: Case) -> bool:
        """Whether lesions, grades, spine, key images or status differ."""
        return (
            old.lesions is not new.lesions
            or old.assessments is not new.assessments
            or old.spines is not new.spines
            or old.conus is not new.conus
            or old.key_images is not new.key_images
            or old.status is not new.status
        )

    def state(self, case: Case) -> FormState:
        """Return whether all, some or none of the lesion fields are answered."""
        known, total, _ = answered_fields(case)
        if not known:
            return FormState.EMPTY
        return FormState.COMPLETE if known == total else FormState.PARTLY

    def selected(self, case: Case) -> Lesion | None:
        """Return the selected lesion, or the first at the active level, or the first."""
        chosen = case.lesion(self._session.view.selected_lesion_id)
        if chosen is not None:
            return chosen
        level = self._session.view.active_level
        here = (lesion for lesion in case.lesions if level in lesion.levels)
        return next(here, case.lesions[0] if case.lesions else None)

    def reveal(self, field: str) -> None:
        """Select the lesion that a check names and bring its part into view."""
        _, _, rest = field.partition(".")
        lesion_id, _, part = rest.partition(".")
        if lesion_id in self.rows:
            self._on_picked(lesion_id)
        row = self.detail.rows.get(part)
        target: QWidget = row if row is not None else self.detail.parts
        self.focus_moved.emit(target)
        focus = row.chips.buttons[0] if row is not None else self.detail.parts.picture
        focus.setFocus(Qt.FocusReason.TabFocusReason)

    def refresh(self) -> None:
        """Show the lesions as they are now."""
        case = self._session.case
        lesions = case.lesions if case is not None else ()
        word = "lesion" if len(lesions) == 1 else "lesions"
        self.count.setText(f"{len(lesions)} {word}")
        self.empty.setVisible(not lesions)
        self.mark.setEnabled(self.editable)
        self._show_rows(case, lesions)
        chosen = self.selected(case) if case is not None else None
        self.detail.setVisible(chosen is not None)
        for lesion_id, row in self.rows.items():
            row.setChecked(chosen is not None and lesion_id == chosen.id)
        if case is None or chosen is None:
            self.answered.setText("")
            self.bare.setText("")
            return
        self.detail.set_lesion(case, chosen, editable=self.editable)
        known, total, bare = answered_fields(case)
        self.answered.setText(f"{known} of {total} fields answered")
        self.bare.setText(f"{bare} without image" if bare else "")

    def _show_rows(self, case: Case | None, lesions: tuple[Lesion, ...]) -> None:
        wanted = [lesion.id for lesion in lesions]
        for lesion_id in [name for name in self.rows if name not in wanted]:
            row = self.rows.pop(lesion_id)
            row.hide()
            row.deleteLater()
        for position, lesion in enumerate(lesions):
            if case is None:
                return
            view = row_view(case, lesion)
            known = self.rows.get(lesion.id)
            if known is None:
                known = self.rows[lesion.id] = LesionRow(view)
                known.picked.connect(self._on_picked)
                self._list.insertWidget(position, known)
            elif known.view != view:
                known.set_view(view)

    def _on_view_changed(self, old: ViewState, new: ViewState) -> None:
        if old.selected_lesion_id != new.selected_lesion_id:
            self._mark_stale()
        super()._on_view_changed(old, new)

    def _on_picked(self, lesion_id: str) -> None:
        case = self._session.case
        lesion = case.lesion(lesion_id) if case is not None else None
        if lesion is None:
            return
        if lesion.level is None:
            self._session.change_view(selected_lesion_id=lesion_id)
        else:
            self._session.change_view(selected_lesion_id=lesion_id, active_level=lesion.level)

    def _on_grade_wanted(self, tab: str) -> None:
        self._session.change_view(active_tab=tab)

    def _on_check(self) -> None:
        self._session.change_view(active_tab="report")
        self.check_requested.emit()
