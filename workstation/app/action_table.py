"""The table of everything the reader can do by key, button or palette, as data.

Keys are those of the reading conventions, section 3, and of the form keys; icon names are
lucide's. Keys are written as Qt writes them ("Ctrl+Z", "S, 1" for a sequence).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Context(StrEnum):
    """Where an action's keys count."""

    IMAGE = "image"
    """The pane under the cursor owns the keys."""

    FORM = "form"
    """The right panel owns the keys."""

    GLOBAL = "global"
    """Everywhere."""


class Fact(StrEnum):
    """What must be so for an action to be enabled; the value says what is missing."""

    CASE = "No case is open."
    DRAFT = "This version is signed; amend it to change it."
    SIGNED = "This version is still a draft."
    VOLUME = "No images are shown here."
    SPINE = "The spine is not numbered on these images."
    LESIONS = "No lesions yet."
    SELECTION = "Nothing is selected."
    CAN_UNDO = "Nothing to undo."
    CAN_REDO = "Nothing to redo."
    SUGGESTION = "No suggestion is waiting."
    FIELD = "No form field is in focus."
    FUSION = "No second series lies in the same space."
    PRIOR = "No prior study is open."


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionSpec:
    """One action as data.

    Parameters
    ----------
    id : str
        Stable name, ``"part.verb"``.
    text : str
        As on buttons and in the palette.
    icon : str
        Lucide name; empty for none.
    shortcuts : tuple of str
        Default keys, the first is the one that is shown.
    context : Context
    scope : str
        A narrower place whose keys win over the context's ("escc"); empty for the whole context.
    tooltip : str
        One sentence, without the key.
    needs : frozenset of Fact
        All of these must hold.
    checkable : bool
        Whether it is a toggle.
    held : bool
        Whether it acts while the key is held.
    """

    id: str
    text: str
    tooltip: str
    context: Context
    icon: str = ""
    shortcuts: tuple[str, ...] = ()
    scope: str = ""
    needs: frozenset[Fact] = frozenset()
    checkable: bool = False
    held: bool = False


_Row = tuple[str, str, str, str, str]
"""id, text, icon, keys separated by "|", tooltip."""


def _rows(context: Context, needs: tuple[Fact, ...], rows: tuple[_Row, ...]) -> list[ActionSpec]:
    return [
        ActionSpec(
            id=name,
            text=text,
            icon=icon,
            shortcuts=tuple(keys.split("|")) if keys else (),
            tooltip=tooltip,
            context=context,
            needs=frozenset(needs),
            scope=_SCOPES.get(name, ""),
            checkable=name in _TOGGLES,
            held=name in _HELD,
        )
        for name, text, icon, keys, tooltip in rows
    ]


_TOGGLES = frozenset(
    {
        "view.crosshair", "view.invert", "view.fusion", "view.link", "view.compare",
        "view.maximize", "window.full_screen", "window.left_dock", "window.right_dock",
        "tool.window_level", "tool.zoom", "tool.pan", "tool.distance", "tool.bidirectional",
        "tool.angle", "tool.cobb", "tool.ellipse", "tool.lesion", "tool.level",
    }
)  # fmt: skip
_HELD = frozenset({"view.hide_overlays", "form.hide_overlays"})
_SCOPES = {
    "form.yes": "question",
    "form.no": "question",
    "escc.grade_1a": "escc",
    "escc.grade_1b": "escc",
    "escc.grade_1c": "escc",
    "cauda.foraminal": "cauda",
}

