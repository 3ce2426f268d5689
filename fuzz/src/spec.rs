//! Specs.

use std::collections::BTreeMap;

use camino::Utf8PathBuf;
use portage_config::config::{Body, Own};
use portage_config::report::{Diagnostic, Report, Sources, Span};
use portage_config::spec::{Options, Resolved, load};
use portage_config::template::Templates;
use portage_config::tree::{Node, Tree};
use portage_config::{lint, render};

use crate::laws::{placed, shown};

/// Up to three files, `ff` between them: `main.toml`, and the layers `a.toml` and `b.toml` that it may name.
pub fn check(data: &[u8]) {
    let names = ["main.toml", "a.toml", "b.toml"];
    let files: BTreeMap<Utf8PathBuf, Vec<u8>> = names
        .iter()
        .zip(data.splitn(3, |byte| *byte == 0xff))
        .map(|(name, text)| (Utf8PathBuf::from(name), text.to_vec()))
        .collect();
    for examples in [false, true] {
        let (first, second) = (run(&files, examples), run(&files, examples));
        assert_eq!(first, second, "another answer to the same question: {}", shown(data));
    }
}

/// Loads, checks and renders; what is found, and the files.
fn run(files: &BTreeMap<Utf8PathBuf, Vec<u8>>, examples: bool) -> (Vec<String>, Vec<Option<Tree>>) {
    let mut options = Options::new(files);
    options.examples = examples;
    let mut report = Report::new();
    let loaded = load("main.toml", &options, &mut report);
    if loaded.is_none() {
        assert!(report.has_errors(), "no answer, and no reason");
    }
    let trees = loaded.iter().flat_map(|spec| rendered(spec, &mut report)).collect();
    placed(&report);
    (report.diagnostics.iter().map(|found| told(found, &report.sources)).collect(), trees)
}

/// A finding with its texts by name: their numbers are others each time.
fn told(found: &Diagnostic, sources: &Sources) -> String {
    let place =
        |span: Span| (sources.get(span.source).map(|source| source.name.clone()), span.start, span.end);
    let fixes: Vec<_> = found.fix.iter().map(|fix| (place(fix.span), &fix.text)).collect();
    let (code, spot, at) = (found.code.id, &found.spot, found.spot.span.map(place));
    let place = (&spot.path, &spot.key, &spot.word, at);
    format!("{:?}", (code, found.severity, place, &found.message, &found.help, &found.layers, fixes))
}

fn rendered(spec: &Resolved, report: &mut Report) -> Vec<Option<Tree>> {
    let mut trees = Vec::new();
    for root in &spec.roots {
        lint::check(&root.config, report);
        let tree = render::render(&root.config, &Templates::builtin(), report);
        for (path, file) in &root.config.files {
            let node = tree.as_ref().and_then(|tree| tree.nodes.get(path));
            if let (Body::Model(model), Some(kind), Some(Node::File { bytes, .. })) =
                (&file.body, file.kind, node)
            {
                let again = render::update(kind, model, Own::Whole, &bytes.0);
                assert!(again.as_ref().ok() == Some(&bytes.0), "{path} {}: {again:?}", shown(&bytes.0));
            }
        }
        trees.push(tree);
    }
    trees
}
