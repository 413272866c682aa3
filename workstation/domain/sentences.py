"""What a sentence of the report was made from, and whether that still holds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from workstation.domain.answers import NOT_ASSESSED, UNKNOWN, Missing
from workstation.domain.case import Case, Sentence
from workstation.domain.commands import ReportSection
from workstation.domain.follow_up import follow_up_of, summary_of
from workstation.domain.grading import escc_of, noms_of, red_flags_of, sins_of, sins_words
from workstation.domain.lesion import Lesion, parts_sentence
from workstation.domain.spine import VertebralLevel

GONE = "no longer in the case"
_LEVELS = {level.value: level for level in VertebralLevel}


def value_words(case: Case, source: str) -> str:
    """Return the present value of a field such as ``"sins.T9"``, named and in words."""
    family, _, rest = source.partition(".")
    writer = _WRITERS.get(family)
    return writer(case, rest) if writer else ""


def made_from(case: Case, sources: Iterable[str]) -> str:
    """Return the values of all sources, one a line; what a sentence remembers."""
    return "\n".join(value_words(case, source) for source in sources)


def sentence_from(case: Case, text: str, *sources: str) -> Sentence:
    """Return a sentence that remembers its sources and their present values."""
    return Sentence(text=text, sources=sources, made_from=made_from(case, sources))


def own_sections(case: Case) -> Iterator[tuple[ReportSection, tuple[Sentence, ...]]]:
    """Return the sections that hold the reader's own text; proposals are never stale."""
    if case.text.impression is not None:
        yield ReportSection.IMPRESSION, case.text.impression
    if case.text.findings is not None:
        yield ReportSection.FINDINGS, case.text.findings


def changes_of(case: Case, sentence: Sentence) -> tuple[str, ...]:
    """Return the present words of the values that changed."""
    known = set(sentence.made_from.split("\n"))
    present = (value_words(case, source) for source in sentence.sources)
    return tuple(words for words in present if words not in known)


def _level(name: str) -> VertebralLevel | None:
    return _LEVELS.get(name.partition(".")[0])


def _sins(case: Case, name: str) -> str:
    level = _level(name)
    if level is None:
        return ""
    kinds = ", ".join(
        sorted(_missing_or(lesion.matrix) for lesion in case.lesions if level in lesion.levels)
    )
    words = f"SINS {level} is {sins_words(sins_of(case, level))}"
    return f"{words} ({kinds})" if kinds else words


def _escc(case: Case, name: str) -> str:
    level = _level(name)
    if level is None:
        return ""
    result = escc_of(case, level)
    possible = " or ".join(grade.value for grade in result.possible)
    return f"ESCC {level} is {result.grade or result.descriptor or possible or 'not applicable'}"


def _noms(case: Case, name: str) -> str:
    level = _level(name)
    return f"NOMS {level}: {noms_of(case, level).sentence}" if level else ""


def _red_flags(case: Case, _name: str) -> str:
    return "Urgent: " + "; ".join(f"{flag.title} {flag.text}" for flag in red_flags_of(case))


def _lesion(case: Case, lesion_id: str) -> str:
    lesion = case.lesion(lesion_id)
    return f"Lesion: {GONE}" if lesion is None else lesion_words(lesion)


def lesion_words(lesion: Lesion) -> str:
    """Return every answer about a lesion in one canonical line."""
    tissue = lesion.soft_tissue
    values = (
        ", ".join(lesion.levels) or "no level",
        _missing_or(lesion.matrix),
        f"{lesion.long_axis_mm:.10g} mm",
        parts_sentence(lesion),
        f"body {_missing_or(lesion.body_involved_pct)}",
        f"wall {_missing_or(lesion.posterior_wall)}",
        f"end-plates {_missing_or(lesion.endplates)}",
        f"fracture {_missing_or(lesion.fracture)}",
        f"treated {_missing_or(lesion.treated)}",
        "soft tissue "
        + (_missing_or(tissue) if isinstance(tissue, Missing) else ", ".join(sorted(tissue))),
        " ".join(lesion.note.split()),
    )
    return f"Lesion {lesion.number} is {'; '.join(values)}"


def _missing_or(value: object) -> str:
    if value is NOT_ASSESSED:
        return "not assessed"
    return "unknown" if value is UNKNOWN else str(value)


def _prior(case: Case, prior_id: str) -> str:
    prior = case.prior(prior_id)
    return f"Prior: {GONE}" if prior is None else summary_of(follow_up_of(case, prior)).text


_WRITERS: Mapping[str, Callable[[Case, str], str]] = {
    "sins": _sins,
    "escc": _escc,
    "noms": _noms,
    "red_flags": _red_flags,
    "lesion": _lesion,
    "prior": _prior,
}
