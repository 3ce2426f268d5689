//! From files to a spec and back: what the files say is said again, and they stay as they are.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test that fails says so")]

#[path = "import/texts.rs"]
mod texts;

use std::collections::BTreeMap;

use camino::Utf8PathBuf;
use portage_config::config::{Body, Bytes, File};
use portage_config::render;
use portage_config::report::{Report, Severity};
use portage_config::spec::{self, How, Imported, Options};
use portage_config::syntax;
use portage_config::template::Templates;
use portage_config::tree::{Node, Tree};
use portage_config::vocab::RelPath;
use proptest::prelude::*;
use texts::text;

fn path(path: &str) -> RelPath {
    RelPath::parse(path).unwrap()
}

fn tree(files: &[(&str, &[u8])]) -> Tree {
    let mut tree = Tree::new();
    for (name, bytes) in files {
        tree.insert(path(name), Node::File { bytes: Bytes(bytes.to_vec()), mode: 0o644 });
    }
    tree
}

fn import(tree: &Tree) -> Imported {
    spec::import(tree, "this", &mut Report::new())
}

/// The spec of one file of package.use, below its header.
fn entries(name: &str, text: &str) -> String {
    let imported = import(&tree(&[(name, text.as_bytes())]));
    imported.spec.strip_prefix("spec = 1\n\n").unwrap_or(&imported.spec).to_owned()
}

/// The import as a spec reads it.
fn load(imported: &Imported) -> BTreeMap<RelPath, File> {
    let mut files: BTreeMap<Utf8PathBuf, Vec<u8>> = BTreeMap::new();
    files.insert("this.toml".into(), imported.spec.clone().into_bytes());
    for (path, node) in &imported.tree.nodes {
        if let Node::File { bytes, .. } = node {
            files.insert(format!("this.d/{path}").into(), bytes.0.clone());
        }
    }
    for (name, value) in &imported.secrets {
        files.insert(format!("this.secrets/{name}").into(), value.reveal().as_bytes().to_vec());
    }
    let mut report = Report::new();
    let resolved = spec::load("this.toml", &Options::new(&files), &mut report);
    let errors: Vec<_> = report.diagnostics.iter().filter(|d| d.severity == Severity::Error).collect();
    assert!(errors.is_empty(), "{errors:?}\n{}", imported.spec);
    resolved.unwrap().roots.remove(0).config.files
}

/// Both ways back: over the files no byte changes, into an empty folder each file reads as it did.
fn both_ways(tree: &Tree) -> Imported {
    let imported = import(tree);
    let files = load(&imported);
    let templates = Templates::builtin();
    for (path, node) in &tree.nodes {
        let Node::File { bytes, .. } = node else { continue };
        let shown = || format!("{path}\n{}\n--\n{}", String::from_utf8_lossy(&bytes.0), imported.spec);
        let file = files.get(path).unwrap_or_else(|| panic!("lost: {}", shown()));
        match (&file.body, file.kind) {
            (Body::Text(said), _) => assert_eq!(said.0, bytes.0, "{}", shown()),
            (Body::Model(model), Some(kind)) => {
                let over = render::update(kind, model, file.own, &bytes.0).unwrap();
                assert_eq!(String::from_utf8_lossy(&over), String::from_utf8_lossy(&bytes.0), "{}", shown());
                assert_eq!(over, bytes.0, "{}", shown());
                let afresh = render::create(kind, model, &templates)
                    .unwrap_or_else(|error| panic!("{error}: {}", shown()));
                let read = |text: &[u8]| syntax::read(&kind.grammar, text, &mut Report::new().file(path));
                let (before, after) = (bare(read(&bytes.0)), bare(read(&afresh)));
                assert!(
                    before.satisfied_by(&after) && after.satisfied_by(&before),
                    "{}\n{}",
                    String::from_utf8_lossy(&afresh),
                    shown()
                );
            }
            _ => panic!("neither text nor entries: {}", shown()),
        }
    }
    imported
}

