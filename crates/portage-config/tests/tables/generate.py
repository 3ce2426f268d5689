#!/usr/bin/env python3
"""Ask the real Portage what it makes of words, and write the answers down as tables.

    generate.py [--out DIR]     write the tables (default: beside this script)
    generate.py --ask           read questions as JSON lines, print answers as JSON lines

Every answer comes from the function that Portage itself uses for that file. A real `portage.config` is loaded from
an empty tree; the loaders it calls are recorded with their arguments, and called again with the words to ask about.
Only portage has to be importable; nothing outside a temporary folder is written.

chost.tsv is written by hand: Portage has no opinion about tuples.
"""
import argparse
import contextlib
import io
import itertools
import json
import os
import sys
import tempfile

# The files of each dialect. All files of one must agree, else the dialect is too coarse.
DIALECTS = {
    "User": ["package.mask", "package.unmask", "package.env", "package.properties", "package.accept_restrict",
             "profile/package.bashrc"],
    "UserLicense": ["package.license"],
    "UserUse": ["package.use", "package.accept_keywords", "package.keywords"],
    "UserProfileUse": ["profile/package.use", "profile/package.use.mask", "profile/package.use.force",
                       "profile/package.use.stable", "profile/package.use.stable.mask",
                       "profile/package.use.stable.force"],
    "UserProfile": ["profile/package.mask", "profile/package.unmask", "profile/packages"],
    "UserProfileKeywords": ["profile/package.keywords"],
    "UserProfileAcceptKeywords": ["profile/package.accept_keywords"],
    "Profile": ["make.profile/package.mask", "make.profile/package.unmask", "make.profile/packages"],
    "ProfileUse": ["make.profile/package.use", "make.profile/package.use.mask", "make.profile/package.use.force",
                   "make.profile/package.use.stable", "make.profile/package.use.stable.mask",
                   "make.profile/package.use.stable.force", "make.profile/package.keywords",
                   "make.profile/package.accept_keywords"],
    "Set": ["sets/words"],
    "World": ["world"],
}
ARCHES = """alpha amd64 arm arm64 hppa loong m68k mips ppc ppc64 riscv s390 sparc x86
amd64-linux arm-linux arm64-linux ppc64-linux riscv-linux x86-linux arm64-macos x86-macos x64-macos x64-solaris"""


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8", newline="\n") as file:
        file.write(text)


