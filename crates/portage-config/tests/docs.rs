//! The documentation says what the library does.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that fails says so")]

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io;
use std::path::{Path, PathBuf};

use camino::{Utf8Path, Utf8PathBuf};
use portage_config::report::{Report, Severity};
use portage_config::root::Root;
use portage_config::spec::{Files, Options, load};
use portage_config::template::Templates;
use portage_config::tree::Tree;
use portage_config::{codes, file, lint, render};

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Compares a generated page with the one that is there; `UPDATE_DOCS=1` writes it.
fn current(page: &str, wanted: &str) {
    let path = repository().join("docs").join(page);
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(path, wanted).unwrap();
        return;
    }
    let found = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        found == wanted,
        "docs/{page} is not current; UPDATE_DOCS=1 cargo test -p portage-config --test docs writes it"
    );
}

#[test]
fn the_page_of_checks_is_current() {
    const GROUPS: [(char, &str); 7] = [
        ('S', "The spec"),
        ('P', "The text of a file"),
        ('L', "What a configuration means"),
        ('F', "Files and folders"),
        ('E', "Editing in place"),
        ('T', "Templates"),
        ('O', "Ebuild repositories"),
    ];
    let mut page = String::from(
        "# Checks\n\nEach finding has a code and a name; `[check]` in a spec takes either, see [spec.md](spec.md#findings). \
         `check -v` prints the reason beside a finding.\nAn error: the consumer rejects or ignores it, or the system does \
         not work. A warning: it works by luck, or not as meant. A hint: worth knowing.\nCodes that begin with `C` are about \
         the command line, see [json.md](json.md). [examples.md](examples.md) shows a mistake for each, what is said of it, and what \
         mends it; so does `explain CODE`.\n\nThis page is generated: `UPDATE_DOCS=1 cargo test -p portage-config \
         --test docs`.\n",
    );
    let mut listed = 0;
    for (letter, title) in GROUPS {
        let _ = write!(
            page,
            "\n## {title}\n\n| code | name | severity | why | source |\n|---|---|---|---|---|\n"
        );
        for code in codes::ALL.iter().filter(|code| code.id.starts_with(letter)) {
            let severity = format!("{:?}", code.severity).to_lowercase();
            let cell = |text: &str| text.replace('|', "\\|");
            let (why, source) = (cell(code.why), cell(code.source));
            let _ = writeln!(page, "| {} | `{}` | {severity} | {why} | {source} |", code.id, code.name);
            listed += 1;
        }
    }
    assert_eq!(listed, codes::ALL.len(), "a code has a letter of its own");
    page.push_str(
        "\n## What they need to know\n\nL049 and L229 judge flags by a CPU: that of `check --cpuinfo FILE`, the text of `/proc/cpuinfo` of the \
         machine that runs what is built, or that of `[target]`. What Linux does not show there is not judged, and neither are \
         instructions that programs use by name alone, such as those of kernels and enclaves. Of CPUs other than x86 names, tuples and \
         switches are known, and no instruction sets.\nL233 is told by `apply`, which sees both the machine's file and the one that \
         is to be written.\n\n## Left out\n\n* dracut's module network-legacy, which upstream does not install by default any more \
         since 110: Gentoo's dracut enables it still, so nothing is missing on the systems that this program is for. What the \
         module needs is checked (L069).\n",
    );
    current("checks.md", &page);
}

#[test]
fn the_page_of_kinds_is_current() {
    let mut page = String::from(
        "# Kinds of files\n\nAll of them are read and checked. Those with a template are said as entries, written anew by \
         the template and changed in place; the others are said as text, and carried as they are. Paths are from the root; a \
         kind without one is named with `as`, see [spec.md](spec.md#files). `/etc/make.conf` and `/etc/make.profile` are \
         read as those of `/etc/portage`.\n\n\
         This page is generated: `UPDATE_DOCS=1 cargo test -p portage-config --test docs`.\n\n\
         | kind | path | what it is | template |\n|---|---|---|---|\n",
    );
    for kind in file::kinds() {
        let path = match kind.place {
            file::Place::File(path) => format!("`{path}`"),
            file::Place::Link(path) => format!("`{path}`, a link or a folder"),
            file::Place::Named if kind.name == "env-bash" => "below `etc/portage/env`, see there".to_owned(),
            file::Place::FileOrFolder(path) => format!("`{path}`, or files below it"),
            file::Place::Folder(path) => format!("below `{path}`"),
            file::Place::Ending(path, endings) => format!("below `{path}`: `*{}`", endings.join("`, `*")),
            _ => "named with `as`".to_owned(),
        };
        let about = kind.about.replace('|', "\\|");
        let template = kind.template.map_or("none: text".to_owned(), |template| format!("`{template}`"));
        let _ = writeln!(page, "| `{}` | {path} | {about} | {template} |", kind.name);
    }
    current("kinds.md", &page);
}

