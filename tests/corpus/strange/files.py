"""Everything beside: repositories, sets, patches, hooks, names, links."""

from strange.parts import Link, Script

GENTOO = "[gentoo]\nlocation = /var/db/repos/gentoo\nsync-type = rsync\nsync-uri = rsync://example.org/gentoo\n"

TREES = {
    "repositories": {
        "repos.conf/a.conf": "# head\n[DEFAULT]\nmain-repo = gentoo\nauto-sync = No\nsync-user = portage\n\n" + GENTOO,
        "repos.conf/b.conf": (
            "[gentoo]\nsync-type=git\npriority : 5\n; semicolon\n[local]\nlocation  =  /var/db/repos/local\nauto-sync = yes\n"
            "masters = gentoo\nunknown-key = kept\nPRIORITY = 50\n[old]\nlocation = /var/db/repos/old\nsync-type = laymansync\n"
        ),
        "repos.conf/sub/c.conf": (
            "[local]\nsync-uri = https://example.org/a.git https://example.org/b.git\npriority = 60\n[nowhere]\nauto-sync = maybe\n"
            "[folded]\nlocation = /var/db/repos/folded\nsync-rsync-extra-opts = --one\n  --two\n\t--three\n%(X)s"
        ).replace("\n%(X)s", "\n"),
        "repos.conf/.hidden": "[hidden]\nlocation = /x\n",
        "repos.conf/d.conf": "[gentoo]\nsync-git-clone-env = A=b C=d\nsync-openpgp-key-refresh = no\naliases = own\n[empty]\n",
        "repos.conf/e.conf": "[inter]\nlocation = %(EROOT)s/var/db/repos/inter\nsync-uri = https://example.org/%%20x\n",
        "package.use": "app-misc/one::local a\n*/*::old -a\n",
        "package.mask": "*/*::local\n",
        "package.unmask": "app-misc/one::local\n",
    },
    "repositories that Portage throws away": {"repos.conf/a": GENTOO, "repos.conf/b": "[x]\nlocation = /x\n[x]\nauto-sync = no\n"},
    "repositories with a percent sign": {"repos.conf": GENTOO + "sync-user = a%b\n"},
    "binary repositories": {
        "binrepos.conf/one.conf": (
            "[DEFAULT]\npriority = 1\nverify-signature = true\n[host]\nsync-uri = https://someone:pass%%20word@example.org/x/\n"
            'fetchcommand = curl -H \\"Authorization: Bearer token0123456789\\" ${URI}\nfrozen = yes\n'
        ),
        "binrepos.conf/two.conf": "[host]\npriority = 9999\n[second]\nsync-uri = ssh://example.org/y\nlocation = /var/cache/second\n",
        "make.conf": 'PORTAGE_BINHOST="https://u:p@example.org/bin"\nFEATURES="getbinpkg"\n',
    },
    "binary repositories, broken": {"binrepos.conf": "[host]\nsync-uri = https://example.org/%x\n"},
    "sets": {
        "sets/mine": "# mine\napp-misc/one\n>=app-misc/two-1:0\n@nested\napp-misc/three[x,-y]   # why\napp-misc/four::gentoo\n",
        "sets/nested": "app-misc/five\n\n# end",
        "sets/mine.metadata": "[description]\nenglish = what is mine\n",
        "sets/sub/deep": "app-misc/six\n",
        "sets/broken": "not-an-atom\n*/*\n__microcode__\n-app-misc/one\n@nested\n",
        "sets/empty": "",
        "sets/.hidden": "app-misc/hidden\n",
        "sets/backup~": "app-misc/backup\n",
        "sets.conf": (
            "[usersets]\nclass = portage.sets.files.StaticFileSet\nmultiset = true\n"
            "directory = %(PORTAGE_CONFIGROOT)setc/portage/sets\nworld-candidate = true\n"
            "[dummy]\nclass = portage.sets.base.DummyPackageSet\npackages = app-misc/one app-misc/two\n"
            "[kernel]\nclass = portage.sets.dbapi.OwnerSet\nworld-candidate = false\nfiles = /usr/src\n"
        ),
        "/var/lib/portage/world": "app-misc/one\napp-misc/two:3\n=app-misc/three-1\n*app-misc/odd\n",
        "/var/lib/portage/world_sets": "@mine\n@sub/deep\n",
    },
    "sets.conf as a folder": {
        "sets.conf/b": "[one]\nclass = portage.sets.base.DummyPackageSet\npackages = app-misc/one\n",
        "sets.conf/a/x": "[one]\nclass = NoSuchClass\nname = other\n[two]\npackages = x\n",
        "sets.conf/.hidden": "[hidden]\n",
    },
    "patches": {
        "patches/app-misc/one/a.patch": "--- a\n+++ b\n",
        "patches/app-misc/one/b.diff": "--- a\r\n+++ b\r\n",
        "patches/app-misc/one/README": "no patch\n",
        "patches/app-misc/one/sub/c.patch": "not read\n",
        "patches/app-misc/one/.hidden.patch": "no\n",
        "patches/app-misc/one:0/a.patch": "--- for the slot\n",
        "patches/app-misc/one-1/b.diff": "",
        "patches/app-misc/one-1:0/d.patch": b"--- \xff\xfe\n\0\n",
        "patches/app-misc/one-1-r0/e.patch": Link("../one/a.patch"),
        "patches/app-misc/one-1-r0:0/a.patch": Link("/dev/null"),
        "patches/app-misc/linked": Link("one"),
        "patches/app-misc/empty": None,
    },
    "hooks": {
        "postsync.d/run": Script("#!/bin/sh\ntrue\n", 0o755),
        "postsync.d/off": Script("#!/bin/sh\nfalse\n", 0o644),
        "postsync.d/secret": Script("#!/bin/sh\n", 0o700),
        "repo.postsync.d/each": Script("#!/bin/bash\necho $1\n", 0o555),
        "bin/post_emerge": Script("#!/usr/bin/env python3\n", 0o750),
        "hooks/install/95-own": Script("#!/bin/sh\n", 0o755),
        "bashrc": Script("[[ x ]] && y\n", 0o600),
        "bashrc.d/10-x.sh": "x=(a b)\n",
        "savedconfig/sys-apps/busybox": "CONFIG_X=y\n# CONFIG_Y is not set\n",
        "savedconfig/x86_64-pc-linux-gnu/sys-kernel/fw-1": "a\n",
        "savedconfig/app-misc/folder/file": "b",
        "gnupg/pubring.kbx": Script(b"\0\0\1kbx\xff", 0o600),
        "suidctl.conf": "/bin/su\n",
        "conf-update.d/x": Script("#!/bin/sh\n", 0o711),
    },
    "other tools": {
        "package.cflags": '*/* *FLAGS-=-flto* "quoted"\napp-misc/one /-O3/-O2 ' + "x" * 400 + "\n",
        "package.use.mask": "app-misc/one ignored-here\n",
        "package.provided": "app-misc/ignored-1\n",
        "repos.conf.d/x.conf": "[ignored]\n",
        "package.use.d/x": "ignored\n",
        "smart-live-rebuild.conf": "[DEFAULT]\ntype = git-r3\n",
        "eix-sync.conf": "*\n",
        "layman/layman.cfg": "[MAIN]\n",
        "README.md": "# Mine\n\ntext\n",
        ".gitignore": "*~\n",
        ".git/HEAD": "ref: refs/heads/main\n",
        "make.conf.example": 'USE="not read"\n',
        "make.conf~": "not read",
        "package.accept_keyword": "app-misc/misspelt ~amd64\n",
    },
    "names": {
        "package.use/with blank": "app-misc/one a\n",
        "package.use/new\nline": "app-misc/one b\n",
        "package.use/caf\udce9": "app-misc/one c\n",
        "package.use/ümlaut": "app-misc/one d\n",
        "package.use/quote\"'back\\slash": "app-misc/one e\n",
        "package.use/colon:plus+at@": "app-misc/one f\n",
        "package.use/-dash": "app-misc/one g\n",
        "package.use/[x].conf": "app-misc/one h\n",
        "package.use/$VAR@{x}": "app-misc/one i\n",
        "package.use/tab\there": "app-misc/one j\n",
        "package.use/esc\x1b[1m": "app-misc/one k\n",
        "package.use/caf\udce9s/inner": "app-misc/one l\n",
        "patches/app-misc/one/with blank.patch": "p\n",
        "env/with blank": 'A="b"\n',
        "sets/with blank": "app-misc/one\n",
    },
    "links": {
        "package.use/linked": Link("../shared/use"),
        "shared/use": "app-misc/one a\n",
        "package.mask": Link("shared/mask"),
        "shared/mask/x": "app-misc/two\n",
        "package.license": Link("/nowhere/at/all"),
        "package.unmask": Link("package.unmask"),
        "package.use/up": Link(".."),
        "repos.conf/gentoo.conf": Link("../../../usr/share/portage/config/repos.conf"),
        "bad\udcfflink": Link("to\udcff"),
        "env/link.conf": Link("real.conf"),
        "env/real.conf": 'A="1"\n',
        "package.env": "app-misc/one link.conf\n",
    },
    "lists": {
        "categories": "app-own\napp-misc # known\n-app-any\nnot valid!\n",
        "arch.list": "ownarch\n~ownarch\n",
        "mirrors": "local /srv/distfiles https://example.org\nlocal ftp://example.org\ngnu https://example.org/gnu\nlonely\n",
        "license_groups": "FREE Own Other\nEULA Bad\nFREE Third\n",
        "modules": "portdbapi.auxdbmodule = portage.cache.flat_hash.md5_database\nbroken line\n# x\n",
        "color.map": 'GOOD=green\nWARN = "bold" "yellow"\nBAD="31;01m"\nnonsense\n',
        "make.conf": 'ACCEPT_LICENSE="-* @FREE"\nACCEPT_KEYWORDS="ownarch"\n',
    },
    "other files of the machine": {
        "/etc/fstab": "# <fs> <mount>\n/dev/sda1\t/\text4  noatime 0 1\nproc /proc proc defaults\n",
        "/etc/conf.d/net": 'config_eth0="dhcp" # why\nroutes_eth0=(\n"default"\n)\n',
        "/etc/dracut.conf.d/x.conf": 'add_dracutmodules+=" lvm "\n',
        "/etc/locale.gen": "de_DE.UTF-8 UTF-8\n",
        "/usr/src/x": "y",
        "make.conf": "",
    },
    "no profile": {"make.profile": "a file\n", "profile/use.mask": "x\n", "package.use": "app-misc/one a\n"},
    "modes": {
        "make.conf": Script('USE="a"\nPASSWORD="hidden"\n', 0o600),
        "package.use": Script("app-misc/one a\n", 0o664),
        "package.mask/x": Script("app-misc/two\n", 0o400),
        "env/x": Script('A="b"\n', 0o755),
    },
}
