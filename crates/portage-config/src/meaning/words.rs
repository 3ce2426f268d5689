//! What a sequence of words comes to.

/// How a reader takes words one after the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Manner {
    /// `x`, `-x`, `-*`, `prefix_*`, `-prefix_*`: the last word on a flag holds (package.use, ACCEPT_KEYWORDS and the
    /// incremental variables: `stack_lists`, `config.regenerate`).
    Flags,
    /// The same with `*` and `@GROUP`: licenses, properties, restrictions (`prune_incremental`,
    /// `LicenseManager.getMissingLicenses`).
    Accepted,
    /// Each word counts, and its place.
    Exact,
}

/// A part of a value that the file does not say: what a reference stands for.
pub(super) const UNKNOWN: char = '\0';

impl Manner {
    /// The shortest words that come to the same, in an order of their own.
    pub(super) fn reduce<S: AsRef<str>>(self, words: &[S]) -> Vec<String> {
        if self == Self::Exact {
            return words.iter().map(|word| word.as_ref().to_owned()).collect();
        }
        let mut left: Vec<&str> = Vec::new();
        for word in words.iter().map(AsRef::as_ref) {
            if self.is_reset(word) {
                left.clear();
            } else {
                left.retain(|other| !overrides(word, other));
                if self.is_idle(word, &left) {
                    continue;
                }
            }
            left.push(word);
        }
        self.sorted(left)
    }

    /// Whether it makes a difference which of two sequences comes first.
    pub(super) fn clash(self, a: &[String], b: &[String]) -> bool {
        let is_plain = |word: &String| !word.starts_with('-') && !word.starts_with('*');
        if a == b || (self != Self::Exact && a.iter().chain(b).all(is_plain)) {
            return false;
        }
        let joined = |a: &[String], b: &[String]| self.reduce(&[a, b].concat());
        joined(a, b) != joined(b, a)
    }

    fn is_reset(self, word: &str) -> bool {
        word == "-*" || (word == "*" && self == Self::Accepted)
    }

    /// Whether a word says what holds already: behind `-*` that a flag is off, behind `*` that it is on.
    fn is_idle(self, word: &str, left: &[&str]) -> bool {
        let Some((first, rest)) = left.split_first().filter(|(first, _)| self.is_reset(first)) else {
            return false;
        };
        let on = is_on(word);
        is_on(first) == on
            && !word.contains(UNKNOWN)
            && rest.iter().all(|other| is_on(other) == on || !self.meet(word, other))
    }

    /// Whether the order of two words counts.
    fn ordered(self, a: &str, b: &str) -> bool {
        let is_fixed = |word: &str| self.is_reset(word) || word.contains(UNKNOWN);
        is_fixed(a) || is_fixed(b) || (is_on(a) != is_on(b) && self.meet(a, b))
    }

    /// Whether two words speak of the same flag, or may.
    fn meet(self, a: &str, b: &str) -> bool {
        let is_group = |word: &str| self == Self::Accepted && name(word).starts_with('@');
        let is_wide = |word: &str| word.contains(UNKNOWN) || is_group(word);
        name(a) == name(b) || is_wide(a) || is_wide(b) || within(a, b) || within(b, a)
    }

    /// The words in one of the orders that come to the same: always the same one.
    fn sorted(self, mut left: Vec<&str>) -> Vec<String> {
        let is_special = |word: &&str| word.contains([UNKNOWN, '*', '@']);
        let tail = usize::from(left.first().is_some_and(|first| self.is_reset(first)));
        let rest = left.split_off(tail.min(left.len()));
        let mut out: Vec<String> = left.into_iter().map(str::to_owned).collect();
        let mut rest = rest;
        if !rest.iter().any(is_special) {
            rest.sort_unstable();
            out.extend(rest.into_iter().map(str::to_owned));
            return out;
        }
        while !rest.is_empty() {
            let free = |at: usize, word: &str| rest.iter().take(at).all(|above| !self.ordered(above, word));
            let next =
                rest.iter().enumerate().filter(|(at, word)| free(*at, word)).min_by_key(|(_, word)| **word);
            let Some((at, _)) = next else { break };
            out.push(rest.remove(at).to_owned());
        }
        out
    }
}

fn is_on(word: &str) -> bool {
    !word.starts_with('-')
}

fn name(word: &str) -> &str {
    word.strip_prefix('-').unwrap_or(word)
}

/// Whether `flag` is one of those of `prefix_*`.
fn within(flag: &str, prefix: &str) -> bool {
    let prefix = name(prefix).strip_suffix('*').filter(|prefix| prefix.ends_with('_'));
    prefix.is_some_and(|prefix| name(flag).starts_with(prefix))
}

/// Whether nothing is left of a word once another one follows. What `prefix_*` switches on are the flags that the
/// package has, so it leaves other words alone.
fn overrides(word: &str, other: &str) -> bool {
    if word.contains(UNKNOWN) || other.contains(UNKNOWN) {
        return false;
    }
    name(word) == name(other) || (!is_on(word) && within(other, word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reduced(manner: Manner, words: &str) -> String {
        manner.reduce(&words.split(' ').collect::<Vec<_>>()).join(" ")
    }

    #[test]
    fn the_last_word_on_a_flag_holds() {
        use Manner::{Accepted, Exact, Flags};
        for (manner, words, left) in [
            (Flags, "b a", "a b"),
            (Flags, "a -a b", "-a b"),
            (Flags, "a -* c b", "-* b c"),
            (Flags, "-* -a", "-*"),
            (Flags, "-* a -a", "-*"),
            (Flags, "* a", "* a"),
            (Flags, "-x_a x_*", "-x_a x_*"),
            (Flags, "x_* -x_a", "x_* -x_a"),
            (Flags, "y x_a -x_*", "-x_* y"),
            (Flags, "-* x_* -x_a", "-* x_* -x_a"),
            (Flags, "b \0X:0\0 a", "b \0X:0\0 a"),
            (Accepted, "MIT * -BSD", "* -BSD"),
            (Accepted, "* BSD", "*"),
            (Accepted, "-B @A C", "-B @A C"),
            (Accepted, "@A C -B", "@A -B C"),
            (Accepted, "-* @B @A", "-* @A @B"),
            (Exact, "b a b", "b a b"),
        ] {
            assert_eq!(reduced(manner, words), left, "{manner:?} {words:?}");
        }
    }

    #[test]
    fn order_counts_where_words_contradict() {
        let clash = |manner: Manner, a: &str, b: &str| {
            let words = |text: &str| text.split(' ').map(str::to_owned).collect::<Vec<_>>();
            let found = manner.clash(&words(a), &words(b));
            assert_eq!(found, manner.clash(&words(b), &words(a)));
            found
        };
        assert!(clash(Manner::Flags, "x", "-x"));
        assert!(clash(Manner::Flags, "x y", "-*"));
        assert!(clash(Manner::Flags, "x_*", "-x_a"));
        assert!(!clash(Manner::Flags, "-x", "-*"));
        assert!(!clash(Manner::Flags, "x", "-* x"));
        assert!(!clash(Manner::Flags, "x -y", "z -y"));
        assert!(clash(Manner::Accepted, "@FREE", "-MIT"));
        assert!(clash(Manner::Accepted, "*", "-MIT"));
        assert!(!clash(Manner::Accepted, "*", "MIT"));
        assert!(clash(Manner::Exact, "a", "b"));
        assert!(!clash(Manner::Exact, "a", "a"));
    }
}
