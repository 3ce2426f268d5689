//! Which files below `files/` an ebuild names.

use std::collections::BTreeSet;

use super::Ebuild;
use super::expand::{Names, variable};
use super::parsed::Value;

/// Eclasses that take files by names of their own.
const TAKERS: [&str; 3] = ["elisp", "readme.gentoo", "savedconfig"];

impl Ebuild {
    /// The paths below `files/` that the text names; nothing where it says them in a way that only bash understands,
    /// or takes the whole folder, or inherits an eclass that looks for files by itself.
    ///
    /// ```
    /// use portage_config::ebuild::{Ebuild, Names};
    /// let names = Names::from([("PN".into(), "foo".into())]);
    /// let ebuild = Ebuild::parse(b"src_install() {\n\tnewinitd \"${FILESDIR}\"/${PN}.initd foo\n}\n");
    /// assert_eq!(ebuild.files(&names), Some(["foo.initd".to_owned()].into()));
    /// assert_eq!(Ebuild::parse(b"A=( \"${FILESDIR}\"/*.patch )\n").files(&names), None);
    /// ```
    pub fn files(&self, names: &Names) -> Option<BTreeSet<String>> {
        let text = std::str::from_utf8(&self.text).ok()?;
        if self.inherit().iter().any(|eclass| TAKERS.iter().any(|taker| eclass.starts_with(taker))) {
            return None;
        }
        let mut all = BTreeSet::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("FILESDIR") {
            rest = after;
            let begin = before.rfind('\n').map_or(0, |at| at + 1);
            if before.get(begin..)?.trim_start().starts_with('#') {
                continue;
            }
            let after = match () {
                () if before.ends_with("${") => after.strip_prefix('}')?,
                () if before.ends_with('$') => after,
                () => return None,
            };
            let quoted = before.ends_with("\"${") || before.ends_with("\"$");
            all.insert(path(after, quoted, names)?);
        }
        Some(all)
    }

    /// Variables that name the revision (`PR`, `PVR`, `PF`) outside of functions, where another revision may mean other
    /// distfiles, sources, patches or dependencies: the line of each. Inside of functions, those in words that name a file
    /// below `${FILESDIR}`. An eclass is asked in the same way.
    pub fn names_revision(&self) -> Vec<(usize, &'static str)> {
        let mut found = Vec::new();
        let mut functions = self.parsed.functions.iter().map(|function| &function.all).peekable();
        let mut inside = 0;
        let mut at = 0;
        for (number, line) in self.text.split(|b| *b == b'\n').enumerate() {
            let start = at;
            at += line.len() + 1;
            while let Some(function) = functions.next_if(|function| function.start < at) {
                inside = inside.max(function.end);
            }
            if line.trim_ascii_start().first() == Some(&b'#') {
                continue;
            }
            let in_function = start < inside;
            for name in ["PR", "PVR", "PF"] {
                let names_file = |at: usize| {
                    let before = line.get(..at).unwrap_or_default();
                    let word = before.rsplit(|b| matches!(b, b' ' | b'\t')).next().unwrap_or_default();
                    word.windows(8).any(|part| part == b"FILESDIR")
                };
                let ends = |at: usize| line.get(at).is_none_or(|b| !b.is_ascii_alphanumeric() && *b != b'_');
                let mut places = line.windows(name.len()).enumerate();
                let says = |(at, part): (usize, &[u8])| {
                    let before = line.get(..at).unwrap_or_default();
                    let is_variable = before.ends_with(b"$") || before.ends_with(b"${");
                    part == name.as_bytes()
                        && is_variable
                        && ends(at + name.len())
                        && (!in_function || names_file(at))
                };
                if places.any(says) {
                    found.push((number + 1, name));
                }
            }
        }
        found
    }

    /// The patches below `files/` that `PATCHES`, `eapply` and `epatch` name, in their order, as far as their names are
    /// known.
    pub fn patch_names(&self, names: &Names) -> Vec<String> {
        self.patches_named(names, |_, _| true)
    }

    /// Those of them that are applied whatever a condition gives.
    pub(crate) fn patch_names_always(&self, names: &Names) -> Vec<String> {
        let run = self.always_run();
        self.patches_named(names, |function, nested| {
            !nested && function.is_none_or(|function| run.contains(&function))
        })
    }

    fn patches_named(&self, names: &Names, wanted: impl Fn(Option<usize>, bool) -> bool) -> Vec<String> {
        let mut words = Vec::new();
        for assigned in self.assigned("PATCHES").filter(|one| wanted(one.function, one.nested)) {
            match &assigned.value {
                Value::Word(word) => words.push(word),
                Value::Array { items, .. } => words.extend(items),
            }
        }
        for called in self.parsed.called.iter().filter(|one| wanted(one.function, one.nested)) {
            let all = self.parsed.words.get(called.words.clone()).unwrap_or_default();
            if let Some((first, rest)) = all.split_first()
                && matches!(self.slice(first), b"eapply" | b"epatch")
            {
                words.extend(rest);
            }
        }
        let mut found = Vec::new();
        for word in words {
            let Ok(word) = std::str::from_utf8(self.slice(word)) else { continue };
            let mut before = "";
            for part in word.split_inclusive("${FILESDIR}") {
                if before.ends_with("${FILESDIR}") {
                    let quoted = before.contains('"');
                    let one = part.split([' ', '\t', '\n']).next().unwrap_or_default();
                    let one = one.strip_suffix("${FILESDIR}").unwrap_or(one);
                    found.extend(path(one, quoted, names).map(|path| path.trim_end_matches('"').to_owned()));
                }
                before = part;
            }
        }
        found
    }
}

/// Longer paths no system opens.
const LONGEST_PATH: usize = 4096;

/// What follows `${FILESDIR}`, without the slash.
fn path(text: &str, mut quoted: bool, names: &Names) -> Option<String> {
    let mut out = String::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        rest = rest.get(c.len_utf8()..)?;
        if out.len() > LONGEST_PATH {
            return None;
        }
        match c {
            '"' => quoted = !quoted,
            '$' => {
                let (value, after) = variable(rest, names)?;
                out.push_str(value);
                rest = after;
            }
            ' ' | '\t' | '\n' | ';' | ')' | '|' | '&' | '<' | '>' if !quoted => break,
            c if c.is_ascii_alphanumeric() || "/._+-@:,=~".contains(c) => out.push(c),
            _ => return None,
        }
    }
    let path = out.strip_prefix('/')?.trim_start_matches('/');
    let named = !path.is_empty() && path.split('/').all(|part| !matches!(part, "" | "." | ".."));
    named.then(|| path.to_owned())
}
