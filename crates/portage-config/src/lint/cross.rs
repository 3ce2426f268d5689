//! A root that lies inside another one, as a cross root inside its build host.

use super::context::Context;
use crate::config::Config;
use crate::report::{Code, Key, Report};
use crate::vocab::{Chost, RelPath};

/// Two ebuild repositories on one machine.
pub(crate) const L186: Code = Code::warning(
    "L186",
    "repository-apart",
    "Portage of the build host reads the repos.conf of the root it builds for: with two copies of the main repository, dependencies of the build and of the root are resolved from different versions.",
    "portage(5), repos.conf; lib/portage/package/ebuild/config.py, PORTAGE_CONFIGROOT",
);

/// A cross root of the host's own tuple.
pub(crate) const L187: Code = Code::error(
    "L187",
    "chost-of-host",
    "crossdev refuses to make a compiler whose name is that of the host's own: change the vendor, the second part of the tuple.",
    "crossdev, check of CTARGET",
);

/// An unmask that is taken back.
pub(crate) const L188: Code = Code::error(
    "L188",
    "unmask-before-crossdev",
    "Portage reads the files of the folder by name, and of two words on one atom the last one holds: crossdev's own file cross-TUPLE masks the flag again.",
    "crossdev, set_use_mask; lib/portage/util/__init__.py, grabdict_package",
);

/// One folder of packages for two machines.
pub(crate) const L044: Code = Code::warning(
    "L044",
    "shared-packages",
    "Binary packages of both roots lie in one folder under the same names: the one installs what was built for the other.",
    "make.conf(5), PKGDIR; crossdev, which sets PKGDIR of its roots",
);

/// The build host's own search path.
pub(crate) const L038: Code = Code::warning(
    "L038",
    "pkg-config-path",
    "PKG_CONFIG_PATH goes before the build host's own search path and does not replace it: what the other system lacks is found on the host. crossdev's wrapper unsets it.",
    "pkg-config(1), PKG_CONFIG_LIBDIR; crossdev, wrappers/cross-pkg-config",
);

/// Where Portage keeps packages when make.conf does not say it.
const PACKAGES: &str = "/var/cache/binpkgs";

/// Portage of the build host reads the make.conf of a cross root, and takes its paths for the host's.
fn check_packages(root: &Context<'_>, at: &RelPath, host: &Context<'_>, report: &mut Report) {
    let plain =
        |text: &str| format!("/{}", text.split('/').filter(|p| !p.is_empty()).collect::<Vec<_>>().join("/"));
    let (Some(own), Some(path)) = (root.make_conf.get("PKGDIR"), root.assigned("PKGDIR")) else { return };
    if at.as_str().strip_prefix("usr/") != root.make_conf.get("CHOST") {
        return;
    }
    let theirs = host.make_conf.get("PKGDIR").unwrap_or(PACKAGES);
    let differs = |name: &str| root.make_conf.get(name) != host.make_conf.get(name);
    if plain(own) == plain(theirs) && (differs("CHOST") || differs("CFLAGS")) {
        report
            .file(&path)
            .at(&L044, Key::of("PKGDIR"), "the machine that this root lies in keeps its own packages there")
            .set_help("take a folder below this root");
    }
}

/// Where Portage has the main repository when repos.conf does not say it.
const LOCATION: &str = "/var/db/repos/gentoo";

/// What a root and the machine that it lies in must agree on: `at` is its place there.
///
/// ```
/// use portage_config::{lint, report::Report, spec::{self, Options}};
/// # use std::collections::BTreeMap;
/// let text = "spec = 1\n[root.host.make.conf]\nCHOST = \"x86_64-pc-linux-gnu\"\n\
///     [root.cross]\nat = \"host:/usr/x86_64-pc-linux-gnu\"\n\
///     [root.cross.make.conf]\nCHOST = \"x86_64-pc-linux-gnu\"\n";
/// let files: BTreeMap<_, _> = [("a.toml".into(), text.into())].into();
/// let mut report = Report::new();
/// let spec = spec::load("a.toml", &Options::new(&files), &mut report).unwrap();
/// let [host, cross] = spec.roots.as_slice() else { panic!() };
/// lint::inside(&cross.config, &cross.at.as_ref().unwrap().1, &host.config, &mut report);
/// assert_eq!(report.diagnostics[0].code.name, "chost-of-host");
/// ```
pub fn inside(config: &Config, at: &RelPath, host: &Config, report: &mut Report) {
    let (root, host) = (Context::new(config, &mut Report::new()), Context::new(host, &mut Report::new()));
    check_packages(&root, at, &host, report);
    if let (Some(own), Some(theirs)) = (main_repository(&root), main_repository(&host))
        && own.place != theirs.place
    {
        let message = format!(
            "this root has the main repository at `{}`, and the machine that it lies in at `{}`",
            own.place, theirs.place
        );
        report
            .file(&own.path)
            .at(&L186, own.key, message)
            .set_help(format!("write location = {}, or bind-mount the one on the other", theirs.place));
    }
    let (Some(chost), Some(path)) = (root.chost(), root.assigned("CHOST")) else { return };
    let of_host = host.chost().or_else(|| Chost::parse(root.make_conf.get("CBUILD")?).ok());
    if at.name() == chost.as_str() && of_host.is_some_and(|other| other.as_str() == chost.as_str()) {
        let message = format!("`{}` is the tuple of the build host, too", chost.as_str());
        report
            .file(&path)
            .at(&L187, Key::of("CHOST"), message)
            .set_help("give this root a vendor of its own, such as x86_64-cross-linux-gnu");
    }
}

