"""The report as a neutral document: every string in its final words, nothing left to decide.

The composer fills these values from a case, the PDF renderer only places them. All of them are
frozen and hold plain values, so that a document can be compared, kept and turned into JSON.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, Protocol, TypeAlias

JsonValue: TypeAlias = (
    "str | int | float | bool | list[JsonValue] | tuple[JsonValue, ...] "
    "| dict[str, JsonValue] | None"
)


class Tone(StrEnum):
    """How serious a statement is; never shown by color alone."""

    NEUTRAL = "neutral"
    GOOD = "good"
    CAUTION = "caution"
    CRITICAL = "critical"


class Mark(StrEnum):
    """The shape that goes with a tone (visual language, "marks")."""

    NONE = ""
    DISC = "disc"
    DIAMOND = "diamond"
    TRIANGLE = "triangle"
    RING = "ring"


class Paper(StrEnum):
    """Paper sizes a report can be printed on."""

    A4 = "a4"
    LETTER = "us-letter"


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentityCell:
    """One field of the identity block; ``details`` are smaller lines below the value."""

    label: str
    value: str
    details: tuple[str, ...] = ()
    strong: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusBox:
    """The box beside the title: "FINAL · v2", "DRAFT · v1"; ``detail`` says what it replaces."""

    text: str
    tone: Tone
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Header:
    """What stands at the head and foot of the pages and in the identity block."""

    institution: str
    title: str
    report_number: str
    running: tuple[str, ...]
    """Name, id, birth date and accession for pages after the first; the name comes first."""
    identity: tuple[IdentityCell, ...]
    status: StatusBox
    illustration: str = ""
    foot_left: str = ""
    foot_uid: str = ""
    foot_version: str = ""
    foot_notice: str = ""
    patient_id: str = ""
    foot_draft: str = ""
    """The red sentence at the foot of a draft; empty for a final report."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Banner:
    """An urgent finding; printed only when a rule of clinical reference 5.4 fires."""

    label: str
    title: str
    lines: tuple[str, ...]
    communication: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NomsPanel:
    """One of the four letters."""

    letter: str
    name: str
    headline: str
    meaning: str
    inputs: tuple[str, ...]
    tone: Tone
    mark: Mark


