//! Specs from memory, and what they say.

use std::collections::BTreeMap;

use camino::Utf8PathBuf;
use portage_config::config::{Body, File};
use portage_config::model::Model;
use portage_config::report::Report;
use portage_config::spec::{self, Options, Resolved, Root};
use portage_config::syntax;
use portage_config::vocab::RelPath;

pub(crate) type Files = BTreeMap<Utf8PathBuf, Vec<u8>>;

/// A spec that was read.
pub(crate) struct Loaded {
    pub report: Report,
    pub resolved: Option<Resolved>,
}

pub(crate) fn files(all: &[(&str, &str)]) -> Files {
    all.iter().map(|(name, text)| (Utf8PathBuf::from(*name), text.as_bytes().to_vec())).collect()
}

pub(crate) fn load_with(files: &Files, with: impl FnOnce(&mut Options<'_>)) -> Loaded {
    let mut report = Report::new();
    let mut options = Options::new(files);
    with(&mut options);
    let resolved = spec::load("main.toml", &options, &mut report);
    if let Some(folder) = std::env::var_os("PORTAGE_CONFIG_SPECS")
        && !report.has_errors()
    {
        keep(files, folder.as_ref());
    }
    Loaded { report, resolved }
}

/// Leaves the specs that were read without an error to the tests of the schema.
fn keep(files: &Files, folder: &std::path::Path) {
    use std::hash::{DefaultHasher, Hash, Hasher};
    for text in files
        .iter()
        .filter(|(name, _)| name.extension() == Some("toml") && !name.as_str().contains("/forks/"))
        .map(|(_, text)| text)
    {
        let mut hasher = DefaultHasher::new();
        text.hash(&mut hasher);
        std::fs::write(folder.join(format!("{:016x}.toml", hasher.finish())), text).expect("a folder");
    }
}

/// Reads one spec; `spec = 1` is put above it.
pub(crate) fn load(text: &str) -> Loaded {
    layers(&[("main.toml", text)])
}

/// Reads `main.toml`, which may extend the others.
pub(crate) fn layers(all: &[(&str, &str)]) -> Loaded {
    load_with(&specs(all), |_| {})
}

pub(crate) fn specs(all: &[(&str, &str)]) -> Files {
    all.iter()
        .map(|(name, text)| (Utf8PathBuf::from(*name), format!("spec = 1\n{text}").into_bytes()))
        .collect()
}

impl Loaded {
    /// The only root, without any finding.
    pub(crate) fn good(&self) -> &Root {
        assert_eq!(self.findings(), [""; 0]);
        self.root()
    }

    pub(crate) fn root(&self) -> &Root {
        &self.resolved.as_ref().expect("an answer").roots[0]
    }

    pub(crate) fn named(&self, name: &str) -> &Root {
        let roots = &self.resolved.as_ref().expect("an answer").roots;
        roots.iter().find(|root| root.name.as_deref() == Some(name)).expect("the root")
    }

    /// Each finding: code, text under the span, message.
    pub(crate) fn findings(&self) -> Vec<String> {
        let found = self.report.diagnostics.iter();
        found.map(|found| format!("{} `{}` {}", found.code.id, self.under(found), found.message)).collect()
    }

    /// The codes and the texts under the spans.
    pub(crate) fn places(&self) -> Vec<(&'static str, String)> {
        self.report.diagnostics.iter().map(|found| (found.code.id, self.under(found))).collect()
    }

    pub(crate) fn under(&self, found: &portage_config::report::Diagnostic) -> String {
        let Some(span) = found.spot.span else { return String::new() };
        let text = &self.report.sources.get(span.source).expect("a source").text;
        text.get(span.start..span.end).expect("a span inside the text").to_owned()
    }

    /// The only finding: code, text under it, help.
    pub(crate) fn one(&self) -> (&'static str, String, String) {
        assert_eq!(self.report.diagnostics.len(), 1, "{:#?}", self.findings());
        let found = &self.report.diagnostics[0];
        (found.code.id, self.under(found), found.help.clone().unwrap_or_default())
    }
}

pub(crate) fn path(header: &str) -> RelPath {
    let from_root = match header.strip_prefix('/') {
        Some(rest) => rest.to_owned(),
        None => format!("etc/portage/{header}"),
    };
    RelPath::parse(&from_root).expect("a path")
}

pub(crate) fn file<'r>(root: &'r Root, header: &str) -> &'r File {
    let known: Vec<_> = root.config.files.keys().map(RelPath::as_str).collect();
    root.config.files.get(&path(header)).unwrap_or_else(|| panic!("{header} among {known:?}"))
}

pub(crate) fn model<'r>(root: &'r Root, header: &str) -> &'r Model {
    match &file(root, header).body {
        Body::Model(model) => model,
        other => panic!("{header} is {other:?}"),
    }
}

/// The file as its own language writes it.
pub(crate) fn text(root: &Root, header: &str) -> String {
    let file = file(root, header);
    let bytes = match &file.body {
        Body::Text(bytes) => bytes.0.clone(),
        Body::Model(model) => {
            syntax::write(&file.kind.expect("a kind").grammar, b"", model).expect("a writable model")
        }
        other => panic!("{header} is {other:?}"),
    };
    String::from_utf8(bytes).expect("UTF-8")
}

/// The spec is good, and the file reads so.
pub(crate) fn says(spec: &str, header: &str, wanted: &str) {
    let loaded = load(spec);
    assert_eq!(text(loaded.good(), header), wanted, "{spec}");
}

/// Both specs are good and say the same.
pub(crate) fn same(a: &str, b: &str) {
    let (a_loaded, b_loaded) = (load(a), load(b));
    assert_eq!(a_loaded.good().config, b_loaded.good().config, "{a}\n{b}");
}
