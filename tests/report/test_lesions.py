"""The lesion table, its long notes, and the key images beside it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.report.report_cases import (
    case_with_lesions,
    full_case,
    key_image,
    lesion,
    pictures_of,
    png,
)
from workstation.domain.answers import NOT_ASSESSED, UNKNOWN, YesNo
from workstation.domain.case import Case
from workstation.domain.lesion import Endplates, Fracture, Matrix, PosteriorWall, SoftTissue
from workstation.domain.spine import VertebralLevel
from workstation.report.blocks import LesionRow, Mark
from workstation.report.images import NO_IMAGE, UNAVAILABLE, file_of, image_files, image_section
from workstation.report.lesions import LONGEST_NOTE, additional_text, lesion_table
from workstation.report.picture import KeyImagePicture
from workstation.report.reading import image_letter, read_case


def rows_of(case: Case) -> tuple[LesionRow, ...]:
    return lesion_table(read_case(case, pictures_of(case))).rows


def row_of(**changes: object) -> LesionRow:
    case = replace(full_case(), lesions=(lesion(1, "T8", **changes),))
    return rows_of(case)[0]


def test_every_lesion_has_one_row_in_order() -> None:
    assert [row.number for row in rows_of(case_with_lesions(29))] == [str(n) for n in range(1, 30)]


def test_no_lesion_is_said_in_words() -> None:
    table = lesion_table(read_case(case_with_lesions(0), {}))
    assert table.rows == ()
    assert table.empty == "No lesion is marked."
    assert table.notes == ()


def test_a_full_row() -> None:
    row = rows_of(full_case())[0]
    assert (row.level, row.kind, row.size, row.involved) == ("T8", "Lytic.", "31 mm", "72 %")
    assert (row.escc, row.sins, row.category, row.mark) == ("2", "14", "Unstable", Mark.TRIANGLE)
    assert row.findings == (
        "Body: right posterior third, left posterior third. Pedicle: right, left. Facet: left. "
        "Posterior wall breached. Superior end-plate breached. Pathological fracture. "
        "Soft tissue: epidural and left paraspinal. Ventral and left lateral epidural component."
    )
    assert row.image == "ki_01.png"
    assert row.image_alt == "Small view of key image A"


def test_an_untouched_lesion_prints_what_nobody_assessed() -> None:
    row = row_of()
    assert row.kind == "Type not assessed."
    assert row.findings == (
        "Parts not assessed. Not assessed: posterior wall, end-plates, fracture, soft tissue and "
        "prior treatment."
    )
    assert row.involved == "not assessed"


def test_unknown_not_assessed_and_none_are_three_answers() -> None:
    row = row_of(
        posterior_wall=UNKNOWN,
        endplates=NOT_ASSESSED,
        fracture=Fracture.NONE,
        soft_tissue=frozenset({SoftTissue.NONE}),
        treated=YesNo.NO,
        body_involved_pct=UNKNOWN,
    )
    assert row.findings == (
        "Parts not assessed. No fracture. Soft tissue: none. Unknown: posterior wall. "
        "Not assessed: end-plates."
    )
    assert row.involved == "unknown"


@pytest.mark.parametrize(
    ("matrix", "words"),
    [
        (Matrix.BLASTIC, "Blastic."),
        (Matrix.INFERRED_FROM_MRI, "Type inferred from MRI."),
        (Matrix.NOT_ASSESSABLE, "Type not assessable."),
        (UNKNOWN, "Type unknown."),
    ],
)
def test_the_kind_in_words(matrix: object, words: str) -> None:
    assert row_of(matrix=matrix).kind == words


def test_states_of_the_vertebra_in_words() -> None:
    row = row_of(
        posterior_wall=PosteriorWall.RETROPULSED,
        endplates=Endplates.BOTH_BREACHED,
        fracture=Fracture.INDETERMINATE,
        treated=YesNo.YES,
    )
    for words in (
        "Posterior wall retropulsed.",
        "Both end-plates breached.",
        "Fracture of indeterminate cause.",
        "Treated lesion.",
    ):
        assert words in row.findings


def test_an_involvement_near_the_threshold_keeps_its_side() -> None:
    assert row_of(body_involved_pct=49.96).involved == "49.96 %"
    assert row_of(body_involved_pct=50.0).involved == "50 %"


def test_a_lesion_outside_the_numbering_has_no_level_and_no_grade() -> None:
    row = row_of(levels=())
    assert (row.level, row.escc, row.sins, row.category) == (
        "not numbered",
        "not assessed",
        "not assessed",
        "",
    )
    assert row.mark is Mark.NONE


def test_a_lesion_of_several_levels_shows_the_worst_of_them() -> None:
    row = row_of(levels=(VertebralLevel.L2, VertebralLevel.T8))
    assert row.level == "L2, T8"
    assert (row.sins, row.escc) == ("14", "2")


def test_a_note_of_400_characters_stays_and_a_longer_one_moves() -> None:
    kept, moved = "k" * LONGEST_NOTE, "m" * (LONGEST_NOTE + 1)
    case = replace(full_case(), lesions=(lesion(1, "T8", note=kept), lesion(2, "L2", note=moved)))
    first, second = rows_of(case)
    assert first.findings.endswith(kept)
    assert second.findings.endswith("Note: see additional text, lesion 2.")
    section = additional_text(read_case(case, {}))
    assert section is not None
    assert [(item.lead, item.text) for item in section.paragraphs] == [("Lesion 2.", moved)]


def test_no_long_note_no_additional_text() -> None:
    assert additional_text(read_case(full_case(), {})) is None


def test_letters_run_on_after_z() -> None:
    assert [image_letter(n) for n in (0, 25, 26, 27, 51, 52, 701, 702)] == [
        *("A", "Z", "AA", "AB", "AZ", "BA", "ZZ", "AAA")
    ]


def test_a_key_image_says_what_where_and_how_large() -> None:
    case = full_case()
    first, second = image_section(read_case(case, pictures_of(case))).images
    assert (first.letter, first.file) == ("A", "ki_01.png")
    assert first.title == "Axial MR. Lesion 1, T8."
    assert first.caption == "Flattened cord, CSF still visible dorsally."
    assert first.footnote == "Series 7, image 41 · 160 × 120 mm · top A, right L"
    assert first.alt.startswith("Key image A: Axial MR. Lesion 1, T8. Flattened cord")
    assert (second.letter, second.title) == ("B", "Sagittal MR. Lesion 2, L2.")


def test_a_picture_that_could_not_be_made_is_replaced_by_its_reason() -> None:
    case = full_case()
    pictures = {
        "image-1": KeyImagePicture(missing="Series 7 is not on this computer."),
    }
    reading = read_case(case, pictures)
    first, second = image_section(reading).images
    assert first.file == ""
    assert first.missing == "No picture. Series 7 is not on this computer."
    assert first.footnote == "Series 7, Axial T2 TSE"
    assert second.missing == f"No picture. {UNAVAILABLE}"
    assert image_files(reading) == ()


def test_an_image_of_an_unknown_series_is_named_by_the_tail_of_its_uid() -> None:
    case = replace(full_case(), series=())
    first = image_section(read_case(case, {})).images[0]
    assert first.title == "Axial. Lesion 1, T8."
    assert first.footnote == "Series .99999.1.7"[-15:] or first.footnote.startswith("Series ")


def test_an_image_of_a_removed_lesion_keeps_its_number() -> None:
    case = replace(full_case(), lesions=())
    titles = [image.title for image in image_section(read_case(case, {})).images]
    assert titles == ["Axial MR. Lesion 1.", "Sagittal MR. Lesion 2."]


def test_an_image_of_no_lesion_names_its_plane() -> None:
    case = replace(full_case(), key_images=(key_image(1),))
    assert image_section(read_case(case, {})).images[0].title == "Axial MR."


def test_a_caption_that_names_the_lesion_is_not_repeated_in_the_title() -> None:
    image = key_image(1, lesion_number=1, caption="Lesion 1, T8: cord flattened.")
    case = replace(full_case(), key_images=(image,))
    assert image_section(read_case(case, {})).images[0].title == "Axial MR."


def test_no_key_image_is_said_in_words() -> None:
    section = image_section(read_case(replace(full_case(), key_images=()), {}))
    assert (section.heading, section.images, section.empty) == ("", (), "")
    assert lesion_table(read_case(replace(full_case(), key_images=()), {})).notes[1] == NO_IMAGE
    alone = image_section(read_case(replace(full_case(), key_images=(), lesions=()), {}))
    assert (alone.heading, alone.empty) == ("Key images", NO_IMAGE)
    assert NO_IMAGE not in lesion_table(read_case(full_case(), {})).notes


def test_picture_files_are_named_by_position_alone() -> None:
    case = replace(full_case(), key_images=tuple(key_image(n) for n in range(1, 13)))
    files = image_files(read_case(case, pictures_of(case)))
    assert [name for name, _ in files][:2] == ["ki_01.png", "ki_02.png"]
    assert files[11][0] == file_of(11) == "ki_12.png"
    assert files[0][1] == png(shade=60)


def test_evidence_letters_follow_the_fields_they_prove() -> None:
    reading = read_case(full_case(), {})
    assert reading.evidence("escc.T8") == "Image A"
    assert reading.evidence("sins.T8.posterolateral", "escc.T8") == "Image A"
    assert reading.evidence("sins.T8.pain") == ""
    case = full_case()
    both = replace(
        case, key_images=tuple(replace(image, proves=("x",)) for image in case.key_images)
    )
    assert read_case(both, {}).evidence("x") == "Image A, Image B"