/// A model without its comments.
fn bare(model: portage_config::model::Model) -> portage_config::model::Model {
    use portage_config::model::{Comment, Model, Statement};
    let mut model = model;
    let clear = |comment: &mut Comment| *comment = Comment::default();
    match &mut model {
        Model::Rules(m) => {
            m.header.clear();
            m.rules.iter_mut().for_each(|rule| clear(&mut rule.comment));
        }
        Model::Items(m) => {
            m.header.clear();
            m.items.iter_mut().for_each(|item| clear(&mut item.comment));
        }
        Model::Vars(m) => {
            m.header.clear();
            for statement in &mut m.statements {
                match statement {
                    Statement::Assign(a) => clear(&mut a.comment),
                    Statement::Source(s) => clear(&mut s.comment),
                }
            }
        }
        Model::Ini(m) => {
            m.header.clear();
            for section in &mut m.sections {
                clear(&mut section.comment);
                section.keys.iter_mut().for_each(|key| clear(&mut key.comment));
            }
        }
        Model::Pairs(m) => {
            m.header.clear();
            m.pairs.iter_mut().for_each(|pair| clear(&mut pair.comment));
        }
        Model::Fstab(m) => {
            m.header.clear();
            m.mounts.iter_mut().for_each(|mount| clear(&mut mount.comment));
        }
        Model::Table(m) => bare_table(m),
        _ => {}
    }
    model
}

fn bare_table(table: &mut portage_config::model::Table) {
    table.header.clear();
    for entry in &mut table.entries {
        entry.comment = Default::default();
        bare_value(&mut entry.value);
    }
}

fn bare_value(value: &mut portage_config::model::TomlValue) {
    use portage_config::model::TomlValue;
    match value {
        TomlValue::Table(table) => bare_table(table),
        TomlValue::Array(values) => values.iter_mut().for_each(bare_value),
        _ => {}
    }
}

#[test]
fn comments_stay_with_their_entries_and_others_stay_in_the_spec() {
    let text = "# desk\n# of two\n\n# needed\na/b x   -y # by c\n\n# a/old z\n\n*/* VIDEO_CARDS: -* intel L10N: de\na/c\n# end\n";
    assert_eq!(
        entries("etc/portage/package.use", text),
        r#"# desk
# of two
[package.use]
# needed
"a/b" = "x -y"  # by c

# a/old z

"*/*" = { VIDEO_CARDS = "-* intel", L10N = "de" }
"a/c" = true

# end
"#
    );
}

#[test]
fn what_a_table_cannot_say_is_said_as_text_with_the_reason() {
    assert_eq!(
        entries("etc/portage/package.use/x", "a/b x\na/c y\na/b '''z'''\r\n"),
        "# as text: `a/b` stands in it twice\n[file.\"package.use/x\"]\ntext = \"\"\"\na/b x\na/c y\na/b '''z'''\\r\n\"\"\"\n"
    );
    for (name, text, reason) in [
        ("make.conf", "A=\"1\"\nA=\"${A} 2\"\n", "`A` stands in it twice"),
        ("make.conf", "source x.conf\n", "`source` reads another file in the middle of it"),
        ("make.conf", "B=\"${A}\"\nA=\"1\"\n", "as entries it would read differently"),
        ("package.use", "a/b x\n!a/c x\n", "`!a/c` is a blocker, and Portage ignores the `!` here"),
        ("package.use", "<<<<<<< HEAD\na/b x\n", "a line cannot be read"),
        ("package.mask", "a/b\na/b\n", "`a/b` stands in it twice"),
        ("package.accept_keywords", "a/b\na/b\n", "`a/b` stands in it twice"),
        ("repos.conf", "[a]\nlocation = /x\n  y\n", "a value of this file is one line"),
        (
            "profile/package.use.mask",
            "a/b L10N: de\n",
            "the group in the line of `a/b` goes on in later lines",
        ),
    ] {
        let imported = import(&tree(&[(&format!("etc/portage/{name}"), text.as_bytes())]));
        assert_eq!(imported.files[0].how, How::Text, "{text}");
        assert_eq!(imported.files[0].reason.as_deref(), Some(reason), "{text}");
        both_ways(&tree(&[(&format!("etc/portage/{name}"), text.as_bytes())]));
    }
}

