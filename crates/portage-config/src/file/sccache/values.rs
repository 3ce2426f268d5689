//! What the values of sccache's files must be like: sccache reads them at its start, and stops at the first bad one.

use std::net::SocketAddr;

use crate::model::{Table, TomlValue};
use crate::report::{Code, Findings, Key};

/// A value that sccache refuses.
pub(crate) const L196: Code = Code::error(
    "L196",
    "bad-sccache-value",
    "sccache and its servers do not start with the value, or are not let in: addresses are numbers, the scheduler's \
     URL has no path, sizes end in one letter, a key has 256 bits, and a server's token holds for one address.",
    "sccache 0.19.0, src/config.rs and src/dist/http.rs",
);

/// The words that a key may have.
const WORDS: &[(&str, &str, &[&str])] = &[
    ("client", "cache.disk.rw_mode", &["READ_ONLY", "READ_WRITE"]),
    ("client", "dist.auth.type", &["token", "oauth2_code_grant_pkce", "oauth2_implicit"]),
    ("scheduler", "client_auth.type", &["DANGEROUSLY_INSECURE", "token", "jwt_validate", "proxy_token"]),
    ("scheduler", "server_auth.type", &["DANGEROUSLY_INSECURE", "jwt_hs256", "token"]),
    ("server", "builder.type", &["docker", "overlay", "pot"]),
    ("server", "scheduler_auth.type", &["DANGEROUSLY_INSECURE", "jwt_token", "token"]),
];

/// Stands for a secret that is not read: checking does without.
const UNREAD: &str = "@";

/// Bytes of the key of HS256.
const KEY_BYTES: usize = 32;

pub(super) fn check(file: &str, table: &Table, findings: &mut Findings<'_>) {
    let mut wrong = |name: &str, message: String, help: &str| {
        let key = Key(name.split('.').map(str::to_owned).collect());
        findings.at(&L196, key, message).set_help(help.to_owned());
    };
    for (_, name, words) in WORDS.iter().filter(|(of, ..)| *of == file) {
        if let Some(word) = text(table, name).filter(|word| !words.contains(word)) {
            wrong(name, format!("`{name}` is `{word}`"), &format!("it is one of {}", words.join(", ")));
        }
    }
    for name in ["public_addr", "bind_address"] {
        if let Some(address) = text(table, name)
            && address.parse::<SocketAddr>().is_err()
        {
            let message = format!("`{address}` is no address with a port: names are not looked up");
            wrong(name, message, "write IP:PORT, such as 192.0.2.10:10501");
        }
    }
    for name in ["scheduler_url", "dist.scheduler_url"] {
        let Some(url) = text(table, name) else { continue };
        let rest = url.strip_prefix("http://").or_else(|| url.strip_prefix("https://"));
        // The client takes IP:PORT alone, with a warning.
        let place = rest.or_else(|| url.parse::<SocketAddr>().is_ok().then_some(url));
        match place.map(|place| place.split_once('/').unwrap_or((place, ""))) {
            Some((host, "")) if !host.is_empty() && !host.contains(char::is_whitespace) => {}
            Some((_, path)) if !path.is_empty() => {
                wrong(name, format!("`{url}` has a path"), "the scheduler is at the top of its server");
            }
            _ => wrong(name, format!("`{url}` is no http or https URL"), "write http://HOST:PORT"),
        }
    }
    for name in ["cache.disk.size", "dist.toolchain_cache_size"] {
        let message = match entry(table, name) {
            Some(TomlValue::String(_)) => {
                text(table, name).filter(|size| !is_size(size)).map(|size| format!("`{size}` is no size"))
            }
            None | Some(TomlValue::Integer(..)) => None,
            Some(_) => Some(format!("`{name}` is a size")),
        };
        if let Some(message) = message {
            wrong(name, message, "write a number and K, M, G or T, such as 5G");
        }
    }
    if file == "server" && text(table, "toolchain_cache_size").is_some() {
        let name = "toolchain_cache_size";
        wrong(name, format!("`{name}` is a text here"), "write the number of bytes, without quotes");
    }
    if text(table, "server_auth.type") == Some("jwt_hs256")
        && let Some(key) = text(table, "server_auth.secret_key")
        // A secret that checking does without is read as `@`.
        && key != "@"
        && decoded(key).is_none_or(|bytes| bytes.len() != KEY_BYTES)
    {
        let message = "the key is not 256 bits in base64url".to_owned();
        wrong("server_auth.secret_key", message, "make one with `sccache-dist auth generate-jwt-hs256-key`");
    }
    check_token(table, &mut wrong);
}

