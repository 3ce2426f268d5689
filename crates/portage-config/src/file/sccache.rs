//! sccache's three files: the client's, that of the scheduler of its build servers, and that of a build server.
//!
//! Tokens, passwords and keys in them are secrets ([`crate::vocab::is_secret_name`]): the client's file is read by
//! Portage's builds, the others by root alone, see [`Kind::reader`].

mod values;

use std::sync::LazyLock;

use super::{Grammar, Kind, Place};
use crate::model::{Model, Table, TomlValue};
use crate::report::{Code, Findings, Key};
use crate::vocab::nearest;

pub(crate) use values::L196;

/// The client's file; SCCACHE_CONF has to name it.
pub static SCCACHE_CLIENT: Kind = Kind {
    name: "sccache.client",
    about: "Where compilers' results are kept, and which scheduler takes the work: read where SCCACHE_CONF names it, \
            https://github.com/mozilla/sccache, docs/Configuration.md.",
    place: Place::File("etc/sccache/client.toml"),
    grammar: Grammar::Toml,
    template: Some("etc/sccache/client.toml.j2"),
    mode: 0o644,
    check: |model, findings| check("client", model, findings),
};

/// The scheduler's file: `sccache-dist scheduler --config FILE`.
pub static SCCACHE_SCHEDULER: Kind = Kind {
    name: "sccache.scheduler",
    about: "Which clients and build servers the scheduler talks to: `sccache-dist scheduler --config FILE`, \
            https://github.com/mozilla/sccache, docs/Distributed.md.",
    place: Place::File("etc/sccache/scheduler.toml"),
    grammar: Grammar::Toml,
    template: Some("etc/sccache/scheduler.toml.j2"),
    mode: 0o644,
    check: |model, findings| check("scheduler", model, findings),
};

/// A build server's file: `sccache-dist server --config FILE`.
pub static SCCACHE_SERVER: Kind = Kind {
    name: "sccache.server",
    about: "How a build server builds, and for which scheduler: `sccache-dist server --config FILE`, \
            https://github.com/mozilla/sccache, docs/Distributed.md.",
    place: Place::File("etc/sccache/server.toml"),
    grammar: Grammar::Toml,
    template: Some("etc/sccache/server.toml.j2"),
    mode: 0o644,
    check: |model, findings| check("server", model, findings),
};

/// A key that sccache refuses.
pub(crate) const L165: Code = Code::error(
    "L165",
    "unknown-sccache-key",
    "sccache knows all keys of its files and starts with no other: unknown field.",
    "sccache 0.19.0, src/config.rs",
);

/// The files' names and their keys, dots between the tables.
static KEYS: LazyLock<Vec<(&'static str, &'static str)>> = LazyLock::new(|| {
    include_str!("../../data/sccache-parameters.tsv")
        .lines()
        .skip(1)
        .filter_map(|l| l.split_once('\t'))
        .collect()
});

fn check(file: &'static str, model: &Model, findings: &mut Findings<'_>) {
    if let Model::Table(table) = model {
        judge(file, table, &mut Vec::new(), findings);
        values::check(file, table, findings);
    }
}

fn judge(file: &'static str, table: &Table, way: &mut Vec<String>, findings: &mut Findings<'_>) {
    let known = || KEYS.iter().filter(move |(of, _)| *of == file).map(|(_, key)| *key);
    for entry in &table.entries {
        way.push(entry.key.clone());
        let name = way.join(".");
        let inside = |key: &str| key.strip_prefix(&name).is_some_and(|rest| rest.starts_with('.'));
        if known().any(inside) {
            match &entry.value {
                TomlValue::Table(inner) => judge(file, inner, way, findings),
                TomlValue::Array(values) => {
                    for value in values {
                        if let TomlValue::Table(inner) = value {
                            judge(file, inner, way, findings);
                        }
                    }
                }
                _ => {}
            }
        } else if !known().any(|key| key == name) {
            let found = findings.at(&L165, Key(way.clone()), format!("sccache knows no `{name}`"));
            match nearest(&name, known()) {
                Some(near) => found.set_help(format!("did you mean {near}?")),
                None => found.set_help("take it out"),
            };
        }
        way.pop();
    }
}

