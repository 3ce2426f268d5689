"""Client, scheduler and server of a compile farm: Portage, systemd and the checks of sccache's files."""

import base64
import json
import os
import re
import shutil
import stat
import subprocess
import tarfile
import tomllib

import pytest

import cross_trees as trees
from cross_trees import consumers

PRESET = "sccache-dist"
ROOTS = ("client", "scheduler", "server")
FIREFOX, BASH = "www-client/firefox-128.12.0", "app-shells/bash-5.3_p3"
TOML = {name: f"etc/sccache/{name}.toml" for name in ROOTS}


def root(name, *variants):
    return trees.rendered(PRESET, *variants) / name


def toml(name):
    return tomllib.loads((root(name) / TOML[name]).read_text())


@pytest.mark.parametrize("variants", [(), ("openrc",)])
def test_the_checks_find_nothing(variants):
    done = trees.check(PRESET, "--deny=warnings", *(word for name in variants for word in ("--variant", name)))
    assert (done.status, done.stdout, done.stderr.strip()) == (0, b"", "no findings")


def test_the_checks_do_without_the_secrets():
    done = trees.command.run("check", trees.PRESETS / f"{PRESET}.toml", *trees.words(PRESET))
    assert (done.status, done.stdout) == (0, b"")


def test_a_token_of_another_server_is_reported():
    words = ["render", trees.PRESETS / f"{PRESET}.toml", *trees.words(PRESET), "--set", "server=192.0.2.99"]
    done = trees.command.run(*words, "--out", trees.scratch("other") / "out", env=trees.SECRETS)
    assert done.status == 0 and "has mistakes" in done.stderr


@pytest.mark.parametrize("variants", [(), ("openrc",)])
@pytest.mark.parametrize("name", ROOTS)
def test_portage_takes_each_root(name, variants):
    answer = trees.oracle().load(root(name, *variants))
    sccache = answer.package("dev-util/sccache-0.18.0")
    assert sccache.visible and sccache.use == {"dist-client", "dist-server"}
    assert "dev-util/sccache" in trees.sets(answer)[PRESET]


def test_the_server_brings_what_separates_compilations():
    assert trees.sets(trees.oracle().load(root("server")))[PRESET] == ["dev-util/sccache", "sys-apps/bubblewrap"]


def test_only_named_packages_lose_the_network_sandbox():
    answer = trees.oracle().load(root("client"))
    firefox, bash = answer.package(FIREFOX), answer.package(BASH)
    sandboxes = {"ipc-sandbox", "network-sandbox", "pid-sandbox"}
    assert not set(firefox["FEATURES"].split()) & sandboxes
    assert set(bash["FEATURES"].split()) >= sandboxes
    assert firefox["SCCACHE_CONF"] == f"/{TOML['client']}" and firefox["RUSTC_WRAPPER"] == "/usr/bin/sccache"
    assert not bash["RUSTC_WRAPPER"]
    without = trees.copy(root("client"))
    (without / "etc/portage/package.env/sccache").unlink()
    assert set(trees.oracle().load(without).package(FIREFOX)["FEATURES"].split()) >= sandboxes


def test_the_three_fit_together():
    client, scheduler, server = (toml(name) for name in ROOTS)
    port = scheduler["public_addr"].rpartition(":")[2]
    for url in (client["dist"]["scheduler_url"], server["scheduler_url"]):
        assert url == f"http://192.0.2.10:{port}"
    assert client["dist"]["auth"] == scheduler["client_auth"]
    payload = server["scheduler_auth"]["token"].split(".")[1]
    said = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    assert said["server_id"] == server["public_addr"], "the example's token was made for this address"


def test_secrets_are_closed():
    for name in ROOTS:
        mode = stat.S_IMODE((root(name) / TOML[name]).stat().st_mode)
        assert mode & 0o077 == 0, f"{name}: {mode:o}"
    done = trees.command.run("show", trees.PRESETS / f"{PRESET}.toml", *trees.words(PRESET), env=trees.SECRETS)
    shown = done.stdout.decode()
    assert done.status == 0 and not [secret for secret in trees.SECRETS.values() if secret in shown]


