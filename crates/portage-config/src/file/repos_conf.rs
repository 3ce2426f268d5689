//! Repositories, binary package hosts and sources of sets: portage(5), repos.conf, binrepos.conf and sets.conf.

use super::{Grammar, IniDialect, Kind, Place};
use crate::model::{Ini, Model};
use crate::report::{Code, Findings, Key};
use crate::vocab::nearest;

/// The ebuild repositories: a section each, merged key by key with Portage's own file, portage(5).
pub static REPOS_CONF: Kind = Kind {
    name: "repos.conf",
    about: "The ebuild repositories: a section each, merged key by key with Portage's own file, portage(5).",
    place: Place::FileOrFolder("etc/portage/repos.conf"),
    grammar: Grammar::Ini(IniDialect::ConfigParser),
    template: Some("etc/portage/repos.conf.j2"),
    mode: 0o644,
    check: check_repos,
};

/// The binary package hosts: a section each, portage(5).
pub static BINREPOS_CONF: Kind = Kind {
    name: "binrepos.conf",
    about: "The binary package hosts: a section each, portage(5).",
    place: Place::FileOrFolder("etc/portage/binrepos.conf"),
    grammar: Grammar::Ini(IniDialect::ConfigParser),
    template: Some("etc/portage/binrepos.conf.j2"),
    mode: 0o644,
    check: check_binrepos,
};

/// Where sets come from: a section for each class of set, portage(5).
pub static SETS_CONF: Kind = Kind {
    name: "sets.conf",
    about: "Where sets come from: a section for each class of set, portage(5).",
    place: Place::FileOrFolder("etc/portage/sets.conf"),
    grammar: Grammar::Ini(IniDialect::ConfigParser),
    template: Some("etc/portage/sets.conf.j2"),
    mode: 0o644,
    check: super::nothing_to_check,
};

/// A value that a key does not take.
pub(crate) const L113: Code = Code::error(
    "L113",
    "bad-setting",
    "Portage says that the value is unsupported, or takes it for false without a word.",
    "lib/portage/repository/config.py; lib/portage/binrepo/config.py",
);

/// A key that nobody reads, close to one that Portage reads.
pub(crate) const L114: Code = Code::error(
    "L114",
    "unknown-setting",
    "Portage ignores keys that it does not know, without a word.",
    "lib/portage/repository/config.py; portage(5), repos.conf",
);

/// A binary package host without address.
pub(crate) const L129: Code = Code::error(
    "L129",
    "binhost-without-uri",
    "Portage prints `Missing sync-uri setting for binrepo` and leaves the section out.",
    "lib/portage/binrepo/config.py",
);

/// The values of `sync-type`; empty: not synchronized.
pub const SYNC_TYPES: &[&str] = &["", "cvs", "git", "mercurial", "rsync", "svn", "webrsync", "zipfile"];

/// Those of modules that other packages bring: layman.
const FOREIGN_SYNC_TYPES: [&str; 1] = ["laymansync"];
const YES_NO: &[&str] = &["yes", "no", "true", "false"];

/// The keys that Portage reads of a repository (repos.conf); others are ignored.
pub const REPO_KEYS: &[&str] = &[
    "aliases",
    "auto-sync",
    "clone-depth",
    "eclass-overrides",
    "force",
    "format",
    "location",
    "main-repo",
    "masters",
    "priority",
    "strict-misc-digests",
    "sync-allow-hardlinks",
    "sync-cvs-repo",
    "sync-depth",
    "sync-git-clone-env",
    "sync-git-clone-extra-opts",
    "sync-git-env",
    "sync-git-pull-env",
    "sync-git-pull-extra-opts",
    "sync-git-verify-commit-signature",
    "sync-git-verify-max-age-days",
    "sync-hooks-only-on-change",
    "sync-mercurial-clone-env",
    "sync-mercurial-clone-extra-opts",
    "sync-mercurial-env",
    "sync-mercurial-pull-env",
    "sync-mercurial-pull-extra-opts",
    "sync-openpgp-key-package",
    "sync-openpgp-key-path",
    "sync-openpgp-key-refresh",
    "sync-openpgp-key-refresh-retry-count",
    "sync-openpgp-key-refresh-retry-delay-exp-base",
    "sync-openpgp-key-refresh-retry-delay-max",
    "sync-openpgp-key-refresh-retry-delay-mult",
    "sync-openpgp-key-refresh-retry-overall-timeout",
    "sync-openpgp-keyserver",
    "sync-rcu",
    "sync-rcu-spare-snapshots",
    "sync-rcu-store-dir",
    "sync-rcu-ttl-days",
    "sync-rsync-extra-opts",
    "sync-rsync-vcs-ignore",
    "sync-rsync-verify-jobs",
    "sync-rsync-verify-max-age",
    "sync-rsync-verify-metamanifest",
    "sync-type",
    "sync-umask",
    "sync-uri",
    "sync-user",
    "sync-webrsync-delta",
    "sync-webrsync-keep-snapshots",
    "sync-webrsync-verify-signature",
    "usepkg-exclude",
    "usepkg-include",
    "volatile",
];

