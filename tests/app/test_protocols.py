"""Protocol files: strict loading, saving a hang, and the hangs of the studies that are shipped."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.support.fake_headers import FakeSeries, catalog_of
from workstation.app.protocol_data import (
    PRESET_NAMES,
    PaneKind,
    PaneSpec,
    Protocol,
    ShownPlane,
    protocol_document,
    protocol_from_document,
)
from workstation.app.protocol_match import PanePlan
from workstation.app.protocol_series import records_of
from workstation.app.protocols import (
    FOLDER,
    all_protocols,
    choose,
    delete_protocol,
    load_protocols,
    match,
    protocol_of_hang,
    read_protocol,
    save_protocol,
    shipped_protocols,
)
from workstation.base.errors import InputRefusedError, StoreError, UsageError
from workstation.base.paths import resource_path
from workstation.imaging.catalog import Catalog, open_paths
from workstation.imaging.volume import VolumeKey
from workstation.rendering.plane import PlaneName

DATA = Path(__file__).resolve().parents[1] / "data"

SMALL: dict[str, Any] = {
    "id": "small",
    "name": "Small",
    "roles": [
        {"id": "ct", "title": "CT", "choices": [{"modality": ["CT"], "plane": ["axial"]}]},
        {
            "id": "pet",
            "title": "PET",
            "choices": [{"modality": ["PT"], "same_space_as": "ct", "covers": 0.5}],
        },
    ],
    "rules": [{"role": "ct", "required": True, "weight": 5}],
    "stages": [
        {
            "name": "One",
            "rows": 1,
            "columns": 2,
            "panes": [
                {"role": "ct", "plane": "sagittal", "preset": "Bone"},
                {"role": "ct", "fusion": "pet", "slab": {"mode": "mean", "thickness_mm": 3}},
            ],
        }
    ],
}


def put(path: str, value: Any) -> Callable[[dict[str, Any]], None]:
    """Change the value at a path such as ``stages/0/rows`` of a document."""

    def change(document: dict[str, Any]) -> None:
        *steps, last = path.split("/")
        at: Any = document
        for step in steps:
            at = at[int(step) if step.isdigit() else step]
        at[int(last) if last.isdigit() else last] = value

    return change


def test_the_small_document_is_right() -> None:
    protocol = protocol_from_document(SMALL)
    assert protocol.stages[0].panes[0].plane is ShownPlane.SAGITTAL
    assert protocol_from_document(protocol_document(protocol)) == protocol


WRONG: list[tuple[Callable[[dict[str, Any]], None], str]] = [
    (put("name", ""), "name: must not be empty."),
    (put("id", 3), "id: needs a text, not a number."),
    (put("colour", "red"), "colour: is not a field here."),
    (put("stages", []), "stages: needs at least one stage."),
    (put("roles/1/id", "ct"), "roles[1].id: must be a name of its own."),
    (put("roles/0/choices", []), "roles[0].choices: needs at least one choice."),
    (
        put("roles/0/choices/0/plane", ["diagonal"]),
        "roles[0].choices[0].plane[0]: is not one of axial, sagittal, coronal, oblique.",
    ),
    (
        put("roles/0/choices/0/same_space_as", "pet"),
        "roles[0].choices[0].same_space_as: names a role that is not defined before it.",
    ),
    (
        put("roles/0/choices/0/like", "ct"),
        "roles[0].choices[0].like: names a role that is not defined before it.",
    ),
    (put("roles/1/choices/0/covers", 2), "roles[1].choices[0].covers: must lie between 0 and 1."),
    (put("roles/0/choices/0/covers", 0.5), "roles[0].choices[0].covers: needs same_space_as."),
    (
        put("roles/0/other_than", ["pet"]),
        "roles[0].other_than: names a role that is not defined before it.",
    ),
    (put("rules/0/role", "mr"), "rules[0].role: names a role that is not defined before it."),
    (put("rules/0/absent", True), "rules[0].absent: contradicts required."),
    (put("rules/0/required", "yes"), "rules[0].required: needs true or false, not a text."),
    (put("stages/0/rows", 5), "stages[0].rows: must lie between 1 and 4."),
    (
        put("stages/0/columns", 1),
        "stages[0].panes: must fit into the grid, with at least one pane.",
    ),
    (
        put("stages/0/min_series", 3),
        "stages[0].min_series: must lie between 1 and the number of panes.",
    ),
    (
        put("stages/0/panes/0/preset", "Bonee"),
        "stages[0].panes[0].preset: is not a window Batson knows.",
    ),
    (put("stages/0/panes/0/field_mm", 0), "stages[0].panes[0].field_mm: must be positive."),
    (
        put("stages/0/panes/1/slab/thickness_mm", -1),
        "stages[0].panes[1].slab.thickness_mm: must be positive.",
    ),
    (
        put("stages/0/panes/1/fusion", "mr"),
        "stages[0].panes[1].fusion: names a role that is not defined before it.",
    ),
    (
        put("stages/0/panes/0/instead", [{"role": "mr"}]),
        "stages[0].panes[0].instead[0].role: names a role that is not defined before it.",
    ),
    (
        put("tracer_presets", [{"words": ["x"], "preset": "hot"}]),
        "tracer_presets[0].preset: is not a window Batson knows.",
    ),
]


@pytest.mark.parametrize(("change", "sentence"), WRONG, ids=[row[1].split(":")[0] for row in WRONG])
def test_a_wrong_file_is_refused_with_the_field(
    tmp_path: Path, change: Callable[[dict[str, Any]], None], sentence: str
) -> None:
    document = copy.deepcopy(SMALL)
    change(document)
    path = tmp_path / "mine.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    with pytest.raises(InputRefusedError) as caught:
        read_protocol(path)
    assert caught.value.message == f"The hanging protocol mine.json is not used: {sentence}"


@pytest.mark.parametrize(
    ("content", "part"),
    [
        (b"{", "is not a JSON document"),
        (b"[]", "needs an object"),
        (b'{"id": "a", "id": "b"}', "is not a JSON document"),
        (b" " * (1024**2 + 1), "larger than 1 MB"),
    ],
)
def test_what_is_no_protocol_is_refused(tmp_path: Path, content: bytes, part: str) -> None:
    path = tmp_path / "mine.json"
    path.write_bytes(content)
    with pytest.raises(InputRefusedError, match=part):
        read_protocol(path)


def test_a_file_that_is_gone_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputRefusedError, match=r"gone\.json cannot be opened"):
        read_protocol(tmp_path / "gone.json")


def all_panes(panes: tuple[PaneSpec, ...]) -> list[PaneSpec]:
    return [item for pane in panes for item in (pane, *all_panes(pane.instead))]


@pytest.mark.parametrize("protocol", shipped_protocols(), ids=lambda item: item.id)
def test_shipped_protocols_use_every_role_and_known_windows(protocol: Protocol) -> None:
    panes = [pane for stage in protocol.stages for pane in all_panes(stage.panes)]
    used = {pane.role for pane in panes} | {pane.fusion for pane in panes}
    used |= {rule.role for rule in protocol.rules}
    for role in protocol.roles:
        used |= {choice.like for choice in role.choices}
    assert {role.id for role in protocol.roles} <= used
    assert {pane.preset for pane in panes} <= PRESET_NAMES


def test_shipped_protocols_are_those_of_the_manual() -> None:
    assert {protocol.id for protocol in shipped_protocols()} == {
        "spine-mr",
        "ct-spine",
        "ct-myelography",
        "pet-ct",
        "pet-mr",
        "mr-beside-pet-ct",
        "comparison",
        "planning",
        "radiograph",
        "any-series",
    }
    fallbacks = [item for item in shipped_protocols() if item.is_fallback]
    assert [item.id for item in fallbacks] == ["any-series"]


@pytest.fixture
def pair(monkeypatch: pytest.MonkeyPatch) -> Catalog:
    """A CT and a PET of one space."""
    ct = FakeSeries(name="ct", modality="CT", plane="axial", slices=20, step_mm=3.0)
    pet = FakeSeries(
        name="pet",
        modality="PT",
        plane="axial",
        slices=20,
        step_mm=3.0,
        tags={"CorrectedImage": ["ATTN", "DECY"]},
    )
    return catalog_of(monkeypatch, (ct, pet))


CT_PANE = PanePlan(source=VolumeKey(series_uid="ct"), plane=PlaneName.SAGITTAL, preset="Bone")
FUSED_PANE = PanePlan(
    source=VolumeKey(series_uid="ct"),
    plane=PlaneName.AXIAL,
    native=True,
    fusion=VolumeKey(series_uid="pet"),
    fusion_preset="SUV 0–7",
)


def test_a_saved_hang_comes_back_on_the_same_study(tmp_path: Path, pair: Catalog) -> None:
    saved = protocol_of_hang("Mine", (1, 2), (CT_PANE, FUSED_PANE), records_of(pair))
    save_protocol(tmp_path, saved)
    loaded, refusals = load_protocols(tmp_path)
    assert (loaded, refusals) == ((saved,), ())
    choice = choose(saved.id, pair, protocols=all_protocols(loaded))
    assert (choice.stage.rows, choice.stage.columns) == (1, 2)
    kept = [replace(pane, role="", title="") for pane in choice.stage.panes]
    assert kept == [CT_PANE, FUSED_PANE]


def test_a_saved_hang_finds_the_same_kinds_elsewhere(
    pair: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved = protocol_of_hang("Mine", (1, 1), (CT_PANE,), records_of(pair))
    other = FakeSeries(name="other", modality="CT", plane="axial", slices=9, patient="P7")
    choice = choose(saved.id, catalog_of(monkeypatch, [other]), protocols=all_protocols([saved]))
    assert choice.stage.panes[0].volume == VolumeKey(series_uid="other")


def test_a_saved_hang_is_not_chosen_by_itself_unless_it_was_asked_to(pair: Catalog) -> None:
    records = records_of(pair)
    own = protocol_of_hang("Mine", (1, 1), (CT_PANE,), records)
    assert match(pair, protocols=all_protocols([own])).protocol.id == "pet-ct"
    named = dict(match(pair, protocols=all_protocols([own])).also_fit)
    assert named[own.id] == "Mine"


def test_panes_that_ask_for_the_impossible_stay_away(
    monkeypatch: pytest.MonkeyPatch, pair: Catalog
) -> None:
    document = copy.deepcopy(SMALL)
    document["roles"] += [{"id": "any_pet", "title": "PET", "choices": [{"modality": ["PT"]}]}]
    document["stages"][0]["panes"] = [
        {"role": "ct", "kind": "picture"},
        {"role": "ct", "fusion": "any_pet"},
        {"role": "any_pet"},
    ]
    document["stages"][0]["columns"] = 3
    protocol = protocol_from_document(document)
    assert [pane.role for pane in match(pair, protocols=[protocol]).stage.panes] == [
        "ct",
        "any_pet",
    ]
    elsewhere = [
        FakeSeries(name="ct", modality="CT", plane="axial", frame="F1"),
        FakeSeries(name="pet", modality="PT", plane="axial", frame="F2"),
    ]
    choice = match(catalog_of(monkeypatch, elsewhere), protocols=[protocol])
    assert [pane.role for pane in choice.stage.panes] == ["any_pet"]


def test_among_equals_the_saved_one_wins(pair: Catalog) -> None:
    shipped = next(item for item in shipped_protocols() if item.id == "pet-ct")
    twin = replace(shipped, id="user-twin", name="Twin")
    assert match(pair, protocols=all_protocols([twin])).protocol.name == "Twin"


def test_a_saved_protocol_replaces_the_shipped_one_of_the_same_id(pair: Catalog) -> None:
    shipped = next(item for item in shipped_protocols() if item.id == "pet-ct")
    changed = replace(shipped, name="PET/CT here", stages=shipped.stages[1:])
    protocols = all_protocols([changed])
    assert len(protocols) == len(shipped_protocols())
    assert match(pair, protocols=protocols).protocol.name == "PET/CT here"


def test_saving_under_the_same_name_replaces(tmp_path: Path, pair: Catalog) -> None:
    records = records_of(pair)
    first = save_protocol(tmp_path, protocol_of_hang("Mine", (1, 1), (CT_PANE,), records))
    again = save_protocol(tmp_path, protocol_of_hang("Mine", (1, 1), (FUSED_PANE,), records))
    other = save_protocol(tmp_path, protocol_of_hang("mine", (1, 1), (CT_PANE,), records))
    assert first == again != other
    assert [item.name for item in load_protocols(tmp_path)[0]] != []
    assert len(load_protocols(tmp_path)[0]) == 2


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "C:\\x", "日本語", "a/b", ".", "CON", "x" * 60]
)
def test_no_name_leaves_the_folder(tmp_path: Path, pair: Catalog, name: str) -> None:
    path = save_protocol(tmp_path, protocol_of_hang(name, (1, 1), (CT_PANE,), records_of(pair)))
    assert path.parent == tmp_path / FOLDER
    assert load_protocols(tmp_path)[0][0].name == name
    delete_protocol(tmp_path, name)
    assert load_protocols(tmp_path) == ((), ())


def test_one_wrong_file_does_not_hide_the_rest(tmp_path: Path, pair: Catalog) -> None:
    save_protocol(tmp_path, protocol_of_hang("Mine", (1, 1), (CT_PANE,), records_of(pair)))
    (tmp_path / FOLDER / "broken.json").write_text("{}", encoding="utf-8")
    protocols, refusals = load_protocols(tmp_path)
    assert [item.name for item in protocols] == ["Mine"]
    assert [error.message for error in refusals] == [
        "The hanging protocol broken.json is not used: id: is missing."
    ]


def test_a_store_without_saved_hangs_gives_none(tmp_path: Path) -> None:
    assert load_protocols(tmp_path) == ((), ())


def test_deleting_what_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no layout saved"):
        delete_protocol(tmp_path, "Mine")


def test_deleting_what_cannot_be_deleted_is_reported(tmp_path: Path, pair: Catalog) -> None:
    path = save_protocol(tmp_path, protocol_of_hang("Mine", (1, 1), (CT_PANE,), records_of(pair)))
    path.unlink()
    path.mkdir()
    with pytest.raises(StoreError, match="could not be removed"):
        delete_protocol(tmp_path, "Mine")


@pytest.mark.parametrize("name", ["", "  ", "x" * 61])
def test_a_saved_hang_needs_a_name(pair: Catalog, name: str) -> None:
    with pytest.raises(UsageError, match="1 to 60 characters"):
        protocol_of_hang(name, (1, 1), (CT_PANE,), records_of(pair))


def test_empty_panes_are_not_saved(pair: Catalog) -> None:
    with pytest.raises(UsageError, match="no image in the panes"):
        protocol_of_hang("Mine", (1, 1), (PanePlan(),), records_of(pair))


def test_a_series_that_is_closed_cannot_be_saved(pair: Catalog) -> None:
    gone = replace(CT_PANE, source=VolumeKey(series_uid="gone"))
    with pytest.raises(UsageError, match="no longer open"):
        protocol_of_hang("Mine", (1, 1), (gone,), records_of(pair))


def test_an_unknown_protocol_is_refused(pair: Catalog) -> None:
    with pytest.raises(UsageError, match="no hanging protocol"):
        choose("nothing", pair)


REAL: list[tuple[str, str, str, list[str]]] = [
    ("resources/demo/ct-thoracic", "ct-spine", "Bone", ["sagittal", "coronal", "axial", ""]),
    (
        "resources/demo/mr-lumbar",
        "spine-mr",
        "One series",
        ["sagittal", "coronal", "sagittal", "axial"],
    ),
    ("data/ct_tspine_excerpt", "ct-spine", "Bone", ["sagittal", "coronal", "axial", ""]),
    ("data/mr_cspine", "spine-mr", "One series", ["sagittal", "coronal", "sagittal", "axial"]),
    (
        "data/enhanced_mr_philips",
        "spine-mr",
        "One series",
        ["sagittal", "coronal", "sagittal", "axial"],
    ),
    (
        "data/pet_pelvis_sts007",
        "any-series",
        "One series",
        ["sagittal", "coronal", "axial", "coronal"],
    ),
    ("data/nifti", "any-series", "One series", ["sagittal", "coronal", "axial", "sagittal"]),
    ("data/odd_mixed_orientation_mr", "any-series", "As acquired", ["sagittal", "axial"]),
    ("data/spine_single_slices", "any-series", "As acquired", ["sagittal"]),
    ("data/odd_not_a_volume_ct", "any-series", "Images", [""] * 4),
    ("data/sr_seg_highdicom", "radiograph", "Radiograph", [""]),
]


@pytest.mark.parametrize(
    ("folder", "protocol", "stage", "planes"), REAL, ids=[row[0] for row in REAL]
)
def test_real_studies_hang_sensibly(
    folder: str, protocol: str, stage: str, planes: list[str]
) -> None:
    kind, _, rest = folder.partition("/")
    path = resource_path(*rest.split("/")) if kind == "resources" else DATA / rest
    choice = match(open_paths([path]))
    assert (choice.protocol.id, choice.stage.name) == (protocol, stage)
    assert [str(pane.plane or "") for pane in choice.stage.panes] == planes


def test_a_study_without_images_is_refused() -> None:
    with pytest.raises(InputRefusedError, match="no image to show"):
        match(open_paths([DATA / "sr_seg_rwvm_dcmqi"]))


def test_the_thoracic_ct_ends_in_a_surface() -> None:
    choice = match(open_paths([resource_path("demo", "ct-thoracic")]))
    assert choice.stage.panes[3].kind is PaneKind.VOLUME
    assert len(choice.stage.sources) == 1
