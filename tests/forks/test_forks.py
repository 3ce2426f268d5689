"""Forks of ebuilds: bash takes them, and Portage's metadata phase says of them what it says of upstream's, but for the
keywords that were set.

Texts of our own are always forked. PORTAGE_CONFIG_EBUILDS names a folder with an ebuild repository `old` (with its eclasses
and profiles), and one `new`, the same repository later: the newest ebuild of each package of `old` is forked, then taken
onto `new`. PORTAGE_CONFIG_FORKS bounds their number; one line says how many were forked, and how many merge.
"""

import json
import os
import random
import subprocess
import sys
from pathlib import Path

COMMAND = os.environ.get("PORTAGE_CONFIG_COMMAND", "portage-config")
PATCH = "--- a/x.c\n+++ b/x.c\n@@ -1 +1 @@\n-a\n+b\n"

OWN = {
    "app-misc/array/array-1.0.ebuild": """EAPI=8
inherit stand-in
DESCRIPTION="PATCHES as an array"
HOMEPAGE="https://example.org"
SRC_URI="https://example.org/${P}.tar.gz"
LICENSE="MIT"
SLOT="0"
KEYWORDS="amd64 ~x86"
IUSE="nls"
PATCHES=(
\t"${FILESDIR}"/one.patch # why
\t# and more
)
src_prepare() {
\tPATCHES+=( "${FILESDIR}"/two.patch )
\tdefault
}
""",
    "app-misc/condition/condition-2-r1.ebuild": """EAPI=7
DESCRIPTION="Conditions and a document"
HOMEPAGE="https://example.org"
LICENSE="MIT"
SLOT="2/3"
if [[ ${PV} != 9999 ]]; then
\tKEYWORDS="~amd64"
\tPATCHES=( "${FILESDIR}/a.patch" )
fi
: <<-EOF
\tPATCHES=(
\tEOF
DEPEND=""
""",
    "app-misc/word/word-3.ebuild": """EAPI=6
DESCRIPTION="One word"
HOMEPAGE="https://example.org"
LICENSE="MIT"
SLOT="0"
PATCHES="${FILESDIR}/a.patch ${FILESDIR}/b.patch"
src_install() { :; }
""",
    "eclass/stand-in.eclass": 'RDEPEND="virtual/nothing"\n',
    "profiles/repo_name": "gentoo\n",
    "profiles/arch.list": "amd64\nx86\n",
    "profiles/categories": "app-misc\n",
    "metadata/layout.conf": "masters =\nthin-manifests = true\n",
}


