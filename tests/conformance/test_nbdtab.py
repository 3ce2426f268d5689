"""nbd-client finds in the nbdtab what the initramfs is to attach."""

import pytest

import consumers


def test_each_device_has_its_export(i486):
    assert consumers.nbdtab(i486 / "etc/nbdtab") == {"nbd0": "rootfs", "nbd1": "swap", "nbd2": "not in the table"}


@pytest.mark.parametrize("before,after", [("persist", "persists"), ("nbd1 ", "nbd1")])
def test_a_broken_table_is_noticed(before, after, i486, tmp_path):
    file = tmp_path / "nbdtab"
    file.write_text((i486 / "etc/nbdtab").read_text().replace(before, after))
    try:
        answer = consumers.nbdtab(file)
    except consumers.Broken:
        return
    assert answer != consumers.nbdtab(i486 / "etc/nbdtab")
