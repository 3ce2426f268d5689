//! The parser: category, package and version. What follows is in [`super::rest`].

use std::ops::Range;

use super::rest::{self, Tail};
use super::{AtomErrorKind as Kind, AtomPart, Blocker, Dialect};
use crate::vocab::name::{is_category_byte, is_package_byte, is_word_byte};
use crate::vocab::version::split_version;
use crate::vocab::{Operator, SlotOperator};

/// A range of bytes in half the space.
#[derive(Clone, Copy, Default)]
pub(super) struct Bounds {
    pub(super) start: u32,
    pub(super) end: u32,
}

impl Bounds {
    pub(super) const fn new(start: u32, end: u32) -> Self {
        Self { start, end }
    }

    /// The caller knows that texts of more than four gigabytes were refused.
    pub(super) const fn of(range: &Range<usize>) -> Self {
        Self { start: range.start as u32, end: range.end as u32 }
    }

    pub(super) const fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }

    pub(super) const fn is_empty(self) -> bool {
        self.start >= self.end
    }
}

/// Where the parts of an atom lie in its text; a missing part is empty.
#[derive(Clone, Copy, Default)]
pub(super) struct Parts {
    pub(super) blocker: Option<Blocker>,
    pub(super) operator: Option<Operator>,
    pub(super) slot_operator: Option<SlotOperator>,
    pub(super) extended: bool,
    pub(super) glob: bool,
    pub(super) category: Bounds,
    pub(super) package: Bounds,
    pub(super) version: Bounds,
    pub(super) build_id: Bounds,
    pub(super) slot: Bounds,
    pub(super) subslot: Bounds,
    pub(super) repo: Bounds,
    pub(super) use_deps: Bounds,
}

/// The offending bytes, and what is wrong with them.
pub(super) type Fault = (Range<usize>, Kind);

/// Reads an atom.
pub(super) fn scan(text: &str, dialect: Dialect) -> Result<Parts, Fault> {
    if text.is_empty() {
        return Err((0..0, Kind::Empty));
    }
    if u32::try_from(text.len()).is_err() {
        return Err((0..text.len(), Kind::TooLong));
    }
    let mut parts = Parts::default();
    let marks = text.bytes().take(2).take_while(|b| *b == b'!').count();
    parts.blocker = match marks {
        0 => None,
        _ if !dialect.blockers() => return Err((0..marks, Kind::Blocker)),
        1 => Some(Blocker::Weak),
        _ => Some(Blocker::Strong),
    };
    let bytes = text.as_bytes().get(marks..).unwrap_or_default();
    parts.operator = Operator::prefix(bytes);
    let start = marks + parts.operator.map_or(0, |operator| operator.as_str().len());
    let end =
        text.bytes().skip(start).position(|b| matches!(b, b':' | b'[')).map_or(text.len(), |i| start + i);
    Main { text, dialect, start, end }.read(&mut parts)?;
    rest::read(&Tail { text, dialect, start: end }, &mut parts)?;
    Ok(parts)
}

/// The part before the slot, behind the operator.
struct Main<'a> {
    text: &'a str,
    dialect: Dialect,
    start: usize,
    end: usize,
}

