//! sccache: the variable that names its file, and the token that both ends must have.

use super::context::Context;
use crate::config::{Body, Config};
use crate::file;
use crate::model::{Model, Table, TomlValue};
use crate::report::{Code, Key, Report};
use crate::vocab::RelPath;

/// A token that the scheduler does not know.
pub(crate) const L077: Code = Code::error(
    "L077",
    "other-client-token",
    "The scheduler lets in the clients that show its own token, and answers others with 401: they compile by themselves, and say so in a log only.",
    "sccache 0.19.0, src/bin/sccache-dist/main.rs, ClientAuth",
);

/// A configuration that is not read.
pub(crate) const L078: Code = Code::warning(
    "L078",
    "sccache-conf",
    "sccache goes on with its defaults, without a word, where it cannot read the file that SCCACHE_CONF names: nothing is sent to the scheduler.",
    "sccache 0.19.0, src/config.rs, try_read_config_file",
);

/// The variable that names the client's file.
const CONF: &str = "SCCACHE_CONF";

pub(super) fn check(context: &Context<'_>, report: &mut Report) {
    for kind in ["make.conf", "env"] {
        for (path, vars) in context.vars(kind) {
            let Some(value) = vars.get(CONF).and_then(|assign| assign.value.plain()) else { continue };
            if let Some((text, help)) = unread(context.config, value) {
                report.file(path).at(&L078, Key::of(CONF), text).set_help(help);
            }
        }
    }
}

/// Why the file that is named is not read.
fn unread(config: &Config, value: &str) -> Option<(String, String)> {
    let Some(path) = value.strip_prefix('/').and_then(|path| RelPath::parse(path).ok()) else {
        let text = format!("`{value}` is no path that begins with /: builds run in folders of their own");
        return (!value.is_empty()).then(|| (text, "write the whole path".to_owned()));
    };
    let is_client =
        |path: &RelPath| file::find(path).is_some_and(|kind| kind.name == file::sccache::SCCACHE_CLIENT.name);
    let there = config.files.get(&path).filter(|file| file.body != Body::Absent);
    match there {
        // Only of a file that is looked for is it known that it is not there.
        None => {
            let other = config.files.keys().find(|path| is_client(path));
            let help = match other {
                Some(other) => format!("write /{other}"),
                None => "write the file, or take the variable out".to_owned(),
            };
            (is_client(&path) || other.is_some()).then(|| (format!("there is no `/{path}`"), help))
        }
        Some(file) => {
            let mode = file.mode.filter(|mode| mode & 0o044 == 0)?;
            let text = format!(
                "only the owner of `/{path}` may read it (mode {mode:04o}), and builds run as portage"
            );
            Some((text, "give it the mode 0640 and the group portage".to_owned()))
        }
    }
}

/// What a client must agree on with a scheduler, in this root or in another of the same spec.
///
/// ```
/// use portage_config::{lint, report::Report, spec::{self, Options}};
/// # use std::collections::BTreeMap;
/// let text = "spec = 1\n[root.a.\"/etc/sccache/client.toml\"]\ndist.auth = { type = \"token\", token = \"one\" }\n\
///     [root.b.\"/etc/sccache/scheduler.toml\"]\nclient_auth = { type = \"token\", token = \"other\" }\n";
/// let files: BTreeMap<_, _> = [("a.toml".into(), text.into())].into();
/// let mut report = Report::new();
/// let spec = spec::load("a.toml", &Options::new(&files), &mut report).unwrap();
/// lint::beside(&spec.roots[0].config, spec.roots.iter().map(|root| &root.config), &mut report);
/// assert_eq!(report.diagnostics.last().unwrap().code.name, "other-client-token");
/// ```
pub fn beside<'a>(config: &Config, all: impl IntoIterator<Item = &'a Config>, report: &mut Report) {
    let Some((path, client)) = table(config, file::sccache::SCCACHE_CLIENT.name) else { return };
    let Some(own) = token(&client, "dist", "auth") else { return };
    let schedulers =
        all.into_iter().filter_map(|config| table(config, file::sccache::SCCACHE_SCHEDULER.name));
    let tokens: Option<Vec<String>> = schedulers.map(|(_, table)| token(&table, "", "client_auth")).collect();
    if let Some(tokens) = tokens.filter(|tokens| !tokens.is_empty() && !tokens.contains(&own)) {
        let whose = if tokens.len() == 1 { "the scheduler's" } else { "that of any scheduler" };
        let key = Key(["dist", "auth", "token"].map(str::to_owned).to_vec());
        report
            .file(&path)
            .at(&L077, key, format!("the client's token is not {whose}"))
            .set_help("fill both from one parameter");
    }
}

