//! `new`.

use std::path::Path;

use portage_config::spec;

use crate::answer::{Answer, Data};
use crate::args::New;
use crate::commands::fill::{self, Filled};
use crate::commands::{explain, params, presets, write};
use crate::load::{self, How};
use crate::{codes, entries};

pub(crate) fn run(args: &New) -> Answer {
    let mut answer = Answer::default();
    let Some((name, preset)) = presets::find(&args.preset) else {
        return presets::unknown(&args.preset, true, answer);
    };
    if spec::is_block(name) {
        let help = format!(
            "extend it: `extends = [\"preset:{name}\"]`; `portage-config presets {name}` shows what it brings"
        );
        return answer.failed(&codes::BLOCK, format!("`{name}` is a building block, no system"), Some(help));
    }
    let how = How { set: &args.fill.set, ..How::default() };
    let Some(resolved) = load::load_path(&format!("preset:{name}"), how, &mut answer) else {
        return answer.nothing();
    };
    if answer.has_errors() {
        return answer.nothing();
    }
    let filled = fill::choose(&resolved.params, &args.fill.set, args.example);
    let machines = fill::machines(preset);
    let text = if args.short {
        // The tables first: the comments of parameters end the text.
        let head = format!("spec = 1\nextends = [\"preset:{name}\"]\n");
        fill::tables(&head, &args.fill.set, &machines).map(|head| short(head, &filled))
    } else {
        fill::whole(preset, &filled)
            .and_then(|text| explain::explained(&text, &resolved.variants))
            .and_then(|text| fill::tables(&text, &args.fill.set, &machines))
    };
    let text = match text {
        Ok(text) => text,
        Err(error) => {
            let message = format!("the preset `{name}` cannot be filled: {error}");
            return answer.failed(&codes::CANNOT_WRITE, message, None);
        }
    };
    let unset = filled.iter().filter(|filled| filled.value.is_none() && filled.default.is_none());
    let unset: Vec<&str> = unset.map(|filled| filled.name.as_str()).collect();
    if !unset.is_empty() {
        answer.notes.push(format!("still to be filled: {}", unset.join(", ")));
    }
    let mut listed = params::list(&resolved);
    for param in &mut listed {
        if let Some(filled) =
            filled.iter().find(|filled| filled.name == param.name && filled.default.is_none())
        {
            param.set = filled.value.is_some();
            param.value = filled.value.clone().filter(|_| !param.secret);
        }
    }
    answer.more.params = Some(listed);
    match args.out.as_deref().filter(|path| *path != Path::new("-")) {
        Some(path) => {
            let is_private = filled.iter().any(|filled| filled.secret && filled.value.is_some());
            let mode = if is_private { 0o600 } else { 0o644 };
            if !write::file(path, text.as_bytes(), mode, args.force, &mut answer) {
                return answer.nothing();
            }
            answer.more.out = Some(path.display().to_string());
        }
        None => {
            answer.more.text = Some(answer.secrets.hide(&text).into_owned());
            answer.data = Data::Bytes(text.into_bytes());
        }
    }
    answer
}

/// `extends` and the parameters.
fn short(mut text: String, filled: &[Filled]) -> String {
    if !filled.is_empty() {
        text.push_str("\n[param]\n");
    }
    for param in filled {
        text.push_str(&param.comments());
        let start = if param.value.is_some() { "" } else { "# " };
        text.push_str(&format!("{start}{} = {}\n", entries::toml_key(&[&param.name]), param.spelled()));
    }
    text
}
