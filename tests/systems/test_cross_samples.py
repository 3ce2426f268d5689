"""The presets of several roots against trees written by hand, compared by what the consumers make of each file.

`PORTAGE_CONFIG_REFERENCE` names a folder with `facts/samples/`; without it there is nothing to compare.
"""

import os
from pathlib import Path

import pytest

import cross_trees as trees

REFERENCE = os.environ.get("PORTAGE_CONFIG_REFERENCE")

# Preset; folder of samples; where its parts lie in the rendered tree; which root a part without a name belongs to.
SYSTEMS = {
    "cross-amd64": ("crossdev-amd64", {"host/": "host/", "target-machine/": "target-machine/", "usr/": "host/usr/"}),
    "amd64-no-avx512": ("avx512-off", {"": ""}),
    "sccache-dist": (
        "sccache-dist",
        {"etc/sccache/scheduler.toml": "scheduler/etc/sccache/scheduler.toml", "etc/sccache/server.toml": "server/etc/sccache/server.toml", "": "client/"},
    ),
}
# Crossdev writes it itself.
FOREIGN = {f"host/etc/portage/profile/package.use.mask/cross-{trees.CHOST}"}
# What [target] says beside what the samples do.
MACHINE = {"ACCEPT_KEYWORDS", "CHOST", "CHOST_amd64", "CPU_FLAGS_X86", "FCFLAGS", "FFLAGS", "GOAMD64", "GRUB_PLATFORMS", "RUSTFLAGS"}


def with_machine(ours, theirs):
    """All of theirs, and nothing beside it but what describes the machine."""
    return ours | theirs == ours and ours.keys() - theirs.keys() <= MACHINE


def more_switches(ours, theirs):
    """Fortran, Rust and Go meet the same processor, which lacks more than the four sets of the sample."""
    switches = all(set(ours[name].split()) >= set(theirs[name].split()) for name in theirs)
    return switches and ours.keys() - theirs.keys() == {"FCFLAGS", "FFLAGS", "RUSTFLAGS", "GOAMD64"}


# Where the preset says something else, and why.
OTHERWISE = {
    f"usr/{trees.CHOST}/etc/portage/env/no-avx512.conf": more_switches,
    f"usr/{trees.CHOST}/etc/portage/make.conf": with_machine,
    "target-machine/etc/portage/make.conf": with_machine,
    "etc/portage/make.conf": with_machine,
    # The atom alone stands for the testing keyword of whichever machine.
    "etc/portage/package.accept_keywords/sccache": lambda ours, theirs: (ours, theirs)
    == ({}, {"dev-util/sccache": ["~amd64"]}),
    # /var/tmp is emptied after thirty days, and everybody may write there: no place for root's chroots.
    "etc/sccache/server.toml": lambda ours, theirs: theirs
    | {"cache_dir": "/var/cache/sccache-dist/toolchains", "builder": theirs["builder"] | {"build_dir": "/var/cache/sccache-dist/build"}}
    == ours,
}


def rows():
    if not REFERENCE:
        return []
    return [
        (preset, str(file.relative_to(tree)))
        for preset, (folder, _) in SYSTEMS.items()
        for tree in [Path(REFERENCE) / "facts/samples" / folder]
        for file in sorted(path for path in tree.rglob("*") if path.is_file())
        if str(file.relative_to(tree)) not in FOREIGN
    ]


def place(preset, path):
    places = SYSTEMS[preset][1]
    start = next(start for start in places if path.startswith(start))
    return places[start] + path.removeprefix(start)


if REFERENCE:
    import test_reference

    def test_all_samples_are_compared():
        assert len(rows()) >= 28 and {path for _, path in rows()} >= OTHERWISE.keys()

    @pytest.mark.parametrize("preset,path", rows(), ids=[f"{preset}/{path}" for preset, path in rows()])
    def test_a_file_means_the_same(preset, path):
        theirs = test_reference.meaning(Path(REFERENCE) / "facts/samples" / SYSTEMS[preset][0], path)
        ours = test_reference.meaning(trees.rendered(preset), place(preset, path))
        if path in OTHERWISE:
            assert OTHERWISE[path](ours, theirs), (ours, theirs)
        else:
            assert ours == theirs

    @pytest.mark.parametrize("preset", SYSTEMS)
    def test_links_have_their_targets(preset):
        folder = SYSTEMS[preset][0]
        lines = (Path(REFERENCE) / "facts/samples/LINKS.tsv").read_text().splitlines()
        links = [line.split("\t") for line in lines if line.startswith(f"{folder}/")]
        for path, target in links:
            assert os.readlink(trees.rendered(preset) / place(preset, path.removeprefix(f"{folder}/"))) == target
