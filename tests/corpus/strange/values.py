"""make.conf and env files: Portage's own language, in every odd form that it accepts or refuses."""

from strange.parts import Link, Script

COUNTED = "".join(f'COUNTED="${{COUNTED}} word{n}"\n' for n in range(39))
UNQUOTED = "".join(f'{name}="{name.lower()}"\n' for name in ("ZED", "ALPHA", "MIDDLE"))

TREES = {
    "quotes": {
        "make.conf": (
            "CFLAGS='-O2 -pipe'\nSINGLE='$CFLAGS'\nBEHIND=\"$CFLAGS\"x\nBRACED=\"${CFLAGS}x\"\nDOLLAR=\"\\${DISTDIR}\"\n"
            'TWICE="\\\\${DISTDIR}"\nFETCHCOMMAND="curl -A \\"${USER_AGENT}\\" \\"\\${URI}\\" -o \\${DISTDIR}/\\${FILE}"\n'
            "APART='one'\"two\"three\nAPOSTROPHE=\"don't $CFLAGS\"\nBACKTICK=\"`nproc`\"\nLONE=\"a$\"\nEMPTY=\"\"\nNONE=''\n"
            'TAB="a\tb"\nMANY="a    b"\nTILDE=~/x\nCOLON=a:b;c\n'
        )
    },
    "comments": {
        "make.conf": (
            "# don't count quotes\n\n#USE=\"commented out\"\nUSE=\"a b\" # behind\nDEBUG=debug#gone\nSTUCK=\"x\"# at the quote\n"
            '   # indented\nLIST="\n   one\n   # two words in a comment\n   three # four\n"\n\t\n# the end, without entries below\n'
        )
    },
    "lines": {
        "make.conf": (
            'FOLDED="a \\\n   b \\\nc"\nPLAIN="a\n b\n\nc"\nOUTSIDE=a\\\nb\n  INDENTED=yes\nSPACED = blank\nexport EXPORTED="x"\n'
            'A="1"; B="2"\nC=1 D=2\nlower_case="x"\n__LOCAL="${C}"\nUSES="${__LOCAL}"\nEQUALS=\n"below"\n'
        )
    },
    "expansion": {
        "make.conf": (
            'EARLY="${LATE}"\nLATE="late"\nCFLAGS="-O2"\nCFLAGS="${CFLAGS} -pipe"\nCXXFLAGS="${CFLAGS}"\nCFLAGS="${CFLAGS} -g"\n'
            f'{COUNTED}USE="${{USE}} self"\nUSE="-again ${{USE}}"\nROOTED="${{ROOT}}${{EPREFIX}}/x"\n{UNQUOTED}'
            'BAD="${X:-y}"\nCOMMAND="$(nproc) x"\nCHAIN="${ALPHA}${MIDDLE}${ZED}"\nMAKEOPTS="-j4"\nMAKEOPTS="-j8"\n'
        )
    },
    "incrementals": {
        "make.conf": (
            'USE="-* a -b +c a"\nFEATURES="-sandbox +ccache unknown-feature"\nACCEPT_KEYWORDS="~amd64 -x86 **"\n'
            'ACCEPT_LICENSE="-* @FREE Own -@EULA"\nACCEPT_PROPERTIES="* -interactive"\nACCEPT_RESTRICT="* -bindist"\n'
            'VIDEO_CARDS="intel -radeon"\nL10N="de en-GB"\nCONFIG_PROTECT="/x"\nCONFIG_PROTECT_MASK="/y"\nUSE_EXPAND="OWN_GROUP"\n'
            'OWN_GROUP="one two"\nARCH="sparc"\nELIBC="musl"\nEPREFIX="/no"\nKEYWORDS="x"\nACCEPT_CHOSTS=".*"\n'
            'ENV_UNSET="SECRET"\nUSE_ORDER="env:pkg:conf:defaults:pkginternal:features:repo:env.d"\n'
        )
    },
    "source": {
        "make.conf": (
            'FIRST="1"\nsource make.conf.more\nsource "/etc/portage/conf/absolute.conf"\nsource ${WHERE}/named.conf\n'
            'LAST="${FIRST} ${MORE} ${DEEP} ${ABSOLUTE} ${NAMED}"\n'
        ),
        "make.conf.more": 'MORE="${FIRST} 2"\nsource conf/deep.conf\nFIRST="changed"\n',
        "conf/deep.conf": 'DEEP="${MORE} 3"\nsource deepest.conf',
        "conf/deepest.conf": 'DEEPEST="4"',
        "conf/absolute.conf": 'ABSOLUTE="${DEEPEST}"\nWHERE="conf"\n',
        "conf/named.conf": 'NAMED="by a variable"\n',
        "package.env": "app-misc/sourcing sourcing.conf\n",
        "env/sourcing.conf": 'source common.conf\nCFLAGS="${CFLAGS} ${COMMON}"\n',
        "env/common.conf": 'COMMON="-fcommon"\n',
    },
    "source that is missing": {"make.conf": 'A="1"\nsource /etc/portage/not-there.conf\nB="2"\n'},
    "plus equals": {"make.conf": 'USE="a"\nCFLAGS="-O2"\nCFLAGS+=" -pipe"\nLDFLAGS="x"\n'},
    "shell": {"make.conf": 'USE="a"\nif [ -f /x ]; then\n  USE="b"\nfi\n', "package.use": "a/b c\n"},
    "open quote": {"make.conf": 'USE="a\nCFLAGS=\'-O2\'\n'},
    "unquoted": {"make.conf": "A=-march=native\n"},
    "nothing behind it": {"make.conf": 'A="1"\nB='},
    "bad name": {"make.conf": 'A-B="x"\nC="y"\n'},
    "carriage returns": {
        "make.conf": 'USE="a b"\r\nCFLAGS="-O2 \\\r\n -pipe"\r\n# comment\r\n\r\nX="y"\r\n',
        "package.use": "app-misc/one a b\r\n\r\n# comment\r\napp-misc/two c\r\n",
        "package.mask": "app-misc/one\rapp-misc/three\r",
        "package.accept_keywords/mixed": "app-misc/one ~amd64\r\napp-misc/two **\n",
        "repos.conf": "[gentoo]\r\nlocation = /var/db/repos/gentoo\r\nsync-type = git\r\n",
    },
    "no final newline": {
        "make.conf": 'USE="a"',
        "package.use/one": "app-misc/one a",
        "package.use/two": "# only a comment",
        "package.mask": "app-misc/one",
        "repos.conf": "[gentoo]\nlocation = /var/db/repos/gentoo",
        "sets/mine": "app-misc/one",
        "env/x.conf": 'CFLAGS="-O3"',
        "package.env": "app-misc/one x.conf",
        "color.map": "GOOD=green",
        "/var/lib/portage/world": "app-misc/one",
    },
    "bytes": {
        "make.conf": b'# caf\xe9 in another encoding\nNAME="Zo\xc3\xab \xe2\x82\xac"\nESCAPED="a\x1b[1mb"\nBELL="\x07"\n',
        "package.use": b"# \xff\xfe\napp-misc/one a\x0cb\xc2\xa0c d\xe2\x80\xa8e \xf0\x9f\x90\xa7\n",
        "package.license": "app-misc/one Lizenz-für-alle\n".encode(),
        "env/bytes.conf": b'ESC="\x1b[0m"\nBAD="\xff"\n',
        "package.env": "app-misc/one bytes.conf\n",
        "postsync.d/binary": Script(b"\x7fELF\0\1\2\xff", 0o755),
        "savedconfig/app-misc/one": b"\0\1\2\3",
    },
    "byte order mark": {
        "package.use": b"\xef\xbb\xbfapp-misc/one a\napp-misc/two b\n",
        "package.mask": b"\xef\xbb\xbf# comment\napp-misc/two\n",
    },
    "byte order mark in make.conf": {"make.conf": b'\xef\xbb\xbfUSE="a"\n'},
    "make.conf as a folder": {
        "make.conf/10-base": 'CFLAGS="-O2"\nUSE="a"\n',
        "make.conf/9-later": 'CFLAGS="${CFLAGS} -g"\n',
        "make.conf/B/inner": 'USE="${USE} inner"\n',
        "make.conf/.hidden": 'USE="hidden"\n',
        "make.conf/backup~": 'USE="backup"\n',
        "make.conf/old.bak": 'USE="${USE} bak"\n',
        "make.conf/empty": "",
        "make.conf/linked": Link("../elsewhere.conf"),
        "elsewhere.conf": 'USE="${USE} linked"\n',
    },
    "two make.conf": {"make.conf": 'USE="${USE} b"\nB="${A}"\n', "/etc/make.conf": 'USE="a"\nA="1"\n'},
    "env files": {
        "make.conf": 'CFLAGS="-O2"\nCOMMON="x"\nFEATURES="ccache"\nUSE="a b"\n',
        "package.env/base": "*/* global.conf\napp-misc/* category.conf\napp-misc/one lto.conf sub/dir.conf\n=app-misc/one-2* two.conf\n",
        "package.env/sub/more": "app-misc/one last.conf\napp-misc/gone missing.conf\n",
        "env/global.conf": 'GLOBAL="${COMMON}"\n',
        "env/category.conf": 'CFLAGS="${CFLAGS} -category"\n',
        "env/lto.conf": 'CFLAGS="${CFLAGS} -flto"\nLDFLAGS="${CFLAGS}"\nFEATURES="-ccache test"\nUSE="-a from-env"\n',
        "env/sub/dir.conf": 'CFLAGS="${CFLAGS} -sub" # why\n',
        "env/two.conf": "# only for two\n\nEXTRA_ECONF='--two'\n",
        "env/last.conf": 'CFLAGS="${CFLAGS} -last"\nCONFIG_PROTECT="/illegal"\n',
        "env/unused.conf": 'UNUSED="yes"\nUNUSED="twice"\n',
        "env/app-misc/one": "CFLAGS+=' -bash'\nif true; then :; fi\n",
        "env/app-misc/one:0": "x() { :; }\n",
        "env/app-misc/one-1": "array=(1 2)\n",
        "bashrc": "#!/bin/bash\ncase ${EBUILD_PHASE} in *) ;; esac\n",
    },
    "env file in bash": {"package.env": "app-misc/one bash.conf\n", "env/bash.conf": 'unset CFLAGS\nX+="y"\n'},
}
