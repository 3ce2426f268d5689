"""The build host, the cross root and the target machine, asked one by one."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

import cross_trees as trees
from cross_trees import CBUILD, CHOST
from oracle import Refused

PRESET = "cross-amd64"
GCC = f"cross-{CHOST}/gcc-15.2.1"
GLIBC = f"cross-{CHOST}/glibc-2.43"
PORTAGEQ = Path(sys.executable).with_name("portageq")
METHODS = {
    1: (CBUILD, CHOST, "cross"),
    4: (CHOST, CBUILD, "cross"),
    5: (CHOST, CHOST, "cross"),
    6: (CBUILD, CBUILD, "cross"),
    # CBUILD and CHOST of make.conf; build dependencies are the host's
    7: (CBUILD, CHOST, "/"),
}


def root(name):
    out = trees.rendered(PRESET)
    return out / f"host/usr/{CHOST}" if name == "cross" else out / name


def host_with_crossdev():
    """The host after crossdev has run: its own file masks multilib."""
    tree = trees.copy(root("host"))
    trees.write_crossdev_mask(tree)
    return tree


def test_the_checks_find_nothing():
    done = trees.check(PRESET, "--deny=warnings")
    assert (done.status, done.stdout, done.stderr.strip()) == (0, b"", "no findings")


@pytest.mark.parametrize("name", ["host", "cross", "target-machine"])
def test_portage_takes_each_root(name):
    answer = trees.oracle().load(root(name))
    assert answer["ARCH"] == "amd64"
    assert answer.repositories["gentoo"]["location"] == "/var/db/repos/gentoo"
    assert trees.everything(root(name))["packages"]


@pytest.mark.parametrize("name", ["host", "cross", "target-machine"])
def test_portage_refuses_a_root_that_is_broken(name):
    tree = trees.copy(root(name))
    with (tree / "etc/portage/make.conf").open("a") as file:
        file.write('CFLAGS="-O2\n')
    with pytest.raises(Refused):
        trees.oracle().load(tree)


@pytest.mark.parametrize("cpv", [GCC, GLIBC])
def test_multilib_is_on_because_the_unmask_sorts_last(cpv):
    tree = host_with_crossdev()
    package = trees.oracle().load(tree).package(cpv)
    assert "multilib" in package.use and "multilib" not in package.masked_flags
    folder = tree / "etc/portage/profile/package.use.mask"
    (folder / "zz-multilib").rename(folder / "aa-multilib")
    package = trees.oracle().load(tree).package(cpv)
    assert "multilib" in package.masked_flags and "multilib" not in package.use


def test_an_unmask_that_sorts_first_is_an_error(tmp_path):
    spec = tmp_path / "spec.toml"
    text = (trees.PRESETS / f"{PRESET}.toml").read_text()
    spec.write_text(text.replace('profile/package.use.mask/zz-multilib"', 'profile/package.use.mask/aa-multilib"'))
    done = trees.command.run("check", spec, *trees.words(PRESET))
    assert done.status == 1 and "L188" in done.stdout.decode()


@pytest.mark.parametrize(
    "setting,code",
    [
        (f"chost={CBUILD}", "L187"),
        (f"cbuild={CHOST}", "L187"),
    ],
)
def test_a_target_of_the_hosts_own_tuple_is_an_error(setting, code):
    done = trees.check(PRESET, "--set", setting)
    assert done.status == 1 and code in done.stdout.decode()


def test_two_ebuild_repositories_on_one_machine_are_reported(tmp_path):
    spec = tmp_path / "spec.toml"
    spec.write_text(
        f'spec = 1\nextends = ["{trees.PRESETS / PRESET}.toml"]\n'
        '[root.cross."repos.conf/gentoo.conf"]\ngentoo.location = "/srv/gentoo"\n'
    )
    done = trees.command.run("check", spec, *trees.words(PRESET))
    assert "L186" in done.stdout.decode() and "/srv/gentoo" in done.stdout.decode()


def test_the_cross_root_is_of_the_target():
    answer = trees.oracle().load(root("cross"))
    assert (answer["CHOST"], answer["CHOST_amd64"], answer["CBUILD"]) == (CHOST, CHOST, CBUILD)
    for name in ("CFLAGS", "CXXFLAGS", "FCFLAGS", "FFLAGS"):
        assert answer[name] == "-O2 -march=icelake-client -pipe"
    assert answer["PKGDIR"] == f"/usr/{CHOST}/var/cache/binpkgs"
    assert "buildpkg" in answer["FEATURES"].split()
    assert (answer["RUSTFLAGS"], answer["GOAMD64"]) == ("-C target-cpu=icelake-client", "v4")


def test_packages_that_run_what_they_build_leave_out_what_the_host_lacks():
    answer = trees.oracle().load(root("cross"))
    rust, qemu, bash = (answer.package(cpv) for cpv in ("dev-lang/rust-bin-1.95.0", "app-emulation/qemu-11.0", "app-shells/bash-5.3_p3"))
    # What an icelake-client has and a znver2 has not.
    switches = [f"-mno-{name}" for name in ("avx512f", "gfni", "vaes", "vpclmulqdq", "pku", "hle", "sgx")]
    for package in (rust, qemu):
        for name in ("CFLAGS", "CXXFLAGS", "FCFLAGS", "FFLAGS"):
            assert package[name].split() == [*answer[name].split(), *switches]
        assert package["RUSTFLAGS"].endswith("-C target-feature=-avx512f,-gfni,-vaes,-vpclmulqdq")
        assert package["GOAMD64"] == "v3"
    assert bash["CFLAGS"] == answer["CFLAGS"]
    assert (rust["CBUILD"], qemu["CBUILD"]) == (CBUILD, CHOST)


def test_the_target_takes_packages_of_both_tuples():
    def accepted(tree):
        settings = trees.oracle().load(tree).settings
        return {chost for chost in (CHOST, CBUILD, "i686-pc-linux-gnu") if settings._accept_chost("a/b-1", {"CHOST": chost})}

    assert accepted(root("target-machine")) == {CHOST, CBUILD}
    tree = trees.copy(root("target-machine"))
    trees.without(tree / "etc/portage/make.conf", "ACCEPT_CHOSTS")
    assert accepted(tree) == {CHOST}


def test_the_target_asks_the_build_host():
    answer = trees.oracle().load(root("target-machine"))
    builder = answer.binary_repositories["builder"]
    assert (builder["sync_uri"], builder["priority"]) == ("http://192.0.2.10/binpkgs", 10)
    assert builder["location"] == "/var/cache/binhost/builder"
    assert "getbinpkg" in answer["FEATURES"].split() and answer["EMERGE_DEFAULT_OPTS"] == "--usepkg"


def test_a_build_host_without_address_is_refused():
    tree = trees.copy(root("target-machine"))
    trees.without(tree / "etc/portage/binrepos.conf/builder.conf", "sync-uri")
    with pytest.raises(Refused, match="sync-uri"):
        trees.oracle().load(tree)


def test_the_set_of_the_host():
    assert trees.sets(trees.oracle().load(root("host"))) == {"cross-amd64": ["sys-devel/crossdev"]}


METHOD = "CBUILD CHOST ROOT SYSROOT PKG_CONFIG_LIBDIR PKG_CONFIG_SYSROOT_DIR QT_HOST_PATH"


def asked(env_file, tree, names=METHOD):
    """What `portageq` says after the file was sourced, with the cross root where it lies here."""
    tree = trees.copy(tree)
    profile = tree / "etc/portage/make.profile"
    target = os.readlink(profile).replace("/var/db/repos/gentoo", str(trees.gentoo()))
    profile.unlink()
    profile.symlink_to(target)
    here = trees.scratch("method") / "method.env"
    here.write_text(env_file.read_text().replace(f"/usr/{CHOST}", str(tree)))
    # What is said of the machine that asks: it has no configuration of its own.
    empty = trees.scratch("running")
    env = {
        **{name: os.environ[name] for name in ("PATH", "PORTAGE_USERNAME", "PORTAGE_GRPNAME")},
        "EPREFIX": "",
        "HOME": str(empty),
        "PORTAGE_REPOSITORIES": trees.oracle()._repos_conf,
    }
    script = f'. "$1" && exec "$2" envvar -v {names}'
    done = subprocess.run(["sh", "-euc", script, "sh", here, PORTAGEQ], env=env, capture_output=True, text=True)
    found = dict(word.split("=", 1) for word in shlex.split(done.stdout) if "=" in word)
    return {name: value.rstrip("/").replace(str(tree), "cross") or "/" for name, value in found.items()}, done


@pytest.mark.parametrize("number", METHODS)
def test_a_method_gives_portage_its_machines(number):
    env_file = root("host") / f"usr/local/share/cross-env/{CHOST}/method-{number}.env"
    found, done = asked(env_file, root("cross"))
    cbuild, chost, sysroot = METHODS[number]
    assert (found["CBUILD"], found["CHOST"], found["ROOT"], found["SYSROOT"]) == (cbuild, chost, "cross", sysroot), done.stderr
    plain = number == 7
    assert ("PKG_CONFIG_LIBDIR" in found and found["PKG_CONFIG_LIBDIR"] != "/") != plain
    if not plain:
        assert found["PKG_CONFIG_LIBDIR"] == "cross/usr/lib64/pkgconfig:cross/usr/share/pkgconfig"
        assert (found["PKG_CONFIG_SYSROOT_DIR"], found["QT_HOST_PATH"]) == ("cross", "/")


def test_the_root_is_said_by_make_conf(tmp_path):
    plain = tmp_path / "plain.env"
    plain.write_text(f"export PORTAGE_CONFIGROOT=/usr/{CHOST}\n")
    found, done = asked(plain, root("cross"))
    assert found["ROOT"] == f"/usr/{CHOST}", done.stderr


def test_what_the_chroot_builds_runs_on_the_host(tmp_path):
    """Until the tuple is changed everything that was built is run, by a host without the target's instructions."""
    lines = [line for line in trees.steps(PRESET)["change-chost"].splitlines() if line.startswith("export")]
    names = "CFLAGS CXXFLAGS FCFLAGS FFLAGS RUSTFLAGS GOAMD64 CPU_FLAGS_X86 CHOST CBUILD"
    for exports in ([], lines):
        env_file = tmp_path / "chroot.env"
        env_file.write_text("\n".join([f"export PORTAGE_CONFIGROOT=/usr/{CHOST}", *exports, ""]))
        found, done = asked(env_file, root("cross"), names)
        target = [name for name, value in found.items() if "icelake" in value.replace(CHOST, "") or "avx" in value or value == "v4"]
        assert (found["CHOST"], bool(target)) == (CHOST, not exports), (target, done.stderr)
        assert found["CBUILD"] == (CHOST if exports else CBUILD)


