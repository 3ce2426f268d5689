"""The same spec is the same tree, wherever and whenever it is rendered."""

import os

import command

ENVIRONMENTS = [
    ({"LANG": "C.UTF-8", "TZ": "UTC"}, 0o022),
    ({"LANG": "tr_TR.UTF-8", "LC_ALL": "tr_TR.UTF-8", "TZ": "Asia/Kathmandu", "COLUMNS": "20", "NO_COLOR": "1"}, 0o077),
    ({"LANG": "C", "TZ": "America/St_Johns", "CLICOLOR_FORCE": "1", "SOURCE_DATE_EPOCH": "1"}, 0o000),
]


def test_trees_are_equal(i486_spec, tmp_path):
    trees = []
    for number, (env, mask) in enumerate(ENVIRONMENTS):
        place = tmp_path / str(number)
        place.mkdir()
        trees.append(command.render(i486_spec, place / "out", env=env, umask=mask, cwd=place))
    first, *others = map(command.listing, trees)
    assert len(first) > 10
    for other in others:
        assert other == first


def test_tarballs_are_equal(i486_spec, tmp_path):
    tars = []
    for number, (env, mask) in enumerate(ENVIRONMENTS):
        tar = tmp_path / f"{number}.tar"
        done = command.run("render", i486_spec, "--tar", tar, env=env, umask=mask)
        assert done.status == 0, done.stderr
        tars.append(tar.read_bytes())
    assert len(tars[0]) > 1000 and len(set(tars)) == 1


def test_tarball_holds_the_tree(i486_spec, i486, tmp_path):
    import tarfile

    tar = tmp_path / "tree.tar"
    assert command.run("render", i486_spec, "--tar", tar).status == 0
    with tarfile.open(tar) as archive:
        # As it is in the archive, links out of the tree included; older Pythons know no other way.
        archive.extraction_filter = staticmethod(lambda member, _path: member)
        archive.extractall(tmp_path / "unpacked")
        assert {(m.uid, m.gid, m.mtime) for m in archive} == {(0, 0, 0)}
    files = {k: v for k, v in command.listing(i486).items() if v[0] != "folder"}
    unpacked = {k: v for k, v in command.listing(tmp_path / "unpacked").items() if v[0] != "folder"}
    assert unpacked == files


def test_rendering_over_itself_changes_nothing(i486_spec, tmp_path):
    tree = command.render(i486_spec, tmp_path / "out")
    before = command.listing(tree)
    command.render(i486_spec, tree, "--force")
    assert command.listing(tree) == before


def test_diff_of_what_was_rendered_is_empty(i486_spec, tmp_path):
    tree = command.render(i486_spec, tmp_path / "out")
    done = command.run("diff", i486_spec, "--root", tree)
    assert (done.status, done.stdout) == (0, b"")
    with (tree / "etc/portage/make.conf").open("a") as file:
        file.write('USE="X"\n')
    done = command.run("diff", i486_spec, "--root", tree)
    assert done.status == 1 and b"make.conf" in done.stdout
    os.remove(tree / "etc/fstab")
    assert b"etc/fstab" in command.run("diff", i486_spec, "--root", tree).stdout
