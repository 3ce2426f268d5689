"""What the tests take from Debian: one unpacker for all of them, which leaves nothing where a package is not to be had."""

import subprocess

import pytest

import boot
import packages
import services


def test_there_is_one_unpacker():
    assert boot.debian is services.debian is packages.debian


def test_a_package_that_is_not_there_leaves_nothing():
    for _ in range(2):
        with pytest.raises(subprocess.CalledProcessError):
            packages.debian("no-such-package")
        assert not (packages.FOLDER / "no-such-package-native").exists()
