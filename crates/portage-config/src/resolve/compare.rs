//! What a comparison of two machines asks.

use std::collections::BTreeSet;

use super::about::About;
use super::files::Kind;
use super::settings::{LAYERS, Settings};

impl Settings<'_> {
    /// The variables that some layer sets, those of a package's own files aside, without USE and what is a part of it.
    pub fn variables(&self) -> BTreeSet<&str> {
        let layers = LAYERS.iter().filter_map(|(layer, _)| self.layer(*layer));
        let names = layers.chain(&self.repo_defaults).flat_map(|layer| layer.keys()).map(|name| &**name);
        names.filter(|name| !self.is_use(name)).collect()
    }

    /// Whether a variable is USE, or a part of it: USE_EXPAND.
    pub fn is_use(&self, name: &str) -> bool {
        let lists = [&self.expand.names, &self.expand.unprefixed];
        name == "USE" || lists.into_iter().flatten().any(|other| other == name)
    }

    /// Whether a variable has the same values in the same layers in both, those of a package's own files aside.
    pub fn agrees(&self, other: &Settings<'_>, name: &str) -> bool {
        let texts = |settings: &Settings<'_>| -> Vec<Vec<std::sync::Arc<str>>> {
            let layers = LAYERS.iter().map(|(layer, _)| settings.layer(*layer));
            let all = layers.chain(settings.repo_defaults.iter().map(Some));
            let values = all.map(|layer| layer.and_then(|layer| layer.get(name)).into_iter().flatten());
            values.map(|values| values.map(|value| value.text.clone()).collect()).collect()
        };
        texts(self) == texts(other)
    }
}

impl About<'_> {
    /// The variables that its files of package.env set.
    pub fn own_variables(&self) -> impl Iterator<Item = &str> {
        self.env.keys().map(|name| &**name)
    }

    /// As [`About::patches`], each with what it holds.
    pub fn patched(&self) -> Vec<(String, Vec<u8>)> {
        let files = &self.settings.machine.files;
        let (category, name) = self.package.cpn.split_once('/').unwrap_or_default();
        let folder = format!("{}/patches/{category}", self.settings.machine.config());
        // Most packages have none, and most machines no such category.
        if files.kind(&folder) != Some(Kind::Dir)
            || !files.list(&folder).iter().any(|found| found.starts_with(name))
        {
            return Vec::new();
        }
        let paths = self.patches().into_iter();
        paths.filter_map(|path| files.bytes(&path).map(|bytes| (path, bytes))).collect()
    }
}
