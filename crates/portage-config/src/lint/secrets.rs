//! Secrets in files that everybody can read.

use crate::config::{Config, File};
use crate::report::{Code, Key, Report};
use crate::vocab::RelPath;

/// A secret for everybody.
pub(crate) const L164: Code = Code::error(
    "L164",
    "exposed-secret",
    "Every user and every service of the machine can read it. make.conf, repos.conf and most files beside them \
     cannot be closed instead: without them every call of Portage by an ordinary user dies, or misses repositories.",
    "portage(5); FEATURES userfetch in make.conf(5); curl(1), --config; wget(1), --config",
);

/// Reports each secret that everybody could read.
///
/// ```
/// use portage_config::{config::{Body, Bytes, Config, File}, file, lint, report::Report, vocab::RelPath};
/// let path = RelPath::parse("etc/portage/make.conf")?;
/// let text = b"FETCHCOMMAND=\"curl --header 'X-Token: hunter2' \\${URI}\"\n".to_vec();
/// let file = File::new(file::find(&path), Body::Text(Bytes(text)));
/// let mut report = Report::new();
/// lint::exposed(&Config { files: [(path, file)].into() }, &mut report);
/// assert_eq!(report.diagnostics[0].code.id, "L164");
/// assert!(!format!("{report:?}").contains("hunter2"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn exposed(config: &Config, report: &mut Report) {
    for (path, file) in &config.files {
        for key in file.exposed() {
            let message = match key.0.as_slice() {
                [] => "the text holds a secret, and everybody can read the file".to_owned(),
                _ => format!("`{key}` holds a secret, and everybody can read the file"),
            };
            let help = help(path, file, &key);
            report.file(path).at(&L164, key, message).set_help(help);
        }
    }
}

/// Where the secret can go instead.
fn help(path: &RelPath, file: &File, key: &Key) -> String {
    let name = key.0.last().map(String::as_str).unwrap_or_default();
    let is_command = |name: &str| {
        let name = name.to_ascii_uppercase();
        name.starts_with("FETCHCOMMAND") || name.starts_with("RESUMECOMMAND")
    };
    let read_by = "root:portage and of mode 0640, as the fetcher runs as the user portage";
    if file.mode.is_some_and(|mode| mode & 0o004 != 0) && file.kind.is_none_or(|kind| !kind.is_for_all()) {
        return "leave out `mode`: the file is then readable for those only who need it".to_owned();
    }
    match file.kind.map(|kind| kind.name).unwrap_or_default() {
        _ if is_command(name) => format!(
            "put the option into a file, which `curl --config FILE` or `wget --config=FILE` reads (curl: `header = \
             \"…\"`, wget: `header = …`); make it {read_by}"
        ),
        _ if name.to_ascii_lowercase().ends_with("_proxy") => format!(
            "leave user and password out of the address; `wget --config=FILE` in FETCHCOMMAND takes proxy_user and \
             proxy_password from FILE, `curl --config FILE` proxy-user; make it {read_by}"
        ),
        "repos.conf" => "leave user and password out of the address: let git ask a credential helper (`git config \
                         --system credential.helper 'store --file=FILE'`, FILE of mode 0600 of the user who syncs), \
                         or use ssh with a key"
            .to_owned(),
        "binrepos.conf" => format!(
            "leave user and password out of the address and set `fetchcommand` and `resumecommand` of the host to \
             `curl --netrc-file FILE …`, which Portage uses for its index, too; make FILE {read_by}"
        ),
        "make.conf" | "env" => format!(
            "leave it out; what a fetcher has to know goes into a file that `curl --netrc-file FILE` or `wget \
             --config=FILE` in FETCHCOMMAND reads; make it {read_by}"
        ),
        _ => format!("move it out of `{path}` into a file that only its reader can read"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{codes, root};
    use crate::report::Report;

    #[test]
    fn secrets_for_everybody() {
        let make_conf =
            |name: &str, value: &str| codes(&root().vars("etc/portage/make.conf", &[(name, value)]));
        for (name, value) in [
            ("FETCHCOMMAND", "curl --header 'X-Token: hunter2' \\${URI}"),
            ("RESUMECOMMAND_HTTPS", "wget --password hunter2 \\${URI}"),
            ("http_proxy", "http://me:hunter2@h:3128"),
            ("GENTOO_MIRRORS", "https://a https://me:hunter2@h/"),
            ("PORTAGE_BINHOST", "https://me:hunter2@h/"),
            ("SCCACHE_WEBDAV_TOKEN", "hunter2"),
        ] {
            assert!(make_conf(name, value).contains(&"L164"), "{name}");
        }
        for (name, value) in [
            ("FETCHCOMMAND", "curl --config /etc/portage/curl.conf \\${URI}"),
            ("GENTOO_MIRRORS", "https://me@h/ rsync://h/"),
            ("http_proxy", "http://h:3128"),
        ] {
            assert!(!make_conf(name, value).contains(&"L164"), "{name}");
        }
    }

    #[test]
    fn the_mode_that_is_said_decides() {
        let mut config = root().vars("etc/portage/make.conf", &[("X_TOKEN", "hunter2")]);
        let exposed = |config: &super::super::testing::Root| {
            let mut report = Report::new();
            super::exposed(&config.0, &mut report);
            report.diagnostics.len()
        };
        assert_eq!(exposed(&config), 1);
        for (mode, count) in [(0o600, 0), (0o640, 0), (0o644, 1), (0o604, 1)] {
            config.0.files.values_mut().for_each(|file| file.mode = Some(mode));
            assert_eq!(exposed(&config), count, "{mode:o}");
        }
    }

    #[test]
    fn help_names_a_place() {
        let help = |path: &str, name: &str, value: &str| {
            let mut report = Report::new();
            super::exposed(&root().vars(path, &[(name, value)]).0, &mut report);
            report.diagnostics.iter().find_map(|d| d.help.clone()).unwrap()
        };
        let fetch = help("etc/portage/make.conf", "FETCHCOMMAND", "wget --password x");
        assert!(fetch.contains("wget --config=FILE") && fetch.contains("0640"), "{fetch}");
        assert!(help("etc/portage/make.conf", "https_proxy", "http://u:p@h/").contains("proxy_password"));
        assert!(help("etc/portage/env/x", "X_TOKEN", "y").contains("netrc"));
    }
}
