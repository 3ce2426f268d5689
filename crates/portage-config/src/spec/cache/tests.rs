use std::cell::Cell;
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io;

use camino::{Utf8Path, Utf8PathBuf};

use crate::report::Report;
use crate::spec::{Cache, Files, Options, load};
use crate::tree::Tree;

/// Counts what is read.
struct Counted(BTreeMap<Utf8PathBuf, Vec<u8>>, Cell<usize>);

impl Files for Counted {
    fn read(&self, path: &Utf8Path) -> io::Result<Vec<u8>> {
        self.1.set(self.1.get() + 1);
        self.0.read(path)
    }

    fn tree(&self, path: &Utf8Path, report: &mut Report) -> io::Result<Tree> {
        self.1.set(self.1.get() + 1);
        self.0.tree(path, report)
    }
}

fn files() -> Counted {
    let texts = [
        (
            "host.toml",
            "spec = 1\nextends = [\"site.toml\", \"preset:i486-glibc-systemd\"]\n[param]\nname = \"h\"\n",
        ),
        (
            "other.toml",
            "spec = 1\nextends = [\"site.toml\"]\n[param]\nname = 5\n[\"package.use/a\"]\n\"a/b\".remove = \"x\"\n",
        ),
        (
            "site.toml",
            "spec = 1\nextends = [{ tree = \"tree\", at = \"/etc/portage\" }]\nwrong = 1\n[param.name]\nhelp = \"x\"\n\
             [make.conf]\nUSE = \"a @{name}\"\n[\"package.use/a\"]\n\"a/b\" = \"c\"\n[file.\"nothing\"]\nmode = \"0600\"\n",
        ),
        ("tree/package.mask", "# why\n=a/b-1\n"),
        ("broken.toml", "spec = 1\nextends = [\"syntax.toml\", \"bytes.toml\", \"none.toml\"]\n"),
        ("syntax.toml", "a =\n"),
        ("bytes.toml", "# \u{fffd}\n"),
    ];
    let all =
        texts.into_iter().map(|(name, text)| (name.into(), text.replace('\u{fffd}', "\u{e9}").into_bytes()));
    let mut all: BTreeMap<Utf8PathBuf, Vec<u8>> = all.collect();
    all.insert("bytes.toml".into(), b"# \xff\n".to_vec());
    Counted(all, Cell::new(0))
}

/// All that a load says, with the texts that spans point into in place of their numbers.
fn said(name: &str, files: &Counted, cache: Option<&Cache>) -> String {
    let mut options = Options::new(files);
    options.cache = cache;
    let mut report = Report::new();
    let spec = load(name, &options, &mut report);
    let place = |span: crate::report::Span| {
        let source = report.sources.get(span.source).unwrap();
        format!("{} {:?}", source.name, source.text.get(span.start..span.end))
    };
    let mut out = String::new();
    for found in &report.diagnostics {
        let spot = found.spot.span.map(place);
        let _ = writeln!(out, "{} {:?} {} {:?}", found.code.id, spot, found.message, found.help);
    }
    let Some(spec) = spec else { return out };
    let _ = writeln!(out, "{:?} {:?} {:?}", spec.layers, spec.params, spec.checks);
    for root in &spec.roots {
        let _ = writeln!(out, "{:?} {:?} {:#?}", root.name, root.at, root.config);
        for (path, origins) in &root.origins.files {
            let mut entries: Vec<_> = origins.entries.iter().collect();
            entries.sort_by_key(|(key, _)| (*key).clone());
            let touches = origins.file.iter().chain(entries.into_iter().flat_map(|(_, touches)| touches));
            for touch in touches {
                let _ = writeln!(
                    out,
                    "{path} {} {} {:?} {}",
                    touch.layer,
                    place(touch.span),
                    touch.effect,
                    touch.text
                );
            }
        }
    }
    out
}

#[test]
fn specs_with_shared_layers_say_the_same() {
    let (files, cache) = (files(), Cache::default());
    for name in
        ["host.toml", "other.toml", "broken.toml", "none.toml", "site.toml", "host.toml", "broken.toml"]
    {
        let alone = said(name, &files, None);
        assert_eq!(said(name, &files, Some(&cache)), alone, "{name}");
    }
    let said = said("broken.toml", &files, Some(&cache));
    assert!(["S001", "S002", "S003"].iter().all(|code| said.contains(code)), "{said}");
}

#[test]
fn each_layer_is_read_once() {
    let (files, cache) = (files(), Cache::default());
    for (name, more) in
        [("host.toml", 3), ("other.toml", 1), ("host.toml", 1), ("broken.toml", 4), ("broken.toml", 1)]
    {
        let before = files.1.get();
        said(name, &files, Some(&cache));
        assert_eq!(files.1.get() - before, more, "{name}");
    }
}