_GLOBAL: tuple[_Row, ...] = (
    ("file.open", "Open…", "folder-open", "Ctrl+O", "Open a folder, archive or files."),
    ("file.cases", "Cases…", "list-filter", "Ctrl+Shift+O", "Open a kept case."),
    ("window.full_screen", "Full screen", "", "F11", "Fill the screen, or leave it."),
    ("window.left_dock", "Series and map", "panel-left", "F4", "Show or hide series and map."),
    ("window.right_dock", "Forms", "panel-right", "F3", "Show or hide the right panel."),
    ("window.next_region", "Next region", "", "F6", "Go to the next part of the window."),
    ("window.previous_region", "Previous region", "", "Shift+F6", "Go to the part before."),
    ("window.images_or_form", "Images or form", "", "F2|`", "Jump between images and form."),
    ("help.keys", "Keys", "keyboard", "F1|?", "Show every key."),
    ("help.palette", "Command palette", "search", "Ctrl+K", "Find an action by name."),
    ("help.check", "Workstation check", "info", "", "Show what this machine can render and write."),
    ("help.about", "About Batson", "info", "", "Show version, licences and sources."),
    ("app.settings", "Settings…", "settings", "Ctrl+,", "Change how Batson looks and works."),
    ("app.quit", "Quit", "", "Ctrl+Q", "Close Batson; every change is kept."),
)

_GLOBAL_CASE: tuple[_Row, ...] = (
    ("case.close", "Close case", "", "Ctrl+W", "Put the case away; every change is kept."),
    ("case.export", "Export case…", "send", "Ctrl+E", "Write the case as one file."),
    ("tab.lesions", "Lesions", "circle-dot", "Alt+1", "Show the lesions."),
    ("tab.sins", "SINS", "list-checks", "Alt+2", "Show the instability score."),
    ("tab.escc", "ESCC", "list-checks", "Alt+3", "Show the compression grade."),
    ("tab.noms", "NOMS", "list-checks", "Alt+4", "Show the NOMS decision."),
    ("tab.report", "Report", "file-text", "Alt+5", "Show the report."),
    ("report.pdf", "PDF…", "file-text", "Ctrl+P", "Write the report as PDF."),
)

_GLOBAL_DRAFT: tuple[_Row, ...] = (
    ("report.sign", "Sign…", "shield-check", "Ctrl+Return", "Sign and freeze this version."),
    ("spine.confirm", "Confirm levels", "tag", "Ctrl+L", "State that the numbering is right."),
)