class Oracle:
    def __init__(self, root):
        # Portage reads the environment while it is imported.
        repo = f"{root}/repo"
        os.environ.clear()
        os.environ.update(PATH="/usr/bin:/bin", HOME=root, LC_ALL="C.UTF-8", PORTAGE_CONFIGROOT=root, EPREFIX="",
                          PORTAGE_REPOSITORIES=f"[DEFAULT]\nmain-repo = gentoo\n[gentoo]\nlocation = {repo}\n")
        write(f"{repo}/metadata/layout.conf", "masters =\n")
        write(f"{repo}/profiles/repo_name", "gentoo\n")
        write(f"{repo}/profiles/arch.list", "\n".join(ARCHES.split()) + "\n")
        write(f"{repo}/profiles/license_groups", "FREE MIT GPL-2\nEULA evil\n")
        self.portage_dir = f"{root}/etc/portage"
        write(f"{self.portage_dir}/make.profile/eapi", "8\n")
        write(f"{self.portage_dir}/make.profile/make.defaults", 'ARCH="x86"\nACCEPT_KEYWORDS="x86"\n')
        for path in itertools.chain(*DIALECTS.values()):
            write(f"{self.portage_dir}/{path}", "")

        import portage
        import portage.util
        from portage.package.ebuild import config
        from portage.package.ebuild._config import KeywordsManager, LicenseManager, MaskManager, UseManager
        self.portage = portage
        self.loaders = {}
        for module in (config, KeywordsManager, LicenseManager, MaskManager, UseManager):
            for name in ("grabdict_package", "grabfile_package"):
                if hasattr(module, name):
                    setattr(module, name, self.recorder(getattr(portage.util, name)))
        self.messages = io.StringIO()
        self.config = config.config(config_root=root, target_root=root, eprefix="", env=dict(os.environ))
        # these two load their files when first asked for
        self.managers = self.config._keywords_manager, self.config._mask_manager

    def recorder(self, function):
        def record(path, *args, **kwargs):
            self.loaders[os.path.normpath(path)] = (function, args, kwargs)
            return function(path, *args, **kwargs)
        return record

    def load(self, path, words):
        """The atoms that Portage keeps of a file with these words, one a line, by their text."""
        file = f"{self.portage_dir}/{path}"
        # a dash removes an atom in files of items, a star is the mark of @system in packages
        items = path.endswith((".mask", ".unmask", "packages")) and ".use" not in path
        mark = "*" if path.endswith("packages") else "-"
        lines = {word: f"{mark}{word}" if items and word[0] in "-*" else word for word in words}
        write(file, "".join(f"{line}\n" for line in lines.values()))
        from portage._sets.files import StaticFileSet, WorldSelectedPackagesSet
        with contextlib.redirect_stderr(self.messages):
            if path == "sets/words":
                found = StaticFileSet(file)
                found.load()
                kept = found._atoms
            elif path == "world":
                found = WorldSelectedPackagesSet(self.portage_dir)
                found.loader.fname = found._filename = file
                found.loader = type(found.loader)(file, found._validate)
                found.load()
                kept = found._atoms
            else:
                function, args, kwargs = self.loaders[file]
                kept = function(file, *args, **kwargs)
        write(file, "")
        kept = [item[0] if isinstance(item, tuple) else item for item in kept]
        kept = {str(item): item for item in kept}
        return {word: kept[line] for word, line in lines.items() if line in kept}

    def atoms(self, words, all_files=True):
        """For each word the dialects that accept it, and its parts."""
        words = list(dict.fromkeys(words))
        accepted = {word: [] for word in words}
        parts = {}
        for dialect, paths in DIALECTS.items():
            answers = [self.load(path, words) for path in (paths if all_files else paths[:1])]
            for path, answer in zip(paths, answers):
                for word in words:
                    if (word in answer) != (word in answers[0]):
                        raise SystemExit(f"{paths[0]} and {path} do not agree on {word}")
            for word, atom in answers[0].items():
                accepted[word].append(dialect)
                if not isinstance(atom, str):
                    mine = self.parts(atom)
                    if parts.setdefault(word, mine) != mine:
                        raise SystemExit(f"{dialect} reads {word} in a way of its own")
        return [(word, accepted[word], parts.get(word)) for word in words]

    @staticmethod
    def parts(atom):
        blocker = "" if atom.blocker is None else "!!" if atom.blocker.overlap.forbid else "!"
        build_id = "" if atom.build_id is None else str(atom.build_id)
        use = "" if atom.use is None else ",".join(atom.use.tokens)
        return {
            "blocker": blocker, "operator": atom.operator or "", "cpn": atom.cp, "version": atom.version or "",
            "build_id": build_id, "slot": atom.slot or "", "subslot": atom.sub_slot or "",
            "slot_operator": atom.slot_operator or "", "repo": atom.repo or "", "use": use,
            "wildcard": "yes" if atom.extended_syntax else "",
        }

    def compare(self, left, right):
        result = self.portage.versions.vercmp(left, right)
        # vercmp calls equal texts equal without looking at them
        if result is None or not self.portage.versions.ververify(left):
            return "-"
        return "<" if result < 0 else ">" if result > 0 else "="

    def cpv(self, text):
        split = self.portage.versions.catpkgsplit(text)
        if split is None or split[0] == "null":
            return None
        category, package = split[:2]
        return [category, package, text[len(category) + len(package) + 2:]]

    def stronger(self, left, right, package):
        """Which of two matching atoms Portage prefers: left, right, or the first."""
        from portage.dep import Atom, best_match_to_list
        left, right = (Atom(text, allow_wildcard=True, allow_repo=True) for text in (left, right))
        first, second = best_match_to_list(package, [left, right]), best_match_to_list(package, [right, left])
        return "=" if first is not second else ">" if first is left else "<"

    def matched(self, text, packages):
        """Which packages an atom matches: `1` or `0` for each."""
        from portage.dep import Atom, match_from_list
        atom = Atom(text, allow_wildcard=True, allow_repo=True)
        found = set(map(id, match_from_list(atom, packages)))
        return "".join("1" if id(package) in found else "0" for package in packages)

    def use(self, words):
        """What package.use and files of the profile keep of a word, alone and behind a group."""
        manager = self.config._use_manager
        answers = []
        for word in words:
            row = []
            for line in (f"cat/pkg {word}", f"cat/pkg VIDEO_CARDS: {word}"):
                write(f"{self.portage_dir}/package.use", f"{line}\n")
                found = manager._parse_user_files_to_extatomdict("package.use", self.portage_dir, True)
                row.append(" ".join(itertools.chain(*(found.get("cat/pkg") or {}).values())))
            for line in (f"cat/pkg {word}", f"cat/pkg VIDEO_CARDS: {word}"):
                path = f"{self.portage_dir}/profile/package.use.mask"
                write(path, f"{line}\n")
                with contextlib.redirect_stderr(self.messages):
                    found = manager._parse_file_to_dict(path, user_config=True, eapi=None, eapi_default=None)
                row.append(" ".join(itertools.chain(*(found.get("cat/pkg") or {}).values())))
            path = f"{self.portage_dir}/profile/use.mask"
            write(path, f"{word}\n")
            with contextlib.redirect_stderr(self.messages):
                row.append(" ".join(manager._parse_file_to_tuple(path, eapi=None, eapi_default=None)))
            answers.append((word, row))
        for path in ("package.use", "profile/package.use.mask", "profile/use.mask"):
            write(f"{self.portage_dir}/{path}", "")
        return answers

    def keyword(self, words, keywords):
        """Whether packages with these KEYWORDS are visible with these words in package.accept_keywords."""
        manager = self.config._keywords_manager
        from portage.dep import Atom
        package = self.portage.versions._pkg_str("cat/pkg-1", slot="0", repo="gentoo")
        manager.pkeywordsdict.clear()
        manager.pkeywordsdict.setdefault("cat/pkg", {})[Atom("cat/pkg")] = tuple(words.split())
        missing = manager.getMissingKeywords(package, "0", keywords, "gentoo", "x86", "")
        manager.pkeywordsdict.clear()
        return "yes" if not missing else "no"

    def valid_keyword(self, word):
        """Whether emerge takes a word of ACCEPT_KEYWORDS without complaint."""
        self.config.unlock()
        stream = io.StringIO()
        with contextlib.redirect_stderr(stream):
            self.config["ACCEPT_KEYWORDS"] = word
            self.config.backup_changes("ACCEPT_KEYWORDS")
            self.config.reset()
            self.config.validate()
        del self.config.backupenv["ACCEPT_KEYWORDS"]
        return "no" if "INVALID ACCEPT_KEYWORDS" in stream.getvalue() else "yes"

    def license(self, word):
        """The licenses accepted when the word follows `MIT evil`."""
        manager = self.config._license_manager
        with contextlib.redirect_stderr(self.messages):
            manager.set_accept_license_str(f"MIT evil {word}")
        package = self.portage.versions._pkg_str("cat/pkg-1", slot="0", repo="gentoo")
        return " ".join(name for name in ("MIT", "GPL-2", "evil", "other")
                        if not manager.getMissingLicenses(package, "", name, "0", "gentoo"))


