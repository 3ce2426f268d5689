"""The rendered ugrd configuration, held against the table of ugrd's parameters."""

import pytest

import ugrd
from consumers import Broken, toml

MOUNT_KEYS = {"uuid", "type", "options"}


@pytest.fixture
def config(i486):
    return toml(i486 / "etc/ugrd/config.toml")


def test_table_is_there():
    assert len(ugrd.parameters()) > 100
    assert {row["type"] for row in ugrd.parameters().values()} >= {"bool", "str", "Path", "int", "dict", "NoDupFlatList"}


def test_each_key_is_a_parameter_of_its_type(config, i486):
    assert config.keys() <= ugrd.parameters().keys()
    assert [name for name, value in config.items() if not ugrd.has_type(name, value)] == []


def test_what_the_board_needs(config):
    assert "ugrd.fs.fakeudev" in config["modules"]
    assert config["find_libgcc"] is False and config["cpio_compression"] is False
    assert "net.nbd" in config["modules"] and set(config["nbd"]) == {"rootfs", "swap"}
    assert set(config["mounts"]["root"]) <= MOUNT_KEYS and isinstance(config["mounts"]["root"]["options"], list)


@pytest.mark.parametrize("name,value", [("find_libgcc", "false"), ("loglevel", True), ("binaries", {}), ("mounts", [])])
def test_a_wrong_type_is_found(name, value):
    assert not ugrd.has_type(name, value)


def test_toml_1_1_is_refused(tmp_path):
    file = tmp_path / "config.toml"
    file.write_text('mounts = {\n  root = "a",\n}\n')
    with pytest.raises(Broken):
        toml(file)
