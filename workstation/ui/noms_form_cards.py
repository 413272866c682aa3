"""The four letters of NOMS as cards: each shows its value and takes what only people know."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from workstation.domain.answers import NOT_ASSESSED, UNKNOWN, Missing, YesNo
from workstation.domain.case import Case
from workstation.domain.clinical import (
    AisGrade,
    Ambulation,
    DeficitStatus,
    Ecog,
    Kps,
    PriorRadiation,
)
from workstation.domain.grading import escc_of, sins_of
from workstation.domain.noms import NomsResult
from workstation.domain.noms_table import (
    MechanicalAxis,
    NeurologicAxis,
    OncologicAxis,
    SystemicAxis,
)
from workstation.domain.radiosensitivity import HISTOLOGIES
from workstation.domain.sins import SinsCategory
from workstation.domain.spine import VertebralLevel
from workstation.ui.components.axis_card import AxisCard, InputRow, TextValue, YesNoChoice
from workstation.ui.components.banner import Remark
from workstation.ui.components.choices import ChipSet, Choice, SegmentedChoice
from workstation.ui.components.controls import TextButton
from workstation.ui.components.evidence import EvidenceState
from workstation.ui.components.fields import ChoiceList, TextField
from workstation.ui.form_binding import evidence_for
from workstation.ui.noms_form_editing import DEFICITS, NomsEditor
from workstation.ui.noms_form_view import (
    escc_line,
    mechanical_word,
    neurologic_word,
    oncologic_word,
    sins_line,
    systemic_word,
)

_DEFICIT_WORDS = {
    "weakness": "Weakness",
    "gait_loss": "Gait loss",
    "sensory": "Sensory",
    "sphincter": "Sphincter",
}
_AMBULATION_WORDS = {
    Ambulation.INDEPENDENT: "Walks independently",
    Ambulation.WITH_AID: "Walks with an aid",
    Ambulation.NOT_AMBULATORY: "Does not walk",
}


def _person(row: InputRow, answer: object, who: str) -> None:
    stated = answer is not NOT_ASSESSED
    row.set_source(EvidenceState.PERSON if stated else EvidenceState.NONE, who if stated else "")


class NeurologicCard(AxisCard):
    """N: ESCC, myelopathy, radiculopathy, deficits and who stated them."""

    def __init__(self, editor: NomsEditor, parent: QWidget | None = None) -> None:
        super().__init__("N", "Neurologic", parent)
        self._editor = editor
        self._since = ""
        self.escc = TextValue()
        self.myelopathy = YesNoChoice("Myelopathy")
        self.radiculopathy = YesNoChoice("Functional radiculopathy")
        self.cauda = YesNoChoice("Cauda equina symptoms")
        choices = [Choice(value="none", text="None", tip="No new deficit at all")]
        tip = "Press again: new, progressive, stable, not assessed"
        choices += [Choice(value=n, text=_DEFICIT_WORDS[n], tip=tip) for n in DEFICITS]
        self.deficits = ChipSet("Deficit", choices, gap_px=4)
        levels = [
            Choice(value=NeurologicAxis.LOW.value, text="Low"),
            Choice(value=NeurologicAxis.HIGH.value, text="High"),
        ]
        self.choice = SegmentedChoice("Clinician chooses N", levels)
        self.stated_by = TextField("Neurology stated by", hint="Stated by")
        self.since = TextField("Deficit since, hours", hint="since, h", limit=8, width_px=68)
        self.walk = ChoiceList("Walking", {a.value: t for a, t in _AMBULATION_WORDS.items()})
        self.ais = ChoiceList("AIS as stated", {a.value: _ais_words(a) for a in AisGrade})
        self.refusal = _refusal()
        self._rows()
        self._connect()

    def _rows(self) -> None:
        self.escc_row = InputRow("ESCC", self.escc)
        self.choice_row = InputRow("Below the conus: clinician chooses", self.choice)
        self.myelopathy_row = InputRow("Myelopathy", self.myelopathy)
        self.radiculopathy_row = InputRow("Radiculopathy", self.radiculopathy)
        self.radiculopathy_row.name.setToolTip("Functional radiculopathy is recorded, sets no N")
        self.cauda_row = InputRow("Cauda equina symptoms", self.cauda)
        self.deficit_row = InputRow("Deficit", self.deficits, stretch=True)
        self.deficit_row.name.setMinimumWidth(42)
        self.walk_row = InputRow("Walking", self.walk, stretch=True)
        self.ais_row = InputRow("AIS", self.ais, stretch=True)
        stated = QWidget()
        line = QHBoxLayout(stated)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(self.since)
        line.addWidget(self.stated_by)
        self.stated_row = InputRow("Stated", stated, stretch=True)
        for row in (
            self.escc_row,
            self.choice_row,
            self.myelopathy_row,
            self.radiculopathy_row,
            self.cauda_row,
            self.deficit_row,
            self.walk_row,
            self.ais_row,
            self.stated_row,
            self.refusal,
        ):
            self.rows.addWidget(row)

    def _connect(self) -> None:
        editor = self._editor
        self.myelopathy.picked.connect(editor.myelopathy)
        self.radiculopathy.picked.connect(editor.radiculopathy)
        self.cauda.picked.connect(editor.cauda_symptoms)
        self.deficits.picked.connect(editor.deficit)
        self.choice.picked.connect(editor.neurologic_choice)
        self.stated_by.given.connect(editor.stated_by)
        self.since.given.connect(editor.since_hours)
        editor.refused.connect(self._on_refused)
        self.walk.given.connect(self._on_walk)
        self.ais.given.connect(self._on_ais)

    def set_view(
        self, case: Case, level: VertebralLevel, result: NomsResult, *, editable: bool
    ) -> None:
        """Show N of a level and what was stated about the patient."""
        facts = case.neurologic
        self.set_value(*neurologic_word(result))
        self.escc.setText(escc_line(case, level))
        proven = bool(evidence_for(case, f"escc.{level}"))
        self.escc_row.set_source(EvidenceState.IMAGE if proven else EvidenceState.NONE)
        below = escc_of(case, level).below_conus
        self.choice_row.setVisible(below)
        self.cauda_row.setVisible(below or facts.cauda_equina_symptoms is not NOT_ASSESSED)
        chosen = case.assessment(level).noms.clinician_neurologic
        self.choice.set_value(chosen.value)
        pairs = (
            (self.myelopathy_row, self.myelopathy, facts.myelopathy),
            (self.radiculopathy_row, self.radiculopathy, facts.functional_radiculopathy),
            (self.cauda_row, self.cauda, facts.cauda_equina_symptoms),
        )
        for row, bar, answer in pairs:
            bar.set_value(answer.value)
            bar.setEnabled(editable)
            _person(row, answer, facts.stated_by)
        self._show_deficits(case)
        self.stated_by.show_text(facts.stated_by)
        self._since = number_words(facts.deficit_since_hours)
        self.since.show_text(self._since)
        self.walk.show_value(facts.ambulation)
        self.ais.show_value(facts.ais)
        _person(self.walk_row, facts.ambulation, facts.stated_by)
        _person(self.ais_row, facts.ais, facts.stated_by)
        for control in (self.deficits, self.choice, self.stated_by, self.since):
            control.setEnabled(editable)
        self.walk.setEnabled(editable)
        self.ais.setEnabled(editable)

    def _show_deficits(self, case: Case) -> None:
        states = {name: getattr(case.neurologic, name) for name in DEFICITS}
        for name, state in states.items():
            self._name_deficit(name, state)
        present = [name for name, state in states.items() if _is_deficit(state)]
        denied = all(state is DeficitStatus.NONE for state in states.values())
        self.deficits.set_values(["none"] if denied else present)
        answered = any(not isinstance(state, Missing) for state in states.values())
        who = case.neurologic.stated_by
        _person(self.deficit_row, YesNo.YES if answered else NOT_ASSESSED, who)

    def _name_deficit(self, name: str, state: DeficitStatus | Missing) -> None:
        button = self.deficits.button(name)
        if button is not None:
            course = f": {state.value}" if _is_deficit(state) else ""
            words = _DEFICIT_WORDS[name] + course
            button.setText(words)
            button.describe(f"Deficit: {words}", button.choice.tip)

    def _on_refused(self, field: str, reason: str) -> None:
        if field == "since":
            _tell(self.refusal, reason)
            if reason:
                self.since.put_back(self._since)

    def _on_walk(self, value: object) -> None:
        self._editor.scale("ambulation", value)

    def _on_ais(self, value: object) -> None:
        self._editor.scale("ais", value)


def number_words(value: object) -> str:
    """Return a number as it is typed; empty while it is missing."""
    if isinstance(value, Missing):
        return ""
    return f"{value:g}" if isinstance(value, float) else str(value)


def _refusal() -> Remark:
    remark = Remark(icon="circle-alert", token="caution")
    remark.hide()
    return remark


def _tell(remark: Remark, reason: str) -> None:
    remark.set_content(reason, "circle-alert", "caution")
    remark.setVisible(bool(reason))


def _is_deficit(state: DeficitStatus | Missing) -> bool:
    return not isinstance(state, Missing) and state is not DeficitStatus.NONE


def _ais_words(grade: AisGrade) -> str:
    if grade is AisGrade.INTACT:
        return "Intact, never a deficit"
    return f"AIS {grade.value}"


class OncologicCard(AxisCard):
    """O: histology, own choice with its reason, prior radiation, targeted therapy."""

    def __init__(self, editor: NomsEditor, parent: QWidget | None = None) -> None:
        super().__init__("O", "Oncologic", parent)
        self._editor = editor
        self._pending = ""
        self._course: tuple[tuple[TextField, str], ...] = ()
        titles = {histology.value: entry.title for histology, entry in HISTOLOGIES.items()}
        self.histology = ChoiceList("Histology", titles)
        self.default = Remark(icon="info")
        self.override = SegmentedChoice(
            "Own choice",
            [
                Choice(value=OncologicAxis.SENSITIVE.value, text="Sensitive"),
                Choice(value=OncologicAxis.RESISTANT.value, text="Resistant"),
            ],
        )
        self.reason = TextField("Reason of the own choice", hint="Reason, printed", limit=200)
        self.reset = TextButton("Use the list", kind="flat")
        self.refusal = Remark(icon="circle-alert", token="caution")
        self.radiation = YesNoChoice("Prior radiation at this level")
        self.dose = TextField("Dose, Gy", hint="Gy", limit=8, width_px=48)
        self.fractions = TextField("Number of fractions", hint="fract.", limit=4, width_px=56)
        self.date = TextField("Date of the last fraction", hint="YYYY-MM-DD", limit=10)
        self.course_refusal = _refusal()
        self.targeted = YesNoChoice("Effective targeted therapy")
        self._rows()
        self._connect()

    def _rows(self) -> None:
        self.histology_row = InputRow("Histology", self.histology, stretch=True)
        self.override_row = InputRow("Own choice", self.override)
        self.reason_row = InputRow("Reason", self.reason, stretch=True)
        self.radiation_row = InputRow("Prior radiation", self.radiation)
        course = QWidget()
        line = QHBoxLayout(course)
        line.setContentsMargins(0, 0, 0, 0)
        for field in (self.dose, self.fractions, self.date):
            line.addWidget(field)
        self.course_row = InputRow("Course", course, stretch=True)
        self.targeted_row = InputRow("Targeted therapy", self.targeted)
        for widget in (
            self.histology_row,
            self.default,
            self.override_row,
            self.reason_row,
            self.refusal,
            self.reset,
            self.radiation_row,
            self.course_row,
            self.course_refusal,
            self.targeted_row,
        ):
            self.rows.addWidget(widget)
        self.refusal.set_content("An own choice needs its reason.", "circle-alert", "caution")

    def _connect(self) -> None:
        editor = self._editor
        self.histology.given.connect(self._on_histology)
        self.override.picked.connect(self._on_override)
        self.reason.given.connect(self._on_reason)
        self.reset.clicked.connect(self._on_reset)
        self.radiation.picked.connect(editor.prior_radiation)
        for field in (self.dose, self.fractions, self.date):
            field.given.connect(self._on_course)
        editor.refused.connect(self._on_refused)
        self.targeted.picked.connect(editor.targeted)

    def set_view(
        self, case: Case, level: VertebralLevel, result: NomsResult, *, editable: bool
    ) -> None:
        """Show O of a level."""
        oncology, answers = case.oncology, case.assessment(level).noms
        self.set_value(*oncologic_word(result))
        self.histology.show_value(oncology.histology)
        words = _list_words(case)
        self.default.setVisible(bool(words))
        self.default.set_content(words)
        chosen = not isinstance(oncology.override, Missing)
        value = oncology.override.value if chosen else self._pending
        self.override.set_value(value)
        self.reason.show_text(oncology.override_reason)
        self.reason_row.setVisible(bool(value))
        self.refusal.setVisible(bool(self._pending) and not chosen)
        self.reset.setVisible(bool(value))
        self.radiation.set_value(answers.prior_radiation.value)
        self.radiation_row.name.setText(f"Prior radiation at {level}")
        self.course_row.setVisible(answers.prior_radiation is YesNo.YES)
        self._show_course(case, level)
        self.targeted.set_value(oncology.targeted_option.value)
        _person(self.histology_row, oncology.histology, "")
        _person(self.override_row, oncology.override, oncology.override_reason)
        _person(self.radiation_row, answers.prior_radiation, "")
        _person(self.targeted_row, oncology.targeted_option, "")
        for control in (self.override, self.radiation, self.targeted, self.reason, self.reset):
            control.setEnabled(editable)
        for field in (self.histology, self.dose, self.fractions, self.date):
            field.setEnabled(editable)

    def _show_course(self, case: Case, level: VertebralLevel) -> None:
        course = case.assessment(level).noms.radiation or PriorRadiation(level=level)
        self._course = tuple(
            (field, number_words(value))
            for field, value in (
                (self.dose, course.dose_gy),
                (self.fractions, course.fractions),
                (self.date, course.date),
            )
        )
        for field, words in self._course:
            field.show_text(words)
        if case.assessment(level).noms.prior_radiation is not YesNo.YES:
            _tell(self.course_refusal, "")

    def _on_histology(self, value: object) -> None:
        self._pending = ""
        self._editor.histology(value)

    def _on_override(self, value: str) -> None:
        reason = self.reason.text().strip()
        self._pending = value
        if reason and self._editor.override(value, reason):
            self._pending = ""
            return
        self.override.set_value(value)
        self.reason_row.show()
        self.refusal.show()
        self.reset.show()
        self.reason.setFocus(Qt.FocusReason.OtherFocusReason)

    def _on_reason(self, text: str) -> None:
        value = self._pending or self.override.value
        if text and value and self._editor.override(value, text):
            self._pending = ""

    def _on_reset(self) -> None:
        self._pending = ""
        self.reason.setText("")
        for widget in (self.reason_row, self.refusal, self.reset):
            widget.hide()
        self.override.set_value("")
        self._editor.clear_override()

    def _on_course(self, text: str) -> None:
        self._editor.radiation(self.dose.text(), self.fractions.text(), self.date.text())

    def _on_refused(self, field: str, reason: str) -> None:
        if field == "course":
            _tell(self.course_refusal, reason)
            for typed, recorded in self._course if reason else ():
                typed.put_back(recorded)


def _list_words(case: Case) -> str:
    """Return what the list says about the histology and who sees it differently."""
    histology = case.oncology.histology
    if isinstance(histology, Missing):
        return ""
    entry = HISTOLOGIES[histology]
    if entry.default is None:
        first = "Not in the NOMS list: choose sensitive or resistant."
    else:
        words = "sensitive" if entry.default is OncologicAxis.SENSITIVE else "resistant"
        first = f"Default list: {words}."
    views = f" Sources differ: {' '.join(entry.conflicts)}" if entry.conflicts else ""
    return first + views


class MechanicalCard(AxisCard):
    """M: SINS, and the surgeon's word where nothing is mapped automatically."""

    def __init__(self, editor: NomsEditor, parent: QWidget | None = None) -> None:
        super().__init__("M", "Mechanical", parent)
        self.sins = TextValue()
        self.surgeon = SegmentedChoice(
            "Surgeon says",
            [
                Choice(value=MechanicalAxis.STABLE.value, text="Stable"),
                Choice(value=MechanicalAxis.UNSTABLE.value, text="Unstable"),
                Choice(value=UNKNOWN.value, text="Undecided", key="9"),
            ],
        )
        self.surgeon.picked.connect(editor.surgeon)
        self.sins_row = InputRow("SINS", self.sins)
        self.surgeon_row = InputRow("Surgeon says", self.surgeon)
        self.rows.addWidget(self.sins_row)
        self.rows.addWidget(self.surgeon_row)

    def set_view(
        self, case: Case, level: VertebralLevel, result: NomsResult, *, editable: bool
    ) -> None:
        """Show M of a level."""
        self.set_value(*mechanical_word(result))
        sins = sins_of(case, level)
        says = case.assessment(level).noms.surgeon_says
        middle = sins.category is SinsCategory.POTENTIALLY_UNSTABLE
        words = sins_line(sins)
        self.sins.setText(f"{words}, not auto-mapped" if middle else words)
        proven = any(f.startswith(f"sins.{level}.") for i in case.key_images for f in i.proves)
        self.sins_row.set_source(EvidenceState.IMAGE if proven else EvidenceState.NONE)
        asked = middle or sins.category is None or says is not NOT_ASSESSED
        self.surgeon_row.setVisible(asked)
        self.surgeon.set_value(says.value)
        self.surgeon.setEnabled(editable)
        _person(self.surgeon_row, says, "")


