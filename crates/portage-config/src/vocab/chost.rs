//! Tuples: CHOST, CBUILD, CTARGET.
//!
//! PMS 11.1 (CHOST), make.conf(5); the names are those of GNU config.sub, the architectures those of
//! `tc-arch` in toolchain-funcs.eclass.

use std::fmt;
use std::ops::Range;

/// A tuple: `x86_64-pc-linux-gnu`, `i486-linux-musl`, `x86_64-w64-mingw32`.
///
/// Four fields are CPU, vendor, kernel and libc. Three are CPU, kernel and libc if the second names a kernel, else
/// CPU, vendor and system.
///
/// ```
/// use portage_config::vocab::{Chost, Libc};
/// let chost = Chost::parse("i486-pc-linux-gnut64")?;
/// assert_eq!((chost.cpu(), chost.vendor(), chost.kernel()), ("i486", Some("pc"), "linux"));
/// assert_eq!(chost.arch(), Some("x86"));
/// assert_eq!(chost.libc_kind(), Some(Libc::Glibc));
/// assert!(chost.is_time64());
/// # Ok::<(), portage_config::vocab::ChostError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Chost {
    text: Box<str>,
    /// Where the CPU ends.
    cpu: usize,
    /// Where the kernel starts; behind the CPU's dash if there is no vendor.
    kernel: usize,
}

/// A C library.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Libc {
    /// The GNU C library: `gnu`, `gnueabihf`, `gnut64`, `gnux32`, …
    Glibc,
    /// musl: `musl`, `musleabihf`, …
    Musl,
    /// uClibc: `uclibc`, `uclibceabi`, …
    Uclibc,
    /// Android's: `android`, `androideabi`, …
    Bionic,
}

/// Why a text is no tuple.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{input}` {kind}")]
#[non_exhaustive]
pub struct ChostError {
    /// The text.
    pub input: String,
    /// The offending bytes of it.
    pub span: Range<usize>,
    /// What is wrong with it.
    pub kind: ChostErrorKind,
}

/// What is wrong with a tuple.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum ChostErrorKind {
    /// Not three or four fields.
    #[error("has {0} fields; a tuple has three or four")]
    Fields(usize),
    /// Two dashes in a row, or one at an end.
    #[error("has an empty field")]
    Empty,
    /// A blank, a quote, …
    #[error("has `{0}` in it")]
    BadCharacter(char),
}

impl ChostError {
    /// What to write instead, where that is known.
    pub fn help(&self) -> Option<&'static str> {
        match self.kind {
            ChostErrorKind::BadCharacter(_) => None,
            _ => Some("write CPU-VENDOR-KERNEL-LIBC, such as `x86_64-pc-linux-gnu`"),
        }
    }
}

impl Chost {
    /// Reads a tuple.
    ///
    /// # Errors
    /// When it has not three or four fields of letters, digits, `_` and `.`.
    pub fn parse(input: &str) -> Result<Self, ChostError> {
        let error = |span, kind| Err(ChostError { input: input.to_owned(), span, kind });
        let legal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.' | '-');
        if let Some((at, c)) = input.char_indices().find(|(_, c)| !legal(*c)) {
            return error(at..at + c.len_utf8(), ChostErrorKind::BadCharacter(c));
        }
        if input.is_empty() {
            return error(0..0, ChostErrorKind::Fields(0));
        }
        let mut at = 0;
        for field in input.split('-') {
            if field.is_empty() {
                return error(at..at, ChostErrorKind::Empty);
            }
            at += field.len() + 1;
        }
        let mut fields = input.split('-');
        let (cpu, second) = (fields.next().unwrap_or_default().len(), fields.next().unwrap_or_default());
        let kernel = match input.split('-').count() {
            3 if is_kernel(second) => cpu + 1,
            3 | 4 => cpu + 1 + second.len() + 1,
            count => return error(0..input.len(), ChostErrorKind::Fields(count)),
        };
        Ok(Self { text: input.into(), cpu, kernel })
    }

    /// The text as it was read.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The CPU: `i486`.
    pub fn cpu(&self) -> &str {
        self.text.get(..self.cpu).unwrap_or_default()
    }

    /// The vendor: `pc`, `unknown`. crossdev and admins use it as a name of their own (`x86_64-icelake-linux-gnu`).
    pub fn vendor(&self) -> Option<&str> {
        self.text.get(self.cpu + 1..self.kernel.checked_sub(1)?).filter(|vendor| !vendor.is_empty())
    }

