"""Writes the test's own small ::gentoo repository: the profile chain of `gentoo/profiles` and stub ebuilds."""

import hashlib
import shutil
import tomllib
from pathlib import Path

SOURCE = Path(__file__).parent / "gentoo"
KEYS = ("DESCRIPTION", "HOMEPAGE", "LICENSE", "SLOT", "KEYWORDS", "IUSE", "REQUIRED_USE", "RDEPEND")


def write(destination: Path) -> Path:
    """Copies profiles and eclasses, and writes an ebuild with its cache entry for each package of `ebuilds.toml`."""
    for folder in ("eclass", "metadata", "profiles"):
        shutil.copytree(SOURCE / folder, destination / folder)
    licenses = set((SOURCE / "profiles/license_groups").read_text().split())
    for name in licenses - {"FREE", "GPL", "EULA"}:
        if not name.startswith("@"):
            put(destination / "licenses" / name, f"{name}\n")
    for cpv, facts in tomllib.loads((SOURCE / "ebuilds.toml").read_text()).items():
        category, full = cpv.split("/")
        name = package_name(full)
        values = {
            "DESCRIPTION": f"what {name} says of itself, and nothing else",
            "HOMEPAGE": "https://example.org/",
            "LICENSE": "GPL-2",
            "SLOT": "0",
            **facts,
        }
        body = "".join(f'{key}="{values[key]}"\n' for key in KEYS if key in values)
        ebuild = f"EAPI=8\n\n{body}\nS=${{WORKDIR}}\n"
        put(destination / category / name / f"{full}.ebuild", ebuild)
        cache = "".join(f"{key}={values[key]}\n" for key in sorted(KEYS) if values.get(key))
        digest = hashlib.md5(ebuild.encode()).hexdigest()
        put(destination / "metadata/md5-cache" / cpv, f"DEFINED_PHASES=-\nEAPI=8\n{cache}_md5_={digest}\n")
    return destination


def package_name(full: str) -> str:
    """`gentoo-sources-6.18.30` is a version of `gentoo-sources`; `musl-1.2.5-r8` of `musl`."""
    parts = full.split("-")
    last = len(parts) - 1
    if parts[last][0] == "r" and parts[last][1:].isdigit():
        last -= 1
    return "-".join(parts[:last])


def put(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
