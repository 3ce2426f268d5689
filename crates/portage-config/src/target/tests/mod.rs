//! What follows from machines.

mod laws;
mod mistakes;
mod systems;
mod tables;

use super::{Derived, Problem, Target};

fn target(said: &[(&str, &str)]) -> Target {
    Target::read(said.iter().copied()).unwrap_or_else(|problems| panic!("{said:?}: {problems:#?}"))
}

fn problems(said: &[(&str, &str)]) -> Vec<Problem> {
    Target::read(said.iter().copied()).expect_err("nothing is wrong")
}

impl Derived {
    /// As make.conf, and the profile below `profiles/`.
    fn text(&self) -> String {
        let mut out = String::new();
        for entry in &self.variables {
            out.push_str(&format!("{}={}\n", entry.name, entry.value));
        }
        out + self.profile.value.trim_start_matches("/var/db/repos/gentoo/profiles/") + "\n"
    }

    fn value(&self, name: &str) -> Option<&str> {
        self.variables.iter().find(|entry| entry.name == name).map(|entry| entry.value.as_str())
    }

    fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(other, _)| *other == name).map(|(_, value)| value.as_str())
    }
}
