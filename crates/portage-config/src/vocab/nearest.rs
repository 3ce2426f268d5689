//! Did you mean …?

/// The candidate that `word` was most likely meant to be, if one is close enough.
///
/// One edit (a letter more, less, other, or two swapped) for every three letters, at least one; upper and lower
/// case and `-` and `_` count as equal. Of two equally close candidates the first wins.
///
/// ```
/// use portage_config::vocab::nearest;
/// let known = ["ACCEPT_KEYWORDS", "ACCEPT_LICENSE", "CFLAGS", "CXXFLAGS"];
/// assert_eq!(nearest("ACCEPT_KEYWORD", known), Some("ACCEPT_KEYWORDS"));
/// assert_eq!(nearest("cflags", known), Some("CFLAGS"));
/// assert_eq!(nearest("FOO", known), None);
/// ```
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let plain = fold(word);
    let length = plain.chars().count();
    // a word as long as a line is no misspelt name; without this a hostile one costs quadratic time
    if length == 0 || length > 80 {
        return None;
    }
    let most = (length / 3).max(1);
    let mut best: Option<((usize, usize), &str)> = None;
    for candidate in candidates {
        if candidate == word {
            return Some(candidate);
        }
        if candidate.len().abs_diff(word.len()) > most * 4 {
            continue;
        }
        let folded = fold(candidate);
        let distance = strsim::osa_distance(&plain, &folded);
        // one edit in a word of one or two letters makes any other word
        if distance > most || (distance > 0 && length < 3) || distance * 2 >= folded.chars().count().max(1) {
            continue;
        }
        let rank = (distance, usize::from(distance > 0) * strsim::osa_distance(word, candidate));
        if best.as_ref().is_none_or(|(other, _)| rank < *other) {
            best = Some((rank, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

fn fold(text: &str) -> String {
    text.chars().map(|c| if c == '-' { '_' } else { c.to_ascii_lowercase() }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn close_words_are_found() {
        let known =
            ["package.use", "package.unmask", "package.mask", "package.env", "make.conf", "binrepos.conf"];
        for (word, found) in [
            ("package.usr", Some("package.use")),
            ("packgae.use", Some("package.use")),
            ("pakage.umask", Some("package.unmask")),
            ("Make.conf", Some("make.conf")),
            ("make.con", Some("make.conf")),
            ("", None),
            ("a", None),
            ("grub", None),
            ("repos.conf", Some("binrepos.conf")),
        ] {
            assert_eq!(nearest(word, known), found, "{word}");
        }
        assert_eq!(nearest("us", ["ui", "x"]), None);
        assert_eq!(nearest("US", ["us", "x"]), Some("us"));
        assert_eq!(nearest(&"x".repeat(100_000), known), None);
    }
}