def test_the_builds_may_read_the_clients_token(tmp_path):
    """In a tar file the owner is said by name: the fetched token is for the group of the builds, not for everybody."""
    archive = tmp_path / "out.tar"
    words = ["render", f"{trees.PRESETS / PRESET}.toml", *trees.words(PRESET), "--tar", archive]
    assert trees.command.run(*words, env=trees.SECRETS).status == 0
    with tarfile.open(archive) as tar:
        members = {name: next(m for m in tar if m.name.endswith(TOML[name])) for name in ROOTS}
    assert (members["client"].gname, oct(members["client"].mode)) == ("portage", "0o640")
    for name in ("scheduler", "server"):
        assert (members[name].uname, oct(members[name].mode)) == ("root", "0o600")


@pytest.mark.parametrize("name", ROOTS)
def test_a_key_that_sccache_does_not_know_is_an_error(name, tmp_path):
    spec = tmp_path / "spec.toml"
    spec.write_text(f'spec = 1\nextends = ["{trees.PRESETS / PRESET}.toml"]\n[root.{name}."/{TOML[name]}"]\nschedular_url = "x"\n')
    done = trees.command.run("check", spec, *trees.words(PRESET))
    assert done.status == 1 and "L165" in done.stdout.decode()


# --- systemd ----------------------------------------------------------------------------------------------------------


def machine(name):
    """The root with what the package brings: a unit whose command is another one, and the programs."""
    tree = trees.copy(root(name))
    unit = tree / f"usr/lib/systemd/system/sccache-{name}.service"
    unit.parent.mkdir(parents=True)
    unit.write_text(
        f"[Unit]\nDescription=sccache {name}\n[Service]\nExecStart=/usr/bin/sccache-dist {name} --config /etc/sccache/server.conf\n"
        "[Install]\nWantedBy=multi-user.target\n"
    )
    for folder in ("usr/lib/systemd/system", "lib/systemd/system"):
        if os.path.isdir(f"/{folder}"):
            (tree / folder).mkdir(parents=True, exist_ok=True)
    for target in ("sysinit", "basic", "shutdown", "multi-user", "network-online"):
        (unit.parent / f"{target}.target").write_text(f"[Unit]\nDescription={target}\n")
    for program in ("sccache-dist", "bwrap"):
        file = tree / "usr/bin" / program
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("#!/bin/sh\n")
        file.chmod(0o755)
    return tree


def verify(tree, name):
    words = ["systemd-analyze", "verify", "--man=no", f"--root={tree}", f"sccache-{name}.service"]
    done = subprocess.run(words, capture_output=True, text=True)
    lines = [line for line in done.stderr.splitlines() if "sccache" in line]
    return lines if lines else [] if done.returncode == 0 else done.stderr.splitlines()


@pytest.mark.parametrize("name", ["scheduler", "server"])
def test_systemd_takes_the_drop_in(name):
    tree = machine(name)
    assert verify(tree, name) == []
    drop_in = tree / f"etc/systemd/system/sccache-{name}.service.d/10-config.conf"
    text = drop_in.read_text()
    drop_in.write_text(text.replace("Restart=", "Restarts="))
    assert any("Restarts" in line for line in verify(tree, name))
    # Without the empty line there would be two commands, which a service of this type may not have.
    drop_in.write_text(text.replace("ExecStart=\n", ""))
    assert any("more than one ExecStart" in line for line in verify(tree, name))


@pytest.mark.parametrize("name", ["scheduler", "server"])
def test_the_unit_reads_the_file_that_is_there(name):
    found = consumers.units(root(name) / f"etc/systemd/system/sccache-{name}.service.d/10-config.conf")["Service"]
    empty, start = found["ExecStart"]
    assert empty == "" and found["Environment"] == ["SCCACHE_NO_DAEMON=1"]
    program, mode, option, file = start.split()
    assert (program, mode, option) == ("/usr/bin/sccache-dist", name, "--config")
    assert (root(name) / file.lstrip("/")).is_file()


