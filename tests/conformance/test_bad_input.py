"""Mistakes: each has its exit status and says what to write instead. None of them panics, hangs or leaves files."""

import os
import resource
import shutil
import signal
import tempfile
from pathlib import Path

import pytest

import command

# The spec, and a word of the message. All of these have no answer: exit status 2.
MISTAKES = {
    "not UTF-8": (b'spec = 1\n[make.conf]\nUSE = "\xff"\n', "UTF-8"),
    "TOML syntax": ('spec = 1\n[make.conf]\nUSE = "x\n', "spec.toml:3"),
    "key twice": ('spec = 1\n[make.conf]\nUSE = "x"\nUSE = "y"\n', "duplicate"),
    "later format": ("spec = 2\n", "spec"),
    "header": ('spec = 1\n[package.uses]\n"a/b" = "x"\n', "package.use"),
    "dotted profile header": ('spec = 1\n[profile.package.use.mask.x]\n"a/b" = "-x"\n', "profile/package.use.mask/x"),
    "wrong folder": ('spec = 1\n["package.use.mask/x"]\n"a/b" = "-x"\n', "profile/package.use.mask/x"),
    "dotted env header": ('spec = 1\n[env.no-lto.conf]\nCFLAGS = "-O2"\n', "env/no-lto.conf"),
    "layer word in a section": ('spec = 1\n[make.conf]\nextends = ["x.toml"]\n', "extends"),
    "atom": ('spec = 1\n["package.use/x"]\n"sys-libs" = "x"\n', "sys-libs"),
    "version without operator": ('spec = 1\n["package.mask/x"]\n"sys-libs/glibc-2.42" = true\n', "="),
    "operator without version": ('spec = 1\n["package.mask/x"]\n">=sys-kernel/gentoo-sources" = true\n', "version"),
    "wildcard with version": ('spec = 1\n["package.mask/x"]\n">=sys-libs/*-2" = true\n', "sys-libs/*-2"),
    "flag with a blank": ('spec = 1\n["package.use/x"]\n"a/b" = ["x y"]\n', "x y"),
    "flag with a hash": ('spec = 1\n["package.use/x"]\n"a/b" = ["x#y"]\n', "x#y"),
    "newline in a rule": ('spec = 1\n["package.use/x"]\n"a/b" = ["x\\ny"]\n', "x\\ny"),
    "newline in INI": ('spec = 1\n["repos.conf/x"]\ngentoo.location = { literal = "/a\\n[b]" }\n', "location"),
    "path that leaves the root": ('spec = 1\n[file."../x"]\ntext = ""\n', ".."),
    "path that leaves the root later": ('spec = 1\n[file."/etc/../../x"]\ntext = ""\n', ".."),
    "section that leaves the root": ('spec = 1\n["/../etc/fstab"]\n', ".."),
    "path with an empty part": ('spec = 1\n[file."/etc//x"]\ntext = ""\n', "/etc//x"),
    "mode": ('spec = 1\n[file."/etc/x"]\ntext = ""\nmode = 755\n', "0o755"),
    "key of [file]": ('spec = 1\n[file."/etc/x"]\ntxt = ""\n', "text"),
    "text beside entries": ('spec = 1\n[make.conf]\nUSE = "x"\n[file."make.conf"]\ntext = ""\n', "make.conf"),
    "file and folder": ('spec = 1\n[package.use]\n"a/b" = "x"\n["package.use/x"]\n"a/b" = "x"\n', "package.use"),
    "layer that is not there": ('spec = 1\nextends = ["no-such.toml"]\n', "no-such.toml"),
    "preset that is not there": ('spec = 1\nextends = ["preset:i486-glibc-system"]\n', "i486-glibc-systemd"),
    "layer that extends itself": ('spec = 1\nextends = ["spec.toml"]\n', "cycle"),
    "variables in a circle": ('spec = 1\n[make.conf]\nA = "${B}"\nB = "${A}"\n', "cycle"),
    "parameter that is not declared": ('spec = 1\n[make.conf]\nUSE = "@{x}"\n', "@{x}"),
    "parameter without value": ('spec = 1\n[param.x]\nhelp = "the x"\nexample = "y"\n[make.conf]\nUSE = "@{x}"\n', "the x"),
    "parameter of another type": (
        'spec = 1\n[param.x]\ntype = "uuid"\nvalue = "1"\n["/etc/fstab"]\n"/" = { source = "UUID=@{x}" }\n',
        "UUID",
    ),
}

