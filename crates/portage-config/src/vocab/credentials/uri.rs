//! The user part of URIs, and of proxies that are written without a scheme.

use super::Found;
use super::value::ends_word;

/// How tokens begin that hosts take in place of a user.
const TOKENS: [&str; 7] = ["ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "glpat-"];

pub(super) fn find(text: &str, found: &mut Vec<Found>) {
    users(text, found);
    proxies(text, found);
}

fn users(text: &str, found: &mut Vec<Found>) {
    for (at, _) in text.match_indices("://") {
        let (before, start) = (text.get(..at).unwrap_or_default(), at + 3);
        let rest = text.get(start..).unwrap_or_default();
        let uri = rest.split(ends_word).next().unwrap_or_default();
        let authority = uri.split(['/', '?', '#']).next().unwrap_or_default();
        // A password with a slash that nobody has encoded: what stands behind the colon is no port then.
        let no_port = !authority.starts_with('[')
            && authority
                .split_once(':')
                .is_some_and(|(_, port)| !port.is_empty() && !port.bytes().all(|byte| byte.is_ascii_digit()));
        let user = match authority.rsplit_once('@') {
            Some((user, _)) => user,
            None if no_port => match uri.rsplit_once('@') {
                Some((user, _)) => user,
                None => continue,
            },
            None => continue,
        };
        let password = user.split_once(':').map(|(_, password)| password);
        if password.is_none() && before.ends_with("ssh") {
            continue;
        }
        let login = password.unwrap_or_default().is_empty() && !is_token(user.trim_end_matches(':'));
        found.push(Found { range: start..start + user.len(), login });
    }
}

/// Whether a name is one that nobody chose: a token in place of a user.
fn is_token(user: &str) -> bool {
    let drawn = |user: &str| {
        user.len() >= 20
            && user.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
            && user.bytes().any(|byte| byte.is_ascii_digit())
            && user.bytes().any(|byte| byte.is_ascii_alphabetic())
    };
    TOKENS.iter().any(|token| user.starts_with(token)) || drawn(user)
}

/// `user:password@host:port`, as RSYNC_PROXY and others have it without a scheme.
fn proxies(text: &str, found: &mut Vec<Found>) {
    let ends = |c: char| ends_word(c) || matches!(c, '=' | '/' | ',');
    let mut at = 0;
    for word in text.split_inclusive(ends) {
        let bare = word.trim_end_matches(ends);
        if let Some((user, place)) = bare.rsplit_once('@')
            && let Some((host, port)) = place.rsplit_once(':')
            && let Some((name, password)) = user.split_once(':')
            && !(host.is_empty() || name.is_empty() || password.is_empty())
            && port.parse::<u16>().is_ok()
        {
            found.push(Found::secret(at..at + user.len()));
        }
        at += word.len();
    }
}