/// Where a configuration has its main repository, and who says so.
struct Repository {
    path: RelPath,
    key: Key,
    place: String,
}

fn main_repository(context: &Context<'_>) -> Option<Repository> {
    let mut main = "gentoo".to_owned();
    for (_, ini) in context.inis("repos.conf") {
        for section in ini.sections.iter().filter(|section| section.name == "DEFAULT") {
            for key in section.keys.iter().filter(|key| key.key.eq_ignore_ascii_case("main-repo")) {
                key.value.reveal().trim().clone_into(&mut main);
            }
        }
    }
    let mut found = None;
    for (path, ini) in context.inis("repos.conf") {
        let unsaid = || Repository { path: path.clone(), key: Key::file(), place: LOCATION.to_owned() };
        if found.is_none() && main == "gentoo" {
            found = Some(unsaid());
        }
        for section in ini.sections.iter().filter(|section| section.name == main) {
            for key in section.keys.iter().filter(|key| key.key.eq_ignore_ascii_case("location")) {
                let place = key.value.reveal().trim().trim_end_matches('/').to_owned();
                let key = Key::of(&main).then("location");
                found = Some(Repository { path: path.clone(), key, place });
            }
        }
    }
    found
}

/// PKG_CONFIG_PATH where one machine builds for another, in make.conf and in environments that are sourced.
fn check_pkg_config(context: &Context<'_>, report: &mut Report) {
    const PATH: &str = "PKG_CONFIG_PATH";
    let mut told = |path: &RelPath| {
        report
            .file(path)
            .at(&L038, Key::of(PATH), "`PKG_CONFIG_PATH` leaves the search path of the build host in place")
            .set_help("write PKG_CONFIG_LIBDIR, and PKG_CONFIG_SYSROOT_DIR beside it");
    };
    let is_cross = |of: &dyn Fn(&str) -> Option<String>| {
        let differ = of("CBUILD").zip(of("CHOST")).is_some_and(|(build, host)| build != host);
        let root = of("ROOT").is_some_and(|root| !root.trim_end_matches('/').is_empty());
        (differ || root) && of(PATH).is_some_and(|path| !path.is_empty()) && of("PKG_CONFIG_LIBDIR").is_none()
    };
    let conf = |name: &str| context.make_conf.get(name).map(str::to_owned);
    if is_cross(&conf)
        && let Some(path) = context.assigned(PATH)
    {
        told(&path);
    }
    for (path, vars) in context.vars("sh-env") {
        let own = |name: &str| Some(vars.get(name)?.value.spell().trim_matches(['"', '\'']).to_owned());
        if is_cross(&own) {
            told(path);
        }
    }
}

