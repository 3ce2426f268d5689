//! The ends of lines, which a reader of TOML does not keep.

use similar::{Algorithm, DiffOp, capture_diff_slices};

/// What stands at the start of some files.
const MARK: char = '\u{feff}';

/// A changed text with the ends of lines, and the byte order mark, that it had before.
pub(super) fn kept(before: &str, after: String) -> String {
    let after = match before.strip_prefix(MARK) {
        Some(_) if !after.starts_with(MARK) => format!("{MARK}{after}"),
        _ => after,
    };
    if !before.contains("\r\n") {
        return after;
    }
    let after = after.replace("\r\n", "\n");
    let old: Vec<&str> = before.split_inclusive('\n').collect();
    let bare: Vec<String> = old.iter().map(|line| line.replace("\r\n", "\n")).collect();
    let bare: Vec<&str> = bare.iter().map(String::as_str).collect();
    let new: Vec<&str> = after.split_inclusive('\n').collect();
    let mut out = String::with_capacity(before.len().max(after.len()));
    for op in capture_diff_slices(Algorithm::Myers, &bare, &new) {
        let (_, olds, news) = op.as_tag_tuple();
        if let DiffOp::Equal { .. } = op {
            out.extend(old.get(olds).unwrap_or_default().iter().copied());
            continue;
        }
        for (at, line) in new.get(news).unwrap_or_default().iter().enumerate() {
            // As the line that was here, or the one above it.
            let like = old
                .get(olds.clone())
                .and_then(|old| old.get(at))
                .or_else(|| old.get(olds.start.saturating_sub(1)));
            match line.strip_suffix('\n').filter(|_| like.is_none_or(|like| like.ends_with("\r\n"))) {
                Some(line) => out.extend([line, "\r\n"]),
                None => out.push_str(line),
            }
        }
    }
    out
}
