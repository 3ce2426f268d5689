//! An example of each check: files that it speaks of, what it says of them, and what is to be done.

use toml_edit::{DocumentMut, Table};

use crate::json::{Example, ExampleFile};

/// Tables by code. A test compares `says` and `fix` with what the command says of the files.
const TEXTS: [&str; 4] = [
    include_str!("../data/examples/spec.toml"),
    include_str!("../data/examples/settings.toml"),
    include_str!("../data/examples/machine.toml"),
    include_str!("../data/examples/packages.toml"),
];

/// Keys that are no paths of files.
const WORDS: [&str; 4] = ["says", "fix", "repository", "overlay"];

/// The example of a code.
pub(crate) fn of(code: &str) -> Option<Example> {
    TEXTS.iter().find_map(|text| {
        let document: DocumentMut = text.parse().ok()?;
        example(document.get(code)?.as_table()?)
    })
}

fn example(table: &Table) -> Option<Example> {
    let text = |key: &str| table.get(key).and_then(|value| value.as_str()).map(str::to_owned);
    let file = |(key, value): (&str, &toml_edit::Item)| {
        let path = if key == "spec" { "spec.toml" } else { key };
        Some(ExampleFile { path: path.to_owned(), text: value.as_str()?.to_owned() })
    };
    let files = table.iter().filter(|(key, _)| !WORDS.contains(key)).filter_map(file).collect();
    Some(Example { files, says: text("says")?, fix: text("fix") })
}
