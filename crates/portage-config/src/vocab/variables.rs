//! The variables of make.conf: make.conf(5), `INCREMENTALS` and the environment tables of Portage, and what the
//! profiles and compilers read.

use std::collections::HashMap;
use std::sync::LazyLock;

/// A known variable.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Variable {
    /// Its name; of a family the pattern, with `*` at one end: `FETCHCOMMAND_*`.
    pub name: &'static str,
    /// What its value is.
    pub shape: Shape,
    /// How values of several files add up.
    pub incremental: Incremental,
    /// Which files may set it.
    pub allowed: Allowed,
    /// Whether its value may hold credentials.
    pub secret: bool,
    /// Whether Portage wants another way to say it by now.
    pub deprecated: bool,
    /// Whether it is a USE_EXPAND variable: each word is a USE flag with its name in front.
    pub use_expand: bool,
    /// The words it may hold: all of an enumeration; of words, those that Portage knows; of a boolean, yes and no.
    pub choices: Vec<&'static str>,
    /// Its value in make.globals, where that is short.
    pub default: Option<&'static str>,
}

/// What the value of a variable is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Shape {
    /// Words between blanks: USE, ACCEPT_LICENSE, VIDEO_CARDS.
    Words,
    /// Arguments of a program between blanks: CFLAGS, MAKEOPTS.
    Arguments,
    /// One string.
    Text,
    /// A whole number.
    Integer,
    /// One of two words, [`Variable::choices`].
    Boolean,
    /// Anything but the empty value means yes.
    Flag,
    /// One of [`Variable::choices`].
    Enum,
    /// A path.
    Path,
    /// A command line with placeholders: FETCHCOMMAND.
    Command,
}

impl Shape {
    /// Whether the value is a sequence of words between blanks, so that words can be added and taken out.
    pub fn is_words(self) -> bool {
        matches!(self, Self::Words | Self::Arguments)
    }
}

/// How the values that several files give a variable add up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Incremental {
    /// The last one holds.
    No,
    /// They are stacked; `-x` removes, `-*` clears (`INCREMENTALS` in Portage's const.py).
    Yes,
    /// They are joined and judged for each package: ACCEPT_LICENSE, ACCEPT_PROPERTIES, ACCEPT_RESTRICT.
    Lazy,
}

/// Which files may set a variable. What is set elsewhere is dropped, mostly without a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Allowed {
    /// make.conf and the files of package.env.
    Anywhere,
    /// make.conf; Portage refuses it in files of package.env.
    MakeConf,
    /// Only `make.defaults` of a profile (`PROFILE_ONLY_VARIABLES`).
    Profile,
    /// Only the environment of the calling shell, or nobody but Portage itself (`env_blacklist`).
    Environment,
}

static TABLE: LazyLock<Vec<Variable>> =
    LazyLock::new(|| include_str!("../../data/variables.tsv").lines().skip(1).filter_map(row).collect());

static BY_NAME: LazyLock<HashMap<&'static str, &'static Variable>> =
    LazyLock::new(|| TABLE.iter().map(|variable| (variable.name, variable)).collect());

/// What stands before and behind the `*` of each family.
static FAMILIES: LazyLock<Vec<(&'static str, &'static str, &'static Variable)>> = LazyLock::new(|| {
    let split = |family: &'static Variable| family.name.split_once('*').map(|(a, b)| (a, b, family));
    TABLE.iter().filter_map(split).collect()
});

fn row(line: &'static str) -> Option<Variable> {
    let mut columns = line.split('\t');
    let name = columns.next()?;
    let shape = match columns.next()? {
        "words" => Shape::Words,
        "args" => Shape::Arguments,
        "int" => Shape::Integer,
        "bool" => Shape::Boolean,
        "flag" => Shape::Flag,
        "enum" => Shape::Enum,
        "path" => Shape::Path,
        "command" => Shape::Command,
        _ => Shape::Text,
    };
    let incremental = match columns.next()? {
        "yes" => Incremental::Yes,
        "lazy" => Incremental::Lazy,
        _ => Incremental::No,
    };
    let allowed = match columns.next()? {
        "global" => Allowed::MakeConf,
        "profile" => Allowed::Profile,
        "environment" => Allowed::Environment,
        _ => Allowed::Anywhere,
    };
    let flags = columns.next()?;
    let has = |flag: &str| flags.split(',').any(|f| f == flag);
    let choices = columns.next()?.split_whitespace().collect();
    let default = columns.next().filter(|default| !default.is_empty());
    Some(Variable {
        name,
        shape,
        incremental,
        allowed,
        secret: has("secret"),
        deprecated: has("deprecated"),
        use_expand: has("expand"),
        choices,
        default,
    })
}

/// The variable of that name, or the family it belongs to.
///
/// ```
/// use portage_config::vocab::{Shape, variable};
/// assert!(variable("USE").is_some_and(|v| v.shape.is_words()));
/// assert!(variable("FETCHCOMMAND_SSH").is_some_and(|v| v.secret && v.shape == Shape::Command));
/// assert!(variable("MY_FLAGS").is_none());
/// ```
pub fn variable(name: &str) -> Option<&'static Variable> {
    if let Some(known) = BY_NAME.get(name) {
        return Some(known);
    }
    let is_of = |before: &str, after: &str| {
        name.len() > before.len() + after.len() && name.starts_with(before) && name.ends_with(after)
    };
    FAMILIES.iter().find(|(before, after, _)| is_of(before, after)).map(|(.., family)| *family)
}

