#!/usr/bin/env python3
"""Asks Portage's getconfig().

getconfig.py table < getconfig.json   the table of cases again, with what Portage and bash make of each text now;
                                      a new case is {"id": …, "text": …}
getconfig.py batch < hex lines        for each text, as a line of JSON, what the strict and the tolerant loader make of it

PREV is known, and beside the file lie other.inc, x (which sources y without a newline behind it) and y.
"""
import contextlib
import io
import json
import os
import subprocess
import sys
import tempfile

import portage

portage._disable_legacy_globals()
from portage.util import getconfig

KNOWN = {"PREV": "prev value"}
FILES = {"other.inc": 'O="from other"\n', "x": "X='x $A'\nsource y", "y": "Y=1\n"}
SHOWN = "A B C O D __A http_proxy FOO"


def load(path, tolerant):
    err = io.StringIO()
    with contextlib.redirect_stderr(err):
        try:
            found = getconfig(path, tolerant=tolerant, allow_sourcing=True, expand=dict(KNOWN))
            return found, None, err.getvalue().strip()
        except Exception as error:
            return None, f"{type(error).__name__}: {error}", err.getvalue().strip()


def bash(path):
    script = (
        "PREV='prev value'; source ./%s 2>/dev/null; for v in %s; do [[ -v $v ]] && printf '%%s=%%s\\0' \"$v\" \"${!v}\"; done"
        % (os.path.basename(path), SHOWN)
    )
    run = subprocess.run(
        ["bash", "--norc", "-c", script],
        cwd=os.path.dirname(path),
        capture_output=True,
        env={"PATH": os.environ["PATH"], "HOME": "/root"},
    )
    words = [item.decode("utf-8", "replace") for item in run.stdout.split(b"\0")]
    return dict(word.split("=", 1) for word in words if "=" in word)


def table(path):
    rows = []
    fix = lambda text: text.replace(os.path.dirname(path) + "/", "") if text else text
    for case in json.load(sys.stdin):
        with open(path, "w", encoding="utf-8", newline="") as f:
            f.write(case["text"])
        row = {"id": case["id"], "text": case["text"]}
        row["strict"], row["strict_error"], row["stderr"] = load(path, False)
        row["tolerant"], row["tolerant_error"], row["tolerant_stderr"] = load(path, True)
        row["bash"] = bash(path)
        row["same_as_bash"] = row["strict"] == row["bash"]
        rows.append({key: fix(value) if isinstance(value, str) else value for key, value in row.items()})
    json.dump(rows, sys.stdout, indent=1, ensure_ascii=False)
    print()


def batch(path):
    # A file that is overwritten again and again is flushed to the disk every time; new ones are not.
    for number, line in enumerate(sys.stdin):
        with open(f"{path}{number}", "wb") as f:
            f.write(bytes.fromhex(line.strip()))
        found, error, _ = load(f"{path}{number}", False)
        tolerant, tolerant_error, _ = load(f"{path}{number}", True)
        print(json.dumps({"set": found, "error": error, "tolerant": tolerant, "tolerant_error": tolerant_error}))


with tempfile.TemporaryDirectory() as folder:
    for name, text in FILES.items():
        with open(os.path.join(folder, name), "w") as f:
            f.write(text)
    {"table": table, "batch": batch}[sys.argv[1]](os.path.join(folder, "make.conf"))
