"""Package moves: what a check mends, and what apply warns of, is what Portage's own `update_config_files` makes of the files."""

import json

import pytest

import oracle  # noqa: F401  (prepares the environment for Portage)
from portage.update import parse_updates, update_config_files

import command

UPDATES = """move app-old/a app-new/a
move app-old/b app-new/b
slotmove app-new/slotted 0 1
slotmove =app-new/versions-1* 0 1
"""
PACKAGES = {"app-new/a": "0", "app-new/b": "0", "app-new/slotted": "1", "app-new/versions": "0", "app-new/same": "0"}

# Entries of each form that a file can have.
ATOMS = """app-old/a
>=app-old/a-1
=app-old/a-1*
~app-old/b-1
app-old/b:0
>=app-old/b-1:0/3
app-new/slotted:0
>=app-new/slotted-1:0
app-new/slotted:0/0
app-new/slotted:2
app-new/versions:0
app-new/same
app-old/a::gentoo
app-old/*
*/a
""".split()
WORDS = {"package.use": "x -y", "package.accept_keywords": "**", "package.env": "e", "package.license": "own", "package.properties": "live"}


def repository(path):
    files = {"profiles/repo_name": "gentoo\n", "profiles/updates/1Q-2024": UPDATES, "metadata/layout.conf": "masters =\n"}
    for cpn, slot in PACKAGES.items():
        name = cpn.split("/")[1]
        files[f"{cpn}/{name}-1.ebuild"] = "EAPI=8\n"
        files[f"metadata/md5-cache/{cpn}-1"] = f"EAPI=8\nSLOT={slot}\nDEFINED_PHASES=-\n"
    for name, text in files.items():
        (path / name).parent.mkdir(parents=True, exist_ok=True)
        (path / name).write_text(text)
    return path


def machine(path, files):
    repository(path / "var/db/repos/gentoo")
    for name, text in files.items():
        (path / "etc/portage" / name).parent.mkdir(parents=True, exist_ok=True)
        (path / "etc/portage" / name).write_text(text)
    return path


def portage(root):
    """What Portage changes, without the lines that say why."""
    updates, errors = parse_updates(UPDATES)
    assert not errors
    update_config_files(str(root), "", "", updates)
    lines = [" ".join(update) if isinstance(update, str) else " ".join(map(str, update)) for update in updates]
    for path in (root / "etc/portage").rglob("*"):
        if path.is_file():
            kept = [line for line in path.read_text().splitlines(True) if line.rstrip("\n") not in {f"# {text}" for text in lines}]
            path.write_text("".join(kept))


def files(root):
    return {str(path.relative_to(root)): path.read_text().splitlines() for path in (root / "etc/portage").rglob("*") if path.is_file()}


def text(kind):
    words = f" {WORDS[kind]}" if kind in WORDS else ""
    mask = ["-app-old/b"] if kind == "package.mask" else []
    return "# kept\n" + "".join(f"{atom}{words}  # why\n" if kind in WORDS else f"{atom}\n" for atom in ATOMS + mask)


@pytest.mark.parametrize("kind", ["package.use", "package.accept_keywords", "package.env", "package.license", "package.properties", "package.mask", "package.unmask"])
def test_a_machine_is_mended_as_portage_does(kind, tmp_path):
    ours, theirs = (machine(tmp_path / name, {f"{kind}/mine": text(kind), "env/e": ""}) for name in ("ours", "theirs"))
    done = command.run("check", "--root", ours, "--fix")
    assert done.status in (0, 1), done.stderr
    portage(theirs)
    assert files(ours) == files(theirs)
    again = json.loads(command.run("check", "--root", ours, "--format", "json").stdout)
    left = [found for found in again["diagnostics"] if found["code"] == "L213"]
    assert [found["key"] for found in left] == ["app-old/a::gentoo"], "Portage passes over it, and so does --fix"


def test_a_spec_is_mended_as_portage_does(tmp_path):
    repo = repository(tmp_path / "repo")
    spec = tmp_path / "machine.toml"
    spec.write_text(
        'spec = 1\n["package.use/mine"]\n# kept\n">=app-old/a-1" = "x"\n"app-new/slotted:0" = "y"   # slot\n"app-old/b" = "-x"\n'
        '["package.mask"]\n"=app-old/a-2" = true\n"app-new/same" = true\n'
    )
    theirs = command.render(spec, tmp_path / "theirs")
    done = command.run("check", spec, "--repo", f"gentoo={repo}", "--fix")
    assert done.status in (0, 1), done.stderr
    assert "# kept" in spec.read_text() and "# slot" in spec.read_text() and "app-old" not in spec.read_text()
    portage(theirs)
    assert files(command.render(spec, tmp_path / "ours")) == files(theirs)


def test_apply_warns_before_it_undoes_a_move(tmp_path):
    root, spec = machine(tmp_path / "root", {}), tmp_path / "machine.toml"
    spec.write_text('spec = 1\n["package.use/mine"]\n">=app-old/a-1" = "x"\n"app-new/same" = "y"\n')
    apply = ("apply", spec, "--root", root, "--no-sync", "--format", "json")

    def found(*more):
        return [(each["code"], each["key"], each["help"]) for each in json.loads(command.run(*apply, *more).stdout)["diagnostics"] if each["code"] == "L233"]

    assert found("--yes") == []
    portage(root)
    assert "app-new/a" in (root / "etc/portage/package.use/mine").read_text()
    assert found("--dry-run") == [("L233", ">=app-old/a-1", "write >=app-new/a-1 in the spec: check --fix does")]
    done = command.run("check", spec, "--root", root, "--fix")
    assert done.status in (0, 1), done.stderr
    assert found("--dry-run") == []