/// Unmasked flags of crossdev's packages, in files that crossdev's own follow.
pub(super) fn check(context: &Context<'_>, report: &mut Report) {
    check_pkg_config(context, report);
    for (path, rule) in context.rules("profile/package.use.mask") {
        let atom = rule.key.trim_start_matches(['=', '>', '<', '~']);
        let Some((category, _)) = atom.split_once('/') else { continue };
        if !category.starts_with("cross-") || path.below("etc/portage/profile/package.use.mask") == Some("") {
            continue;
        }
        let Some(word) = rule.words.iter().find(|word| word.starts_with('-')) else { continue };
        if path.name() < category {
            let message = format!("`{category}`, which crossdev writes, is read after this file");
            report
                .file(path)
                .word(&L188, Key::of(&rule.key), word, message)
                .set_help(format!("call the file zz-{}", path.name()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lint::testing::{Root, codes, root};

    const TUPLE: &str = "x86_64-icelake-linux-gnu";

    fn beside(cross: &Root, host: &Root) -> Vec<&'static str> {
        let mut report = Report::new();
        let at = RelPath::parse(&format!("usr/{TUPLE}")).unwrap();
        inside(&cross.0, &at, &host.0, &mut report);
        report.diagnostics.iter().map(|diagnostic| diagnostic.code.id).collect()
    }

    #[test]
    fn one_machine_has_one_repository() {
        let at = |place| root().ini("etc/portage/repos.conf/a", &[("gentoo", &[("location", place)])]);
        assert_eq!(beside(&at("/var/db/repos/gentoo"), &at("/usr/portage")), ["L186"]);
        assert_eq!(beside(&at("/usr/portage/"), &at("/usr/portage")), [""; 0]);
        let unsaid = root().ini("etc/portage/repos.conf/a", &[("gentoo", &[("auto-sync", "no")])]);
        assert_eq!(beside(&unsaid, &at("/usr/portage")), ["L186"], "Portage's own default counts");
        assert_eq!(beside(&at("/var/db/repos/gentoo"), &unsaid), [""; 0]);
        assert_eq!(beside(&root(), &at("/usr/portage")), [""; 0], "a root without Portage");
        let other = root().ini(
            "etc/portage/repos.conf/a",
            &[("DEFAULT", &[("main-repo", "own")]), ("own", &[("location", "/own")])],
        );
        assert_eq!(beside(&other, &at("/var/db/repos/gentoo")), ["L186"]);
    }

    #[test]
    fn each_root_keeps_its_own_packages() {
        let conf = |assigns: &[(&str, &str)]| root().vars("etc/portage/make.conf", assigns);
        let host = || conf(&[("CHOST", "x86_64-pc-linux-gnu")]);
        let cross = |dir| conf(&[("CHOST", TUPLE), ("CBUILD", "x86_64-pc-linux-gnu"), ("PKGDIR", dir)]);
        assert_eq!(beside(&cross("/var/cache/binpkgs/"), &host()), ["L044"]);
        assert_eq!(beside(&cross("/var/cache/binpkgs"), &conf(&[("PKGDIR", "/srv/binpkgs")])), [""; 0]);
        assert_eq!(beside(&cross("/usr/x/var/cache/binpkgs"), &host()), [""; 0]);
        let chroot = conf(&[("CHOST", "i486-pc-linux-gnu"), ("PKGDIR", "/var/cache/binpkgs")]);
        assert_eq!(beside(&chroot, &host()), [""; 0], "a root elsewhere reads it by itself");
    }

    #[test]
    fn a_cross_root_has_a_tuple_of_its_own() {
        let conf = |assigns: &[(&str, &str)]| root().vars("etc/portage/make.conf", assigns);
        assert_eq!(beside(&conf(&[("CHOST", TUPLE)]), &conf(&[("CHOST", TUPLE)])), ["L187"]);
        assert_eq!(beside(&conf(&[("CHOST", TUPLE), ("CBUILD", TUPLE)]), &root()), ["L187"]);
        let good = conf(&[("CHOST", TUPLE), ("CBUILD", "x86_64-pc-linux-gnu")]);
        assert_eq!(beside(&good, &root()), [""; 0]);
        let chroot = conf(&[("CHOST", "x86_64-pc-linux-gnu"), ("CBUILD", "x86_64-pc-linux-gnu")]);
        assert_eq!(beside(&chroot, &root()), [""; 0], "a root elsewhere is no cross root");
    }

    #[test]
    fn the_search_path_is_that_of_the_root() {
        let conf = |more: &[(&str, &str)]| {
            let own = [("CHOST", TUPLE), ("CBUILD", "x86_64-pc-linux-gnu"), ("CHOST_amd64", TUPLE)];
            codes(&root().vars("etc/portage/make.conf", &[&own, more].concat()))
        };
        let path = ("PKG_CONFIG_PATH", "/usr/x/usr/lib64/pkgconfig");
        assert_eq!(conf(&[path]), ["L038"]);
        assert_eq!(conf(&[path, ("PKG_CONFIG_LIBDIR", "/usr/x/usr/lib64/pkgconfig")]), [""; 0]);
        assert_eq!(codes(&root().vars("etc/portage/make.conf", &[path])), [""; 0], "for the machine itself");
        let env = |text: &str| {
            let mut root = root().text("srv/cross.env", text);
            let file = root.0.files.values_mut().next().unwrap();
            file.kind = Some(&crate::file::shell::SH_ENV);
            codes(&root)
        };
        assert_eq!(env("export ROOT=/usr/x\nexport PKG_CONFIG_PATH=/usr/x/lib\n"), ["L038"]);
        assert_eq!(env("export ROOT=/\nexport PKG_CONFIG_PATH=/usr/x/lib\n"), [""; 0]);
    }

    #[test]
    fn an_unmask_sorts_after_that_of_crossdev() {
        let mask = |name: &str, words| {
            let path = format!("etc/portage/profile/package.use.mask/{name}");
            codes(&root().rules(&path, &[("cross-i486-pc-linux-gnu/gcc", words)]))
        };
        assert_eq!(mask("aa-multilib", "-multilib"), ["L188"]);
        assert_eq!(mask("zz-multilib", "-multilib"), [""; 0]);
        assert_eq!(mask("aa-multilib", "fortran"), [""; 0]);
    }
}
