"""The judge is judged: equal trees are equal for it, and no single loss in a tree escapes it."""

import os
import shutil
from pathlib import Path

import pytest

import strange
from files import differences_on_disk, snapshot
from judge import Judge
from machine import copy
from strange.parts import Link, Script

TREE = {
    "make.conf": (
        'CFLAGS="-O2"\nCXXFLAGS="${CFLAGS}"\nUSE="a -b"\nFEATURES="ccache"\nACCEPT_LICENSE="* -@EULA"\nsource more.conf\n'
        'FETCHCOMMAND="curl \\"\\${URI}\\""\n'
    ),
    "more.conf": 'MORE="1"\n',
    "package.use/a": "app-misc/one x y\n# why\napp-misc/one -x\n>=app-misc/two-1 tie\n<app-misc/two-3 -tie\n*/* wide\n",
    "package.use/b": "app-misc/one x\napp-misc/three VIDEO_CARDS: intel\n",
    "package.accept_keywords": "app-misc/one ~amd64\n=app-misc/two-9999 **\n",
    "package.license": "app-misc/one Own @EULA\n*/* Wide\n",
    "package.mask": ">=app-misc/one-2\napp-misc/three\n",
    "package.unmask": "=app-misc/one-2.5\n",
    "package.env": "app-misc/one lto.conf debug.conf\n",
    "package.properties": "app-misc/one interactive\n",
    "package.accept_restrict": "app-misc/one fetch\n",
    "package.cflags": "app-misc/one -O3\n",
    "env/lto.conf": 'CFLAGS="${CFLAGS} -flto"\nLDFLAGS="-fuse-ld=x"\n',
    "env/debug.conf": 'CFLAGS="${CFLAGS} -g"\n',
    "env/app-misc/one": "CFLAGS+=' -x'\n",
    "sets/mine": "app-misc/one\napp-misc/two\n@other\n",
    "sets/other": "app-misc/three\n",
    "postsync.d/hook": Script("#!/bin/sh\n"),
    "patches/app-misc/one/a.patch": "--- a\n",
    "patches/app-misc/one-1/b.patch": "--- b\n",
    "repos.conf/gentoo.conf": "[gentoo]\nlocation = /var/db/repos/gentoo\nsync-uri = https://example.org/\nunknown = x\n",
    "repos.conf/local.conf": "[local]\nlocation = /var/db/repos/local\npriority = 10\n",
    "binrepos.conf": "[host]\nsync-uri = https://example.org/\npriority = 1\n",
    "profile/use.mask": "masked\n",
    "profile/package.use.force": "app-misc/one forced\n",
    "profile/package.provided": "app-misc/gone-1\n",
    "license_groups": "EULA Own2\n",
    "categories": "app-own\n",
    "mirrors": "local https://example.org/\n",
    "modules": "x.y = z\n",
    "color.map": "GOOD=green\n",
    "bashrc": "x() { :; }\n",
    "savedconfig/app-misc/one": "X=y\n",
    "linked": Link("more.conf"),
    "/var/lib/portage/world": "app-misc/one\n",
    "/var/lib/portage/world_sets": "@mine\n",
}


def change(path: str, old: str, new: str):
    def mutate(portage: Path):
        file = portage / path
        text = file.read_text()
        assert text.count(old) == 1, f"{path}: {old!r} is there {text.count(old)} times"
        file.write_text(text.replace(old, new))

    return mutate


def rename(path: str, to: str):
    return lambda portage: os.rename(portage / path, portage / to)


def remove(path: str):
    return lambda portage: os.remove(portage / path)


def relink(path: str, target: str):
    def mutate(portage: Path):
        os.remove(portage / path)
        os.symlink(target, portage / path)

    return mutate


def add(path: str, text: str):
    return lambda portage: (portage / path).write_text(text)


