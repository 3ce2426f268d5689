//! Entries of `metadata/md5-cache`: what an ebuild's variables hold after it was run, one `NAME=value` a line (PMS 14.3).

use std::ops::Range;

/// A line of an entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Field {
    /// `BDEPEND`
    Bdepend,
    /// `DEFINED_PHASES`
    DefinedPhases,
    /// `DEPEND`
    Depend,
    /// `DESCRIPTION`
    Description,
    /// `EAPI`
    Eapi,
    /// `HOMEPAGE`
    Homepage,
    /// `IDEPEND`
    Idepend,
    /// `INHERIT`: the eclasses that the ebuild itself inherits.
    Inherit,
    /// `IUSE`
    Iuse,
    /// `KEYWORDS`
    Keywords,
    /// `LICENSE`
    License,
    /// `PDEPEND`
    Pdepend,
    /// `PROPERTIES`
    Properties,
    /// `RDEPEND`
    Rdepend,
    /// `REQUIRED_USE`
    RequiredUse,
    /// `RESTRICT`
    Restrict,
    /// `SLOT`, with the sub-slot.
    Slot,
    /// `SRC_URI`
    SrcUri,
    /// `_eclasses_`: all eclasses and their checksums.
    Eclasses,
    /// `_md5_`: the checksum of the ebuild.
    Md5,
}

impl Field {
    /// All of them.
    pub const ALL: [Self; 20] = [
        Self::Bdepend,
        Self::DefinedPhases,
        Self::Depend,
        Self::Description,
        Self::Eapi,
        Self::Homepage,
        Self::Idepend,
        Self::Inherit,
        Self::Iuse,
        Self::Keywords,
        Self::License,
        Self::Pdepend,
        Self::Properties,
        Self::Rdepend,
        Self::RequiredUse,
        Self::Restrict,
        Self::Slot,
        Self::SrcUri,
        Self::Eclasses,
        Self::Md5,
    ];

    /// The dependencies of every kind.
    pub const DEPENDENCIES: [Self; 5] =
        [Self::Bdepend, Self::Depend, Self::Idepend, Self::Pdepend, Self::Rdepend];

    /// As written.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Bdepend => "BDEPEND",
            Self::DefinedPhases => "DEFINED_PHASES",
            Self::Depend => "DEPEND",
            Self::Description => "DESCRIPTION",
            Self::Eapi => "EAPI",
            Self::Homepage => "HOMEPAGE",
            Self::Idepend => "IDEPEND",
            Self::Inherit => "INHERIT",
            Self::Iuse => "IUSE",
            Self::Keywords => "KEYWORDS",
            Self::License => "LICENSE",
            Self::Pdepend => "PDEPEND",
            Self::Properties => "PROPERTIES",
            Self::Rdepend => "RDEPEND",
            Self::RequiredUse => "REQUIRED_USE",
            Self::Restrict => "RESTRICT",
            Self::Slot => "SLOT",
            Self::SrcUri => "SRC_URI",
            Self::Eclasses => "_eclasses_",
            Self::Md5 => "_md5_",
        }
    }

    fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.name() == name)
    }
}

/// What is known of a package version without running its ebuild.
///
/// ```
/// use portage_config::repository::{CacheEntry, Field};
/// let entry = CacheEntry::parse(b"EAPI=8\nIUSE=+ssl nls\nKEYWORDS=amd64 ~x86\nSLOT=0/3\n").ok_or("no entry")?;
/// assert_eq!((entry.slot(), entry.sub_slot()), (Some("0"), Some("3")));
/// assert_eq!(entry.iuse().map(Iterator::collect), Some(vec![("ssl", Some(true)), ("nls", None)]));
/// assert_eq!(entry.get(Field::License), Some(""));
/// assert!(entry.is_complete());
/// # Ok::<(), &str>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CacheEntry {
    text: Box<str>,
    fields: [Place; Field::ALL.len()],
}

/// Where a value stands in the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Unknown,
    At(u32, u32),
}

impl Place {
    fn of(range: &Range<usize>) -> Self {
        match (u32::try_from(range.start), u32::try_from(range.end)) {
            (Ok(start), Ok(end)) => Self::At(start, end),
            _ => Self::Unknown,
        }
    }
}

