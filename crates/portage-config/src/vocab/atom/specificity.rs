//! Which of two matching lines wins.

/// How closely an atom describes a package: where several lines match a package, those of the higher rank win.
///
/// The order of Portage's `best_match_to_list` (`dep/__init__.py`), which `ordered_by_atom_specificity` uses for
/// package.use, package.accept_keywords, package.license, package.env and the like. Between two ranges
/// (`>=cat/pkg-1`, `<cat/pkg-3`) the version closest to the package decides; any other tie goes to the line that
/// was read first.
///
/// ```
/// use portage_config::vocab::{Atom, Dialect, Specificity};
/// let rank = |text| Atom::parse(text, Dialect::User).map(|atom| atom.specificity());
/// assert_eq!(rank("*/*")?, Specificity::Wildcard);
/// assert!(rank("*/*:0")? < rank("cat/pkg")?);
/// assert!(rank(">=cat/pkg-1")? < rank("cat/pkg:0")?);
/// # Ok::<(), portage_config::vocab::AtomError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Specificity {
    /// `*/*`, `cat/*`, `*/pkg`, with or without `::repo`.
    Wildcard,
    /// `*/*:slot`.
    WildcardSlot,
    /// `=*/*-*9999*`.
    WildcardVersion,
    /// `cat/pkg`, with or without `::repo`.
    Package,
    /// `>cat/pkg-1`, `>=`, `<`, `<=`.
    Range,
    /// `cat/pkg:slot`, also with a range.
    Slot,
    /// `=cat/pkg-1*`.
    Glob,
    /// `~cat/pkg-1`.
    AnyRevision,
    /// `=cat/pkg-1`.
    Exact,
}
