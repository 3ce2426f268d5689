"""What a tree is made of, beside files of text."""

from dataclasses import dataclass


@dataclass
class Link:
    """A symbolic link."""

    target: str


@dataclass
class Script:
    """A file with its mode."""

    text: str | bytes
    mode: int = 0o755
