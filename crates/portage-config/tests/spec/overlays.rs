//! Ebuild repositories that are part of a machine.

use super::common::{Files, Loaded, load_with, specs, text};

const REPOSITORY: &[(&str, &str)] = &[
    ("site/repo/profiles/repo_name", "local\n"),
    ("site/repo/profiles/eapi", "8\n"),
    ("site/repo/metadata/layout.conf", "masters = gentoo\n"),
    ("site/repo/metadata/forks/sys-libs/musl-1.2.5-r100/origin.toml", "repository = \"gentoo\"\n"),
    ("site/repo/metadata/forks/sys-libs/musl-fts-1/origin.toml", "repository = \"gentoo\"\n"),
    ("site/repo/sys-libs/musl/musl-1.2.5-r100.ebuild", "EAPI=8\n"),
    ("site/repo/sys-libs/musl/files/a.patch", "--- a\n"),
    ("site/repo/sys-libs/musl-fts/musl-fts-1.ebuild", "EAPI=8\n"),
    ("site/repo/sys-libs/metadata.xml", "<catmetadata/>\n"),
    ("site/repo/sys-apps/x/x-1.ebuild", "EAPI=8\n"),
];

fn loaded(layers: &[(&str, &str)]) -> Loaded {
    let mut files: Files = specs(layers);
    files.extend(REPOSITORY.iter().map(|(name, text)| ((*name).into(), text.as_bytes().to_vec())));
    load_with(&files, |_| {})
}

fn one(spec: &str) -> Loaded {
    loaded(&[("main.toml", spec)])
}

fn names(loaded: &Loaded) -> Vec<&str> {
    loaded.good().config.files.keys().map(|path| path.as_str()).collect()
}

fn errors(loaded: &Loaded) -> Vec<String> {
    loaded.report.diagnostics.iter().map(|found| format!("{} {}", found.code.id, found.message)).collect()
}

#[test]
fn a_repository_is_there_known_and_chosen() {
    let loaded =
        one("[overlay.local]\ntree = 'site/repo'\npackages = ['sys-libs/musl']\nalone = ['sys-libs/musl']\n\
                      priority = 50\nkeywords = { '=sys-libs/musl-1.2*' = '~x86' }\n");
    let root = loaded.good();
    assert_eq!(
        names(&loaded),
        [
            "etc/portage/package.accept_keywords/local",
            "etc/portage/package.mask/local",
            "etc/portage/package.unmask/local",
            "etc/portage/repos.conf/local.conf",
            "var/db/repos/local/metadata/forks/sys-libs/musl-1.2.5-r100/origin.toml",
            "var/db/repos/local/metadata/layout.conf",
            "var/db/repos/local/profiles/eapi",
            "var/db/repos/local/profiles/repo_name",
            "var/db/repos/local/sys-libs/metadata.xml",
            "var/db/repos/local/sys-libs/musl/files/a.patch",
            "var/db/repos/local/sys-libs/musl/musl-1.2.5-r100.ebuild",
        ]
    );
    assert_eq!(text(root, "package.accept_keywords/local"), "=sys-libs/musl-1.2*::local ~x86\n");
    assert_eq!(text(root, "package.mask/local"), "sys-libs/musl\n");
    assert_eq!(text(root, "package.unmask/local"), "sys-libs/musl::local\n");
    assert_eq!(
        text(root, "repos.conf/local.conf"),
        "[local]\nlocation = /var/db/repos/local\npriority = 50\nauto-sync = no\n"
    );
    assert_eq!(loaded.resolved.as_ref().unwrap().layers.last().unwrap().name, "overlay");
}

#[test]
fn without_a_list_every_package_comes_along() {
    let loaded = one("[overlay.local]\ntree = 'site/repo'\nat = '/srv/repo'\n");
    let below = names(&loaded).into_iter().filter(|name| name.starts_with("srv/repo/")).count();
    assert_eq!(below, REPOSITORY.len());
    assert!(text(loaded.good(), "repos.conf/local.conf").contains("location = /srv/repo\n"));
}