/// All known variables and families, by name.
pub fn variables() -> impl Iterator<Item = &'static Variable> {
    TABLE.iter()
}

/// The known variable that an unknown name was probably meant to be; `None` for a name that is known, or like
/// nothing known.
///
/// ```
/// use portage_config::vocab::nearest_variable;
/// assert_eq!(nearest_variable("ACCEPT_KEYWORD"), Some("ACCEPT_KEYWORDS"));
/// assert_eq!(nearest_variable("cflags"), Some("CFLAGS"));
/// assert_eq!(nearest_variable("GC_FLAGS"), None);
/// ```
pub fn nearest_variable(name: &str) -> Option<&'static str> {
    if name.len() > 64 || variable(name).is_some() {
        return None;
    }
    // One edit makes any other word of a short one.
    let allowed = match name.len() {
        0..=4 => 0,
        5..=8 => 1,
        _ => 2,
    };
    TABLE
        .iter()
        .map(|variable| variable.name)
        .filter(|known| known.len() > 2 && !known.contains('*'))
        .filter(|known| known.len().abs_diff(name.len()) <= allowed)
        .filter_map(|known| {
            let distance =
                if known.eq_ignore_ascii_case(name) { 0 } else { strsim::damerau_levenshtein(known, name) };
            (distance <= allowed).then_some((distance, known))
        })
        .min()
        .map(|(_, known)| known)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_row_is_read() {
        let lines = include_str!("../../data/variables.tsv").lines().count() - 1;
        assert_eq!(TABLE.len(), lines);
        assert_eq!(BY_NAME.len(), lines, "no name twice");
        for variable in variables() {
            let wants = matches!(variable.shape, Shape::Enum | Shape::Boolean);
            assert!(!wants || variable.choices.len() >= 2, "{}", variable.name);
        }
    }

    #[test]
    fn facts_of_portage() {
        for name in [
            "ACCEPT_KEYWORDS",
            "CONFIG_PROTECT",
            "CONFIG_PROTECT_MASK",
            "ENV_UNSET",
            "FEATURES",
            "USE",
            "USE_EXPAND",
        ] {
            assert_eq!(variable(name).unwrap().incremental, Incremental::Yes, "{name}");
        }
        for name in ["ACCEPT_LICENSE", "ACCEPT_PROPERTIES", "ACCEPT_RESTRICT"] {
            assert_eq!(variable(name).unwrap().incremental, Incremental::Lazy, "{name}");
        }
        for (name, shape) in [
            ("CFLAGS", Shape::Arguments),
            ("MAKEOPTS", Shape::Arguments),
            ("RUSTFLAGS", Shape::Arguments),
            ("CFLAGS_x86", Shape::Arguments),
            ("VIDEO_CARDS", Shape::Words),
            ("GRUB_PLATFORMS", Shape::Words),
            ("CPU_FLAGS_X86", Shape::Words),
            ("CHOST", Shape::Text),
            ("CHOST_x86", Shape::Text),
            ("GOAMD64", Shape::Text),
            ("LC_MESSAGES", Shape::Text),
            ("CLEAN_DELAY", Shape::Integer),
            ("DISTDIR", Shape::Path),
            ("FETCHCOMMAND", Shape::Command),
            ("BINPKG_FORMAT", Shape::Enum),
            ("AUTOCLEAN", Shape::Boolean),
            ("NO_COLOR", Shape::Flag),
        ] {
            assert_eq!(variable(name).unwrap().shape, shape, "{name}");
        }
        for (name, allowed) in [
            ("CONFIG_PROTECT", Allowed::MakeConf),
            ("ROOT", Allowed::MakeConf),
            ("ELIBC", Allowed::Profile),
            ("PORTAGE_CONFIGROOT", Allowed::Environment),
            ("SLOT", Allowed::Environment),
            ("USE", Allowed::Anywhere),
        ] {
            assert_eq!(variable(name).unwrap().allowed, allowed, "{name}");
        }
        for name in
            ["FETCHCOMMAND_SSH", "http_proxy", "PORTAGE_BINHOST", "GENTOO_MIRRORS", "PORTAGE_ELOG_MAILURI"]
        {
            assert!(variable(name).unwrap().secret, "{name}");
        }
        assert!(!variable("CFLAGS").unwrap().secret);
    }

    #[test]
    fn only_close_names_are_mistakes() {
        for (name, right) in [
            ("ACCEPT_LICENCE", Some("ACCEPT_LICENSE")),
            ("CFLAG", Some("CFLAGS")),
            ("MAKEOPT", Some("MAKEOPTS")),
            ("FEATURE", Some("FEATURES")),
            ("VIDEO_CARD", Some("VIDEO_CARDS")),
            ("EMERGE_DEFAULT_OPT", Some("EMERGE_DEFAULT_OPTS")),
            ("PYTHON_TARGET", Some("PYTHON_TARGETS")),
            ("CFLAGS", None),
            ("LTO_FLAGS", None),
            ("OPT_FLAGS", None),
            ("BASE_USE", None),
            ("EXTRA", None),
            ("__x", None),
            ("NTHREADS", None),
            ("GCC", None),
            ("use", Some("USE")),
        ] {
            assert_eq!(nearest_variable(name), right, "{name}");
        }
    }
}
