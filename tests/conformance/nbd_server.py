"""Runs nbd-client on each device of an nbdtab and prints which export it asks its server for.

    nbd_server.py NBDTAB HOST…

To be run in mount and network namespaces of its own: it takes /etc away and gives the hosts' addresses to itself.
"""

import json
import socket
import struct
import subprocess
import sys
import threading
from pathlib import Path

MAGIC = b"NBDMAGIC" + b"IHAVEOPT" + struct.pack(">H", 3)
HEADER = struct.Struct(">I8sII")


def export_name(client: socket.socket) -> str:
    """The name in the first option that the client sends: NBD_OPT_EXPORT_NAME, or NBD_OPT_GO."""
    client.sendall(MAGIC)
    said = b""
    while len(said) < HEADER.size:
        said += client.recv(4096) or b"\0" * HEADER.size
    _flags, _magic, option, length = HEADER.unpack_from(said)
    while len(said) < HEADER.size + length:
        said += client.recv(4096) or b"\0" * length
    data = said[HEADER.size :]
    if option == 7:
        (size,) = struct.unpack_from(">I", data)
        return data[4 : 4 + size].decode()
    return data[:length].decode()


def main() -> None:
    table, *hosts = sys.argv[1:]
    text = Path(table).read_text()
    rows = [line.split() for line in text.splitlines() if line.strip() and line.strip()[0] != "#"]
    ports = {int(o.removeprefix("port=")) for row in rows for o in row[3].split(",") if o.startswith("port=")} | {10809}
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    for host in hosts:
        subprocess.run(["ip", "address", "add", host, "dev", "lo"], check=True)
    subprocess.run(["mount", "-t", "tmpfs", "none", "/etc"], check=True)
    Path("/etc/nbdtab").write_text(text)
    asked: dict[str, str] = {}
    for device in ("nbd0", "nbd1", "nbd2"):
        servers = []
        for port in ports:
            server = socket.create_server(("", port))
            server.settimeout(5)
            servers.append(server)

            def serve(server=server, device=device):
                try:
                    client, _address = server.accept()
                    with client:
                        asked[device] = export_name(client)
                except OSError:
                    pass

            threading.Thread(target=serve, daemon=True).start()
        done = subprocess.run(["nbd-client", device], capture_output=True, text=True, timeout=20)
        for server in servers:
            # One that nobody called still waits, and would keep its port.
            server.shutdown(socket.SHUT_RDWR)
            server.close()
        if "Warning" in done.stderr:
            sys.exit(done.stderr)
        if "no valid configuration" in done.stderr:
            asked[device] = "not in the table"
    print(json.dumps(asked))


main()
