"""What was written down of a run that was cut off, and is not as it was written: a message, and nothing changes."""

import shutil

import pytest

from machine import STATE, apply, leftovers, listing, rollback, run


@pytest.fixture
def cut(pair):
    """A root on which a run was killed in its middle."""
    root = pair.copy("cut")
    inject = ("-e", "trace=renameat2", "-e", "inject=renameat2:signal=KILL:when=4")
    done = apply(pair.new_spec, root, strace=inject, folder=pair.folder)
    assert done.status == -9 and (root / STATE / "pending/manifest.toml").is_file(), done
    assert listing(root) not in (pair.old, pair.new)
    return root


def damage(name):
    def corrupt(pending):
        (pending / "manifest.toml").write_text("generation = 2\n[[change]\n")

    def cut_short(pending):
        text = (pending / "manifest.toml").read_text()
        (pending / "manifest.toml").write_text(text[: text.index("[[change]]") + 20])

    def missing(pending):
        (pending / "manifest.toml").unlink()

    def a_folder(pending):
        (pending / "manifest.toml").unlink()
        (pending / "manifest.toml").mkdir()

    def other_version(pending):
        text = (pending / "manifest.toml").read_text()
        (pending / "manifest.toml").write_text(text.replace("format = 1", "format = 2"))

    def outside(pending):
        text = (pending / "manifest.toml").read_text()
        (pending / "manifest.toml").write_text(text.replace('path = "etc/hosts"', "").replace('path = "etc/', 'path = "../', 1))

    return locals()[name]


@pytest.mark.parametrize("name", ["corrupt", "cut_short", "missing", "a_folder", "other_version", "outside"])
def test_what_was_written_down_is_damaged(pair, cut, name):
    damage(name)(cut / STATE / "pending")
    before = listing(cut, times=True)
    kept = sorted(str(p) for p in (cut / STATE).rglob("*"))
    for words in (("apply", pair.new_spec), ("apply", pair.old_spec), ("rollback",), ("rollback", "1")):
        done = run(*words, "--root", cut, "--yes")
        assert done.status == 2, done
        assert f"{STATE}/pending/manifest.toml" in done.stderr, done
        assert f"remove `{STATE}/pending`" in done.stderr, done
        assert listing(cut, times=True) == before
        assert sorted(str(p) for p in (cut / STATE).rglob("*")) == kept
    # As the message says.
    shutil.rmtree(cut / STATE / "pending")
    for left in cut.rglob(".portage-config-*"):
        shutil.rmtree(left) if left.is_dir() and not left.is_symlink() else left.unlink()
    done = run("apply", pair.new_spec, "--root", cut, "--yes", "--take-ours")
    assert done.status == 0 and listing(cut) == pair.new, done


def test_what_was_written_down_is_cut_short_anywhere(pair, cut):
    """Half of a change may be a change, too: one that removes a file."""
    path = cut / STATE / "pending/manifest.toml"
    text = path.read_text()
    before = listing(cut, times=True)
    lines = text.splitlines(keepends=True)
    assert len(lines) > 100
    for count in range(0, len(lines), 3):
        path.write_text("".join(lines[:count]))
        for done in (apply(pair.new_spec, cut), rollback(cut)):
            assert done.status == 2 and "pending/manifest.toml` cannot be understood" in done.stderr, f"{count}: {done}"
        assert listing(cut, times=True) == before, count
    path.write_text(text)
    done = apply(pair.new_spec, cut)
    assert done.status == 0 and listing(cut) == pair.new, done


def test_what_a_generation_did_is_cut_short(pair):
    root = pair.copy("short")
    path = root / STATE / "generations/1/manifest.toml"
    text = path.read_text()
    before = listing(root, times=True)
    path.write_text(text[: text.rindex("[[change]]")])
    done = rollback(root)
    assert done.status == 2 and "generations/1/manifest.toml` cannot be understood" in done.stderr, done
    assert listing(root, times=True) == before


@pytest.mark.parametrize("folder", ["before", "after"])
def test_a_copy_is_missing(pair, cut, folder):
    for path in (cut / STATE / "pending" / folder).rglob("make.conf"):
        path.unlink()
    before = {k: v for k, v in listing(cut, times=True).items() if ".portage-config-" not in k}
    for done in (apply(pair.new_spec, cut), rollback(cut)):
        assert done.status == 2 and f"pending/{folder}/etc/shared/make.conf" in done.stderr, done
        now = {k: v for k, v in listing(cut, times=True).items() if ".portage-config-" not in k}
        assert now == before


def test_a_rollback_to_a_generation_says_what_it_found(pair, cut):
    done = rollback(cut, 0)
    assert done.status == 0 and "an earlier run was cut off" in done.stderr and "back to generation 0" in done.stderr, done
    assert leftovers(cut) == []


def test_what_somebody_did_since_stays(pair, cut):
    """Files that were changed after the run was cut off are left alone, whichever way it ends."""
    for finish in (lambda root: apply(pair.new_spec, root, "--keep-theirs"), rollback):
        root = pair.folder / "since"
        shutil.copytree(cut, root, symlinks=True)
        (root / "etc/portage/make.conf").write_text("USE='mine'\n")
        (root / "etc/portage/package.license").unlink(missing_ok=True)
        done = finish(root)
        assert done.status == 0, done
        assert (root / "etc/portage/make.conf").read_text() == "USE='mine'\n"
        assert leftovers(root) == []
        shutil.rmtree(root)


def test_a_folder_that_somebody_put_something_into_stays(pair):
    root = pair.copy("folder")
    base = pair.copy("folder-base")
    done = apply(pair.new_spec, base, strace=("-e", "trace=renameat2"), folder=pair.folder)
    last = sum("renameat2(" in line for line in done.trace)
    inject = ("-e", "trace=renameat2", "-e", f"inject=renameat2:signal=KILL:when={last}")
    done = apply(pair.new_spec, root, strace=inject, folder=pair.folder)
    assert done.status == -9 and (root / "etc/portage/package.use").is_dir() and (root / "etc/new").is_dir(), done
    (root / "etc/new/mine").write_text("mine\n")
    (root / "etc/portage/package.use/mine").write_text("a/m x\n")
    done = rollback(root)
    assert done.status == 0 and "package.use" in done.stderr, done
    assert (root / "etc/new/mine").exists() and not (root / "etc/new/file").exists()
    assert (root / "etc/portage/package.use/mine").exists() and (root / "etc/portage/package.use/00-package.use").exists()
    assert leftovers(root) == []
