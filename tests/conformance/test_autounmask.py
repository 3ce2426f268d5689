"""What emerge writes into a folder of ours: Portage's own code picks the file, and no run takes its lines for drift."""

import ast
import errno
import inspect
import json
import os
import stat
import textwrap

import pytest

import oracle  # noqa: F401  (prepares the environment for Portage)
from _emerge import depgraph
from portage.const import VCS_DIRS

import command

LINES = {
    "package.use": "# required by app-misc/one (argument)\n>=app-misc/two-1 ssl\n",
    "package.accept_keywords": "# required by app-misc/one (argument)\n=app-misc/two-1 ~x86\n",
    "package.unmask": "# required by app-misc/one (argument)\n=app-misc/two-1\n",
    "package.license": "# required by app-misc/one (argument)\n>=app-misc/two-1 own\n",
}
RULES = {"package.use": "x", "package.accept_keywords": "~x86", "package.unmask": None, "package.license": "own"}


def _find_config_file():
    """The function inside `depgraph._display_autounmask`."""
    source = textwrap.dedent(inspect.getsource(depgraph.depgraph._display_autounmask))
    (function,) = (n for n in ast.walk(ast.parse(source)) if isinstance(n, ast.FunctionDef) and n.name == "find_config_file")
    names = {"os": os, "errno": errno, "stat": stat, "VCS_DIRS": VCS_DIRS}
    exec(compile(ast.Module([function], []), depgraph.__file__, "exec"), names)  # noqa: S102
    return names["find_config_file"]


find_config_file = _find_config_file()


def spec_of(kind: str, names: list[str]) -> str:
    text = "spec = 1\n"
    for name in names:
        text += f"[{json.dumps(f'{kind}/{name}')}]\n" + f'"app-misc/one" = {json.dumps(RULES[kind] or True)}\n'
    return text


@pytest.mark.parametrize("kind", LINES)
@pytest.mark.parametrize("names", [["apps"], ["zz-autounmask-mine"], ["zzz", "apps"], ["sub/x"], ["zz/y"], ["ümlaut"]])
def test_what_emerge_writes_is_its_own(kind, names, tmp_path):
    root, spec = tmp_path / "root", tmp_path / "spec.toml"
    spec.write_text(spec_of(kind, names))
    root.mkdir()

    def run(*words, status=0):
        done = command.run(*words)
        assert done.status == status, done.stdout.decode() + done.stderr
        return done.stdout.decode()

    apply = ("apply", spec, "--root", root, "--yes", "--no-sync")
    run(*apply)
    portage = root / "etc/portage"
    file = find_config_file(str(portage), kind)
    assert os.path.relpath(file, portage) not in {f"{kind}/{name}" for name in names}
    with open(file, "a") as emerge:
        emerge.write(LINES[kind])
    before = command.listing(root)
    run("apply", spec, "--root", root, "--dry-run")
    run(*apply)
    run("diff", spec, "--root", root)
    assert command.listing(root) == before
    (status,) = json.loads(run("status", "--root", root, "--format", "json"))["roots"]
    assert status["drift"] == []
    # A change of ours leaves its lines alone, and so does a spec that names the folder no more.
    spec.write_text(spec_of(kind, [*names, "one-more"]))
    run(*apply)
    spec.write_text('spec = 1\n[make.conf]\nUSE = "x"\n')
    run(*apply)
    assert open(file).read() == LINES[kind]
    assert find_config_file(str(portage), kind) == file
    # They are offered for the spec.
    adopted = run("import", "--root", root, "--adopt")
    assert "app-misc/two-1" in adopted and f"{kind}/" in adopted
