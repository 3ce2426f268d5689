"""The rendered fstab, as mount(8) and systemd read it."""

import re

import pytest

from consumers import Broken, findmnt, findmnt_verify, fstab_units

ROWS = [
    ("UUID=9e04e825-7f60-4171-815a-86e01ec4c4d3", "/", "ext4", "relatime,nobarrier", 0, 1),
    ("UUID=2f1c3f0c-2b7c-4f0a-9a53-0d0b8f5f2f11", "none", "swap", "sw", 0, 0),
    ("UUID=ABCD-1234", "/boot", "vfat", "noauto,noatime", 0, 2),
]


@pytest.fixture
def fstab(i486):
    return i486 / "etc/fstab"


def test_rows_field_by_field(fstab):
    columns = ("source", "target", "fstype", "options", "freq", "passno")
    assert [tuple(row[c] for c in columns) for row in findmnt(fstab)] == ROWS


def test_each_row_has_six_fields(fstab):
    rows = [line for line in fstab.read_text().splitlines() if line and not line.startswith("#")]
    assert all(len(row.split()) == 6 for row in rows)


def test_findmnt_finds_no_mistake(fstab):
    findmnt_verify(fstab)


def test_units_of_systemd(fstab):
    by_uuid = "/dev/disk/by-uuid/"
    assert fstab_units(fstab) == {
        "-.mount": {
            "What": by_uuid + "9e04e825-7f60-4171-815a-86e01ec4c4d3",
            "Where": "/",
            "Type": "ext4",
            "Options": "relatime,nobarrier",
        },
        "boot.mount": {"What": by_uuid + "ABCD-1234", "Where": "/boot", "Type": "vfat", "Options": "noauto,noatime"},
    }


def broken(fstab, tmp_path, pattern, replacement):
    text, count = re.subn(pattern, replacement, fstab.read_text(), flags=re.M)
    assert count == 1
    copy = tmp_path / "fstab"
    copy.write_text(text)
    return copy


def test_findmnt_refuses_a_row_of_another_shape(fstab, tmp_path):
    copy = broken(fstab, tmp_path, r"^(UUID=ABCD-1234\s+/boot\s+vfat\s+\S+\s+)0", r"\1x")
    with pytest.raises(Broken):
        findmnt(copy)
    with pytest.raises(Broken):
        findmnt_verify(copy)


def test_findmnt_refuses_a_mount_point_twice(fstab, tmp_path):
    copy = broken(fstab, tmp_path, r"/boot(\s+vfat)", r"/    \1")
    with pytest.raises(Broken):
        findmnt_verify(copy)


def test_systemd_refuses_a_mount_point_twice(fstab, tmp_path):
    with pytest.raises(Broken):
        fstab_units(broken(fstab, tmp_path, r"/boot(\s+vfat)", r"/    \1"))
