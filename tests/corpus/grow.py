"""Random strange trees: the same number, the same tree."""

import random

from strange.parts import Link, Script

NAMES = "one two three gtk+ lib-x a_b".split()
CATEGORIES = "app-misc dev-libs x11-libs virtual".split()
VERSIONS = "1 2.0 1.2.3_rc4-r5 9999 0.1b 20240101 3-r1".split()
FLAGS = "a b -a -b +c x264 -* python_targets_python3_12 VIDEO_CARDS: intel -radeon L10N: de $X qt5, a.b @x ümlaut".split()
KEYWORDS = "~amd64 amd64 ** ~* * -* -~amd64 ~arm64 x86 -x86 nonsense".split()
LICENSES = "GPL-2 Own @FREE -@EULA * -* @EULA no-source-code".split()
WORDS = "x -x * -* interactive -fetch bindist mirror".split()
BLANKS = [" "] * 12 + ["\t", "  ", " \t ", "\u00a0", "\f", " \u2028"]
ENDS = ["\n"] * 16 + ["\r\n", " \n", "\t\n", "\n\n", "\n\n\n", "\r"]
COMMENTS = ["# why", "#", "#USE=\"x\"", "# don't", "#app-misc/one a", "# required by app-misc/one (argument)", "  # indented", "# é"]
FILES = ["a", "b-x", "9", "10", "Z", "sub/x", "sub/y/z", "a.bak", ".hidden", "old~", "zz-autounmask", "with blank", "é", "README"]
VARIABLES = "USE CFLAGS CXXFLAGS LDFLAGS MAKEOPTS FEATURES L10N VIDEO_CARDS OWN lower __LOCAL GENTOO_MIRRORS ACCEPT_LICENSE".split()
VALUES = ["", "a", "-O2 -pipe", "a -b c", "${CFLAGS}", "${OWN} x", "$USE y", "-* z", "a#b", "\\${X}", "~/x", "a\\\n  b", "a\n  b\n", "x\n# y\n"]
VALUES += ["don't", "ccache -sandbox", "$(nproc)", "${X:-y}", "a\tb", "\\\"q\\\"", "a\\\\b", "é", "`x`", "a;b", "%", "* -@EULA", "http://x/ ftp://y"]
ODD = ["not-an-atom a", "=app-misc/one a", "<<<<<<< HEAD", "=======", "app-misc/one-1 a", "*/*[x] a", "echo hello", "\\", "a/b/c d", "@set"]
BROKEN = ['X+="y"', "if true; then", "A-B=c", "A=", 'Q="open', "A=x=y", "source missing.conf", "unset A"]


def tree(number: int) -> dict:
    """The tree of a number: below etc/portage, as `strange.write` takes it."""
    return _Grower(random.Random(number)).tree()


