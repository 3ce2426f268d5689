//! What files of rules have in common.

use std::collections::HashMap;

use crate::model::Rules;
use crate::report::{Code, Findings, Key};

/// One atom that says yes and no.
pub(crate) const L108: Code = Code::warning(
    "L108",
    "contradiction",
    "Words of the same atom add up in reading order: the last one holds, and the other does nothing.",
    "lib/portage/util/__init__.py, grabdict; lib/portage/package/ebuild/_config/helper.py",
);

/// Reports words that a later line of the same atom turns around.
pub(super) fn check_contradictions(rules: &Rules, findings: &mut Findings<'_>) {
    let mut said: HashMap<(&str, Option<&str>, &str), bool> = HashMap::new();
    for rule in &rules.rules {
        for word in &rule.words {
            let (bare, on) = match word.strip_prefix('-') {
                Some(bare) => (bare, false),
                None => (word.as_str(), true),
            };
            let before = said.insert((&rule.key, rule.group.as_deref(), bare), on);
            if bare != "*" && before.is_some_and(|before| before != on) {
                let other = if on { format!("-{bare}") } else { bare.to_owned() };
                findings
                    .word(
                        &L108,
                        Key::of(&rule.key),
                        word,
                        format!("`{word}` and `{other}` for the same atom: `{word}` holds"),
                    )
                    .set_help("take one of them out");
            }
        }
    }
}