# What is done to the tree, and a word of a difference that says so.
MUTATIONS = {
    "a line is dropped": (change("package.use/a", "app-misc/one -x\n", ""), "_pusedict"),
    "a line is doubled elsewhere": (change("package.use/b", "app-misc/one x\n", ""), "_pusedict"),
    "two atoms of one rank are swapped": (
        change("package.use/a", ">=app-misc/two-1 tie\n<app-misc/two-3 -tie\n", "<app-misc/two-3 -tie\n>=app-misc/two-1 tie\n"),
        "_pusedict",
    ),
    "words are swapped": (change("package.use/a", "one x y", "one y x"), "_pusedict"),
    "a flag is lost": (change("package.use/b", "VIDEO_CARDS: intel", "VIDEO_CARDS:"), "video_cards_intel"),
    "a global flag is lost": (change("package.use/a", "*/* wide\n", ""), "wide"),
    "a sign is lost": (change("make.conf", "a -b", "a b"), "USE"),
    "a keyword is lost": (change("package.accept_keywords", "one ~amd64", "one"), "package.accept_keywords"),
    "a keyword is another": (change("package.accept_keywords", "**", "~amd64"), "accept keywords"),
    "a licence is lost": (change("package.license", "one Own", "one"), "license"),
    "a licence for all is lost": (change("package.license", "*/* Wide\n", ""), "ACCEPT_LICENSE"),
    "a licence group loses a member": (change("license_groups", "EULA Own2\n", ""), "_license_groups"),
    "a property is lost": (change("package.properties", " interactive", ""), "_ppropertiesdict"),
    "a restriction is lost": (change("package.accept_restrict", " fetch", ""), "_paccept_restrict"),
    "a mask is lost": (change("package.mask", "app-misc/three\n", ""), "_pmaskdict"),
    "a mask is wider": (change("package.mask", ">=app-misc/one-2", ">=app-misc/one-1"), "_pmaskdict"),
    "an unmask is lost": (change("package.unmask", "=app-misc/one-2.5\n", ""), "_punmaskdict"),
    "a line of an env file is lost": (change("env/lto.conf", 'LDFLAGS="-fuse-ld=x"\n', ""), "LDFLAGS"),
    "env files are swapped": (change("package.env", "lto.conf debug.conf", "debug.conf lto.conf"), "env files"),
    "a bash file changes": (change("env/app-misc/one", "-x", "-y"), "env/app-misc/one"),
    "a set loses a member": (change("sets/mine", "app-misc/two\n", ""), "sets / mine"),
    "a set loses a set": (change("sets/mine", "@other\n", ""), "sets / mine"),
    "a set is renamed": (rename("sets/other", "sets/another"), "sets / other"),
    "world loses a member": (change("../../var/lib/portage/world", "app-misc/one\n", ""), "selected-packages"),
    "world loses a set": (change("../../var/lib/portage/world_sets", "@mine\n", ""), "selected-sets"),
    "a hook cannot run": (lambda portage: os.chmod(portage / "postsync.d/hook", 0o644), "mode 755 became 644"),
    "a patch is lost": (remove("patches/app-misc/one/a.patch"), "patches"),
    "a patch changes": (change("patches/app-misc/one-1/b.patch", "b", "c"), "patches"),
    "a key of a repository is lost": (change("repos.conf/local.conf", "priority = 10\n", ""), "priority"),
    "an unknown key of a repository is lost": (change("repos.conf/gentoo.conf", "unknown = x\n", ""), "unknown"),
    "a binary host changes": (change("binrepos.conf", "priority = 1", "priority = 2"), "binrepos.conf"),
    "variables are swapped": (
        change("make.conf", 'CFLAGS="-O2"\nCXXFLAGS="${CFLAGS}"\n', 'CXXFLAGS="${CFLAGS}"\nCFLAGS="-O2"\n'),
        "CXXFLAGS",
    ),
    "a backslash is lost": (change("make.conf", "\\${URI}", "${URI}"), "FETCHCOMMAND"),
    "a sourced file changes": (change("more.conf", "1", "2"), "MORE"),
    "make.conf is refused": (change("make.conf", "source more.conf\n", "source less.conf\n"), "refusal"),
    "a file is read later": (rename("package.use/a", "package.use/c"), "_pusedict"),
    "a file is not read": (rename("package.use/b", "package.use/.b"), "_pusedict"),
    "a file is read that was not there": (add("package.use/z", "app-misc/one z\n"), "_pusedict"),
    "a profile's mask is lost": (change("profile/use.mask", "masked\n", ""), "_usemask_list"),
    "a profile's force is lost": (change("profile/package.use.force", " forced", ""), "forced"),
    "what is provided is lost": (change("profile/package.provided", "app-misc/gone-1\n", ""), "pprovideddict"),
    "a category is lost": (change("categories", "app-own\n", ""), "categories"),
    "a mirror is lost": (change("mirrors", "local https://example.org/\n", ""), "mirrors"),
    "a module is lost": (change("modules", "x.y = z\n", ""), "modules"),
    "a colour loses its newline": (change("color.map", "green\n", "green"), "color.map"),
    "bashrc changes": (change("bashrc", ":", "true"), "bashrc"),
    "another tool's file changes": (change("package.cflags", "-O3", "-O2"), "package.cflags"),
    "a saved configuration is lost": (remove("savedconfig/app-misc/one"), "savedconfig"),
    "a link points elsewhere": (relink("linked", "make.conf"), "linked"),
    "a link becomes a file": (lambda p: (os.remove(p / "linked"), (p / "linked").write_text("x")), "linked"),
    "another profile": (relink("make.profile", "../../var/db/repos/gentoo/profiles/default/linux/x86/23.0"), "profile"),
    "a message is new": (add("package.use/z", "not-an-atom x\n"), "messages"),
}
# What a rendered tree may look like otherwise.
HARMLESS = {
    "a comment is lost": change("package.use/a", "# why\n", ""),
    "blanks": change("package.use/a", "app-misc/one x y", "app-misc/one\tx  y  "),
    "quotes": change("make.conf", 'USE="a -b"', "USE='a -b'"),
    "mode": lambda portage: os.chmod(portage / "package.mask", 0o600),
    "blanks in an INI file": change("repos.conf/local.conf", "priority = 10", "priority=10"),
}