impl<'a> Main<'a> {
    fn part(&self, range: Range<usize>) -> &'a str {
        self.text.get(range).unwrap_or_default()
    }

    fn read(&self, parts: &mut Parts) -> Result<(), Fault> {
        let main = self.part(self.start..self.end);
        if parts.operator.is_some() && main.starts_with(['=', '<', '>', '~']) {
            let end = self.end - main.trim_start_matches(['=', '<', '>', '~']).len();
            let start = self.start - parts.operator.map_or(0, |operator| operator.as_str().len());
            return Err((start..end, Kind::BadOperator));
        }
        let Some(slash) = main.find('/') else {
            let set = main.starts_with('@') && parts.operator.is_none() && parts.blocker.is_none();
            return Err((self.start..self.end, if set { Kind::Set } else { Kind::NoCategory }));
        };
        let category = self.start..self.start + slash;
        let name = category.end + 1..self.end;
        parts.category = Bounds::of(&category);
        let stars = main.bytes().filter(|b| *b == b'*').count();
        let plus = main.starts_with('+') || self.part(name.clone()).starts_with('+');
        match parts.operator {
            None if stars == 0 && !plus => {
                self.category(&category, false)?;
                self.plain(name, parts)
            }
            None => {
                self.wildcard(&category, &name, stars > 0)?;
                if self.part(name.clone()).contains('.') && split_version(self.part(name.clone())).is_some() {
                    return Err((self.version_in(&name), Kind::WildcardVersionWithoutOperator));
                }
                self.package(&name, true)?;
                parts.extended = true;
                parts.package = Bounds::of(&name);
                Ok(())
            }
            Some(operator) if stars == 0 => {
                self.category(&category, false)?;
                self.versioned(operator, name, parts)
            }
            Some(operator) if stars == 1 && main.ends_with('*') => {
                self.category(&category, false)?;
                self.glob(operator, name, parts)
            }
            Some(operator) => {
                self.wildcard(&category, &name, true)?;
                self.pattern(operator, name, parts)
            }
        }
    }

    /// `cat/pkg`.
    fn plain(&self, name: Range<usize>, parts: &mut Parts) -> Result<(), Fault> {
        if let Some((package, _)) = split_version(self.part(name.clone())) {
            self.package(&(name.start..name.start + package.len()), false)?;
            return Err((self.version_in(&name), Kind::VersionWithoutOperator));
        }
        self.package(&name, false)?;
        parts.package = Bounds::of(&name);
        Ok(())
    }

    /// `>=cat/pkg-1.0`, `=cat/pkg-1.0-2`.
    fn versioned(&self, operator: Operator, name: Range<usize>, parts: &mut Parts) -> Result<(), Fault> {
        let Some((before, version)) = split_version(self.part(name.clone())) else {
            return Err(self.no_version(operator, name));
        };
        let (mut package, mut version) =
            (name.start..name.start + before.len(), name.end - version.len()..name.end);
        if let Some((shorter, first)) = split_version(before) {
            self.package(&(package.start..package.start + shorter.len()), false)?;
            let id = version.clone();
            let digits = self.part(id.clone());
            if !digits.bytes().all(|b| b.is_ascii_digit()) {
                return Err((id, Kind::TwoVersions));
            }
            if !self.dialect.build_id() {
                return Err((id.start - 1..id.end, Kind::BuildIdNotAllowed));
            }
            if digits.len() > 1 && digits.starts_with('0') {
                return Err((id, Kind::BuildIdZero));
            }
            parts.build_id = Bounds::of(&id);
            version = package.end - first.len()..package.end;
            package.end = package.start + shorter.len();
        }
        self.package(&package, false)?;
        parts.package = Bounds::of(&package);
        parts.version = Bounds::of(&version);
        Ok(())
    }

    /// `=cat/pkg-1*`.
    fn glob(&self, operator: Operator, name: Range<usize>, parts: &mut Parts) -> Result<(), Fault> {
        let name = name.start..name.end - 1;
        let Some((before, version)) = split_version(self.part(name.clone())) else {
            let text = self.part(name.clone());
            if let Some(shorter) = text.strip_suffix('.')
                && split_version(shorter).is_some()
            {
                return Err((name.end - 1..name.end + 1, Kind::GlobAfterDot));
            }
            return Err(self.no_version(operator, name));
        };
        let package = name.start..name.start + before.len();
        self.package(&package, false)?;
        if operator != Operator::Equal {
            return Err((name.end..name.end + 1, Kind::GlobWithoutEqual(operator)));
        }
        if let Some((shorter, _)) = split_version(before) {
            return Err((name.start + shorter.len() + 1..name.end, Kind::TwoVersions));
        }
        parts.glob = true;
        parts.package = Bounds::of(&package);
        parts.version = Bounds::of(&(name.end - version.len()..name.end));
        Ok(())
    }

    /// `=*/*-*9999*`.
    fn pattern(&self, operator: Operator, name: Range<usize>, parts: &mut Parts) -> Result<(), Fault> {
        let text = self.part(name.clone());
        let Some((before, version)) = text.rsplit_once('-') else {
            return Err((name, Kind::WildcardWithVersion));
        };
        let word = version.strip_prefix('*').and_then(|rest| rest.strip_suffix('*'));
        let range = name.end - version.len()..name.end;
        match word {
            Some(word) if !word.is_empty() && word.bytes().all(is_word_byte) => {}
            Some(word) if !word.is_empty() => return Err((range, Kind::BadVersionPattern)),
            _ => return Err((range, Kind::WildcardWithVersion)),
        }
        if operator != Operator::Equal {
            return Err((range, Kind::WildcardWithVersion));
        }
        let package = name.start..name.start + before.len();
        self.package(&package, true)?;
        parts.extended = true;
        parts.package = Bounds::of(&package);
        parts.version = Bounds::of(&range);
        Ok(())
    }

    /// What all wildcards have in common.
    fn wildcard(&self, category: &Range<usize>, name: &Range<usize>, star: bool) -> Result<(), Fault> {
        if !self.dialect.wildcards() {
            if star {
                return Err((category.start..name.end, Kind::WildcardNotAllowed));
            }
            self.category(category, false)?;
            return self.package(name, false);
        }
        self.category(category, true)?;
        if let Some(at) = self.part(category.start..name.end).find("**") {
            let at = category.start + at;
            return Err((at..at + 2, Kind::DoubleStar));
        }
        Ok(())
    }

    fn category(&self, range: &Range<usize>, pattern: bool) -> Result<(), Fault> {
        self.name(range, pattern, AtomPart::Category, is_category_byte)
    }

    fn package(&self, range: &Range<usize>, pattern: bool) -> Result<(), Fault> {
        self.name(range, pattern, AtomPart::Package, is_package_byte)
    }

    fn name(
        &self,
        range: &Range<usize>,
        pattern: bool,
        part: AtomPart,
        is: fn(u8) -> bool,
    ) -> Result<(), Fault> {
        let text = self.part(range.clone());
        let Some(first) = text.bytes().next() else {
            return Err((range.clone(), Kind::Missing(part)));
        };
        let allowed = |b: u8| is(b) || (pattern && b == b'*');
        if is_word_byte(first) || (pattern && matches!(first, b'+' | b'*')) {
            if text.bytes().all(allowed) {
                return Ok(());
            }
        } else {
            return Err(rest::fault(text, range.start, |_| false, |c| Kind::BadStart(part, c)));
        }
        Err(rest::fault(text, range.start, allowed, |c| Kind::BadCharacter(part, c)))
    }

    /// `>=cat/pkg`, `=cat/pkg-1.0.`: the operator is to blame, or what looks like a version.
    fn no_version(&self, operator: Operator, name: Range<usize>) -> Fault {
        let text = self.part(name.clone());
        let digit = |rest: &str| rest.starts_with(|c: char| c.is_ascii_digit());
        match text.match_indices('-').find(|(at, _)| digit(text.get(at + 1..).unwrap_or_default())) {
            Some((at, _)) if at > 0 => (name.start + at + 1..name.end, Kind::BadVersion),
            _ => (self.start - operator.as_str().len()..self.start, Kind::OperatorWithoutVersion(operator)),
        }
    }

    fn version_in(&self, name: &Range<usize>) -> Range<usize> {
        let length = split_version(self.part(name.clone())).map_or(0, |(_, version)| version.len());
        name.end - length..name.end
    }
}