# ------------------------------------------------------------------------------------------------- what to ask

NAMES = """cat/pkg cat/pkg2 CAT/Pkg c+a.t-_/p+k_g- cat/pkg-foo cat/pkg-r1 cat/pkg-1a2 cat/7zip virtual/x11 a/b _c/_p
cat/pkg- cat/pkg-- cat/pkg+ cat/100dpi-foo cat/font-adobe-100dpi cat/foo-1x cat/gtk+ x-y/z-r1-s""".split()
BAD_NAMES = """pkg cat / cat/ /pkg cat//pkg cat/pkg/x -cat/pkg .cat/pkg +cat/pkg cat/-pkg cat/+pkg cat/.pkg cat/p.kg
c@t/pkg cat/p@kg "cat/pkg" 'cat/pkg' cat/pkg, cat/pkg; cät/pkg cat/pkä cat/pkg\\ @world @cat/pkg cat\\pkg cat/pkg=
cat/pkg! ?cat/pkg cat/pkg? %cat/pkg cat/pkg] ] [ : :: ! !! !!! = > >= ~ * ** */ /* cat/pkg) (cat/pkg)
1.0 -1.0 =1.0 - -- -*""".split()
VERSIONS = """1 0 01 1.0 1.2.3 10.20.30 1a 1.0z 1_p 1_p1 1.0_alpha1_beta2 1.0_rc 1-r0 1-r1 1.0-r012 9999 20261121
1.0_pre20260101-r3 1.02""".split()
BAD_VERSIONS = """1. .1 1..2 1.a 1ab 1A 1_ 1_x 1_gamma 1_p1x 1-r 1-rx 1-r1a 1-1r 1.0-r1.2 1-p1 v1 r1 1-2-3 1.0-alpha1 1+1
1,0 1.0_p_ 1.0_P1 1_rc.1 1/2""".split()
BUILD_IDS = """1.0-1 1.0-0 1.0-01 1.0-12 1.0-r1-2 1-2 1-2.0 1-2-r1 1.0-r1-02 9999-100 1-r1-r2 1-1-1 1a-1 1_p1-1
1-99999999999999999999""".split()
OPERATORS = ["=", ">=", "<=", ">", "<", "~"]
BAD_OPERATORS = ["==", "=>", "=<", "<>", "><", "=~", "~=", "!=", ">>", "=>=", "^", "-", "+", "=!", "= "[:1] + "!"]
WILDCARDS = """*/* cat/* */pkg a-*/b* *-*/* c*t/p*g *cat*/*pkg* */p+* cat/*-* cat/pkg-* cat/*-1 */foo-1 */foo-1-r1
*/foo-1_p1 */*-r1 c.a*/pkg */p** **/pkg **/* */** cat/** ca**t/pkg */*-1.0 */foo-1.0 */foo-1.0-r1 cat/*.x */p.kg
+cat/* cat/+* -*/pkg .*/pkg cat/-* */ /* *pkg * +cat/+pkg *+/pkg */*/* */@x @*/* */pk,g""".split()
PATTERNS = """=*/*-*9999* =cat/*-*9999* =cat/pkg-*9999* =*/pkg-*9* =*/*-*_p* =*/*-*r1* =a-*/b*-*x* =cat/*-*1.0* =*/*-*
=*/*-** =*/*-*a =*/*-a* =*/*-1* =*/*-1 =*/*-1.0 =cat/*-1 =cat/pk*-1 =cat/*-*a-b* =cat/*-*a*b* =*/**-*1* =**/*-*1*
>=*/*-*9999* ~*/*-*9999* <cat/*-1 =*/* =cat/* =*/pkg =cat/pkg* =cat/pkg-* =cat/*-*9999** =cat/-*-*1* =*/-*1*
=cat/pkg-*1*-*2* =cat/pkg-1.0-*2* =cat/p.k-*2* =*cat/pkg-*A_z* =cat/pkg-*+* =cat/+-*1* =+/+-*1* =cat/pkg*1* ~cat/*
=cat/-*1* =cat/*9* >cat/pkg*""".split()
TAILS = """:0 :24.09 :0/1 :0/1.2-3_x+ :0= :0/1= := :* :_x ::gentoo ::my-repo ::_x :0::gentoo :0/1=::gentoo :*::gentoo
:=::r""".split()
BAD_TAILS = """: :/ :0/ :/1 :0/1/2 :0* :0/1* :=0 :*= :== :** :-x :.x :+x :0/-x :0= : :0@ :ä ::: :: ::-x ::x.y ::x+ ::x/y
::gentoo:0 ::gentoo:0/1 ::a::b :0:1 :0:gentoo :0:::r :0, ::gentoo, ::r= ::r* :0=/1 ::gentoo: :0: :0:: :::r""".split()
USES = """[a] [-a] [a,b] [a,-b] [a?] [!a?] [a=] [!a=] [a(+)] [a(-)] [-a(+)] [a(+)?] [!a(-)=] [a@b+c_d-e] [9] [A] [a,a]
[a,-a] [a(+),a(+)] [a(+),-a(+)] :0[a] ::gentoo[a] :0/1=::gentoo[a,b?]""".split()
BAD_USES = """[] [ ] [a [a,] [,a] [a,,b] [!a] [-a?] [-a=] [a!] [+a] [_a] [a(+] [a(x)] [a()] [a(+)(-)] [a(+),a(-)]
[a(+),a] [a,a(-)] [--a] [!!a?] [a??] [a=?] [a]] [[a]] [a][b] [a]x [a]:0 [a]::gentoo ::gentoo[a]:0 [a*] [ä] [a:b] [a=b]
[a.b] [(+)] [-] [?]""".split()


