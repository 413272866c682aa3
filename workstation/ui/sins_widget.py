"""The SINS form: six components, one open at a time, and the total below."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from workstation.app.session import CaseSession
from workstation.domain.case import Case
from workstation.domain.grading import index_level_of, sins_of
from workstation.domain.sins import SinsResult
from workstation.domain.sins_options import (
    SinsAnswers,
    SinsComponent,
    SinsOption,
    has_costovertebral_joint,
)
from workstation.domain.sins_texts import CATEGORY_TITLES
from workstation.domain.spine import VertebralLevel
from workstation.ui.components.banner import Banner, BannerTone, Remark
from workstation.ui.components.evidence import KeyImagePicture
from workstation.ui.components.item_row import ItemRow
from workstation.ui.components.labels import FormHead
from workstation.ui.components.level_strip import LevelChipView
from workstation.ui.components.marks import FormState, category_mark
from workstation.ui.components.score_bar import ScoreView
from workstation.ui.form_binding import EDGE_PX, FormPage, column, evidence_for, no_picture
from workstation.ui.sins_widget_card import CardView, SinsCard, option_title
from workstation.ui.sins_widget_editing import SinsEditor, location_by_hand, proposed_option
from workstation.ui.sins_widget_foot import SinsFoot
from workstation.ui.sins_widget_view import (
    FLAG_COMPONENTS,
    ITEM_KEYS,
    field_name,
    item_view,
    parts_words,
    tile_states,
)

_COMPONENT_OF = {key: component for component, key in ITEM_KEYS.items()}


class SinsForm(FormPage):
    """SINS of one level.

    Digits choose the option with that many points in the open component, 9 is unknown, Backspace
    takes the answer away, S and a number open a component, Tab goes to the next one.
    """

    tab = "sins"
    title = "SINS"

    def __init__(
        self,
        session: CaseSession,
        picture: KeyImagePicture = no_picture,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(session, picture, parent)
        self._open: SinsComponent | None = None
        self._settling = False
        self._rows: dict[SinsComponent, ItemRow] = {}
        self._cards: dict[SinsComponent, SinsCard] = {}
        self._editors: dict[SinsComponent, SinsEditor] = {}
        self._layout = column(self, spacing_px=0, edge_px=EDGE_PX)
        self.head = FormHead("Spinal Instability Neoplastic Score", "SINS 2010")
        self.refused = Banner(BannerTone.CAUTION)
        self.refused.hide()
        self.remarks = Remark()
        self.remarks.hide()
        self._layout.addWidget(self.head)
        self._layout.addSpacing(4)
        self._layout.addWidget(self.refused)
        self._slots: dict[SinsComponent, QWidget] = {}
        for component in SinsComponent:
            slot = QWidget()
            column(slot, spacing_px=0)
            self._slots[component] = slot
            self._layout.addWidget(slot)
        self._layout.addSpacing(8)
        self._layout.addWidget(self.remarks)
        self._layout.addStretch(1)
        self._sins_foot = SinsFoot()
        self.foot = self._sins_foot

    @property
    def open_component(self) -> SinsComponent | None:
        """The component that is open."""
        return self._open

    def card(self, component: SinsComponent) -> SinsCard | None:
        """Return the card of a component that was opened once, or None."""
        return self._cards.get(component)

    def row(self, component: SinsComponent) -> ItemRow:
        """Return the closed line of a component."""
        return self._rows[component]

    def is_touched(self, old: Case, new: Case) -> bool:
        """Whether answers, spine, key images or status differ."""
        return (
            old.assessments is not new.assessments
            or old.spines is not new.spines
            or old.key_images is not new.key_images
            or old.lesions is not new.lesions
            or old.status is not new.status
        )

    def chips(self, case: Case) -> Sequence[LevelChipView]:
        """Return total or range of each level."""
        index = index_level_of(case)
        return [_chip(sins_of(case, level), level is index) for level in case.levels_with_findings]

    def state(self, case: Case) -> FormState:
        """Return whether all, some or none of the levels are scored."""
        results = [sins_of(case, level) for level in case.levels_with_findings]
        if results and all(item.total is not None or item.refused for item in results):
            return FormState.COMPLETE
        answered = any(len(item.missing) < len(SinsComponent) - 1 for item in results)
        return FormState.PARTLY if answered else FormState.EMPTY

    def open(self, component: SinsComponent | None) -> None:
        """Open a component and close the one before; None closes all, as without a level."""
        level = self.level
        self._open = component = component if level is not None else None
        field = field_name(level, component) if level and component else ""
        self._session.change_view(focused_field=field)
        self.refresh()
        if component is not None:
            self._focus_card(self._cards[component])

    def reveal(self, field: str) -> None:
        """Open the component that a check names."""
        name = field.rsplit(".", 1)[-1]
        component = next((c for c in SinsComponent if c.value == name), SinsComponent.LOCATION)
        self.open(component)

    def first_keys(self) -> str:
        """Return S: a number after it opens a component."""
        return "S"

    def take_key(self, key: str) -> bool:
        """Answer, open or close by key; "S1" to "S6" open a component."""
        if key in _COMPONENT_OF and self.level is not None:
            self.open(_COMPONENT_OF[key])
            return True
        if self._open is None:
            return False
        if key == "Escape":
            component, self._open = self._open, None
            self.refresh()
            self._rows[component].setFocus(Qt.FocusReason.TabFocusReason)
            return True
        return self.editable and self._editors[self._open].take_key(key)

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Go from component to component with Tab."""
        components = list(SinsComponent)
        if self._settling:
            return False
        if self._open is None:
            return super().focusNextPrevChild(forward)
        position = components.index(self._open) + (1 if forward else -1)
        if not 0 <= position < len(components):
            return super().focusNextPrevChild(forward)
        self.open(components[position])
        return True

    def refresh(self) -> None:
        """Show the answers of the present level."""
        case, level = self._session.case, self.level
        shown = case is not None and level is not None
        for slot in self._slots.values():
            slot.setVisible(shown)
        if case is None or level is None:
            self._show_empty()
            return
        result = sins_of(case, level)
        # Hiding the card with the focus makes Qt look for another field; that is not a Tab.
        self._settling = True
        for component in SinsComponent:
            self._refresh_component(case, level, component, result)
        self._settling = False
        self._refresh_head(result)
        self._sins_foot.set_result(result)

    def _show_empty(self) -> None:
        self.head.set_note("")
        self.refused.set_content(BannerTone.NOTE, "", "No lesions yet. Press L over a lesion.")
        self.refused.show()
        self.remarks.hide()
        self._sins_foot.set_result(None)

    def _refresh_component(
        self, case: Case, level: VertebralLevel, component: SinsComponent, result: SinsResult
    ) -> None:
        view = item_view(case, level, component, result)
        slot = self._slots[component]
        layout = slot.layout()
        row = self._rows.get(component)
        if row is None:
            row = self._rows[component] = ItemRow(view)
            row.opened.connect(self._on_opened)
            if layout is not None:
                layout.addWidget(row)
        row.set_view(view)
        is_open = component is self._open
        row.setVisible(not is_open)
        if is_open:
            card_view = self._card_view(case, level, component, result)
            card = self._cards.get(component)
            if card is None:
                card = self._build_card(component, card_view)
                if layout is not None:
                    layout.addWidget(card)
            card.set_view(card_view)
            card.show()
        elif component in self._cards:
            self._cards[component].hide()

    def _card_view(
        self, case: Case, level: VertebralLevel, component: SinsComponent, result: SinsResult
    ) -> CardView:
        answers = case.assessment(level).sins
        given = result.components.get(component)
        proposed = proposed_option(case, level, component, answers)
        here = tuple(f.text for f in result.flags if FLAG_COMPONENTS.get(f.code) is component)
        derived = component is SinsComponent.LOCATION and not location_by_hand(case, level)
        return CardView(
            item=item_view(case, level, component, result),
            tiles=tile_states(component, answers, given, derived=derived, proposed=proposed),
            answer=given.answer if given else getattr(answers, component.value),
            answers=answers,
            images=evidence_for(case, field_name(level, component)),
            remarks=here,
            suggestion=_suggestion(component, answers, proposed),
            has_ribs=has_costovertebral_joint(level),
            derived=derived,
            editable=self.editable,
        )

    def _build_card(self, component: SinsComponent, view: CardView) -> SinsCard:
        card = SinsCard(component, view, self._picture)
        self._cards[component] = card
        editor = SinsEditor(self._session, component, card)
        card.chosen.connect(editor.choose)
        card.missing_picked.connect(editor.answer)
        card.context_toggled.connect(editor.toggle_context)
        card.side_toggled.connect(editor.toggle_side)
        card.source_typed.connect(editor.set_source)
        card.suggestion_accepted.connect(editor.accept)
        self._editors[component] = editor
        card.closed.connect(self._on_closed)
        card.evidence_activated.connect(self.evidence_activated)
        card.attach_requested.connect(self._on_attach)
        return card

    def _focus_card(self, card: SinsCard) -> None:
        tiles = card.tiles.tiles
        able = [tile for tile in tiles if tile.isEnabled()]
        chosen = next((tile for tile in able if tile.isChecked()), able[0] if able else None)
        target: QWidget = chosen or card.head
        target.setFocus(Qt.FocusReason.TabFocusReason)
        self.focus_moved.emit(card)

    def _refresh_head(self, result: SinsResult) -> None:
        answered = len(SinsComponent) - len(result.missing)
        complete = not result.missing
        note = "SINS 2010 · published options"
        self.head.set_note(
            note if complete else f"{answered} of {len(SinsComponent)} answered",
            "muted" if complete else "caution",
        )
        self.refused.setVisible(result.refused is not None)
        if result.refused is not None:
            self.refused.set_content(BannerTone.CAUTION, "", result.refused)
        rest = [flag.text for flag in result.flags if flag.code not in FLAG_COMPONENTS]
        rest = [text for text in rest if text != result.refused]
        self.remarks.setVisible(bool(rest))
        self.remarks.set_content("\n".join(rest))

    def _on_opened(self, key: str) -> None:
        self.open(_COMPONENT_OF[key])

    def _on_closed(self) -> None:
        self.take_key("Escape")

    def _on_attach(self) -> None:
        if self._open is not None and self.level is not None:
            self.attach_requested.emit(field_name(self.level, self._open))


def _suggestion(
    component: SinsComponent, answers: SinsAnswers, proposed: SinsOption | None
) -> tuple[str, str, str] | None:
    if proposed is None:
        return None
    title = option_title(component, proposed)
    methods = {
        SinsComponent.COLLAPSE: "This level has no vertebral body. Convention S-08.",
        SinsComponent.LOCATION: "Lowest mobile or first fixed segment. Convention S-26.",
        SinsComponent.POSTEROLATERAL: f"{parts_words(answers).capitalize()} marked: "
        f"{title.lower()}?",
    }
    return (title, methods[component], f"Accept {title.lower()}")


def _chip(result: SinsResult, is_index: bool) -> LevelChipView:
    view = ScoreView(minimum=result.minimum, maximum=result.maximum)
    mark, token = category_mark(result.category)
    words = "not computed" if result.minimum is None else f"SINS {view.words}"
    category = CATEGORY_TITLES[result.category].lower() if result.category else "incomplete"
    return LevelChipView(
        level=result.level,
        value=view.words,
        mark=mark,
        token=token,
        is_index=is_index,
        words=f"{words}, {category}",
    )
