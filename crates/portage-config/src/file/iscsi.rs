//! The name under which this machine asks for iSCSI targets: iscsid(8).

use super::unknown::unknown;
use super::{Grammar, Kind, PairsDialect, Place};
use crate::model::Model;
use crate::report::{Code, Findings, Key};

/// The name under which this machine asks for iSCSI targets: `InitiatorName=iqn.YEAR-MONTH.DOMAIN:NAME`, iscsid(8).
pub static INITIATOR_NAME: Kind = Kind {
    name: "initiatorname.iscsi",
    about: "The name under which this machine asks for iSCSI targets: `InitiatorName=iqn.YEAR-MONTH.DOMAIN:NAME`; iscsid(8), and \
            dracut, which sources it.",
    place: Place::File("etc/iscsi/initiatorname.iscsi"),
    grammar: Grammar::Pairs(PairsDialect::Assign),
    template: Some("etc/iscsi/initiatorname.iscsi.j2"),
    mode: 0o644,
    check,
};

/// A name that a target refuses.
pub(crate) const L193: Code = Code::error(
    "L193",
    "bad-initiator-name",
    "iscsid takes the text behind the `=` as it is, quotes too, and the target refuses a name of another form; without a name iscsid \
     ends.",
    "RFC 3720, 3.2.6.3; open-iscsi usr/iscsid.c",
);

fn check(model: &Model, findings: &mut Findings<'_>) {
    let Model::Pairs(pairs) = model else { return };
    for pair in &pairs.pairs {
        let (name, value) = (pair.key.as_str(), pair.value.reveal());
        if !matches!(name, "InitiatorName" | "InitiatorAlias") {
            let message = format!("iscsid does not read `{name}`");
            let known = ["InitiatorName", "InitiatorAlias"];
            unknown(findings, &L193, (Key::of(name), name), message, known, "take it out");
        } else if name == "InitiatorName" && !is_name(value) {
            findings
                .at(&L193, Key::of(name), format!("`{}` is no name of an initiator", pair.value.shown()))
                .set_help("write iqn.YEAR-MONTH.DOMAIN:NAME, in lower case and without quotes");
        }
    }
}

/// `iqn.2026-01.org.example:name`, `eui.` and 16 hexadecimal digits, `naa.` and 16 or 32.
fn is_name(text: &str) -> bool {
    let plain = |text: &str, more: &str| {
        !text.is_empty()
            && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || more.contains(c))
    };
    let hex = |text: &str| text.chars().all(|c| c.is_ascii_hexdigit());
    if text.len() > 223 {
        return false;
    }
    match text.split_once('.') {
        Some(("eui", rest)) => rest.len() == 16 && hex(rest),
        Some(("naa", rest)) => matches!(rest.len(), 16 | 32) && hex(rest),
        Some(("iqn", rest)) => rest.split_once('.').is_some_and(|(date, rest)| {
            let (domain, name) = rest.split_once(':').unwrap_or((rest, "x"));
            let dated = date.split_once('-').is_some_and(|(year, month)| {
                year.len() == 4
                    && year.chars().all(|c| c.is_ascii_digit())
                    && month.len() == 2
                    && month.parse::<u8>().is_ok_and(|month| (1..=12).contains(&month))
            });
            dated && plain(domain, ".-") && plain(name, ".-:")
        }),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use crate::file::testing::{codes, pairs};

    #[test]
    fn names_of_initiators() {
        let of = |key: &str, value: &str| codes("etc/iscsi/initiatorname.iscsi", pairs(&[(key, value)]));
        for value in
            ["iqn.2026-01.org.example:soekris4501", "iqn.2026-01.org.example", "eui.0123456789ABCDEF"]
        {
            assert_eq!(of("InitiatorName", value), [""; 0], "{value}");
        }
        for value in
            ["\"iqn.2026-01.org.example:a\"", "iqn.2026-13.org.example:a", "iqn.org.example:a", "soekris", ""]
        {
            assert_eq!(of("InitiatorName", value), ["L193"], "{value}");
        }
        assert_eq!(of("Initiatorname", "iqn.2026-01.org.example:a"), ["L193"]);
    }
}
