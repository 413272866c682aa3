"""Levels, variants, and the vertebra that a point belongs to."""

from __future__ import annotations

import math

import pytest

from tests.support import cases
from workstation.base.errors import CommandRefusedError
from workstation.domain.spine import (
    Landmark,
    Region,
    Spine,
    Variant,
    VertebralLevel,
    level_chain,
    level_runs,
    transitional_levels,
)


def level(name: str) -> VertebralLevel:
    return VertebralLevel(name)


def spine_of(**centers: tuple[float, float, float]) -> Spine:
    marks = tuple(
        Landmark(level=level(name), center_lps=center) for name, center in centers.items()
    )
    return Spine(frame_of_reference_uid="1", series_uid="2", landmarks=marks)


class TestLevels:
    def test_order_runs_from_the_head(self) -> None:
        names = ["C0", "C1", "C7", "T1", "T12", "T13", "L1", "L5", "L6", "S1", "S5", "Co"]
        orders = [level(name).order for name in names]
        assert orders == sorted(orders)
        assert orders[0] == 0
        assert orders[-1] == len(VertebralLevel) - 1

    @pytest.mark.parametrize(
        ("name", "region"),
        [
            ("C0", Region.CERVICAL),
            ("C7", Region.CERVICAL),
            ("T1", Region.THORACIC),
            ("T13", Region.THORACIC),
            ("L6", Region.LUMBAR),
            ("S5", Region.SACRAL),
            ("Co", Region.COCCYX),
        ],
    )
    def test_region(self, name: str, region: Region) -> None:
        assert level(name).region is region

    def test_only_t13_and_l6_are_supernumerary(self) -> None:
        assert [item.value for item in VertebralLevel if item.is_supernumerary] == ["T13", "L6"]

    @pytest.mark.parametrize(("text", "name"), [("t12", "T12"), (" L1 ", "L1"), ("co", "Co")])
    def test_parse_forgives_case_and_space(self, text: str, name: str) -> None:
        assert VertebralLevel.parse(text) is level(name)

    @pytest.mark.parametrize("text", ["", "T14", "L7", "D12", "12", "T1.", "Th5"])
    def test_parse_refuses_what_is_no_vertebra(self, text: str) -> None:
        with pytest.raises(CommandRefusedError) as caught:
            VertebralLevel.parse(text)
        assert caught.value.code == "bad-level"

    def test_parse_does_not_repeat_a_long_text(self) -> None:
        with pytest.raises(CommandRefusedError) as caught:
            VertebralLevel.parse("x" * 500)
        assert len(caught.value.message) < 150


class TestVariants:
    def test_usual_chain_is_7_12_5_5(self) -> None:
        chain = level_chain()
        count = {region: sum(item.region is region for item in chain) for region in Region}
        # C0, the occiput, stands before the seven cervical vertebrae.
        assert count == {
            Region.CERVICAL: 8,
            Region.THORACIC: 12,
            Region.LUMBAR: 5,
            Region.SACRAL: 5,
            Region.COCCYX: 1,
        }

    @pytest.mark.parametrize(
        ("variant", "present", "absent"),
        [
            (Variant.THIRTEEN_RIBS, "T13", "L6"),
            (Variant.ELEVEN_RIBS, "T11", "T12"),
            (Variant.SIX_LUMBAR, "L6", "T13"),
            (Variant.FOUR_LUMBAR, "L4", "L5"),
            (Variant.SACRALIZED_L5, "L5", "L6"),
            (Variant.LUMBARIZED_S1, "S1", "L6"),
        ],
    )
    def test_variant_changes_the_chain(self, variant: Variant, present: str, absent: str) -> None:
        chain = level_chain(frozenset({variant}))
        assert level(present) in chain
        assert level(absent) not in chain

    @pytest.mark.parametrize(
        ("variant", "names"),
        [
            (Variant.THIRTEEN_RIBS, {"T12", "T13", "L1"}),
            (Variant.ELEVEN_RIBS, {"T11", "L1"}),
            (Variant.SIX_LUMBAR, {"L5", "L6", "S1"}),
            (Variant.FOUR_LUMBAR, {"L4", "S1"}),
            (Variant.SACRALIZED_L5, {"L5", "S1"}),
            (Variant.LUMBARIZED_S1, {"L5", "S1", "S2"}),
        ],
    )
    def test_location_is_not_looked_up_beside_a_variant(
        self, variant: Variant, names: set[str]
    ) -> None:
        assert transitional_levels(frozenset({variant})) == {level(name) for name in names}

    def test_no_variant_touches_nothing(self) -> None:
        assert transitional_levels(frozenset()) == frozenset()

    def test_two_variants_touch_both_places(self) -> None:
        both = transitional_levels(frozenset({Variant.ELEVEN_RIBS, Variant.FOUR_LUMBAR}))
        assert both == {level(name) for name in ("T11", "L1", "L4", "S1")}


