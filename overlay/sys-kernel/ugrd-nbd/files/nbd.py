# SPDX-License-Identifier: GPL-2.0-only
# Copyright 2026 The portage-config authors
"""Attaches network block devices before the file systems are mounted. Each is a table [nbd.NAME]:

host     the server: a name or an address
port     its port, 10809 without it
export   the name of the export, nbd-client's -N; without it the default export
dev      the number of the device: 0 is /dev/nbd0
persist  take a lost connection up again, nbd-client's -persist
mark     systemd does not end the client when it shuts down, nbd-client's -systemd-mark
swap     the device is swap space: the client stays in memory, nbd-client's -swap, and it is switched on
retries  how often the server is asked, 10 times without it
timeout  seconds between two of these, 2 without it

A disk that cannot be attached ends the boot in ugrd's rd_fail; swap that cannot be had is said and done without.
"""

from re import fullmatch
from shlex import quote

_module_name = "net.nbd"

DEFAULTS = {"port": 10809, "retries": 10, "timeout": 2}
TYPES = {
    "host": str,
    "port": int,
    "export": str,
    "dev": int,
    "persist": bool,
    "mark": bool,
    "swap": bool,
    "retries": int,
    "timeout": int,
}
RANGES = {"port": (1, 65535), "dev": (0, 1048575), "retries": (1, 1000), "timeout": (1, 3600)}


def _checked(name: str, config: dict) -> dict:
    """The table with its defaults; whatever nbd-client or the shell would take for something else is refused."""
    if not isinstance(config, dict):
        raise ValueError(f"[nbd.{name}] is no table")
    for key, value in config.items():
        if key not in TYPES:
            raise ValueError(f"[nbd.{name}] Invalid nbd parameter: {key}")
        # a bool is an int to Python, not to the person who wrote it
        if not isinstance(value, TYPES[key]) or (TYPES[key] is int and isinstance(value, bool)):
            raise ValueError(f"[nbd.{name}] {key} is no {TYPES[key].__name__}: {value!r}")
    for key in ("host", "dev"):
        if key not in config:
            raise ValueError(f"[nbd.{name}] nbd volume without {key}")
    for key, (low, high) in RANGES.items():
        if key in config and not low <= config[key] <= high:
            raise ValueError(f"[nbd.{name}] {key} is not from {low} to {high}: {config[key]}")
    if not fullmatch(r"[0-9A-Za-z:][0-9A-Za-z.:%_-]*", config["host"]):
        raise ValueError(f"[nbd.{name}] host is neither a name nor an address: {config['host']!r}")
    if "export" in config and not (config["export"] and config["export"].isprintable()):
        raise ValueError(f"[nbd.{name}] export is no name: {config['export']!r}")
    return DEFAULTS | config


def _process_nbd_multi(self, name: str, config: dict) -> None:
    """One table [nbd.NAME] of the configuration."""
    checked = _checked(name, config)
    for other, known in self["nbd"].items():
        if other != name and known["dev"] == checked["dev"]:
            raise ValueError(f"[nbd.{name}] /dev/nbd{checked['dev']} is that of [nbd.{other}]")
    # not self["nbd"][name]: for a parameter with a function of its own this would be called again
    self.data["nbd"][name] = checked


def nbd_attach(self) -> list[str]:
    """The lines of init that attach the devices, in the order of the configuration."""
    lines = []
    for name, config in self["nbd"].items():
        device = f"/dev/nbd{config['dev']}"
        words = ["-N", config["export"]] if "export" in config else []
        words += [config["host"], str(config["port"]), device]
        for key, option in (("swap", "-swap"), ("persist", "-persist"), ("mark", "-systemd-mark")):
            if config.get(key):
                words.append(option)
        client = " ".join(["nbd-client", *map(quote, words)])
        attach = f"retry {config['retries']} {config['timeout']} {client}"
        volume = quote(f"nbd volume {name}")
        lines.append(f"einfo {quote(f'Attaching nbd volume: {name}')}")
        if config.get("swap"):
            lines += [f"if {attach}; then", f"    swapon {device} || ewarn {volume}: no swap", "else"]
            lines += [f"    ewarn {volume}: not attached", "fi"]
        else:
            lines.append(f"{attach} || rd_fail {quote(f'nbd volume {name} is not attached')}")
    return lines
