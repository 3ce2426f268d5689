//! The sets of packages that profiles name.

use super::nodes::is_skipped;
use super::profiles::Node;
use super::settings::Settings;

impl Settings<'_> {
    /// The atoms of `@system`: the lines of the profiles' `packages` that begin with `*` (`PackagesSystemSet`).
    pub fn system(&self) -> Vec<String> {
        let all = self.packages(|_| true);
        all.into_iter().filter_map(|text| text.strip_prefix('*').map(str::to_owned)).collect()
    }

    /// The atoms of `@profile`: the other lines of `packages`, of profiles with the format `profile-set`
    /// (`ProfilePackageSet`).
    pub fn profile_set(&self) -> Vec<String> {
        let all = self.packages(|node| node.formats.iter().any(|format| format == "profile-set"));
        all.into_iter().filter(|text| !text.starts_with('*')).map(str::to_owned).collect()
    }

    /// The lines of `packages`, one profile over the other: `-` takes a line back, `-*` all of them.
    fn packages(&self, counts: impl Fn(&Node) -> bool) -> Vec<&str> {
        let mut all = indexmap::IndexSet::new();
        let nodes = self.nodes.iter().zip(&self.tables).filter(|(node, _)| counts(node));
        for item in
            nodes.flat_map(|(_, tables)| &tables.packages).filter(|item| !is_skipped(self.skip, item.at))
        {
            match item.text.strip_prefix('-') {
                Some("*") => all.clear(),
                Some(gone) => drop(all.shift_remove(gone)),
                None => drop(all.insert(&*item.text)),
            }
        }
        all.into_iter().collect()
    }
}
