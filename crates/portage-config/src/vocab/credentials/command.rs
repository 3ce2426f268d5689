//! Options of the programs that fetch (curl(1), wget(1), aria2c(1)), and headers of HTTP.

use std::cell::LazyCell;
use std::ops::Range;

use super::Found;
use super::name::is_secret_name;
use super::value::{Quote, behind_blanks, ends_word, word};

/// What the value of an option is.
#[derive(Clone, Copy)]
enum Means {
    /// A secret.
    Secret,
    /// `user:password`.
    Login,
    /// `Name: value`.
    Header,
    /// `name=value`, or the name of a file.
    Cookie,
}

fn means(option: &str, is_curl: bool) -> Option<Means> {
    if let Some(name) = option.strip_prefix("--") {
        return Some(match name {
            "user" | "proxy-user" => Means::Login,
            "header" | "proxy-header" => Means::Header,
            "cookie" => Means::Cookie,
            "pass" | "proxy-pass" | "oauth2-bearer" => Means::Secret,
            _ if is_secret_name(name) => Means::Secret,
            _ => return None,
        });
    }
    Some(match option {
        "-u" | "-U" if is_curl => Means::Login,
        "-H" if is_curl => Means::Header,
        "-b" if is_curl => Means::Cookie,
        _ => return None,
    })
}

/// Values of options: `--header "X-Token: …"`, `--password …`, `--user u:p`.
pub(super) fn options(text: &str, found: &mut Vec<Found>) {
    let is_curl = LazyCell::new(|| text.contains("curl"));
    let starts = |before: &str| before.chars().next_back().is_none_or(|c| !c.is_alphanumeric() && c != '-');
    for (at, _) in text.match_indices('-') {
        if !text.get(..at).is_some_and(starts) {
            continue;
        }
        let rest = text.get(at..).unwrap_or_default();
        // No other letter means anything, see `means`.
        if !matches!(rest.as_bytes().get(1), Some(b'-' | b'u' | b'U' | b'H' | b'b')) {
            continue;
        }
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '-').unwrap_or(rest.len());
        let option = rest.get(..end).unwrap_or_default();
        let short = option.get(..2).filter(|short| !short.ends_with('-') && *is_curl);
        let (option, end) = match short {
            Some(short) if means(short, true).is_some() => (short, 2),
            _ => (option, end),
        };
        let Some(means) = means(option, short.is_some()) else { continue };
        let (behind, glued) = (at + end, option.len() == 2);
        let start = match text.as_bytes().get(behind) {
            Some(b'=') => behind + 1,
            Some(b' ' | b'\t') => behind_blanks(text, behind),
            Some(_) if glued => behind,
            _ => continue,
        };
        // `"--header=X: y"`: the quote is around all of it.
        let around = Quote::before(text, at).filter(|_| text.as_bytes().get(behind) == Some(&b'='));
        let range = match around {
            Some(quote) => start..quote.close(text, start),
            None => word(text, start, ends_word),
        };
        of(means, text, range, found);
    }
}

fn of(means: Means, text: &str, range: Range<usize>, found: &mut Vec<Found>) {
    let value = text.get(range.clone()).unwrap_or_default();
    match means {
        Means::Secret if !value.starts_with('-') => found.push(Found::secret(range)),
        Means::Login if value.split_once(':').is_some_and(|(_, password)| !password.is_empty()) => {
            found.push(Found::secret(range));
        }
        Means::Header => {
            let Some((name, rest)) = value.split_once(':') else { return };
            if is_plain_header(name.trim()) {
                return;
            }
            let mut start = behind_blanks(text, range.start + name.len() + 1).min(range.end);
            let mut end = range.end;
            if rest.trim().is_empty() {
                // Without quotes, a shell makes two words of it.
                let next = word(text, behind_blanks(text, range.end), ends_word);
                (start, end) = (next.start, next.end);
            }
            found.push(Found::secret(behind_scheme(text, start..end)));
        }
        Means::Cookie if value.contains('=') => found.push(Found::secret(range)),
        _ => {}
    }
}

/// Headers that say what is wanted, not who wants it.
fn is_plain_header(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.starts_with("accept")
        || name.starts_with("content-")
        || name.starts_with("if-")
        || matches!(
            name.as_str(),
            "user-agent"
                | "cache-control"
                | "pragma"
                | "range"
                | "referer"
                | "host"
                | "connection"
                | "expect"
        )
}

/// Headers with credentials wherever they stand, as in a configuration of curl: `header = "X-Token: …"`.
pub(super) fn headers(text: &str, found: &mut Vec<Found>) {
    for (colon, _) in text.match_indices(':') {
        let before = text.get(..colon).unwrap_or_default();
        let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
        let name = before.trim_end_matches(is_name).len();
        let name = before.get(name..).unwrap_or_default();
        if !is_secret_header(name) {
            continue;
        }
        let start = behind_blanks(text, colon + 1);
        let rest = text.get(start..).unwrap_or_default();
        let end = rest.find(['\n', '\r', '"', '\'', '`']).unwrap_or(rest.len());
        let value = rest.get(..end).unwrap_or_default();
        let value = value.trim_end_matches('\\').trim_end();
        found.push(Found::secret(behind_scheme(text, start..start + value.len())));
    }
}

fn is_secret_header(name: &str) -> bool {
    let name = name.trim_start_matches('-').to_ascii_lowercase();
    matches!(name.as_str(), "authorization" | "proxy-authorization" | "cookie")
        || name.contains('-') && (is_secret_name(&name) || name.ends_with("-auth"))
}

/// The value without the word that says how it is to be read: `Bearer`, `Basic`.
fn behind_scheme(text: &str, range: Range<usize>) -> Range<usize> {
    let value = text.get(range.clone()).unwrap_or_default();
    match value.split_once(' ') {
        Some((scheme, rest))
            if ["bearer", "basic", "token", "digest"].contains(&&*scheme.to_ascii_lowercase()) =>
        {
            range.end - rest.trim_start().len()..range.end
        }
        _ => range,
    }
}
