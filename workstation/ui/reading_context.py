"""What every pane draws from, beside its own state."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from workstation.domain.case import Case
from workstation.domain.spine import PointLps, VertebralLevel
from workstation.imaging.contours import ContourSet
from workstation.rendering.plane import PlaneView
from workstation.ui.mark_words import MarkReadings
from workstation.ui.marks import Draft


class TextMode(StrEnum):
    """How much text the corners carry; letters and chips always stay."""

    ALL = "all"
    SHORT = "short"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherPane:
    """Another pane, as far as its line shows here."""

    view: PlaneView
    frame_of_reference_uid: str
    active: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingContext:
    """What every pane draws from, beside its own state.

    Parameters
    ----------
    case : Case or None
    cursor_lps, cursor_space : PointLps or None, str
        The linked point and the space it was set in.
    level : VertebralLevel or None
        The level the reader stands at.
    selected_lesion_id : str
    marks : tuple of Draft
        Marks of the case and what tools are drawing.
    selected_mark_id : str
    readings : MarkReadings
        Values of marks that were computed before.
    others : tuple of OtherPane
    full_cross : bool
        Whether the cross-hair reaches the borders.
    lines : bool
        Whether reference lines and the cross-hair are shown.
    text : TextMode
    hidden : bool
        Whether everything but the letters is hidden.
    outlines : tuple of ContourSet
        Outlines that came with the open studies.
    landmarks : bool
        Whether the centers of the vertebrae are shown, as while they are being placed.
    """

    case: Case | None = None
    cursor_lps: PointLps | None = None
    cursor_space: str = ""
    level: VertebralLevel | None = None
    selected_lesion_id: str = ""
    marks: tuple[Draft, ...] = ()
    selected_mark_id: str = ""
    readings: MarkReadings = field(default_factory=MarkReadings, compare=False)
    others: tuple[OtherPane, ...] = ()
    full_cross: bool = False
    lines: bool = True
    text: TextMode = TextMode.ALL
    hidden: bool = False
    outlines: tuple[ContourSet, ...] = ()
    landmarks: bool = False
