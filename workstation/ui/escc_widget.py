"""The ESCC form: a strip of pictures and five questions, either way in, and the conus rule."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QVBoxLayout, QWidget

from workstation.app.session import CaseSession, ViewState
from workstation.domain.answers import NOT_ASSESSED, UNKNOWN, Missing, YesNo
from workstation.domain.case import Case
from workstation.domain.escc import (
    FLAG_SCREENING,
    NOTE_BLOCK,
    NOTE_MYELOGRAM,
    REFUSED_BELOW_CONUS,
    EsccResult,
)
from workstation.domain.escc_options import EsccAnswers, EsccModality, MyelogramBlock
from workstation.domain.escc_texts import MODALITY_TITLES
from workstation.domain.grading import escc_of, index_level_of
from workstation.domain.spine import VertebralLevel
from workstation.ui.components.banner import Banner, BannerTone, Remark
from workstation.ui.components.choices import Choice, SegmentedChoice
from workstation.ui.components.controls import TextButton
from workstation.ui.components.evidence import EvidenceRow, KeyImagePicture
from workstation.ui.components.labels import FormHead
from workstation.ui.components.level_strip import LevelChipView
from workstation.ui.components.marks import FormState
from workstation.ui.components.pictogram_tile import TileRow
from workstation.ui.components.question_row import QuestionRow
from workstation.ui.components.result_foot import FootPanel, ResultLine
from workstation.ui.components.value_pills import ValuePills
from workstation.ui.escc_widget_editing import EsccEditor
from workstation.ui.escc_widget_parts import CaudaEquinaPart, CausePosition, CtPart, LabeledLine
from workstation.ui.escc_widget_view import (
    CONUS_CHOICES,
    chip_view,
    consequence_words,
    grade_states,
    grade_tiles,
    question_views,
    result_words,
)
from workstation.ui.form_binding import EDGE_PX, FormPage, column, evidence_for, no_picture


class EsccFoot(FootPanel):
    """The sticky grade with its consequence."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.result = ResultLine()
        self.consequence = Remark()
        self.result.prefix.setText("ESCC")
        self.result.prefix.show()
        self.rows.addWidget(self.result)
        self.rows.addWidget(self.consequence)

    def set_result(self, result: EsccResult | None, answers: EsccAnswers | None) -> None:
        """Show a grade; None for no level."""
        if result is None or answers is None:
            self.result.set_result("–", "", [], "", "muted")
            self.consequence.hide()
            return
        value, word, tone = result_words(result, answers)
        self.result.set_result(value, "", [], "", tone)
        self.result.word.setText(word)
        self.result.word.set_tone("muted" if tone == "muted" else "")
        self.result.setAccessibleName(f"ESCC {value}, {word}")
        words, icon, token = consequence_words(result, answers)
        self.consequence.setVisible(bool(words))
        self.consequence.set_content(words, icon, token)


