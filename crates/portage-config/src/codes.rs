//! All codes: the catalogue of what can be reported.

use std::sync::LazyLock;

use crate::report::Code;
use crate::{edit, lint, manifest, overlay, render, repository, spec, syntax, tree};

/// All codes of the library, by their number.
pub static ALL: LazyLock<Vec<&'static Code>> = LazyLock::new(|| {
    let mut codes = [spec::CODES, tree::CODES, render::CODES, edit::CODES].concat();
    codes.extend(spec::IMPORT_CODES);
    codes.extend([manifest::CODES, repository::CODES, overlay::CODES].concat());
    codes.extend(lint::CODES.iter().chain(syntax::CODES.iter()));
    codes.sort_by_key(|code| code.id);
    codes
});

/// The code of that number or name: `L003`, `L03` and `L3` are the same.
///
/// ```
/// use portage_config::codes::find;
/// assert_eq!(find("L3"), find("L003"));
/// assert_eq!(find("lto-libc"), find("L003"));
/// assert_eq!(find("L"), None);
/// ```
pub fn find(id: &str) -> Option<&'static Code> {
    let number = |text: &str| -> Option<(char, u32)> {
        let mut rest = text.chars();
        let letter = rest.next()?.to_ascii_uppercase();
        Some((letter, rest.as_str().parse().ok()?))
    };
    let wanted = number(id);
    ALL.iter().copied().find(|code| code.name == id || wanted.is_some() && number(code.id) == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_code_and_name_is_given_once() {
        for pair in ALL.windows(2) {
            assert!(pair[0].id < pair[1].id, "{} is given twice", pair[1].id);
        }
        let mut names: Vec<_> = ALL.iter().map(|code| code.name).collect();
        names.sort_unstable();
        for pair in names.windows(2) {
            assert_ne!(pair[0], pair[1]);
        }
        for code in ALL.iter() {
            assert_eq!(find(code.id), Some(*code));
            assert_eq!(find(code.name), Some(*code));
            assert!(code.why.ends_with('.') && !code.source.is_empty(), "{}", code.id);
        }
    }
}