def test_a_broken_environment_is_refused(tmp_path):
    broken = tmp_path / "method.env"
    broken.write_text("export ROOT='/usr\n")
    found, done = asked(broken, root("cross"))
    assert found == {} and done.returncode


# --- the links of LLVM ---------------------------------------------------------------------------------------------

ODD = ("clang", "clang++", "clang-21", "odd name", "new\nline", "quote'\"$(x)`", "-dash", "ü")


@pytest.fixture
def llvm(tmp_path):
    folder = tmp_path / "llvm"
    (folder / "21/bin").mkdir(parents=True)
    for name in ODD:
        (folder / "21/bin" / f"{CBUILD}-{name}").write_text("#!/bin/sh\n")
    (folder / "21/bin/clang").write_text("")
    return folder


def links(folder, *options):
    script = root("host") / "usr/local/sbin/llvm-cross-links"
    return subprocess.run([script, *options, CHOST, CBUILD, folder], capture_output=True, text=True)


def test_llvm_is_named_for_the_target(llvm):
    before = set(llvm.rglob("*"))
    assert links(llvm, "-n").returncode == 0 and set(llvm.rglob("*")) == before
    done = links(llvm)
    assert (done.returncode, done.stderr) == (0, "")
    made = {path.name: os.readlink(path) for path in llvm.rglob("*") if path.is_symlink()}
    assert made == {f"{CHOST}-{name}": f"{CBUILD}-{name}" for name in ODD}
    assert links(llvm).stdout == "", "the second time there is nothing to do"