#[cfg(test)]
mod tests {
    use crate::lint;
    use crate::model::Model;
    use crate::report::Report;
    use crate::vocab::RelPath;

    use super::*;

    const CLIENT: &str = "[cache.disk]\ndir = \"/var/tmp/sccache\"\nsize = \"5G\"\n\n[dist]\n\
        scheduler_url = \"http://192.0.2.10:64888\"\ntoolchains = []\n\n[dist.auth]\ntype = \"token\"\ntoken = \"hunter2\"\n";

    fn read(path: &str, text: &str) -> (Model, Vec<String>) {
        let path = RelPath::parse(path).unwrap();
        let kind = super::super::find(&path).unwrap();
        let mut report = Report::new();
        let model = crate::syntax::read(&kind.grammar, text.as_bytes(), &mut report.file(&path));
        (kind.check)(&model, &mut report.file(&path));
        let found = report.diagnostics.iter().map(|d| format!("{} {}", d.code.id, d.message)).collect();
        (model, found)
    }

    #[test]
    fn keys_are_known() {
        assert!(lint::CODES.contains(&&L165));
        assert_eq!(read("etc/sccache/client.toml", CLIENT).1, [""; 0]);
        let wrong = CLIENT.replace("scheduler_url", "schedular_url");
        assert_eq!(read("etc/sccache/client.toml", &wrong).1, ["L165 sccache knows no `dist.schedular_url`"]);
        let scheduler = "public_addr = \"0.0.0.0:1\"\n[client_auth]\ntype = \"token\"\ntoken = \"x\"\n";
        assert_eq!(read("etc/sccache/scheduler.toml", scheduler).1, [""; 0]);
        assert_eq!(read("etc/sccache/server.toml", scheduler).1, ["L165 sccache knows no `client_auth`"]);
    }

    /// The verdicts of sccache itself: `tests/conformance/sccache-verdicts.tsv`.
    #[test]
    fn verdicts_are_those_of_sccache() {
        let table = include_str!("../../../../tests/conformance/sccache-verdicts.tsv");
        let mut count = 0;
        for line in table.lines().filter(|line| !line.starts_with('#')).skip(1) {
            let cells: Vec<&str> = line.split('\t').collect();
            let [file, text, verdict] = cells.as_slice() else { panic!("{line}") };
            let (_, found) = read(&format!("etc/sccache/{file}.toml"), &text.replace("\\n", "\n"));
            assert_eq!(found.is_empty(), *verdict == "ok", "{line}: {found:?}");
            count += 1;
        }
        assert!(count > 8);
    }

    /// What src/config.rs says of values that the table does not have.
    #[test]
    fn values_have_a_form() {
        for (file, text) in [
            ("client", "[cache.disk]\nsize = true\n"),
            ("client", "[cache.disk]\nrw_mode = \"RO\"\n"),
            ("server", "public_addr = \"builder:8889\"\n"),
            ("server", "scheduler_url = \"http://127.0.0.1:64888/x\"\n"),
            ("server", "toolchain_cache_size = \"5G\"\n"),
            ("server", "[builder]\ntype = \"overlays\"\n"),
        ] {
            let (_, found) = read(&format!("etc/sccache/{file}.toml"), text);
            assert!(
                found.len() == 1 && found.iter().all(|found| found.starts_with("L196")),
                "{text}: {found:?}"
            );
        }
    }

    #[test]
    fn tokens_are_secrets() {
        let (model, _) = read("etc/sccache/client.toml", CLIENT);
        assert_eq!(model.secrets(), [["dist", "auth", "token"]]);
        assert!(!format!("{model:?}").contains("hunter2"));
    }
}