#[test]
fn plain_files_of_the_layers_take_the_entries() {
    let loaded =
        one("[overlay.local]\ntree = 'site/repo'\nfiles = false\nkeywords = { 'sys-apps/x' = '**' }\n\
                      [repos.conf]\ngentoo.location = '/g'\n['package.accept_keywords']\n'a/b' = '~x86'\n");
    assert_eq!(names(&loaded), ["etc/portage/package.accept_keywords", "etc/portage/repos.conf"]);
    let root = loaded.good();
    assert_eq!(text(root, "package.accept_keywords"), "sys-apps/x::local **\na/b ~x86\n");
    let repos = text(root, "repos.conf");
    assert!(repos.contains("[local]\n") && repos.contains("[gentoo]\n"), "{repos}");
}

#[test]
fn layers_change_it_key_by_key_and_entries_go_before_it() {
    let base = "[overlay.local]\ntree = 'repo'\npackages = []\nkeywords = { 'sys-apps/x' = '~x86' }\n";
    let top = "extends = ['site/base.toml']\n[overlay.local]\nkeywords = { 'sys-libs/musl' = '~x86' }\n\
               ['repos.conf/local.conf']\nlocal.auto-sync = true\n";
    let over = loaded(&[("main.toml", top), ("site/base.toml", base)]);
    let root = over.good();
    assert_eq!(
        text(root, "package.accept_keywords/local"),
        "sys-apps/x::local ~x86\nsys-libs/musl::local ~x86\n"
    );
    assert!(text(root, "repos.conf/local.conf").ends_with("auto-sync = yes\n"));
    let gone = "extends = ['site/base.toml']\n[overlay.local]\nremove = true\n";
    assert_eq!(names(&loaded(&[("main.toml", gone), ("site/base.toml", base)])), [""; 0]);
}

#[test]
fn all_mistakes_are_told() {
    let of = |text: &str| errors(&one(text));
    let local = |text: &str| of(&format!("[overlay.local]\n{text}"));
    assert_eq!(local("tree = 'sit/repo'"), ["S003 the folder `sit/repo` cannot be read: entity not found"]);
    assert_eq!(local(""), ["S008 `[overlay.local]` does not say what is in it"]);
    assert_eq!(of("overlay.local = 1"), ["S008 `local` is an ebuild repository: a table, not an integer"]);
    assert_eq!(of("overlay.'a b'.tree = 'site/repo'"), ["S010 `a b` is no name of an ebuild repository"]);
    for name in ["local-1", "DEFAULT"] {
        let message = format!("S010 `{name}` is no name of an ebuild repository");
        assert_eq!(of(&format!("overlay.{name}.fork.'app-misc/hello' = {{}}")), [message]);
    }
    assert_eq!(
        of("overlay.other.tree = 'site/repo'"),
        ["S010 `site/repo` is the ebuild repository `local`, not `other`"]
    );
    assert_eq!(
        of("overlay.site.tree = 'site'"),
        ["S010 `site` has no profiles/repo_name: Portage would not know it as `site`"]
    );
    let tree = |text: &str| local(&format!("tree = 'site/repo'\n{text}"));
    assert_eq!(
        tree("at = 'srv'\nmaster = 1\nfiles = 'no'\npriority = 'x'\nalone = 'x'\nkeywords = 'x'"),
        [
            "S005 `[overlay.local]` has no `master`",
            "S008 `files` is true or false, not a string",
            "S008 `priority` is a number, not a string",
            "S008 `alone` is a list, not a string",
            "S008 `keywords` is a table: an atom, and the keywords it is taken with, not a string",
            "S006 `srv` is no path from the root",
        ]
    );
    assert_eq!(tree("at = '/srv/../..'"), ["S006 `/srv/../..` is no path from the root"]);
    assert_eq!(tree("packages = ['sys-apps/y']"), ["S005 `site/repo` has no package `sys-apps/y`"]);
    assert_eq!(
        tree("alone = ['sys-apps/x::gentoo', 'sys-apps']\nkeywords = { '*/*' = '~x86', 'a/b' = '~~x' }")
            .len(),
        4
    );
    assert_eq!(
        of("[overlay.local]\nremove = true"),
        ["S012 there is no ebuild repository `local` to remove"]
    );
    assert_eq!(
        tree("remove = true"),
        ["S008 `remove = true` stands alone: it drops what earlier layers say"]
    );
}