fn table(config: &Config, kind: &str) -> Option<(RelPath, Table)> {
    let (path, file) = config.files.iter().find(|(_, file)| file.kind.is_some_and(|own| own.name == kind))?;
    match file.quiet_model(path)? {
        Model::Table(table) => Some((path.clone(), table)),
        _ => None,
    }
}

/// The token of a table whose type is `token`; none where it is not known.
fn token(table: &Table, above: &str, name: &str) -> Option<String> {
    let inner =
        |table: &Table, name: &str| match table.entries.iter().find(|entry| entry.key == name)?.value.clone()
        {
            TomlValue::Table(inner) => Some(inner),
            _ => None,
        };
    let text = |table: &Table, name: &str| match &table.entries.iter().find(|entry| entry.key == name)?.value
    {
        TomlValue::String(text) => Some(text.reveal().to_owned()),
        _ => None,
    };
    let table = if above.is_empty() { table.clone() } else { inner(table, above)? };
    let auth = inner(&table, name)?;
    let known = |token: &String| !matches!(token.as_str(), "" | "@");
    text(&auth, "type").filter(|kind| kind == "token")?;
    text(&auth, "token").filter(known)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lint::testing::{Root, codes, root};

    const CLIENT: &str = "etc/sccache/client.toml";

    fn client(token: &str) -> Root {
        root().text(CLIENT, &format!("[dist.auth]\ntype = \"token\"\ntoken = \"{token}\"\n"))
    }

    fn scheduler(token: &str) -> Root {
        root().text(
            "etc/sccache/scheduler.toml",
            &format!("[client_auth]\ntype = \"token\"\ntoken = \"{token}\"\n"),
        )
    }

    #[test]
    fn both_ends_have_one_token() {
        let told = |client: &Root, others: &[Root]| {
            let mut report = Report::new();
            beside(&client.0, others.iter().map(|root| &root.0), &mut report);
            assert!(report.diagnostics.iter().all(|found| !found.message.contains("one")), "it is a secret");
            report.diagnostics.len()
        };
        assert_eq!(told(&client("one"), &[scheduler("two")]), 1);
        assert_eq!(told(&client("one"), &[scheduler("one")]), 0);
        assert_eq!(told(&client("one"), &[scheduler("two"), scheduler("one")]), 0, "it may be for that one");
        assert_eq!(told(&client("@"), &[scheduler("two")]), 0, "it was not read");
        assert_eq!(told(&client("one"), &[scheduler("@")]), 0);
        assert_eq!(told(&client("one"), &[root()]), 0);
    }

    #[test]
    fn the_file_that_is_named_is_there() {
        let conf =
            |root: Root, value: &str| codes(&root.vars("etc/portage/make.conf", &[("SCCACHE_CONF", value)]));
        assert_eq!(conf(root(), "/etc/sccache/client.toml"), ["L078"]);
        assert_eq!(conf(client("x"), "/etc/sccache/client.toml"), [""; 0]);
        assert_eq!(conf(client("x"), "/etc/sccache/config.toml"), ["L078"]);
        assert_eq!(conf(root(), "/srv/sccache.toml"), [""; 0], "nobody looks there");
        assert_eq!(conf(root(), "sccache.toml"), ["L078"]);
        let mut hidden = client("x");
        hidden.0.files.get_mut(&RelPath::parse(CLIENT).unwrap()).unwrap().mode = Some(0o600);
        assert_eq!(conf(hidden, "/etc/sccache/client.toml"), ["L078"]);
        let env = root()
            .rules("etc/portage/package.env", &[("a/b", "farm")])
            .vars("etc/portage/env/farm", &[("SCCACHE_CONF", "/etc/sccache/client.toml")]);
        assert_eq!(codes(&env), ["L078"]);
    }
}