# What can be rendered and does not do what was meant: `check` answers no, exit status 1.
FINDINGS = {
    "variable": ('[make.conf]\nACCEPT_KEYWORD = "x86"\n', "ACCEPT_KEYWORDS"),
    "env file that is not there": ('["package.env/x"]\n"a/b" = "no-such.conf"\n', "no-such.conf"),
    "ugrd key": ('["/etc/ugrd/config.toml"]\ncpio_compresion = "xz"\n', "cpio_compression"),
    "ugrd type": ('["/etc/ugrd/config.toml"]\nfind_libgcc = "false"\n', "find_libgcc"),
    "command in make.conf": ('[file."make.conf"]\ntext = \'MAKEOPTS="-j$(nproc)"\'\n', "nproc"),
    "quote that does not end": ('[file."make.conf"]\ntext = \'USE="x\'\n', "USE"),
    "two initramfs builders": ('["package.use/x"]\n"sys-kernel/installkernel" = "dracut ugrd"\n', "ugrd"),
}


def said(done: command.Done) -> str:
    """What `check` found is its answer, on stdout; mistakes that leave no answer are on stderr."""
    return done.stdout.decode() + done.stderr


@pytest.mark.parametrize("name", MISTAKES)
def test_mistake(name, tmp_path):
    text, word = MISTAKES[name]
    spec = tmp_path / "spec.toml"
    spec.write_bytes(text if isinstance(text, bytes) else text.encode())
    out = tmp_path / "out"
    done = command.run("render", spec, "--out", out)
    assert (done.status, done.stdout) == (2, b""), done
    assert word in done.stderr, done.stderr
    assert not out.exists() or not any(out.rglob("*"))
    done = command.run("diff", spec, "--root", tmp_path)
    assert done.status == 2 and word in done.stderr, done
    # `check` answers no where the spec can be read at all, `show` shows what there is.
    done = command.run("check", spec)
    assert done.status in (1, 2) and word in said(done), done
    command.run("show", spec)


@pytest.mark.parametrize("name", FINDINGS)
def test_finding(name, tmp_path):
    text, word = FINDINGS[name]
    spec = tmp_path / "spec.toml"
    spec.write_text("spec = 1\n" + text)
    done = command.run("check", spec)
    assert done.status == 1 and word in said(done), done
    assert " --> " in said(done), done


def test_warnings_can_be_denied(tmp_path):
    spec = tmp_path / "spec.toml"
    spec.write_text('spec = 1\n[make.conf]\nLDFLAGS = "-Wl,-O1"\n')
    done = command.run("check", spec)
    assert done.status == 0 and "warning" in said(done), done
    assert command.run("check", spec, "--deny", "warnings").status == 1


@pytest.mark.parametrize("name", MISTAKES)
def test_mistake_in_json(name, tmp_path):
    """The envelope is there with exit status 2, too."""
    import json

    text, word = MISTAKES[name]
    spec = tmp_path / "spec.toml"
    spec.write_bytes(text if isinstance(text, bytes) else text.encode())
    done = command.run("check", spec, "--format", "json")
    envelope = json.loads(done.stdout)
    assert envelope["version"] == 1 and envelope["command"] == "check"
    errors = [d for d in envelope["diagnostics"] if d["severity"] == "error"]
    assert errors and all(d["code"] and d["message"] for d in errors)


