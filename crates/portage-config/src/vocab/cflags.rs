//! Compiler and linker flags: CFLAGS, CXXFLAGS, FFLAGS, LDFLAGS.
//!
//! gcc(1); where flags contradict each other the last one counts.

use std::fmt;

/// The flags of a compiler.
///
/// The text is split at blanks. Portage hands the value to build systems unquoted, so quotes would not hold a flag
/// together there either.
///
/// ```
/// use portage_config::vocab::CompilerFlags;
/// let flags = CompilerFlags::parse("-O2 -march=i486 -pipe -flto=auto -Wl,--as-needed,-z,now");
/// assert_eq!(flags.march(), Some("i486"));
/// assert_eq!(flags.optimisation(), Some("2"));
/// assert_eq!(flags.lto(), Some(true));
/// assert_eq!(flags.linker().collect::<Vec<_>>(), ["--as-needed", "-z", "now"]);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CompilerFlags<'a> {
    flags: Vec<&'a str>,
}

impl<'a> CompilerFlags<'a> {
    /// Splits a value into flags.
    pub fn parse(text: &'a str) -> Self {
        Self { flags: text.split_ascii_whitespace().collect() }
    }

    /// The flags, in order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = &'a str> + '_ {
        self.flags.iter().copied()
    }

    /// Whether a flag is written, exactly so.
    pub fn contains(&self, flag: &str) -> bool {
        self.flags.contains(&flag)
    }

    /// The last value of a flag with `=`: `value("-march")`.
    pub fn value(&self, flag: &str) -> Option<&'a str> {
        self.iter().rev().find_map(|word| word.strip_prefix(flag)?.strip_prefix('='))
    }

    /// `-march=`: the oldest CPU the code runs on.
    pub fn march(&self) -> Option<&'a str> {
        self.value("-march")
    }

    /// `-mtune=`: the CPU it runs fastest on.
    pub fn mtune(&self) -> Option<&'a str> {
        self.value("-mtune")
    }

    /// `-mcpu=`: both in one, on ARM and POWER.
    pub fn mcpu(&self) -> Option<&'a str> {
        self.value("-mcpu")
    }

    /// The level of the last `-O`: `2`, `s`, `z`, `g`, `fast`; empty for a bare `-O`, which is `-O1`.
    pub fn optimisation(&self) -> Option<&'a str> {
        self.iter().rev().find_map(|word| word.strip_prefix("-O"))
    }

    /// Whether `-fNAME` or `-fno-NAME` comes last; nothing if neither is written. `-fNAME=value` switches on.
    pub fn feature(&self, name: &str) -> Option<bool> {
        self.iter().rev().find_map(|word| {
            let word = word.strip_prefix("-f")?;
            if word.strip_prefix("no-") == Some(name) {
                return Some(false);
            }
            let rest = word.strip_prefix(name)?;
            (rest.is_empty() || rest.starts_with('=')).then_some(true)
        })
    }

    /// Link-time optimisation: `-flto`, `-flto=auto`, `-fno-lto`.
    pub fn lto(&self) -> Option<bool> {
        self.feature("lto")
    }

    /// Whether functions and data each get a section of their own (`-ffunction-sections -fdata-sections`), so that
    /// the linker's `--gc-sections` can drop what nobody uses.
    pub fn sections(&self) -> (bool, bool) {
        let on = |name| self.feature(name) == Some(true);
        (on("function-sections"), on("data-sections"))
    }

    /// What the compiler passes on to the linker: the words behind `-Wl,` and `-Xlinker`.
    pub fn linker(&self) -> impl Iterator<Item = &'a str> + '_ {
        let mut passed = false;
        self.iter().flat_map(move |word| {
            let whole = std::mem::replace(&mut passed, word == "-Xlinker").then_some(word);
            let split = if whole.is_none() { word.strip_prefix("-Wl,") } else { None };
            whole.into_iter().chain(split.into_iter().flat_map(|words| words.split(',')))
        })
    }

    /// The instruction sets that are switched off, and not on again behind it: `avx512f` for `-mno-avx512f`.
    pub fn without(&self) -> impl Iterator<Item = &'a str> + '_ {
        self.flags.iter().enumerate().filter_map(|(at, word)| {
            let name = word.strip_prefix("-mno-")?;
            let again = self.flags.iter().skip(at + 1).any(|later| {
                later
                    .strip_prefix("-m")
                    .is_some_and(|later| later == name || later.strip_prefix("no-") == Some(name))
            });
            (!again).then_some(name)
        })
    }
}

/// The flags, with one blank between them.
impl fmt::Display for CompilerFlags<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, flag) in self.flags.iter().enumerate() {
            write!(f, "{}{flag}", if at == 0 { "" } else { " " })?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_flag_counts() {
        let flags =
            CompilerFlags::parse("-O2 -march=i686 -flto -fno-lto -O -march=i486 -Wl,-O1 -mtune=native");
        assert_eq!(flags.march(), Some("i486"));
        assert_eq!(flags.mtune(), Some("native"));
        assert_eq!(flags.optimisation(), Some(""));
        assert_eq!(flags.lto(), Some(false));
        assert_eq!(CompilerFlags::parse("-fno-lto -flto=4").lto(), Some(true));
        assert_eq!(CompilerFlags::parse("-flto-partition=none -ffat-lto-objects").lto(), None);
        assert_eq!(CompilerFlags::parse("-Ofast -marchx").optimisation(), Some("fast"));
        assert_eq!(CompilerFlags::parse("-marchx").march(), None);
    }

    #[test]
    fn sections_and_linker() {
        let flags = CompilerFlags::parse(
            "-ffunction-sections -fdata-sections -fno-data-sections -Wl,--gc-sections,-z,now -Xlinker --foo,bar -s",
        );
        assert_eq!(flags.sections(), (true, false));
        assert_eq!(flags.linker().collect::<Vec<_>>(), ["--gc-sections", "-z", "now", "--foo,bar"]);
        assert_eq!(CompilerFlags::parse("-Xlinker").linker().count(), 0);
    }

    #[test]
    fn switched_off_instruction_sets() {
        let flags = CompilerFlags::parse("-mno-avx512f -mno-gfni -mgfni -mno-sse -mno-sse");
        assert_eq!(flags.without().collect::<Vec<_>>(), ["avx512f", "sse"]);
    }

    #[test]
    fn blanks_are_one() {
        assert_eq!(CompilerFlags::parse(" -O2\t -pipe\n").to_string(), "-O2 -pipe");
    }
}
