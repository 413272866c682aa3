import numpy as np
import pytest
from pydicom.dataset import Dataset
from pydicom.uid import (
    ComputedRadiographyImageStorage,
    SecondaryCaptureImageStorage,
)

from tests.support.phantom import Phantom, common_dataset, save
from workstation.base.errors import InputRefusedError
from workstation.imaging.catalog import load_image, open_paths
from workstation.imaging.dicom_tags import TagValues
from workstation.imaging.flat_image import LengthMeaning, length_scale, ybr_to_rgb


def write_picture(path, pixels, **tags):
    dataset = common_dataset(Phantom())
    dataset.SOPClassUID = SecondaryCaptureImageStorage
    dataset.SOPInstanceUID = "1.2.3"
    dataset.Modality = "OT"
    del dataset.ImageType
    dataset.Rows, dataset.Columns = pixels.shape[:2]
    dataset.SamplesPerPixel = pixels.shape[2] if pixels.ndim == 3 else 1
    dataset.PhotometricInterpretation = "MONOCHROME2" if pixels.ndim == 2 else "RGB"
    dataset.BitsAllocated = dataset.BitsStored = pixels.dtype.itemsize * 8
    dataset.HighBit = dataset.BitsStored - 1
    dataset.PixelRepresentation = 0
    if pixels.ndim == 3:
        dataset.PlanarConfiguration = 0
    for keyword, value in tags.items():
        setattr(dataset, keyword, value)
    raw = pixels.tobytes()
    dataset.PixelData = raw + b"\0" * (len(raw) % 2)
    dataset["PixelData"].VR = "OW"
    save(dataset, path)
    (series,) = open_paths([path]).series
    (image,) = series.images
    return load_image(image)


def test_radiograph_with_rescale_and_inverse_gray(tmp_path):
    pixels = np.arange(12, dtype=np.uint16).reshape(3, 4)
    image = write_picture(
        tmp_path / "x",
        pixels,
        SOPClassUID=ComputedRadiographyImageStorage,
        Modality="CR",
        PhotometricInterpretation="MONOCHROME1",
        RescaleSlope=2,
        RescaleIntercept=10,
        ImagerPixelSpacing=[0.2, 0.1],
    )
    assert (image.array == pixels * 2.0 + 10.0).all()
    assert image.inverted
    assert image.spacing_ij == (0.1, 0.2)
    assert image.length_meaning is LengthMeaning.DETECTOR


@pytest.mark.parametrize(
    ("tags", "spacing", "meaning"),
    [
        ({}, None, LengthMeaning.PIXELS),
        ({"PixelSpacing": [0.0, 0.0]}, None, LengthMeaning.PIXELS),
        ({"PixelSpacing": [2.0, 1.0]}, (1.0, 2.0), LengthMeaning.PATIENT),
        ({"ImagerPixelSpacing": [0.2, 0.2]}, (0.2, 0.2), LengthMeaning.DETECTOR),
        (
            {"ImagerPixelSpacing": [0.2, 0.2], "PixelSpacing": [0.15, 0.15]},
            (0.15, 0.15),
            LengthMeaning.CALIBRATED,
        ),
        (
            {"ImagerPixelSpacing": [0.2, 0.2], "PixelSpacing": [0.2, 0.2]},
            (0.2, 0.2),
            LengthMeaning.DETECTOR,
        ),
    ],
)
def test_what_lengths_mean(tags, spacing, meaning):
    assert length_scale(TagValues(tags)) == (spacing, meaning)


def test_color_by_pixel_and_by_plane(tmp_path):
    pixels = np.random.default_rng(2).integers(0, 255, (3, 4, 3), dtype=np.uint8)
    assert (write_picture(tmp_path / "a", pixels).array == pixels).all()
    planes = np.ascontiguousarray(np.moveaxis(pixels, -1, 0)).reshape(3, 4, 3)
    image = write_picture(tmp_path / "b", planes, PlanarConfiguration=1)
    assert (image.array == pixels).all()
    assert image.is_color


def test_ybr_becomes_rgb(tmp_path):
    assert ybr_to_rgb(np.array([[255, 128, 128]], np.uint8)).tolist() == [[255, 255, 255]]
    assert ybr_to_rgb(np.array([[76, 85, 255]], np.uint8)).tolist() == [[254, 0, 0]]
    pixels = np.full((2, 2, 3), (76, 85, 255), np.uint8)
    image = write_picture(tmp_path / "a", pixels, PhotometricInterpretation="YBR_FULL")
    assert image.array[0, 0].tolist() == [254, 0, 0]