class _Grower:
    def __init__(self, source: random.Random):
        self.random = source
        self.pick = source.choice

    def chance(self, of: float) -> bool:
        return self.random.random() < of

    def tree(self) -> dict:
        found: dict = {}
        rules = {
            "package.use": FLAGS,
            "package.accept_keywords": KEYWORDS,
            "package.keywords": KEYWORDS,
            "package.license": LICENSES,
            "package.properties": WORDS,
            "package.accept_restrict": WORDS,
            "package.env": ["x.conf", "y.conf", "sub/z.conf"],
            "package.mask": [],
            "package.unmask": [],
            "profile/package.use": FLAGS[:8],
            "profile/package.use.mask": FLAGS[:4],
            "profile/package.use.force": FLAGS[:4],
            "profile/package.mask": [],
            "profile/package.accept_keywords": KEYWORDS,
            "sets/mine": [],
            "sets/sub/other": [],
            "/var/lib/portage/world": [],
        }
        for name, words in rules.items():
            if self.chance(0.5 if name in ("package.use", "package.env") else 0.25):
                self.put(found, name, lambda words=words, name=name: self.rules(words, name), folder="package." in name)
        if "package.env" in found or any(path.startswith("package.env/") for path in found) or self.chance(0.1):
            for name in ("x.conf", "y.conf", "sub/z.conf"):
                found[f"env/{name}"] = self.values(2)
        self.put(found, "make.conf", lambda: self.values(6, broken=0.03), folder=self.chance(0.2))
        if self.chance(0.4):
            self.put(found, "repos.conf", self.repositories, folder=True)
        for name in ("use.mask", "use.force"):
            if self.chance(0.15):
                found[f"profile/{name}"] = self.lines(lambda: self.pick(["a", "-b", "x264", "c # why"]), 3)
        if self.chance(0.15):
            found["license_groups"] = self.lines(lambda: f"{self.pick(['EULA', 'OWN'])} {self.pick(LICENSES)} X", 2)
        if self.chance(0.2):
            found["patches/app-misc/one/x.patch"] = self.pick(["", "--- a\n", b"\xff\0"])
        if self.chance(0.2):
            found["postsync.d/hook"] = Script("#!/bin/sh\n", self.pick([0o755, 0o644, 0o700]))
        if self.chance(0.1):
            found["linked"] = Link(self.pick(["make.conf", "/nowhere", "linked", "."]))
        if self.chance(0.1):
            found["unknown.conf"] = self.pick([b"\0\1", "text", "", "é\r\n"])
        return found

    def put(self, found: dict, name: str, grow, folder: bool) -> None:
        """One file, or a folder of some."""
        if not folder or self.chance(0.5):
            found[name] = self.bytes(grow())
        else:
            for file in self.random.sample(FILES, self.random.randint(1, 3)):
                found[f"{name}/{file}"] = self.bytes(grow())

    def bytes(self, text: str) -> bytes:
        content = text.encode()
        if self.chance(0.03):
            content = b"\xef\xbb\xbf" + content
        if self.chance(0.03):
            content += b"# \xe9\xff\n"
        if self.chance(0.1):
            content = content.rstrip(b"\r\n")
        return content.replace(b"\n", b"\r\n") if self.chance(0.05) else content

    def lines(self, line, most: int) -> str:
        text = ""
        for _ in range(self.random.randint(0, most)):
            if self.chance(0.2):
                text += self.pick(COMMENTS) + self.pick(ENDS)
            text += line() + (f" {self.pick(COMMENTS)}" if self.chance(0.1) else "") + self.pick(ENDS)
        return text + (self.pick(COMMENTS) + "\n" if self.chance(0.1) else "")

    def rules(self, words: list[str], name: str) -> str:
        def line() -> str:
            if self.chance(0.04):
                return self.pick(ODD)
            blank = self.pick(BLANKS)
            values = self.random.choices(words, k=self.random.randint(0, 4)) if words else []
            return (self.pick(BLANKS) if self.chance(0.05) else "") + blank.join([self.atom(plain=name.startswith("/")), *values])

        return self.lines(line, 6)

    def atom(self, plain: bool) -> str:
        name = f"{self.pick(CATEGORIES)}/{self.pick(NAMES)}"
        if plain or self.chance(0.4):
            return name
        if self.chance(0.2):
            return self.pick(["*/*", "app-misc/*", "*/one", "dev-*/l*", "*/*::local", "=*/*-*9999*", "*/*:2"])
        if self.chance(0.5):
            name = f"{self.pick(['=', '>=', '<=', '<', '>', '~'])}{name}-{self.pick(VERSIONS)}"
        name += self.pick(["", "", "", ":0", ":2", ":2/3"])
        return name + self.pick(["", "", "::local", "::gentoo"])

    def values(self, most: int, broken: float = 0.0) -> str:
        def line() -> str:
            if self.chance(broken):
                return self.pick(BROKEN)
            name, value = self.pick(VARIABLES), self.pick(VALUES)
            if self.chance(0.1) and "'" not in value:
                return f"{name}='{value}'"
            if self.chance(0.1) and value.isalnum():
                return f"{name}={value}"
            start = self.pick(["", "", "", "", "export ", "  "])
            return f'{start}{name}{self.pick(["="] * 8 + [" = ", " ="])}"{value}"'

        return self.lines(line, most)

    def repositories(self) -> str:
        def section() -> str:
            name = self.pick(["gentoo", "local", "other", "DEFAULT"])
            keys = {"location": f"/var/db/repos/{name}"} if name != "DEFAULT" and self.chance(0.7) else {}
            for _ in range(self.random.randint(0, 3)):
                key = self.pick(["sync-type", "sync-uri", "priority", "auto-sync", "masters", "unknown", "Sync-User"])
                keys[key] = self.pick(["git", "rsync", "5", "yes", "No", "gentoo", "https://u:p@x/", "a  b", "a\n b", "%%", "x # y"])
            between = self.pick([" = ", "=", "  =  ", ": "])
            return f"[{name}]\n" + "".join(f"{key}{between}{value}\n" for key, value in keys.items())

        return "".join(section() + self.pick(["", "\n", "# c\n", "; c\n"]) for _ in range(self.random.randint(0, 3)))
