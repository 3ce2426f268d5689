"""The patched musl, built by real Portage into a root of its own, for amd64 and for x86, and what its patches change."""

import os
import shutil
import subprocess
import tarfile
import time
from pathlib import Path

import pytest

import sources
from building import BITS, FEATURES, OVERLAY, System

HERE = Path(__file__).parent
PROFILES = {"x86_64": "default/linux/amd64/23.0", "i686": "default/linux/x86/23.0/i686/musl"}
LOADERS = {"x86_64": "ld-musl-x86_64.so.1", "i686": "ld-musl-i386.so.1"}
PATCHES = ("musl-1.2.5-localhost.patch", "musl-1.2.5-iconv-euc-kr.patch")
ARCHES = pytest.mark.parametrize("built", PROFILES, indirect=True)


class Built:
    """A root with musl, and the same library without the patches."""

    def __init__(self, arch: str, gentoo: Path, folder: Path):
        self.arch, self.folder = arch, folder
        system = System(folder / "s", gentoo, PROFILES[arch], f"{arch}-pc-linux-musl")
        system.write("package.accept_keywords/overlay", "sys-libs/musl::portage-config ~amd64 ~x86\n")
        # One has the layout of a merged /usr, as a baselayout makes it, the other has not.
        system.write("package.use/musl", f"sys-libs/musl -tools crypt {'split-usr' if arch == 'i686' else ''}\n")
        if arch != "i686":
            (system.root / "usr/lib").mkdir(parents=True)
            (system.root / "lib").symlink_to("usr/lib")
        (system.distfiles / "musl-1.2.5.tar.gz").symlink_to(sources.distfile("musl-1.2.5.tar.gz"))
        self.root = system.install("sys-libs/musl", FEATURES=f"{FEATURES} keepwork")
        self.source = next(system.folder.glob("tmp/portage/sys-libs/musl-*/work/musl-1.2.5"))
        self.plain = folder / "plain"
        self.plain.mkdir()

    def without_patches(self) -> Path:
        """A folder with libc.a of the source as upstream has it: of the build's objects those are made anew."""
        if not (self.plain / "libc.a").exists():
            for patch in PATCHES:
                text = (OVERLAY / "sys-libs/musl/files" / patch).read_bytes()
                subprocess.run(["patch", "-R", "-p1"], cwd=self.source, input=text, capture_output=True, check=True)
            path = f"{self.folder}/s/bin:{os.environ['PATH']}"
            make = ["make", "-j2", "lib/libc.a"]
            subprocess.run(make, cwd=self.source, env=os.environ | {"PATH": path}, capture_output=True, check=True)
            shutil.copy(self.source / "lib/libc.a", self.plain)
        return self.plain

    def linked(self, source: Path, *flags, static=True, plain=False, after=()) -> Path:
        """A program that has nothing but musl in it."""
        lib = self.root / "usr/lib"
        program = self.root / f"{source.stem}{'-static' if static else ''}{'-plain' if plain else ''}"
        kind = ["-static"] if static else [f"-Wl,-dynamic-linker,/lib/{LOADERS[self.arch]}"]
        words = ["gcc", BITS[self.arch], "-fno-pie", "-no-pie", *kind, "-nostdinc", "-isystem", self.root / "usr/include"]
        words += ["-nostdlib", "-fno-stack-protector", *flags, lib / "crt1.o", lib / "crti.o", source]
        words += [f"-L{self.without_patches()}"] if plain else []
        words += [f"-L{lib}", *after, "-lc", "-lgcc", lib / "crtn.o", "-o", program]
        done = subprocess.run(words, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return program

    def run(self, program: Path, *words, prefix=()) -> subprocess.CompletedProcess:
        """The program in the root, in a network that is itself alone."""
        user = [] if os.geteuid() == 0 else ["--map-root-user"]
        alone = ["unshare", *user, "--net", "sh", "-c", 'ip link set lo up; exec "$@"', "sh"]
        words = [*alone, *prefix, "chroot", self.root, f"/{program.relative_to(self.root)}", *words]
        return subprocess.run(words, capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL)


@pytest.fixture(scope="module")
def built(request, gentoo, tmp_path_factory):
    built = Built(request.param, gentoo, tmp_path_factory.mktemp("musl"))
    # Who has no answer says so after a second.
    (built.root / "etc/resolv.conf").write_text("nameserver 127.0.0.1\noptions timeout:1 attempts:1\n")
    assert not (built.root / "etc/hosts").exists()
    return built


@ARCHES
def test_a_program_runs(built, tmp_path):
    source = tmp_path / "hello.c"
    source.write_text('#include <stdio.h>\nint main(void) { printf("%zu\\n", sizeof(void *)); return 7; }\n')
    said = {"x86_64": "8\n", "i686": "4\n"}[built.arch]
    for static in (True, False):
        done = built.run(built.linked(source, static=static))
        assert (done.returncode, done.stdout, done.stderr) == (7, said, ""), static
    done = built.run(built.root / "usr/bin/ldd", "/hello")
    assert done.returncode == 0 and LOADERS[built.arch] in done.stdout


@ARCHES
def test_the_layout(built):
    loader = built.root / ("lib" if built.arch == "i686" else "usr/lib") / LOADERS[built.arch]
    assert os.readlink(loader) == ("../usr/lib/libc.so" if built.arch == "i686" else "libc.so")
    assert loader.resolve() == built.root / "usr/lib/libc.so"
    assert os.readlink(built.root / "usr/bin/ldd").startswith("../")
    assert (built.root / "lib").is_symlink() == (built.arch != "i686")
    for path in ("usr/include/crypt.h", "usr/lib/libcrypt.a", "usr/lib/libssp_nonshared.a", "etc/env.d/00musl"):
        assert (built.root / path).exists(), path


@ARCHES
def test_what_gcc_asks_for_is_there(built, tmp_path):
    """gcc calls this one itself, in position-independent code of 32-bit x86."""
    source = tmp_path / "canary.c"
    source.write_text(
        "void __stack_chk_fail_local(void);\n"
        "int main(int n, char **v) { if (n > 1) __stack_chk_fail_local(); return 5; }\n"
    )
    program = built.linked(source, static=False, after=["-lssp_nonshared"])
    assert built.run(program).returncode == 5
    assert built.run(program, "x").returncode not in (0, 5)


LOCAL = ["localhost", "LocalHost.", "a.b.localhost"]
OTHERS = ["localhost.example", "notlocalhost", ".localhost"]


@ARCHES
def test_localhost_needs_no_file_and_no_server(built, tmp_path):
    program = built.linked(HERE / "names.c")
    trace = tmp_path / "trace"
    start = time.monotonic()
    done = built.run(program, *LOCAL, "-back", prefix=["strace", "-f", "-o", trace, "-e", "trace=network"])
    assert time.monotonic() - start < 5
    lines = done.stdout.splitlines()
    assert [line.split()[:2] for line in lines[:3]] == [
        ["localhost:", "localhost"],
        ["LocalHost.:", "LocalHost"],
        ["a.b.localhost:", "a.b.localhost"],
    ]
    assert all(set(line.split()[2:]) == {"127.0.0.1", "::1"} for line in lines[:3]), done.stdout
    assert lines[3:] == ["localhost", "localhost"]
    # Not one question went out.
    assert "chroot" not in trace.read_text() and "htons(53)" not in trace.read_text()


@ARCHES
def test_without_the_patch_it_does(built):
    done = built.run(built.linked(HERE / "names.c", plain=True), "localhost", "-back")
    assert done.stdout.splitlines()[0] == "localhost: Try again", done.stdout
    assert "localhost" not in done.stdout.splitlines()[1:]


@ARCHES
def test_other_names_are_asked_for(built, tmp_path):
    trace = tmp_path / "trace"
    done = built.run(built.linked(HERE / "names.c"), *OTHERS, prefix=["strace", "-f", "-o", trace, "-e", "trace=network"])
    said = dict(line.split(": ") for line in done.stdout.splitlines())
    assert said["localhost.example"] == said["notlocalhost"] == "Try again", done.stdout
    assert "127" not in said[".localhost"] and "htons(53)" in trace.read_text()


@ARCHES
def test_the_file_has_the_first_word(built):
    hosts = built.root / "etc/hosts"
    hosts.write_text("192.0.2.7 box localhost\n127.0.0.1 loop\n")
    try:
        done = built.run(built.linked(HERE / "names.c"), "localhost", "-back")
    finally:
        hosts.unlink()
    assert done.stdout.splitlines() == ["localhost: box 192.0.2.7", "loop", "localhost"]


@ARCHES
def test_iconv_refuses_what_is_no_korean(built):
    pairs = ("b0a1", "8141", "c652", "c653", "c741", "c841", "fd52")
    done = built.run(built.linked(HERE / "korean.c"), *pairs)
    said = dict(line.split(": ") for line in done.stdout.splitlines())
    assert [said[pair] for pair in pairs[:3]] == ["가", "갂", "힣"]
    assert [said[pair] for pair in pairs[3:]] == ["Illegal byte sequence"] * 4
    plain = built.run(built.linked(HERE / "korean.c", plain=True), "b0a1", "c741")
    assert "c741: Illegal byte sequence" not in plain.stdout.splitlines()


@ARCHES
def test_mingetty_compiles_with_it(built, tmp_path):
    with tarfile.open(sources.distfile("mingetty-1.08.tar.gz")) as tar:
        tar.extractall(tmp_path, filter="data")
    strict = ["-D_GNU_SOURCE", "-Werror=implicit-function-declaration", "-Werror=implicit-int", "-Werror=int-conversion"]
    program = built.linked(tmp_path / "mingetty-1.08/mingetty.c", *strict)
    assert program.stat().st_size < 100_000


@ARCHES
def test_ldconfig_writes_what_musl_reads(built):
    etc, name = built.root / "etc", LOADERS[built.arch].removeprefix("ld-musl-").removesuffix(".so.1")
    kept = (etc / "ld.so.conf").read_text()
    (etc / "ld.so.conf.d").mkdir(exist_ok=True)
    (etc / "ld.so.conf.d/b.conf").write_text("/opt/b/")
    (etc / "ld.so.conf.d/a.conf").write_text("# not a folder\n/opt/a\n")
    (etc / "ld.so.conf").write_text("include ld.so.conf.d/*.conf\n/usr/lib/gcc/x/15\n/usr/lib\n")
    for cwd in ("/", etc):
        done = subprocess.run([built.root / "sbin/ldconfig", "-X", "-r", built.root], cwd=cwd, capture_output=True, text=True)
        assert (done.returncode, done.stdout + done.stderr) == (0, "")
        folders = (etc / f"ld-musl-{name}.path").read_text().split()
        assert folders == ["/opt/a", "/opt/b", "/usr/lib/gcc/x/15", "/usr/lib", "/lib", "/usr/local/lib"]
    (etc / "ld.so.conf").write_text(kept)


LIBRARIES = "# a\n/a # b\n/b:/c/, /d\n  /e f/#g\n/a\nno/folder\n/\nhwcap 0 nosegneg\n\tinclude\tx.d/*.conf y.conf # z\n/h"
SHELLS = pytest.mark.parametrize("shell", [["dash"], ["bash", "--posix"], ["busybox", "sh"]], ids=lambda words: words[0])


def ldconfig(shell: list, folder: Path, *words) -> subprocess.CompletedProcess:
    """The script as it is installed, without a library."""
    script = folder / "ldconfig"
    text = (OVERLAY / "sys-libs/musl/files/ldconfig.in").read_text()
    script.write_text(text.replace("@ARCH@", "i386").replace("@EPREFIX@", ""))
    (folder / "etc/x.d").mkdir(parents=True, exist_ok=True)
    (folder / "etc/ld.so.conf").write_text(LIBRARIES)
    (folder / "etc/x.d/1.conf").write_text("/i,/j\n")
    (folder / "etc/y.conf").write_text("/k")
    return subprocess.run([*shell, script, *words], cwd=folder, capture_output=True, text=True)


@SHELLS
def test_ldconfig_reads_comments_lists_and_includes(shell, tmp_path):
    for words in (["-r", tmp_path], ["-X", f"-r{tmp_path}/"], ["-vXr", tmp_path, "--format=new", "/lib", "-i"]):
        done = ldconfig(shell, tmp_path, *words)
        assert (done.returncode, done.stdout, done.stderr) == (0, "", ""), words
        written = tmp_path / "etc/ld-musl-i386.path"
        wanted = ["/a", "/b", "/c", "/d", "/e f", "/i", "/j", "/k", "/h", "/lib", "/usr/local/lib", "/usr/lib"]
        assert written.read_text().splitlines() == wanted
        assert not written.with_suffix(".path.new").exists()
        written.unlink()
    (tmp_path / "other").mkdir(exist_ok=True)
    (tmp_path / "other/z.conf").write_text("include q*\n")
    (tmp_path / "other/q1").write_text("/q\n")
    for name in ("/other/z.conf", "other/z.conf"):
        assert ldconfig(shell, tmp_path, "-f", name, "-r", tmp_path).returncode == 0
        assert written.read_text() == "/q\n/lib\n/usr/local/lib\n/usr/lib\n"
        written.unlink()


@SHELLS
@pytest.mark.parametrize(
    "words,status,said",
    [
        (["-p"], 0, "as it was\n"),
        (["/lib", "--print-cache"], 0, "as it was\n"),
        (["-V"], 0, "ldconfig of musl, i386\n"),
        (["--version"], 0, "ldconfig of musl, i386\n"),
        (["--help"], 0, "Usage: ldconfig"),
        (["-?"], 0, "Usage: ldconfig"),
        (["-n", "/lib"], 0, ""),
        (["-XN"], 0, ""),
        (["-l", "a.so"], 0, ""),
        (["-C", "/tmp/cache"], 0, ""),
        (["-z"], 64, "-z: no such option"),
        (["--what"], 64, "--what: no such option"),
        (["-f"], 64, "-f: its value is missing"),
    ],
    ids=lambda value: "".join(value) if isinstance(value, list) else "",
)
def test_ldconfig_that_prints_writes_nothing(shell, words, status, said, tmp_path):
    (tmp_path / "etc").mkdir()
    written = tmp_path / "etc/ld-musl-i386.path"
    written.write_text("as it was\n")
    done = ldconfig(shell, tmp_path, "-r", tmp_path, *words)
    assert done.returncode == status and written.read_text() == "as it was\n"
    assert said in (done.stderr if status else done.stdout) and (done.stdout if status else done.stderr) == ""
    assert bool(done.stdout or done.stderr) == bool(said)


def test_glibcs_own_reads_comments_and_includes_so_and_no_lists(tmp_path):
    ldconfig(["dash"], tmp_path, "-p")
    for name in "abhijk":
        (tmp_path / name).mkdir()
    done = subprocess.run(["/sbin/ldconfig", "-v", "-N", "-X", "-r", tmp_path], capture_output=True, text=True)
    assert {line.partition(":")[0] for line in done.stdout.splitlines()} == {"/a", "/h", "/k"}


def test_headers_alone_for_crossdev(gentoo, tmp_path):
    """crossdev links the package into a category of the target's name."""
    target = "i486-pc-linux-musl"
    overlay = shutil.copytree(OVERLAY, tmp_path / "overlay")
    (overlay / f"cross-{target}").mkdir()
    (overlay / f"cross-{target}/musl").symlink_to("../sys-libs/musl")
    (overlay / "profiles/categories").write_text(f"cross-{target}\n")
    system = System(tmp_path / "s", gentoo, PROFILES["x86_64"], "x86_64-pc-linux-gnu", overlay)
    system.write("package.accept_keywords/overlay", "*/*::portage-config ~amd64\n")
    system.write("package.use/musl", f"cross-{target}/musl headers-only -tools\n")
    (system.distfiles / "musl-1.2.5.tar.gz").symlink_to(sources.distfile("musl-1.2.5.tar.gz"))
    system.install(f"cross-{target}/musl")
    folder = system.root / "usr" / target
    assert (folder / "usr/include/bits/alltypes.h").exists()
    assert [path.name for path in (folder / "usr").iterdir()] == ["include"] and not (folder / "lib").exists()
    # Elsewhere than in such a category it is the system's library, and this system's is glibc.
    done = system.emerge("--oneshot", "--nodeps", "sys-libs/musl::portage-config", USE="-tools")
    assert done.status == 1 and "crossdev makes a toolchain" in done.said
