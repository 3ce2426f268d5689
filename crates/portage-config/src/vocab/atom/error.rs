//! What is wrong with an atom.

use std::ops::Range;

use crate::vocab::Operator;

/// Why a text is no atom where it stands.
///
/// ```
/// use portage_config::vocab::{Atom, AtomErrorKind, Dialect};
/// let error = Atom::parse("cat/pkg::repo:0", Dialect::User).unwrap_err();
/// assert_eq!(error.kind, AtomErrorKind::SlotAfterRepo);
/// assert_eq!(&error.input[error.span.clone()], ":0");
/// assert_eq!(error.to_string(), "`cat/pkg::repo:0` has its slot behind the repository");
/// assert_eq!(error.help().as_deref(), Some("write `cat/pkg:0::repo`"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{input}` {kind}")]
#[non_exhaustive]
pub struct AtomError {
    /// The text.
    pub input: String,
    /// The offending bytes of it.
    pub span: Range<usize>,
    /// What is wrong with it.
    pub kind: AtomErrorKind,
}

/// A part of an atom.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AtomPart {
    /// The category.
    Category,
    /// The package's name.
    Package,
    /// The slot or sub-slot.
    Slot,
    /// The ebuild repository.
    Repo,
}

impl std::fmt::Display for AtomPart {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Category => "category",
            Self::Package => "package name",
            Self::Slot => "slot",
            Self::Repo => "repository name",
        })
    }
}

/// What is wrong with an atom.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum AtomErrorKind {
    /// Nothing was written.
    #[error("is empty")]
    Empty,
    /// More than four gigabytes.
    #[error("is too long")]
    TooLong,
    /// `@world`.
    #[error("is a package set, not an atom")]
    Set,
    /// `!cat/pkg` in a set or in world.
    #[error("is a blocker, which only dependencies can have")]
    Blocker,
    /// `=>`, `==`, `<>`.
    #[error("does not start with an operator Portage knows")]
    BadOperator,
    /// `pkg`.
    #[error("has no category")]
    NoCategory,
    /// `/pkg`, `cat/`, `cat/pkg:`, `cat/pkg::`.
    #[error("has an empty {0}")]
    Missing(AtomPart),
    /// `-cat/pkg`, `cat/.pkg`.
    #[error("has a {0} that starts with `{1}`")]
    BadStart(AtomPart, char),
    /// `cat/p"kg`.
    #[error("has a {0} with `{1}` in it")]
    BadCharacter(AtomPart, char),
    /// `cat/pkg-1.0`.
    #[error("has a version but no operator")]
    VersionWithoutOperator,
    /// `>=cat/pkg`.
    #[error("has the operator `{0}` but no version")]
    OperatorWithoutVersion(Operator),
    /// `=cat/pkg-1.0.`.
    #[error("has no valid version")]
    BadVersion,
    /// `>=cat/pkg-1*`.
    #[error("has `*` behind the version: only `=` takes that, not `{0}`")]
    GlobWithoutEqual(Operator),
    /// `=cat/pkg-1.*`.
    #[error("has `.*` behind the version")]
    GlobAfterDot,
    /// `=cat/pkg-1-2*`, `=cat/pkg-1-2.0`.
    #[error("has two versions")]
    TwoVersions,
    /// `=cat/pkg-1-02`.
    #[error("has a build-id with a leading zero")]
    BuildIdZero,
    /// `=cat/pkg-1-2` where no build-id may stand.
    #[error("has a build-id, which this file does not take")]
    BuildIdNotAllowed,
    /// `cat/*` in a profile, in a set, in world.
    #[error("is a wildcard, which this file does not take")]
    WildcardNotAllowed,
    /// `>=cat/*-1`, `=*/*-1`.
    #[error("has a version with a wildcard")]
    WildcardWithVersion,
    /// `*/pkg-1.0`.
    #[error("has a version in a wildcard, but no operator")]
    WildcardVersionWithoutOperator,
    /// `=*/*-*1.0*`.
    #[error("has something other than letters, digits and `_` between the stars of its version")]
    BadVersionPattern,
    /// `**/pkg`.
    #[error("has two stars in a row")]
    DoubleStar,
    /// `:1*`.
    #[error("has `*` behind its slot: `:*` stands alone")]
    SlotStar,
    /// `:0/`, `:/0`, `:0/1/2`, `:0=1`.
    #[error("has no valid slot")]
    BadSlot,
    /// `cat/pkg::repo:0`.
    #[error("has its slot behind the repository")]
    SlotAfterRepo,
    /// `::repo` in a profile.
    #[error("names a repository, which this file does not take")]
    RepoNotAllowed,
    /// `[flag]` in package.use and package.accept_keywords.
    #[error("has USE deps, which this file does not take")]
    UseDepsNotAllowed,
    /// `*/*[flag]`.
    #[error("has USE deps on a wildcard")]
    UseDepsOnWildcard,
    /// `cat/pkg[flag]:0`.
    #[error("has something behind its USE deps")]
    UseDepsNotLast,
    /// `cat/pkg[flag`.
    #[error("has USE deps without `]`")]
    UseDepsNotClosed,
    /// `cat/pkg[]`, `cat/pkg[!flag]`.
    #[error("has an invalid USE dep")]
    BadUseDep,
    /// `cat/pkg[flag(+),flag(-)]`.
    #[error("has one USE flag with two defaults")]
    UseDepConflict,
}

