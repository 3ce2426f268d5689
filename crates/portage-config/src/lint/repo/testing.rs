//! A machine with two repositories, and what the rules tell of a configuration.

use std::path::Path;

use tempfile::TempDir;

use crate::lint::testing::Root;
use crate::report::Report;
use crate::repository::{Given, ReposConf, Repositories};

pub(in crate::lint) struct Machine {
    pub(super) dir: TempDir,
    names: Vec<&'static str>,
}

impl Machine {
    pub(super) fn put(self, path: &str, text: &str) -> Self {
        put(self.dir.path(), path, text);
        self
    }

    /// A cache entry and its ebuild.
    pub(super) fn version(self, repo: &str, pf: &str, entry: &str) -> Self {
        version(self.dir.path(), repo, pf, entry);
        self
    }

    pub(in crate::lint) fn repositories(&self) -> Repositories {
        let given: Vec<Given> =
            self.names.iter().map(|name| Given::new(Some(name), self.dir.path().join(name))).collect();
        Repositories::open(&ReposConf::packaged(), None, &given).unwrap()
    }
}

fn put(dir: &Path, path: &str, text: &str) {
    let path = dir.join(path);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

fn version(dir: &Path, repo: &str, pf: &str, entry: &str) {
    let cpv = crate::vocab::Cpv::parse(pf).unwrap();
    let name = format!("{}-{}", cpv.package(), cpv.version());
    let default = if entry.contains("SLOT=") { "" } else { "SLOT=0\n" };
    put(dir, &format!("{repo}/{}/{name}.ebuild", cpv.cpn()), "EAPI=8\n");
    put(dir, &format!("{repo}/metadata/md5-cache/{pf}"), &format!("EAPI=8\n{default}{entry}"));
}

/// A machine of ARCH x86 with some packages.
pub(in crate::lint) fn machine() -> Machine {
    let dir = tempfile::tempdir().unwrap();
    let at = dir.path();
    for (path, text) in [
        ("gentoo/profiles/repo_name", "gentoo\n"),
        ("gentoo/metadata/layout.conf", "masters =\nprofile-formats = portage-2\n"),
        ("gentoo/profiles/base/make.defaults", "ACCEPT_KEYWORDS=\"${ARCH}\"\n"),
        ("gentoo/profiles/base/package.mask", ">=app-editors/nano-9\n"),
        ("gentoo/profiles/arch/x86/parent", "../../base\n"),
        ("gentoo/profiles/arch/x86/make.defaults", "ARCH=\"x86\"\nACCEPT_KEYWORDS=\"x86\"\n"),
        ("gentoo/profiles/default/linux/x86/parent", "gentoo:arch/x86\n"),
        ("gentoo/profiles/profiles.desc", "x86 default/linux/x86 stable\n"),
        ("gentoo/profiles/package.mask", "# bad\n=app-editors/vim-9.0\n"),
        ("gentoo/profiles/license_groups", "FREE MIT @GPL\nGPL GPL-2\nEULA evil\n"),
        ("gentoo/profiles/use.desc", "lua - x\nnls - y\n"),
        ("gentoo/profiles/use.local.desc", "app-editors/vim:vim-pager - z\n"),
        ("gentoo/profiles/desc/video_cards.desc", "intel - a\nradeon - b\n"),
        ("gentoo/profiles/updates/1Q-2020", "move app-old/a app-old/b\n"),
        ("gentoo/profiles/updates/4Q-2019", "move app-old/x app-old/a\n"),
        ("gentoo/profiles/updates/2Q-2020", "move app-old/b app-misc/c\nslotmove app-misc/slotted 0 1\n"),
        ("gentoo/licenses/MIT", ""),
        ("gentoo/licenses/GPL-2", ""),
        ("gentoo/licenses/evil", ""),
        ("local/profiles/repo_name", "local\n"),
        ("local/metadata/layout.conf", "masters = gentoo\naliases = mine\n"),
    ] {
        put(at, path, text);
    }
    for (pf, entry) in [
        ("app-editors/vim-9.0", "KEYWORDS=x86\nIUSE=lua nls +vim-pager\nLICENSE=MIT\n"),
        (
            "app-editors/vim-9.1-r1",
            "KEYWORDS=~x86 amd64\nIUSE=lua nls vim-pager video_cards_intel\nLICENSE=MIT\n",
        ),
        (
            "app-editors/vim-9999",
            "PROPERTIES=live\nIUSE=lua\nLICENSE=MIT\nRDEPEND=app-misc/c >=app-misc/live-9999 foo? ( app-misc/other )\n",
        ),
        ("app-editors/nano-7", "KEYWORDS=x86\nLICENSE=evil\n"),
        ("app-editors/nano-9", "KEYWORDS=x86\nLICENSE=evil\n"),
        ("app-misc/c-1", "KEYWORDS=x86\n"),
        ("app-misc/live-9999", "PROPERTIES=live\n"),
        ("app-misc/other-9999", "PROPERTIES=live\n"),
        ("app-misc/slotted-1", "SLOT=1\nKEYWORDS=x86\n"),
    ] {
        version(at, "gentoo", pf, entry);
    }
    version(
        at,
        "local",
        "app-editors/vim-9.1-r1",
        "KEYWORDS=x86\nIUSE=lua nls vim-pager video_cards_intel\nLICENSE=MIT\n",
    );
    Machine { dir, names: vec!["gentoo", "local"] }
}

/// What is told, without what is told of the repositories themselves: code, entry, help.
pub(super) fn told(machine: &Machine, root: &Root) -> Vec<String> {
    let mut report = Report::new();
    super::with_repositories(&root.0, &machine.repositories(), &mut report);
    let told = |found: &crate::report::Diagnostic| {
        let word = found.spot.word.as_deref().map(|word| format!(" {word}")).unwrap_or_default();
        format!("{} {}{word}: {}", found.code.id, found.spot.key, found.help.as_deref().unwrap_or_default())
    };
    report.diagnostics.iter().map(told).collect()
}
