//! Files that are broken: what Portage refuses is said with its place, no byte of it is lost, and the other files
//! of the tree are read as ever.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "a test that fails says so")]

use std::collections::BTreeMap;

use camino::Utf8PathBuf;
use portage_config::config::{Body, Bytes, File};
use portage_config::render;
use portage_config::report::{Report, Severity};
use portage_config::spec::{self, How, Imported, Options};
use portage_config::tree::{Node, Tree};
use portage_config::vocab::RelPath;

const GOOD: &str = "etc/portage/package.license";

fn tree(name: &str, bytes: &[u8]) -> Tree {
    let mut tree = Tree::new();
    for (name, bytes) in [(name, bytes), (GOOD, b"a/b free\n")] {
        let node = Node::File { bytes: Bytes(bytes.to_vec()), mode: 0o644 };
        tree.insert(RelPath::parse(name).unwrap(), node);
    }
    tree
}

fn load(imported: &Imported) -> BTreeMap<RelPath, File> {
    let mut files: BTreeMap<Utf8PathBuf, Vec<u8>> = BTreeMap::new();
    files.insert("this.toml".into(), imported.spec.clone().into_bytes());
    for (path, node) in &imported.tree.nodes {
        if let Node::File { bytes, .. } = node {
            files.insert(format!("this.d/{path}").into(), bytes.0.clone());
        }
    }
    let resolved = spec::load("this.toml", &Options::new(&files), &mut Report::new());
    resolved.unwrap_or_else(|| panic!("{}", imported.spec)).roots.remove(0).config.files
}

/// Imports a file among others: each error as `LINE:COLUMN WORD`, how it is said, and that it comes back.
fn import(name: &str, bytes: &[u8]) -> (Vec<String>, How) {
    let (name, bytes) = (RelPath::parse(name).unwrap(), bytes.to_vec());
    let mut report = Report::new();
    let imported = spec::import(&tree(name.as_str(), &bytes), "this", &mut report);
    let mut errors = Vec::new();
    for found in report.diagnostics.iter().filter(|d| d.severity == Severity::Error) {
        assert_eq!(found.spot.path.as_ref(), Some(&name), "{found:?}");
        let span = found.spot.span.unwrap_or_else(|| panic!("no place: {found:?}"));
        let source = report.sources.get(span.source).unwrap();
        let (line, column) = source.position(span.start);
        errors.push(format!("{line}:{column} {}", source.text.get(span.start..span.end).unwrap()));
    }
    assert!(imported.spec.contains("[package.license]\n\"a/b\" = \"free\"\n"), "{}", imported.spec);
    let files = load(&imported);
    let file = files.get(&name).unwrap_or_else(|| panic!("lost: {}", imported.spec));
    match (&file.body, file.kind) {
        (Body::Text(text), _) => assert_eq!(text.0, bytes, "{}", imported.spec),
        (Body::Model(model), Some(kind)) => {
            let over = render::update(kind, model, file.own, &bytes).unwrap();
            assert_eq!(over, bytes, "{}", imported.spec);
        }
        _ => panic!("{}", imported.spec),
    }
    let how = imported.files.iter().find(|file| file.path == name).unwrap().how;
    (errors, how)
}

#[track_caller]
fn check(name: &str, bytes: &[u8], errors: &[&str], how: How) {
    let shown = String::from_utf8_lossy(bytes).into_owned();
    assert_eq!(
        import(&format!("etc/portage/{name}"), bytes),
        (errors.iter().map(|e| (*e).to_owned()).collect(), how),
        "{shown:?}"
    );
}

#[test]
fn merge_conflicts() {
    // Portage drops the three lines and reads the others, `a/c` twice.
    let text = b"a/b x\n<<<<<<< HEAD\na/c y\n=======\na/c z\n>>>>>>> theirs\na/d w\n";
    check("package.use/x", text, &["2:1 <<<<<<<", "4:1 =======", "6:1 >>>>>>>"], How::Text);
    let text = b"a/b\n<<<<<<< HEAD\n=======\n>>>>>>> theirs\na/d\n";
    check("package.mask", text, &["2:1 <<<<<<< HEAD", "3:1 =======", "4:1 >>>>>>> theirs"], How::Text);
    // It stops at the first token that is no assignment.
    let text = b"USE=\"x\"\n<<<<<<< HEAD\nA=\"1\"\n=======\nA=\"2\"\n>>>>>>> theirs\nB=\"y\"\n";
    check("make.conf", text, &["2:1 <<"], How::Text);
    // configparser names all three lines, and reads none of the file.
    let text = b"[a]\nlocation = /x\n<<<<<<< HEAD\nx = 1\n=======\n>>>>>>> t\n";
    check("repos.conf", text, &["3:1 <<<<<<< HEAD", "5:1 =======", "6:1 >>>>>>> t"], How::Text);
    // Inside quotes they are words.
    check("make.conf", b"USE=\"\n<<<<<<< HEAD\na\n=======\n\"\n", &[], How::Entries);
}