#[test]
fn variables_keep_their_spelling_and_long_ones_get_lines() {
    let words = (0..30).map(|i| format!("flag{i}")).collect::<Vec<_>>().join(" ");
    let text = format!(
        "CFLAGS=\"-O2 ${{X}}\"\nFETCHCOMMAND='curl -o \"\\${{DISTDIR}}\"'\nUSE=\"\n  {words}\n  b  \"\n"
    );
    let spec = entries("etc/portage/make.conf", &text);
    assert!(spec.starts_with(
        "[make.conf]\nCFLAGS = \"-O2 ${X}\"\nFETCHCOMMAND = 'curl -o \"\\${DISTDIR}\"'\nUSE = '''\n\n  flag0 flag1 "
    ), "{spec}");
    assert!(spec.lines().all(|line| line.len() <= 103), "{spec}");
    both_ways(&tree(&[("etc/portage/make.conf", text.as_bytes())]));
}

#[test]
fn files_without_entries_and_odd_bytes_stay_files() {
    let all = tree(&[
        ("etc/portage/patches/a/b/fix.patch", b"--- a\n"),
        ("etc/portage/package.use/latin", b"# caf\xe9\na/b x\n"),
        ("etc/portage/env/a/b", b"CFLAGS+=\" -g\"\n"),
        ("etc/portage/env/no/lto", b"CFLAGS=\"-O2\"\n"),
        ("etc/portage/package.env", b"a/c no/lto\n"),
        ("etc/portage/notes", b"@{x}\n"),
    ]);
    let imported = both_ways(&all);
    let kept: Vec<&str> = imported.tree.nodes.keys().map(RelPath::as_str).collect();
    assert_eq!(
        kept,
        [
            "etc/portage/env/a/b",
            "etc/portage/notes",
            "etc/portage/package.use/latin",
            "etc/portage/patches/a/b/fix.patch"
        ]
    );
    assert!(imported.spec.contains("[\"env/no/lto\"]\nCFLAGS = \"-O2\"\n"), "{}", imported.spec);
}

#[test]
fn modes_links_and_empty_folders_are_said() {
    let mut all = tree(&[("etc/portage/make.conf", b"USE=\"x\"\n")]);
    all.insert(path("etc/portage"), Node::Dir { mode: 0o755 });
    all.insert(path("etc/portage/sets"), Node::Dir { mode: 0o750 });
    all.insert(path("etc/portage/make.profile"), Node::Symlink { target: "../../a@{b".to_owned() });
    if let Some(Node::File { mode, .. }) = all.nodes.get_mut(&path("etc/portage/make.conf")) {
        *mode = 0o600;
    }
    let imported = import(&all);
    assert!(imported.private);
    assert_eq!(
        imported.spec,
        r#"spec = 1

[file."make.conf"]
mode = 0o600

[make.conf]
USE = "x"

[file."make.profile"]
link = "../../a@@{b"

[file."sets"]
dir = true
mode = 0o750
"#
    );
    let files = load(&imported);
    assert_eq!(files[&path("etc/portage/make.profile")].body, Body::Link("../../a@{b".to_owned()));
    assert_eq!(files[&path("etc/portage/make.conf")].mode, Some(0o600));
}

#[test]
fn what_holds_credentials_is_not_for_everybody() {
    for (path, text, private) in [
        ("etc/portage/notes", "see https://me:hunter2@host/\n", true),
        ("etc/portage/mirrors", "local https://u:hunter2@a/\n", true),
        ("etc/portage/notes", "see https://host/\n", false),
    ] {
        assert_eq!(import(&tree(&[(path, text.as_bytes())])).private, private, "{text}");
    }
}

