"""Real Portage, that builds packages of the overlay into a root of its own."""

import functools
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from command import REPOSITORY

OVERLAY = REPOSITORY / "overlay"
FEATURES = "-news -sandbox -usersandbox -network-sandbox -ipc-sandbox -pid-sandbox -mount-sandbox -userpriv -userfetch -usersync"
TOOLS = ("ar", "as", "ld", "nm", "objcopy", "objdump", "ranlib", "readelf", "strip")
BITS = {"x86_64": "-m64", "i486": "-m32", "i686": "-m32"}


@functools.cache
def running_root() -> Path:
    """Portage asks for the configuration of the system that it runs in, too; one that pip has installed looks for it
    below its environment. The profile there says nothing but the architecture."""
    folder = Path(sys.prefix) / "etc/portage"
    profile = folder / "profile-of-the-tests"
    profile.mkdir(parents=True, exist_ok=True)
    (profile / "eapi").write_text("8\n")
    (profile / "make.defaults").write_text('ARCH="amd64"\nACCEPT_KEYWORDS="amd64"\nCHOST="x86_64-pc-linux-gnu"\n')
    link = folder / "make.profile"
    if not link.is_symlink():
        new = folder / f"make.profile.{os.getpid()}"
        new.symlink_to(profile.name)
        new.replace(link)
    return folder


@dataclass
class Done:
    """How a run ended, and all that it said."""

    status: int
    said: str


class System:
    """A configuration, a root, and folders for Portage to build in."""

    def __init__(self, folder: Path, gentoo: Path, profile: str, chost: str, overlay: Path | None = OVERLAY):
        self.folder, self.gentoo, self.overlay, self.chost = folder, gentoo, overlay, chost
        self.root = folder / "root"
        self.distfiles = folder / "distfiles"
        self.portage = folder / "config/etc/portage"
        for path in (self.root, self.distfiles, self.portage, folder / "bin", folder / "tmp"):
            path.mkdir(parents=True)
        (self.portage / "make.profile").symlink_to(gentoo / "profiles" / profile)
        self.write("make.conf", f'CHOST="{chost}"\nCFLAGS="-O2 -pipe"\nMAKEOPTS="-j2"\n')
        self._tools()

    def write(self, path: str, text: str) -> None:
        """A file of /etc/portage."""
        (self.portage / path).parent.mkdir(parents=True, exist_ok=True)
        (self.portage / path).write_text(text)

    def kernel_headers(self) -> None:
        """Debian's linux-libc-dev, as sys-kernel/linux-headers lays it out."""
        include = Path("/usr/include")
        for name in ("asm-generic", "linux", "mtd"):
            shutil.copytree(include / name, self.root / "usr/include" / name)
        shutil.copytree(include / "x86_64-linux-gnu/asm", self.root / "usr/include/asm")

    def _tools(self) -> None:
        """The names that Gentoo has for Debian's tools."""
        path = self.folder / "bin"
        (path / "gtar").symlink_to(shutil.which("tar"))
        for tool in TOOLS:
            (path / f"{self.chost}-{tool}").symlink_to(shutil.which(tool))
        compiler = path / f"{self.chost}-gcc"
        compiler.write_text(f'#!/bin/sh\nexec gcc {BITS[self.chost.partition("-")[0]]} "$@"\n')
        compiler.chmod(0o755)

    def _run(self, *words, timeout=300, **env) -> Done:
        running_root()
        repos = f"[DEFAULT]\nmain-repo = gentoo\n[gentoo]\nlocation = {self.gentoo}\nauto-sync = no\n"
        if self.overlay:
            repos += f"[portage-config]\nlocation = {self.overlay}\nauto-sync = no\n"
        path = f"{self.folder}/bin:{sys.prefix}/bin:/usr/sbin:/usr/bin:/sbin:/bin"
        environment = {
            "PATH": path,
            "HOME": str(self.folder),
            "LANG": "C.UTF-8",
            "NO_COLOR": "1",
            "PORTAGE_REPOSITORIES": repos,
            "PORTAGE_CONFIGROOT": str(self.folder / "config"),
            "ROOT": str(self.root),
            "SYSROOT": str(self.root),
            "EPREFIX": "",
            "DISTDIR": str(self.distfiles),
            "PORTAGE_DEPCACHEDIR": str(self.folder / "depcache"),
            "PKGDIR": str(self.folder / "packages"),
            "PORTAGE_TMPDIR": str(self.folder / "tmp"),
            "FEATURES": FEATURES,
            "FETCHCOMMAND": "/bin/false",
            "RESUMECOMMAND": "/bin/false",
            **({"PORTAGE_USERNAME": "root", "PORTAGE_GRPNAME": "root"} if os.getuid() == 0 else {}),
            **env,
        }
        done = subprocess.run(
            list(map(str, words)),
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=timeout,
        )
        return Done(done.returncode, done.stdout)

    def emerge(self, *words, **env) -> Done:
        return self._run("emerge", "--ignore-default-opts", *words, **env)

    def ebuild(self, path: Path, *phases, **env) -> Done:
        return self._run("ebuild", path, *phases, **env)

    def install(self, *atoms, **env) -> Path:
        """Builds and merges packages; the root they are in."""
        done = self.emerge("--oneshot", "--nodeps", *atoms, **env)
        assert done.status == 0, done.said
        return self.root