def run(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([COMMAND, "overlay", *words], cwd=cwd, capture_output=True, text=True)


def packages(repository: Path) -> list[str]:
    found = {"/".join(path.parts[-3:-1]) for path in repository.glob("*/*/*.ebuild")}
    return sorted(found)


def overlay(folder: Path) -> Path:
    done = run("new", "local", "--name", "local", "--master", "gentoo", cwd=folder)
    assert done.returncode == 0, done.stderr
    (folder / "zz-fork.patch").write_text(PATCH)
    return folder / "local"


def fork(folder: Path, repository: Path, package: str) -> dict | str:
    """What was forked, or why not."""
    words = ["fork", package, "--from", str(repository), "--repo", "local", "--format", "json"]
    done = run(*words, "--patch", "zz-fork.patch", "--keyword", "~x86", "--live", cwd=folder)
    answer = json.loads(done.stdout)
    if done.returncode:
        return answer["diagnostics"][0]["message"]
    return answer["overlay"]["forks"][0]


def metadata(folder: Path, repository: Path, own: Path, wanted: list[str]) -> dict[str, dict[str, str]]:
    root = folder / "machine"
    profile = root / "etc/portage/make.profile"
    profile.mkdir(parents=True)
    (profile / "make.defaults").write_text('ARCH="amd64"\nACCEPT_KEYWORDS="amd64"\n')
    (root / "root").mkdir()
    (root / "etc/portage/make.conf").write_text('FEATURES="-sandbox -usersandbox -userpriv -network-sandbox"\n')
    (root / "etc/portage/repos.conf").write_text(
        f"[DEFAULT]\nmain-repo = gentoo\n[gentoo]\nlocation = {repository}\n[local]\nlocation = {own}\n"
    )
    helper = Path(__file__).with_name("metadata_phase.py")
    # Nothing of the environment is to be seen in the answer.
    env = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    done = subprocess.run(
        [sys.executable, helper, root], input="\n".join(wanted), env=env, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return json.loads(done.stdout.splitlines()[-1])


def forked(folder: Path, repository: Path, chosen: list[str]) -> tuple[list[dict], dict[str, str]]:
    """Forks packages, and compares what Portage says of them."""
    own = overlay(folder)
    done, refused = [], {}
    for package in chosen:
        answer = fork(folder, repository, package)
        if isinstance(answer, str):
            refused[package] = answer
        else:
            done.append(answer)
    wanted = []
    for one in done:
        name = one["package"].split("/")[1]
        text = own / one["package"] / f"{name}-{one['version']}.ebuild"
        assert subprocess.run(["bash", "-n", text], capture_output=True).stderr == b"", text
        wanted += [f"gentoo {one['package']}-{one['from']}", f"local {one['package']}-{one['version']}"]
    answers = metadata(folder, repository, own, wanted)
    for one in done:
        before = answers[f"gentoo {one['package']}-{one['from']}"]
        after = answers[f"local {one['package']}-{one['version']}"]
        if "error" in before:
            # An eclass that the folder lacks: bash itself cannot read upstream's either.
            refused[one["package"]] = "upstream has no metadata"
            continue
        assert after == before | {"KEYWORDS": "~x86"}, one["package"]
    return done, refused


def test_own_texts(tmp_path: Path) -> None:
    repository = tmp_path / "up"
    for path, text in OWN.items():
        (repository / path).parent.mkdir(parents=True, exist_ok=True)
        (repository / path).write_text(text)
    done, refused = forked(tmp_path, repository, packages(repository))
    assert [one["package"] for one in done] == packages(repository)
    assert refused == {}


def test_corpus(tmp_path: Path) -> None:
    corpus = Path(os.environ["PORTAGE_CONFIG_EBUILDS"])
    both = sorted(set(packages(corpus / "old")) & set(packages(corpus / "new")))
    random.Random(6).shuffle(both)
    chosen = both[: int(os.environ.get("PORTAGE_CONFIG_FORKS", "60"))]
    done, refused = forked(tmp_path, corpus / "old", chosen)
    own = tmp_path / "local"
    assert len(done) >= len(chosen) * 9 // 10, refused
    # Somebody changes every other one.
    for one in done[::2]:
        name = one["package"].split("/")[1]
        path = own / one["package"] / f"{name}-{one['version']}.ebuild"
        text = path.read_bytes()
        path.write_bytes(text.replace(b'DESCRIPTION="', b'DESCRIPTION="Ours: ', 1) + b"\npkg_postinst() {\n\t:\n}\n")
    answer = run("update", "--from", str(corpus / "new"), "--repo", "local", "--format", "json", cwd=tmp_path)
    forks = json.loads(answer.stdout)["overlay"]["forks"]
    by_state: dict[str, int] = {}
    for one in forks:
        by_state[one["state"]] = by_state.get(one["state"], 0) + 1
        if one["state"] == "updated":
            package = one.get("renamed", one["package"])
            path = own / package / f"{package.split('/')[1]}-{one['becomes']}.ebuild"
            assert subprocess.run(["bash", "-n", path], capture_output=True).stderr == b"", path
    errors = [found["message"] for found in json.loads(answer.stdout)["diagnostics"]]
    changed = sum(count for state, count in by_state.items() if state not in ("current", "gone"))
    clean = by_state.get("updated", 0) + by_state.get("dropped", 0)
    print(f"\n{len(done)} of {len(chosen)} forked; refused: {sorted(set(refused.values()))}")
    print(f"states {by_state}; errors {errors}; {clean} of {changed + len(errors)} merge")
    assert clean * 10 >= (changed + len(errors)) * 8


if "PORTAGE_CONFIG_EBUILDS" not in os.environ:
    del test_corpus
