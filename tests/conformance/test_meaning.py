"""Portage's answers differ if and only if the diff by meaning says so.

The law, for the files that Portage reads of /etc/portage: the diff of two trees tells of an entry that is not `same`
exactly where Portage holds something else. What Portage holds is what its own readers give, settled for packages that
stand for each way in which the atoms meet (`meaning_answers.held`).

To the right it is shown for atoms of which none covers another one that is as close to a package: such a one has nothing
of its own to say, and a line of it makes no difference until somebody writes a third between the two. To the left,
nothing told, it is shown for all atoms, and of the packages of a repository as emerge sees them as well; of several masks
emerge names the one that it meets first, which counts for nothing here.
What is outside of it: the order of the names in license_groups and mirrors, and a word that `prefix_*` makes needless,
count as told; files without entries (bashrc, patches, hooks) differ by their bytes.
"""

import json

import pytest

import command
import meaning_answers
import meaning_trees


def told(before, after, old: dict, new: dict, spec) -> list[tuple]:
    """What `diff` tells of the way from one tree to the other: the entries that are not the same."""
    text = "spec = 1\n"
    for path in sorted({*old, *new}):
        text += f'[file."{path}"]\n'
        if path in new:
            text += f"text = {json.dumps((after / 'etc/portage' / path).read_text())}\n"
        else:
            text += 'own = "absent"\n'
    spec.write_text(text)
    done = command.run("diff", spec, "--root", before, "--format", "json")
    answer = json.loads(done.stdout)
    assert done.status in (0, 1), answer["diagnostics"]
    changes = answer["roots"][0]["changes"]
    return [(c["path"], m["key"], m["happened"]) for c in changes for m in c["meaning"] if not m["same"]]


def lines(tree: dict) -> str:
    return "".join(f"{path}:\n" + "".join(f"    {line}\n" for line in tree[path]) for path in sorted(tree))


def edits(seeds, apart: bool, oracle, tmp_path):
    """Pairs of trees with what Portage and `diff` make of them."""
    for seed in seeds:
        grower = meaning_trees.Grower(seed, apart)
        old = grower.tree()
        new = grower.edited(old)
        before, after = (
            meaning_trees.write(tree, tmp_path / f"{seed}-{name}") for tree, name in ((old, "old"), (new, "new"))
        )
        different = told(before, after, old, new, tmp_path / f"{seed}.toml")
        context = f"seed {seed}: {different}\n--- before\n{lines(old)}--- after\n{lines(new)}"
        yield context, different, oracle.load(before), oracle.load(after)


@pytest.mark.parametrize("batch", range(8))
def test_what_is_told_is_what_portage_holds(batch, oracle, tmp_path):
    counts = {True: 0, False: 0}
    for context, different, before, after in edits(range(batch * 1000, batch * 1000 + 25), True, oracle, tmp_path):
        held = [meaning_answers.held(answer.settings, answer.tree) for answer in (before, after)]
        differs = [name for name in held[0] if held[0][name] != held[1][name]]
        assert bool(differs) == bool(different), f"Portage: {differs}\n{context}"
        counts[bool(different)] += 1
    assert min(counts.values()) >= 3, counts


@pytest.mark.parametrize("batch", range(4))
def test_where_nothing_is_told_portage_resolves_the_same(batch, oracle, tmp_path):
    alike = 0
    for context, different, before, after in edits(range(batch * 1000 + 500, batch * 1000 + 530), False, oracle, tmp_path):
        if different:
            continue
        alike += 1
        for ask in (lambda a: meaning_answers.held(a.settings, a.tree), meaning_answers.resolved):
            answers = [ask(answer) for answer in (before, after)]
            assert answers[0] == answers[1], context
    assert alike >= 5
