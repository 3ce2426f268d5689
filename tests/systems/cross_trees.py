"""The trees of the systems with several roots, and a Portage that knows their packages."""

import functools
import hashlib
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "conformance"))

import command  # noqa: E402
import consumers  # noqa: E402, F401
import gentoo_repo  # noqa: E402
import oracle as portage_oracle  # noqa: E402
import steps as printed  # noqa: E402

REPOSITORY = Path(__file__).parents[2]
PRESETS = REPOSITORY / "presets"
CHOST = "x86_64-icelake-linux-gnu"
CBUILD = "x86_64-pc-linux-gnu"

# Secrets as sccache makes them; they open nothing.
SECRETS = {
    "SCCACHE_CLIENT_TOKEN": "CLIENT_TOKEN",
    "SCCACHE_JWT_KEY": "ofhUvxXNRIqc2dQI5yMSozbPuvAn-kNiNDsEMjA8j6I",
    "SCCACHE_SERVER_TOKEN": "eyJ0eXAiOiJKV1QiLCJhbGciOiJIUzI1NiJ9"
    ".eyJleHAiOjAsInNlcnZlcl9pZCI6IjE5Mi4wLjIuMTA6ODg4OSJ9.9jE4gN5Pz8HcK7WREDYB8mZ3mRwcflUDHkEeP2pnfUE",
}
VALUES = {
    "cross-amd64": {"chost": CHOST, "binhost": "192.0.2.10"},
    "amd64-no-avx512": {},
    "sccache-dist": {"scheduler": "192.0.2.10", "server": "192.0.2.10"},
}

# What the test's repository lacks.
PACKAGES = {
    "app-emulation/qemu-11.0": {"KEYWORDS": "amd64"},
    "app-arch/xz-utils-5.8.1": {"KEYWORDS": "amd64 x86"},
    "dev-qt/qtbase-6.10.1": {"KEYWORDS": "amd64"},
    "media-gfx/imagemagick-7.1.2": {"KEYWORDS": "amd64"},
    "media-video/ffmpeg-7.1.2": {"KEYWORDS": "amd64"},
    "sys-apps/bubblewrap-0.11.0": {"KEYWORDS": "amd64"},
    "sys-apps/grep-3.12": {"KEYWORDS": "amd64 x86"},
}
TOOLCHAIN = {
    f"cross-{CHOST}/gcc-15.2.1": {"KEYWORDS": "amd64", "IUSE": "multilib"},
    f"cross-{CHOST}/glibc-2.43": {"KEYWORDS": "amd64", "IUSE": "multilib"},
}

_SCRATCH = tempfile.TemporaryDirectory(prefix="portage-config-systems-")


def scratch(name: str) -> Path:
    return Path(tempfile.mkdtemp(prefix=f"{name}-", dir=_SCRATCH.name))


def ebuild(repository: Path, cpv: str, facts: dict[str, str]) -> None:
    """Writes an ebuild with its cache entry."""
    category, full = cpv.split("/")
    name = gentoo_repo.package_name(full)
    values = {"DESCRIPTION": name, "HOMEPAGE": "https://example.org/", "LICENSE": "GPL-2", "SLOT": "0", **facts}
    body = "".join(f'{key}="{value}"\n' for key, value in values.items())
    text = f"EAPI=8\n\n{body}\nS=${{WORKDIR}}\n"
    gentoo_repo.put(repository / category / name / f"{full}.ebuild", text)
    digest = hashlib.md5(text.encode()).hexdigest()
    cache = "".join(f"{key}={values[key]}\n" for key in sorted(values))
    gentoo_repo.put(repository / "metadata/md5-cache" / cpv, f"DEFINED_PHASES=-\nEAPI=8\n{cache}_md5_={digest}\n")
    categories = repository / "profiles/categories"
    known = categories.read_text().splitlines() if categories.exists() else []
    if category not in known:
        gentoo_repo.put(categories, "".join(f"{line}\n" for line in [*known, category]))


