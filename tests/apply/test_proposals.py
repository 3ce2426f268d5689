"""What `--config-protect` writes beside a file, seen by the programs of Portage that finish the job."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from command import COMMAND

VENV = Path(sys.prefix)
THEIRS, OURS = 'USE="gtk"  # mine\n', 'USE="nbd"  # mine\n'


@pytest.fixture
def box(tmp_path):
    """A root at the place where a Portage in a virtual environment has its own."""
    root = tmp_path / "m" / VENV.relative_to("/")
    (root / "etc/portage").mkdir(parents=True)
    (root / "etc/portage/make.conf").write_text(THEIRS)
    (root / "etc/etc-update.conf").write_bytes((VENV / "etc/etc-update.conf").read_bytes())
    (tmp_path / "box.toml").write_text('spec = 1\n[make.conf]\nUSE = "nbd"\n')
    return tmp_path, root


def apply(box, *options):
    command = [COMMAND, "apply", box[0] / "box.toml", "--root", box[1], "--yes", "--no-sync", *options]
    return subprocess.run(command, capture_output=True, text=True, timeout=60)


def portage(box, *command, **more):
    env = {name: value for name, value in os.environ.items() if name != "EPREFIX"} | {
        "CONFIG_PROTECT": "/etc",
        "ETC_UPDATE_OS_FAMILY": "gentoo",
        "PATH": f"{VENV}/bin:{os.environ['PATH']}",
        "PORTAGE_CONFIGROOT": f"{box[1]}/",
        "PORTAGE_GRPNAME": "root",
        "PORTAGE_PYTHON": sys.executable,
        "PORTAGE_USERNAME": "root",
        "ROOT": f"{box[0]}/m/",
        "TERM": "dumb",
    }
    done = subprocess.run(command, capture_output=True, text=True, timeout=120, env=env, **more)
    return done.returncode, done.stdout, done.stderr


def listed(box):
    """What emerge says needs updating."""
    code = "import sys, portage.util; print(*portage.util.find_updated_config_files(sys.argv[1], ['/etc']))"
    status, out, err = portage(box, sys.executable, "-c", code, box[1])
    assert status == 0, err
    return out


def test_etc_update_finishes_the_job(box):
    conf, beside = box[1] / "etc/portage/make.conf", box[1] / "etc/portage/._cfg0000_make.conf"
    assert "make.conf" not in listed(box)
    assert apply(box, "--config-protect").returncode == 0
    assert (conf.read_text(), beside.read_text()) == (THEIRS, OURS)
    assert "._cfg0000_make.conf" in listed(box)
    # Said once, it is not said again; another proposal has the next number.
    assert apply(box, "--config-protect").returncode == 0
    (box[0] / "box.toml").write_text('spec = 1\n[make.conf]\nUSE = "nbd ssl"\n')
    assert apply(box, "--config-protect").returncode == 0
    names = sorted(path.name for path in conf.parent.iterdir() if path.name.startswith("._cfg"))
    assert names == ["._cfg0000_make.conf", "._cfg0001_make.conf"]
    status, out, err = portage(box, "bash", VENV / "bin/etc-update", "--automode", "-5")
    assert status == 0 and f"Replacing {conf}" in out, (out, err)
    assert conf.read_text() == 'USE="nbd ssl"  # mine\n'
    assert sorted(path.name for path in conf.parent.iterdir()) == ["make.conf"]
    # Then all is as it should be.
    done = apply(box)
    assert (done.returncode, done.stderr) == (0, "nothing to do\n"), done


def test_what_is_no_proposal_is_none(box):
    (box[1] / "etc/portage/cfg0000_make.conf").write_text(OURS)
    assert "make.conf" not in listed(box)
    status, out, err = portage(box, "bash", VENV / "bin/etc-update", "--automode", "-5")
    assert status == 0 and "Replacing" not in out, (out, err)