def test_what_is_in_the_way_stays(llvm):
    other = llvm / f"21/bin/{CHOST}-clang"
    other.write_text("mine")
    done = links(llvm)
    assert done.returncode != 0 and "in the way" in done.stderr and other.read_text() == "mine"
    assert (llvm / f"21/bin/{CHOST}-clang-21").is_symlink(), "the others are made all the same"


def test_links_to_nothing_are_taken_away(llvm):
    links(llvm)
    for name in ODD:
        (llvm / f"21/bin/{CBUILD}-{name}").unlink()
    assert links(llvm, "-r").returncode == 0
    assert [path for path in llvm.rglob("*") if path.is_symlink()] == []


@pytest.mark.parametrize("words", [(CHOST, CHOST), ("a/b", CBUILD), (CHOST, CBUILD, "/nonexistent")])
def test_the_links_refuse_nonsense(words):
    script = root("host") / "usr/local/sbin/llvm-cross-links"
    assert subprocess.run([script, *words], capture_output=True).returncode


# --- scripts and steps ----------------------------------------------------------------------------------------------


def test_shellcheck_has_nothing_to_say():
    text = (root("host") / "usr/local/sbin/llvm-cross-links").read_text()
    done = trees.shellcheck(text)
    assert done.returncode == 0, done.stdout
    assert trees.shellcheck(text.replace('"$folder"', "$folder")).returncode


def test_the_steps_are_shell_and_name_files_that_are_there():
    steps = trees.steps(PRESET)
    assert {"toolchain", "target-root", *(f"method-{n}" for n in (0, 1, 2, 4, 5, 6, 7, 8, 9, "9b"))} <= steps.keys()
    assert f"crossdev -t {CHOST} -A 'amd64 x86'" in steps["toolchain"] and "-u ROOT" in steps["toolchain"]
    for name, text in steps.items():
        assert "@{" not in text and trees.shell_accepts(text).returncode == 0, name
        for path in re.findall(r"/usr/local/[\w./-]+", text):
            assert (root("host") / path.lstrip("/")).exists(), f"{name}: {path}"
    assert trees.shell_accepts("if true; then").returncode