#[test]
fn marks_of_the_byte_order() {
    check("package.use/x", b"\xef\xbb\xbfa/b x\na/c y\n", &["1:1 \u{feff}"], How::Text);
    check("package.mask/x", b"\xef\xbb\xbfa/b\na/c\n", &["1:1 \u{feff}"], How::Text);
    check("make.conf", b"\xef\xbb\xbfA=\"x\"\n", &["1:1 \u{feff}A"], How::Text);
    check("repos.conf", b"\xef\xbb\xbf[a]\nlocation = /x\n", &["1:1 \u{feff}[a]"], How::Text);
}

#[test]
fn ends_of_lines_from_elsewhere_are_read() {
    for (name, text) in [
        ("package.use/x", "a/b x\r\na/c y\r\n"),
        ("package.mask/x", "a/b\r\na/c\r\n"),
        ("make.conf", "A=\"x\"\r\nB=\"y\"\r\n"),
        ("repos.conf", "[a]\r\nlocation = /x\r\n"),
        ("color.map", "GOOD=\"green\"\r\n"),
        ("package.use/x", "a/b x\ra/c y\n"),
        ("make.conf", "A=x\rB=y"),
    ] {
        let (errors, _) = import(&format!("etc/portage/{name}"), text.as_bytes());
        assert!(errors.is_empty(), "{text:?}: {errors:?}");
    }
}

#[test]
fn bytes_that_are_no_text_stay_files() {
    // Portage replaces them and goes on.
    for (name, bytes) in [
        ("package.use/x", b"a/b caf\xe9\na/c y\n".as_slice()),
        ("package.use/y", b"# caf\xe9\na/c y\n"),
        ("package.mask/x", b"# caf\xe9\na/b\n"),
        ("sets/x", b"# caf\xe9\na/b\n"),
        ("make.conf", b"A=\"caf\xe9\"\nB=\"x\"\n"),
        ("repos.conf", b"[a]\nlocation = /caf\xe9\n"),
        ("color.map", b"# caf\xe9\nGOOD=green\n"),
        ("mirrors", b"# caf\xe9\nlocal http://h/\n"),
    ] {
        check(name, bytes, &[], How::File);
    }
    assert_eq!(import("etc/fstab", b"# caf\xe9\n/dev/a / ext4 rw 0 1\n"), (Vec::new(), How::File));
    assert_eq!(import("etc/ugrd/config.toml", b"# caf\xe9\nx = 1\n").1, How::File);
    let all: Vec<u8> = (0..=255).collect();
    for name in [
        "etc/portage/package.use/x",
        "etc/portage/package.mask",
        "etc/portage/make.conf",
        "etc/portage/repos.conf",
        "etc/portage/color.map",
        "etc/portage/mirrors",
        "etc/portage/bashrc",
        "etc/portage/patches/a",
        "etc/fstab",
        "etc/ugrd/config.toml",
        "etc/dracut.conf",
        "etc/conf.d/x",
        "etc/locale.gen",
    ] {
        assert_eq!(import(name, &all).1, How::File, "{name}");
    }
}

#[test]
fn nul_bytes() {
    // To Portage one of them is a character like others: of a flag, of a value, of a path. TOML's strings have no
    // place for it but an escape.
    check("package.use/x", b"a/b x\0y\na/c y\n", &[], How::Text);
    check("package.use/x", b"a/b x\n\0\na/c y\n", &["2:1 \0"], How::Text);
    check("package.mask/x", b"a/b\n\0\n", &["2:1 \0"], How::Text);
    let (errors, _) = import("etc/portage/make.conf", b"A=\"a\0b\"\nB=\"x\"\n");
    assert!(errors.is_empty(), "{errors:?}");
    let (errors, _) = import("etc/portage/repos.conf", b"[a]\nlocation = /x\0\n");
    assert!(errors.is_empty(), "{errors:?}");
}

#[test]
fn what_source_names_need_not_be_there() {
    // Portage refuses the file where the other one is missing; the import reads this file alone.
    check("make.conf", b"A=\"1\"\nsource nosuch\nB=\"2\"\n", &[], How::Text);
    check("make.conf", b"source\n", &["1:1 source"], How::Text);
}

/// The smaller the better, but a time that grows with the square of the size is seen.
const MUCH: usize = 5_000_000;

#[test]
fn long_files_and_long_lines() {
    let mut lines = String::with_capacity(MUCH + 64);
    for i in 0.. {
        if lines.len() > MUCH {
            break;
        }
        lines.push_str(&format!("dev-lib{}/p{i} flag{} -other{} X\n", i % 90, i % 7, i % 11));
    }
    let mut line = "a/b".to_owned();
    for i in 0.. {
        if line.len() > MUCH {
            break;
        }
        line.push_str(&format!(" flag{i}"));
    }
    line.push('\n');
    for text in [lines, line] {
        let imported =
            spec::import(&tree("etc/portage/package.use", text.as_bytes()), "this", &mut Report::new());
        let file = imported.files.iter().find(|file| file.path.name() == "package.use").unwrap();
        assert_eq!((file.how, file.lines, file.unknown), (How::Entries, text.lines().count(), 0));
        assert_eq!(imported.spec.matches("flag").count(), text.matches("flag").count());
    }
}
