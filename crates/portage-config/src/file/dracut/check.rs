//! What a configuration of dracut means.

use super::table::{Type, parameter, parameters};
use crate::model::{Assign, Model};
use crate::report::{Code, Findings, Key, Severity};
use crate::vocab::nearest;

const L065: Code = Code::error(
    "L065",
    "dracut-joined-words",
    "dracut adds list values up as text: without blanks at both ends the last word of one file and the first of the \
     next become one.",
    "dracut.conf(5); the warning of dracut.sh, check_conf_file",
);
const L066: Code = Code::error(
    "L066",
    "dracut-unknown",
    "The file is sourced by bash: dracut takes an unknown variable, and a value it does not know, without a word.",
    "dracut.conf(5)",
);
const L067: Code = Code::warning(
    "L067",
    "dracut-list-replaced",
    "`=` throws away what earlier files put into the list.",
    "dracut.conf(5)",
);
const L071: Code = Code::hint(
    "L071",
    "dracut-hostonly",
    "The default of `hostonly` is no in dracut 059 and yes in 111: whether the image fits this machine only depends on \
     the version that makes it.",
    "dracut.conf(5) of 059 and 111",
);
const L161: Code = Code::error(
    "L161",
    "dracut-appended-scalar",
    "`+=` on a variable that is no list joins two values to one text: `yes` and `no` become `yesno`.",
    "dracut.conf(5); bash(1)",
);

/// All codes of this module.
pub(crate) static CODES: &[&Code] = &[&L065, &L066, &L067, &L071, &L161];

pub(super) fn check(model: &Model, findings: &mut Findings<'_>) {
    let Model::Vars(vars) = model else { return };
    for assign in vars.assigns() {
        check_assign(assign, findings);
    }
    let telling = ["dracutmodules", "kernel_cmdline"].into_iter().find(|key| vars.get(key).is_some());
    if let Some(key) = telling
        && vars.get("hostonly").is_none()
    {
        findings
            .at(&L071, Key::of(key), "`hostonly` is not set, and its default differs between versions")
            .set_help("write `hostonly=\"no\"` for an image that boots other machines, `hostonly=\"yes\"` otherwise");
    }
}

fn check_assign(assign: &Assign, findings: &mut Findings<'_>) {
    let name = assign.name.as_str();
    let key = Key::of(name);
    let Some(known) = parameter(name) else {
        let near = nearest(name, parameters().iter().map(|p| p.key));
        let found = findings.at(&L066, key, format!("dracut knows no variable `{name}`"));
        match near {
            Some(near) => drop(found.set_help(format!("did you mean `{near}`?"))),
            // a file that bash sources may set a variable of its own, or of a program that dracut calls
            None => found.severity = Severity::Warning,
        }
        return;
    };
    let list = known.ty == Type::Words;
    if assign.append && !list {
        findings
            .at(&L161, key, format!("`{name}` is no list, and `+=` adds to its text"))
            .set_help(format!("write `{name}=`"));
        return;
    }
    if list && !assign.append && known.append {
        findings
            .at(&L067, key.clone(), format!("`=` replaces what earlier files put into `{name}`"))
            .set_help(format!("write `{name}+=`"));
    }
    let text = assign.value.spell();
    if list && assign.append && !text.is_empty() && !(starts_blank(&text) && ends_blank(&text)) {
        findings
            .at(&L065, key.clone(), format!("the words of `{name}` join with those of other files"))
            .set_help(format!("write `{name}+=\" {} \"`", assign.value.shown().trim()));
    }
    let Some(value) = assign.value.plain() else { return };
    let wrong = match &known.ty {
        // an empty value is an unset one
        _ if value.is_empty() => None,
        Type::Bool => (!matches!(value, "yes" | "no")).then(|| "`yes` or `no`".to_owned()),
        Type::Choice(words) => (!words.contains(&value)).then(|| format!("one of {}", words.join(", "))),
        Type::Integer(from, to) => {
            let good = value.parse::<u32>().is_ok_and(|number| (from..=to).contains(&&number));
            (!good).then(|| format!("a number from {from} to {to}"))
        }
        Type::Words | Type::Path | Type::Text => None,
    };
    if let Some(wanted) = wrong {
        findings
            .word(&L066, key, value, format!("`{value}` is no value of `{name}`"))
            .set_help(format!("write {wanted}"));
    }
}

fn starts_blank(text: &str) -> bool {
    text.starts_with(char::is_whitespace)
}

fn ends_blank(text: &str) -> bool {
    text.ends_with(char::is_whitespace)
}
