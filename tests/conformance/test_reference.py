"""Larger specs against trees written by hand, compared by what the consumers make of each file.

`PORTAGE_CONFIG_REFERENCE` names a folder with `specs/` and `facts/samples/`; without it this file is not collected.
"""

import os
from pathlib import Path

import pytest
from portage.util import getconfig, grabdict, grabfile

import command
import consumers

REFERENCE = Path(os.environ["PORTAGE_CONFIG_REFERENCE"])
SPECS = sorted(str(path.relative_to(REFERENCE / "specs")) for path in REFERENCE.glob("specs/*/*.toml"))

# Spec; parts of the reference tree and where they lie in the rendered one.
SYSTEMS = {
    "486/soekris.toml": ("486-plan-b", {"kernel-486.config": "usr/src/kernel-486.config", "": ""}),
    "crossdev/cross.toml": (
        "crossdev-amd64",
        {"host/": "host/", "target-machine/": "target-machine/", "usr/": "host/usr/"},
    ),
    "tiny/tiny.toml": ("tinygentoo", {"target/": "builder/target/", "builder/": "builder/", "iso/": "iso/"}),
}
# Preset; parts of the reference tree and where they lie in the rendered one.
PRESETS = {
    "i486-musl-openrc": ("486-plan-a", {"etc/": "etc/"}),
    "i486-servers": ("486-plan-a", {"nbd-host/": "nbd-host/", "pxe-host/": "pxe-host/"}),
    "i486-musl-iscsi": ("486-iscsi", {"etc/": "etc/"}),
    "i486-glibc-systemd": ("486-plan-b", {"kernel-486.config": "usr/src/kernel-486.config", "": ""}),
}
# Where a preset means something else, and why.
OTHERWISE = {
    "486-plan-a/etc/fstab": "swap is switched on once it is attached, not before the network",
    "pxe-host/srv/tftp/pxelinux.cfg/default": "the preset has a label for each of three systems, and one for the card",
    "pxe-host/etc/dnsmasq.d/pxe.conf": "iPXE is given its script beside PXELINUX",
    "etc/portage/env/no-lto.conf": "takes -flto back instead of saying all flags anew, for any machine",
    "etc/portage/package.env/glibc": "one file for all packages that link-time optimisation breaks",
    "etc/portage/package.accept_keywords/ugrd": "the live versions alone are accepted",
    "etc/systemd/system-preset/10-486.preset": "the same units, in a file that holds for more than the 486",
    "etc/ugrd/config.toml": "the disks are attached by the module; this is the variant debug-shell",
    "etc/ugrd/config-nbd.toml": "one server with two exports, and the root by its UUID",
    "var/lib/ugrd/local/nbd.py": "the module is a package, and knows -persist, -swap and -systemd-mark, too",
    "var/lib/ugrd/local/nbd.toml": "part of that package",
}
# Variables of make.conf that others are built of.
PARTS = {"COMMON_FLAGS", "LTO_FLAGS"}
# configparser's `getboolean` takes them all.
BOOLEANS = {"no": "false", "yes": "true", "off": "false", "on": "true", "0": "false", "1": "true"}
# Files of others, which the specs only name.
FOREIGN = {"host/etc/portage/profile/package.use.mask/cross-x86_64-icelake-linux-gnu"}


def meaning(tree: Path, path: str):
    """What the consumer of one file makes of it."""
    file = tree / path
    _, below, name = path.partition("etc/portage/")
    if below and (name == "make.conf" or name.startswith("env/")):
        return getconfig(str(file), tolerant=False, allow_sourcing=True, expand={})
    if below and name.startswith(("repos.conf", "binrepos.conf")):
        return {
            section: {key: [BOOLEANS.get(value.lower(), value) for value in values] for key, values in keys.items()}
            for section, keys in consumers.units(file).items()
        }
    if below and name.startswith("package.mask"):
        return grabfile(str(file))
    if below and name.startswith(("package.", "profile/package.")):
        return grabdict(str(file))
    root, etc, rest = path.partition("etc/")
    try:
        return consumers.answer(tree / root, etc + rest) if etc else consumers.answer(tree, path)
    except LookupError:
        lines = file.read_text().splitlines()
        return [line for line in lines if line.strip() and (not line.startswith("# ") or line.endswith(" is not set"))]


def expected():
    """Spec, file of the reference tree, path in the rendered tree."""
    rows = []
    for spec, (folder, places) in SYSTEMS.items():
        tree = REFERENCE / "facts/samples" / folder
        for file in sorted(p for p in tree.rglob("*") if p.is_file()):
            path = str(file.relative_to(tree))
            if path not in FOREIGN:
                rows.append((spec, folder, path, place(path, places)))
    return rows


