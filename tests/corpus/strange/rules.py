"""package.* and profile/: atoms and words in every form that Portage reads, and some that it complains of."""

from strange.parts import Link

CONFLICT = "<<<<<<< HEAD\napp-misc/one a\n=======\napp-misc/one b\n>>>>>>> branch\napp-misc/two c\n"
ATOMS = """app-misc/plain
=app-misc/exact-1.2.3_rc4-r5
~app-misc/tilde-1.2
>=app-misc/range-2
<app-misc/range-3
app-misc/slot:2
app-misc/slot:2/2.1
app-misc/repo::local
app-misc/both:3::local
>=app-misc/all-1:1::local
=app-misc/glob-1.2*
app-*/part*
*/everywhere
*/*::local
*/*:7
=*/*-*9999*
!app-misc/blocker
app-misc/with-9-name
app-misc/gtk+
""".split()

TREES = {
    "every atom": {
        "package.use": "".join(f"{atom} flag{n} -not{n}\n" for n, atom in enumerate(ATOMS)),
        "package.accept_keywords": "".join(f"{atom} ~amd64\n" for atom in ATOMS),
        "package.license": "".join(f"{atom} Lic{n}\n" for n, atom in enumerate(ATOMS)),
        "package.mask": "".join(f"{atom}\n" for atom in ATOMS[:8]),
        "package.unmask": "".join(f"{atom}\n" for atom in ATOMS[4:]),
        "repos.conf": "[gentoo]\nlocation = /var/db/repos/gentoo\n[local]\nlocation = /var/db/repos/local\n",
    },
    "repeated atoms": {
        "package.use/a": "app-misc/one a b\napp-misc/two x\napp-misc/one -a c\n*/* g1\napp-misc/one a\n*/* -g1 g2\n",
        "package.use/b": "app-misc/one -c\napp-misc/* wide\n*/one narrow -wide\n*/* g3\n",
        "package.accept_keywords": "app-misc/one ~amd64\napp-misc/one -~amd64\napp-misc/one **\n",
        "package.mask": "app-misc/two\n-app-misc/two\n-app-misc/never\napp-misc/one\n",
        "package.license": "*/* A\napp-misc/one B\n*/* -A @EULA\n",
        "package.properties": "*/* -interactive\napp-misc/one interactive\n",
        "package.accept_restrict": "app-misc/one fetch\n*/* -bindist\napp-misc/one -fetch\n",
    },
    "ties": {
        "package.use": (
            "app-misc/one flag\napp-misc/one::gentoo -flag\n>=app-misc/two-1 flag\n<app-misc/two-3 -flag\n"
            "app-misc/three:2 flag\napp-misc/three:2/2 -flag\n*/four flag\napp-misc/* -flag\n"
        )
    },
    "inline comments": {
        "package.use": (
            "# head\n\napp-misc/one a # why\napp-misc/two b# stuck\napp-misc/three qt5# c\napp-misc/four #only\n"
            "#app-misc/five off\n app-misc/six  a\tb   \n\tapp-misc/seven\ta\n# tail"
        ),
        "package.mask": "app-misc/one # too new\n>=app-misc/two-2# stuck\n   # indented\n",
        "package.accept_keywords": "app-misc/one ~amd64 # until stable\napp-misc/two # bare\napp-misc/three\n",
        "package.env": "app-misc/one x.conf # why\n",
        "env/x.conf": 'A="b" # c\n',
    },
    "USE_EXPAND groups": {
        "package.use": (
            "*/* PYTHON_TARGETS: -* python3_12 CPU_FLAGS_X86: avx sse2\napp-misc/one a VIDEO_CARDS: intel -radeon\n"
            "app-misc/two video_cards: nvidia L10N: de en-GB\napp-misc/three OWN_GROUP: one\napp-misc/four VIDEO_CARDS:radeon\n"
            "app-misc/five python_targets_python3_11 -video_cards_* llvm_slot_*\napp-misc/six ABI_X86: 32\napp-misc/six 64\n"
        )
    },
    "odd words": {
        "package.use": (
            "app-misc/one $VAR ${X} a,b a! ? \\\napp-misc/two x \\\n  y\napp-misc/three -* a\napp-misc/four +a ++b --c -\n"
            'app-misc/five "quoted" \'single\' a=b\napp-misc/six a app-misc/seven b\napp-misc/eight\napp-misc/nine a a -a a\n'
        ),
        "package.accept_keywords": (
            "app-misc/one **\napp-misc/two ~*\napp-misc/three *\napp-misc/four -* ~amd64\napp-misc/five -~amd64\n"
            "app-misc/six ~arm64 arm -x86\napp-misc/seven\n*/* ~amd64\nnonsense-word\n"
        ),
        "package.license": "app-misc/one @FREE -@EULA\napp-misc/two *\napp-misc/three -*\napp-misc/four @UNKNOWN\napp-misc/five\n",
        "license_groups": "OWN A B @EULA\nEULA Extra\nLONELY\nLOOP @LOOP\n",
    },
    "invalid lines": {
        "package.use": CONFLICT + "app-misc/one-1.0 a\n>=app-misc/one a\n=app-misc/one-1.* b\njust-a-name a\napp-misc/one[x] b\n",
        "package.mask": "app-misc/one extra\n=app-misc/two-1*:0\n@set\n-*\n**\napp-misc/one[x]\necho hello\n" + CONFLICT,
        "package.accept_keywords": "app-misc/one::gentoo:0 ~amd64\n>=*/one-1 **\n" + CONFLICT,
    },
    "nested folders": {
        "package.use/a-x": "app-misc/one one\n",
        "package.use/a/z": "app-misc/one -one two\n",
        "package.use/a/b/c/d": "app-misc/one -two three\n",
        "package.use/a.x": "app-misc/one -three four\n",
        "package.use/B": "app-misc/one -four five\n",
        "package.use/10-x": "app-misc/one ten\n",
        "package.use/9-x": "app-misc/one -ten nine\n",
        "package.use/.git/config": "app-misc/one hidden\n",
        "package.use/CVS/Root": "app-misc/one cvs\n",
        "package.use/.keep": "",
        "package.use/old.bak": "app-misc/one bak\n",
        "package.use/x.new": "app-misc/one new\n",
        "package.use/x~": "app-misc/one tilde\n",
        "package.use/._cfg0000_x": "app-misc/one update\n",
        "package.use/README": "This is not a rule\n",
        "package.use/#x#": "app-misc/one hash\n",
        "package.use/empty": "",
        "package.use/blank": "\n\n  \n",
        "package.use/comment": "# nothing but a comment\n",
        "package.use/empty-folder": None,
        "package.mask/empty-folder": None,
    },
    "autounmask": {
        "package.use/zz-autounmask": (
            "app-misc/before a\n# required by app-misc/top-1.0::gentoo\n# required by @selected\n"
            "# required by @world (argument)\n>=app-misc/one-1.0 flag\n\n# required by app-misc/two\n=app-misc/one-1.0 -flag\n"
        ),
        "package.accept_keywords/zz-autounmask": "# required by app-misc/one (argument)\n=app-misc/one-9999 **\n",
        "package.license/zz-autounmask": "# required by x\n=app-misc/one-1 Own\n",
    },
    "deprecated names": {
        "package.keywords/old": "app-misc/one ~amd64\napp-misc/two\n",
        "package.keywords/apps.new": "app-misc/one -~amd64\n",
        "package.accept_keywords": "app-misc/one **\napp-misc/three ~amd64\n",
        "make.profile": Link("../../usr/portage/profiles/default/linux/x86/13.0"),
    },
    "profile": {
        "profile/make.defaults": 'USE="p1 -p2"\nARCH="amd64"\nELIBC="musl"\nVIDEO_CARDS="-fbdev vesa"\nX="${CFLAGS}"\n',
        "profile/package.use": "app-misc/one a\n*/two VIDEO_CARDS: intel\n*/two X\napp-misc/* -a\n",
        "profile/package.use.mask/sub/x": "app-misc/one VIDEO_CARDS: intel\napp-misc/one X\n>=app-misc/two-2 b\n",
        "profile/package.use.mask/y": "app-misc/one -X\napp-misc/two -* bad!\n",
        "profile/package.use.force": "app-misc/one forced\napp-misc/two::gentoo forced\n",
        "profile/package.use.stable": "app-misc/one only-stable\n",
        "profile/package.use.stable.mask": "app-misc/one a\n",
        "profile/package.use.stable.force": "app-misc/one b\n",
        "profile/use.mask": "masked # why\n-unmasked\n\n# c\nelibc_glibc\n",
        "profile/use.force": "always\n-never\n",
        "profile/use.stable": "stable-flag\n",
        "profile/use.stable.mask": "m\n",
        "profile/use.stable.force": "f\n",
        "profile/package.mask": ">=app-misc/one-2\n-app-misc/never\napp-misc/three\n",
        "profile/package.unmask": "=app-misc/one-3\n",
        "profile/package.accept_keywords": "app-misc/one ~amd64\n",
        "profile/package.keywords": "app-misc/one amd64\napp-misc/two -*\n",
        "profile/packages": "*app-misc/one\n-*app-any/thing\napp-misc/two\n",
        "profile/package.provided/a": "app-misc/gone-1.0\nnot a package\n",
        "profile/package.provided/b/c": "app-misc/gone-2.0-r1\n-app-misc/gone-1.0\n",
        "profile/package.bashrc": "app-misc/one one.sh two.sh\n",
        "profile/bashrc/one.sh": "ONE=1\n",
        "profile/bashrc/two.sh": "TWO=2\n",
        "profile/profile.bashrc": "export P=1\n",
        "profile/soname.provided": "x86_64 libx.so.1 liby.so.2\n",
        "profile/parent": "ignored\n",
        "profile/deprecated": "default/linux/amd64/23.0\n",
    },
    "profile with an EAPI": {
        "profile/eapi": "8\n",
        "profile/package.use.mask": "*/one a\napp-misc/one VIDEO_CARDS: b\napp-misc/two c\n",
        "profile/package.provided": "app-misc/one-1\n",
        "profile/virtuals": "virtual/x app-misc/x\n",
    },
    "profile as a folder": {
        "make.profile/parent": "gentoo:default/linux/amd64/23.0\n/var/db/repos/gentoo/profiles/features/x\n../base\n",
        "make.profile/eapi": "8\n",
        "make.profile/make.defaults": 'USE="own"\nCFLAGS="${CFLAGS} -own"\n',
        "make.profile/package.use": "app-misc/one a\n",
        "make.profile/package.mask": "app-misc/two\n",
        "make.profile/use.mask": "masked\n",
        "base/make.defaults": 'USE="base"\nBASE="1"\n',
        "base/packages": "*app-misc/three\n",
        "profile/use.mask": "-masked\n",
    },
    "folder where Portage wants a file": {"categories/x": "app-own\n", "package.use": "app-misc/one a\n"},
    "many rules": {
        "package.use": "".join(f"dev-many/package{n} flag{n % 7} -flag{n % 5}\n" for n in range(60)),
        "package.accept_keywords/many": "".join(f"=dev-many/package{n}-{n}.{n % 3} ~amd64\n" for n in range(40)),
    },
}
