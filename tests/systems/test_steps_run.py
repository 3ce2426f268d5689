"""Steps that are run as they are printed: what they call, in which order, and what is there afterwards."""

import os
import shutil
import subprocess
import tomllib

import pytest

import command
import cross_trees as trees
import embedded
import steps
from acted import APPLY, Acted

CHOST = trees.CHOST


def accepted(done):
    assert done.returncode == 0, done.stdout + done.stderr


# --- initramfs-kexec --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "kind,code,made",
    [
        ("ext2", "83", "mkfs.ext2 -L flash "),
        ("ext4", "83", "mkfs.ext4 -L flash "),
        ("vfat", "c", "mkfs.vfat -n flash "),
    ],
)
@pytest.mark.parametrize("card,partition", [("/dev/sdx", "/dev/sdx1"), ("/dev/mmcblk7", "/dev/mmcblk7p1")])
def test_the_card_has_the_file_system_of_the_spec(kind, code, made, card, partition, tmp_path):
    tools = {f"mkfs-dot-{name}": ":" for name in ("ext2", "ext4", "vfat")}
    at = Acted(tmp_path / "root", tmp_path, sfdisk="cat >&2", mount=":", **tools)
    run = steps.run("initramfs-kexec", "card", settings=[f"flash-type={kind}"])
    done = at.run(run, CARD=card)
    accepted(done)
    assert f"type={code}, bootable\n" in done.stderr
    assert at.calls == [f"sfdisk {card}", made + partition, f"mount -t {kind} {partition} /mnt/flash"]


@pytest.mark.parametrize("step", ["card", "boot-loader"])
def test_without_a_card_nothing_is_written(step, tmp_path):
    programs = ("sfdisk", "mkfs-dot-ext2", "mount", "grub_install", "grub_editenv")
    at = Acted(tmp_path / "root", tmp_path, **dict.fromkeys(programs, ":"))
    for path in ("srv/flash/boot/grub/grub.cfg", "srv/flash/cfg/system.arg", "srv/flash/system/active/kernel.arg"):
        at.write(path, "")
    at.write("srv/firmware/var/tmp/initramfs-kernel/arch/x86/boot/bzImage", "firmware")
    at.write("srv/firmware/var/tmp/recovery.cpio.gz", "recovery")
    (at.root / "mnt/flash").mkdir(parents=True)
    done = at.run(steps.run("initramfs-kexec", step))
    assert done.returncode and "the disk of the card" in done.stderr and at.calls == []
    done = at.run(steps.run("initramfs-kexec", step), CARD="/dev/sdx")
    accepted(done)
    assert any("/dev/sdx" in call for call in at.calls)
    if step == "boot-loader":
        # whatever the menu names is there
        tree = embedded.render("initramfs-kexec", tmp_path)
        menu = [line.split() for line in (tree / "flash/boot/grub/grub.cfg").read_text().splitlines()]
        for word in {words[1] for words in menu if words[:1] in (["linux"], ["initrd"])}:
            assert (at.root / "mnt/flash" / word[1:]).is_file(), word