#[test]
fn a_tree_has_the_name_that_portage_gives_it() {
    let mut files: Files = specs(&[("main.toml", "overlay.local.tree = 'site/repo'\n")]);
    files.extend(REPOSITORY.iter().map(|(name, text)| ((*name).into(), text.as_bytes().to_vec())));
    let named = |path: &str, text: &str, of: &str| {
        let mut files = files.clone();
        files.insert(path.into(), text.as_bytes().to_vec());
        files.insert("main.toml".into(), format!("spec = 1\noverlay.{of}.tree = 'site/repo'\n").into_bytes());
        errors(&load_with(&files, |_| {}))
    };
    assert_eq!(named("site/repo/profiles/repo_name", "# it\nlocal\nmore\n", "local"), [""; 0]);
    assert_eq!(named("site/repo/metadata/layout.conf", "repo-name = other\nmasters =\n", "other"), [""; 0]);
    assert_eq!(
        named("site/repo/metadata/layout.conf", "repo-name = other\nmasters =\n", "local"),
        ["S010 `site/repo` is the ebuild repository `other`, not `local`"]
    );
}

#[test]
fn each_repository_has_a_folder_of_its_own() {
    let two = |at: &str| {
        errors(&one(&format!(
            "overlay.local = {{ tree = 'site/repo', at = '/srv/a' }}\noverlay.b = {{ files = false, at = '{at}' }}"
        )))
    };
    assert_eq!(two("/srv/ab"), [""; 0]);
    for at in ["/srv/a", "/srv/a/b", "/srv"] {
        let message = format!("S007 `b` lies at `{at}`, where `local` lies, too, or in it");
        assert_eq!(two(at), [message]);
    }
    for at in ["/etc", "/etc/portage", "/etc/portage/repos"] {
        assert_eq!(two(at), [format!("S006 `{at}` is where the configuration of Portage lies")]);
    }
}

#[test]
fn the_repository_of_this_project_needs_no_folder() {
    let loaded = one("[overlay.portage-config]\n");
    assert_eq!(text_of(&loaded, "var/db/repos/portage-config/profiles/repo_name"), "portage-config\n");
    assert!(names(&loaded).contains(&"etc/portage/repos.conf/portage-config.conf"));
}

fn text_of(loaded: &Loaded, path: &str) -> String {
    text(loaded.good(), &format!("/{path}"))
}

/// A folder with a repository, a patch and `main.toml`, and what is read from it.
fn forked(spec: &str) -> (tempfile::TempDir, Loaded) {
    let dir = tempfile::tempdir().unwrap();
    let ebuild = "EAPI=8\n\nDESCRIPTION=\"x\"\nSRC_URI=\"https://example.org/${P}.tar.gz\"\nSLOT=\"0\"\nKEYWORDS=\"amd64\"\n\nPATCHES=(\n\t\"${FILESDIR}/own.patch\"\n)\n";
    for (path, text) in [
        ("gentoo/profiles/repo_name", "gentoo\n"),
        ("gentoo/metadata/layout.conf", "masters =\nthin-manifests = true\n"),
        ("gentoo/app-misc/hello/hello-2.12-r1.ebuild", ebuild),
        ("gentoo/app-misc/hello/hello-2.10.ebuild", ebuild),
        ("gentoo/app-misc/hello/files/own.patch", "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n"),
        ("gentoo/app-misc/hello/Manifest", "DIST hello-2.12.tar.gz 1 BLAKE2B 00 SHA512 00\n"),
        ("gentoo/app-misc/hello/metadata.xml", "<pkgmetadata/>\n"),
        ("greeting.patch", "--- a/y\n+++ b/y\n@@ -1 +1 @@\n-a\n+b\n"),
        ("main.toml", &format!("spec = 1\n{spec}")),
    ] {
        let file = dir.path().join(path);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, text).unwrap();
    }
    let mut report = portage_config::report::Report::new();
    let main = dir.path().join("main.toml");
    let options = portage_config::spec::Options::new(&portage_config::spec::Disk);
    let resolved = portage_config::spec::load(main.to_str().unwrap(), &options, &mut report);
    (dir, Loaded { resolved, report })
}

const FORK: &str = "[overlay.local]\nfrom = 'gentoo'\n[overlay.local.fork.'app-misc/hello']\n";

