//! Configurations by hand, and the codes that the whole check finds.

use crate::config::{Body, Bytes, Config, File};
use crate::file::{find, testing};
use crate::model::Model;
use crate::report::Report;
use crate::vocab::RelPath;

#[derive(Default)]
pub(crate) struct Root(pub(crate) Config);

pub(crate) fn root() -> Root {
    Root::default()
}

impl Root {
    fn add(mut self, path: &str, body: Body) -> Self {
        let path = RelPath::parse(path).unwrap();
        let file = File::new(find(&path), body);
        self.0.files.insert(path, file);
        self
    }

    pub(crate) fn model(self, path: &str, model: Model) -> Self {
        self.add(path, Body::Model(model))
    }

    pub(crate) fn vars(self, path: &str, assigns: &[(&str, &str)]) -> Self {
        self.model(path, testing::vars(assigns))
    }

    pub(crate) fn rules(self, path: &str, rules: &[(&str, &str)]) -> Self {
        self.model(path, testing::rules(rules))
    }

    pub(crate) fn items(self, path: &str, items: &[&str]) -> Self {
        self.model(path, testing::items(items))
    }

    pub(crate) fn ini(self, path: &str, sections: &[(&str, &[(&str, &str)])]) -> Self {
        self.model(path, testing::ini(sections))
    }

    pub(crate) fn link(self, path: &str, target: &str) -> Self {
        self.add(path, Body::Link(target.to_owned()))
    }

    pub(crate) fn text(self, path: &str, text: &str) -> Self {
        self.add(path, Body::Text(Bytes(text.into())))
    }

    pub(crate) fn dir(self, path: &str) -> Self {
        self.add(path, Body::Dir)
    }
}

pub(crate) fn codes(root: &Root) -> Vec<&'static str> {
    let mut report = Report::new();
    crate::lint::check(&root.0, &mut report);
    report.diagnostics.iter().map(|diagnostic| diagnostic.code.id).collect()
}