_IMAGE: tuple[_Row, ...] = (
    ("slice.previous", "Previous slice", "", "Up", "Go one slice back."),
    ("slice.next", "Next slice", "", "Down", "Go one slice on."),
    ("slice.first", "First slice", "", "Home", "Go to the first slice."),
    ("slice.last", "Last slice", "", "End", "Go to the last slice."),
    ("series.previous", "Previous series", "", "PgUp", "Show the series before in this pane."),
    ("series.next", "Next series", "", "PgDown", "Show the next series in this pane."),
    ("pane.previous", "Previous pane", "", "Left", "Go to the pane before."),
    ("pane.next", "Next pane", "", "Right", "Go to the next pane."),
    ("level.next", "Next level", "", "J", "Go one vertebra toward the feet, in every pane."),
    ("level.previous", "Previous level", "", "U", "Go one vertebra toward the head."),
    ("tool.window_level", "Window", "contrast", "W", "Drag to change window and level."),
    ("tool.zoom", "Zoom", "zoom-in", "Z", "Drag to zoom."),
    ("tool.pan", "Pan", "hand", "P", "Drag to move the image."),
    ("tool.distance", "Distance", "ruler", "D", "Measure between two points, mm."),
    ("tool.bidirectional", "Two axes", "move-diagonal", "B", "Measure long and short axis, mm."),
    ("tool.angle", "Angle", "triangle-right", "A", "Measure the angle at a point."),
    ("tool.cobb", "Kyphosis", "drafting-compass", "G", "Measure between two end-plates."),
    ("tool.ellipse", "Ellipse", "circle", "E", "Measure the values inside an ellipse."),
    ("tool.rectangle", "Rectangle", "", "Shift+E", "Measure the values inside a rectangle."),
    ("tool.polygon", "Polygon", "", "Shift+O", "Measure inside corners that are clicked."),
    ("tool.freehand", "Outline", "lasso", "O", "Measure the values inside a drawn outline."),
    ("tool.sphere", "Sphere", "", "V", "Measure the values inside a sphere; PET gives SUV."),
    ("tool.point", "Point value", "locate", "Shift+V", "Read the value of one voxel."),
    ("tool.local_kyphosis", "Local kyphosis", "", "Shift+G", "Measure the wedge of one body."),
    ("tool.translation", "Translation", "", "Shift+D", "Measure how far a body has slipped."),
    ("tool.vertebral_heights", "Heights", "", "Shift+B", "Measure a body in front, mid and back."),
    ("tool.canal_diameters", "Canal compromise", "", "", "Measure the canal at three levels."),
    ("tool.cord_diameters", "Cord compression", "", "", "Measure the cord at three levels."),
    ("tool.arrow", "Arrow", "arrow-left", "Shift+A", "Point at something."),
    ("tool.text", "Text", "", "Shift+T", "Write on the image."),
    ("mark.list", "Marks…", "list-checks", "Ctrl+M", "Show every mark with its values."),
    ("view.hide_overlays", "Hide overlays", "eye-off", "H", "Hide every overlay while held."),
    ("view.crosshair", "Cross-hair", "crosshair", "X", "Show cross-hair and reference lines."),
    ("view.text", "Overlay text", "", "T", "Show all, short or no overlay text."),
    ("view.invert", "Invert", "", "I", "Swap black and white on the screen."),
    ("view.flip", "Mirror", "", "Shift+I", "Mirror the image left to right on the screen."),
    ("view.rotate", "Turn", "", "Shift+R", "Turn the image a quarter clockwise."),
    ("view.reset", "Reset pane", "", "R", "Show the pane as it was at first."),
    ("view.maximize", "One pane", "", "M", "Show this pane alone, or all again."),
    ("view.link", "Link panes", "link-2", "S", "Move the panes of one space together."),
    ("view.manual_link", "Set offset", "", "Shift+S", "Link panes at the places shown now."),
    ("stage.previous", "Previous layout", "chevron-left", ",", "Show the layout before."),
    ("stage.next", "Next layout", "chevron-right", ".", "Show the next layout."),
    ("hang.save", "Keep layout…", "", "Ctrl+Shift+L", "Keep the present layout by name."),
    ("tool.disarm", "Cancel", "", "Esc", "Put the tool away, or cancel what is drawn."),
    *(
        (f"window.preset_{key}", f"Window {key}", "", str(key), "Set the window for this image.")
        for key in range(1, 10)
    ),
    ("window.preset_0", "Window of the file", "", "0", "Set the window the images came with."),
)

_IMAGE_FUSION: tuple[_Row, ...] = (
    ("view.fusion", "Fusion", "blend", "F", "Blend the second series in, or take it out."),
    ("view.blend", "Blend", "", "Shift+F", "Blend 0, 50 or 100 percent."),
)

_IMAGE_PRIOR: tuple[_Row, ...] = (
    ("view.compare", "Compare", "columns-2", "C", "Show the prior beside the current study."),
)

_IMAGE_DRAFT: tuple[_Row, ...] = (
    ("tool.lesion", "Lesion", "circle-dot", "L", "Mark a lesion at the cursor."),
    ("tool.level", "Level", "tag", "Shift+L", "Name the vertebra at the cursor."),
    ("evidence.key_image", "Key image", "bookmark", "K", "Keep what this pane shows."),
)

_FORM: tuple[_Row, ...] = (
    ("form.next_field", "Next field", "", "Tab", "Go to the next field."),
    ("form.previous_field", "Previous field", "", "Shift+Tab", "Go to the field before."),
    ("form.next_level", "Next level", "", "J", "Show the same form for the next level."),
    ("form.previous_level", "Previous level", "", "U", "Show the same form for the level before."),
    ("form.close_item", "Back", "", "Esc", "Close the open item."),
    ("form.hide_overlays", "Hide overlays", "eye-off", "H", "Hide every overlay while held."),
    *(
        (f"sins.item_{key}", f"SINS {name}", "", f"S, {key}", f"Open the SINS item {name}.")
        for key, name in enumerate(
            ("location", "pain", "bone lesion", "alignment", "collapse", "posterolateral"), 1
        )
    ),
    ("noms.neurologic", "NOMS neurologic", "", "N, N", "Open the neurologic letter."),
    ("noms.oncologic", "NOMS oncologic", "", "N, O", "Open the oncologic letter."),
    ("noms.mechanical", "NOMS mechanical", "", "N, M", "Open the mechanical letter."),
    ("noms.systemic", "NOMS systemic", "", "N, S", "Open the systemic letter."),
)

