"""The right panel: five tabs with their state, the levels, the form, and its sticky result."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QObject, QPointF, QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QLineEdit,
    QPlainTextEdit,
    QScrollArea,
    QScrollBar,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from workstation.app.session import CaseSession, ViewState
from workstation.domain.case import Case
from workstation.domain.grading import red_flags_of
from workstation.domain.red_flags import RedFlag, Urgency
from workstation.domain.spine import VertebralLevel
from workstation.ui.components.banner import Banner, BannerTone
from workstation.ui.components.controls import PaintedControl
from workstation.ui.components.drawing import paint_line, text_width
from workstation.ui.components.drawing import paint_text as draw_text
from workstation.ui.components.focus_ring import FocusRings
from workstation.ui.components.level_strip import LevelStrip
from workstation.ui.components.marks import FormState, paint_form_state
from workstation.ui.form_binding import EDGE_PX, FormPage, shown_level
from workstation.ui.theme import (
    NAME_PX,
    NARROW_WIDTH_PX,
    PANEL_WIDTH_PX,
    SEMIBOLD,
    current_theme,
    font,
)

TAB_PX = 40
_SEQUENCE_MS = 1500
_BAR_PX = 8
_TEXT_FIELDS = (QLineEdit, QPlainTextEdit, QComboBox)
_NAMED_KEYS = {
    Qt.Key.Key_Backspace: "Backspace",
    Qt.Key.Key_Escape: "Escape",
    Qt.Key.Key_Return: "Return",
    Qt.Key.Key_Enter: "Return",
    Qt.Key.Key_Delete: "Delete",
}
_TAB_OF = {"lesion": "lesions", "spine": "lesions", "red_flags": "noms"}
_SEQUENCES = {"S": "123456", "N": "NOMS", "1": "ABC"}
"""First keys of a sequence and what may follow."""


class TabButton(PaintedControl):
    """One tab: the state of its form as a mark, then its name."""

    def __init__(self, name: str, key: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._key = key
        self.state = FormState.EMPTY
        self.setText(name)
        self.setCheckable(True)
        self.set_state(FormState.EMPTY)

    def set_state(self, state: FormState) -> None:
        """Show how far the form is filled."""
        self.state = state
        self.describe(f"{self.text()}, {state.value}", f"{self.text()}: {state.value}", self._key)
        self.update()

    def nextCheckState(self) -> None:
        """Leave the state to the view."""

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the tab."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        theme = current_theme()
        active = self.isChecked()
        if active:
            painter.fillRect(QRectF(self.rect()), theme.color("panel"))
            bar = QRectF(0, self.height() - 2, self.width(), 2)
            painter.fillRect(bar, theme.color("accent"))
        elif self.hovered:
            painter.fillRect(QRectF(self.rect()), theme.color("raised"))
        face = font(NAME_PX, SEMIBOLD)
        width = text_width(self.text(), face) + 16
        left = (self.width() - width) / 2.0
        muted = theme.color("text_muted")
        middle = self.height() / 2.0
        paint_form_state(painter, self.state, QPointF(left + 4.5, middle), 9, muted)
        ink = theme.color("text" if active or self.hovered else "text_muted")
        draw_text(painter, QRectF(left + 16, 0, width, self.height()), self.text(), face, ink)


class TabBar(QWidget):
    """The five tabs side by side.

    Signals
    -------
    picked(str)
    """

    picked = Signal(str)

    def __init__(self, tabs: Sequence[tuple[str, str]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(TAB_PX)
        self.buttons: dict[str, TabButton] = {}
        for number, (tab, title) in enumerate(tabs, 1):
            button = TabButton(title, f"Alt+{number}", self)
            button.setProperty("tab", tab)
            button.clicked.connect(self._on_clicked)
            self.buttons[tab] = button

    def set_current(self, tab: str) -> None:
        """Show a tab as the active one."""
        for name, button in self.buttons.items():
            button.setChecked(name == tab)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the width equally."""
        count = max(len(self.buttons), 1)
        for position, button in enumerate(self.buttons.values()):
            left = round(position * self.width() / count)
            right = round((position + 1) * self.width() / count)
            button.setGeometry(QRect(left, 0, right - left, self.height()))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the band behind the tabs."""
        painter = QPainter(self)
        theme = current_theme()
        painter.fillRect(QRectF(self.rect()), theme.color("window"))
        base = self.height() - 0.5
        paint_line(painter, QPointF(0, base), QPointF(self.width(), base), theme.color("line"))

    def _on_clicked(self) -> None:
        sender = self.sender()
        if isinstance(sender, QObject):
            self.picked.emit(str(sender.property("tab")))


class QuietScrollBar(QScrollBar):
    """A scroll bar that always keeps its width and shows nothing while all is in view.

    A bar that comes and goes would change the width of the form, and with it the height of its
    wrapped words, for ever.
    """

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the bar only where there is something to scroll."""
        if self.maximum() > self.minimum():
            super().paintEvent(event)


