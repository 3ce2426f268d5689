//! Codes: the stable names of rules.

use serde::Serialize;

/// How bad a finding is. Ordered: a hint is less than an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Worth knowing.
    Hint,
    /// Works by luck, or not as meant.
    Warning,
    /// The consumer rejects it, ignores it, or the system does not work.
    Error,
}

/// A rule: its stable code and name, its severity, and why it exists.
///
/// Codes beginning with `S` are about the spec, `P` about the text of a file, `T` about templates,
/// `F` about files and folders, `O` about ebuild repositories, and `L` about what a configuration means.
#[derive(Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Code {
    /// `L016`.
    pub id: &'static str,
    /// `wrong-folder`.
    pub name: &'static str,
    /// The severity unless `[check]` says otherwise.
    pub severity: Severity,
    /// One or two sentences: what happens otherwise.
    pub why: &'static str,
    /// Where that is written or was seen: a man page, a PMS section, an upstream file.
    pub source: &'static str,
}

impl Code {
    /// An error.
    pub const fn error(
        id: &'static str,
        name: &'static str,
        why: &'static str,
        source: &'static str,
    ) -> Self {
        Self { id, name, severity: Severity::Error, why, source }
    }

    /// A warning.
    pub const fn warning(
        id: &'static str,
        name: &'static str,
        why: &'static str,
        source: &'static str,
    ) -> Self {
        Self { id, name, severity: Severity::Warning, why, source }
    }

    /// A hint.
    pub const fn hint(id: &'static str, name: &'static str, why: &'static str, source: &'static str) -> Self {
        Self { id, name, severity: Severity::Hint, why, source }
    }
}

/// Codes of a module: number, severity, name, reason and source of each, and the list of them all.
macro_rules! codes {
    ($($id:ident $make:ident $name:literal $why:literal $source:literal;)*) => {
        $(
            #[doc = $why]
            pub(crate) const $id: Code = Code::$make(stringify!($id), $name, $why, $source);
        )*
        /// All codes of this module.
        pub(crate) static CODES: &[&Code] = &[$(&$id),*];
    };
}
pub(crate) use codes;
