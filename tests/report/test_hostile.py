"""Texts that break report generators: printed as they are or visibly escaped, never carried out."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable
from dataclasses import replace

import pytest

from tests.report.conftest import MadeReport, squeezed
from tests.report.report_cases import SETTINGS, full_case, key_image, lesion
from tests.report.test_pdf import attachment, validation_failures
from workstation.base.errors import ReportError
from workstation.domain.case import Case, ReportText, Sentence
from workstation.domain.prior import Prior
from workstation.report.compose import coverage
from workstation.report.service import make_report
from workstation.report.text import LONGEST_FIELD, printable_text

HOSTILE: dict[str, str] = {
    "typst-code": '#eval("1+1") #panic("x") #sys.inputs #include "/etc/passwd"',
    "typst-math": "$ x^2 $ <label> @reference *bold* _italic_ `raw` = heading",
    "typst-term": "/ term: definition - list + enumeration // comment /* block */",
    "typst-escape": "\\u{202e} \\ \\# ~ -- --- ... \\n",
    "html": "<script>alert(1)</script><b>bold</b>&amp;&lt;",
    "tex": "\\input{/etc/passwd} \\write18{ls} {\\bf x} %comment",
    "template": "{{7*7}} ${7*7} %(x)s {0} #{7*7} <%= 7*7 %>",
    "formula": '=HYPERLINK("x") +1 -1 @SUM',
    "long-word": "Pneumono" + "ultramicroscopic" * 37,
    "ten-thousand": ("flowing text with 12 mm and 3.5 cm in it. " * 250)[:10_000],
    "right-to-left": "חולה עם גרורה ב-T8, מריض مصاب بنقيلة 14 mm",
    "bidi-override": "\u202eevil\u202c and \u2067isolated\u2069 words",
    "emoji": "fire \U0001f525 family \U0001f468\u200d\U0001f469\u200d\U0001f467 flag \U0001f1f8",
    "nul": "before\x00after\x07bell\x1b[31m",
    "bom": "\ufeffstart and \ufeffmiddle",
    "private-use": "logo \ue000 \uf8ff \U000f0000",
    "combining": "e\u0301 Z\u0336a\u0336l\u0336 a\u0308\u0304\u0323 o\u0302\u0301",
    "hangul": "환자 이름 한국어 \u1112\u1161\u11ab\u1100\u1173\u11af",
    "thai": "ผู้ป่วยมีการแพร่กระจายของมะเร็งที่กระดูกสันหลัง",
    "devanagari": "रोगी की रीढ़ में मेटास्टेसिस क्ष्म त्र",
    "rare-han": "患者 \U00020000 \U0002a6d6 㐀 龘 𠮷野家",
    "spaces": "1\u00a0000\u202f000\u2009mm\u3000T8\tend",
    "line-ends": "first\r\nsecond\rthird\u2028fourth\n\n\nfifth",
    "quotes": "\"double\" 'single' “curly” ‘typographic’ «guillemets»",
    "only-spaces": "   ",
}


def hostile_case(text: str) -> Case:
    """Return the full case with ``text`` wherever a person can type."""
    case = full_case()
    return replace(
        case,
        patient=replace(
            case.patient, name=f"{text[:400]}^{text[:400]}", id=text[:64], issuer=text[:64]
        ),
        studies=tuple(
            replace(study, description=text, accession=text[:64]) for study in case.studies
        ),
        lesions=(lesion(1, "T8", note=text), *case.lesions[1:]),
        oncology=replace(case.oncology, primary_text=text, markers=text),
        text=ReportText(
            impression=(Sentence(text=text), Sentence(text=f"Second: {text}")),
            findings=(Sentence(text=text),),
            indication=text,
            technique=text,
            limits=text,
        ),
        key_images=(key_image(1, lesion_number=1, caption=text, plane=text[:64]),),
        institution=text[:700],
        reader=text,
        illustration=text[:700],
        priors=(Prior(id="prior", date="2025-12-04", description=text, entered_by=text),),
    )


def words_of(text: str) -> list[str]:
    return unicodedata.normalize("NFC", text).split()


@pytest.fixture(scope="module")
def hostile(made: Callable[[Case], MadeReport]) -> Callable[[str], MadeReport]:
    kept: dict[str, MadeReport] = {}

    def make(name: str) -> MadeReport:
        if name not in kept:
            kept[name] = made(hostile_case(HOSTILE[name]))
        return kept[name]

    return make


@pytest.mark.parametrize("name", list(HOSTILE))
def test_a_valid_report_is_made(hostile: Callable[[str], MadeReport], name: str) -> None:
    assert validation_failures(hostile(name).files.pdf) == []


# Scripts whose glyphs are reordered or shaped are compared by the printed document instead.
_SHAPED = {"thai", "devanagari", "right-to-left", "combining"}


@pytest.mark.parametrize("name", [name for name in HOSTILE if name not in _SHAPED])
def test_the_text_is_printed_as_it_is_or_visibly_escaped(
    hostile: Callable[[str], MadeReport], name: str
) -> None:
    wanted = printable_text(HOSTILE[name], coverage())
    for word in words_of(wanted):
        assert squeezed(word) in hostile(name).logical, word


@pytest.mark.parametrize("name", sorted(_SHAPED))
def test_shaped_scripts_reach_the_page_with_every_letter(
    hostile: Callable[[str], MadeReport], name: str
) -> None:
    wanted = set(printable_text(HOSTILE[name], coverage())) - set(" \n")
    printed = set(unicodedata.normalize("NFC", hostile(name).logical))
    printed |= set(unicodedata.normalize("NFD", hostile(name).logical))
    missing = {
        character
        for character in wanted
        if character not in printed
        and not set(unicodedata.normalize("NFD", character)) <= printed
        and character not in "\u200c\u200d"
    }
    assert missing == set()


@pytest.mark.parametrize("name", list(HOSTILE))
def test_the_record_keeps_the_original(hostile: Callable[[str], MadeReport], name: str) -> None:
    record = json.loads(attachment(hostile(name).files.pdf))
    assert record["case"]["case"]["text"]["indication"] == HOSTILE[name]
    assert record["case"]["case"]["lesions"][0]["note"] == HOSTILE[name]


def test_code_is_not_carried_out(hostile: Callable[[str], MadeReport]) -> None:
    assert "root:" not in hostile("typst-code").logical
    assert "{{7*7}}${7*7}" in hostile("template").logical


def test_an_override_cannot_reverse_a_word(hostile: Callable[[str], MadeReport]) -> None:
    printed = hostile("bidi-override").logical
    assert "evilandisolatedwords" in printed
    assert "live" not in printed


def test_every_word_of_ten_thousand_characters_is_there(
    hostile: Callable[[str], MadeReport],
) -> None:
    text = HOSTILE["ten-thousand"]
    printed = hostile("ten-thousand").logical
    sentence = "flowing text with 12 mm and 3.5 cm in it."
    times = text.count(sentence)
    sentence = squeezed(sentence)
    # Indication, technique, limits, findings, two impressions and the lesion's note, at least.
    assert printed.count(sentence) >= 7 * times


def test_a_long_note_moves_to_the_further_text(hostile: Callable[[str], MadeReport]) -> None:
    printed = hostile("ten-thousand").logical
    assert "Note:seeadditionaltext,lesion1." in printed
    assert "ADDITIONALTEXT" in printed


def test_nothing_is_cut_with_dots(hostile: Callable[[str], MadeReport]) -> None:
    for name in ("ten-thousand", "long-word"):
        assert "…" not in hostile(name).logical
        assert "..." not in hostile(name).logical


def test_half_a_character_is_escaped_and_the_record_keeps_it() -> None:
    case = replace(full_case(), text=ReportText(indication="cut \ud83d here"))
    files = make_report(case, case_record={"id": case.id}, images={}, settings=SETTINGS)
    assert validation_failures(files.pdf) == []
    words = [item.text for section in files.document.sections for item in section.paragraphs]
    assert "cut [U+D83D] here" in words

    impression = replace(case, text=ReportText(impression=(Sentence(text="x\udc00"),)))
    record = make_report(
        impression, case_record={"id": case.id}, images={}, settings=SETTINGS
    ).record
    assert json.loads(record)["derived"]["impression"][0]["text"] == "x\udc00"


def test_a_field_beyond_the_limit_is_refused_not_cut(made: Callable[[Case], MadeReport]) -> None:
    long = replace(full_case(), text=ReportText(limits="x" * (LONGEST_FIELD + 1)))
    with pytest.raises(ReportError, match=r"20001 characters"):
        made(long)