class SystemicCard(AxisCard):
    """S: whether the patient tolerates the surgery in question; no score decides it."""

    scale_given = Signal(str, object)

    def __init__(self, editor: NomsEditor, parent: QWidget | None = None) -> None:
        super().__init__("S", "Systemic", parent)
        self._editor = editor
        self.tolerates = SegmentedChoice(
            "Tolerates the surgery in question",
            [
                Choice(value=SystemicAxis.ABLE.value, text="Able"),
                Choice(value=SystemicAxis.UNABLE.value, text="Unable"),
                Choice(value=UNKNOWN.value, text="Unknown", key="9"),
            ],
        )
        self.tolerates.picked.connect(editor.systemic)
        self.kps = ChoiceList("KPS", {str(k.value): f"KPS {k.value}" for k in reversed(Kps)})
        self.ecog = ChoiceList("ECOG", {str(e.value): f"ECOG {e.value}" for e in Ecog})
        self.kps.given.connect(self._on_kps)
        self.ecog.given.connect(self._on_ecog)
        scales = QWidget()
        line = QHBoxLayout(scales)
        line.setContentsMargins(0, 0, 0, 0)
        line.addWidget(self.kps)
        line.addWidget(self.ecog)
        self.tolerates_row = InputRow("Tolerates surgery", self.tolerates)
        self.scale_row = InputRow("Status", scales, stretch=True)
        self.rows.addWidget(self.tolerates_row)
        self.rows.addWidget(self.scale_row)

    def set_view(
        self, case: Case, level: VertebralLevel, result: NomsResult, *, editable: bool
    ) -> None:
        """Show S of a level."""
        self.set_value(*systemic_word(result))
        systemic = case.assessment(level).noms.systemic
        self.tolerates.set_value(systemic.value)
        self.tolerates.setEnabled(editable)
        self.kps.show_value(case.systemic.kps)
        self.ecog.show_value(case.systemic.ecog)
        self.kps.setEnabled(editable)
        self.ecog.setEnabled(editable)
        _person(self.tolerates_row, systemic, "")
        stated = case.systemic.kps if case.systemic.kps is not NOT_ASSESSED else case.systemic.ecog
        _person(self.scale_row, stated, case.systemic.stated_by)

    def _on_kps(self, value: object) -> None:
        self._editor.scale("kps", value if isinstance(value, Missing) else int(str(value)))

    def _on_ecog(self, value: object) -> None:
        self._editor.scale("ecog", value if isinstance(value, Missing) else int(str(value)))
