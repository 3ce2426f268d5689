//! Patches: what they change, and whether another one holds it.

use std::collections::BTreeMap;

/// A change of one file: its name without the first folder, and the lines of the hunk.
type Hunk = (String, Vec<Vec<u8>>);

/// The hunks of a patch and how often each is in it, without their places: those change from version to version.
fn hunks(patch: &[u8]) -> BTreeMap<Hunk, usize> {
    let mut all = BTreeMap::new();
    let mut file = String::new();
    let mut lines: Vec<Vec<u8>> = Vec::new();
    let mut left = (0_usize, 0_usize);
    for line in patch.split(|b| *b == b'\n') {
        if left == (0, 0) {
            if !lines.is_empty() {
                *all.entry((file.clone(), std::mem::take(&mut lines))).or_default() += 1;
            }
            if let Some(name) = name(line, b"+++ ").filter(|name| name != "/dev/null") {
                file = short(&name);
            } else if let Some(name) = name(line, b"--- ").filter(|name| name != "/dev/null") {
                file = short(&name);
            } else if line.starts_with(b"@@ -") {
                left = lengths(line).unwrap_or_default();
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
    if !lines.is_empty() {
        *all.entry((file, lines)).or_default() += 1;
    }
    all
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

/// Whether all changes of a patch are in one of others, or in all of them together.
pub(super) fn is_in<'a>(patch: &[u8], others: impl IntoIterator<Item = &'a [u8]>) -> bool {
    let mine = hunks(patch);
    let mut theirs = BTreeMap::<Hunk, usize>::new();
    for (hunk, times) in others.into_iter().flat_map(hunks) {
        *theirs.entry(hunk).or_default() += times;
    }
    !mine.is_empty() && mine.iter().all(|(hunk, times)| theirs.get(hunk).is_some_and(|there| there >= times))
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
        assert!(is_in(PATCH, [PATCH]));
        assert!(!is_in(PATCH, [moved.as_slice()]));
        assert!(is_in(PATCH, [moved.as_slice(), second]));
        assert!(!is_in(b"", [PATCH]));
        assert!(!is_in(PATCH, [b"--- a/y.c\n+++ b/y.c\n@@ -1 +1 @@\n-b\n+c\n".as_slice()]));
    }

    #[test]
    fn each_hunk_counts_as_often_as_it_is_there() {
        let hunk = "@@ -9 +9,2 @@\n e\n+f\n";
        let once = format!("--- a/x.c\n+++ b/x.c\n{hunk}");
        let twice = format!("{once}{hunk}");
        assert!(!is_in(twice.as_bytes(), [once.as_bytes()]));
        assert!(is_in(twice.as_bytes(), [once.as_bytes(), once.as_bytes()]));
        assert!(is_in(once.as_bytes(), [twice.as_bytes()]));
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
            let _ = (is_in(patch, [patch]), leads_out(patch));
        }
        assert_eq!(leads_out(b"rename to /etc/passwd\n").as_deref(), Some("/etc/passwd"));
        assert_eq!(leads_out(b"diff --git a/x b/../../y\n").as_deref(), Some("b/../../y"));
    }
}
