//! Manifests: the sizes and hashes of the files of a package (GLEP 74, portage(5)).
//!
//! Grammar as Portage reads it (`_manifest_re` in manifest.py): each line is `TYPE NAME SIZE HASH VALUE [HASH VALUE]…`,
//! one blank between the words. Lines that are none are passed over by Portage, and reported here. A *thin* Manifest
//! lists distfiles only; a full one also the ebuilds, what is in `files/`, and what else lies beside them.

mod codes;
mod hash;

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};

use crate::report::{Findings, Key};

pub(crate) use codes::CODES;
use codes::{O001, O002, O003, O004, O005};
pub use hash::{Algorithm, Open, Source, hash};

/// Mistakes that are told of one by one.
const MANY: usize = 100;

/// What a file is to its package. Ordered as Portage writes them: by their names.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// In `files/`.
    Aux,
    /// Fetched, and in no folder of the package.
    Dist,
    /// An ebuild.
    Ebuild,
    /// Another file beside the ebuilds.
    Misc,
    /// A word that Portage does not know.
    Other(String),
}

impl Kind {
    /// As written.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Aux => "AUX",
            Self::Dist => "DIST",
            Self::Ebuild => "EBUILD",
            Self::Misc => "MISC",
            Self::Other(word) => word,
        }
    }

    fn parse(word: &str) -> Self {
        match word {
            "AUX" => Self::Aux,
            "DIST" => Self::Dist,
            "EBUILD" => Self::Ebuild,
            "MISC" => Self::Misc,
            other => Self::Other(other.to_owned()),
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Size and hashes of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    /// Bytes.
    pub size: u64,
    /// Hexadecimal digits, by the name of the hash: `BLAKE2B`, `SHA512`.
    pub hashes: BTreeMap<String, String>,
}

/// The Manifest of a package.
///
/// ```
/// use portage_config::{manifest::{Kind, Manifest}, report::Report, vocab::RelPath};
/// let text = format!("DIST hello-1.0.tar.gz 12 SHA512 {}\nEBUILD hello-1.0.ebuild 7 SHA512 {0}\n", "0".repeat(128));
/// let (path, mut report) = (RelPath::parse("Manifest")?, Report::new());
/// let manifest = Manifest::read(text.as_bytes(), &mut report.text(&path, text.as_bytes()));
/// assert!(!report.has_errors());
/// assert_eq!(manifest.get(&Kind::Dist, "hello-1.0.tar.gz").map(|sums| sums.size), Some(12));
/// assert_eq!(manifest.to_text(), text);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Manifest {
    /// By type and name, which is the order in which Portage writes them.
    pub entries: BTreeMap<(Kind, String), Sums>,
}

impl Manifest {
    /// Reads a Manifest. What is wrong with it is reported, all of it. Of two entries for one file the later hashes hold,
    /// as for Portage; an entry whose name leaves its folder is left out.
    pub fn read(text: &[u8], findings: &mut Findings<'_>) -> Self {
        let mut manifest = Self::default();
        let mut wrong = 0;
        let mut say = |code, range: std::ops::Range<usize>, text: String| {
            wrong += 1;
            if wrong <= MANY {
                findings.range(code, Key::file(), range, text);
            }
        };
        let mut start = 0;
        let mut armour = Armour::None;
        for raw in text.split_inclusive(|byte| *byte == b'\n') {
            let range = start..start + raw.len();
            start = range.end;
            let line = String::from_utf8_lossy(raw);
            let line = line.strip_suffix('\n').unwrap_or(&line);
            let Some(line) = armour.passes(line) else { continue };
            let Some((kind, name, sums)) = parse(line) else {
                if !line.is_empty() {
                    say(&O001, range, format!("`{}` is no entry of a Manifest", short(line)));
                }
                continue;
            };
            if !is_name(&kind, name) {
                say(&O003, range, format!("`{}` is no name of a file of the package", short(name)));
                continue;
            }
            if let Kind::Other(word) = &kind {
                say(&O004, range.clone(), format!("`{}` is no type of an entry", short(word)));
            }
            for (hash, value) in &sums.hashes {
                if !is_digits(hash, value) {
                    let text = format!("`{}` is no {} of `{}`", short(value), short(hash), short(name));
                    say(&O005, range.clone(), text);
                }
            }
            let key = (kind, name.to_owned());
            if let Some(known) = manifest.entries.get_mut(&key) {
                say(&O002, range, format!("`{} {}` has an entry already", key.0, short(name)));
                known.size = sums.size;
                known.hashes.extend(sums.hashes);
            } else {
                manifest.entries.insert(key, sums);
            }
        }
        if wrong > MANY {
            findings.at(&O001, Key::file(), format!("{} more lines are wrong", wrong - MANY));
        }
        manifest
    }