/// One of which nothing is known.
impl Default for CacheEntry {
    fn default() -> Self {
        Self { text: Box::default(), fields: [Place::Unknown; Field::ALL.len()] }
    }
}

impl CacheEntry {
    /// Reads an entry; nothing where a line is no `NAME=value`, at which Portage throws the entry away, too
    /// (`flat_hash._parse_data`). Of two lines with one name the last holds.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let text: Box<str> = String::from_utf8_lossy(bytes).into();
        let mut fields = [Place::At(0, 0); Field::ALL.len()];
        let mut start = 0;
        for raw in text.split_inclusive('\n') {
            let line = raw.strip_suffix('\n').unwrap_or(raw);
            let (name, value) = line.split_once('=')?;
            let end = start + line.len();
            if let Some(place) = Field::find(name).and_then(|field| fields.get_mut(field as usize)) {
                *place = Place::of(&(end - value.len()..end));
            }
            start += raw.len();
        }
        Some(Self { text, fields })
    }

    /// An entry of what a text says without being run; what is `None` is not known.
    pub(super) fn of(values: &[(Field, Option<String>)]) -> Self {
        let mut text = String::new();
        let mut fields = [Place::Unknown; Field::ALL.len()];
        for (field, value) in values {
            let (Some(value), Some(place)) = (value, fields.get_mut(*field as usize)) else { continue };
            let start = text.len();
            text.push_str(value);
            *place = Place::of(&(start..text.len()));
        }
        Self { text: text.into(), fields }
    }

    /// The value of a line, empty where there is none. `None` where it is not known: the ebuild has no entry, and does
    /// not say it in so many words.
    pub fn get(&self, field: Field) -> Option<&str> {
        match *self.fields.get(field as usize)? {
            Place::Unknown => None,
            Place::At(start, end) => self.text.get(usize::try_from(start).ok()?..usize::try_from(end).ok()?),
        }
    }

    /// The value of a variable of the ebuild, by its name; `None` where it is not known.
    pub fn named(&self, name: &str) -> Option<&str> {
        self.get(Field::ALL.into_iter().find(|field| field.name() == name)?)
    }

    /// Whether it comes from the cache, hence holds all that an eclass said as well.
    pub fn is_complete(&self) -> bool {
        !self.fields.contains(&Place::Unknown)
    }

    /// The EAPI: `0` where none is said.
    pub fn eapi(&self) -> Option<&str> {
        self.get(Field::Eapi).map(|eapi| if eapi.is_empty() { "0" } else { eapi })
    }

    /// The slot, without its sub-slot.
    pub fn slot(&self) -> Option<&str> {
        self.get(Field::Slot).map(|slot| slot.split_once('/').map_or(slot, |(slot, _)| slot))
    }

    /// The sub-slot: the slot where none is said (PMS 7.2).
    pub fn sub_slot(&self) -> Option<&str> {
        self.get(Field::Slot).map(|slot| slot.split_once('/').map_or(slot, |(_, sub)| sub))
    }

    /// The words of KEYWORDS.
    pub fn keywords(&self) -> Option<impl Iterator<Item = &str>> {
        self.get(Field::Keywords).map(str::split_ascii_whitespace)
    }

    /// The flags of IUSE, each with its default.
    pub fn iuse(&self) -> Option<impl Iterator<Item = (&str, Option<bool>)>> {
        let flag = |word| match str::split_at_checked(word, 1) {
            Some(("+", flag)) => (flag, Some(true)),
            Some(("-", flag)) => (flag, Some(false)),
            _ => (word, None),
        };
        self.get(Field::Iuse).map(|iuse| iuse.split_ascii_whitespace().map(flag))
    }

    /// Whether it is live: it has no keywords, or fetches its source from a version control system (PROPERTIES=live).
    pub fn is_live(&self) -> bool {
        let live =
            self.get(Field::Properties).is_some_and(|all| all.split_whitespace().any(|word| word == "live"));
        live || self.get(Field::Keywords).is_some_and(|keywords| keywords.trim().is_empty())
    }
}
