//! An overlay in a machine's repos.conf.

use std::fmt::Write as _;

/// What a machine's repos.conf is to say of a repository.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct AddTo {
    /// Its name, which is that of the section.
    pub name: String,
    /// Where the machine has it.
    pub location: String,
    /// `priority`.
    pub priority: Option<i32>,
    /// `masters`.
    pub masters: Vec<String>,
}

impl AddTo {
    /// A repository at a place.
    pub fn new(name: &str, location: &str) -> Self {
        Self { name: name.to_owned(), location: location.to_owned(), priority: None, masters: Vec::new() }
    }
}

/// The statements that [`crate`]'s editing takes: one for each entry of the section (portage(5), repos.conf).
///
/// ```
/// use portage_config::overlay::{AddTo, add_to};
/// let statements = add_to(&AddTo::new("local", "/var/db/repos/local"));
/// assert_eq!(statements, [
///     "repos.conf: \"local\".location = \"/var/db/repos/local\"",
///     "repos.conf: \"local\".auto-sync = false",
/// ]);
/// ```
pub fn add_to(add: &AddTo) -> Vec<String> {
    let name = quoted(&add.name);
    let mut all = vec![format!("repos.conf: {name}.location = {}", quoted(&add.location))];
    if !add.masters.is_empty() {
        all.push(format!("repos.conf: {name}.masters = {}", quoted(&add.masters.join(" "))));
    }
    if let Some(priority) = add.priority {
        all.push(format!("repos.conf: {name}.priority = {priority}"));
    }
    all.push(format!("repos.conf: {name}.auto-sync = false"));
    all
}

/// A text as TOML.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if c.is_control() => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