    /// The entry of a file.
    pub fn get(&self, kind: &Kind, name: &str) -> Option<&Sums> {
        self.entries.get(&(kind.clone(), name.to_owned()))
    }

    /// Adds an entry, or replaces it.
    pub fn insert(&mut self, kind: Kind, name: impl Into<String>, sums: Sums) -> Option<Sums> {
        self.entries.insert((kind, name.into()), sums)
    }

    /// The entries of a type, by name.
    pub fn of<'a>(&'a self, kind: &'a Kind) -> impl Iterator<Item = (&'a str, &'a Sums)> {
        self.entries
            .iter()
            .filter(move |((other, _), _)| other == kind)
            .map(|((_, name), sums)| (name.as_str(), sums))
    }

    /// The text, byte for byte as Portage writes it: sorted by type and name, the hashes by theirs.
    pub fn to_text(&self) -> String {
        let mut out = String::new();
        for ((kind, name), sums) in &self.entries {
            let _ = write!(out, "{kind} {name} {}", sums.size);
            for (hash, value) in &sums.hashes {
                let _ = write!(out, " {hash} {value}");
            }
            out.push('\n');
        }
        out
    }
}

/// Where a line stands in a signed Manifest (GLEP 74; RFC 4880, 7: cleartext signatures).
#[derive(Clone, Copy, PartialEq, Eq)]
enum Armour {
    None,
    Head,
    Text,
    Signature,
}

impl Armour {
    /// The line that was signed, `None` where it belongs to the signature.
    fn passes<'a>(&mut self, line: &'a str) -> Option<&'a str> {
        let next = match (*self, line.trim_end()) {
            (Self::None, "-----BEGIN PGP SIGNED MESSAGE-----") => Self::Head,
            (Self::Head, "") => Self::Text,
            (Self::Text, "-----BEGIN PGP SIGNATURE-----") => Self::Signature,
            (Self::Signature, "-----END PGP SIGNATURE-----") => Self::None,
            (Self::Head | Self::Signature, _) => *self,
            (Self::Text, _) => return Some(line.strip_prefix("- ").unwrap_or(line)),
            (Self::None, _) => return Some(line),
        };
        *self = next;
        None
    }
}

/// A line: type, name, size and hashes.
fn parse(line: &str) -> Option<(Kind, &str, Sums)> {
    let mut words = line.split(' ');
    let kind = words.next().filter(|word| !word.is_empty())?;
    let name = words.next().filter(|word| !word.is_empty() && !word.contains(char::is_whitespace))?;
    let size = words.next()?;
    if size.is_empty() || !size.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let mut sums = Sums { size: size.parse().ok()?, ..Sums::default() };
    while let Some(hash) = words.next() {
        let value = words.next()?;
        if [hash, value].iter().any(|word| word.is_empty() || word.contains(char::is_whitespace)) {
            return None;
        }
        sums.hashes.insert(hash.to_owned(), value.to_owned());
    }
    (!sums.hashes.is_empty()).then(|| (Kind::parse(kind), name, sums))
}

/// Whether a name is that of a file of the package, and of none elsewhere.
fn is_name(kind: &Kind, name: &str) -> bool {
    let parts = || name.split('/');
    let plain = !name.contains('\0') && parts().all(|part| !matches!(part, "" | "." | ".."));
    plain && (matches!(kind, Kind::Aux | Kind::Other(_)) || !name.contains('/'))
}

/// Whether a text is the value of a hash: of one that is known, as many digits as it has.
fn is_digits(hash: &str, value: &str) -> bool {
    let digits = match hash {
        "BLAKE2B" | "SHA512" | "SHA3_512" | "WHIRLPOOL" => 128,
        "SHA256" | "BLAKE2S" | "SHA3_256" => 64,
        "SHA1" | "RMD160" => 40,
        "MD5" => 32,
        _ => value.len(),
    };
    value.len() == digits && value.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// So much of a word as a message can hold.
fn short(word: &str) -> String {
    let mut chars = word.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c });
    let mut out: String = chars.by_ref().take(80).collect();
    if chars.next().is_some() {
        out.push('…');
    }
    out
}

#[cfg(test)]
mod tests;
