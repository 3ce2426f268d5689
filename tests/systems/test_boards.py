"""What the real Portage makes of the presets of the 486."""

import shutil
import subprocess

import pytest

import command
import idle
from oracle import Refused

BASH = "app-shells/bash-5.3_p3"
MUSL = ["i486-musl-openrc", "i486-musl-iscsi"]
BOARDS = [*MUSL, "i486-glibc-systemd"]
SECTIONS = "-ffunction-sections -fdata-sections"

# The sets of the comparison: the compiler's flags beside -march=i486 -pipe, the linker's beside the profile's.
VARIANTS = {
    "o2": ("-O2", ""),
    "o2-lto": ("-O2 -flto", ""),
    "o2-lto-gc": (f"-O2 -flto {SECTIONS}", "-Wl,--gc-sections"),
    "os": ("-Os", ""),
    "oz": ("-Oz", ""),
    "oz-fp-lto-gc": (f"-Oz -fomit-frame-pointer -flto {SECTIONS}", "-Wl,--gc-sections"),
    "os-lto-gc": (f"-Os -flto {SECTIONS}", "-Wl,--gc-sections"),
    "oz-lto-gc": (f"-Oz -flto {SECTIONS}", "-Wl,--gc-sections"),
}


@pytest.mark.parametrize("name", MUSL)
def test_musl_is_built_for_a_486(name, preset_tree, oracle):
    answer = oracle.load(preset_tree(name))
    assert answer["CHOST"] == answer["CHOST_x86"] == "i486-pc-linux-musl"
    assert answer["ARCH"] == "x86" and answer["ELIBC"] == "musl"
    assert answer["ACCEPT_KEYWORDS"] == "x86" and answer["CPU_FLAGS_X86"] == ""
    use = set(answer["USE"].split())
    assert not use & {"systemd", "X", "gui", "nls", "lto"}
    assert "buildpkg" in answer["FEATURES"].split()
    assert answer["MAKEOPTS"] == "-j24 -l25" and answer["EMERGE_DEFAULT_OPTS"] == "--jobs=4 --load-average=25"


@pytest.mark.parametrize("name", MUSL)
def test_the_initramfs_is_dracuts(name, preset_tree, oracle):
    answer = oracle.load(preset_tree(name))
    package = answer.package("sys-kernel/installkernel-69-r1")
    assert {"dracut", "grub"} <= package.use and "ugrd" not in package.use and package.required_use
    dhcp = answer.package("net-misc/dhcp-4.4.3_p1-r6")
    assert dhcp.use == {"client"}
    assert not answer.package("sys-boot/grub-2.14-r4").use & set("branding fonts themes truetype device-mapper nls".split())
    assert "grub_platforms_pc" in answer.package("sys-boot/grub-2.14-r4").use


@pytest.mark.parametrize("name", BOARDS)
def test_the_set_can_be_emerged(name, preset_tree, oracle_with_overlay):
    """Each atom of the set has a version that is visible."""
    answer = oracle_with_overlay.load(preset_tree(name))
    atoms = answer.everything()["sets"][name]
    assert len(atoms) > 6
    for atom in atoms:
        versions = answer.portdb.cp_list(atom)
        assert versions, f"{atom}: the test's repository has none"
        assert any(answer.package(str(cpv)).visible for cpv in versions), f"{atom}: all versions are masked"


@pytest.mark.parametrize("name", BOARDS)
def test_kernels_with_a_486(name, preset_tree, oracle):
    answer = oracle.load(preset_tree(name))
    assert answer.package("sys-kernel/gentoo-sources-6.18.30").visible
    assert not answer.package("sys-kernel/gentoo-sources-7.1.5").visible


@pytest.mark.parametrize("name", ["i486-musl-openrc", "i486-glibc-systemd"])
@pytest.mark.parametrize("variant", VARIANTS)
def test_variants_differ_in_flags_only(name, variant, preset_tree, oracle):
    base, tree = preset_tree(name), preset_tree(name, [variant])
    changed = [p for p in idle.files(base) if p.read_bytes() != (tree / p.relative_to(base)).read_bytes()]
    assert [str(p.relative_to(base)) for p in changed] in ([], ["etc/portage/make.conf"])
    compiler, linker = VARIANTS[variant]
    package = oracle.load(tree).package(BASH)
    for variable in ("CFLAGS", "CXXFLAGS", "FCFLAGS", "FFLAGS"):
        assert sorted(package[variable].split()) == sorted(f"-march=i486 -pipe {compiler}".split())
    profile = "-Wl,-O1 -Wl,--as-needed -Wl,-z,pack-relative-relocs"
    assert package["LDFLAGS"].split() == f"{profile} {linker}".split()
    assert ("lto" in package["USE"].split() or "lto" in oracle.load(tree)["USE"].split()) == ("-flto" in compiler)


def test_variants_compose(preset_tree, oracle):
    def flags(*variants):
        answer = oracle.load(preset_tree("i486-musl-openrc", variants))
        return [answer[name].split() for name in ("CFLAGS", "LDFLAGS")], "lto" in answer["USE"].split()

    assert flags("oz", "lto-gc") == flags("oz-lto-gc") == flags("oz", "lto", "gc")
    assert flags("o2", "lto") == flags("o2-lto") != flags("o2")


def test_the_compiler_takes_all_sets(tmp_path):
    source = tmp_path / "a.c"
    source.write_text("static int unused(void) { return 1; }\nint used(int a) { return a + 1; }\nint main(void) { return used(-1); }\n")
    for compiler, linker in VARIANTS.values():
        words = ["gcc", "-march=x86-64", "-pipe", *compiler.split(), *linker.split(), "-o", tmp_path / "a", source]
        subprocess.run(words, check=True)
        assert subprocess.run([tmp_path / "a"]).returncode == 0


def test_on_the_board_only_packages_are_installed(preset_spec, oracle, tmp_path):
    spec = tmp_path / "spec.toml"
    spec.write_text(f'spec = 1\nextends = ["{preset_spec("i486-musl-openrc")}", "preset:role/target"]\n')
    answer = oracle.load(command.render(spec, tmp_path / "tree"))
    assert answer["EMERGE_DEFAULT_OPTS"] == "--jobs=1 --usepkgonly" and answer["MAKEOPTS"] == "-j1"


@pytest.mark.parametrize("name", BOARDS)
def test_a_broken_tree_is_refused(name, preset_tree, oracle, tmp_path):
    tree = shutil.copytree(preset_tree(name), tmp_path / "tree", symlinks=True)
    (tree / "etc/portage/env/no-lto.conf").unlink()
    with pytest.raises(Refused):
        oracle.load(tree).everything()
