"""The same law for files that stand for themselves: what Portage's reader of one makes of it differs if and only if the
diff by meaning tells of an entry."""

import itertools

import pytest

import meaning_answers
import meaning_trees
from portage.util.configparser import read_configs, SafeConfigParser
from test_meaning import told

BOTH = ["[a]\nlocation = /var/db/repos/a\npriority = 1\n", "[b]\nlocation = /var/db/repos/b\nauto-sync = no\n"]


def variables(path):
    return meaning_answers._variables(path)


def sections(path):
    parser = SafeConfigParser(defaults=None)
    read_configs(parser, [str(path)])
    return {name: dict(parser.items(name)) for name in parser.sections()}


# For each file its reader, and texts; those of one group say the same.
FILES = {
    "env/a.conf": (
        variables,
        [
            ['CFLAGS="-O2 -g"\nOWN="x"\n', "# why\nCFLAGS='-O2 -g'\n\nOWN=x\n", 'OWN="x"\nCFLAGS="-O2 -g"\n'],
            ['CFLAGS="-g -O2"\nOWN="x"\n'],
            ['CFLAGS="-O2 -g"\n'],
            ['CFLAGS="${CFLAGS} -O2 -g"\nOWN="x"\n'],
            ['USE="systemd -test"\n', 'USE="-test systemd"\n', 'USE="systemd test -test"\n'],
            ['USE="systemd test"\n'],
        ],
    ),
    "repos.conf/a": (
        sections,
        [
            ["".join(BOTH), "".join(reversed(BOTH)), "# why\n" + "\n".join(BOTH), "".join(BOTH).replace(" = ", "=")],
            ["".join(BOTH).replace("priority = 1", "priority = 2")],
            ["".join(BOTH).replace("priority = 1\n", "")],
            [BOTH[0]],
            ["".join(BOTH).replace("auto-sync = no", "auto-sync = yes")],
        ],
    ),
}


@pytest.mark.parametrize("path", FILES)
def test_what_is_told_is_what_its_reader_makes_of_it(path, tmp_path):
    read, groups = FILES[path]
    texts = [(group, text) for group, texts in enumerate(groups) for text in texts]
    for number, ((one, old), (other, new)) in enumerate(itertools.permutations(texts, 2)):
        trees = [meaning_trees.write({path: text.splitlines()}, tmp_path / f"{number}-{name}") for name, text in (("old", old), ("new", new))]
        answers = [read(tree / "etc/portage" / path) for tree in trees]
        said = told(*trees, {path: old}, {path: new}, tmp_path / f"{number}.toml")
        assert (answers[0] != answers[1]) == (one != other), f"{old}---\n{new}"
        assert bool(said) == (one != other), f"{said}\n{old}---\n{new}"