ARGUMENTS = {
    "no command": (),
    "unknown command": ("rendre",),
    "unknown preset": ("new", "i486"),
    "unknown parameter": ("new", command.PRESET, "--set", "no-such=1"),
    "parameter without value": ("new", command.PRESET, "--set", "root-uuid"),
    "no spec": ("check", "no-such.toml"),
    "a folder": ("check", "/"),
    "unknown variant": ("render", "good.toml", "--out", "out", "--variant", "no-such"),
    "no templates": ("render", "good.toml", "--out", "out", "--templates", "no-such"),
    "no root": ("diff", "good.toml", "--root", "no-such"),
    "empty path": ("check", ""),
}


@pytest.mark.parametrize("name", ARGUMENTS)
def test_arguments(name, tmp_path):
    (tmp_path / "good.toml").write_text('spec = 1\n[make.conf]\nUSE = "x"\n')
    done = command.run(*ARGUMENTS[name], cwd=tmp_path)
    assert done.status == 2 and done.stderr.strip(), done
    assert not (tmp_path / "out").exists() or not any((tmp_path / "out").rglob("*"))


def test_layers_in_a_circle(tmp_path):
    for name, other in ("a", "b"), ("b", "c"), ("c", "a"):
        (tmp_path / f"{name}.toml").write_text(f'spec = 1\nextends = ["{other}.toml"]\n')
    done = command.run("render", tmp_path / "a.toml", "--out", tmp_path / "out")
    assert done.status == 2 and "cycle" in done.stderr and "c.toml" in done.stderr


@pytest.mark.parametrize(
    "start,piece,end",
    [("# ", 50_000_000 * "x", "\nx = ["), ('[make.conf]\nUSE = "', 50_000_000 * "x", ""), ('["package.use/x"]\n"a/b" = "', 1_000_000 * "x ", 'x#y"\n')],
    ids=["comment", "value", "words"],
)
def test_endless_line(start, piece, end, tmp_path):
    spec = tmp_path / "spec.toml"
    spec.write_text("spec = 1\n" + start + piece + end)
    done = command.run("render", spec, "--out", tmp_path / "out", timeout=120)
    assert done.status == 2 and len(done.stderr) < 10_000


def test_deep_nesting(tmp_path):
    spec = tmp_path / "spec.toml"
    spec.write_text("spec = 1\nx = " + "[" * 200_000)
    assert command.run("check", spec).status in (1, 2)
    spec.write_text("spec = 1\n[make.conf]\n" + "a." * 100_000 + "b = 1\n")
    assert command.run("check", spec).status in (1, 2)


TEMPLATES = {
    "endless loop": "{% for a in range(9999) %}{% for b in range(9999) %}{% for c in range(9999) %}{% endfor %}{% endfor %}{% endfor %}",
    "syntax": "{% for %}",
    "unknown name": "{{ no_such_name }}",
    "says less": "# nothing\n",
    "says more": '{% raw %}USE="more"{% endraw %}\n',
    "runs on": 'A="\n',
    "includes itself": '{% include "etc/portage/make.conf.j2" %}',
}


@pytest.mark.parametrize("name", TEMPLATES)
def test_template(name, tmp_path):
    """A template cannot hang, and cannot change what a file says."""
    template = tmp_path / "templates/etc/portage/make.conf.j2"
    template.parent.mkdir(parents=True)
    template.write_text(TEMPLATES[name])
    spec = tmp_path / "spec.toml"
    spec.write_text('spec = 1\n[make.conf]\nUSE = "x"\n')
    done = command.run("render", spec, "--out", tmp_path / "out", "--templates", tmp_path / "templates")
    assert done.status == 2 and "make.conf" in done.stderr, done
    assert not (tmp_path / "out/etc/portage/make.conf").exists()


