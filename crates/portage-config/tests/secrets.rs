//! Nothing public shows a secret in its `Debug`.
#![allow(clippy::unwrap_used, reason = "a test that fails says so")]

use std::collections::BTreeMap;

use camino::Utf8PathBuf;
use portage_config::report::Report;
use portage_config::root::Root;
use portage_config::spec::{self, Options};
use portage_config::template::Templates;
use portage_config::{diff, file, lint, render, syntax};

const SPEC: &str = r##"spec = 1
[param.a]
secret = true
value = "hunter01"
[param.b]
secret = true
file = "b"
[make.conf]
FETCHCOMMAND = "curl --header 'X-Token: @{a}' --user me:hunter03 \\${URI}"
API_TOKEN = "hunter04"
["repos.conf"]
x.location = "/x"
x.sync-uri = "https://me:@{b}@h/"
["/etc/fstab"]
"/srv" = { source = "//h/s", type = "cifs", options = ["password=hunter05"] }
["/etc/sccache/client.toml"]
cache.redis.password = "hunter06"
dist.auth.token = "@{a}"
["/etc/conf.d/x"]
X = "@{b}"
[file."/etc/y"]
text = "@{a}"
fill = true
"##;

#[test]
fn debug_shows_no_secret() {
    let files: BTreeMap<Utf8PathBuf, Vec<u8>> =
        [("s.toml".into(), SPEC.into()), ("b".into(), b"hunter02\n".to_vec())].into();
    let mut report = Report::new();
    let spec = spec::load("s.toml", &Options::new(&files), &mut report).unwrap();
    let config = &spec.roots.first().unwrap().config;
    lint::check(config, &mut report);
    let tree = render::render(config, &Templates::builtin(), &mut report).unwrap();
    let dir = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(dir.path().join("etc/portage")).unwrap();
    std::fs::write(dir.path().join("etc/portage/make.conf"), "API_TOKEN=\"hunter07\"\nX=\"\n").unwrap();
    let root = Root::open(dir.path()).unwrap();
    let changes = diff::diff(config, &Templates::builtin(), &root, &mut report);
    let mut shown = format!("{:?}{config:?}{tree:?}{changes:?}{:?}", spec.params, report.diagnostics);
    for (path, node) in &tree.nodes {
        // What is read from a file is a secret by its looks only: those that a spec alone knows to be one are no more.
        let Some(kind) = file::find(path).filter(|kind| kind.name != "conf.d") else { continue };
        if let portage_config::tree::Node::File { bytes, .. } = node {
            let model = syntax::read(&kind.grammar, &bytes.0, &mut Report::new().file(path));
            shown += &format!("{model:?}{node:?}");
        }
    }
    for change in &changes {
        shown += &change.unified();
        shown += &format!("{:?}", change.meaning);
    }
    assert!(changes.len() > 4 && shown.contains("FETCHCOMMAND"));
    for secret in (1..=7).map(|number| format!("hunter0{number}")) {
        assert!(!shown.contains(&secret), "{secret}: {shown}");
    }
}
