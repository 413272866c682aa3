"""The sticky SINS total: number or range, category, bar, and whether a surgeon is asked."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from workstation.domain.sins import MAXIMUM, SinsResult
from workstation.domain.sins_texts import CATEGORY_TITLES, CONSULT
from workstation.ui.components.banner import Remark
from workstation.ui.components.marks import category_mark
from workstation.ui.components.result_foot import FootPanel, ResultLine
from workstation.ui.components.score_bar import ScoreBar, ScoreView


class SinsFoot(FootPanel):
    """The result of the level that is shown."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.result = ResultLine()
        self.bar = ScoreBar()
        self.consult = Remark(icon="user-round")
        for part in (self.result, self.bar, self.consult):
            self.rows.addWidget(part)

    def set_result(self, result: SinsResult | None) -> None:
        """Show a result; None for no level."""
        if result is None or result.minimum is None:
            value = "–" if result is None else "Not computed"
            self.result.set_result(value, "", [], "", "muted")
            self.result.note.setText("")
            self.bar.hide()
            self.consult.hide()
            return
        view = ScoreView(
            minimum=result.minimum, maximum=result.maximum, categories=result.categories
        )
        several = len(result.categories) > 2
        marks = [] if several else [category_mark(item) for item in result.categories]
        tone = "" if several else marks[-1][1]
        self.result.set_result(view.words, f"/ {MAXIMUM}", marks, category_words(result), tone)
        self.result.note.setText("Incomplete" if result.missing else "")
        self.bar.set_view(view)
        self.bar.show()
        words = consult_words(result)
        self.consult.setVisible(bool(words))
        self.consult.set_content(words, "user-round", "text_muted")


def category_words(result: SinsResult) -> str:
    """Return the possible categories in words."""
    if len(result.categories) > 2:
        return "Any category"
    titles = [CATEGORY_TITLES[category] for category in result.categories]
    return " or ".join(titles[:1] + [title.lower() for title in titles[1:]])


def consult_words(result: SinsResult) -> str:
    """Return whether surgical consultation is recommended and how sure the score is."""
    if not result.missing:
        return f"{CONSULT} (total 7 or more)." if result.consult else ""
    certain = len(result.categories) == 1
    state = "Category certain, total is not." if certain else "No single category."
    return f"{CONSULT}: the range reaches 7. {state}" if result.consult else state
