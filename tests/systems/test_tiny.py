"""`tiny`: its ISO is made by the scripts that it renders, booted, logged in to and shut down."""

import shutil
import subprocess

import pytest

import boot
import embedded
import linux


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    """The rendered tree of the builder, the target filled with Debian's static busybox."""
    builder = embedded.render("tiny", tmp_path_factory.mktemp("tiny")) / "builder"
    embedded.target(builder, boot.debian("busybox-static", architecture="i386") / "bin/busybox")
    return builder


@pytest.fixture(scope="module")
def kernel(tiny):
    return linux.build(tiny / "usr/local/sbin/initramfs-kernel", tiny / "usr/src/initramfs/kernel.config")


@pytest.fixture(scope="module")
def iso(tiny, kernel, tmp_path_factory):
    out = tmp_path_factory.mktemp("iso") / "tiny.iso"
    done = embedded.image(tiny, kernel / "bzImage", out)
    assert done.returncode == 0, done.stderr
    found = embedded.sizes(done.stdout)
    assert found["iso"] == out.stat().st_size
    for name, size in found.items():
        boot.note("tiny", name, size)
    return out


@pytest.fixture
def changed(tiny, tmp_path):
    """A copy of the tree to break."""
    return shutil.copytree(tiny, tmp_path / "builder", symlinks=True)


def files(iso):
    """The names in the initramfs of an ISO, with what `cpio -tv` says of them."""
    packed = iso.with_suffix(".igz")
    words = ["xorriso", "-osirrox", "on", "-indev", iso, "-extract", "/boot/initramfs-tiny.igz", packed]
    subprocess.run(words, check=True, capture_output=True)
    plain = subprocess.run(["gzip", "-dc", packed], capture_output=True, check=True).stdout
    listed = subprocess.run(["cpio", "-tvn", "--quiet"], input=plain, capture_output=True, check=True).stdout.decode()
    return {line.split(" -> ")[0].split()[-1]: line for line in listed.splitlines()}


def judge(iso):
    """Boots an ISO to its login, logs in as both accounts and shuts it down: the seconds that it was on."""
    with boot.Machine("-cdrom", iso, "-boot", "d", bits=32, memory=64) as machine:
        machine.expect("tiny login: ", timeout=120)
        for level in ("sysinit mdev", "boot hostname", "default local"):
            if f"openrc: {level}" not in machine.said:
                raise boot.Broken(f"nothing started {level}:\n{machine.said}")
        for bad in ("Bad inittab entry", "can't open", "Kernel panic", "not found"):
            if bad in machine.said:
                raise boot.Broken(machine.said)
        machine.send("tiny")
        machine.expect("Password: ")
        machine.send(embedded.PASSWORD)
        machine.expect("~ $ ")
        if (who := machine.run("id -un", "~ $ ")) != "tiny":
            raise boot.Broken(f"logged in as {who!r}")
        # the hash is for root alone
        if "Permission denied" not in machine.run("cat /etc/shadow", "~ $ "):
            raise boot.Broken(machine.said)
        machine.send("exit")
        machine.expect("tiny login: ")
        machine.send("root")
        machine.expect("Password: ")
        machine.send("Hello world")
        machine.expect("Login incorrect", timeout=30)
        machine.expect("tiny login: ")
        machine.send("root")
        machine.expect("Password: ")
        machine.send(embedded.PASSWORD)
        machine.expect("# ")
        # devtmpfs, and mdev over it, with the owners of mdev.conf
        machine.run("mdev -s", "# ")
        if "crw-rw-rw-" not in machine.run("ls -l /dev/null", "# "):
            raise boot.Broken(machine.said)
        machine.send("reboot")
        machine.expect("openrc: shutdown mount-ro")
        return machine.end()


def test_image_stays_within_its_budget(iso):
    assert iso.stat().st_size < 10_000_000


def test_image_is_clean(iso):
    found = files(iso)
    assert found["init"].startswith("-rwxr-xr-x") and found["etc/shadow"].startswith("-rw-------")
    assert found["dev/console"].startswith("crw-------") and " 5, " in found["dev/console"]
    for gone in ("var/db", "usr/include", "usr/lib/libcrypt.a", "etc/._cfg0000_mdev.conf", "usr/share/doc", "etc/portage"):
        assert gone not in found
    assert "etc/runlevels/boot/hostname" in found


