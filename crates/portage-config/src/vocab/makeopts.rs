//! MAKEOPTS and EMERGE_DEFAULT_OPTS taken apart: make(1) and emerge(1), `--jobs` and `--load-average`.

/// Options of make or emerge: how many jobs, up to which load, and the others.
///
/// What is not changed is printed as it was read. The grammar:
///
/// ```text
/// options := ( jobs | load | other ) *            between blanks
/// jobs    := "-j" [ N ] | "-j" blank N | "--jobs" [ ( "=" | blank ) N ]
/// load    := the same with "-l", "--load-average", "--max-load"
/// N       := a number or a reference; without it there is no limit
/// ```
///
/// ```
/// use portage_config::vocab::MakeOpts;
/// let mut opts = MakeOpts::parse("-j24  -l25 --silent");
/// assert_eq!((opts.jobs(), opts.load_average()), (Some("24"), Some("25")));
/// assert_eq!(opts.spell(), "-j24  -l25 --silent");
/// opts.set_jobs(Some("8"));
/// assert_eq!(opts.spell(), "-j8 -l25 --silent");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MakeOpts {
    read: Option<String>,
    parts: Vec<Part>,
    long: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Limit { what: What, before: String, value: Option<String> },
    Other(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum What {
    Jobs,
    Load,
}

const SPELLINGS: [(&str, What); 5] = [
    ("--load-average", What::Load),
    ("--max-load", What::Load),
    ("--jobs", What::Jobs),
    ("-j", What::Jobs),
    ("-l", What::Load),
];

impl MakeOpts {
    /// Reads the options of make: new ones are written short, `-j8`.
    pub fn parse(text: &str) -> Self {
        let mut parts = Vec::new();
        let mut words = text.split_whitespace().peekable();
        while let Some(word) = words.next() {
            let limit = SPELLINGS.iter().find_map(|(name, what)| {
                let rest = word.strip_prefix(name)?;
                let value = if name.starts_with("--") { rest.strip_prefix('=') } else { Some(rest) };
                (rest.is_empty() || value.is_some_and(is_value)).then_some((*name, *what, rest))
            });
            parts.push(match limit {
                Some((name, what, "")) => match words.next_if(|next| is_value(next)) {
                    Some(value) => {
                        Part::Limit { what, before: format!("{name} "), value: Some(value.to_owned()) }
                    }
                    None => Part::Limit { what, before: name.to_owned(), value: None },
                },
                Some((name, what, rest)) => {
                    let value = rest.trim_start_matches('=');
                    let equals = if rest.len() > value.len() { "=" } else { "" };
                    Part::Limit { what, before: format!("{name}{equals}"), value: Some(value.to_owned()) }
                }
                None => Part::Other(word.to_owned()),
            });
        }
        Self { read: Some(text.to_owned()), parts, long: false }
    }

    /// Reads the options of emerge: new ones are written long, `--jobs=8`.
    pub fn parse_emerge(text: &str) -> Self {
        Self { long: true, ..Self::parse(text) }
    }

    /// The number of jobs; empty when it is given without a number, which means no limit.
    pub fn jobs(&self) -> Option<&str> {
        self.limit(What::Jobs)
    }

    /// The load above which no further job starts; empty when it is given without a number: no limit.
    pub fn load_average(&self) -> Option<&str> {
        self.limit(What::Load)
    }

    /// The other options.
    pub fn rest(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().filter_map(|part| match part {
            Part::Other(word) => Some(word.as_str()),
            Part::Limit { .. } => None,
        })
    }

    /// Sets the number of jobs; `None` takes the option out.
    pub fn set_jobs(&mut self, value: Option<&str>) {
        self.set(What::Jobs, value);
    }

    /// Sets the load; `None` takes the option out.
    pub fn set_load_average(&mut self, value: Option<&str>) {
        self.set(What::Load, value);
    }

    /// The options as a value.
    pub fn spell(&self) -> String {
        if let Some(read) = &self.read {
            return read.clone();
        }
        let words: Vec<String> = self
            .parts
            .iter()
            .map(|part| match part {
                Part::Limit { before, value, .. } => {
                    format!("{before}{}", value.as_deref().unwrap_or_default())
                }
                Part::Other(word) => word.clone(),
            })
            .collect();
        words.join(" ")
    }

    /// The last one holds, for make as for emerge.
    fn limit(&self, wanted: What) -> Option<&str> {
        self.parts.iter().rev().find_map(|part| match part {
            Part::Limit { what, value, .. } if *what == wanted => Some(value.as_deref().unwrap_or_default()),
            _ => None,
        })
    }

    fn set(&mut self, wanted: What, new: Option<&str>) {
        if self.limit(wanted) == new {
            return;
        }
        self.read = None;
        let is = |part: &Part| matches!(part, Part::Limit { what, .. } if *what == wanted);
        let Some(new) = new else {
            self.parts.retain(|part| !is(part));
            return;
        };
        let part = self.limit_part(wanted, new);
        let at = self.parts.iter().rposition(is);
        match at.and_then(|at| self.parts.get_mut(at)) {
            Some(Part::Limit { value: Some(value), .. }) if !new.is_empty() => new.clone_into(value),
            Some(old) => *old = part,
            None => {
                let after_limits = self
                    .parts
                    .iter()
                    .rposition(|part| matches!(part, Part::Limit { .. }))
                    .map_or(0, |at| at + 1);
                self.parts.insert(after_limits, part);
            }
        }
    }

    fn limit_part(&self, what: What, value: &str) -> Part {
        let name = match (what, self.long) {
            (What::Jobs, false) => "-j",
            (What::Load, false) => "-l",
            (What::Jobs, true) => "--jobs",
            (What::Load, true) => "--load-average",
        };
        let equals = if self.long && !value.is_empty() { "=" } else { "" };
        let value = (!value.is_empty()).then(|| value.to_owned());
        Part::Limit { what, before: format!("{name}{equals}"), value }
    }
}

/// A number as `-l 2.5` takes it, or a reference to a variable.
fn is_value(text: &str) -> bool {
    text.starts_with('$') || text.starts_with(|c: char| c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn spellings_of_make_and_emerge() {
        for (text, jobs, load, rest) in [
            ("-j24 -l25", Some("24"), Some("25"), 0),
            ("--jobs=24 --load-average=25", Some("24"), Some("25"), 0),
            ("-j 24 -l 2.5", Some("24"), Some("2.5"), 0),
            ("--jobs 24 --max-load 3 --quiet", Some("24"), Some("3"), 1),
            ("-j", Some(""), None, 0),
            ("-j --quiet", Some(""), None, 1),
            ("--jobs --ask", Some(""), None, 1),
            ("-j${N}", Some("${N}"), None, 0),
            ("-j4 -j8", Some("8"), None, 0),
            ("--jobserver-style=fifo -k", None, None, 2),
            ("-like", None, None, 1),
            ("", None, None, 0),
        ] {
            let opts = MakeOpts::parse(text);
            assert_eq!((opts.jobs(), opts.load_average()), (jobs, load), "{text}");
            assert_eq!(opts.rest().count(), rest, "{text}");
        }
    }

    #[test]
    fn changes_keep_the_style() {
        let mut opts = MakeOpts::parse_emerge("--quiet  --jobs=4");
        opts.set_jobs(Some("4"));
        assert_eq!(opts.spell(), "--quiet  --jobs=4", "nothing changed");
        opts.set_load_average(Some("8"));
        opts.set_jobs(Some("2"));
        assert_eq!(opts.spell(), "--quiet --jobs=2 --load-average=8");
        opts.set_jobs(None);
        assert_eq!(opts.spell(), "--quiet --load-average=8");
        let mut new = MakeOpts::default();
        new.set_jobs(Some("8"));
        new.set_load_average(Some("9"));
        assert_eq!(new.spell(), "-j8 -l9");
        new.set_jobs(Some(""));
        assert_eq!(new.spell(), "-j -l9");
    }

    proptest! {
        #[test]
        fn what_is_read_is_printed(text in "( |-j|-l|--jobs|--load-average|=|[0-9]|x|\\$\\{N\\}){0,12}") {
            prop_assert_eq!(MakeOpts::parse(&text).spell(), text);
        }

        #[test]
        fn what_is_set_is_read(text in "(-j[1-9] |--jobs |-l [0-9] |--quiet |-k ){0,5}", n in 1u32..99) {
            let n = n.to_string();
            let mut opts = MakeOpts::parse_emerge(&text);
            opts.set_jobs(Some(&n));
            opts.set_load_average(Some("2.5"));
            let again = MakeOpts::parse_emerge(&opts.spell());
            prop_assert_eq!(again.jobs(), Some(n.as_str()));
            prop_assert_eq!(again.load_average(), Some("2.5"));
            prop_assert_eq!(again.rest().collect::<Vec<_>>(), opts.rest().collect::<Vec<_>>());
        }
    }
}