@pytest.mark.parametrize("name", ["scheduler", "server"])
def test_the_preset_enables_the_service(name):
    tree = machine(name)
    shutil.rmtree(tree / "usr/lib/systemd/system-preset", ignore_errors=True)
    (tree / "usr/lib/systemd/system-preset").mkdir()
    (tree / "usr/lib/systemd/system-preset/99-default.preset").write_text("disable *\n")

    def enabled():
        done = subprocess.run(["systemctl", f"--root={tree}", "preset-all"], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return {path.name for path in (tree / "etc/systemd/system").rglob("*.service") if path.is_symlink()}

    assert enabled() == {f"sccache-{name}.service"}
    (tree / f"etc/systemd/system-preset/10-sccache-{name}.preset").write_text("enable sccached.service\n")
    assert enabled() == set()


@pytest.mark.parametrize("name,file", [("client", "sccache.conf"), ("server", "sccache-dist.conf")])
def test_tmpfiles_makes_the_folders(name, file):
    tree = trees.copy(root(name))
    (tree / "etc/passwd").write_text("root:x:0:0::/root:/bin/sh\nportage:x:250:250::/:/bin/false\n")
    (tree / "etc/group").write_text("root:x:0:\nportage:x:250:\n")

    def create():
        words = ["systemd-tmpfiles", "--create", f"--root={tree}", tree / f"etc/tmpfiles.d/{file}"]
        return subprocess.run(words, capture_output=True, text=True)

    done = create()
    assert (done.returncode, done.stderr) == (0, "")
    rows = [line.split() for line in (tree / f"etc/tmpfiles.d/{file}").read_text().splitlines() if line.startswith("d ")]
    owner = {"client": 250, "server": 0}[name]
    for _, path, mode, *_ in rows:
        made = (tree / path.lstrip("/")).stat()
        assert (oct(stat.S_IMODE(made.st_mode)), made.st_uid, made.st_gid) == (oct(int(mode, 8)), owner, owner)
    used = re.findall(r'"(/var/[^"]+)"', (root(name) / TOML[name]).read_text())
    assert used and set(used) <= {row[1] for row in rows}, "each folder that sccache is told of is made"
    (tree / f"etc/tmpfiles.d/{file}").write_text("nonsense\n")
    assert create().returncode


def test_openrc_reads_the_files_that_are_there():
    for name in ("scheduler", "server"):
        tree = root(name, "openrc")
        found = consumers.shell(tree / f"etc/conf.d/sccache-{name}")
        assert found == {f"SCCACHE_{name.upper()}_CONF": f"/{TOML[name]}"}
        assert not (tree / "etc/systemd").exists()


def test_one_machine_can_be_both(tmp_path):
    """A spec of both blocks has every file of both, but for what the preset adds to all roots."""
    spec = tmp_path / "both.toml"
    spec.write_text('spec = 1\nextends = ["preset:role/compile-scheduler", "preset:role/compile-server"]\n')
    both = trees.command.render(spec, tmp_path / "out", *trees.words(PRESET), env=trees.SECRETS)
    for name in ("scheduler", "server"):
        for path in (root(name) / "etc").rglob("*"):
            here = path.relative_to(root(name))
            if path.is_file() and here.parts[1] != "portage":
                assert (both / here).read_bytes() == path.read_bytes(), here
    assert "sys-apps/bubblewrap" in (both / f"etc/portage/sets/{PRESET}").read_text()
    assert "dist-server" in (both / "etc/portage/package.use/sccache").read_text()


def test_the_steps_are_shell():
    steps = trees.steps(PRESET)
    assert "generate-shared-token" in steps["client-token"] and "generate-jwt-hs256-key" in steps["server-key"]
    assert "--server 192.0.2.10:8889" in steps["server-token"]
    for name, text in steps.items():
        assert "@{" not in text and trees.shell_accepts(text).returncode == 0, name
