//! Which files below `files/` an ebuild names.

use std::collections::BTreeSet;

use super::expand::{Names, variable};
use super::parsed::Value;
use super::{Ebuild, expand};

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

    /// Variables that name the revision (`PR`, `PVR`, `PF`) where another revision would mean other distfiles, sources
    /// or patches: the line of each.
    pub fn names_revision(&self) -> Vec<(usize, &'static str)> {
        let mut found = Vec::new();
        for variable in ["SRC_URI", "S", "PATCHES"] {
            for assigned in self.assigned(variable) {
                let value = match &assigned.value {
                    Value::Word(word) => self.slice(word),
                    Value::Array { all, .. } => self.slice(all),
                };
                for name in ["PR", "PVR", "PF"] {
                    let has = |text: String| value.windows(text.len()).any(|part| part == text.as_bytes());
                    if has(format!("${{{name}}}")) || has(format!("${{{name}/")) || has(format!("${{{name}%"))
                    {
                        found.push((self.line(assigned.all.start), name));
                    }
                }
            }
        }
        found.sort_unstable();
        found
    }

    /// The value of a variable that one assignment says with words that are all known.
    pub(crate) fn value(&self, name: &str, names: &Names) -> Option<String> {
        let mut all = self.assigned(name).filter(|assigned| assigned.function.is_none());
        match (all.next(), all.next()) {
            (Some(one), None) if !one.append => match &one.value {
                Value::Word(word) => expand::expand(self.slice(word), names),
                Value::Array { .. } => None,
            },
            _ => None,
        }
    }
}

/// What follows `${FILESDIR}`, without the slash.
fn path(text: &str, mut quoted: bool, names: &Names) -> Option<String> {
    let mut out = String::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        rest = rest.get(c.len_utf8()..)?;
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