def test_image_boots_to_a_login_and_shuts_down(iso):
    boot.note("tiny", "seconds", round(judge(iso)))


def test_poweroff_halts_and_the_power_stays_on(iso):
    with boot.Machine("-cdrom", iso, "-boot", "d", bits=32, memory=64) as machine:
        machine.expect("tiny login: ", timeout=120)
        machine.send("root")
        machine.expect("Password: ")
        machine.send(embedded.PASSWORD)
        machine.expect("# ")
        machine.send("poweroff")
        machine.expect("openrc: shutdown mount-ro")
        machine.expect("System halted")
        with pytest.raises(boot.Broken, match="still on"):
            machine.end(timeout=2)


def test_image_above_its_budget_is_none(changed, kernel, tmp_path):
    done = embedded.image(changed, kernel / "bzImage", tmp_path / "tiny.iso", BUDGET=1_000_000)
    assert done.returncode == 1 and "more than the budget of 1000000" in done.stderr and "busybox" in done.stderr
    assert not (tmp_path / "tiny.iso").exists()


def test_image_needs_an_executable_init(changed, kernel, tmp_path):
    (changed / "target/init").chmod(0o644)
    done = embedded.image(changed, kernel / "bzImage", tmp_path / "tiny.iso")
    assert done.returncode == 1 and "init is not executable" in done.stderr


def test_judge_sees_a_broken_inittab(changed, kernel, tmp_path):
    inittab = changed / "target/etc/inittab"
    inittab.write_text(inittab.read_text().replace("::sysinit:/sbin/openrc boot", "::sysinti:/sbin/openrc boot"))
    # without the line nothing sets the hostname, and the login has no name
    assert embedded.image(changed, kernel / "bzImage", tmp_path / "tiny.iso").returncode == 0
    with boot.Machine("-cdrom", tmp_path / "tiny.iso", "-boot", "d", bits=32, memory=64) as machine:
        machine.expect(" login: ", timeout=120)
        assert "openrc: boot hostname" not in machine.said and "tiny login" not in machine.said


def test_kernel_script_says_what_is_lost(tiny, tmp_path):
    fragment = tmp_path / "kernel.config"
    fragment.write_text((tiny / "usr/src/initramfs/kernel.config").read_text() + "CONFIG_NO_SUCH_THING=y\n")
    # the script needs no sources to find what a configuration lacks: make and merge_config.sh are stand-ins
    tools, source, out = tmp_path / "bin", tmp_path / "src", tmp_path / "out"
    for folder in (tools, source / "scripts/kconfig", out):
        folder.mkdir(parents=True)
    for tool in (tools / "make", source / "scripts/kconfig/merge_config.sh"):
        tool.write_text("#!/bin/sh\nexit 0\n")
        tool.chmod(0o755)
    (out / ".config").write_text((tiny / "usr/src/initramfs/kernel.config").read_text())
    env = {"PATH": f"{tools}:/usr/bin:/bin", "SOURCE": source, "FRAGMENT": fragment, "OUT": out}
    words = ["sh", tiny / "usr/local/sbin/initramfs-kernel"]
    done = subprocess.run(words, env={k: str(v) for k, v in env.items()}, capture_output=True, text=True)
    assert done.returncode == 1 and done.stderr == "initramfs-kernel: not as asked for: CONFIG_NO_SUCH_THING\n"


@pytest.mark.parametrize("path", ["usr/local/sbin/tiny-image", "usr/local/sbin/initramfs-kernel", "target/init"])
def test_scripts(tiny, path):
    done = subprocess.run(["shellcheck", tiny / path], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_grub_takes_the_menu(tiny, tmp_path):
    menu = tiny / "iso/boot/grub/grub.cfg"
    assert subprocess.run(["grub-script-check", menu]).returncode == 0
    (tmp_path / "grub.cfg").write_text(menu.read_text().replace("}", ""))
    assert subprocess.run(["grub-script-check", tmp_path / "grub.cfg"], capture_output=True).returncode == 1
