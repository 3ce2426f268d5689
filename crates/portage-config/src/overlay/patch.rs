//! Patches: what they change, and whether another one holds it.

use std::collections::BTreeMap;

/// A change of one file: its name without the first folder, and the lines of the hunk.
type Hunk = (String, Vec<Vec<u8>>);

/// What a patch changes.
#[derive(Debug, Default)]
struct Parts {
    /// The hunks and how often each is in it, without their places: those change from version to version.
    hunks: BTreeMap<Hunk, usize>,
    /// The lines that change something without being text: names, modes, bytes; each behind the file that it is about.
    odd: BTreeMap<(Vec<u8>, Vec<u8>), usize>,
    /// Modes or bytes are among those, which patch(1) takes back from any source.
    silent: bool,
}

impl Parts {
    fn read(patch: &[u8]) -> Self {
        let mut all = Self::default();
        let (mut file, mut section) = (String::new(), Vec::new());
        // A file that is made or goes, of which no line has come yet; inside the bytes of a file that is no text.
        let (mut empty, mut bytes) = (None, false);
        let mut lines: Vec<Vec<u8>> = Vec::new();
        let mut left = (0_usize, 0_usize);
        for line in patch.split(|b| *b == b'\n') {
            if left == (0, 0) {
                all.hunk(&file, &mut lines);
                let line = line.strip_suffix(b"\r").unwrap_or(line);
                let starts = |starts: &[&str]| starts.iter().any(|start| line.starts_with(start.as_bytes()));
                if starts(&["diff --git "]) {
                    all.odd(&section, empty.take());
                    (section, bytes) = (line.to_vec(), false);
                } else if let Some(name) = name(line, b"+++ ").or_else(|| name(line, b"--- ")) {
                    if name != "/dev/null" {
                        file = short(&name);
                    }
                } else if starts(&["@@ -"]) {
                    left = lengths(line).unwrap_or_default();
                    empty = None;
                } else if starts(&["new file mode ", "deleted file mode "]) {
                    empty = Some(line);
                } else if starts(&["rename from ", "rename to ", "copy from ", "copy to "]) {
                    all.odd(&section, Some(line));
                } else if starts(&["old mode ", "new mode ", "GIT binary patch", "Binary files "]) {
                    all.odd(&section, Some(line));
                    all.silent = true;
                    (empty, bytes) = (None, starts(&["GIT"]));
                } else if bytes && line == b"-- " {
                    bytes = false;
                } else if bytes && !line.is_empty() {
                    all.odd(&section, Some(line));
                }
                continue;
            }
            let (old, new) = match line.first() {
                Some(b'-') => (1, 0),
                Some(b'+') => (0, 1),
                Some(b'\\') => continue,
                _ => (1, 1),
            };
            left = (left.0.saturating_sub(old), left.1.saturating_sub(new));
            if old != new {
                lines.push(line.strip_suffix(b"\r").unwrap_or(line).to_vec());
            }
        }
        all.hunk(&file, &mut lines);
        all.silent |= empty.is_some();
        all.odd(&section, empty);
        all
    }

    fn hunk(&mut self, file: &str, lines: &mut Vec<Vec<u8>>) {
        if !lines.is_empty() {
            *self.hunks.entry((file.to_owned(), std::mem::take(lines))).or_default() += 1;
        }
    }

    fn odd(&mut self, section: &[u8], line: Option<&[u8]>) {
        if let Some(line) = line {
            *self.odd.entry((section.to_vec(), line.to_vec())).or_default() += 1;
        }
    }
}

/// `@@ -1,2 +3,4 @@`: 2 and 4.
fn lengths(line: &[u8]) -> Option<(usize, usize)> {
    let text = std::str::from_utf8(line.get(..line.len().min(80))?).ok();
    let text = text.or_else(|| line.utf8_chunks().next().map(|chunk| chunk.valid()))?;
    let mut words = text.strip_prefix("@@ ")?.split(' ');
    let length = |word: &str| match word.get(1..)?.split_once(',') {
        Some((_, length)) => length.parse().ok(),
        None => Some(1),
    };
    Some((length(words.next()?)?, length(words.next()?)?))
}

fn name(line: &[u8], start: &[u8]) -> Option<String> {
    let rest = line.strip_prefix(start)?;
    let end = rest.iter().position(|b| matches!(b, b'\t' | b'\r')).unwrap_or(rest.len());
    Some(String::from_utf8_lossy(rest.get(..end)?).trim().trim_matches('"').to_owned())
}

/// Without the first folder, which `-p1` takes off.
fn short(name: &str) -> String {
    name.split_once('/').map_or(name, |(_, rest)| rest).to_owned()
}