/// The keys that Portage reads of a binary package host (binrepos.conf); others are ignored.
pub const BINREPO_KEYS: &[&str] = &[
    "fetchcommand",
    "frozen",
    "getbinpkg-exclude",
    "getbinpkg-include",
    "location",
    "openpgp-key-package",
    "priority",
    "resumecommand",
    "sync-uri",
    "verify-signature",
];

/// The keys of both that are switches: `yes` and `no`, or a boolean.
pub const BOOLEANS: &[&str] = &[
    "auto-sync",
    "frozen",
    "strict-misc-digests",
    "sync-allow-hardlinks",
    "sync-git-verify-commit-signature",
    "sync-hooks-only-on-change",
    "sync-rcu",
    "sync-rsync-vcs-ignore",
    "sync-webrsync-delta",
    "sync-webrsync-keep-snapshots",
    "sync-webrsync-verify-signature",
    "verify-signature",
    "volatile",
];

fn check_repos(model: &Model, findings: &mut Findings<'_>) {
    let Model::Ini(ini) = model else { return };
    check_keys(ini, REPO_KEYS, findings);
}

fn check_binrepos(model: &Model, findings: &mut Findings<'_>) {
    let Model::Ini(ini) = model else { return };
    check_keys(ini, BINREPO_KEYS, findings);
    for section in ini.sections.iter().filter(|section| section.name != "DEFAULT") {
        if ini.get(&section.name, "sync-uri").is_none() {
            findings
                .at(
                    &L129,
                    Key::of(&section.name),
                    format!("the section `{}` has no `sync-uri`", section.name),
                )
                .set_help("write sync-uri = https://HOST/PATH");
        }
    }
}

fn check_keys(ini: &Ini, known: &'static [&'static str], findings: &mut Findings<'_>) {
    for section in &ini.sections {
        for key in &section.keys {
            let name = key.key.to_lowercase();
            let at = || Key::of(&section.name).then(&key.key);
            if !known.contains(&name.as_str()) {
                if let Some(near) = nearest(&name, known.iter().copied()) {
                    findings
                        .at(&L114, at(), format!("Portage does not read `{}`", key.key))
                        .set_help(format!("did you mean {near}?"));
                }
                continue;
            }
            let value = key.value.reveal().trim();
            let choices = match name.as_str() {
                "sync-type" => SYNC_TYPES,
                "sync-openpgp-key-refresh" => {
                    &["yes", "true", "wkd", "keyserver", "no", "false", "false-nowarn"]
                }
                "sync-rsync-verify-metamanifest" => &["yes", "true", "no", "false"],
                name if BOOLEANS.contains(&name) => YES_NO,
                "priority" => {
                    if value.parse::<i64>().is_err() {
                        findings
                            .at(&L113, at(), format!("`priority` cannot be `{value}`"))
                            .set_help("write a whole number");
                    }
                    continue;
                }
                _ => continue,
            };
            let lower = value.to_lowercase();
            let folded = if name == "sync-type" { value } else { lower.as_str() };
            let is_foreign = name == "sync-type" && FOREIGN_SYNC_TYPES.contains(&value);
            if !value.contains("%(") && !choices.contains(&folded) && !is_foreign {
                let words: Vec<&str> = choices.iter().copied().filter(|word| !word.is_empty()).collect();
                findings
                    .at(&L113, at(), format!("`{name}` cannot be `{}`", key.value.shown()))
                    .set_help(format!("write one of: {}", words.join(" ")));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::file::testing::{codes, ini};

    #[test]
    fn values_and_keys_of_repositories() {
        const PATH: &str = "etc/portage/repos.conf/x";
        for (key, bad, good, code) in [
            ("sync-type", "Git", "git", "L113"),
            ("sync-type", "laymansinc", "laymansync", "L113"),
            ("auto-sync", "maybe", "No", "L113"),
            ("priority", "high", "-50", "L113"),
            ("sync-openpgp-key-refresh", "sometimes", "wkd", "L113"),
        ] {
            assert_eq!(codes(PATH, ini(&[("x", &[(key, bad)])])), [code], "{key}");
            assert_eq!(codes(PATH, ini(&[("x", &[(key, good)])])), [""; 0], "{key}");
        }
        assert_eq!(codes(PATH, ini(&[("x", &[("sync_uri", "u")])])), ["L114"]);
        assert_eq!(codes(PATH, ini(&[("x", &[("sync-urls", "u")])])), ["L114"]);
        assert_eq!(codes(PATH, ini(&[("x", &[("my-own-remark", "u"), ("Location", "/x")])])), [""; 0]);
    }

    #[test]
    fn hosts_have_addresses() {
        const PATH: &str = "etc/portage/binrepos.conf/x";
        assert_eq!(codes(PATH, ini(&[("x", &[("priority", "1")])])), ["L129"]);
        assert_eq!(
            codes(PATH, ini(&[("x", &[("sync-uri", "http://h/"), ("verify-signature", "false")])])),
            [""; 0]
        );
    }
}