class Nobody:
    """Runs the command as a user that owns nothing."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.prefix = ("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups") if os.getuid() == 0 else ()
        shutil.copy(command.COMMAND, folder / "portage-config")

    def run(self, *args):
        copy, command.COMMAND = command.COMMAND, self.folder / "portage-config"
        try:
            return command.run(*args, prefix=self.prefix, cwd=self.folder)
        finally:
            command.COMMAND = copy


@pytest.fixture
def nobody():
    with tempfile.TemporaryDirectory(prefix="portage-config-nobody-") as folder:
        os.chmod(folder, 0o755)
        yield Nobody(Path(folder))


def test_unreadable_spec(nobody):
    spec = nobody.folder / "spec.toml"
    spec.write_text("spec = 1\n")
    spec.chmod(0)
    done = nobody.run("check", "spec.toml")
    assert done.status == 2 and "spec.toml" in done.stderr and "ermission denied" in done.stderr


def test_unreadable_layer(nobody):
    (nobody.folder / "spec.toml").write_text('spec = 1\nextends = ["layer.toml"]\n')
    layer = nobody.folder / "layer.toml"
    layer.write_text("spec = 1\n")
    layer.chmod(0)
    done = nobody.run("check", "spec.toml")
    assert done.status == 2 and "layer.toml" in done.stderr and "ermission denied" in done.stderr


@pytest.mark.parametrize("how", [("--out", "closed/out"), ("--tar", "closed/out.tar")])
def test_target_that_cannot_be_written(how, nobody):
    (nobody.folder / "spec.toml").write_text('spec = 1\n[make.conf]\nUSE = "x"\n')
    (nobody.folder / "closed").mkdir(mode=0o555)
    done = nobody.run("render", "spec.toml", *how)
    assert done.status == 2 and "closed" in done.stderr and "ermission denied" in done.stderr


def test_unreadable_root(nobody):
    (nobody.folder / "spec.toml").write_text('spec = 1\n[make.conf]\nUSE = "x"\n')
    (nobody.folder / "closed").mkdir(mode=0)
    done = nobody.run("diff", "spec.toml", "--root", "closed")
    assert done.status == 2 and "ermission denied" in done.stderr


def test_full_disk(i486_spec, tmp_path):
    done = command.run("render", i486_spec, "--tar", "/dev/full", "--force")
    assert done.status == 2 and "/dev/full" in done.stderr and "No space left" in done.stderr


def test_files_may_not_grow(i486_spec, tmp_path):
    def limit():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100, 100))

    done = command.run("render", i486_spec, "--out", tmp_path / "out", preexec_fn=limit)
    assert done.status == 2 and "too large" in done.stderr


def test_closed_pipe(i486_spec):
    """`portage-config show … | head -0` ends quietly."""
    reader, writer = os.pipe()
    os.close(reader)
    import subprocess

    done = subprocess.run([command.COMMAND, "show", i486_spec], stdout=writer, stderr=subprocess.PIPE, text=True)
    os.close(writer)
    assert "panicked" not in done.stderr and done.returncode in (0, 2, -signal.SIGPIPE)


def test_target_is_a_file(i486_spec, tmp_path):
    (tmp_path / "out").write_text("mine\n")
    done = command.run("render", i486_spec, "--out", tmp_path / "out", "--force")
    assert done.status == 2 and (tmp_path / "out").read_text() == "mine\n"


def test_folder_that_holds_something_is_not_rendered_over(i486_spec, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out/mine").write_text("mine\n")
    done = command.run("render", i486_spec, "--out", tmp_path / "out")
    assert done.status == 2 and "--force" in done.stderr
    assert command.listing(tmp_path / "out").keys() == {"mine"}


def test_links_in_the_target_are_not_followed(i486_spec, tmp_path):
    """A target folder that somebody else prepared cannot make the command write elsewhere."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    out = tmp_path / "out"
    out.mkdir()
    (out / "etc").symlink_to(elsewhere)
    command.run("render", i486_spec, "--out", out, "--force")
    assert list(elsewhere.iterdir()) == []
