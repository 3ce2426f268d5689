"""mingetty and klibc, built by real Portage into a root of their own, for amd64 and for x86."""

import os
import re
import socket
import subprocess

import pytest

import sources
from building import BITS, System

PROFILES = {"x86_64": "default/linux/amd64/23.0", "i486": "default/linux/x86/23.0/i486"}
MACHINES = {"x86_64": "X86-64", "i486": "Intel 80386"}
ARCHES = pytest.mark.parametrize("built", PROFILES, indirect=True)


@pytest.fixture(scope="module")
def built(request, gentoo, tmp_path_factory):
    """A system that both are merged into."""
    system = System(tmp_path_factory.mktemp("small") / "s", gentoo, PROFILES[request.param], f"{request.param}-pc-linux-gnu")
    system.write("package.accept_keywords/overlay", "*/*::portage-config ~amd64 ~x86\n")
    system.kernel_headers()
    for name in ("klibc-2.0.14.tar.xz", "mingetty-1.08.tar.gz"):
        (system.distfiles / name).symlink_to(sources.distfile(name))
    system.install("sys-apps/mingetty", "dev-libs/klibc")
    system.arch = request.param
    return system


def machine(path) -> str:
    """Of which machine the program is, as readelf has it."""
    done = subprocess.run(["readelf", "--file-header", path], capture_output=True, text=True, check=True)
    return next(line.partition(":")[2].strip() for line in done.stdout.splitlines() if "Machine:" in line)


def alone(root, *words, **more) -> subprocess.CompletedProcess:
    """A program inside of the root."""
    user = [] if os.geteuid() == 0 else ["unshare", "--map-root-user"]
    return subprocess.run([*user, "chroot", root, *words], capture_output=True, text=True, timeout=30, **more)


@ARCHES
def test_the_shell_of_klibc_runs(built):
    shell = built.root / "usr/lib/klibc/bin/sh"
    assert MACHINES[built.arch] in machine(shell)
    done = alone(built.root, "/usr/lib/klibc/bin/sh", "-c", "for i in a b; do echo $i$((6 * 7)); done; exit 3")
    assert (done.returncode, done.stdout, done.stderr) == (3, "a42\nb42\n", "")
    done = alone(built.root, "/usr/lib/klibc/bin/cat", input="as it is\n")
    assert done.stdout == "as it is\n"
    for name in ("run-init", "nfsmount", "ipconfig", "fstype", "kinit"):
        assert (built.root / "usr/lib/klibc/bin" / name).stat().st_mode & 0o111


def quoted(text: str) -> str:
    """A text as perl's quotemeta has it."""
    return re.sub(r"(\W)", r"\\\1", text)


def unquoted(text: str) -> str:
    return text.replace("\\", "")


@ARCHES
def test_klcc_compiles_for_klibc(built, tmp_path):
    """klcc names the places where klibc will be: here they are below the root."""
    klcc = (built.root / "usr/bin/klcc").read_text()
    assert f"/{built.chost}-gcc" in unquoted(klcc)
    script = tmp_path / "klcc"
    script.write_text(klcc.replace(quoted("/usr/lib/klibc"), quoted(f"{built.root}/usr/lib/klibc")))
    (tmp_path / "a.c").write_text('#include <stdio.h>\nint main(void) { printf("%u\\n", (unsigned)sizeof(long)); return 0; }\n')
    env = os.environ | {"PATH": f"{built.folder}/bin:{os.environ['PATH']}"}
    subprocess.run(["perl", script, "-static", "-o", tmp_path / "a", tmp_path / "a.c"], check=True, env=env)
    done = subprocess.run([tmp_path / "a"], capture_output=True, text=True)
    assert done.stdout == {"x86_64": "8\n", "i486": "4\n"}[built.arch]


@ARCHES
def test_klibc_is_where_programs_look_for_it(built):
    """One library, whose name programs have in themselves, and only the kernel's headers beside klibc's."""
    (library,) = (built.root / "lib").glob("klibc-*.so")
    shell = (built.root / "usr/lib/klibc/bin/sh").read_bytes()
    assert f"/lib/{library.name}\0".encode() in shell
    assert (built.root / "usr/lib/klibc/include/linux/nbd.h").exists()
    assert not (built.root / "usr/lib/klibc/include/x86_64-linux-gnu").exists()


@ARCHES
def test_mingetty_says_how_it_is_used(built, tmp_path):
    """It has no terminal to say it on: it tells the system's log."""
    mingetty = built.root / "sbin/mingetty"
    assert MACHINES[built.arch] in machine(mingetty)
    assert (built.root / "usr/share/man/man8").is_dir()
    log = tmp_path / "log"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(str(log))
        listener.settimeout(20)
        script = 'mount -t tmpfs none /dev && touch /dev/log && mount --bind "$1" /dev/log && exec "$2"'
        user = [] if os.geteuid() == 0 else ["--map-root-user"]
        words = ["unshare", *user, "--mount", "sh", "-c", script, "sh", log, mingetty]
        with subprocess.Popen(words, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
            said = listener.recv(4096).decode()
            process.kill()
    assert re.search(r"/sbin/mingetty\[\d+\]: usage: '\S+/sbin/mingetty \[--noclear\] .* tty' with e.g. tty=tty1", said), said


@ARCHES
def test_flags_reach_mingetty(built):
    """A library of 32 bits is there for programs of 32 bits: the compiler was asked for them by its name alone."""
    flag = BITS[built.arch]
    done = subprocess.run(["readelf", "--program-headers", built.root / "sbin/mingetty"], capture_output=True, text=True)
    assert {"-m64": "/lib64/ld-linux-x86-64.so.2", "-m32": "/lib/ld-linux.so.2"}[flag] in done.stdout