impl AtomError {
    /// What to write instead, where that is known.
    pub fn help(&self) -> Option<String> {
        let before = self.input.get(..self.span.start).unwrap_or_default();
        let bad = self.input.get(self.span.clone()).unwrap_or_default();
        let after = self.input.get(self.span.end..).unwrap_or_default();
        let instead = match self.kind {
            AtomErrorKind::VersionWithoutOperator => {
                let name = self.input.trim_start_matches('!');
                let marks = self.input.len() - name.len();
                format!("{}={name}", self.input.get(..marks).unwrap_or_default())
            }
            AtomErrorKind::OperatorWithoutVersion(_) => {
                let rest = after.trim_start_matches(['=', '<', '>', '~']);
                return Some(format!("write `{before}{rest}` for every version, or add one"));
            }
            AtomErrorKind::GlobWithoutEqual(operator) => {
                let plain = self.input.replacen('*', "", 1);
                let glob = self.input.replacen(operator.as_str(), "=", 1);
                return Some(format!("write `{plain}`, or `{glob}` for every version that starts so"));
            }
            AtomErrorKind::GlobAfterDot => format!("{before}*{after}"),
            AtomErrorKind::SlotAfterRepo => {
                let (name, repo) = before.split_once("::")?;
                format!("{name}{bad}::{repo}{after}")
            }
            AtomErrorKind::UseDepsNotLast => {
                let (name, deps) = before.split_once('[')?;
                format!("{name}{bad}[{deps}{after}")
            }
            AtomErrorKind::SlotStar => {
                let slot = bad.trim_end_matches('*');
                format!("{before}{slot}{after}")
            }
            AtomErrorKind::UseDepsNotClosed => format!("{}]", self.input),
            AtomErrorKind::UseDepsNotAllowed
            | AtomErrorKind::UseDepsOnWildcard
            | AtomErrorKind::RepoNotAllowed
            | AtomErrorKind::BuildIdNotAllowed
            | AtomErrorKind::Blocker => format!("{before}{after}"),
            AtomErrorKind::BadOperator => {
                let operator = match bad {
                    "=>" => ">=",
                    "=<" => "<=",
                    "==" => "=",
                    "~=" | "=~" => "~",
                    _ => return Some("the operators are `=` `>=` `<=` `>` `<` `~`".to_owned()),
                };
                format!("{before}{operator}{after}")
            }
            AtomErrorKind::NoCategory => return Some("write `CATEGORY/PACKAGE`".to_owned()),
            AtomErrorKind::DoubleStar => format!("{before}*{after}"),
            AtomErrorKind::WildcardWithVersion => {
                return Some(
                    "with a wildcard the only version is a part of it between stars: `=cat/*-*9999*`"
                        .to_owned(),
                );
            }
            AtomErrorKind::BadVersionPattern => {
                return Some("write one number or word of the version: `=cat/*-*9999*`".to_owned());
            }
            AtomErrorKind::BadCharacter(_, ',') if after.is_empty() => before.to_owned(),
            AtomErrorKind::BadCharacter(_, '"' | '\'') | AtomErrorKind::BadStart(_, '"' | '\'') => {
                return Some("Portage knows no quotes here".to_owned());
            }
            _ => return None,
        };
        Some(format!("write `{instead}`"))
    }
}
