//! Writing over what is there: what is written and what differs cannot disagree.

use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

use proptest::prelude::*;
use proptest::sample::select;

use super::{diff, over};
use crate::config::{Body, Bytes, Config, File, Own};
use crate::file::find;
use crate::report::Report;
use crate::root::Root;
use crate::syntax;
use crate::template::Templates;
use crate::vocab::RelPath;

/// A path, and lines that its language may hold: good ones, odd ones, and such as cannot be read.
const FILES: &[(&str, &[&str])] = &[
    (
        "etc/portage/make.conf",
        &["USE=\"a b\"", "USE='a'", "CFLAGS=-O2 # why", "X=\"${USE} y\"", "source /x", "=", "\"", "Y=\\"],
    ),
    (
        "etc/portage/package.use/x",
        &["a/b c", "a/b c -d", "a/b  -* c # why", "a/c", "a/c L10N: de", "*/* X", "a b c", "\u{1}"],
    ),
    ("etc/portage/package.mask", &["a/b", "  a/c # why", "-a/b", ">=a/b-1", "=", "a/b c"]),
    (
        "etc/portage/repos.conf/x",
        &["[a]", "[b]", "location = /a", "  more", "location=/b", "sync-uri: x", "]", "[DEFAULT]"],
    ),
    ("etc/fstab", &["a / ext4 defaults 0 1", "b\t/b\text4\tro", "c none swap", "x", "/ / / / / /"]),
    ("etc/ugrd/config.toml", &["a = 1", "b = [\"x\", 'y']", "[c]", "[[d]]", "e.f = true # why", "a ="]),
    ("etc/motd", &["hello", "", "\u{e9}"]),
];

fn text(lines: &'static [&'static str]) -> impl Strategy<Value = Vec<u8>> {
    let line = prop_oneof![6 => select(lines), 1 => Just(""), 1 => Just("# note"), 1 => Just("  #")];
    let end = prop_oneof![8 => Just("\n"), 1 => Just("\r\n"), 1 => Just(""), 1 => Just("\u{0}\n")];
    let odd = prop_oneof![9 => Just(&b""[..]), 1 => Just(&b"\xff\n"[..])];
    (prop::collection::vec((line, end), 0..8), odd).prop_map(|(lines, odd)| {
        let mut text: Vec<u8> =
            lines.iter().flat_map(|(line, end)| [line.as_bytes(), end.as_bytes()].concat()).collect();
        text.extend(odd);
        text
    })
}

/// What is at the path before.
#[derive(Clone, Debug)]
enum Before {
    Nothing,
    File(Vec<u8>, u32),
    Behind(Vec<u8>),
    Dangling,
}

#[derive(Clone, Debug)]
struct Case {
    path: &'static str,
    before: Before,
    wanted: Vec<u8>,
    as_text: bool,
    own: Own,
    mode: Option<u32>,
}

fn case(path: &'static str, lines: &'static [&'static str]) -> impl Strategy<Value = Case> {
    let before = prop_oneof![
        1 => Just(Before::Nothing),
        6 => (text(lines), select(vec![0o644, 0o600, 0o755, 0o440])).prop_map(|(text, mode)| Before::File(text, mode)),
        2 => text(lines).prop_map(Before::Behind),
        1 => Just(Before::Dangling),
    ];
    let own = select(vec![Own::Whole, Own::Whole, Own::Entries, Own::Entries, Own::Once]);
    let mode = prop::option::weighted(0.2, select(vec![0o644, 0o600, 0o755]));
    (before, text(lines), prop::bool::weighted(0.2), own, mode).prop_map(
        move |(before, wanted, as_text, own, mode)| Case { path, before, wanted, as_text, own, mode },
    )
}

fn put(dir: &Path, case: &Case) {
    let path = dir.join(case.path);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    match &case.before {
        Before::Nothing => {}
        Before::File(bytes, mode) => {
            fs::write(&path, bytes).unwrap();
            fs::set_permissions(&path, fs::Permissions::from_mode(*mode)).unwrap();
        }
        Before::Behind(bytes) => {
            let behind = format!("behind-{}", case.path.replace('/', "-"));
            fs::write(dir.join(&behind), bytes).unwrap();
            symlink(format!("/{behind}"), &path).unwrap();
        }
        Before::Dangling => symlink("/nothing", &path).unwrap(),
    }
}

fn file(case: &Case) -> (RelPath, File) {
    let path = RelPath::parse(case.path).unwrap();
    let kind = find(&path);
    let mut file = match kind.filter(|_| !case.as_text) {
        Some(kind) => {
            let model = syntax::read(&kind.grammar, &case.wanted, &mut Report::new().file(&path));
            File::model_of(kind, model)
        }
        None => File::new(kind, Body::Text(Bytes(case.wanted.clone()))),
    };
    (file.own, file.mode) = (case.own, case.mode);
    (path, file)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn after_writing_nothing_differs(cases in FILES.iter().map(|(path, lines)| case(path, lines)).collect::<Vec<_>>()) {
        let dir = tempfile::tempdir().unwrap();
        let mut config = Config::default();
        let root = Root::open(dir.path()).unwrap();
        let templates = Templates::builtin();
        for case in &cases {
            put(dir.path(), case);
            let (path, file) = file(case);
            let mut report = Report::new();
            let one = Config { files: [(path, file)].into() };
            // What a language cannot say is an error in both; the others are written all the same.
            if over(&one, &templates, &root, &mut report).is_some() {
                prop_assert!(report.diagnostics.is_empty());
                config.files.extend(one.files);
            } else {
                let mut again = Report::new();
                prop_assert!(diff(&one, &templates, &root, &mut again).is_empty());
                prop_assert_eq!(format!("{:?}", report.diagnostics), format!("{:?}", again.diagnostics));
            }
        }
        let mut report = Report::new();
        let changes = diff(&config, &templates, &root, &mut report);
        let tree = over(&config, &templates, &root, &mut report).unwrap();
        for change in &changes {
            prop_assert_eq!(tree.nodes.get(&change.path), change.after.as_ref());
        }
        let before: Vec<_> = config.files.keys().map(|path| (path, root.read(path).unwrap())).collect();
        tree.write_to(dir.path(), true).unwrap();
        for (path, before) in before {
            if !changes.iter().any(|change| change.path == *path) {
                prop_assert_eq!(root.read(path).unwrap(), before);
            }
        }
        let left = diff(&config, &templates, &root, &mut report);
        prop_assert!(left.is_empty(), "{:?} {}", left, left[0].unified());
        prop_assert_eq!(over(&config, &templates, &root, &mut report), Some(tree));
    }
}
