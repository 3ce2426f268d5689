//! The scripts and patches that apply to a package.

use super::about::About;
use super::files::Kind;
use super::profiles::Node;
use super::tables::{Rules, Star};

impl About<'_> {
    /// The scripts of profiles that its phases source, in order: profile.bashrc, and what package.bashrc names.
    pub fn bashrc(&self) -> Vec<String> {
        let mut found = Vec::new();
        for (Node { path, .. }, tables) in self.settings.nodes.iter().zip(&self.settings.tables) {
            if tables.has_bashrc {
                found.push(format!("{path}/profile.bashrc"));
            }
            for rule in self.matching(&tables.bashrc) {
                found.extend(rule.words.iter().map(|word| format!("{path}/bashrc/{word}")));
            }
        }
        found
    }

    /// The words of the lines about it, the weakest first.
    fn words_of(&self, rules: &Rules, star: Star) -> Vec<String> {
        let rules = self.matching_own(rules, star);
        rules.iter().flat_map(|rule| rule.words.iter().map(|word| word.to_string())).collect()
    }

    /// The files below env/ that package.env names for it, in order.
    pub fn env_files(&self) -> Vec<String> {
        self.words_of(&self.settings.machine.own().env, Star::TakenFirst)
    }

    /// The words of package.use about it, the weakest first.
    pub fn package_use(&self) -> Vec<String> {
        self.words_of(&self.settings.machine.own().package_use, Star::Taken)
    }

    /// The patches that `eapply_user` applies to it, in order: from etc/portage/patches, the more specific folder going
    /// before the others where names are the same. An empty file takes a patch away.
    pub fn patches(&self) -> Vec<String> {
        let (files, package) = (&self.settings.machine.files, self.package);
        let (category, name) = package.cpn.split_once('/').unwrap_or_default();
        let parsed = crate::vocab::Version::parse(&package.version);
        let base = parsed.as_ref().map_or(package.version.as_str(), |version| version.without_revision());
        let revision = parsed.as_ref().map(|version| version.revision().digits().to_owned());
        let revision = revision.filter(|digits| !digits.is_empty()).unwrap_or_else(|| "0".to_owned());
        let mut found: std::collections::BTreeMap<String, String> = std::collections::BTreeMap::new();
        for stem in [name.to_owned(), format!("{name}-{base}"), format!("{name}-{base}-r{revision}")] {
            for slot in [String::new(), format!(":{}", package.slot)] {
                let folder = format!("{}/patches/{category}/{stem}{slot}", self.settings.machine.config());
                for file in files.list(&folder).iter() {
                    if !file.starts_with('.') && (file.ends_with(".patch") || file.ends_with(".diff")) {
                        found.insert(file.clone(), format!("{folder}/{file}"));
                    }
                }
            }
        }
        let is_patch = |path: &String| {
            files.kind(path) == Some(Kind::File) && files.bytes(path).is_some_and(|bytes| !bytes.is_empty())
        };
        found.into_values().filter(is_patch).collect()
    }
}