    /// The kernel or system: `linux`, `mingw32`, `eabi`, `darwin23`.
    pub fn kernel(&self) -> &str {
        let system = self.text.get(self.kernel..).unwrap_or_default();
        system.split_once('-').map_or(system, |(kernel, _)| kernel)
    }

    /// The C library and its ABI as written: `gnu`, `musl`, `gnueabihf`.
    pub fn libc(&self) -> Option<&str> {
        self.text.get(self.kernel..)?.split_once('-').map(|(_, libc)| libc)
    }

    /// The C library, where it is a known one.
    pub fn libc_kind(&self) -> Option<Libc> {
        const KNOWN: [(&str, Libc); 4] =
            [("gnu", Libc::Glibc), ("musl", Libc::Musl), ("uclibc", Libc::Uclibc), ("android", Libc::Bionic)];
        let libc = self.libc()?;
        KNOWN.iter().find(|(prefix, _)| libc.starts_with(prefix)).map(|(_, kind)| *kind)
    }

    /// Whether a 32-bit libc counts seconds in 64 bits: `gnut64`, `gnueabihft64` (Gentoo's `time64` profiles).
    pub fn is_time64(&self) -> bool {
        self.libc().is_some_and(|libc| libc.ends_with("t64"))
    }

    /// The keyword of Gentoo's architecture: `x86` for `i486-…`, `ppc64` for `powerpc64le-…`.
    pub fn arch(&self) -> Option<&'static str> {
        const BY_CPU: [(&str, &str); 16] = [
            ("aarch64", "arm64"),
            ("alpha", "alpha"),
            ("arm64", "arm64"),
            ("arm", "arm"),
            ("hppa", "hppa"),
            ("loongarch64", "loong"),
            ("m68", "m68k"),
            ("mips", "mips"),
            ("powerpc64", "ppc64"),
            ("powerpc", "ppc"),
            ("ppc64", "ppc64"),
            ("ppc", "ppc"),
            ("riscv", "riscv"),
            ("s390", "s390"),
            ("sparc", "sparc"),
            ("x86_64", "amd64"),
        ];
        let cpu = self.cpu();
        let x86 = matches!(cpu.as_bytes(), [b'i', b'3'..=b'7', b'8', b'6', ..]);
        let arch = if x86 {
            "x86"
        } else {
            BY_CPU.iter().find(|(prefix, _)| cpu.starts_with(prefix)).map(|(_, arch)| *arch)?
        };
        match (arch, self.kernel()) {
            ("arm64", kernel) if kernel.starts_with("darwin") => Some("arm64-macos"),
            ("amd64", kernel) if kernel.starts_with("darwin") => Some("x64-macos"),
            ("x86", kernel) if kernel.starts_with("darwin") => Some("x86-macos"),
            ("amd64", kernel) if kernel.starts_with("solaris") => Some("x64-solaris"),
            (_, kernel) if kernel.starts_with("darwin") || kernel.starts_with("solaris") => None,
            _ => Some(arch),
        }
    }
}

/// Whether the second of three fields is the kernel, not the vendor.
fn is_kernel(field: &str) -> bool {
    matches!(field, "linux" | "uclinux" | "kfreebsd" | "gnu")
}

impl fmt::Display for Chost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn mistakes() {
        for (text, message) in [
            ("", "`` has 0 fields; a tuple has three or four"),
            ("i486-linux", "`i486-linux` has 2 fields; a tuple has three or four"),
            ("a--b-c", "`a--b-c` has an empty field"),
            ("x86_64-pc-linux-gnu ", "`x86_64-pc-linux-gnu ` has ` ` in it"),
        ] {
            assert_eq!(Chost::parse(text).unwrap_err().to_string(), message);
        }
    }

    proptest! {
        #[test]
        fn fields_make_the_tuple(text in "[a-z0-9_.]{0,4}(-([a-z_.ä]{0,4}|linux|gnut64)){0,5}") {
            match Chost::parse(&text) {
                Ok(chost) => {
                    let fields = [Some(chost.cpu()), chost.vendor(), Some(chost.kernel()), chost.libc()];
                    prop_assert_eq!(fields.into_iter().flatten().collect::<Vec<_>>().join("-"), text);
                }
                Err(error) => prop_assert!(text.get(error.span).is_some()),
            }
        }
    }
}