def test_the_image_has_the_files_of_its_root(tmp_path):
    tree = embedded.render("initramfs-kexec", tmp_path)
    at = Acted(tmp_path / "root", tmp_path)
    shutil.copytree(tree / "builder", at.root, symlinks=True, dirs_exist_ok=True)
    (at.root / "var/tmp").mkdir(parents=True)
    # what apply keeps there is no part of the image
    at.write("usr/src/image/var/lib/portage-config/lock", "")
    system = tmp_path / "system"
    (system / "root").mkdir(parents=True)
    (system / "root/init").write_text("#!/bin/sh\n")
    (system / "kernel.img").write_text("kernel")
    packed = subprocess.run(["sh", "-c", "cd root && echo init | cpio -o -H newc --quiet | gzip -9"], cwd=system, capture_output=True)
    (system / "initrd.img").write_bytes(packed.stdout)
    run = steps.run("initramfs-kexec", "image")
    assert at.run(run).returncode, "without SYSTEM"
    accepted(at.run(run, SYSTEM=system))
    made = (at.root / "var/tmp/initrd.img").read_bytes()
    assert made.startswith(packed.stdout) and at.text("var/tmp/kernel.img") == "kernel"
    rest = made[len(packed.stdout) :].lstrip(b"\0")
    assert (len(made) - len(rest)) % 4 == 0
    listed = subprocess.run(["cpio", "-t", "--quiet"], input=rest, capture_output=True, check=True).stdout.decode().split()
    assert {f"usr/local/sbin/{name}" for name in ("config-save", "flash-confirm", "flash-update")} < set(listed)
    assert not [name for name in listed if name.startswith("var")]
    accepted(at.run(steps.run("initramfs-kexec", "new-image"), VERSION="1.2"))
    new = at.root / "var/tmp/new"
    assert subprocess.run(["sha256sum", "-c", "--quiet", "--strict", "SHA256SUMS"], cwd=new).returncode == 0
    named = {line.split()[1] for line in (new / "SHA256SUMS").read_text().splitlines()}
    assert named == {path.name for path in new.iterdir()} - {"SHA256SUMS"} and (new / "kernel.ver").read_text() == "1.2\n"


def test_the_first_configuration_is_that_of_the_factory(tmp_path):
    at = Acted(tmp_path / "root", tmp_path, mount=":", sync=":")
    run = steps.run("initramfs-kexec", "factory")
    for text in ("first", "second"):
        at.write("flash/cfg/config.cur", text, 0o600)
        accepted(at.run(run))
        assert at.calls == ["mount -o remount,rw /flash", "sync", "mount -o remount,ro /flash"]
        assert at.text("flash/cfg/config.fac") == "first"
    assert sorted(path.name for path in (at.root / "flash/cfg").iterdir()) == ["config.cur", "config.fac"]
    assert (at.root / "flash/cfg/config.fac").stat().st_mode & 0o777 == 0o600


# --- sccache-dist -----------------------------------------------------------------------------------------------------

KEY, TOKEN = trees.SECRETS["SCCACHE_JWT_KEY"], trees.SECRETS["SCCACHE_SERVER_TOKEN"]
# It reads the key from the file, as the real one does, and knows none that is not 256 bits of base64url.
SCCACHE = f"""case $2 in
generate-shared-token) echo CLIENT_TOKEN ;;
generate-jwt-hs256-key) echo {KEY} ;;
generate-jwt-hs256-server-token)
	grep -qx 'secret_key = "{KEY}"' "$4" || exit 2
	echo {TOKEN} ;;
esac"""


@pytest.mark.parametrize("variants", [(), ("openrc",)])
def test_the_secrets_are_made_in_the_order_of_the_steps(variants, tmp_path):
    """Three machines, on which nothing is yet; what is exported on one of them stays there."""
    spec = command.new("sccache-dist", tmp_path / "spec.toml", *trees.words("sccache-dist"))
    found = trees.steps("sccache-dist", *variants)
    at = {
        name: Acted(tmp_path / name / "root", tmp_path / name, emerge=":", sccache_dist=SCCACHE, portage_config=APPLY)
        for name in ("client", "scheduler", "server")
    }
    for name, machine in at.items():
        assert machine.run(found["sccache"], SPEC=spec).returncode, "without MACHINE"
        accepted(machine.run(found["sccache"], SPEC=spec, MACHINE=name))
        assert machine.calls[-1] == "emerge --ask @sccache-dist"
        assert (machine.root / "etc/portage/sets/sccache-dist").is_file()
    order = list(found)
    here = [name for name in order if name in ("client-token", "server-key", "scheduler-files", "server-token")]
    accepted(at["scheduler"].run("\n".join(found[name] for name in here), SPEC=spec))
    secrets = trees.SECRETS
    for name, secret in (("server", "SCCACHE_SERVER_TOKEN"), ("client", "SCCACHE_CLIENT_TOKEN")):
        assert order.index(f"{name}-files") > order.index("server-token")
        assert at[name].run(found[f"{name}-files"], SPEC=spec).returncode, "without its secret"
        accepted(at[name].run(found[f"{name}-files"], SPEC=spec, **{secret: secrets[secret]}))
    said = {name: tomllib.loads(at[name].text(f"etc/sccache/{name}.toml")) for name in at}
    assert said["scheduler"]["client_auth"]["token"] == said["client"]["dist"]["auth"]["token"] == secrets["SCCACHE_CLIENT_TOKEN"]
    assert said["scheduler"]["server_auth"]["secret_key"] == secrets["SCCACHE_JWT_KEY"]
    assert said["server"]["scheduler_auth"]["token"] == secrets["SCCACHE_SERVER_TOKEN"]
    for name in at:
        # what the variant leaves out is not brought back by a later step
        assert (at[name].root / "etc/systemd").exists() == (not variants and name != "client")


