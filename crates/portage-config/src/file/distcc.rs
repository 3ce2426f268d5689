//! The machines that distcc compiles on: distcc(1).

use super::unknown::{is_number, unknown};
use super::{Grammar, ItemWords, ItemsDialect, Kind, Place};
use crate::model::Model;
use crate::report::{Code, Findings, Key};

/// The machines that distcc compiles on, the first one first: `HOST[:PORT][/LIMIT][,lzo][,cpp]` a line, distcc(1).
pub static DISTCC_HOSTS: Kind = Kind {
    name: "distcc.hosts",
    about: "The machines that distcc compiles on, the first one first: `HOST[:PORT][/LIMIT][,lzo][,cpp]` a line, distcc(1). \
            What no distcc reaches (linking, configure, other languages, LTO) is compiled here.",
    place: Place::File("etc/distcc/hosts"),
    grammar: Grammar::Items(ItemsDialect { words: ItemWords::Setting, whole_line: true }),
    template: Some("etc/distcc/hosts.j2"),
    mode: 0o644,
    check,
};

/// A host that distcc does not take.
pub(crate) const L192: Code = Code::error(
    "L192",
    "bad-distcc-host",
    "At a host that it cannot read distcc gives all hosts up and compiles here; an option that it does not know it passes over.",
    "distcc(1), HOST SPECIFICATIONS; src/hosts.c",
);

const OPTIONS: [&str; 4] = ["lzo", "cpp", "auth", "down"];
const WORDS: [&str; 5] = ["--randomize", "--localslots=", "--localslots_cpp=", "localhost", "+zeroconf"];

fn check(model: &Model, findings: &mut Findings<'_>) {
    let Model::Items(items) = model else { return };
    for item in &items.items {
        for word in item.text.split('#').next().unwrap_or_default().split_whitespace() {
            let key = || Key::of(item.text.as_str());
            if word.starts_with("--") || word.starts_with('+') {
                let (name, value) =
                    word.split_once('=').map_or((word, None), |(name, value)| (name, Some(value)));
                let spelled = if value.is_some() { format!("{name}=") } else { name.to_owned() };
                if !WORDS.contains(&spelled.as_str()) {
                    let message = format!("distcc knows no `{word}`");
                    unknown(findings, &L192, (key(), &spelled), message, WORDS, "take it out");
                } else if value.is_some_and(|value| !is_number(value)) {
                    findings
                        .at(&L192, key(), format!("`{word}` has no number"))
                        .set_help("write a whole number");
                }
                continue;
            }
            let mut parts = word.split(',');
            let host = parts.next().unwrap_or_default();
            let options: Vec<&str> = parts.collect();
            // ssh: USER@HOST:COMMAND
            let host = if host.contains('@') { host.split(':').next().unwrap_or(host) } else { host };
            let (host, limit) =
                host.rsplit_once('/').map_or((host, None), |(host, limit)| (host, Some(limit)));
            if let Some(limit) = limit
                && !is_number(limit)
            {
                findings
                    .at(&L192, key(), format!("`{limit}` is no number of jobs"))
                    .set_help("write HOST/NUMBER, options behind a comma");
            }
            let bare = host.rsplit_once(']').map_or(host, |(_, after)| after);
            if let Some((_, port)) = bare.split_once(':').filter(|_| !host.contains('@'))
                && !port.parse::<u16>().is_ok_and(|port| port > 0)
            {
                findings
                    .at(&L192, key(), format!("`{port}` is no port"))
                    .set_help("write HOST:PORT, and brackets around an IPv6 address");
            }
            if host.is_empty() {
                findings
                    .at(&L192, key(), format!("`{word}` names no host"))
                    .set_help("write its name or address");
            }
            for option in &options {
                if !OPTIONS.contains(option) && !option.starts_with("auth=") {
                    let message = format!("distcc knows no option `{option}` of a host");
                    unknown(findings, &L192, (key(), option), message, OPTIONS, "take it out");
                }
            }
            if options.contains(&"cpp") && !options.contains(&"lzo") {
                findings
                    .at(&L192, key(), format!("`{word}` has cpp without lzo: pump mode needs both"))
                    .set_help("add ,lzo");
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::file::testing::{codes, items};

    #[test]
    fn hosts_that_distcc_takes() {
        let of = |line: &str| codes("etc/distcc/hosts", items(&[line]));
        for line in [
            "localhost/2",
            "192.0.2.20/8,lzo",
            "192.0.2.20:3632/8,cpp,lzo 192.0.2.21",
            "[2001:db8::1]:3632/4",
            "@builder.example.org",
            "--randomize",
            "--localslots=2",
        ] {
            assert_eq!(of(line), [""; 0], "{line}");
        }
        for line in ["h/x", "h,lzoo", "h:port", "2001:db8::1", "--randomise", "--localslots=x", "/4", "h,cpp"]
        {
            assert_eq!(of(line), ["L192"], "{line}");
        }
    }
}
