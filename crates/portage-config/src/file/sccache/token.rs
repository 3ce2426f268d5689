//! The token that a build server shows the scheduler.

use crate::model::{Table, TomlValue};
use crate::report::{Code, Findings, Key};

/// A token of another server.
pub(crate) const L189: Code = Code::error(
    "L189",
    "foreign-server-token",
    "The scheduler takes a token for the one address and port that it was made for: with another public_addr the server is not let in.",
    "sccache 0.19.0, src/bin/sccache-dist/main.rs, check_jwt_server_token",
);

/// Compares the address in a server's token with its own.
pub(super) fn check(table: &Table, findings: &mut Findings<'_>) {
    if text(table, "scheduler_auth.type") != Some("jwt_token") {
        return;
    }
    let payload = text(table, "scheduler_auth.token").and_then(|token| decoded(token.split('.').nth(1)?));
    let payload = payload.and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default();
    let named = payload.split_once("\"server_id\":\"").and_then(|(_, rest)| Some(rest.split_once('"')?.0));
    if let (Some(named), Some(address)) = (named, text(table, "public_addr"))
        && named != address
    {
        let key = Key(vec!["scheduler_auth".to_owned(), "token".to_owned()]);
        let message = format!("the token was made for {named}, and the server is at {address}");
        findings.at(&L189, key, message).set_help(format!(
            "make another one: sccache-dist auth generate-jwt-hs256-server-token --server {address} --config \
             /etc/sccache/scheduler.toml"
        ));
    }
}

/// A text of the table, by its way through it. A secret that is not known is none.
fn text<'a>(table: &'a Table, name: &str) -> Option<&'a str> {
    let (head, rest) = name.split_once('.').map_or((name, None), |(head, rest)| (head, Some(rest)));
    match (&table.entries.iter().find(|entry| entry.key == head)?.value, rest) {
        (TomlValue::Table(inner), Some(rest)) => text(inner, rest),
        (TomlValue::String(value), None) => Some(value.reveal()).filter(|text| text.is_ascii()),
        _ => None,
    }
}

/// The bytes of base64 with the letters of URLs; `None`: it is none.
fn decoded(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let (mut bits, mut count) = (0_u32, 0_u32);
    for byte in text.trim_end_matches('=').bytes() {
        let six = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'-' => 62,
            b'_' => 63,
            _ => return None,
        };
        bits = (bits << 6 | u32::from(six)) & 0xffff;
        count += 6;
        if count >= 8 {
            count -= 8;
            bytes.push(u8::try_from(bits >> count & 0xff).ok()?);
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use crate::report::Report;
    use crate::vocab::RelPath;

    fn found(address: &str, token: &str) -> Vec<String> {
        let auth = format!("[scheduler_auth]\ntype = \"jwt_token\"\ntoken = \"{token}\"\n");
        let text = format!("public_addr = \"{address}\"\n{auth}");
        let path = RelPath::parse("etc/sccache/server.toml").unwrap();
        let kind = crate::file::find(&path).unwrap();
        let mut report = Report::new();
        let model = crate::syntax::read(&kind.grammar, text.as_bytes(), &mut report.file(&path));
        (kind.check)(&model, &mut report.file(&path));
        report.diagnostics.iter().map(|d| format!("{} {}", d.code.id, d.message)).collect()
    }

    #[test]
    fn a_token_is_for_one_address() {
        let token = "x.eyJleHAiOjAsInNlcnZlcl9pZCI6IjE5Mi4wLjIuMTA6ODg4OSJ9.y";
        assert_eq!(found("192.0.2.10:8889", token), [""; 0]);
        let said = "L189 the token was made for 192.0.2.10:8889, and the server is at 192.0.2.11:8889";
        assert_eq!(found("192.0.2.11:8889", token), [said]);
        for unknown in ["‹hidden›", "", "x", "x.y", "x.é.y", "x.eyJ9.y"] {
            assert_eq!(found("192.0.2.11:8889", unknown), [""; 0], "{unknown}");
        }
    }
}
