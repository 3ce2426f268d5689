"""What `edit` writes is what Portage reads, and what it says of the effects is what Portage makes of them."""

import pytest
from portage.dep import Atom, best_match_to_list
from portage.util import getconfig
from portage.versions import _pkg_str

import command


def edited(tmp_path, name, text, statement):
    file = tmp_path / "etc/portage" / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    done = command.run("edit", "--root", tmp_path, statement)
    assert done.status == 0, done.stderr
    return file, done


@pytest.mark.parametrize(
    "text,statement,name,value",
    [
        ('USE="ssl\n     qt  -gtk\n     # X\n"\n', 'USE.remove = "-gtk"', "USE", "ssl qt # X"),
        ('USE="ssl \\\n     qt"', 'USE.add = "X"', "USE", "ssl qt X"),
        ('USE="\n  ssl\n  qt\n"\n', 'USE.add = "X"', "USE", "ssl qt X"),
        ("USE='ssl  qt'\n", 'USE.add = "X"', "USE", "ssl qt X"),
        ("USE=ssl # why\n", 'USE.add = "X"', "USE", "ssl X"),
        ('USE="openssl ssl sslv3"\n', 'USE.remove = "ssl"', "USE", "openssl sslv3"),
        ('USE_EXPAND_HIDDEN="A"\nUSE="x"\n', 'USE.add = "y"', "USE", "x y"),
        ('USE="ssl"\nUSE="${USE} X"\n', 'USE.add = "y"', "USE", "ssl X y"),
        ('CFLAGS="-O2\n  -pipe"\n', 'CFLAGS.add = "-g"', "CFLAGS", "-O2 -pipe -g"),
        ('CFLAGS="-O2"\n', "CFLAGS = { literal = '-DN=\"x y\"' }", "CFLAGS", '-DN="x y"'),
        ('A="1"', 'USE = "x"', "USE", "x"),
    ],
)
def test_getconfig_reads_what_was_edited(tmp_path, text, statement, name, value):
    before = {}
    if "\n" in text:
        (tmp_path / "before").write_text(text)
        before = getconfig(str(tmp_path / "before"))
    file, _ = edited(tmp_path, "make.conf", text, f"make.conf: {statement}")
    after = getconfig(str(file))
    assert " ".join(after[name].split()) == value
    others = {other: text for other, text in before.items() if other != name}
    assert {other: text for other, text in after.items() if other in others} == others
    assert file.read_text().endswith("\n") or not text.endswith("\n")


OTHERS = ["a/b:0", "=a/b-1*", "a/b::gentoo", "*/b", "~a/b-1", ">=a/b-1", "a/*:0", "=a/b-1"]
OWN = ["a/b", ">=a/b-0", "a/b:0", "a/*", "=a/b-1"]


@pytest.mark.parametrize("own,other", [(own, other) for own in OWN for other in OTHERS if own != other])
@pytest.mark.parametrize("first", [True, False])
def test_the_line_that_wins_is_named(tmp_path, own, other, first):
    lines = [f"{other} -x", f"{own} y"] if first else [f"{own} y", f"{other} -x"]
    _, done = edited(tmp_path, "package.use", "\n".join(lines) + "\n", f'package.use: "{own}".add = "x"')
    package = _pkg_str("a/b-1", slot="0/0", repo="gentoo")
    atoms = [Atom(line.split()[0], allow_wildcard=True, allow_repo=True) for line in lines]
    # Portage takes the best one last.
    wins = str(best_match_to_list(package, atoms)) == other
    assert wins == ("E010" in done.stderr or "E011" in done.stderr), done.stderr
