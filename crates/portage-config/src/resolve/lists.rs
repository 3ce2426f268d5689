//! Lists that all repositories and /etc/portage add to: categories, arch.list.

use super::machine::Machine;
use super::nodes;
use super::profiles::Repo;
use super::settings::Settings;
use super::tables;

impl Settings<'_> {
    /// The words of a list that several repositories and /etc/portage add to: arch.list, categories.
    pub(super) fn listed(&self, name: &str) -> Vec<String> {
        let mut found: indexmap::IndexSet<String> = indexmap::IndexSet::new();
        for folder in self.list_folders() {
            let texts: Vec<_> = self.machine.files.text(&format!("{folder}/{name}")).into_iter().collect();
            for item in tables::items(&texts) {
                if nodes::is_skipped(self.skip, item.at) {
                    continue;
                }
                match item.text.strip_prefix('-') {
                    Some("*") => found.clear(),
                    Some(text) => {
                        found.shift_remove(text);
                    }
                    None => {
                        found.insert(item.text.to_string());
                    }
                }
            }
        }
        found.into_iter().collect()
    }

    /// The categories: those of all repositories, and of /etc/portage/categories.
    pub fn categories(&self) -> Vec<String> {
        self.listed("categories").into_iter().filter(|name| crate::vocab::is_category(name)).collect()
    }

    /// `profiles/` of the main repository, of the others, and /etc/portage.
    fn list_folders(&self) -> Vec<String> {
        list_folders(self.machine)
    }
}

/// `profiles/` of the main repository, of the others, and /etc/portage.
pub(super) fn list_folders(machine: &Machine) -> Vec<String> {
    let others = machine.repos.iter().enumerate().filter(|(at, _)| Some(*at) != machine.main);
    let repos = machine.main().into_iter().chain(others.map(|(_, repo)| repo));
    repos.map(Repo::profiles).chain([machine.config()]).collect()
}