PALETTE = {
    "PhotometricInterpretation": "PALETTE COLOR",
    **{
        f"{color}PaletteColorLookupTableDescriptor": [4, 10, 16]
        for color in ("Red", "Green", "Blue")
    },
    "RedPaletteColorLookupTableData": np.array([0, 0x4000, 0x8000, 0xFF00], "<u2").tobytes(),
    "GreenPaletteColorLookupTableData": np.array([0x100] * 4, "<u2").tobytes(),
    "BluePaletteColorLookupTableData": np.array([0xFF00, 0, 0, 0], "<u2").tobytes(),
}


def test_palette(tmp_path):
    pixels = np.array([[10, 11], [13, 200]], np.uint8)
    image = write_picture(tmp_path / "a", pixels, **PALETTE)
    assert image.array[0, 0].tolist() == [0, 1, 255]
    assert image.array[1, 0].tolist() == [255, 1, 0]
    assert image.array[1, 1].tolist() == [255, 1, 0]


def test_palette_without_table_is_refused(tmp_path):
    pixels = np.array([[10, 11]], np.uint8)
    with pytest.raises(InputRefusedError, match="color table"):
        write_picture(tmp_path / "a", pixels, PhotometricInterpretation="PALETTE COLOR")


def test_unknown_color_format_is_refused(tmp_path):
    pixels = np.zeros((2, 2, 3), np.uint8)
    with pytest.raises(InputRefusedError, match="YBR_PARTIAL"):
        write_picture(tmp_path / "a", pixels, PhotometricInterpretation="YBR_PARTIAL_420")


def test_modality_table(data):
    catalog = open_paths([data / "multiframe"])
    images = [image for series in catalog.series for image in series.images]
    assert all(load_image(image).array.size for image in images)


def test_real_color_capture(data):
    (series,) = open_paths([data / "odd_rgb_secondary_capture_j2k"]).series
    image = load_image(series.images[0])
    assert image.array.shape == (77, 52, 3)
    assert series.images[0].finding.code == "color-image"


def test_tilted_slices_stay_viewable_as_scanned(data):
    (series,) = open_paths([data / "odd_gantry_tilt_ct"]).series
    assert len(series.volumes) == 1
    assert [image.finding.code for image in series.images] == ["tilted"] * 4


def modality_table(first, entries, bits=16):
    item = Dataset()
    item.LUTDescriptor = [len(entries), first, bits]
    item["LUTDescriptor"].VR = "US"
    item.ModalityLUTType = "OD"
    item.LUTData = np.array(entries, "<u2").tobytes()
    item["LUTData"].VR = "OW"
    return item


def test_values_through_a_modality_table(tmp_path):
    pixels = np.array([[0, 5], [6, 200]], np.uint16)
    table = modality_table(5, [100, 300, 900])
    image = write_picture(tmp_path / "a", pixels, ModalityLUTSequence=[table])
    assert image.array.tolist() == [[100.0, 100.0], [300.0, 900.0]]


def test_empty_modality_table_is_passed_over(tmp_path):
    pixels = np.array([[0, 5], [6, 200]], np.uint16)
    image = write_picture(tmp_path / "a", pixels, ModalityLUTSequence=[Dataset()])
    assert image.array.tolist() == pixels.tolist()


def test_sixteen_bit_color_is_shown_in_eight(tmp_path):
    pixels = np.full((2, 2, 3), 0xAB00, np.uint16)
    assert write_picture(tmp_path / "a", pixels).array[0, 0].tolist() == [0xAB] * 3


def test_palette_of_eight_bit_entries_packed_in_words(tmp_path):
    tables = {
        **PALETTE,
        **{
            f"{color}PaletteColorLookupTableDescriptor": [4, 0, 8]
            for color in ("Red", "Green", "Blue")
        },
        **{
            f"{color}PaletteColorLookupTableData": bytes([10, 20, 30, 40])
            for color in ("Red", "Green", "Blue")
        },
    }
    image = write_picture(tmp_path / "a", np.array([[0, 3]], np.uint8), **tables)
    assert image.array[0].tolist() == [[10] * 3, [40] * 3]


def test_palette_that_is_too_short_is_refused(tmp_path):
    tables = {**PALETTE, "RedPaletteColorLookupTableData": np.array([0], "<u2").tobytes()}
    with pytest.raises(InputRefusedError, match="too short"):
        write_picture(tmp_path / "a", np.array([[10]], np.uint8), **tables)


def test_burned_in_text_is_known(tmp_path):
    pixels = np.zeros((2, 2), np.uint8)
    assert write_picture(tmp_path / "a", pixels, BurnedInAnnotation="YES").burned_in
    assert not write_picture(tmp_path / "b", pixels).burned_in