@functools.cache
def gentoo() -> Path:
    repository = gentoo_repo.write(scratch("gentoo") / "gentoo")
    for cpv, facts in PACKAGES.items():
        ebuild(repository, cpv, facts)
    return repository


@functools.cache
def crossdev() -> Path:
    """The repository of crossdev, with what it links there."""
    repository = scratch("crossdev") / "crossdev"
    gentoo_repo.put(repository / "profiles/repo_name", "crossdev\n")
    gentoo_repo.put(repository / "profiles/eapi", "8\n")
    gentoo_repo.put(repository / "metadata/layout.conf", "masters = gentoo\ncache-formats = md5-dict\nthin-manifests = true\n")
    for cpv, facts in TOOLCHAIN.items():
        ebuild(repository, cpv, facts)
    return repository


@functools.cache
def oracle() -> portage_oracle.Oracle:
    return portage_oracle.Oracle(gentoo(), crossdev())


def sets(answer: portage_oracle.Answer) -> dict[str, list[str]]:
    """The sets of one's own. Some of Portage's ask for the database of installed packages, which a tree does not have."""
    from portage._sets import load_default_config

    messages: list[str] = []
    with portage_oracle._listening(messages):
        loaded = load_default_config(answer.settings, portage_oracle._Trees(answer._root.trees)).getSets()
        folder = answer.tree / "etc/portage/sets"
        names = sorted(path.name for path in folder.iterdir())
        found = {name: sorted(map(str, loaded[name].getAtoms())) + sorted(map(str, loaded[name].getNonAtoms())) for name in names}
    own = [line for line in messages if "metadata-source" not in line]
    if own:
        raise portage_oracle.Refused("\n".join(own))
    return found


def everything(tree: Path) -> dict:
    """All that Portage makes of a tree."""
    if not (tree / "etc/portage/sets").is_dir():
        return oracle().load(tree).everything()
    bare = copy(tree)
    shutil.rmtree(bare / "etc/portage/sets")
    return oracle().load(bare).everything() | {"sets": sets(oracle().load(tree))}


def words(preset: str) -> list[str]:
    return [word for name, value in VALUES[preset].items() for word in ("--set", f"{name}={value}")]


@functools.cache
def rendered(preset: str, *variants: str) -> Path:
    """The trees of a preset, as nobody may change them."""
    out = scratch(preset) / "out"
    chosen = [word for variant in variants for word in ("--variant", variant)]
    command.render(PRESETS / f"{preset}.toml", out, *words(preset), *chosen, env=SECRETS)
    return out


def copy(tree: Path) -> Path:
    return Path(shutil.copytree(tree, scratch("copy") / "tree", symlinks=True))


def write_crossdev_mask(tree: Path) -> None:
    """What crossdev writes on the build host: its own file masks multilib."""
    mask = tree / f"etc/portage/profile/package.use.mask/cross-{CHOST}"
    mask.write_text("".join(f"cross-{CHOST}/{name} multilib\n" for name in ("gcc", "glibc")))


def without(file: Path, start: str) -> None:
    """Takes out the one line that starts so."""
    lines = file.read_text().splitlines(keepends=True)
    rest = [line for line in lines if not line.startswith(start)]
    assert len(lines) - len(rest) == 1, f"{file}: not one line starts with {start!r}"
    file.write_text("".join(rest))


def check(preset: str, *args: str) -> command.Done:
    return command.run("check", PRESETS / f"{preset}.toml", *words(preset), *args, env=SECRETS)


def steps(preset: str, *variants: str) -> dict[str, str]:
    """What the steps of a preset run."""
    settings = [f"{name}={value}" for name, value in VALUES[preset].items()]
    return {name: step["run"] for name, step in printed.steps(preset, variants, settings).items() if step.get("run")}


def shell_accepts(text: str) -> subprocess.CompletedProcess:
    return subprocess.run(["sh", "-n"], input=text, capture_output=True, text=True)


def shellcheck(text: str) -> subprocess.CompletedProcess:
    return subprocess.run(["shellcheck", "-s", "sh", "-"], input=text, capture_output=True, text=True)
