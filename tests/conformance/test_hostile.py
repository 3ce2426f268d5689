"""Values that try to break out of their quoting: refused with a reason, or read back exactly by the real reader."""

import random
import subprocess

import pytest
from portage.util import getconfig
from portage.repository.config import RepoConfigLoader

import command
from consumers import findmnt

ODD = [
    '"', "'", "`", "$", "${HOME}", "$(id)", "`id`", "\\", "\\\\", "\\n", "\\$", '\\"', "#", " # x", ";", "|", "&", "<", ">",
    "%", "%%", "%(ROOT)s", "{#", "#}", "{{", "}}", "{%", "%}", "@{x}", "@@{x}", "~", "!", "*", "?", "[", "]", "(", ")", "=",
    "\t", "\n", "\r", "\r\n", "\x0b", "\x0c", "\x01", "\x7f", "\x1b", "\x85", "\xa0", "\u2028", "\ufeff", "ä", "€", "𝒳", "a", "b c",
    " ", "  ", "",
]  # fmt: skip


def strings():
    """Each odd piece alone and between letters, and random mixtures, the same ones in each run."""
    yield from ODD
    yield from (f"a{piece}b" for piece in ODD)
    mixed = random.Random(486)
    for _ in range(60):
        yield "".join(mixed.choice(ODD) for _ in range(mixed.randint(2, 7)))


def toml_string(text: str) -> str:
    """Any text as a TOML 1.0 basic string of a spec, where `@@{` stands for `@{`."""
    text = text.replace("@{", "@@{")
    plain = {'"': '\\"', "\\": "\\\\"}
    return '"' + "".join(plain.get(c) or (c if " " <= c < "\x7f" else f"\\U{ord(c):08x}") for c in text) + '"'


def bash_reads(file, name):
    done = subprocess.run(
        ["/bin/bash", "-c", '. "$1" && printf "%s" "${!2}"', "bash", file, name], env={"PATH": "/nonexistent"}, capture_output=True
    )
    assert done.returncode == 0 and not done.stderr, done.stderr
    return done.stdout.decode()


def portage_reads_repository(file):
    found = {}
    RepoConfigLoader._parse([str(file)], found, True, {"sync-rsync-extra-opts": ""})
    return found["gentoo"].sync_uri or ""


# Path of the file; the section of the spec, with VALUE; how its consumer reads the value.
FILES = {
    "make.conf": (
        "etc/portage/make.conf",
        "[make.conf]\nUNUSUAL = { literal = VALUE }\n",
        lambda file: getconfig(str(file), tolerant=False, allow_sourcing=True, expand={})["UNUSUAL"],
    ),
    "env": (
        "etc/portage/env/odd.conf",
        '["package.env/odd"]\n"a/b" = "odd.conf"\n["env/odd.conf"]\nUNUSUAL = { literal = VALUE }\n',
        lambda file: getconfig(str(file), tolerant=False, allow_sourcing=False, expand={})["UNUSUAL"],
    ),
    "repos.conf": (
        "etc/portage/repos.conf/odd.conf",
        '["repos.conf/odd.conf"]\nDEFAULT.main-repo = "gentoo"\ngentoo.location = "/x"\ngentoo.sync-type = "git"\n'
        "gentoo.sync-uri = { literal = VALUE }\n",
        portage_reads_repository,
    ),
    "dracut": (
        "etc/dracut.conf.d/10-odd.conf",
        '["/etc/dracut.conf.d/10-odd.conf"]\nkernel_cmdline = { literal = VALUE }\n',
        lambda file: bash_reads(file, "kernel_cmdline"),
    ),
    "fstab": (
        "etc/fstab",
        '["/etc/fstab"]\n"/" = { source = { literal = VALUE }, type = "ext4" }\n',
        lambda file: findmnt(file)[0]["source"],
    ),
}


@pytest.mark.parametrize("kind", FILES)
def test_literal_is_refused_or_read_back(kind, tmp_path):
    path, section, reads = FILES[kind]
    spec = tmp_path / "spec.toml"
    said = 0
    for number, value in enumerate(strings()):
        spec.write_text("spec = 1\n" + section.replace("VALUE", toml_string(value)))
        out = tmp_path / str(number)
        done = command.run("render", spec, "--out", out)
        if done.status == 0:
            assert reads(out / path) == value, f"{value!r}: {(out / path).read_bytes()!r}"
            said += 1
        else:
            assert done.status == 2 and done.stderr.strip(), f"{value!r}: {done}"
            assert not (out / path).exists(), f"{value!r}: refused and written"
    # Refusing everything would be safe, and no use.
    assert said > len(ODD), f"only {said} values could be said"


@pytest.mark.parametrize(
    "comment",
    ["ends in a backslash \\", '"', "'no end", "$(touch /tmp/odd)", "`id`", "%(x)s", "{{ x }}", "{% raw %}", "#}", "ä 𝒳", "a\ttab"],
)
@pytest.mark.parametrize("kind", FILES)
def test_comments_stay_comments(kind, comment, tmp_path):
    path, section, reads = FILES[kind]
    spec = tmp_path / "spec.toml"
    lines = section.replace("{ literal = VALUE }", '"plain"').splitlines()
    spec.write_text("\n".join(["spec = 1", *lines[:-1], f"# {comment}", lines[-1]]) + "\n")
    out = command.render(spec, tmp_path / "out")
    assert comment.encode() in (out / path).read_bytes()
    assert reads(out / path) == "plain"