/// Whether others hold a patch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Held {
    /// All of its changes are in one of them, or in all of them together.
    Yes,
    /// A changed line of it is in none of them.
    No,
    /// What it changes is not all text, and the rest is in none of them in the same words.
    Unknown,
}

/// Whether all changes of a patch are in others.
pub(super) fn held<'a>(patch: &[u8], others: impl IntoIterator<Item = &'a [u8]>) -> Held {
    let mine = Parts::read(patch);
    let (mut hunks, mut odd) = (BTreeMap::<Hunk, usize>::new(), BTreeMap::<_, usize>::new());
    for other in others {
        let theirs = Parts::read(other);
        theirs.hunks.into_iter().for_each(|(hunk, times)| *hunks.entry(hunk).or_default() += times);
        theirs.odd.into_iter().for_each(|(line, times)| *odd.entry(line).or_default() += times);
    }
    match () {
        () if !covers(&hunks, &mine.hunks) => Held::No,
        () if mine.hunks.is_empty() && mine.odd.is_empty() || !covers(&odd, &mine.odd) => Held::Unknown,
        () => Held::Yes,
    }
}

fn covers<K: Ord>(all: &BTreeMap<K, usize>, some: &BTreeMap<K, usize>) -> bool {
    some.iter().all(|(key, times)| all.get(key).is_some_and(|there| there >= times))
}

/// Whether that it can be taken back shows that a patch is in a source: patch(1) takes modes, and files without lines,
/// back from any.
pub(super) fn shows(patch: &[u8]) -> bool {
    let parts = Parts::read(patch);
    !(parts.silent || parts.hunks.is_empty() && parts.odd.is_empty())
}

