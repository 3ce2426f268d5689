//! What an ebuild says of one of its variables.

use super::expand::{Names, expand};
use super::{Ebuild, Value};

/// What the lines of a text, outside of functions, make of a variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Said {
    /// No line assigns to it. An eclass may.
    Nothing,
    /// The value.
    Value(String),
    /// A condition, a command, or a variable that the text does not know decides.
    Unknown,
}

impl Ebuild {
    /// The value that the lines outside of functions give a variable, where that is certain without running any of them.
    /// `names` are the variables that are known, see [`Ebuild::names`].
    ///
    /// ```
    /// use portage_config::ebuild::{Ebuild, Said};
    /// let ebuild = Ebuild::parse(b"IUSE=\"+ssl\"\nIUSE+=\" nls\"\nif [[ ${PV} != 9999 ]]; then KEYWORDS=amd64; fi\n");
    /// let said = |name| ebuild.said(name, &Default::default());
    /// assert_eq!(said("IUSE"), Said::Value("+ssl nls".into()));
    /// assert_eq!(said("KEYWORDS"), Said::Unknown);
    /// assert_eq!(said("SLOT"), Said::Nothing);
    /// ```
    pub fn said(&self, name: &str, names: &Names) -> Said {
        if self.parsed.problem.is_some() {
            return Said::Unknown;
        }
        let mut value: Option<String> = None;
        for assigned in self.assigned(name).filter(|assigned| assigned.function.is_none()) {
            let Value::Word(word) = &assigned.value else { return Said::Unknown };
            if assigned.nested || assigned.indexed {
                return Said::Unknown;
            }
            let mut known = std::borrow::Cow::Borrowed(names);
            if let Some(value) = &value {
                known.to_mut().insert(name.to_owned(), value.clone());
            }
            let Some(said) = expand(self.slice(word), &known) else { return Said::Unknown };
            value = Some(match value {
                Some(before) if assigned.append => before + &said,
                _ => said,
            });
        }
        value.map_or(Said::Nothing, Said::Value)
    }
}