class PageScroll(QScrollArea):
    """The scrolled part of one form; the page is as wide as the panel and never cut."""

    def __init__(self, page: FormPage, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.page = page
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBar(QuietScrollBar(Qt.Orientation.Vertical))
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        layout = page.layout()
        if layout is not None:
            edge = layout.contentsMargins()
            edge.setRight(max(edge.right() - _BAR_PX, 0))
            layout.setContentsMargins(edge)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.viewport().setAutoFillBackground(False)
        self.setWidget(page)
        page.setAutoFillBackground(False)
        page.focus_moved.connect(self._on_focus_moved)

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Leave the order of fields to the panel above."""
        parent = self.parentWidget()
        return bool(parent.focusNextPrevChild(forward)) if parent is not None else False

    def _on_focus_moved(self, widget: object) -> None:
        # The layout has to settle first: the item has just changed its height.
        self._wanted = widget
        QTimer.singleShot(0, self._reveal)

    def _reveal(self) -> None:
        widget = self._wanted
        if isinstance(widget, QWidget):
            self.ensureWidgetVisible(widget, 0, 12)


class FormPanel(QWidget):
    """The forms beside the images.

    Signals
    -------
    evidence_activated(str)
        A key image was pressed: bring the panes there.
    attach_requested(str)
        Attach what the pane under the cursor shows to this field.
    images_wanted()
        The reader wants to go back to the images (Escape with nothing open).
    """

    evidence_activated = Signal(str)
    attach_requested = Signal(str)
    images_wanted = Signal()

    def __init__(
        self, session: CaseSession, pages: Sequence[FormPage], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._pages = {page.tab: page for page in pages}
        self._first_key = ""
        self._sequence = QTimer(self)
        self._sequence.setSingleShot(True)
        self._sequence.setInterval(_SEQUENCE_MS)
        self._sequence.timeout.connect(self._on_sequence_over)
        self.setAccessibleName("Forms")
        self.setMinimumWidth(NARROW_WIDTH_PX)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Expanding)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._build(pages)
        self._rings = FocusRings(self)
        session.case_changed.connect(self._on_case_changed)
        session.view_changed.connect(self._on_view_changed)
        self._show_tab(session.view.active_tab)
        self._refresh()

    def _build(self, pages: Sequence[FormPage]) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        self.tabs = TabBar([(page.tab, page.title) for page in pages])
        self.tabs.picked.connect(self._on_tab_picked)
        self.strip = LevelStrip()
        self.strip.picked.connect(self._on_level_picked)
        self._strip_band = StripBand(self.strip)
        self.banner = Banner(BannerTone.CRITICAL)
        self.banner.hide()
        self._bodies = QStackedWidget()
        self._feet: dict[str, QWidget] = {}
        layout.addWidget(self.tabs)
        layout.addWidget(self._strip_band)
        layout.addWidget(self.banner)
        layout.addWidget(self._bodies, 1)
        for page in pages:
            self._bodies.addWidget(PageScroll(page))
            page.evidence_activated.connect(self.evidence_activated)
            page.attach_requested.connect(self.attach_requested)
            page.field_wanted.connect(self.go_to)
            self._feet[page.tab] = page.foot
            layout.addWidget(page.foot)

    @property
    def page(self) -> FormPage:
        """The form that shows."""
        return self._pages.get(self._session.view.active_tab) or next(iter(self._pages.values()))

    def page_of(self, tab: str) -> FormPage | None:
        """Return the form of a tab, or None."""
        return self._pages.get(tab)

    def sizeHint(self) -> QSize:
        """Return the width of the panel on a wide window."""
        return QSize(PANEL_WIDTH_PX, 800)

    def take_focus(self) -> None:
        """Bring the keyboard into the form, as F2 and F6 do."""
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.page.focusNextPrevChild(True)

    def go_to(self, field: str) -> None:
        """Show the tab, level and field that a check or a sentence names."""
        part, _, rest = field.partition(".")
        tab = "noms" if field == "report.communication" else _TAB_OF.get(part, part)
        level = rest.split(".", 1)[0]
        changes: dict[str, object] = {"active_tab": tab if tab in self._pages else "report"}
        if level in {item.value for item in VertebralLevel}:
            changes["active_level"] = VertebralLevel(level)
        self._session.change_view(**changes)
        self.page.reveal(field)

    def step_level(self, step: int) -> None:
        """Go to the next (1) or previous (-1) level with a finding, in the same form."""
        case = self._session.case
        levels = case.levels_with_findings if case else ()
        if not levels or case is None:
            return
        current = shown_level(case, self._session.view)
        position = levels.index(current) + step if current in levels else 0
        level = levels[min(max(position, 0), len(levels) - 1)]
        self._session.change_view(active_level=level)

    def event(self, event: QEvent) -> bool:
        """Keep form keys from the image shortcuts while the form has the focus."""
        wanted = event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent)
        if wanted and self._owns(event):
            event.accept()
            return True
        return super().event(event)

    def _owns(self, event: QEvent) -> bool:
        typing = isinstance(self.focusWidget(), _TEXT_FIELDS)
        return isinstance(event, QKeyEvent) and not typing and bool(_key_name(event))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Give a key to the form; sequences such as S 3 and 1 b wait for their second key."""
        name = _key_name(event)
        if not name or not self._take(name):
            super().keyPressEvent(event)

    def _take(self, name: str) -> bool:
        first, self._first_key = self._first_key, ""
        self._sequence.stop()
        if first and name in _SEQUENCES[first] and self.page.take_key(first + name):
            return True
        if name in self.page.first_keys():
            self._first_key = name
            self._sequence.start()
            return True
        return self._take_plain(name)

    def _take_plain(self, name: str) -> bool:
        if self.page.take_key(name):
            return True
        if name in ("J", "U"):
            self.step_level(1 if name == "J" else -1)
            return True
        if name == "Escape":
            self.images_wanted.emit()
            return True
        return False

    def _on_sequence_over(self) -> None:
        first, self._first_key = self._first_key, ""
        if first:
            self._take_plain(first)

    def _on_tab_picked(self, tab: str) -> None:
        self._session.change_view(active_tab=tab)

    def _on_level_picked(self, level: object) -> None:
        self._session.change_view(active_level=level)

    def _on_case_changed(self, old: Case | None, new: Case | None) -> None:
        self._refresh()

    def _on_view_changed(self, old: ViewState, new: ViewState) -> None:
        if old.active_tab != new.active_tab:
            self._show_tab(new.active_tab)
        self._refresh_strip()

    def _show_tab(self, tab: str) -> None:
        page = self._pages.get(tab) or next(iter(self._pages.values()))
        self.tabs.set_current(page.tab)
        for name, foot in self._feet.items():
            foot.setVisible(name == page.tab)
        position = list(self._pages).index(page.tab)
        self._bodies.setCurrentIndex(position)
        page.ensure_fresh()
        self._refresh()

    def _refresh(self) -> None:
        case = self._session.case
        for tab, button in self.tabs.buttons.items():
            state = FormState.EMPTY if case is None else self._pages[tab].state(case)
            if state is not button.state:
                button.set_state(state)
        self._refresh_strip()
        self._refresh_banner(case)

    def _refresh_strip(self) -> None:
        case, page = self._session.case, self.page
        chips = page.chips(case) if case is not None else ()
        self._strip_band.setVisible(page.has_level_strip and bool(chips))
        if case is not None:
            self.strip.set_levels(chips, shown_level(case, self._session.view))

    def _refresh_banner(self, case: Case | None) -> None:
        flags = red_flags_of(case) if case is not None else ()
        loud = [flag for flag in flags if flag.urgency is not Urgency.NOTICE]
        self.banner.setVisible(bool(loud) and self.page.tab != "noms")
        if loud:
            more = f" And {len(loud) - 1} more, see NOMS." if len(loud) > 1 else ""
            self.banner.set_content(banner_tone(loud[0]), loud[0].title, loud[0].text + more)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the panel behind everything."""
        painter = QPainter(self)
        theme = current_theme()
        painter.fillRect(QRectF(self.rect()), theme.color("panel"))


class StripBand(QWidget):
    """The band that holds the level strip."""

    def __init__(self, strip: LevelStrip, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(EDGE_PX, 8, EDGE_PX, 8)
        layout.addWidget(strip)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the line below."""
        painter = QPainter(self)
        base = self.height() - 0.5
        color = current_theme().color("line")
        paint_line(painter, QPointF(0, base), QPointF(self.width(), base), color)


def banner_tone(flag: RedFlag) -> BannerTone:
    """Return the look of a red flag."""
    tones = {
        Urgency.EMERGENCY: BannerTone.EMERGENCY,
        Urgency.URGENT: BannerTone.CRITICAL,
        Urgency.NOTICE: BannerTone.CAUTION,
    }
    return tones[flag.urgency]


def _key_name(event: QKeyEvent) -> str:
    """Return a form key by name; empty for a key that forms do not use."""
    held = event.modifiers() & ~(
        Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.ShiftModifier
    )
    if held != Qt.KeyboardModifier.NoModifier:
        return ""
    key = event.key()
    if key in _NAMED_KEYS:
        return _NAMED_KEYS[Qt.Key(key)]
    text = chr(key) if 0 < key < 128 else ""
    return text if text.isalnum() else ""
