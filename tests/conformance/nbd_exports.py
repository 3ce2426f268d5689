"""Runs nbd-server on a configuration, and prints what a client is told of it.

    nbd_exports.py CONFIG

To be run in namespaces of its own (mount, net, pid): it makes /srv/nbd, and the network is empty.
"""

import contextlib
import json
import os
import socket
import struct
import subprocess
import sys
import time
from pathlib import Path

OPTION = b"IHAVEOPT"
LIST, GO = 3, 7


def receive(server: socket.socket, count: int) -> bytes:
    data = b""
    while len(data) < count:
        part = server.recv(count - len(data))
        if not part:
            raise ConnectionError(f"{count - len(data)} bytes are missing")
        data += part
    return data


def ask(server: socket.socket, option: int, data: bytes = b"") -> list[tuple[int, bytes]]:
    """The replies to one option, up to the one that ends it: an acknowledgement, or an error."""
    server.sendall(OPTION + struct.pack(">II", option, len(data)) + data)
    replies = []
    while not replies or replies[-1][0] != 1 and not replies[-1][0] & 0x80000000:
        _magic, _option, kind, length = struct.unpack(">QIII", receive(server, 20))
        replies.append((kind, receive(server, length)))
    return replies


def start(config: str) -> int:
    """Starts the server, which goes into the background when it listens; its port."""
    done = subprocess.run(["nbd-server", "-C", config, "-p", "/srv/pid"], capture_output=True, text=True, timeout=10)
    if done.returncode:
        sys.exit(done.stdout + done.stderr)
    for _ in range(500):
        rows = [row.split() for file in ("tcp", "tcp6") for row in Path(f"/proc/net/{file}").read_text().splitlines()[1:]]
        for row in rows:
            if row[3] == "0A":
                return int(row[1].rsplit(":", 1)[1], 16)
        time.sleep(0.01)
    sys.exit("nbd-server does not listen")


def export(port: int, name: str) -> dict:
    """What a client is told that asks for the list and then for one export."""
    found: dict = {}
    with socket.create_connection(("127.0.0.1", port), timeout=5) as client:
        receive(client, 18)
        client.sendall(struct.pack(">I", 3))
        found["listed"] = [data[4:].decode() for kind, data in ask(client, LIST) if kind == 2]
        for kind, data in ask(client, GO, struct.pack(">I", len(name)) + name.encode() + struct.pack(">H", 0)):
            if kind == 3 and data[:2] == b"\0\0":
                found["size"], found["flags"] = struct.unpack(">QH", data[2:12])
    return found


def main() -> None:
    (config,) = sys.argv[1:]
    for words in (["--make-rprivate", "/"], ["-t", "tmpfs", "none", "/srv"], ["-t", "proc", "proc", "/proc"]):
        subprocess.run(["mount", *words], check=True)
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    folder = Path("/srv/nbd")
    folder.mkdir()
    for number, name in enumerate(("rootfs", "swap"), 1):
        image = folder / f"{name}.img"
        image.touch()
        image.chmod(0o666)
        os.truncate(image, number << 20)
    port = start(config)
    found = {name: export(port, name) for name in ("rootfs", "swap")}
    ids = set()
    for status in Path("/proc").glob("[0-9]*/status"):
        # One that served an export may be gone by now.
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):
            lines = status.read_text().splitlines()
            if "Name:\tnbd-server" in lines:
                ids |= {line for line in lines if line.startswith(("Uid:", "Gid:"))}
    print(json.dumps({"port": port, "ids": sorted(ids), **found}))


main()