@pytest.fixture(scope="module")
def original(tmp_path_factory):
    return strange.write(TREE, tmp_path_factory.mktemp("original") / "tree")


@pytest.fixture(scope="module")
def judge(original):
    with Judge(original) as judge:
        yield judge


def test_equal_trees_are_equal(judge, original, tmp_path):
    verdict = judge.judge(copy(original, tmp_path / "tree"))
    assert verdict.differences == [] and verdict.refusal is None
    assert verdict.unmatched == [] and verdict.rules > 15 and verdict.packages > 20 and verdict.facts > 1000


@pytest.mark.parametrize("name", MUTATIONS)
def test_a_loss_is_seen(name, judge, original, tmp_path):
    mutate, word = MUTATIONS[name]
    tree = copy(original, tmp_path / "tree")
    mutate(tree / "etc/portage")
    found = judge.judge(tree, limit=10_000).differences
    assert found and any(word in difference for difference in found), found


@pytest.mark.parametrize("name", HARMLESS)
def test_what_portage_does_not_see_is_no_difference(name, judge, original, tmp_path):
    tree = copy(original, tmp_path / "tree")
    HARMLESS[name](tree / "etc/portage")
    assert judge.judge(tree).differences == []


def test_a_refusal_must_be_the_same(tmp_path):
    tree = strange.write(strange.TREES["plus equals"] | {"package.use": "app-misc/one a\n"}, tmp_path / "tree")
    with Judge(tree) as judge:
        assert judge.judge(tree).refusal.startswith("ParseError") and not judge.judge(tree).differences
        for number, mutate in enumerate(
            [
                change("make.conf", "CFLAGS+=", "CXXFLAGS+="),
                change("make.conf", "CFLAGS+=", "CFLAGS="),
                change("package.use", "one a", "one b"),
                change("make.conf", 'LDFLAGS="x"\n', ""),
            ]
        ):
            other = copy(tree, tmp_path / str(number))
            mutate(other / "etc/portage")
            assert judge.judge(other).differences


def test_a_snapshot_sees_bytes_modes_links_and_times(original, tmp_path):
    tree = copy(original, tmp_path / "tree")
    before = snapshot(tree)
    assert differences_on_disk(before, snapshot(original)) == []
    portage = tree / "etc/portage"
    os.chmod(portage / "bashrc", 0o600)
    os.utime(portage / "make.conf", (1, 1))
    relink("linked", "x")(portage)
    change("package.mask", "three", "four")(portage)
    shutil.rmtree(portage / "sets")
    said = " ".join(differences_on_disk(before, snapshot(tree)))
    for path in ("bashrc", "make.conf", "linked", "package.mask", "sets/mine"):
        assert f"'etc/portage/{path}'" in said