def test_the_key_has_to_be_in_the_file_before_the_token_is_made(tmp_path):
    at = Acted(tmp_path / "root", tmp_path, sccache_dist=SCCACHE)
    at.write("etc/sccache/scheduler.toml", 'secret_key = "unset"\n')
    assert at.run(trees.steps("sccache-dist")["server-token"]).returncode


def test_openrc_starts_the_service_of_each_machine(tmp_path):
    found = trees.steps("sccache-dist", "openrc")
    assert not [name for name, run in found.items() if "systemctl" in run]
    for name, calls in (
        ("scheduler", ["rc-update add sccache-scheduler default", "rc-service sccache-scheduler start"]),
        ("server", ["rc-update add sccache-server default", "rc-service sccache-server start"]),
        ("client", []),
    ):
        at = Acted(tmp_path / name / "root", tmp_path / name, rc_update=":", rc_service=":")
        at.write(f"etc/sccache/{name}.toml", "")
        for both in ("scheduler", "server"):
            at.write(f"etc/conf.d/sccache-{both}", "")
        accepted(at.run(found["start"]))
        assert at.calls == calls


# --- cross-amd64 ------------------------------------------------------------------------------------------------------

# A stage, as far as it is in the way.
STAGE = """mkdir -p "$2/etc/portage" && echo 'COMMON_FLAGS="-O2 -pipe"' >"$2/etc/portage/make.conf"
ln -s /var/db/repos/gentoo/profiles/default/linux/amd64/23.0 "$2/etc/portage/make.profile\""""
# The folder is seen at the second place as well.
MOUNT = """[ "$1" != --bind ] || [ "$2" = -o ] || { rm -r "$3"; ln -s "$2" "$3"; }"""


def test_the_spec_is_applied_to_all_roots(tmp_path):
    spec = command.new("cross-amd64", tmp_path / "spec.toml", *trees.words("cross-amd64"))
    found = trees.steps("cross-amd64")
    programs = {"tar": STAGE, "mount": MOUNT, "rsync": 'for from; do to=$here here=$from; done; cp -a "$to." "$here"'}
    programs |= dict.fromkeys(["emerge", "chown"], ":")
    at = Acted(tmp_path / "root", tmp_path, portage_config=APPLY, **programs)
    (at.root / "mnt/target-machine").mkdir(parents=True)
    accepted(at.run(found["host-files"] + found["crossdev"], SPEC=spec))
    assert at.calls[0].startswith("portage-config apply ") and at.calls[-1] == "emerge --ask @cross-amd64"
    assert (at.root / "etc/portage/sets/cross-amd64").is_file(), "what is emerged is there"
    # crossdev has made the folder
    (at.root / f"usr/{CHOST}").mkdir(parents=True)
    accepted(at.run(found["target-root"], SPEC=spec))
    cross = at.text(f"srv/cross/{CHOST}/etc/portage/make.conf")
    assert f'ROOT="/usr/{CHOST}/"' in cross
    accepted(at.run(found["copy"], SPEC=spec))
    target = at.text("mnt/target-machine/etc/portage/make.conf")
    assert "ROOT=" not in target and f'CBUILD="{CHOST}"' in target
    assert not (at.root / "mnt/target-machine/etc/portage/package.env").exists()


