"""What an import writes validates against the JSON Schema of specs."""

import pytest

import command
import grow
import schema
import strange

RANDOM = 40


@pytest.mark.parametrize("name", [*strange.TREES, *(f"random {n}" for n in range(RANDOM))])
def test_an_imported_spec_validates(name, tmp_path):
    tree = strange.TREES[name] if name in strange.TREES else grow.tree(int(name.split()[1]))
    place = strange.write(tree, tmp_path / "root")
    done = command.run("import", "--root", place, "-o", tmp_path / "this.toml")
    assert done.status in (0, 1), done.stderr
    assert schema.mistakes((tmp_path / "this.toml").read_text()) == []
