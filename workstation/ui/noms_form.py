"""The NOMS form: four letters, the trace through the table, what is missing and what is urgent."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from workstation.app.session import CaseSession
from workstation.domain.answers import NOT_ASSESSED, UNKNOWN
from workstation.domain.case import Case
from workstation.domain.grading import noms_of, red_flags_of
from workstation.domain.noms import NomsResult
from workstation.domain.noms_table import NeurologicAxis
from workstation.domain.red_flags import RedFlag, Urgency
from workstation.domain.spine import VertebralLevel
from workstation.ui.components.axis_card import AxisCard
from workstation.ui.components.banner import Banner, BannerTone
from workstation.ui.components.choices import SegmentedChoice
from workstation.ui.components.communication_box import CommunicationBox
from workstation.ui.components.controls import TextButton
from workstation.ui.components.evidence import KeyImagePicture
from workstation.ui.components.labels import FormHead
from workstation.ui.components.level_strip import LevelChipView
from workstation.ui.components.marks import FormState
from workstation.ui.components.trace_path import TracePath
from workstation.ui.form_binding import EDGE_PX, FormPage, column, no_picture
from workstation.ui.noms_form_cards import (
    MechanicalCard,
    NeurologicCard,
    OncologicCard,
    SystemicCard,
)
from workstation.ui.noms_form_editing import NomsEditor
from workstation.ui.noms_form_outcome import MissingList, OutcomeBox, SideNotes
from workstation.ui.noms_form_view import chip_views, trace_view, worse_level

_TONES = {
    Urgency.EMERGENCY: BannerTone.EMERGENCY,
    Urgency.URGENT: BannerTone.CRITICAL,
    Urgency.NOTICE: BannerTone.CAUTION,
}
_DISCORDANT = RedFlag(
    code="DISCORDANT",
    urgency=Urgency.URGENT,
    title="Discordant: the deficit is not explained at {level}",
    text="Myelopathy with ESCC 0–1c. NOMS gives no suggestion. Urgent review.",
    needs_communication=False,
)


class BannerStack(QWidget):
    """The red flags, most urgent first."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._layout = column(self, spacing_px=6)
        self.banners: list[Banner] = []

    def set_flags(self, flags: Sequence[RedFlag]) -> None:
        """Show a banner for each flag."""
        while len(self.banners) < len(flags):
            banner = Banner()
            self.banners.append(banner)
            self._layout.addWidget(banner)
        for position, banner in enumerate(self.banners):
            banner.setVisible(position < len(flags))
            if position < len(flags):
                flag = flags[position]
                banner.set_content(*_words(flag))
        self.setVisible(bool(flags))


def _words(flag: RedFlag) -> tuple[BannerTone, str, str]:
    tone = _TONES[flag.urgency]
    if flag.urgency is Urgency.NOTICE:
        return (tone, "", f"{flag.title}: {flag.text}")
    return (tone, flag.title, flag.text)


