//! What dracut 059 to 111 know.

use std::collections::HashMap;
use std::sync::LazyLock;

static PARAMETERS: &str = include_str!("../../../data/dracut-parameters.tsv");

/// What a parameter holds.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Type {
    /// `yes` or `no`.
    Bool,
    /// Words, separated and surrounded by blanks.
    Words,
    /// A path.
    Path,
    /// Any text.
    Text,
    /// A number, from and to.
    Integer(u32, u32),
    /// One of these words.
    Choice(Vec<&'static str>),
}

impl Type {
    fn parse(name: &'static str) -> Self {
        let number = |(from, to): (&str, &str)| Some(Self::Integer(from.parse().ok()?, to.parse().ok()?));
        match name {
            "bool" => Self::Bool,
            "words" => Self::Words,
            "path" => Self::Path,
            name if name.contains('|') => Self::Choice(name.split('|').collect()),
            name => name.split_once("..").and_then(number).unwrap_or(Self::Text),
        }
    }
}

/// A variable of dracut.conf(5).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Parameter {
    /// Its name.
    pub key: &'static str,
    /// What it holds.
    pub ty: Type,
    /// Whether it is written with `+=`, so that other files can add to it.
    pub append: bool,
    /// The default of dracut 059, if it has one.
    pub default_059: Option<&'static str>,
    /// The default of dracut 111, if it has one.
    pub default_111: Option<&'static str>,
    /// Whether dracut 059 knows it.
    pub in_059: bool,
    /// Whether dracut 111 knows it.
    pub in_111: bool,
}

static ALL: LazyLock<Vec<Parameter>> = LazyLock::new(|| {
    let row = |line: &'static str| {
        let mut fields = line.split('\t');
        let mut next = || fields.next().unwrap_or_default();
        let some = |text: &'static str| (!text.is_empty()).then_some(text);
        Parameter {
            key: next(),
            ty: Type::parse(next()),
            append: next() == "+=",
            default_059: some(next()),
            default_111: some(next()),
            in_059: next() == "yes",
            in_111: next() == "yes",
        }
    };
    PARAMETERS.lines().skip(1).map(row).collect()
});

static BY_KEY: LazyLock<HashMap<&'static str, &'static Parameter>> =
    LazyLock::new(|| ALL.iter().map(|parameter| (parameter.key, parameter)).collect());

/// All parameters.
pub fn parameters() -> &'static [Parameter] {
    &ALL
}

/// The parameter of that name.
///
/// ```
/// use portage_config::file::dracut::{Type, parameter};
/// assert_eq!(parameter("hostonly").unwrap().ty, Type::Bool);
/// assert!(parameter("add_drivers").unwrap().append);
/// assert!(parameter("hostnly").is_none());
/// ```
pub fn parameter(key: &str) -> Option<&'static Parameter> {
    BY_KEY.get(key).copied()
}
