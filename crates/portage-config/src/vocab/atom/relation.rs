//! Which packages two atoms have in common.

use std::cmp::Ordering;

use super::Atom;
use crate::vocab::{Operator, Version, compare_versions};

impl Atom {
    /// Whether this atom matches every package that `other` matches, as `match_from_list` of Portage
    /// (`dep/__init__.py`) matches them. Where that cannot be told from the two texts alone, the answer is no.
    ///
    /// USE deps count for nothing: in the files of a configuration Portage ignores them.
    ///
    /// ```
    /// use portage_config::vocab::{Atom, Dialect};
    /// let atom = |text| Atom::parse(text, Dialect::User);
    /// assert!(atom("cat/*")?.covers(&atom(">=cat/pkg-1")?));
    /// assert!(atom(">=cat/pkg-1")?.covers(&atom("~cat/pkg-2")?));
    /// assert!(!atom("cat/pkg:0")?.covers(&atom("cat/pkg")?));
    /// # Ok::<(), portage_config::vocab::AtomError>(())
    /// ```
    pub fn covers(&self, other: &Self) -> bool {
        let part = |mine: Option<&str>, its: Option<&str>| mine.is_none() || mine == its;
        pattern_covers(self.cpn(), other.cpn())
            && part(self.slot(), other.slot())
            && part(self.subslot(), other.subslot())
            && part(self.repo(), other.repo())
            && Versions::of(self).covers(&Versions::of(other))
    }

    /// Whether a package may match both atoms. The answer is no only where none can.
    ///
    /// ```
    /// use portage_config::vocab::{Atom, Dialect};
    /// let atom = |text| Atom::parse(text, Dialect::User);
    /// assert!(atom(">=cat/pkg-1")?.overlaps(&atom("<cat/pkg-2")?));
    /// assert!(!atom("cat/pkg:0")?.overlaps(&atom("cat/pkg:1")?));
    /// # Ok::<(), portage_config::vocab::AtomError>(())
    /// ```
    pub fn overlaps(&self, other: &Self) -> bool {
        let part = |mine: Option<&str>, its: Option<&str>| mine.is_none() || its.is_none() || mine == its;
        patterns_meet(self.cpn().as_bytes(), other.cpn().as_bytes())
            && part(self.slot(), other.slot())
            && part(self.subslot(), other.subslot())
            && part(self.repo(), other.repo())
            && Versions::of(self).meets(&Versions::of(other))
    }
}