class NomsForm(FormPage):
    """NOMS of one level; N and a letter go to a card, Y, N and 9 answer the question in focus."""

    tab = "noms"
    title = "NOMS"

    def __init__(
        self,
        session: CaseSession,
        picture: KeyImagePicture = no_picture,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(session, picture, parent)
        self.editor = NomsEditor(session, self)
        layout = column(self, spacing_px=6, edge_px=EDGE_PX)
        self.head = FormHead("NOMS", "one framework reading per level")
        self.banners = BannerStack()
        self.empty = Banner(BannerTone.NOTE, "", "No lesions yet. Press L over a lesion.")
        layout.addWidget(self.head)
        layout.addWidget(self.banners)
        layout.addWidget(self.empty)
        self._body = QWidget()
        layout.addWidget(self._body)
        layout.addStretch(1)
        self.neurologic = NeurologicCard(self.editor)
        self.oncologic = OncologicCard(self.editor)
        self.mechanical = MechanicalCard(self.editor)
        self.systemic = SystemicCard(self.editor)
        self.attribute = TextButton("Attribute the deficit", icon="split")
        self.trace = TracePath()
        self.outcome = OutcomeBox()
        self.missing = MissingList()
        self.notes = SideNotes()
        self.communication = CommunicationBox()
        self._fill_body()
        self._connect()

    def _fill_body(self) -> None:
        body = column(self._body, spacing_px=6)
        for card in self._cards().values():
            body.addWidget(card)
        body.addWidget(self.attribute, 0, Qt.AlignmentFlag.AlignLeft)
        for part in (self.trace, self.outcome, self.missing, self.notes, self.communication):
            body.addWidget(part)

    def _connect(self) -> None:
        self.attribute.clicked.connect(self._on_attribute)
        self.trace.node_pressed.connect(self.go_to_letter)
        self.missing.wanted.connect(self.go_to_letter)
        self.communication.given.connect(self.editor.communicated)
        self.communication.now_wanted.connect(self._on_now)

    def is_touched(self, old: Case, new: Case) -> bool:
        """Whether answers, facts, conus, key images, communication or status differ."""
        return (
            old.assessments is not new.assessments
            or old.neurologic is not new.neurologic
            or old.oncology is not new.oncology
            or old.systemic is not new.systemic
            or old.conus is not new.conus
            or old.key_images is not new.key_images
            or old.communication is not new.communication
            or old.lesions is not new.lesions
            or old.spines is not new.spines
            or old.status is not new.status
        )

    def chips(self, case: Case) -> Sequence[LevelChipView]:
        """Return the row of each level."""
        return chip_views(case)

    def state(self, case: Case) -> FormState:
        """Return whether every level has its row; an alert where none applies."""
        results = [noms_of(case, level) for level in case.levels_with_findings]
        if any(r.axes.neurologic is NeurologicAxis.DISCORDANT for r in results):
            return FormState.ALERT
        if results and not any(result.missing for result in results):
            return FormState.COMPLETE
        started = any(_open_letters(result) < 4 for result in results)
        return FormState.PARTLY if started else FormState.EMPTY

    def first_keys(self) -> str:
        """Return N: a letter after it goes to its card."""
        return "N"

    def take_key(self, key: str) -> bool:
        """Go to a card by its letter after N; 9 and Backspace answer the bar in focus."""
        if len(key) == 2 and key[0] == "N" and key[1] in "NOMS":
            self.go_to_letter(key[1])
            return True
        values = {"9": UNKNOWN, "Backspace": NOT_ASSESSED}
        bar = next((bar for bar in self._bars() if bar.has_keyboard), None)
        if bar is None or key not in values or not self.editable:
            return False
        self._bars()[bar](values[key].value)
        return True

    def _bars(self) -> dict[SegmentedChoice, Callable[[str], None]]:
        return {
            self.neurologic.choice: self.editor.neurologic_choice,
            self.mechanical.surgeon: self.editor.surgeon,
            self.systemic.tolerates: self.editor.systemic,
        }

    def reveal(self, field: str) -> None:
        """Go to the first letter that is missing, or to the communication."""
        case, level = self._session.case, self.level
        if field == "report.communication":
            self.communication.to_whom.setFocus(Qt.FocusReason.TabFocusReason)
            self.focus_moved.emit(self.communication)
        elif case is not None and level is not None:
            missing = noms_of(case, level).missing
            self.go_to_letter(missing[0] if missing and missing[0] in "NOMS" else "O")

    def go_to_letter(self, letter: str) -> None:
        """Put the keyboard on the first control of a card."""
        card = self._cards()[letter]
        targets: dict[str, QWidget] = {
            "N": self.neurologic.myelopathy.buttons[0],
            "O": self.oncologic.histology,
            "M": self.mechanical.surgeon.buttons[0],
            "S": self.systemic.tolerates.buttons[0],
        }
        targets[letter].setFocus(Qt.FocusReason.TabFocusReason)
        self.focus_moved.emit(card)

    def refresh(self) -> None:
        """Show the present level."""
        case, level = self._session.case, self.level
        self._body.setVisible(level is not None)
        self.empty.setVisible(level is None)
        if case is None or level is None:
            self.head.title.setText("NOMS")
            self.banners.set_flags(())
            return
        result = noms_of(case, level)
        numbers = [str(item.number) for item in case.lesions if level in item.levels]
        word = "lesion" if len(numbers) == 1 else "lesions"
        lesions = f"  {word} {', '.join(numbers)}" if numbers else ""
        self.head.title.setText(f"NOMS for {level}{lesions}")
        flags = red_flags_of(case)
        self._show_banners(flags, level, result)
        for card in self._cards().values():
            card.set_view(case, level, result, editable=self.editable)
        self._show_attribution(case, level, result)
        self.trace.set_view(trace_view(result))
        self.outcome.set_result(result)
        self.missing.set_missing(result.missing)
        self.notes.set_notes(result.notes)
        required = any(flag.needs_communication for flag in flags)
        self.communication.setVisible(required or case.communication is not None)
        self.communication.set_view(case.communication, required=required, editable=self.editable)

    def _cards(self) -> dict[str, NeurologicCard | OncologicCard | MechanicalCard | SystemicCard]:
        return {
            "N": self.neurologic,
            "O": self.oncologic,
            "M": self.mechanical,
            "S": self.systemic,
        }

    def _show_banners(
        self, flags: Sequence[RedFlag], level: VertebralLevel, result: NomsResult
    ) -> None:
        shown = list(flags)
        if result.axes.neurologic is NeurologicAxis.DISCORDANT:
            title = _DISCORDANT.title.format(level=level)
            loud = [flag for flag in shown if flag.urgency is Urgency.EMERGENCY]
            shown.insert(
                len(loud),
                RedFlag(
                    code=_DISCORDANT.code,
                    urgency=_DISCORDANT.urgency,
                    title=title,
                    text=_DISCORDANT.text,
                    needs_communication=False,
                ),
            )
        self.banners.set_flags(shown)

    def _show_attribution(self, case: Case, level: VertebralLevel, result: NomsResult) -> None:
        discordant = result.axes.neurologic is NeurologicAxis.DISCORDANT
        other = worse_level(case, level)
        shown = discordant and other is not None
        self.attribute.setVisible(shown)
        self.attribute.setEnabled(self.editable)
        if other is not None:
            words = f"Attribute the deficit to {other}"
            self.attribute.setText(words)
            self.attribute.describe(words, f"Sets N at {level} to low; both are printed")
            self.attribute.updateGeometry()

    def _on_attribute(self) -> None:
        case, level = self._session.case, self.level
        other = worse_level(case, level) if case is not None and level is not None else None
        if other is not None:
            self.editor.attribute(other, f"ESCC is higher at {other}.")

    def _on_now(self) -> None:
        self.communication.set_time(self._session.now())


def _open_letters(result: NomsResult) -> int:
    return sum(len(name) == 1 for name in result.missing)


__all__ = ["AxisCard", "BannerStack", "NomsForm"]
