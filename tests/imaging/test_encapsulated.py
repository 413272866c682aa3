import struct

import pytest

from workstation.base.errors import InputRefusedError
from workstation.imaging.encapsulated import frame_fragments

START = b"\xff\xd8\xff\xe0"
END = struct.pack("<HHI", 0xFFFE, 0xE0DD, 0)


def item(content):
    return struct.pack("<HHI", 0xFFFE, 0xE000, len(content)) + content


@pytest.fixture
def frames(tmp_path):
    def read(content, count):
        path = tmp_path / "pixels"
        path.write_bytes(b"head" + content)
        found = frame_fragments(str(path), 4, path.stat().st_size, count)
        whole = path.read_bytes()
        frame_fragments.cache_clear()
        return [b"".join(whole[a : a + n] for a, n in parts) for parts in found]

    return read


def table(*offsets):
    return item(struct.pack(f"<{len(offsets)}I", *offsets))


def test_single_frame_joins_all_fragments(frames):
    assert frames(item(b"") + item(b"abcd") + item(b"ef") + END, 1) == [b"abcdef"]


def test_one_fragment_per_frame(frames):
    assert frames(item(b"") + item(b"ab") + item(b"cd") + END, 2) == [b"ab", b"cd"]


def test_offset_table(frames):
    content = table(0, 20) + item(b"ab") + item(b"cd") + item(b"ef") + item(b"gh") + END
    assert frames(content, 2) == [b"abcd", b"efgh"]


def test_offset_table_with_one_long_frame(frames):
    content = table(0, 30) + item(b"ab") + item(b"cd") + item(b"ef") + item(b"gh") + END
    assert frames(content, 2) == [b"abcdef", b"gh"]


def test_frames_by_their_first_bytes(frames):
    parts = [item(START + b"1"), item(b"2"), item(START + b"3"), item(b"4"), item(b"5")]
    assert frames(item(b"") + b"".join(parts) + END, 2) == [START + b"12", START + b"345"]


def test_missing_end_marker_is_tolerated(frames):
    assert frames(item(b"") + item(b"abcd"), 1) == [b"abcd"]


@pytest.mark.parametrize(
    ("content", "count", "code"),
    [
        (b"", 1, "damaged-pixels"),
        (END, 1, "truncated"),
        (b"garbage!" * 3, 1, "damaged-pixels"),
        (item(b"") + item(b"abcd")[:-2], 1, "truncated"),
        (item(b"") + struct.pack("<HHI", 0xFFFE, 0xE000, 0xFFFFFFF0) + b"ab", 1, "truncated"),
        (item(b"") + item(b"ab") + item(b"cd") + item(b"ef") + END, 2, "damaged-pixels"),
    ],
)
def test_damage(frames, content, count, code):
    with pytest.raises(InputRefusedError) as caught:
        frames(content, count)
    assert caught.value.code == code


def test_table_without_fragments(frames):
    assert frames(table(0, 10) + END, 2) == [b"", b""]