#[test]
fn a_repository_can_be_made_of_forks() {
    let (_dir, loaded) = forked(&format!("{FORK}patches = ['greeting.patch']\nkeywords = '~x86'\n"));
    let repo = "var/db/repos/local";
    let ebuild = text_of(&loaded, &format!("{repo}/app-misc/hello/hello-2.12-r101.ebuild"));
    assert!(ebuild.contains("\t\"${FILESDIR}/own.patch\"\n\t\"${FILESDIR}/greeting.patch\"\n)"), "{ebuild}");
    assert!(ebuild.contains("KEYWORDS=\"~x86\"\n"), "{ebuild}");
    assert_eq!(text_of(&loaded, "etc/portage/package.accept_keywords/local"), "app-misc/hello::local ~x86\n");
    assert!(text_of(&loaded, &format!("{repo}/metadata/layout.conf")).starts_with("masters = gentoo\n"));
    assert_eq!(
        names(&loaded),
        [
            "etc/portage/package.accept_keywords/local",
            "etc/portage/repos.conf/local.conf",
            "var/db/repos/local/app-misc/hello/Manifest",
            "var/db/repos/local/app-misc/hello/files/greeting.patch",
            "var/db/repos/local/app-misc/hello/files/own.patch",
            "var/db/repos/local/app-misc/hello/hello-2.12-r101.ebuild",
            "var/db/repos/local/app-misc/hello/metadata.xml",
            "var/db/repos/local/metadata/forks/app-misc/hello-2.12-r101/base/files/own.patch",
            "var/db/repos/local/metadata/forks/app-misc/hello-2.12-r101/base/hello-2.12-r1.ebuild",
            "var/db/repos/local/metadata/forks/app-misc/hello-2.12-r101/origin.toml",
            "var/db/repos/local/metadata/layout.conf",
            "var/db/repos/local/profiles/eapi",
            "var/db/repos/local/profiles/repo_name",
        ]
    );
}

#[test]
fn a_master_has_the_name_of_a_repository() {
    let (dir, _) = forked("");
    std::fs::write(dir.path().join("gentoo/profiles/repo_name"), "a b = c\n").unwrap();
    let main = dir.path().join("main.toml");
    std::fs::write(&main, format!("spec = 1\n{FORK}")).unwrap();
    let mut report = portage_config::report::Report::new();
    let options = portage_config::spec::Options::new(&portage_config::spec::Disk);
    let resolved = portage_config::spec::load(main.to_str().unwrap(), &options, &mut report);
    assert_eq!(
        errors(&Loaded { resolved, report }),
        ["S010 `a b = c` is no name of an ebuild repository, so it can be no master"]
    );
}

#[test]
fn what_cannot_be_forked_is_told() {
    let of = |spec: &str| {
        let (dir, loaded) = forked(spec);
        let place = format!("{}/", dir.path().display());
        errors(&loaded).into_iter().map(|line| line.replace(&place, "")).collect::<Vec<_>>()
    };
    let fork = |text: &str| of(&format!("{FORK}{text}"));
    assert_eq!(
        fork("patches = ['no.patch']"),
        ["S003 `no.patch` cannot be read: No such file or directory (os error 2)"]
    );
    assert_eq!(
        fork("from = 'guru'"),
        ["S003 the ebuild repository `guru` cannot be read: No such file or directory (os error 2)"]
    );
    assert_eq!(fork("patch = []"), ["S005 a fork has no `patch`"]);
    assert_eq!(
        fork("remove = true"),
        [
            "S012 there is no fork of `app-misc/hello` to remove",
            "S008 `[overlay.local]` does not say what is in it"
        ]
    );
    let other = |atom: &str| of(&format!("[overlay.local]\nfrom = 'gentoo'\nfork.'{atom}' = {{}}"));
    assert_eq!(other("=app-misc/hello-3"), ["S011 no ebuild in `gentoo` matches `=app-misc/hello-3`"]);
    assert_eq!(other("app-misc/*"), ["S009 `app-misc/*` names no package that can be forked"]);
    assert_eq!(other("hello").len(), 1);
    assert_eq!(
        of("[overlay.local]\ntree = 'gentoo'\nfork.'app-misc/hello' = {}"),
        ["S007 `gentoo` has forks of its own"]
    );
    let twice =
        "[overlay.local]\nfrom = 'gentoo'\nfork = { 'app-misc/hello' = {}, '=app-misc/hello-2.10' = {} }";
    assert_eq!(of(twice), ["S007 `app-misc/hello` is forked twice"]);
}