def test_the_tuple_is_changed_in_the_chroot(tmp_path):
    found = trees.steps("cross-amd64")
    order = list(found)
    assert order.index("target-root") < order.index("enter") < order.index("change-chost") < order.index("method-0")
    at = Acted(tmp_path / "root", tmp_path, mount=":", chroot=":")
    at.write("etc/resolv.conf", "")
    (at.root / f"usr/{CHOST}/etc").mkdir(parents=True)
    accepted(at.run(found["enter"]))
    assert [call.split()[-1] for call in at.calls[:-1]] == [f"/usr/{CHOST}/{name}" for name in ("proc", "sys", "dev")]
    assert at.calls[-1] == f"chroot /usr/{CHOST} /bin/bash -l"


# --- amd64-no-avx512 --------------------------------------------------------------------------------------------------


def test_nothing_of_the_laptop_is_started_before_it_is_built_anew(tmp_path):
    found = trees.steps("amd64-no-avx512")
    spec = command.new("amd64-no-avx512", tmp_path / "spec.toml")
    at = Acted(tmp_path / "root", tmp_path, portage_config=APPLY, **dict.fromkeys(["mount", "chroot", "tar", "emerge"], ":"))
    at.write("etc/resolv.conf", "")
    (at.root / "srv/laptop/etc").mkdir(parents=True)
    (at.root / "srv/stage/etc").mkdir(parents=True)
    order = [name for name in found if name in ("system", "stage", "system-rebuild", "chroot")]
    calls = []
    for name in order:
        accepted(at.run(found[name], SPEC=spec))
        calls += at.calls
    entered = [call for call in calls if call.startswith("chroot")]
    assert entered == [
        "chroot /srv/stage env ROOT=/mnt/laptop PORTAGE_CONFIGROOT=/mnt/laptop emerge --emptytree @system",
        "chroot /srv/laptop /bin/bash -l",
    ]
    assert "mount --bind /srv/laptop /srv/stage/mnt/laptop" in calls[: calls.index(entered[0])]
    assert "-march=icelake-client" in at.text("srv/laptop/etc/portage/make.conf"), "the spec is applied"
    assert list(found).index("chroot") < list(found).index("rebuild")


def test_the_laptop_has_what_it_measures_with(tmp_path):
    spec = command.new("amd64-no-avx512", tmp_path / "spec.toml")
    at = Acted(tmp_path / "root", tmp_path, portage_config=APPLY, emerge=":", bench_avx512=":")
    accepted(at.run(trees.steps("amd64-no-avx512")["measure-before"], SPEC=spec))
    assert (at.root / "usr/local/bin/bench-avx512").is_file() and (at.root / "etc/portage/sets/amd64-no-avx512").is_file()
    assert "-mno-avx512f" not in at.text("etc/portage/make.conf")


# --- the machine that starts boards -----------------------------------------------------------------------------------


def test_of_several_kernels_the_newest_is_served(tmp_path):
    scp = 'from=${1#build:}; cp "$STAND${from#"$STAND"}" "$2"'
    at = Acted(tmp_path / "root", tmp_path, ssh='sh -c "$2"', scp=scp, dnsmasq=":")
    for name in ("pxelinux.0", "ldlinux.c32"):
        at.write(f"usr/share/syslinux/{name}", "")
    for age, version in enumerate(("6.12.30-gentoo", "6.6.99-gentoo", "6.12.9-gentoo")):
        for kind, end in (("vmlinuz", ""), ("initramfs", ".img")):
            file = at.write(f"mnt/gentoo/boot/{kind}-{version}{end}", f"{kind} {version}")
            os.utime(file, (1_700_000_000 - age, 1_700_000_000 - age))
    accepted(at.run(steps.run("i486-servers", "boot-files")))
    assert at.text("srv/tftp/musl-nbd/bzImage") == "vmlinuz 6.12.30-gentoo"
    assert at.text("srv/tftp/musl-nbd/initramfs.img") == "initramfs 6.12.30-gentoo"