/// The ```toml blocks of a page. One that begins with `# NAME.toml` has that name.
fn specs(page: &str) -> Vec<(Utf8PathBuf, Vec<u8>)> {
    let text = std::fs::read_to_string(repository().join(page)).unwrap();
    let blocks = text.split("```toml\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    let named = blocks.enumerate().map(|(number, block)| {
        let first = block.lines().next().unwrap_or_default().trim_start_matches("# ");
        let name = if first.ends_with(".toml") { first.to_owned() } else { format!("{page}-{number}.toml") };
        (name.into(), block.into())
    });
    named.collect()
}

/// The files of a page; the ebuild repositories that it names are on a disk.
struct Pages {
    files: BTreeMap<Utf8PathBuf, Vec<u8>>,
    disk: tempfile::TempDir,
}

impl Files for Pages {
    fn read(&self, path: &Utf8Path) -> io::Result<Vec<u8>> {
        self.files.read(path)
    }

    fn tree(&self, path: &Utf8Path, report: &mut Report) -> io::Result<Tree> {
        self.files.tree(path, report)
    }

    fn root(&self, path: &Utf8Path) -> io::Result<Root> {
        Root::open(self.disk.path().join(path)).map_err(|error| error.source)
    }
}

#[test]
fn the_specs_of_the_pages_load() {
    for page in ["README.md", "docs/spec.md"] {
        let specs = specs(page);
        assert!(!specs.is_empty(), "{page}");
        let mut files: BTreeMap<_, _> = specs.iter().cloned().collect();
        assert_eq!(files.len(), specs.len(), "{page}: a name is given twice");
        // The folder that a spec of the page extends.
        files.insert("portage/make.conf".into(), b"USE=\"nls\"\n".to_vec());
        files.insert("greeting.patch".into(), b"--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+b\n".to_vec());
        let files = Pages { files, disk: tempfile::tempdir().unwrap() };
        for (path, text) in [
            ("profiles/repo_name", "gentoo\n"),
            ("app-misc/hello/hello-2.12.ebuild", "EAPI=8\nSLOT=\"0\"\nKEYWORDS=\"amd64\"\n"),
        ] {
            let path = files.disk.path().join("repos/gentoo").join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        for (name, text) in &specs {
            let shown = String::from_utf8_lossy(text);
            let mut variants: Vec<Vec<String>> = vec![Vec::new()];
            let mut at = 0;
            while let Some(chosen) = variants.get(at).cloned() {
                let mut report = Report::new();
                let mut options = Options::new(&files);
                options.variants = chosen;
                options.examples = true;
                options.need_secrets = false;
                let resolved = load(name.as_str(), &options, &mut report);
                let told = |report: &Report| -> Vec<String> {
                    let loud = report.diagnostics.iter().filter(|d| d.severity == Severity::Error);
                    loud.map(|d| format!("{} {}", d.code.id, d.message)).collect()
                };
                assert_eq!(told(&report), [""; 0], "{name}\n{shown}");
                let resolved = resolved.unwrap();
                for root in &resolved.roots {
                    lint::check(&root.config, &mut report);
                    assert!(
                        render::render(&root.config, &Templates::builtin(), &mut report).is_some(),
                        "{name}"
                    );
                    assert_eq!(told(&report), [""; 0], "{name}\n{shown}");
                }
                if at == 0 {
                    variants.extend(resolved.variants.iter().map(|variant| vec![variant.clone()]));
                }
                at += 1;
            }
        }
    }
}
