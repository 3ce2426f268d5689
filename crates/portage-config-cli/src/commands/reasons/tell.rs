//! How an explanation is told.

use std::fmt::Write;

use portage_config::resolve::{Effect, Explanation, Step};
use portage_config::vocab::{is_secret_name, mask};

use super::{HEADER, PLACE};
use crate::answer::{Answer, Data};
use crate::args::Look;
use crate::json;

/// An explanation, for people and for programs.
pub(super) fn tell(
    about: &'static str,
    name: String,
    subject: Option<&str>,
    explanation: &Explanation,
    look: &Look,
    answer: &mut Answer,
) {
    let secret = is_secret_name(subject.unwrap_or(&name));
    let shown = |text: &str| if secret { "‹hidden›".to_owned() } else { mask(text).into_owned() };
    let mut text = String::new();
    let what = subject.map_or_else(|| name.clone(), |subject| format!("{name} {subject}"));
    let value = if explanation.value.is_empty() { "nothing".to_owned() } else { shown(&explanation.value) };
    let _ = writeln!(text, "{HEADER}{what}{HEADER:#}: {value}");
    let mut from = Vec::new();
    for step in &explanation.steps {
        let reason = reason(step, &shown);
        line_of(&mut text, step, &reason, look.verbose);
        from.push(reason);
    }
    answer.data = Data::Text(text);
    answer.more.explain = Some(json::Explained {
        about,
        name,
        subject: subject.map(str::to_owned),
        value: Some(shown(&explanation.value)),
        from: Some(from),
        package: None,
        example: None,
    });
}

pub(super) fn reason(step: &Step, shown: &dyn Fn(&str) -> String) -> json::Reason {
    json::Reason {
        path: step.place.as_ref().map(|place| place.path.clone()),
        line: step.place.as_ref().map(|place| place.line),
        text: step.place.as_ref().map(|place| shown(&place.text)),
        layer: Some(step.layer).filter(|layer| !layer.is_empty()),
        says: shown(&step.says),
        effect: step.effect.name(),
        because: step.because.clone(),
        without: step.without.as_deref().map(shown),
    }
}

pub(super) fn line_of(text: &mut String, step: &Step, reason: &json::Reason, verbose: bool) {
    let place = match (&reason.path, reason.line) {
        (Some(path), Some(line)) => format!("{path}:{line}"),
        _ => format!("({})", step.layer),
    };
    let does = match step.effect {
        Effect::Set => "holds",
        Effect::Add => "adds",
        Effect::Remove => "takes away",
        Effect::Lost => "loses",
        _ => "has a part",
    };
    let _ =
        write!(text, "  {PLACE}{place}{PLACE:#}  {does}: {}", reason.text.as_deref().unwrap_or(&reason.says));
    if let Some(because) = &reason.because {
        let _ = write!(text, " ({because})");
    }
    text.push('\n');
    if verbose && let Some(without) = &reason.without {
        let without = if without.is_empty() { "nothing" } else { without };
        let _ = writeln!(text, "      without it: {without}");
    }
}