/// A server's token names the address that it was made for.
fn check_token(table: &Table, wrong: &mut impl FnMut(&str, String, &str)) {
    if text(table, "scheduler_auth.type") != Some("jwt_token") {
        return;
    }
    let payload = text(table, "scheduler_auth.token").and_then(|token| decoded(token.split('.').nth(1)?));
    let payload = payload.and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default();
    let named = payload.split_once("\"server_id\":\"").and_then(|(_, rest)| Some(rest.split_once('"')?.0));
    if let (Some(named), Some(address)) = (named, text(table, "public_addr"))
        && named != address
    {
        let message = format!("the token was made for {named}, and the server is at {address}");
        let help = format!(
            "make another one: sccache-dist auth generate-jwt-hs256-server-token --server {address} --config \
             /etc/sccache/scheduler.toml"
        );
        wrong("scheduler_auth.token", message, &help);
    }
}

fn is_size(size: &str) -> bool {
    let number = size.strip_suffix(['K', 'M', 'G', 'T']).unwrap_or(size);
    !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
}

/// A text of the table, by its way through it. A secret that is not known is none.
fn text<'a>(table: &'a Table, name: &str) -> Option<&'a str> {
    match entry(table, name)? {
        TomlValue::String(value) => Some(value.reveal()).filter(|text| *text != UNREAD),
        _ => None,
    }
}

/// A value of the table, by its way through it.
fn entry<'a>(table: &'a Table, name: &str) -> Option<&'a TomlValue> {
    let (head, rest) = name.split_once('.').map_or((name, None), |(head, rest)| (head, Some(rest)));
    match (&table.entries.iter().find(|entry| entry.key == head)?.value, rest) {
        (TomlValue::Table(inner), Some(rest)) => entry(inner, rest),
        (value, None) => Some(value),
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

    fn found(file: &str, text: &str) -> Vec<String> {
        let path = RelPath::parse(&format!("etc/sccache/{file}.toml")).unwrap();
        let kind = crate::file::find(&path).unwrap();
        let mut report = Report::new();
        let model = crate::syntax::read(&kind.grammar, text.as_bytes(), &mut report.file(&path));
        (kind.check)(&model, &mut report.file(&path));
        report.diagnostics.iter().map(|d| format!("{} {}", d.code.id, d.message)).collect()
    }

    /// sccache 0.19.0 refuses such values.
    #[test]
    fn values_are_those_that_sccache_takes() {
        let url = |url: &str| found("client", &format!("[dist]\nscheduler_url = \"{url}\"\n"));
        for good in ["http://192.0.2.10:64888", "https://farm.example.org/", "192.0.2.10:64888"] {
            assert_eq!(url(good), [""; 0], "{good}");
        }
        assert_eq!(url("http://1.2.3.4:1/x"), ["L196 `http://1.2.3.4:1/x` has a path"]);
        assert_eq!(url("ftp://x"), ["L196 `ftp://x` is no http or https URL"]);
        let size = |size: &str| found("client", &format!("[cache.disk]\nsize = {size}\n"));
        assert_eq!((size("\"5G\""), size("5")), (vec![], vec![]));
        assert_eq!(size("\"5GB\""), ["L196 `5GB` is no size"]);
        let kind = found("client", "[dist.auth]\ntype = \"mozilla\"\n");
        assert_eq!(kind, ["L196 `dist.auth.type` is `mozilla`"]);
        let address = |address: &str| found("scheduler", &format!("public_addr = \"{address}\"\n"));
        assert_eq!((address("0.0.0.0:1"), address("[::1]:1")), (vec![], vec![]));
        let said = "L196 `localhost:64888` is no address with a port: names are not looked up";
        assert_eq!(address("localhost:64888"), [said]);
        let number = found("server", "toolchain_cache_size = \"5G\"\n");
        assert_eq!(number, ["L196 `toolchain_cache_size` is a text here"]);
    }

    #[test]
    fn keys_and_tokens_fit() {
        let key = |key: &str| {
            found("scheduler", &format!("[server_auth]\ntype = \"jwt_hs256\"\nsecret_key = \"{key}\"\n"))
        };
        assert_eq!(key("ofhUvxXNRIqc2dQI5yMSozbPuvAn-kNiNDsEMjA8j6I"), [""; 0]);
        assert_eq!(key("short"), ["L196 the key is not 256 bits in base64url"]);
        assert_eq!(key("@"), [""; 0], "one that is not known is not judged");
        let token = "x.eyJleHAiOjAsInNlcnZlcl9pZCI6IjE5Mi4wLjIuMTA6ODg4OSJ9.y";
        let server = |address: &str| {
            let auth = format!("[scheduler_auth]\ntype = \"jwt_token\"\ntoken = \"{token}\"\n");
            found("server", &format!("public_addr = \"{address}\"\n{auth}"))
        };
        assert_eq!(server("192.0.2.10:8889"), [""; 0]);
        let said = "L196 the token was made for 192.0.2.10:8889, and the server is at 192.0.2.11:8889";
        assert_eq!(server("192.0.2.11:8889"), [said]);
    }
}