class TestLevelAt:
    def test_every_center_is_its_own_level(self) -> None:
        spine = cases.thoracolumbar_spine()
        for mark in spine.landmarks:
            assert spine.level_at(mark.center_lps) is mark.level

    def test_spinous_process_belongs_to_the_body_at_its_height(self) -> None:
        spine = cases.thoracolumbar_spine()
        x, y, z = cases.level_center(level("T9"))
        assert spine.level_at((x, y + 60.0, z)) is level("T9")
        assert spine.level_at((x - 40.0, y, z)) is level("T9")

    def test_border_lies_halfway(self) -> None:
        spine = cases.thoracolumbar_spine()
        z = cases.level_center(level("T9"))[2]
        assert spine.level_at((0.0, 10.0, z - 11.9)) is level("T9")
        assert spine.level_at((0.0, 10.0, z - 12.1)) is level("T10")

    def test_half_a_vertebra_beyond_the_ends_still_counts(self) -> None:
        spine = cases.thoracolumbar_spine()
        top, bottom = cases.level_center(level("T1"))[2], cases.level_center(level("L5"))[2]
        assert spine.level_at((0.0, 10.0, top + 12.0)) is level("T1")
        assert spine.level_at((0.0, 10.0, top + 12.1)) is None
        assert spine.level_at((0.0, 10.0, bottom - 12.0)) is level("L5")
        assert spine.level_at((0.0, 10.0, bottom - 12.1)) is None

    def test_more_than_100_mm_from_the_line_nothing_is_named(self) -> None:
        spine = cases.thoracolumbar_spine()
        z = cases.level_center(level("T9"))[2]
        assert spine.level_at((100.0, 10.0, z)) is level("T9")
        assert spine.level_at((100.1, 10.0, z)) is None

    def test_lone_landmark_reaches_20_mm(self) -> None:
        spine = spine_of(T9=(0.0, 0.0, 0.0))
        assert spine.level_at((0.0, 0.0, 20.0)) is level("T9")
        assert spine.level_at((0.0, 0.0, 20.1)) is None

    def test_spine_without_landmarks_names_nothing(self) -> None:
        assert spine_of().level_at((0.0, 0.0, 0.0)) is None

    def test_two_landmarks_at_one_place_name_nothing(self) -> None:
        spine = spine_of(T9=(0.0, 0.0, 0.0), T10=(0.0, 0.0, 0.0))
        assert spine.level_at((0.0, 0.0, 0.0)) is None

    def test_curved_spine_goes_by_the_nearer_segment(self) -> None:
        spine = spine_of(T1=(0.0, 0.0, 0.0), T2=(0.0, 0.0, -30.0), T3=(0.0, 30.0, -30.0))
        assert spine.level_at((0.0, 28.0, -28.0)) is level("T3")
        assert spine.level_at((0.0, 2.0, -4.0)) is level("T1")


class TestSpine:
    def test_change_of_landmarks_takes_the_confirmation_away(self) -> None:
        spine = cases.thoracolumbar_spine()
        assert spine.confirmed
        changed = spine.with_landmarks(tuple(reversed(spine.landmarks)))
        assert not changed.confirmed
        assert changed.confirmed_by == ""
        assert changed.levels == cases.THORACOLUMBAR

    def test_caudal_direction_points_to_the_feet(self) -> None:
        spine = cases.thoracolumbar_spine()
        for name in ("T1", "T9", "L5"):
            assert spine.caudal_direction(level(name)) == (0.0, 0.0, -1.0)

    def test_caudal_direction_is_the_chord_of_the_neighbors(self) -> None:
        spine = spine_of(T1=(0.0, 0.0, 0.0), T2=(0.0, 0.0, -30.0), T3=(0.0, 30.0, -30.0))
        direction = spine.caudal_direction(level("T2"))
        assert direction == pytest.approx((0.0, math.sqrt(0.5), -math.sqrt(0.5)))

    def test_no_direction_where_there_is_no_line(self) -> None:
        assert spine_of(T9=(0.0, 0.0, 0.0)).caudal_direction(level("T9")) is None
        assert cases.thoracolumbar_spine().caudal_direction(level("C2")) is None
        same = spine_of(T9=(0.0, 0.0, 0.0), T10=(0.0, 0.0, 0.0))
        assert same.caudal_direction(level("T9")) is None

    def test_landmark_of_an_unlabelled_level_is_none(self) -> None:
        spine = cases.thoracolumbar_spine()
        assert spine.landmark(level("C2")) is None
        assert spine.landmark(level("T9")).center_lps == cases.level_center(level("T9"))


@pytest.mark.parametrize(
    ("names", "words"),
    [
        ("", ""),
        ("T8", "T8"),
        ("T8 T9", "T8, T9"),
        ("T10 T8 T9", "T8–T10"),
        ("C7 T1 T2 L5 S1", "C7–T2, L5, S1"),
        ("T11 T12 T13 L1", "T11, T12, T13, L1"),
        ("L4 L5 L6 S1", "L4, L5, L6, S1"),
    ],
)
def test_levels_are_grouped_in_runs_that_name_every_variant(names: str, words: str) -> None:
    assert level_runs(VertebralLevel(name) for name in names.split()) == words