def every(items, step):
    """Every step-th of many combinations: a sample without chance."""
    return list(itertools.islice(items, 0, None, step))


def atom_words():
    words = NAMES + BAD_NAMES + WILDCARDS + PATTERNS
    words += [f"{operator}cat/pkg-{version}" for operator in OPERATORS for version in VERSIONS]
    words += [f"={name}-{version}" for name in NAMES for version in ("1.0", "2-r1", "1.0*", "1-2", "x1")]
    words += [f"={name}-1.0" for name in BAD_NAMES]
    words += [f"=cat/pkg-{version}" for version in BAD_VERSIONS + BUILD_IDS]
    words += [f"=cat/pkg-{version}*" for version in VERSIONS + BAD_VERSIONS + BUILD_IDS]
    words += [f"cat/pkg-{version}" for version in VERSIONS + BAD_VERSIONS + BUILD_IDS]
    words += [f"{operator}cat/pkg-1.0*" for operator in OPERATORS]
    words += [f"{operator}cat/pkg" for operator in OPERATORS]
    words += [f"{operator}cat/pkg-1.0" for operator in BAD_OPERATORS]
    words += [f"cat/pkg{tail}" for tail in TAILS + BAD_TAILS + USES + BAD_USES]
    words += [f"{mark}{atom}" for mark in ("!", "!!", "!!!", "-", "--", "*", "-*", "@")
              for atom in ("cat/pkg", ">=cat/pkg-1:0", "*/*", "=cat/pkg-1-2")]
    firsts = ["=cat/pkg-1.0", ">=cat/pkg-1-r2", "=cat/pkg-1*", "=cat/pkg-1-2", "*/*", "cat/*", "=*/*-*9*", "!cat/pkg"]
    words += every((first + tail for first in firsts for tail in TAILS + BAD_TAILS + USES + BAD_USES), 5)
    return [word for word in dict.fromkeys(words) if word and word[0] != "#"]