def place(path: str, places: dict[str, str]) -> str:
    """Where a path of the reference tree lies in the rendered one."""
    start = next(start for start in places if path.startswith(start))
    return places[start] + path.removeprefix(start)


def links():
    """Spec, path in the rendered tree, target of each symbolic link."""
    rows = []
    for line in (REFERENCE / "facts/samples/LINKS.tsv").read_text().splitlines():
        path, target = line.split("\t")
        folder, _, path = path.partition("/")
        for spec, (system, places) in SYSTEMS.items():
            if system == folder:
                rows.append((spec, place(path, places), target))
    return rows


def source(spec: str, folder: Path) -> Path:
    """The spec; where it forks a package, beside a repository to take that from and the patch that it names."""
    given = REFERENCE / "specs" / spec
    if "fork." not in given.read_text():
        return given
    upstream = folder / "gentoo"
    for path, text in {
        "profiles/repo_name": "gentoo\n",
        "metadata/layout.conf": "masters =\nthin-manifests = true\n",
        "sys-libs/musl/musl-1.2.5-r8.ebuild": 'EAPI=8\nDESCRIPTION="x"\nSLOT="0"\nKEYWORDS="-* amd64"\n',
    }.items():
        (upstream / path).parent.mkdir(parents=True, exist_ok=True)
        (upstream / path).write_text(text)
    (folder / given.name).write_text(given.read_text())
    (folder / "musl-local.patch").write_text("--- a/README\n+++ b/README\n@@ -1 +1 @@\n-a\n+b\n")
    main = folder / "main.toml"
    main.write_text(f'spec = 1\nextends = ["{given.name}"]\n[root.builder.overlay.local]\nfrom = "gentoo"\n')
    return main


@pytest.fixture(scope="session")
def rendered(tmp_path_factory):
    trees = {}

    def get(spec):
        if spec not in trees:
            folder = tmp_path_factory.mktemp("reference")
            trees[spec] = command.render(source(spec, folder), folder / "out")
        return trees[spec]

    return get


def of_presets():
    """Preset, folder, file of the reference tree, path in the rendered tree."""
    rows = []
    for preset, (folder, places) in PRESETS.items():
        tree = REFERENCE / "facts/samples" / folder
        for file in sorted(p for p in tree.rglob("*") if p.is_file()):
            path = str(file.relative_to(tree))
            if {path, f"{folder}/{path}"}.isdisjoint(OTHERWISE) and any(path.startswith(start) for start in places):
                rows.append((preset, folder, path, place(path, places)))
    return rows


def within(part, whole) -> bool:
    """Whether all of `part` is said by `whole`, which may say more: keys of a table, words of a variable."""
    if isinstance(part, dict) and isinstance(whole, dict):
        return all(name in PARTS or name in whole and within(value, whole[name]) for name, value in part.items())
    if isinstance(part, str) and isinstance(whole, str):
        return set(part.split()) <= set(whole.split())
    if isinstance(part, list) and isinstance(whole, list):
        return sorted(map(str, part)) == sorted(map(str, whole))
    return part == whole


@pytest.fixture(scope="session")
def preset(tmp_path_factory):
    trees = {}

    def get(name):
        if name not in trees:
            folder = tmp_path_factory.mktemp("preset")
            trees[name] = command.render(command.new(name, folder / "spec.toml"), folder / "tree")
        return trees[name]

    return get


@pytest.mark.parametrize("name,folder,path,where", of_presets(), ids=[f"{r[0]}:{r[2]}" for r in of_presets()])
def test_a_preset_says_no_less(name, folder, path, where, preset):
    assert within(meaning(REFERENCE / "facts/samples" / folder, path), meaning(preset(name), where))


def test_the_reference_is_whole():
    assert len(expected()) > 40 and len(links()) > 8 and len(SPECS) >= 7
    assert len(of_presets()) > 25
    assert not within({"A": "-b"}, {"A": "b"}) and not within(["a"], ["a", "b"])


@pytest.mark.parametrize("spec,folder,path,where", expected(), ids=[f"{r[1]}/{r[2]}" for r in expected()])
def test_file_means_the_same(spec, folder, path, where, rendered):
    assert meaning(rendered(spec), where) == meaning(REFERENCE / "facts/samples" / folder, path)


@pytest.mark.parametrize("spec,where,target", links(), ids=[f"{r[0]}:{r[1]}" for r in links()])
def test_link_has_its_target(spec, where, target, rendered):
    assert os.readlink(rendered(spec) / where) == target


@pytest.mark.parametrize("spec", SPECS)
def test_spec_renders_the_same_twice(spec, rendered, tmp_path):
    again = command.render(source(spec, tmp_path), tmp_path / "out")
    assert command.listing(again) == command.listing(rendered(spec))
