"""What the consumers of the files for starting over a network make of them: nbd-server, PXELINUX, iPXE, sh."""

import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path


class Broken(Exception):
    """The consumer does not take the file."""


def nbd_server(file: Path) -> dict:
    """Port, user and exports of a running nbd-server: for each export its size and flags, as a client is told."""
    helper = Path(__file__).with_name("nbd_exports.py")
    user = [] if os.geteuid() == 0 else ["--map-root-user"]
    words = ["unshare", *user, "--mount", "--net", "--pid", "--fork", "--kill-child", sys.executable, helper, file]
    done = subprocess.run(words, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=30)
    if done.returncode:
        raise Broken(done.stderr)
    return json.loads(done.stdout)


def pxelinux(file: Path) -> dict:
    """Global directives and labels of a pxelinux.cfg; a default that is no label is refused."""
    found: dict = {"labels": {}}
    here = found
    for line in file.read_text().splitlines():
        word, _, rest = line.strip().partition(" ")
        if word.upper() == "LABEL":
            here = found["labels"][rest] = {}
        elif word and word[0] != "#":
            if word.upper() not in ("SERIAL", "DEFAULT", "PROMPT", "TIMEOUT", "KERNEL", "LINUX", "INITRD", "APPEND", "LOCALBOOT"):
                raise Broken(line)
            here[word.upper()] = rest
    if found.get("DEFAULT") not in found["labels"]:
        raise Broken(f"no label {found.get('DEFAULT')}")
    return found


IPXE = "boot choose console initrd item kernel menu sanboot set shell".split()


def ipxe(file: Path) -> list[str]:
    """The commands of an iPXE script; one that is not known, and a label that is not there, are refused."""
    lines = [line.strip() for line in file.read_text().splitlines() if line.strip()]
    if lines[:1] != ["#!ipxe"]:
        raise Broken("no #!ipxe")
    labels = {line[1:] for line in lines if line[0] == ":"}
    for line in lines[1:]:
        words = line.split()
        if words[0][0] not in ":#" and words[0] not in IPXE:
            raise Broken(line)
        wanted = [words[1]] if words[0] == "item" else re.findall(r"--default (\S+)", line)
        if missing := set(wanted) - labels:
            raise Broken(f"no label {missing}")
    return lines


def script(file: Path, programs=("nbd-client", "swapon", "pidof")) -> list[str]:
    """The programs that a shell script calls, and what it leaves in the variables that it sets."""
    with tempfile.TemporaryDirectory() as scratch:
        for name in programs:
            stub = Path(scratch) / name
            stub.write_text(f'#!/bin/sh\necho "{name} $*" >> "$LOG"\n' + ("echo 12 34\n" if name == "pidof" else ""))
            stub.chmod(0o755)
        log = Path(scratch) / "log"
        log.touch()
        env = {"PATH": f"{scratch}:/usr/bin:/bin", "LOG": str(log)}
        done = subprocess.run(["sh", "-c", '. "$1"; set', "sh", file], env=env, capture_output=True, text=True)
        if done.returncode or done.stderr:
            raise Broken(done.stderr)
        own = [line for line in done.stdout.splitlines() if re.match(r"[a-z]\w*=", line)]
        return [file.read_text().startswith("#!"), *log.read_text().splitlines(), *own]


def initiator(file: Path) -> str:
    """The name that iscsid takes from initiatorname.iscsi: the last line with the key, without blanks around the sign."""
    names = re.findall(r"(?m)^InitiatorName=(\S+)$", file.read_text())
    if not names:
        raise Broken("no InitiatorName")
    return names[-1]