/// A file that a patch names and that lies outside of the folder it is applied in.
///
/// ```
/// use portage_config::overlay::patch_leads_out;
/// assert_eq!(patch_leads_out(b"--- a/x.c\n+++ b/x.c\n"), None);
/// assert_eq!(patch_leads_out(b"--- a/x.c\n+++ b/../../x.c\n").as_deref(), Some("b/../../x.c"));
/// ```
pub fn leads_out(patch: &[u8]) -> Option<String> {
    let starts: [&[u8]; 9] = [
        b"--- ",
        b"+++ ",
        b"*** ",
        b"Index: ",
        b"rename from ",
        b"rename to ",
        b"copy from ",
        b"copy to ",
        b"diff --git ",
    ];
    // A removed line `-- /etc/x` looks like a head. Hunks are passed over where patch(1) reads one, no others.
    let (mut heads, mut left) = (0, (0_usize, 0_usize));
    for line in patch.split(|b| *b == b'\n') {
        if left != (0, 0) {
            let (old, new) = match line.first() {
                Some(b'-') => (1, 0),
                Some(b'+') => (0, 1),
                Some(b'\\') => (0, 0),
                Some(b' ' | b'\t') | None => (1, 1),
                Some(_) => (left.0, left.1),
            };
            left = (left.0.saturating_sub(old), left.1.saturating_sub(new));
            if !matches!(line.first(), Some(b) if !b"-+\\ \t".contains(b)) {
                continue;
            }
        }
        heads = match line {
            _ if line.starts_with(b"--- ") => 1,
            _ if heads == 1 && line.starts_with(b"+++ ") => 2,
            _ if heads == 2 && (line.starts_with(b"@@ -") || line.starts_with(b"\\")) => 2,
            _ => 0,
        };
        if heads == 2 && line.starts_with(b"@@ -") {
            left = lengths(line).unwrap_or_default();
            continue;
        }
        for start in starts {
            let Some(name) = name(line, start) else { continue };
            let names = name.split(' ').filter(|name| *name != "/dev/null");
            for name in names {
                if name.starts_with('/') || name.split('/').any(|part| part == "..") {
                    return Some(name.to_owned());
                }
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATCH: &[u8] =
        b"--- a/x.c\t2020\n+++ b/x.c\n@@ -1,3 +1,3 @@ int\n a\n-b\n+c\n d\n@@ -9 +9,2 @@\n e\n+f\n";

    #[test]
    fn places_and_context_do_not_count() {
        let moved = b"from x\ndiff --git a/x.c b/x.c\n--- old/x.c\n+++ new/x.c\n@@ -101,3 +101,3 @@\n z\n-b\n+c\n d\n";
        let second = b"--- a/x.c\n+++ b/x.c\n@@ -1 +1,2 @@\n e\n+f\n";
        assert_eq!(held(PATCH, [PATCH]), Held::Yes);
        assert_eq!(held(PATCH, [moved.as_slice()]), Held::No);
        assert_eq!(held(PATCH, [moved.as_slice(), second]), Held::Yes);
        assert_eq!(held(PATCH, [b"--- a/y.c\n+++ b/y.c\n@@ -1 +1 @@\n-b\n+c\n".as_slice()]), Held::No);
    }

    #[test]
    fn each_hunk_counts_as_often_as_it_is_there() {
        let hunk = "@@ -9 +9,2 @@\n e\n+f\n";
        let once = format!("--- a/x.c\n+++ b/x.c\n{hunk}");
        let twice = format!("{once}{hunk}");
        assert_eq!(held(twice.as_bytes(), [once.as_bytes()]), Held::No);
        assert_eq!(held(twice.as_bytes(), [once.as_bytes(), once.as_bytes()]), Held::Yes);
        assert_eq!(held(once.as_bytes(), [twice.as_bytes()]), Held::Yes);
    }

    #[test]
    fn what_is_no_text_is_there_in_the_same_words_or_nobody_knows() {
        let rename = "diff --git a/x.c b/y.c\nsimilarity index 100%\nrename from x.c\nrename to y.c\n";
        let mode = "diff --git a/x.c b/x.c\nold mode 100644\nnew mode 100755\n";
        let empty = "diff --git a/x.c b/x.c\nnew file mode 100644\nindex 0000000..e69de29\n";
        let binary = "diff --git a/x b/x\nindex 1..2 100644\nGIT binary patch\nliteral 3\nKc$@(M00000\n\nliteral 2\nJc$_00\n\n";
        let differ = "diff -r a/x b/x\nBinary files a/x and b/x differ\n";
        let old = "*** a/x.c\n--- b/x.c\n***************\n*** 1 ****\n! a\n--- 1 ----\n! b\n";
        let text = std::str::from_utf8(PATCH).unwrap();
        for (odd, shown) in
            [(rename, true), (mode, false), (empty, false), (binary, false), (differ, false), (old, false)]
        {
            assert_eq!(held(odd.as_bytes(), []), Held::Unknown, "{odd}");
            assert_eq!(held(odd.as_bytes(), [PATCH]), Held::Unknown, "{odd}");
            let both = format!("{text}{odd}");
            assert_eq!(held(both.as_bytes(), []), Held::No, "{odd}");
            assert_eq!(shows(odd.as_bytes()), shown, "{odd}");
            if odd != old {
                assert_eq!(held(both.as_bytes(), [PATCH]), Held::Unknown, "{odd}");
                assert_eq!(held(odd.as_bytes(), [both.as_bytes()]), Held::Yes, "{odd}");
                assert_eq!(held(both.as_bytes(), [odd.as_bytes(), PATCH]), Held::Yes, "{odd}");
            }
        }
        let other = binary.replace("Jc$_00", "Jc$_01");
        assert_eq!(held(binary.as_bytes(), [other.as_bytes()]), Held::Unknown);
        let signed = format!("{binary}-- \n2.40\n");
        assert_eq!(held(signed.as_bytes(), [binary.as_bytes()]), Held::Yes);
        let made =
            "diff --git a/x.c b/x.c\nnew file mode 100644\n--- /dev/null\n+++ b/x.c\n@@ -0,0 +1 @@\n+a\n";
        assert!(shows(made.as_bytes()) && shows(PATCH) && !shows(b""));
        assert_eq!(held(b"", [PATCH]), Held::Unknown);
    }

    #[test]
    fn lines_of_hunks_are_no_heads() {
        let head = "--- a/x.sql\n+++ b/x.sql\n@@ -1,2 +1,2 @@\n";
        let lines = "--- /etc/old\n+++ /etc/new\n a\n";
        assert_eq!(leads_out(format!("{head}{lines}").as_bytes()), None);
        let again = format!("{head}{lines}{lines}");
        assert_eq!(leads_out(again.as_bytes()).as_deref(), Some("/etc/old"));
        assert_eq!(leads_out(format!("@@ -1,9 +1,9 @@\n{lines}").as_bytes()).as_deref(), Some("/etc/old"));
        let broken = format!("{head}Index: ../x\n{lines}");
        assert_eq!(leads_out(broken.as_bytes()).as_deref(), Some("../x"));
    }

    #[test]
    fn odd_patches_are_safe() {
        for patch in [
            b"@@ -1,9999999999999999999999 +1 @@".as_slice(),
            b"@@ -",
            b"--- \xff\n@@ -1 +1 @@\n\xff\n-\n+",
            b"@@ -1,2 +1,2 @@",
        ] {
            let _ = (held(patch, [patch]), shows(patch), leads_out(patch));
        }
        assert_eq!(leads_out(b"rename to /etc/passwd\n").as_deref(), Some("/etc/passwd"));
        assert_eq!(leads_out(b"diff --git a/x b/../../y\n").as_deref(), Some("b/../../y"));
    }
}
