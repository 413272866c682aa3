import pytest

from workstation.imaging.object_kind import ObjectKind, object_kind, sop_class_name

STORAGE = "1.2.840.10008.5.1.4.1.1."


@pytest.mark.parametrize(
    ("uid", "kind"),
    [
        (STORAGE + "2", ObjectKind.IMAGE),
        (STORAGE + "4.1", ObjectKind.IMAGE),
        (STORAGE + "128", ObjectKind.IMAGE),
        (STORAGE + "30", ObjectKind.IMAGE),
        (STORAGE + "66.4", ObjectKind.SEGMENTATION),
        (STORAGE + "66.7", ObjectKind.SEGMENTATION),
        (STORAGE + "481.3", ObjectKind.STRUCTURE_SET),
        (STORAGE + "481.2", ObjectKind.DOSE),
        (STORAGE + "481.5", ObjectKind.PLAN),
        (STORAGE + "481.4", ObjectKind.RADIOTHERAPY),
        (STORAGE + "88.11", ObjectKind.STRUCTURED_REPORT),
        (STORAGE + "88.34", ObjectKind.STRUCTURED_REPORT),
        (STORAGE + "88.59", ObjectKind.KEY_OBJECTS),
        (STORAGE + "11.1", ObjectKind.PRESENTATION_STATE),
        (STORAGE + "67", ObjectKind.REAL_WORLD_MAPPING),
        (STORAGE + "66.1", ObjectKind.REGISTRATION),
        (STORAGE + "66.2", ObjectKind.FIDUCIALS),
        (STORAGE + "104.1", ObjectKind.DOCUMENT),
        (STORAGE + "9.1.1", ObjectKind.WAVEFORM),
        (STORAGE + "66", ObjectKind.RAW_DATA),
        ("1.2.840.10008.1.3.10", ObjectKind.DIRECTORY),
    ],
)
def test_by_class(uid, kind):
    assert object_kind(uid, "", has_pixels=True) is kind


@pytest.mark.parametrize(
    ("modality", "has_pixels", "kind"),
    [
        ("CT", True, ObjectKind.IMAGE),
        ("CT", False, ObjectKind.OTHER),
        ("SEG", True, ObjectKind.SEGMENTATION),
        ("RTSTRUCT", False, ObjectKind.STRUCTURE_SET),
        ("SR", False, ObjectKind.STRUCTURED_REPORT),
        ("", False, ObjectKind.OTHER),
    ],
)
def test_by_modality_where_the_class_is_empty(modality, has_pixels, kind):
    assert object_kind("", modality, has_pixels=has_pixels) is kind


def test_names():
    assert sop_class_name(STORAGE + "2") == "CT Image Storage"
    assert sop_class_name("1.2.3") == "1.2.3"
    assert sop_class_name("") == ""
