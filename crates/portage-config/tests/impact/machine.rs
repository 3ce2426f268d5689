//! A machine with installed packages, and a repository, in a folder.

use std::path::{Path, PathBuf};

use portage_config::impact::{self, Subject};
use portage_config::repository::{ReposConf, Repositories};
use portage_config::resolve::Machine;
use portage_config::root::Root;

/// As an ebuild that says nothing: the cache says all.
const EBUILD: &str = "EAPI=8\n";
const SUM: &str = "9d04a5f1462b46be363776f06f8e13b6";

pub(crate) struct Place {
    pub(crate) dir: tempfile::TempDir,
}

pub(crate) fn put(top: &Path, path: &str, text: &str) {
    let path = top.join(path);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, text).unwrap();
}

impl Place {
    /// A machine with a profile that masks and forces flags, and no packages.
    pub(crate) fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let repo = "var/db/repos/gentoo";
        for (path, text) in [
            ("profiles/repo_name", "gentoo\n"),
            ("profiles/eapi", "8\n"),
            ("profiles/categories", "app-misc\ndev-libs\n"),
            ("profiles/arch.list", "amd64\n"),
            ("profiles/profiles.desc", "amd64 base stable\n"),
            ("metadata/layout.conf", "masters =\nthin-manifests = true\ncache-formats = md5-dict\n"),
            ("profiles/base/eapi", "8\n"),
            (
                "profiles/base/make.defaults",
                "ARCH=\"amd64\"\nACCEPT_KEYWORDS=\"amd64\"\nIUSE_IMPLICIT=\"prefix prefix-guest\"\nUSE=\"nls\"\n\
                 CFLAGS=\"-O2\"\nCHOST=\"x86_64-pc-linux-gnu\"\n",
            ),
            ("profiles/base/use.mask", "never\nprefix\nprefix-guest\n"),
            ("profiles/base/use.force", "always\n"),
        ] {
            put(dir.path(), &format!("{repo}/{path}"), text);
        }
        put(dir.path(), "etc/portage/make.conf", "");
        let profile = "../../var/db/repos/gentoo/profiles/base";
        std::os::unix::fs::symlink(profile, dir.path().join("etc/portage/make.profile")).unwrap();
        Self { dir }
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.dir.path().canonicalize().unwrap()
    }

    pub(crate) fn put(&self, path: &str, text: &str) {
        put(self.dir.path(), path, text);
    }

    /// A version in the repository.
    pub(crate) fn version(&self, cpv: &str, iuse: &str, more: &str) {
        let (category, name) = cpv.split_once('/').unwrap();
        let package = name.rsplit_once('-').unwrap().0;
        let repo = "var/db/repos/gentoo";
        self.put(&format!("{repo}/{category}/{package}/{name}.ebuild"), EBUILD);
        let entry = format!("EAPI=8\nIUSE={iuse}\nKEYWORDS=amd64\nLICENSE=MIT\nSLOT=0\n{more}_md5_={SUM}\n");
        self.put(&format!("{repo}/metadata/md5-cache/{cpv}"), &entry);
    }

    /// A version that is installed.
    pub(crate) fn installed(&self, cpv: &str, iuse: &str, on: &str) {
        let (category, name) = cpv.split_once('/').unwrap();
        for (file, text) in [
            ("EAPI", "8"),
            ("SLOT", "0"),
            ("IUSE", iuse),
            ("USE", on),
            ("KEYWORDS", "amd64"),
            ("LICENSE", "MIT"),
            ("CATEGORY", category),
            ("PF", name),
            ("repository", "gentoo"),
            ("CFLAGS", "-O2"),
            ("COUNTER", "1"),
            ("BUILD_TIME", "1700000000"),
            ("DEFINED_PHASES", "-"),
        ] {
            self.put(&format!("var/db/pkg/{cpv}/{file}"), &format!("{text}\n"));
        }
    }

    pub(crate) fn root(&self) -> Root {
        Root::open(self.dir.path()).unwrap()
    }

    pub(crate) fn repositories(&self) -> Repositories {
        let root = self.root();
        Repositories::open(&ReposConf::read(&root), Some(&root), &[]).unwrap()
    }

    pub(crate) fn machine(&self) -> Machine {
        Machine::of(Some(self.root()), None, [], &self.repositories())
    }

    pub(crate) fn subjects(&self) -> Vec<Subject> {
        let (installed, unreadable) = impact::installed(&self.root());
        assert_eq!(unreadable, []);
        Subject::of_all(installed, &self.repositories())
    }
}