/// The versions that an atom matches.
#[derive(Clone, Copy)]
pub(super) enum Versions<'a> {
    Any,
    Exact(&'a str, Option<&'a str>),
    /// Any revision of it.
    Revisions(&'a str),
    /// Those that begin so, up to the end of a part.
    Begin(&'a str),
    /// Those that hold this.
    Hold(&'a str),
    Range(Operator, &'a str),
}

impl<'a> Versions<'a> {
    pub(super) fn of(atom: &'a Atom) -> Self {
        let Some((operator, version)) = atom.operator().zip(atom.version()) else { return Self::Any };
        match operator {
            _ if atom.is_wildcard() => Self::Hold(version.trim_matches('*')),
            Operator::Equal if atom.glob() => Self::Begin(version),
            Operator::Equal => Self::Exact(version, atom.build_id()),
            Operator::Approximate => Self::Revisions(base(version)),
            range => Self::Range(range, version),
        }
    }

    /// Whether a version is one of them.
    pub(super) fn has(&self, version: &str) -> bool {
        match *self {
            Self::Any => true,
            Self::Exact(own, _) => compare(version, own) == Ordering::Equal,
            Self::Revisions(own) => base(version) == own,
            Self::Begin(own) => begins(version, own),
            Self::Hold(own) => version.contains(own),
            Self::Range(operator, own) => within(compare(version, own), operator),
        }
    }

    fn covers(&self, other: &Self) -> bool {
        match (*self, *other) {
            (Self::Any, _) => true,
            (_, Self::Any) => false,
            (Self::Exact(_, Some(mine)), Self::Exact(version, its)) => its == Some(mine) && self.has(version),
            (_, Self::Exact(version, _)) => self.has(version),
            (Self::Revisions(own), Self::Revisions(version)) => own == version,
            (Self::Begin(own), Self::Revisions(version)) => own == base(own) && begins(version, own),
            (Self::Begin(own), Self::Begin(version)) => begins(version, own),
            (Self::Hold(own), Self::Revisions(v) | Self::Begin(v) | Self::Hold(v)) => v.contains(own),
            (Self::Range(operator, own), Self::Revisions(version)) => match is_lower(operator) {
                true => within(compare(version, own), operator),
                false => compare(version, base(own)) == Ordering::Less,
            },
            (Self::Range(mine, own), Self::Range(its, version)) if is_lower(mine) == is_lower(its) => {
                match compare(version, own) {
                    Ordering::Equal => is_closed(mine) || !is_closed(its),
                    order => within(order, mine),
                }
            }
            _ => false,
        }
    }

    fn meets(&self, other: &Self) -> bool {
        match (*self, *other) {
            (Self::Any, _) | (_, Self::Any) => true,
            (Self::Exact(own, mine), Self::Exact(version, its)) => {
                (mine.is_none() || its.is_none() || mine == its) && compare(own, version) == Ordering::Equal
            }
            (Self::Exact(version, _), set) | (set, Self::Exact(version, _)) => set.has(version),
            (Self::Revisions(a), Self::Revisions(b)) => a == b,
            (Self::Revisions(own), Self::Begin(start)) | (Self::Begin(start), Self::Revisions(own)) => {
                begins(own, start) || base(start) == own
            }
            (Self::Revisions(own), Self::Range(operator, bound))
            | (Self::Range(operator, bound), Self::Revisions(own)) => match is_lower(operator) {
                true => compare(own, base(bound)) != Ordering::Less,
                false => within(compare(own, bound), operator),
            },
            (Self::Begin(a), Self::Begin(b)) => begins(a, b) || begins(b, a),
            (Self::Begin(start), Self::Range(operator, bound))
            | (Self::Range(operator, bound), Self::Begin(start)) => {
                begins(bound, start) || within(compare(start, bound), operator)
            }
            (Self::Range(mine, a), Self::Range(its, b)) => {
                is_lower(mine) == is_lower(its)
                    || match if is_lower(mine) { compare(a, b) } else { compare(b, a) } {
                        Ordering::Less => true,
                        Ordering::Equal => is_closed(mine) && is_closed(its),
                        Ordering::Greater => false,
                    }
            }
            (Self::Hold(_), _) | (_, Self::Hold(_)) => true,
        }
    }
}

fn is_lower(operator: Operator) -> bool {
    matches!(operator, Operator::Greater | Operator::GreaterOrEqual)
}

fn is_closed(operator: Operator) -> bool {
    matches!(operator, Operator::GreaterOrEqual | Operator::LessOrEqual)
}

fn within(order: Ordering, operator: Operator) -> bool {
    match order {
        Ordering::Equal => is_closed(operator),
        Ordering::Greater => is_lower(operator),
        Ordering::Less => !is_lower(operator),
    }
}

fn compare(left: &str, right: &str) -> Ordering {
    compare_versions(left, right).unwrap_or_else(|| left.cmp(right))
}

/// The version without its revision.
fn base(version: &str) -> &str {
    let length = Version::parse(version).map_or(version.len(), |parsed| parsed.without_revision().len());
    version.get(..length).unwrap_or(version)
}

/// Whether a version begins with another one, up to the end of a part: `1.2` and `1` with `1`, `10` not.
fn begins(version: &str, start: &str) -> bool {
    let plain = |version: &str| {
        let rest = version.trim_start_matches('0');
        let is_number = rest.starts_with(|c: char| c.is_ascii_digit());
        if is_number { rest.to_owned() } else { format!("0{rest}") }
    };
    let (version, start) = (plain(version), plain(start));
    let Some(rest) = version.strip_prefix(&start) else { return false };
    let ends_in_digit = start.ends_with(|c: char| c.is_ascii_digit());
    rest.chars()
        .next()
        .is_none_or(|next| matches!(next, '.' | '_' | '-') || ends_in_digit != next.is_ascii_digit())
}

/// Whether a pattern matches all that another one matches: `*` stands for anything but a slash.
pub(super) fn pattern_covers(pattern: &str, text: &str) -> bool {
    if !pattern.contains('*') {
        return pattern == text;
    }
    let (Some((category, package)), Some((other, name))) = (pattern.split_once('/'), text.split_once('/'))
    else {
        return false;
    };
    covers_part(category.as_bytes(), other.as_bytes()) && covers_part(package.as_bytes(), name.as_bytes())
}

/// As [`pattern_covers`], of one component. A star of the text is matched by a star only.
fn covers_part(pattern: &[u8], text: &[u8]) -> bool {
    let (mut at, mut from) = (0, 0);
    let mut star: Option<(usize, usize)> = None;
    while from < text.len() {
        match pattern.get(at) {
            Some(b'*') => {
                star = Some((at, from));
                at += 1;
            }
            Some(c) if text.get(from) == Some(c) => {
                at += 1;
                from += 1;
            }
            _ => match star {
                Some((place, taken)) => {
                    star = Some((place, taken + 1));
                    at = place + 1;
                    from = taken + 1;
                }
                None => return false,
            },
        }
    }
    pattern.get(at..).unwrap_or_default().iter().all(|c| *c == b'*')
}

/// Whether some text matches both patterns.
fn patterns_meet(a: &[u8], b: &[u8]) -> bool {
    // A row for each place of `a`: which places of `b` can be reached together with it.
    let mut row = vec![false; b.len() + 1];
    for at in 0..=a.len() {
        let mut next = vec![false; b.len() + 1];
        for from in 0..=b.len() {
            let left = from.checked_sub(1).and_then(|i| next.get(i)).copied().unwrap_or(false);
            let above = at > 0 && row.get(from).copied().unwrap_or(false);
            let both = at > 0 && from.checked_sub(1).and_then(|i| row.get(i)).copied().unwrap_or(false);
            let x = at.checked_sub(1).and_then(|i| a.get(i)).copied();
            let y = from.checked_sub(1).and_then(|i| b.get(i)).copied();
            let takes = |star: Option<u8>, other: Option<u8>| star == Some(b'*') && other != Some(b'/');
            // A star takes nothing, or one character more of the other side.
            let meets = (at == 0 && from == 0)
                || (above && (x == Some(b'*') || takes(y, x)))
                || (left && (y == Some(b'*') || takes(x, y)))
                || (both && (x == y || takes(x, y) || takes(y, x)));
            if let Some(place) = next.get_mut(from) {
                *place = meets;
            }
        }
        row = next;
    }
    row.last().copied().unwrap_or(false)
}
