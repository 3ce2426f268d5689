//! The atom itself.

use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

use serde::{Serialize, Serializer};

use super::scan::{Bounds, Parts, scan};
use super::{AtomError, Dialect, Specificity};
use crate::vocab::{Operator, SlotOperator};

/// `!cat/pkg` or `!!cat/pkg`.
///
/// Dependencies know blockers; in a file of the configuration Portage accepts the mark and ignores it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Blocker {
    /// `!`: the two may overlap while one replaces the other.
    Weak,
    /// `!!`: the two may never be installed at once.
    Strong,
}

/// An atom: the packages a line speaks of.
///
/// It keeps its text, prints it unchanged, and compares by it, as Portage does.
///
/// ```
/// use portage_config::vocab::{Atom, Dialect, Operator};
/// let atom = Atom::parse(">=sys-apps/portage-3.0.60-r1:0/0=::gentoo", Dialect::User)?;
/// assert_eq!(atom.operator(), Some(Operator::GreaterOrEqual));
/// assert_eq!(atom.cpn(), "sys-apps/portage");
/// assert_eq!(atom.version(), Some("3.0.60-r1"));
/// assert_eq!((atom.slot(), atom.subslot(), atom.repo()), (Some("0"), Some("0"), Some("gentoo")));
/// assert_eq!(atom.to_string(), ">=sys-apps/portage-3.0.60-r1:0/0=::gentoo");
///
/// let error = Atom::parse("sys-apps/portage-3.0.60", Dialect::User).unwrap_err();
/// assert_eq!(error.help().as_deref(), Some("write `=sys-apps/portage-3.0.60`"));
/// # Ok::<(), portage_config::vocab::AtomError>(())
/// ```
#[derive(Clone)]
pub struct Atom {
    text: Box<str>,
    parts: Parts,
}

impl Atom {
    /// Reads an atom as Portage reads it in files of this family.
    ///
    /// # Errors
    /// When Portage would call it an invalid atom there, or one that may not have USE flags.
    pub fn parse(input: &str, dialect: Dialect) -> Result<Self, AtomError> {
        match scan(input, dialect) {
            Ok(parts) => Ok(Self { text: input.into(), parts }),
            Err((span, kind)) => Err(AtomError { input: input.to_owned(), span, kind }),
        }
    }

    /// Whether Portage accepts this text in files of this family; nothing is kept.
    pub fn is_valid(input: &str, dialect: Dialect) -> bool {
        scan(input, dialect).is_ok()
    }

    /// The text as it was read.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    fn part(&self, bounds: Bounds) -> &str {
        self.text.get(bounds.range()).unwrap_or_default()
    }

    fn part_if(&self, bounds: Bounds) -> Option<&str> {
        (!bounds.is_empty()).then(|| self.part(bounds))
    }

    /// `!` or `!!` in front. Portage ignores it in every file that accepts it.
    pub fn blocker(&self) -> Option<Blocker> {
        self.parts.blocker
    }

    /// The operator; `=` also for `=cat/pkg-1*`, see [`Atom::glob`].
    pub fn operator(&self) -> Option<Operator> {
        self.parts.operator
    }

    /// Category and package: `sys-apps/portage`, or a pattern (`*/*`).
    pub fn cpn(&self) -> &str {
        self.part(Bounds::new(self.parts.category.start, self.parts.package.end))
    }

    /// The category, or a pattern.
    pub fn category(&self) -> &str {
        self.part(self.parts.category)
    }

    /// The package's name, or a pattern.
    pub fn package(&self) -> &str {
        self.part(self.parts.package)
    }

    /// The version with its revision, without the star of [`Atom::glob`]; `*9999*` in `=*/*-*9999*`.
    pub fn version(&self) -> Option<&str> {
        self.part_if(self.parts.version)
    }

    /// Whether a star follows the version: `=cat/pkg-1*`.
    pub fn glob(&self) -> bool {
        self.parts.glob
    }

    /// The build-id of a binary package: `2` in `=cat/pkg-1.0-2`.
    pub fn build_id(&self) -> Option<&str> {
        self.part_if(self.parts.build_id)
    }

    /// The slot: `0` in `:0/1=`.
    pub fn slot(&self) -> Option<&str> {
        self.part_if(self.parts.slot)
    }

    /// The sub-slot: `1` in `:0/1=`.
    pub fn subslot(&self) -> Option<&str> {
        self.part_if(self.parts.subslot)
    }

    /// The slot operator: `=` or `*`.
    pub fn slot_operator(&self) -> Option<SlotOperator> {
        self.parts.slot_operator
    }

    /// The ebuild repository: `gentoo` in `::gentoo`.
    pub fn repo(&self) -> Option<&str> {
        self.part_if(self.parts.repo)
    }

    /// The USE deps as written, without their brackets: `a,-b` in `cat/pkg[a,-b]`.
    pub fn use_deps(&self) -> Option<&str> {
        self.part_if(self.parts.use_deps)
    }

    /// Whether it is of the extended form that only configuration files take: `*/*`, `cat/*`, `=*/*-*9999*`.
    pub fn is_wildcard(&self) -> bool {
        self.parts.extended
    }

    /// Which line wins where several match.
    pub fn specificity(&self) -> Specificity {
        let slot = !self.parts.slot.is_empty();
        let rank = match self.parts.operator {
            Some(_) if self.parts.extended => return Specificity::WildcardVersion,
            None if self.parts.extended && slot => return Specificity::WildcardSlot,
            None if self.parts.extended => return Specificity::Wildcard,
            None => Specificity::Package,
            Some(Operator::Equal) if self.parts.glob => Specificity::Glob,
            Some(Operator::Equal) => Specificity::Exact,
            Some(Operator::Approximate) => Specificity::AnyRevision,
            Some(_) => Specificity::Range,
        };
        if slot { rank.max(Specificity::Slot) } else { rank }
    }
}

impl fmt::Display for Atom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for Atom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Atom({:?})", self.text)
    }
}

impl AsRef<str> for Atom {
    fn as_ref(&self) -> &str {
        &self.text
    }
}

impl PartialEq for Atom {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Atom {}

impl PartialOrd for Atom {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Atom {
    fn cmp(&self, other: &Self) -> Ordering {
        self.text.cmp(&other.text)
    }
}

impl Hash for Atom {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.text.hash(state);
    }
}

impl Serialize for Atom {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}