#[test]
fn links_out_of_the_import_are_told() {
    let mut all = tree(&[("etc/portage/package.use/a", b"a/b x\n")]);
    for (name, target) in [
        ("package.use/b", "a"),
        ("package.use/c", "/etc/portage/package.use/a"),
        ("package.use/d", "../../../home/x"),
        ("package.mask", "/srv/mask"),
        ("make.profile", "../../var/db/repos/gentoo/profiles/x"),
        ("notes", "/srv/notes"),
    ] {
        all.insert(path(&format!("etc/portage/{name}")), Node::Symlink { target: target.to_owned() });
    }
    let mut report = Report::new();
    spec::import(&all, "this", &mut report);
    let told: Vec<&str> = report.diagnostics.iter().map(|d| d.message.as_str()).collect();
    assert_eq!(
        told,
        [
            "what `etc/portage/package.mask` points to is not in the spec",
            "what `etc/portage/package.use/d` points to is not in the spec"
        ]
    );
}

#[test]
fn credentials_become_parameters_and_are_shown_nowhere() {
    let all = tree(&[
        ("etc/portage/binrepos.conf", b"[host]\nsync-uri = https://me:hunt%%20er2@example.org/x\n"),
        ("etc/portage/make.conf", b"GENTOO_MIRRORS=\"https://u:hunter2@a/ https://b/\"\nUSE=\"x\"\n"),
        ("etc/portage/mirrors", b"local https://u:hunter2@a/\n"),
        ("etc/fstab", b"//h/s /s cifs rw,password=hunter2 0 0\n"),
    ]);
    let mut report = Report::new();
    let imported = spec::import(&all, "this", &mut report);
    let shown = format!("{:?} {} {:?}", report.diagnostics, imported.spec, imported.files);
    assert!(!shown.contains("hunter2") && !shown.contains("hunt%"), "{shown}");
    let values: Vec<(&str, &str)> =
        imported.secrets.iter().map(|(name, value)| (name.as_str(), value.reveal())).collect();
    assert_eq!(
        values,
        [
            ("binrepos-conf-sync-uri", "me:hunt%20er2"),
            ("fstab-options", "hunter2"),
            ("make-conf-gentoo-mirrors", "u:hunter2")
        ]
    );
    assert!(imported.spec.contains("https://@{make-conf-gentoo-mirrors}@a/ https://b/"), "{}", imported.spec);
    assert!(imported.tree.nodes.contains_key(&path("etc/portage/mirrors")));
    both_ways(&all);
    assert_eq!(report.diagnostics.iter().filter(|d| d.code.id == "F023").count(), 3);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]
    #[test]
    fn every_tree_comes_back(
        uses in text("package.use"),
        keywords in text("package.accept_keywords"),
        mask in text("package.mask"),
        conf in text("make.conf"),
        repos in text("repos.conf"),
        fstab in text("fstab"),
        ugrd in text("ugrd"),
    ) {
        both_ways(&tree(&[
            ("etc/portage/package.use/x", uses.as_bytes()),
            ("etc/portage/package.accept_keywords", keywords.as_bytes()),
            ("etc/portage/package.mask/x", mask.as_bytes()),
            ("etc/portage/make.conf", conf.as_bytes()),
            ("etc/portage/env/x.conf", conf.as_bytes()),
            ("etc/portage/profile/package.use.mask", uses.as_bytes()),
            ("etc/portage/profile/packages", mask.as_bytes()),
            ("etc/portage/repos.conf/x", repos.as_bytes()),
            ("etc/fstab", fstab.as_bytes()),
            ("etc/ugrd/config.toml", ugrd.as_bytes()),
            ("etc/dracut.conf", conf.as_bytes()),
        ]));
    }
}