@dataclass(frozen=True, slots=True, kw_only=True)
class NomsBranch:
    """What the framework suggests if an undecided input turns out this way."""

    condition: str
    outcome: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NomsBlock:
    """The NOMS reading of the index level."""

    heading: str
    panels: tuple[NomsPanel, ...]
    reading: str
    branches: tuple[NomsBranch, ...] = ()
    flags: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    foot: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class EsccTile:
    """One of the six pictograms of the strip."""

    grade: str
    caption: str
    picture: str
    """File name of the drawing inside the figure set."""
    current: bool = False
    possible: bool = False
    prior: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class EsccBlock:
    """The compression grade of the index level: strip of six and what was stated."""

    heading: str
    tiles: tuple[EsccTile, ...]
    result: str
    tone: Tone
    mark: Mark
    lines: tuple[str, ...]
    alt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SinsZone:
    """One named zone of the bar, ``first`` to ``last`` point."""

    first: int
    last: int
    text: str
    tone: Tone
    mark: Mark
    reached: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class SinsBar:
    """The bar of 18 cells; ``low`` and ``high`` differ while an item is missing.

    Both are None where no total may be computed; ``result`` then says why.
    """

    heading: str
    cells: int
    low: int | None
    high: int | None
    value: str
    result: str
    tone: Tone
    mark: Mark
    zones: tuple[SinsZone, ...]
    thresholds: tuple[tuple[int, str], ...]
    lines: tuple[str, ...]
    alt: str
    prior: int | None = None
    """The complete total of the prior, marked on the bar."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SinsRow:
    """One component: finding in words, points ("3", "0-3" or "not assessed") and their maximum."""

    component: str
    finding: str
    notes: tuple[str, ...]
    points: str
    maximum: int
    low: int
    high: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SinsTable:
    """The six components of one level and their total."""

    heading: str
    rows: tuple[SinsRow, ...]
    total: str
    maximum: str
    category: str
    tone: Tone
    mark: Mark
    notes: tuple[str, ...]
    rule_set: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelRow:
    """One further graded level in a line: six component points, total, grades."""

    level: str
    points: tuple[str, ...]
    total: str
    category: str
    tone: Tone
    mark: Mark
    escc: str
    noms: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelTable:
    """All graded levels beside the index level."""

    heading: str
    columns: tuple[str, ...]
    rows: tuple[LevelRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MapLevel:
    """A level label of the spine map, ``y_mm`` from the top of the figure."""

    name: str
    y_mm: float
    marked: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MapRegion:
    """A bracket beside the labels of one region."""

    name: str
    top_mm: float
    bottom_mm: float


@dataclass(frozen=True, slots=True, kw_only=True)
class MapCallout:
    """A call-out: text block at ``y_mm``, leader from the level's body edge."""

    title: str
    value: str
    lines: tuple[str, ...]
    tone: Tone
    mark: Mark
    x_anchor_mm: float
    y_anchor_mm: float
    y_mm: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SpineMap:
    """The lateral map; coordinates in mm from the top left of the figure."""

    heading: str
    picture: str
    width_mm: float
    height_mm: float
    picture_x_mm: float
    picture_width_mm: float
    levels: tuple[MapLevel, ...]
    regions: tuple[MapRegion, ...]
    callouts: tuple[MapCallout, ...]
    callout_x_mm: float
    legend: str
    note: str
    alt: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """A paragraph with an optional bold lead; ``images`` are letters of key images it rests on."""

    text: str
    lead: str = ""
    images: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TextSection:
    """A headed text; ``serif`` sets it in the reading face."""

    heading: str
    paragraphs: tuple[Paragraph, ...]
    serif: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LesionRow:
    """One lesion of the table; ``image`` names the first key image that shows it."""

    number: str
    level: str
    kind: str
    findings: str
    size: str
    size_note: str
    involved: str
    escc: str
    sins: str
    category: str
    tone: Tone
    mark: Mark
    image: str = ""
    image_alt: str = ""
    image_letter: str = ""
    change: str = ""
    """Since the prior: "+4 mm (+25 %)", "new"; empty without a prior."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparisonRow:
    """One lesion, or one graded level without a lesion, then and now."""

    number: str
    level: str
    before: str
    now: str
    change: str
    escc: str
    sins: str
    height: str
    verdict: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparisonTable:
    """The case beside its newest prior."""

    heading: str
    columns: tuple[str, ...]
    rows: tuple[ComparisonRow, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LesionTable:
    """All lesions; ``empty`` is the sentence printed when there is none."""

    heading: str
    columns: tuple[str, ...]
    rows: tuple[LesionRow, ...]
    empty: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BackLink:
    """Where a key image is spoken of: a place of the document and its words."""

    target: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageBlock:
    """A key image; without ``file`` the sentence ``missing`` stands in its place."""

    letter: str
    title: str
    caption: str
    footnote: str
    alt: str
    file: str = ""
    missing: str = ""
    width_mm: float = 0.0
    height_mm: float = 0.0
    back: tuple[BackLink, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageSection:
    """The key images; ``empty`` is the sentence printed when there is none."""

    heading: str
    images: tuple[ImageBlock, ...]
    empty: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureCell:
    """One column of the signature block."""

    label: str
    value: str
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureBlock:
    """Who signed, who read second, and what guards the content."""

    heading: str
    cells: tuple[SignatureCell, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportDocument:
    """One report, ready to be placed on pages.

    ``timestamp`` is Unix seconds; it is the only clock the renderer sees.
    """

    template: ClassVar[str] = "report.typ"

    language: str
    paper: Paper
    draft_word: str
    pdf_title: str
    pdf_author: str
    pdf_description: str
    pdf_keywords: tuple[str, ...]
    timestamp: int
    header: Header
    banner: Banner | None
    impression: TextSection
    ungraded: str
    """What the decision page says where no level carries a grade; empty otherwise."""
    noms: NomsBlock | None
    escc: EsccBlock | None
    sins: SinsBar | None
    spine: SpineMap
    sins_table: SinsTable | None
    other_levels: LevelTable | None
    sections: tuple[TextSection, ...]
    comparison: ComparisonTable | None
    lesions: LesionTable
    images: ImageSection
    appendix: TextSection | None
    signature: SignatureBlock
    figures: tuple[tuple[str, str], ...] = ()
    """(file name, SVG text) of every figure the pages place."""
    pictures: tuple[tuple[str, bytes], ...] = ()
    """(file name, PNG bytes) of every key image the pages place."""


class Document(Protocol):
    """What the renderer sets: any frozen document with its template, clock and pictures."""

    @property
    def template(self) -> str:
        """File name of the template that places it."""

    @property
    def timestamp(self) -> int:
        """Unix seconds."""

    @property
    def figures(self) -> tuple[tuple[str, str], ...]:
        """(file name, SVG text) of every figure the pages place."""

    @property
    def pictures(self) -> tuple[tuple[str, bytes], ...]:
        """(file name, PNG bytes) of every key image the pages place."""


def document_data(document: Document) -> dict[str, JsonValue]:
    """Return the document as plain JSON values, without the figures' and pictures' bytes."""
    bare = dataclasses.replace(document, figures=(), pictures=())  # type: ignore[type-var]
    data: dict[str, JsonValue] = dataclasses.asdict(bare)  # type: ignore[call-overload]
    del data["figures"], data["pictures"]
    return data