ORDERED = """0 00 1 01 1.0 1.00 1.0.0 1.01 1.010 1.1 1.10 1.9 1.02 1.2 1.20 1a 1b 1.0a 1.0.1 1_alpha 1_alpha0 1_alpha1
1_alpha10 1_alpha2 1_beta 1_pre 1_rc 1_p 1_p0 1_p1 1_alpha_p 1_alpha_beta 1_p_p 1_p_alpha 1-r0 1-r00 1-r1 1-r10 1-r2 1_p-r1
9999 99999999999999999999999 100000000000000000000000 1.0-r0 1.0_rc1-r3 1.99999999999999999999 12.2.5 12.2b""".split()
NO_VERSIONS = ["", "a", "1.", ".1", "1-r", "1-1", "1ab", "1_x", "1_p1_", "v1", "1.0-R1", "1 ", "-1"]
CPVS = """cat/pkg-1 cat/pkg-1.0-r1 cat/pkg pkg-1 cat/pkg-1-2 cat/pkg-1-r1-2 =cat/pkg-1 cat/pkg-1:0 cat/pkg-1* c@t/pkg-1
cat/p@kg-1 cat/-1 cat/pkg-9999 cat/gtk+-2 cat/pkg-a-1_p2 cat/pkg-1. cat/x/y-1 /pkg-1 cat/ -cat/pkg-1 cat/pkg--1
virtual/x-0-r0 cat/pkg-r1 cat/pkg-r1-1 cat/1-1 cat/1 cat/pkg-1_p1_alpha-r2 CAT/PKG-1a cat/p.kg-1""".split()
RANKED = """*/* cat/* */pkg */*::gentoo */*:0 cat/*:0 =*/*-*1* =cat/*-*1*:0 cat/pkg cat/pkg::gentoo cat/pkg:* cat/pkg:0
cat/pkg:0/0 >=cat/pkg-0:0 <cat/pkg-3:0 =cat/pkg-1* =cat/pkg-1*:0 ~cat/pkg-1 ~cat/pkg-1:0 =cat/pkg-1 =cat/pkg-1:0
=cat/pkg-1::gentoo""".split()
RANGES = [">=cat/pkg-1", ">cat/pkg-0", "<=cat/pkg-1", "<cat/pkg-3"]
MATCHED = """*/* cat/* */pkg c*/p* */*::gentoo */*:0 cat/*:1 */*g dog/* =*/*-*9999* =cat/*-*r1* =cat/pkg-*9* cat/pkg cat/pkg2 cat/pk*
dog/pkg cat/pkg::gentoo cat/pkg::other cat/pkg:0 cat/pkg:1 cat/pkg:0/0 cat/pkg:0/1 cat/pkg:0::other cat/pkg:= >=cat/pkg-1 >cat/pkg-1
<=cat/pkg-1 <cat/pkg-1 >=cat/pkg-1-r1 <cat/pkg-1-r1 <=cat/pkg-1-r1 >=cat/pkg-2 <cat/pkg-2 >cat/pkg-2 <=cat/pkg-2 >=cat/pkg-1.1:0
<cat/pkg-3::gentoo =cat/pkg-1 =cat/pkg-1-r0 =cat/pkg-1-r1 =cat/pkg-2:1 =cat/pkg-9999 ~cat/pkg-1 ~cat/pkg-1.1 ~cat/pkg-2:0 =cat/pkg-1*
=cat/pkg-1.1* =cat/pkg-1-r1* =cat/pkg-10* =cat/pkg-01* =cat/pkg-2*:1 =cat/pkg-1_p* >=dog/pkg-1 ~cat/pkg2-1 =dog/pkg-1*""".split()
MATCHED_VERSIONS = "0.9 1_alpha 1_alpha1 1 1-r1 1-r2 1_p1 1a 1.1 1.1-r1 1.1.5 1.10 1.9 2_rc1 2 2-r1 2.5 3 10 10.1 99 9999".split()
MATCHED_PLACES = [(*slot, repo) for slot in (("0", "0"), ("0", "1"), ("1", "1"), ("2", "2")) for repo in ("gentoo", "other")]
MATCHED_NAMES = "cat/pkg cat/pkg2 cat/pk3 cat/bag cat/x dog/pkg dog/big dog/x cow/x cow/pkg cow/bag a/pkg a/bag".split()
USE_WORDS = """X -X a_b a@b a+b a-b A1 9 python_targets_python3_13 -* * video_cards_* -video_cards_* l10n_* x* *x -x* _* -_*
VIDEO_CARDS: video_cards: L10N: : -: a: -a: VIDEO_CARDS:intel +X -+X !X --X - -- _x -_x a,b a! ? a? a#b "X" 'X' X" a=b a.b
ä -ä a/b $X ${X} a;b @x a_ a- a+ ** -** a_*b a_** ~x a:b:c VIDEO-CARDS: 1X: a::""".split()
KEYWORDS = """x86 ~x86 amd64 ~amd64 * ~* ** -* -x86 -~x86 -~* -** -amd64 arm64-macos ~arm64-macos foo ~foo -foo ~-x86 +x86
~~x86 x86* ~ - ~** *x86 -~ X86 x86, "x86" x86_64 i386 ~X86""".split()
PACKAGE_KEYWORDS = ["x86", "~x86", "amd64", "~amd64", "-x86", "-*", "~x86 amd64", ""]
LICENSES = """MIT -MIT GPL-2 @FREE -@FREE @EULA -@EULA * -* evil -evil other @-EULA @ -@ - -- @@FREE -*@FREE +MIT MIT,evil
@NONE -@NONE GPL-2+ LGPL-2.1 "MIT" ~MIT @FREE, -other ** mit @free""".split()


