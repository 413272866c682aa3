"""What the spine map says about each level."""

from __future__ import annotations

import functools
from dataclasses import dataclass

from workstation.domain.answers import YesNo
from workstation.domain.case import Case
from workstation.domain.grading import CATEGORY_WORDS, escc_of, sins_of
from workstation.domain.sins_options import SinsContext
from workstation.domain.spine import VertebralLevel
from workstation.report.figures import SpineDrawing, drawing_of_chain
from workstation.report.spine_map import chain_of, shipped_drawing
from workstation.ui.components.marks import Mark, category_mark
from workstation.ui.lesion_panel_view import escc_short, sins_words


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelView:
    """One level of the map.

    Parameters
    ----------
    lesions : tuple of int
        Numbers of the lesions at this level.
    high_grade : bool
        Whether the ESCC box is filled.
    is_variant : bool
        Whether the level exists only as a declared variant.
    """

    level: VertebralLevel
    lesions: tuple[int, ...] = ()
    sins: str = ""
    escc: str = ""
    mark: Mark = Mark.RING
    token: str = "text_muted"
    words: str = ""
    high_grade: bool = False
    treated: bool = False
    is_variant: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SpineView:
    """The whole map.

    Parameters
    ----------
    numbering : tuple of str
        Lines about how the levels were counted and confirmed.
    confirmed : bool
        While False marks are withheld and labels are dashed.
    numbered : frozenset of VertebralLevel
        Levels placed on the images.
    """

    chain: tuple[VertebralLevel, ...]
    levels: tuple[LevelView, ...] = ()
    numbering: tuple[str, ...] = ()
    confirmed: bool = False
    numbered: frozenset[VertebralLevel] = frozenset()

    def at(self, level: VertebralLevel) -> LevelView | None:
        """Return what is said about a level that carries something."""
        return next((view for view in self.levels if view.level is level), None)


def spine_view(case: Case | None) -> SpineView:
    """Return the map of a case; the plain spine without one."""
    if case is None:
        return SpineView(chain=drawn_chain(()), numbering=("No case is open",))
    confirmed = bool(case.spines) and all(spine.confirmed for spine in case.spines)
    chain = drawn_chain(chain_of(case))
    levels = tuple(_level_view(case, x) for x in case.levels_with_findings if x in chain)
    return SpineView(
        chain=chain,
        levels=levels if confirmed else (),
        numbering=_numbering(case),
        confirmed=confirmed,
        numbered=frozenset(level for spine in case.spines for level in spine.levels),
    )


@functools.cache
def drawing_for(chain: tuple[VertebralLevel, ...]) -> SpineDrawing:
    """Return the drawing of a chain of levels."""
    return drawing_of_chain(_shipped(), chain) if chain else _shipped()


@functools.cache
def _shipped() -> SpineDrawing:
    return shipped_drawing()


@functools.cache
def drawn_chain(chain: tuple[VertebralLevel, ...]) -> tuple[VertebralLevel, ...]:
    """Return the levels of a chain that have a place in the drawing, from the head."""
    return tuple(drawing_for(chain).levels)


def _level_view(case: Case, level: VertebralLevel) -> LevelView:
    result = sins_of(case, level)
    numbers = tuple(lesion.number for lesion in case.lesions if level in lesion.levels)
    mark, token = category_mark(result.category)
    sins, escc = sins_words(result), escc_short(case, level)
    category = CATEGORY_WORDS[result.category] if result.category else "incomplete"
    treated = is_treated(case, level)
    names = ", ".join(f"lesion {number}" for number in numbers)
    words = f"SINS {sins}, {category}, ESCC {escc}" + (", treated" if treated else "")
    return LevelView(
        level=level,
        lesions=numbers,
        sins=sins,
        escc=escc,
        mark=mark,
        token=token,
        words=", ".join(part for part in (level.value, names, words) if part),
        high_grade=bool(escc_of(case, level).high_grade),
        treated=treated,
        is_variant=level.is_supernumerary,
    )


def is_treated(case: Case, level: VertebralLevel) -> bool:
    """Return whether a level is stated as treated or irradiated, in any of the forms."""
    assessment = case.assessment(level)
    stated = bool(assessment.sins.context & {SinsContext.TREATED, SinsContext.IRRADIATED})
    irradiated = assessment.noms.prior_radiation is YesNo.YES
    lesions = (lesion for lesion in case.lesions if level in lesion.levels)
    return stated or irradiated or any(lesion.treated is YesNo.YES for lesion in lesions)


def _numbering(case: Case) -> tuple[str, ...]:
    if not case.spines:
        return ("Not numbered yet",)
    spine = case.spines[0]
    lines = [spine.counted_from or "Numbered by the reader"]
    if spine.confirmed:
        lines.append(f"Confirmed {spine.confirmed_at[11:16]}".rstrip())
        lines.append(f"by {spine.confirmed_by}" if spine.confirmed_by else "")
    else:
        lines.append("Levels not confirmed")
    lines.extend(str(variant) for variant in sorted(spine.variants))
    return tuple(line for line in lines if line)
