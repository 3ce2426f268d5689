//! Credentials in text: the one place that knows what they look like.
//!
//! What counts: the user part of URIs, values of names such as `password` and `token` (options of mounts, keys of
//! TOML, variables, queries of URIs), options of curl(1), wget(1) and aria2c(1) in a FETCHCOMMAND, and headers of
//! HTTP. Everything that shows text to people goes through [`mask`]; an import makes parameters of the same pieces.

mod command;
mod name;
#[cfg(test)]
mod tests;
mod uri;
mod value;

use std::borrow::Cow;
use std::ops::Range;

pub use name::is_secret_name;
pub(crate) use name::option;

/// What stands in place of a secret, in everything that people or programs get to see.
pub const HIDDEN: &str = "‹hidden›";

/// A piece of text that is hidden.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Found {
    range: Range<usize>,
    /// A name somebody logs in with, without a password: hidden because some hosts take a token there, but nothing
    /// that must not be read.
    login: bool,
}

impl Found {
    fn secret(range: Range<usize>) -> Self {
        Self { range, login: false }
    }
}

/// The text with [`HIDDEN`] in place of its credentials.
///
/// A user part without a colon is kept in `ssh` and `git+ssh` URIs, where it is a login name.
///
/// ```
/// use portage_config::vocab::mask;
/// assert_eq!(mask("https://me:hunter2@example.org/x"), "https://‹hidden›@example.org/x");
/// assert_eq!(mask("curl --header 'X-Token: hunter2' ${URI}"), "curl --header 'X-Token: ‹hidden›' ${URI}");
/// assert_eq!(mask("token = \"hunter2\""), "token = \"‹hidden›\"");
/// assert_eq!(mask("git+ssh://git@example.org/x"), "git+ssh://git@example.org/x");
/// ```
pub fn mask(text: &str) -> Cow<'_, str> {
    without(text, find(text))
}

/// [`mask`] of commands for a shell: what a substitution or a variable gives is no secret that stands there.
///
/// ```
/// use portage_config::vocab::mask_commands;
/// assert_eq!(mask_commands("TOKEN=$(cat token) x"), "TOKEN=$(cat token) x");
/// assert_eq!(mask_commands("TOKEN=hunter2 x"), "TOKEN=‹hidden› x");
/// assert_eq!(mask_commands("TOKEN=none x"), "TOKEN=none x");
/// assert_eq!(mask_commands("TOKEN='$hunter2' x"), "TOKEN='‹hidden›' x");
/// ```
pub fn mask_commands(text: &str) -> Cow<'_, str> {
    without(text, find_but(text, |range| is_substituted(text, range)))
}

/// Whether a shell puts something else in the place of a piece of commands, or it stands for no secret at all.
fn is_substituted(text: &str, range: &Range<usize>) -> bool {
    let piece = text.get(range.clone()).unwrap_or_default();
    let literal = text.get(..range.start).is_some_and(|before| before.ends_with('\''));
    piece == "none" || !literal && piece.trim_start_matches('"').starts_with(['$', '`'])
}

fn without(text: &str, found: Vec<Found>) -> Cow<'_, str> {
    if found.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    for Found { range, .. } in found {
        out.push_str(text.get(at..range.start).unwrap_or_default());
        out.push_str(HIDDEN);
        at = range.end;
    }
    out.push_str(text.get(at..).unwrap_or_default());
    Cow::Owned(out)
}

/// The stretches of a text that must not be read by everybody.
pub(crate) fn credentials(text: &str) -> Vec<Range<usize>> {
    find(text).into_iter().filter(|found| !found.login).map(|found| found.range).collect()
}

/// Whether a text holds credentials that must not be read by everybody.
///
/// A name somebody logs in with is hidden but no credential, unless it looks like a token: it begins like those of the
/// great hosts, or is of 20 letters and digits or more.
///
/// ```
/// use portage_config::vocab::exposes;
/// assert!(exposes("https://me:hunter2@example.org/x"));
/// assert!(exposes("https://glpat-0123456789@example.org/x"));
/// assert!(!exposes("https://me@example.org/x"));
/// ```
pub fn exposes(text: &str) -> bool {
    find(text).iter().any(|found| !found.login)
}

/// All of them, in order, none inside another.
fn find(text: &str) -> Vec<Found> {
    find_but(text, |_| false)
}

/// All of them but those that are let pass.
fn find_but(text: &str, passes: impl Fn(&Range<usize>) -> bool) -> Vec<Found> {
    let has = |byte: u8| text.as_bytes().contains(&byte);
    let mut found = Vec::new();
    if has(b'@') {
        uri::find(text, &mut found);
    }
    if has(b'=') {
        name::find(text, &mut found);
    }
    if has(b'-') {
        command::options(text, &mut found);
    }
    if has(b':') {
        command::headers(text, &mut found);
    }
    found.retain(|found| {
        let piece = text.get(found.range.clone()).unwrap_or_default();
        !(piece.is_empty() || piece == HIDDEN || value::is_reference(piece) || passes(&found.range))
    });
    found.sort_by_key(|found| (found.range.start, found.range.end));
    let mut whole: Vec<Found> = Vec::with_capacity(found.len());
    for next in found {
        match whole.last_mut() {
            Some(last) if next.range.start < last.range.end => {
                last.range.end = last.range.end.max(next.range.end);
                last.login &= next.login;
            }
            _ => whole.push(next),
        }
    }
    whole
}
