"""Who is one patient, what is one study, one series and one volume, on headers in memory."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.support.fake_headers import FakeSeries, catalog_of
from tests.support.frames import frame_of, placed_frames
from workstation.base.errors import InputRefusedError, UsageError
from workstation.imaging.grouping_rules import RULES, b_value, split_by_rules
from workstation.imaging.object_kind import ObjectKind

PLAIN = FakeSeries(name="1.1", slices=6)


@pytest.fixture
def opened(monkeypatch):
    return lambda *series: catalog_of(monkeypatch, series)


def named(series, **tags):
    return replace(series, tags={**series.tags, **tags})


class TestPatients:
    @pytest.mark.parametrize(
        ("first", "second", "patients"),
        [
            ({"PatientID": "7"}, {"PatientID": "7"}, 1),
            ({"PatientID": "7"}, {"PatientID": " 7 "}, 1),
            ({"PatientID": "7"}, {"PatientID": "07"}, 2),
            ({"PatientID": "a"}, {"PatientID": "A"}, 2),
            ({"PatientID": "7", "IssuerOfPatientID": "X"}, {"PatientID": "7"}, 2),
            (
                {"PatientID": "7", "IssuerOfPatientID": "X"},
                {"PatientID": "7", "IssuerOfPatientID": "Y"},
                2,
            ),
            (
                {"PatientID": "7", "IssuerOfPatientID": "X"},
                {"PatientID": "7", "IssuerOfPatientID": "X"},
                1,
            ),
            ({"PatientID": None}, {"PatientID": None}, 2),
            (
                {"PatientID": None, "PatientName": "DOE^J"},
                {"PatientID": None, "PatientName": "DOE^J"},
                2,
            ),
            ({"PatientID": "7"}, {"PatientID": None}, 2),
        ],
    )
    def test_studies_join_by_exact_id_and_issuer_only(self, opened, first, second, patients):
        other = replace(PLAIN, name="2.1", study="2")
        catalog = opened(named(PLAIN, **first), named(other, **second))
        assert len(catalog.patients) == patients
        assert len(catalog.studies) == 2

    @pytest.mark.parametrize(
        ("first", "second", "conflict"),
        [
            ({}, {}, None),
            ({"PatientName": "DOE^Jane"}, {"PatientName": "doe^jane"}, None),
            ({"PatientName": "DOE^Jane"}, {"PatientName": "DOE Jane"}, None),
            ({"PatientName": "DOE^Jane"}, {"PatientName": "DOE^Jane^^"}, None),
            ({"PatientName": "DOE^Jane"}, {"PatientName": None}, None),
            ({"PatientName": "DOE^Jane"}, {"PatientName": "ROE^Jane"}, "different names;"),
            (
                {"PatientBirthDate": "19600101"},
                {"PatientBirthDate": "19600102"},
                "different birth dates;",
            ),
            ({"PatientBirthDate": "19600101"}, {"PatientBirthDate": "unknown"}, None),
            (
                {"PatientName": "DOE", "PatientBirthDate": "19600101"},
                {"PatientName": "ROE", "PatientBirthDate": "19610101"},
                "different names and birth dates;",
            ),
        ],
    )
    def test_one_id_with_two_persons_is_a_conflict(self, opened, first, second, conflict):
        other = replace(PLAIN, name="2.1", study="2")
        (patient,) = opened(named(PLAIN, **first), named(other, **second)).patients
        if conflict is None:
            assert patient.conflict is None
        else:
            assert conflict in patient.conflict

    def test_a_conflict_names_no_identity(self, opened):
        other = named(replace(PLAIN, name="2.1", study="2"), PatientName="ROE^Jane")
        (patient,) = opened(named(PLAIN, PatientName="DOE^Jane"), other).patients
        assert "ROE" not in patient.conflict
        assert "P1" not in patient.conflict


class TestStudies:
    def test_series_of_one_study_stand_together_by_number(self, opened):
        catalog = opened(
            replace(PLAIN, name="1.9", number=9), PLAIN, replace(PLAIN, name="1.4", number=4)
        )
        (study,) = catalog.studies
        assert [series.identity.series_number for series in study.series] == [1, 4, 9]

    def test_series_without_a_number_come_last(self, opened):
        lost = named(replace(PLAIN, name="0.1"), SeriesNumber=None)
        catalog = opened(lost, replace(PLAIN, number=99))
        assert [series.identity.series_number for series in catalog.series] == [99, None]

    def test_studies_stand_by_date(self, opened):
        catalog = opened(
            replace(PLAIN, name="3.1", study="3", date="20270101"),
            replace(PLAIN, name="2.1", study="2", date="20250101"),
            PLAIN,
        )
        assert [study.date for study in catalog.studies] == [
            "2025-01-01",
            "2026-03-14",
            "2027-01-01",
        ]

    @pytest.mark.parametrize(
        ("first", "second", "studies"),
        [
            ({}, {}, 1),
            ({"StudyDescription": "A"}, {"StudyDescription": "B"}, 2),
            ({"StudyDate": "20260101"}, {"StudyDate": "20260102"}, 2),
        ],
    )
    def test_studies_without_a_uid_are_told_apart_by_date_and_name(
        self, opened, first, second, studies
    ):
        bare = named(PLAIN, StudyInstanceUID=None)
        catalog = opened(named(bare, **first), named(replace(bare, name="1.2"), **second))
        assert len(catalog.studies) == studies

    def test_without_uid_and_person_each_series_is_alone(self, opened):
        bare = named(PLAIN, StudyInstanceUID=None, PatientID=None)
        assert len(opened(bare, replace(bare, name="1.2")).studies) == 2


class TestFinding:
    def test_volumes_by_series_and_number(self, opened):
        catalog = opened(PLAIN, replace(PLAIN, name="1.2"))
        assert catalog.find_volume("1.2").key.series_uid == "1.2"
        assert catalog.find_series("1.1").volumes[0] is catalog.find_volume("1.1", 0)

    @pytest.mark.parametrize("index", [-1, 1, 5])
    def test_volumes_that_are_not_there(self, opened, index):
        with pytest.raises(UsageError, match=r"1 volume\(s\)"):
            opened(PLAIN).find_volume("1.1", index)

    def test_an_unknown_series(self, opened):
        with pytest.raises(UsageError, match=r'"1\.1\.1"'):
            opened(PLAIN).find_series("1.1.1")

    def test_an_empty_uid_when_every_series_has_one(self, opened):
        with pytest.raises(UsageError):
            opened(PLAIN).find_series("")

    def test_a_uid_of_two_modalities_is_ambiguous(self, opened):
        catalog = opened(PLAIN, named(PLAIN, Modality="CT", SOPInstanceUID=None))
        with pytest.raises(InputRefusedError) as caught:
            catalog.find_volume("1.1")
        assert caught.value.code == "ambiguous-series"

    @pytest.mark.parametrize(
        ("series", "words"),
        [
            (
                FakeSeries(
                    name="9.1",
                    modality="OT",
                    tags={"SOPClassUID": "1.2.840.10008.5.1.4.1.1.66.4", "Modality": "SEG"},
                ),
                "it is a segmentation",
            ),
            (FakeSeries(name="9.1", modality="CR"), "its images are 2D pictures"),
            (
                named(replace(PLAIN, name="9.1"), ImagePositionPatient=None),
                "do not say where they lie",
            ),
            (
                named(replace(PLAIN, name="9.1"), PixelSpacing=None),
                "distance between pixels is missing",
            ),
            (
                named(replace(PLAIN, name="9.1"), ImageOrientationPatient=[1, 0, 0, 1, 0, 0]),
                "not at right angles",
            ),
        ],
    )
    def test_why_a_series_has_no_volume(self, opened, series, words):
        with pytest.raises(InputRefusedError, match=words) as caught:
            opened(series).find_volume("9.1")
        assert caught.value.code == "no-volume"


@pytest.mark.parametrize(
    ("kind", "uid"),
    [
        (ObjectKind.SEGMENTATION, "66.4"),
        (ObjectKind.STRUCTURED_REPORT, "88.11"),
        (ObjectKind.PLAN, "481.5"),
        (ObjectKind.RAW_DATA, "66"),
    ],
)
def test_what_is_no_image_is_listed_without_volumes(opened, kind, uid):
    series = FakeSeries(
        name="9.1", modality="OT", tags={"SOPClassUID": f"1.2.840.10008.5.1.4.1.1.{uid}"}
    )
    (entry,) = opened(series).series
    assert entry.object_kind is kind
    assert entry.volumes == ()
    assert len(entry.headers) == 1


@pytest.mark.parametrize("modality", ["CR", "DX", "US", "XA", "MG", "RF", "ES", "SM"])
def test_flat_modalities_never_make_a_volume(opened, modality):
    (entry,) = opened(named(PLAIN, Modality=modality)).series
    assert entry.volumes == ()
    assert len(entry.images) == 6
    assert {image.finding for image in entry.images} == {None}


class TestRules:
    """Each rule by itself: pictures that differ in one value, or only in how it is written."""

    @pytest.mark.parametrize(
        ("one", "other", "groups"),
        [
            ({"FrameOfReferenceUID": "1"}, {"FrameOfReferenceUID": "2"}, 2),
            ({"FrameOfReferenceUID": "1"}, {"FrameOfReferenceUID": "1"}, 1),
            ({"FrameOfReferenceUID": "1"}, {}, 2),
            ({"EchoTime": 12.0}, {"EchoTime": 12.001}, 1),
            ({"EchoTime": 12.0}, {"EchoTime": 12.02}, 2),
            ({"EchoTime": 12.0}, {}, 2),
            ({"InversionTime": 150.0}, {"InversionTime": 150.04}, 1),
            ({"InversionTime": 150.0}, {"InversionTime": 151.0}, 2),
            ({"DiffusionBValue": 0.0}, {"DiffusionBValue": 800.0}, 2),
            ({"PrivateBValue": 50.0}, {"PrivateBValue": 800.0}, 2),
            ({"DiffusionBValue": 50.0}, {"PrivateBValue": 50.0}, 1),
            ({"TemporalPositionIdentifier": 1}, {"TemporalPositionIdentifier": 2}, 2),
            ({"TemporalPositionIdentifier": 1}, {"TemporalPositionIdentifier": 1}, 1),
            ({"StackID": "1"}, {"StackID": "2"}, 2),
            ({"ImageType": ["A", "B", "M"]}, {"ImageType": ["A", "B", "P"]}, 2),
            ({"ImageType": ["A", "B", "M"]}, {"ImageType": ["C", "D", "M"]}, 1),
            ({"ImageType": ["A", "B"]}, {"ImageType": ["A", "B", "M"]}, 2),
            ({"SliceThickness": 1.0}, {"SliceThickness": 2.0}, 1),
            ({"InstanceNumber": 1}, {"InstanceNumber": 99}, 1),
        ],
    )
    def test_what_tells_volumes_apart(self, one, other, groups):
        frames = [
            *placed_frames([(0, 0, 0)], **one),
            *placed_frames([(0, 0, 3)], **other),
        ]
        assert len(split_by_rules(frames)[0]) == groups

    @pytest.mark.parametrize(
        ("spacing", "groups"), [((1.0, 1.0), 1), ((1.00001, 1.0), 1), ((1.0, 1.001), 2)]
    )
    def test_pixel_spacing(self, spacing, groups):
        frames = [
            *placed_frames([(0, 0, 0)]),
            *placed_frames([(0, 0, 3)], spacing=spacing),
        ]
        found, findings = split_by_rules(frames)
        assert len(found) == groups
        assert [item.code for item in findings] == (["mixed-spacing"] if groups == 2 else [])

    @pytest.mark.parametrize(
        ("layout", "groups"),
        [
            ({}, 1),
            ({"rows": 5}, 2),
            ({"columns": 5}, 2),
            ({"samples": 3}, 2),
            ({"bits_stored": 12}, 1),
        ],
    )
    def test_matrix(self, layout, groups):
        first, second = placed_frames([(0, 0, 0), (0, 0, 3)])
        changed = replace(second, frame=frame_of(dict(second.frame.tags.plain), **layout))
        found, findings = split_by_rules([first, changed])
        assert len(found) == groups
        assert ("mixed-matrix" in [item.code for item in findings]) is (groups == 2)

    def test_groups_keep_the_order_in_which_they_came(self):
        frames = [
            item
            for echo in (30.0, 10.0, 20.0)
            for item in placed_frames([(0, 0, 0), (0, 0, 3)], EchoTime=echo)
        ]
        groups, findings = split_by_rules(frames)
        assert [group[0].frame.tags.number("EchoTime") for group in groups] == [30.0, 10.0, 20.0]
        assert findings == ()

    def test_rules_have_different_names(self):
        names = [rule.name for rule in RULES]
        assert len(set(names)) == len(names)

    @pytest.mark.parametrize(
        ("tags", "expected"),
        [
            ({}, None),
            ({"DiffusionBValue": 0.0}, 0.0),
            ({"DiffusionBValue": 800.0, "PrivateBValue": 50.0}, 800.0),
            ({"PrivateBValue": 50.0}, 50.0),
            ({"DiffusionBValue": "x"}, None),
        ],
    )
    def test_the_standard_b_value_comes_first(self, tags, expected):
        assert b_value(frame_of(tags)) == expected