class EsccForm(FormPage):
    """ESCC of one level.

    0, 2 and 3 and the sequences 1 a, 1 b, 1 c choose a grade; Y and N answer the question in
    focus, 9 is unknown, Backspace takes the answer away. Below the conus digits choose the
    cauda equina descriptor.
    """

    tab = "escc"
    title = "ESCC"

    def __init__(
        self,
        session: CaseSession,
        picture: KeyImagePicture = no_picture,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(session, picture, parent)
        self.editor = EsccEditor(session, self)
        layout = column(self, spacing_px=8, edge_px=EDGE_PX)
        layout.addWidget(FormHead("Epidural cord compression", "Bilsky / ESCC 2010"))
        self.empty = Banner(BannerTone.NOTE, "", "No lesions yet. Press L over a lesion.")
        layout.addWidget(self.empty)
        self._body = QWidget()
        layout.addWidget(self._body)
        layout.addStretch(1)
        body = column(self._body, spacing_px=8)
        self._build_read_on(body)
        self._build_grades(body)
        self._build_rest(body)
        self._escc_foot = EsccFoot()
        self.foot = self._escc_foot
        self._connect()

    def _build_read_on(self, body: QVBoxLayout) -> None:
        choices = [Choice(value=m.value, text=title) for m, title in MODALITY_TITLES.items()]
        self.modality = SegmentedChoice("Read on", choices)
        levels = [Choice(value=level.value, text=level.value) for level in CONUS_CHOICES]
        levels.append(Choice(value=UNKNOWN.value, text="Not seen"))
        self.conus = SegmentedChoice("Conus ends at", levels)
        self._conus_line = LabeledLine("Conus ends at", self.conus)
        self.conus_folded = TextButton("Conus", kind="flat")
        self.note = Banner(BannerTone.NOTE)
        self.ct = CtPart()
        self._conus_open = False
        body.addWidget(LabeledLine("Read on", self.modality))
        body.addWidget(self._conus_line)
        body.addWidget(self.conus_folded)
        body.addWidget(self.note)
        body.addWidget(self.ct)

    def _build_grades(self, body: QVBoxLayout) -> None:
        self.grades = TileRow(grade_tiles(), picture_px=64, gap_px=3)
        self.refusal = Banner(BannerTone.CAUTION)
        self.refusal.hide()
        self._question_box = QWidget()
        rows = column(self._question_box, spacing_px=0)
        self.questions = []
        for view in question_views(EsccAnswers(), editable=True):
            row = QuestionRow(view)
            row.answered.connect(self.editor.question)
            self.questions.append(row)
            rows.addWidget(row)
        self.cauda = CaudaEquinaPart()
        body.addWidget(self.grades)
        body.addWidget(self._question_box)
        body.addWidget(self.refusal)
        body.addWidget(self.cauda)

    def _build_rest(self, body: QVBoxLayout) -> None:
        self.cause = CausePosition()
        self.pills = ValuePills("ESCC")
        self.evidence = EvidenceRow(self._picture, trailing=self.pills)
        body.addWidget(self.cause)
        body.addWidget(self.evidence)

    def _connect(self) -> None:
        editor = self.editor
        self.modality.picked.connect(editor.modality)
        self.conus.picked.connect(self._on_conus_picked)
        self.conus_folded.clicked.connect(self._on_conus_unfolded)
        self.ct.block_picked.connect(editor.block)
        self.ct.block_level_picked.connect(editor.block_level)
        self.ct.screening_picked.connect(editor.screening)
        self.grades.chosen.connect(editor.grade)
        self.cauda.chosen.connect(editor.cauda)
        self.cauda.foramen_toggled.connect(editor.foramen)
        self.cause.cause_picked.connect(editor.cause)
        self.cause.position_toggled.connect(editor.position)
        self.pills.picked.connect(self._on_missing_picked)
        self.evidence.activated.connect(self.evidence_activated)
        self.evidence.attach_requested.connect(self._on_attach)
        editor.refused.connect(self._on_refused)

    def is_touched(self, old: Case, new: Case) -> bool:
        """Whether answers, conus, key images or status differ."""
        return (
            old.assessments is not new.assessments
            or old.conus is not new.conus
            or old.key_images is not new.key_images
            or old.lesions is not new.lesions
            or old.status is not new.status
        )

    def chips(self, case: Case) -> Sequence[LevelChipView]:
        """Return the grade of each level; the index level is the one of the case."""
        index = index_level_of(case)
        return [
            LevelChipView(
                level=view.level,
                value=view.value,
                mark=view.mark,
                token=view.token,
                is_index=view.level is index,
                words=view.words,
            )
            for level in case.levels_with_findings
            if (view := chip_view(level, escc_of(case, level), case.assessment(level).escc))
        ]

    def state(self, case: Case) -> FormState:
        """Return whether all, some or none of the levels are graded."""
        graded = [self._is_graded(case, level) for level in case.levels_with_findings]
        if graded and all(graded):
            return FormState.COMPLETE
        return FormState.PARTLY if any(graded) else FormState.EMPTY

    def first_keys(self) -> str:
        """Return 1: a letter after it chooses the grade; below the conus digits stand alone."""
        return "" if self._below_conus() else "1"

    def take_key(self, key: str) -> bool:
        """Choose a grade by key."""
        if self.level is None or not self.editable:
            return False
        if self._below_conus():
            return self._take_cauda_key(key)
        grade = key.lower()
        if grade in ("0", "1a", "1b", "1c", "2", "3"):
            self.editor.grade(grade)
            return True
        if key in ("9", "Backspace"):
            self.editor.missing(UNKNOWN if key == "9" else NOT_ASSESSED)
            return True
        return False

    def reveal(self, field: str) -> None:
        """Put the keyboard on the conus or on the first question without an answer."""
        if field == "escc.conus":
            self._conus_open = True
            self.refresh()
            self.conus.buttons[0].setFocus(Qt.FocusReason.TabFocusReason)
            return
        row = next((row for row in self.questions if isinstance(row.view.answer, Missing)), None)
        target = row or self.questions[0]
        target.setFocus(Qt.FocusReason.TabFocusReason)
        self.focus_moved.emit(target)

    def refresh(self) -> None:
        """Show the answers of the present level."""
        case, level = self._session.case, self.level
        self._body.setVisible(case is not None and level is not None)
        self.empty.setVisible(level is None)
        if case is None or level is None:
            self._escc_foot.set_result(None, None)
            return
        answers = case.assessment(level).escc
        result = escc_of(case, level)
        self._refresh_read_on(case, level, answers, result)
        self._refresh_grades(answers, result)
        self.cause.set_view(answers, with_cause=not result.below_conus, editable=self.editable)
        self._refresh_pills(answers, result)
        self.evidence.set_images(evidence_for(case, f"escc.{level}"))
        self.evidence.set_editable(self.editable)
        self._escc_foot.set_result(result, answers)

    def _refresh_read_on(
        self, case: Case, level: VertebralLevel, answers: EsccAnswers, result: EsccResult
    ) -> None:
        self.modality.set_value(answers.modality.value)
        self.modality.setEnabled(self.editable)
        self.conus.set_value(case.conus.value)
        self.conus.setEnabled(self.editable)
        asked = level.order >= VertebralLevel.T11.order
        unfolded = asked and (case.conus is NOT_ASSESSED or result.below_conus or self._conus_open)
        self._conus_line.setVisible(unfolded)
        self.conus_folded.setVisible(asked and not unfolded)
        words = "not seen" if case.conus is UNKNOWN else f"ends at {case.conus}"
        self.conus_folded.setText(f"Conus {words} · Change")
        self.conus_folded.describe(f"Conus {words}", "Change where the conus ends")
        self.conus_folded.updateGeometry()
        self.ct.set_view(answers, level, editable=self.editable)
        tone, title, text = _note(level, answers, result)
        self.note.setVisible(bool(text))
        self.note.set_content(tone, title, text)

    def _refresh_grades(self, answers: EsccAnswers, result: EsccResult) -> None:
        self.grades.set_states(grade_states(result))
        self.grades.set_editable(self.editable)
        self._question_box.setVisible(not result.below_conus)
        views = question_views(answers, editable=self.editable)
        for row, view in zip(self.questions, views, strict=True):
            row.set_view(view)
        self.cauda.setVisible(result.below_conus)
        self.cauda.set_view(answers, editable=self.editable)

    def _refresh_pills(self, answers: EsccAnswers, result: EsccResult) -> None:
        self.pills.set_editable(self.editable)
        if result.below_conus and result.grade is None:
            self.pills.set_value(answers.cauda_equina)
            return
        unknown = result.grade is None and UNKNOWN in answers.questions
        untouched = all(reply is NOT_ASSESSED for reply in answers.questions)
        value = UNKNOWN if unknown else NOT_ASSESSED if untouched else YesNo.YES
        self.pills.set_value(value)

    def _take_cauda_key(self, key: str) -> bool:
        if key in "01234" and key:
            self.editor.cauda(key)
        elif key == "F":
            case, level = self._session.case, self.level
            if case is not None and level is not None:
                answers = case.assessment(level).escc
                # One key walks none, right, both, left; the chips show each step.
                self.editor.foramen("R" if answers.foraminal_right == answers.foraminal_left
                                    else "L")  # fmt: skip
        elif key in ("9", "Backspace"):
            self.editor.cauda_missing(UNKNOWN if key == "9" else NOT_ASSESSED)
        else:
            return False
        return True

    def _below_conus(self) -> bool:
        case, level = self._session.case, self.level
        return case is not None and level is not None and escc_of(case, level).below_conus

    def _is_graded(self, case: Case, level: VertebralLevel) -> bool:
        answers = case.assessment(level).escc
        result = escc_of(case, level)
        described = result.below_conus and not isinstance(answers.cauda_equina, Missing)
        return result.grade is not None or described

    def _on_view_changed(self, old: ViewState, new: ViewState) -> None:
        if old.active_level is not new.active_level:
            self._conus_open = False
            self.refusal.hide()
        super()._on_view_changed(old, new)

    def _on_conus_picked(self, value: str) -> None:
        self._conus_open = False
        self.editor.conus(value)

    def _on_conus_unfolded(self) -> None:
        self._conus_open = True
        self.refresh()

    def _on_missing_picked(self, value: Missing) -> None:
        if self._below_conus():
            self.editor.cauda_missing(value)
        else:
            self.editor.missing(value)

    def _on_refused(self, sentence: str) -> None:
        self.refusal.setVisible(bool(sentence))
        self.refusal.set_content(BannerTone.CAUTION, "", sentence)

    def _on_attach(self) -> None:
        if self.level is not None:
            self.attach_requested.emit(f"escc.{self.level}")


def _note(
    level: VertebralLevel, answers: EsccAnswers, result: EsccResult
) -> tuple[BannerTone, str, str]:
    """Return tone, title and text of the banner above the grades; no text for none."""
    if answers.modality is EsccModality.CT_SCREENING:
        text = "A CT grade is stored and printed with this line. NOMS does not use it."
        return (BannerTone.CAUTION, FLAG_SCREENING.text, text)
    if result.below_conus:
        title, _, text = REFUSED_BELOW_CONUS.format(level=level).partition(". ")
        return (BannerTone.INFO, title, text)
    if answers.modality is EsccModality.CT_MYELOGRAM:
        if answers.block is MyelogramBlock.COMPLETE:
            return (BannerTone.CAUTION, "", NOTE_BLOCK)
        return (BannerTone.NOTE, "", NOTE_MYELOGRAM)
    texts = [flag.text for flag in result.flags if flag.code == "CONUS_UNKNOWN"]
    return (BannerTone.CAUTION, "", texts[0] if texts else "")
