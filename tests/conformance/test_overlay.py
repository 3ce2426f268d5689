"""The ebuild repository `overlay/`: real Portage takes it beside ::gentoo."""

import shutil

import pytest

from command import REPOSITORY
from oracle import Oracle, Refused

OVERLAY = REPOSITORY / "overlay"


def test_portage_loads_it(gentoo, i486):
    answer = Oracle(gentoo, OVERLAY).load(i486)
    answer.everything()
    repository = answer.settings.repositories["portage-config"]
    assert [master.name for master in repository.masters] == ["gentoo"]
    assert repository.thin_manifest and not repository.missing_repo_name
    assert (OVERLAY / "profiles/eapi").read_text() == "8\n"


@pytest.mark.parametrize(
    "path,text", [("metadata/layout.conf", None), ("metadata/layout.conf", "masters = no-such\n")]
)
def test_portage_refuses_it_broken(path, text, gentoo, i486, tmp_path):
    copy = shutil.copytree(OVERLAY, tmp_path / "overlay")
    (copy / path).unlink()
    if text:
        (copy / path).write_text(text)
    with pytest.raises(Refused):
        Oracle(gentoo, copy).load(i486)
