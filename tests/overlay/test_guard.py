"""What keeps the patched musl from a running system that it would break."""

import subprocess
from pathlib import Path

import portage
import pytest

from building import OVERLAY, System

EBUILD = OVERLAY / "sys-libs/musl/musl-1.2.5-r100.ebuild"
PROFILE, CHOST = "default/linux/x86/23.0/i686/musl", "i686-pc-linux-musl"
FUNCTIONS = Path(portage.PORTAGE_BASE_PATH) / "bin/version-functions.sh"


def installed(root: Path, version: str) -> None:
    """What Portage reads of an installed package."""
    folder = root / f"var/db/pkg/sys-libs/musl-{version}"
    folder.mkdir(parents=True)
    facts = {"CATEGORY": "sys-libs", "PF": f"musl-{version}", "EAPI": "8", "SLOT": "0", "repository": "gentoo", "COUNTER": "1"}
    for name, value in facts.items():
        (folder / name).write_text(f"{value}\n")


@pytest.fixture
def system(gentoo, tmp_path):
    system = System(tmp_path / "s", gentoo, PROFILE, CHOST)
    system.write("package.accept_keywords/overlay", "sys-libs/musl::portage-config ~x86\n")
    return system


def running(system: System) -> dict[str, str]:
    """ROOT is empty, and the installed packages are still not those of this machine: the system is in a prefix."""
    return {"ROOT": "/", "SYSROOT": "/", "EPREFIX": str(system.folder / "config")}


# pkg_pretend runs before anything else; what it does not stop ends where the source is wanted, which is not there.
ASK = ("--oneshot", "--nodeps", "sys-libs/musl::portage-config")


@pytest.mark.parametrize("version,dies", [("1.2.6-r1", True), ("9999", True), ("1.2.5-r8", False), ("1.2.5-r101", False)])
def test_a_newer_library_of_the_running_system_stays(system, version, dies):
    installed(system.folder / "config", version)
    done = system.emerge(*ASK, USE="-tools", **running(system))
    assert done.status == 1 and ("Couldn't download" in done.said) != dies, done.said
    assert (f"would be a downgrade of the running C library, {version}" in done.said) == dies
    assert ("out of package.mask" in done.said and "a newer repository portage-config" in done.said) == dies


def test_in_a_root_it_may_be_older(system):
    installed(system.root, "1.2.6-r1")
    done = system.emerge(*ASK, USE="-tools")
    assert done.status == 1 and "Couldn't download" in done.said and "downgrade" not in done.said, done.said


HARNESS = """\
inherit() { :; }
die() { echo "died: $*"; exit 1; }
eerror() { :; }
use() { false; }
ldconfig() { :; }
___eapi_has_ver_replacing() { false; }
is_crosspkg() { false; }
target_is_not_host() { false; }
strip-unsupported-flags() { :; }
tc-is-cross-compiler() { false; }
ldd() { [[ $1 != */static ]] && [[ ! -L $1 ]]; }
. "$1"
. "$2"
"$3"
"""


def phase(name: str, folder: Path, **env) -> subprocess.CompletedProcess:
    """A function of the ebuild, in bash, with the programs of a folder for those of the system."""
    facts = {"CATEGORY": "sys-libs", "PN": "musl", "P": "musl-1.2.5", "PV": "1.2.5", "PVR": "1.2.5-r100", "CHOST": CHOST}
    return subprocess.run(
        ["/bin/bash", "-c", HARNESS, "bash", FUNCTIONS, EBUILD, name],
        env=facts | {"PATH": str(folder / "bin"), "ED": str(folder), "FILESDIR": str(EBUILD.parent / "files")} | env,
        capture_output=True,
        text=True,
    )


def programs(folder: Path, *names: str) -> Path:
    """Programs, and a C library that writes down what it is asked to start; `broken` in a program is too much for it."""
    for name in names:
        (folder / "bin").mkdir(exist_ok=True)
        (folder / "bin" / name).write_text("fine\n")
        (folder / "bin" / name).chmod(0o755)
    library = folder / "usr/lib/libc.so"
    library.parent.mkdir(parents=True)
    library.write_text(
        '#!/bin/bash\necho "${1##*/} ${*:2}" >>"${0%/usr/*}/started"\nread -r word <"$1"\n[[ $word != broken ]]\n'
    )
    library.chmod(0o755)
    return folder


@pytest.mark.parametrize("name", ["pkg_pretend", "pkg_setup", "pkg_preinst"])
def test_each_phase_has_the_guard(name, tmp_path):
    programs(tmp_path, "true")
    for versions, root, status in (("1.2.6", "", 1), ("1.2.4 1.2.6-r1", "", 1), ("1.2.6", "/mnt", 0), ("1.2.5-r8", "", 0), ("", "", 0)):
        done = phase(name, tmp_path, REPLACING_VERSIONS=versions, ROOT=root)
        assert (done.returncode, done.stderr) == (status, ""), (versions, root, done.stdout)


def test_the_new_library_starts_what_the_system_has(tmp_path):
    programs(tmp_path, "true", "env", "ls", "sh", "python3", "gcc")
    (tmp_path / "bin/gcc").unlink()
    (tmp_path / "bin/gcc").symlink_to("true")
    done = phase("pkg_preinst", tmp_path, ROOT="")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    # bash is not there, and gcc is one that needs no library
    started = (tmp_path / "started").read_text().splitlines()
    assert [line.rstrip() for line in started] == ["true", "env", "ls -d /", "sh -c :", "python3 -c pass"]
    (tmp_path / "started").unlink()
    done = phase("pkg_preinst", tmp_path, ROOT="/mnt")
    assert done.returncode == 0 and not (tmp_path / "started").exists()


@pytest.mark.parametrize("name", ["true", "ls", "sh", "bash", "python3", "gcc", "env"])
def test_one_program_that_does_not_start_is_enough(name, tmp_path):
    programs(tmp_path, "true", "env", "ls", "sh", "bash", "python3", "gcc")
    (tmp_path / "bin" / name).write_text("broken\n")
    done = phase("pkg_preinst", tmp_path, ROOT="")
    assert (done.returncode, done.stdout) == (1, f"died: the new C library cannot start {tmp_path}/bin/{name}\n")