_FORM_DRAFT: tuple[_Row, ...] = (
    *(
        (f"form.option_{key}", f"Option {key}", "", str(key), f"Choose the option with code {key}.")
        for key in range(5)
    ),
    ("form.unknown", "Unknown", "circle-help", "9", "Answer that it cannot be known."),
    ("form.not_assessed", "Not assessed", "", "Backspace", "Take the answer away."),
    ("form.yes", "Yes", "", "Y", "Answer the question with yes."),
    ("form.no", "No", "", "N", "Answer the question with no."),
    ("escc.grade_1a", "ESCC 1a", "", "1, A", "Epidural, the sac is intact."),
    ("escc.grade_1b", "ESCC 1b", "", "1, B", "The sac is indented."),
    ("escc.grade_1c", "ESCC 1c", "", "1, C", "The tumor touches the cord."),
    ("cauda.foraminal", "Foraminal stenosis", "", "F", "Add foraminal stenosis."),
)


def _single(context: Context, needs: tuple[Fact, ...], row: _Row) -> list[ActionSpec]:
    return _rows(context, needs, (row,))


ACTIONS: tuple[ActionSpec, ...] = (
    *_rows(Context.GLOBAL, (), _GLOBAL),
    *_rows(Context.GLOBAL, (Fact.CASE,), _GLOBAL_CASE),
    *_rows(Context.GLOBAL, (Fact.CASE, Fact.DRAFT), _GLOBAL_DRAFT),
    *_single(
        Context.GLOBAL,
        (Fact.CASE, Fact.SIGNED),
        ("report.amend", "Amend…", "pencil", "", "Open a new version, saying why."),
    ),
    *_single(
        Context.GLOBAL,
        (Fact.CAN_UNDO,),
        ("edit.undo", "Undo", "undo-2", "Ctrl+Z", "Take the last change back."),
    ),
    *_single(
        Context.GLOBAL,
        (Fact.CAN_REDO,),
        ("edit.redo", "Redo", "redo-2", "Ctrl+Shift+Z|Ctrl+Y", "Do the change again."),
    ),
    *_single(
        Context.GLOBAL,
        (Fact.CASE, Fact.DRAFT, Fact.VOLUME, Fact.FIELD),
        ("evidence.attach", "Attach pane", "paperclip", "Shift+K", "Prove the field in focus."),
    ),
    *_rows(Context.IMAGE, (Fact.VOLUME,), _IMAGE),
    *_rows(Context.IMAGE, (Fact.VOLUME, Fact.FUSION), _IMAGE_FUSION),
    *_rows(Context.IMAGE, (Fact.VOLUME, Fact.PRIOR), _IMAGE_PRIOR),
    *_rows(Context.IMAGE, (Fact.CASE, Fact.DRAFT, Fact.VOLUME), _IMAGE_DRAFT),
    *_single(
        Context.IMAGE,
        (Fact.SELECTION, Fact.DRAFT),
        ("edit.delete", "Delete", "", "Del|Backspace", "Remove what is selected."),
    ),
    *_single(
        Context.IMAGE,
        (Fact.SUGGESTION, Fact.DRAFT),
        ("suggestion.accept", "Accept", "", "Return|Enter", "Take the suggestion as the answer."),
    ),
    *_rows(Context.FORM, (Fact.CASE,), _FORM),
    *_rows(Context.FORM, (Fact.CASE, Fact.DRAFT), _FORM_DRAFT),
    *_rows(
        Context.FORM,
        (Fact.SUGGESTION, Fact.DRAFT),
        (
            ("form.accept", "Accept", "sparkles", "Return|Enter", "Take the suggestion."),
            ("form.dismiss", "Dismiss", "", "Del", "Dismiss the suggestion, keep my answer."),
        ),
    ),
)
"""Every action, in the order of the shortcut sheet."""