def tables(oracle):
    rows = []
    for word, accepted, parts in oracle.atoms(atom_words()):
        dialects = "all" if len(accepted) == len(DIALECTS) else " ".join(accepted) or "-"
        rows.append([word, dialects, *(parts.values() if parts else [])])
    yield "atoms", "text\tdialects\tblocker operator cpn version build_id slot subslot slot_operator repo use wildcard", rows

    versions = ORDERED + NO_VERSIONS
    pairs = [(a, b) for a, b in itertools.combinations_with_replacement(versions, 2)
             if a in ORDERED and b in ORDERED or a == b or "1" in (a, b)]
    yield "versions", "left\tright\torder", [[a, b, oracle.compare(a, b)] for a, b in pairs]
    yield "cpvs", "text\tcategory\tpackage\tversion", [[text, *(oracle.cpv(text) or ["-"])] for text in CPVS]

    package = oracle.portage.versions._pkg_str("cat/pkg-1", slot="0/0", repo="gentoo")
    pairs = [*itertools.combinations(RANKED, 2), *itertools.product(RANGES, RANKED)]
    yield "specificity", "left\tright\tstronger", [[a, b, oracle.stronger(a, b, package)] for a, b in pairs]

    packages = [oracle.portage.versions._pkg_str(f"{name}-{version}", slot=f"{slot}/{subslot}", repo=repo)
                for name in MATCHED_NAMES
                for version in (MATCHED_VERSIONS if name == "cat/pkg" else ("1", "2-r1", "9999"))
                for slot, subslot, repo in MATCHED_PLACES]
    yield "matches", "atom\tpackages", [[text, oracle.matched(text, packages)] for text in MATCHED]

    yield "use", "text\tpackage.use\tin a group\tprofile\tin a group\tuse.mask", [
        [word, *(answer or "-" for answer in answers)] for word, answers in oracle.use(USE_WORDS)]
    yield "keywords", "words\tvalid\t" + "\t".join(f"KEYWORDS={k}" for k in PACKAGE_KEYWORDS), [
        [word, oracle.valid_keyword(word), *(oracle.keyword(word, k) for k in PACKAGE_KEYWORDS)]
        for word in KEYWORDS]
    yield "licenses", "word\taccepted behind `MIT evil`", [[word, oracle.license(word) or "-"] for word in LICENSES]


def ask(oracle):
    questions = [json.loads(line) for line in sys.stdin]
    atoms = {word: (accepted, parts)
             for word, accepted, parts in oracle.atoms((q["atom"] for q in questions if "atom" in q), all_files=False)}
    for question in questions:
        if "atom" in question:
            accepted, parts = atoms[question["atom"]]
            answer = {"dialects": accepted, "parts": parts}
        elif "versions" in question:
            answer = {"order": oracle.compare(*question["versions"])}
        else:
            answer = {"cpv": oracle.cpv(question["cpv"])}
        print(json.dumps(answer))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", default=os.path.dirname(os.path.abspath(__file__)))
    parser.add_argument("--ask", action="store_true")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as root:
        oracle = Oracle(os.path.realpath(root))
        if args.ask:
            return ask(oracle)
        for name, head, rows in tables(oracle):
            lines = ["# made by generate.py from the answers of Portage; do not edit", "# " + head]
            lines += ["\t".join(row) for row in rows]
            write(f"{args.out}/{name}.tsv", "\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
