//! Entries of later layers written into a text of an earlier one.

use std::collections::HashMap;

use super::code;
use super::form;
use super::merge::{Dirty, Reach, Slots};
use super::origin::FileOrigins;
use super::source::at;
use crate::file::{Grammar, Kind};
use crate::model::{IniSection, Model, Rule, Rules, Statement};
use crate::report::{Key, Report};
use crate::syntax::{self, words};
use crate::vocab::{RelPath, Text};

/// The text with the entries named in `dirty` as `slots` has them, and nothing else touched.
pub(super) fn into_text(
    kind: &'static Kind,
    path: &RelPath,
    text: &[u8],
    mut slots: Slots,
    dirty: &Dirty,
    origins: &FileOrigins,
    report: &mut Report,
) -> Vec<u8> {
    let mut quiet = Report::new();
    let mut model = syntax::read(&kind.grammar, text, &mut quiet.file(path));
    let mut problems = Vec::new();
    let mounts = if matches!(model, Model::Fstab(_)) { slots.clone() } else { Slots::new() };
    if !matches!(model, Model::Table(_)) {
        // What the text says of other entries is none of our business.
        slots.retain(|name, _| dirty.contains_key(name));
    }
    let said = form::build(kind, Vec::new(), slots, &mut problems);
    if !problems.is_empty() {
        // What the text alone has against it is no mistake of the entries.
        let mut there = Vec::new();
        form::build(kind, Vec::new(), form::slots(kind, &model), &mut there);
        let same = |a: &form::Problem, b: &form::Problem| a.key == b.key && a.message == b.message;
        problems.retain(|problem| !there.iter().any(|other| same(problem, other)));
    }
    match (&mut model, &said) {
        (Model::Rules(model), Model::Rules(said)) => put_rules(model, said, dirty),
        (Model::Fstab(model), Model::Fstab(_)) => {
            for name in dirty.keys() {
                let slot = mounts.get_key_value(name).map(|(name, slot)| (name.clone(), slot.clone()));
                let only = form::build(kind, Vec::new(), slot.into_iter().collect(), &mut Vec::new());
                let Model::Fstab(mut only) = only else { continue };
                let last = form::mount_keys(model).iter().rposition(|key| key == name);
                match (last.and_then(|at| model.mounts.get_mut(at)), only.mounts.pop()) {
                    (Some(place), Some(mount)) => *place = mount,
                    (None, Some(mount)) => model.mounts.push(mount),
                    (_, None) => {
                        let mut keys = form::mount_keys(model).into_iter();
                        model.mounts.retain(|_| keys.next().as_ref() != Some(name));
                    }
                }
            }
        }
        (model, said) => {
            for (name, reach) in dirty {
                put(&kind.grammar, text, model, said, (name, reach));
            }
        }
    }
    let mut fail = |key: &Key, message: String, help: Option<String>| {
        let touch = origins.entries.get(key).and_then(|all| all.last()).or(origins.file.last());
        if let Some(touch) = touch {
            at(report, &code::S011, touch.span, message).help = help;
        }
    };
    for problem in problems {
        fail(&Key::of(&problem.key), problem.message, problem.help);
    }
    match syntax::write(&kind.grammar, text, &model) {
        Ok(bytes) => bytes,
        Err(refusal) => {
            fail(&refusal.key, refusal.message, None);
            text.to_vec()
        }
    }
}

/// Takes rules over. Lines of one atom add up: words that are gone leave every line, new ones go into the last.
fn put_rules(model: &mut Rules, said: &Rules, dirty: &Dirty) {
    let group = |rule: &Rule| rule.group.as_ref().map(|group| group.to_ascii_uppercase());
    let mut new: HashMap<&str, Vec<&Rule>> = HashMap::new();
    for rule in said.rules.iter().filter(|rule| dirty.contains_key(&rule.key)) {
        new.entry(&rule.key).or_default().push(rule);
    }
    let mut old: HashMap<String, Vec<usize>> = HashMap::new();
    for (at, rule) in model.rules.iter().enumerate().filter(|(_, rule)| dirty.contains_key(&rule.key)) {
        old.entry(rule.key.clone()).or_default().push(at);
    }
    // Each line, and what follows it from now on.
    let mut lines: Vec<(Option<Rule>, Vec<Rule>)> =
        std::mem::take(&mut model.rules).into_iter().map(|rule| (Some(rule), Vec::new())).collect();
    let mut end = Vec::new();
    for name in dirty.keys() {
        let new = new.get(name.as_str()).map(Vec::as_slice).unwrap_or_default();
        let old = old.get(name).map(Vec::as_slice).unwrap_or_default();
        let mut groups: Vec<(Option<String>, Vec<usize>)> = Vec::new();
        for at in old {
            let Some(own) = lines.get(*at).and_then(|(line, _)| line.as_ref()).map(group) else { continue };
            match groups.iter_mut().find(|(other, _)| *other == own) {
                Some((_, all)) => all.push(*at),
                None => groups.push((own, vec![*at])),
            }
        }
        for (own, all) in &groups {
            let wanted = new.iter().find(|rule| group(rule) == *own).map(|rule| rule.words.as_slice());
            spread(&mut lines, all, wanted);
        }
        for rule in new.iter().filter(|rule| !groups.iter().any(|(own, _)| *own == group(rule))) {
            match old.last().and_then(|at| lines.get_mut(*at)) {
                Some((_, behind)) => behind.push((*rule).clone()),
                None => end.push((*rule).clone()),
            }
        }
    }
    model.rules =
        lines.into_iter().flat_map(|(line, behind)| line.into_iter().chain(behind)).chain(end).collect();
}

/// Makes the lines `all`, together, say the words `wanted`.
fn spread(lines: &mut [(Option<Rule>, Vec<Rule>)], all: &[usize], wanted: Option<&[String]>) {
    let kept = |at: &usize| {
        let words = lines.get(*at).and_then(|(line, _)| line.as_ref()).map(|line| line.words.as_slice());
        let kept =
            words.unwrap_or_default().iter().filter(|word| wanted.is_some_and(|all| all.contains(word)));
        kept.cloned().collect::<Vec<String>>()
    };
    let mut words: Vec<Vec<String>> = all.iter().map(kept).collect();
    let Some(wanted) = wanted else {
        for at in all {
            if let Some((line, _)) = lines.get_mut(*at) {
                *line = None;
            }
        }
        return;
    };
    match (wanted.strip_prefix(words.concat().as_slice()), words.last_mut()) {
        (Some(more), Some(last)) => last.extend_from_slice(more),
        // Another order: one line says all.
        _ => {
            words.iter_mut().for_each(Vec::clear);
            if let Some(last) = words.last_mut() {
                *last = wanted.to_vec();
            }
        }
    }
    for (at, words) in all.iter().zip(words) {
        let Some((line, _)) = lines.get_mut(*at) else { continue };
        match line {
            Some(rule) if words.is_empty() && !rule.words.is_empty() => *line = None,
            Some(rule) => rule.words = words,
            None => {}
        }
    }
}

/// Takes one entry over. Of several lines of one entry the last one changes: that is the one that counts.
fn put(grammar: &Grammar, text: &[u8], model: &mut Model, said: &Model, (name, reach): (&str, &Reach)) {
    match (model, said) {
        (Model::Items(model), Model::Items(said)) => match said.items.iter().find(|item| item.text == name) {
            Some(item) if !model.items.iter().any(|other| other.text == name) => {
                model.items.push(item.clone())
            }
            Some(_) => {}
            None => model.items.retain(|item| item.text != name),
        },
        (Model::Vars(model), Model::Vars(said)) => {
            let is =
                |statement: &Statement| matches!(statement, Statement::Assign(assign) if assign.name == name);
            match (model.statements.iter().rposition(is), said.get(name)) {
                (Some(last), Some(new)) => {
                    let laid = match reach {
                        Reach::Whole => None,
                        _ => syntax::laid_out(grammar, text, last, &new.value),
                    };
                    if let Some(Statement::Assign(assign)) = model.statements.get_mut(last) {
                        let secret = new.value.is_secret();
                        assign.value = laid.unwrap_or_else(|| new.value.clone()).into_secret(secret);
                    }
                }
                (None, Some(new)) => {
                    // Above the first that refers to it: Portage reads from top to bottom.
                    let refers = |statement: &Statement| match statement {
                        Statement::Assign(assign) => assign.value.references().any(|other| other == name),
                        Statement::Source(source) => source.path.references().any(|other| other == name),
                    };
                    let at = model.statements.iter().position(refers).unwrap_or(model.statements.len());
                    model.statements.insert(at, Statement::Assign(new.clone()));
                }
                (_, None) => model.statements.retain(|statement| !is(statement)),
            }
        }
        (Model::Ini(model), Model::Ini(said)) => {
            let at = model.sections.iter().rposition(|section| section.name == name);
            match (at, said.sections.iter().find(|section| section.name == name)) {
                (Some(at), Some(new)) => {
                    if let Some(section) = model.sections.get_mut(at) {
                        put_keys(section, new, reach);
                    }
                }
                (None, Some(new)) => model.sections.push(new.clone()),
                (_, None) => model.sections.retain(|section| section.name != name),
            }
        }
        (Model::Pairs(model), Model::Pairs(said)) => match said.pairs.iter().find(|pair| pair.key == name) {
            Some(new) => match model.pairs.iter_mut().rev().find(|pair| pair.key == name) {
                Some(pair) => pair.value = new.value.clone(),
                None => model.pairs.push(new.clone()),
            },
            None => model.pairs.retain(|pair| pair.key != name),
        },
        // A table holds each key once: the merged model is the model.
        (model @ Model::Table(_), said) => *model = said.clone(),
        _ => {}
    }
}

/// Takes the keys of a section over. Where only words of a value changed, its line breaks and blanks stay.
fn put_keys(section: &mut IniSection, new: &IniSection, reach: &Reach) {
    let old = std::mem::replace(&mut section.keys, new.keys.clone());
    let Reach::Parts(parts) = reach else { return };
    for key in &mut section.keys {
        if let Some(Reach::Words) = parts.get(&key.key)
            && let Some(before) = old.iter().find(|before| before.key == key.key)
        {
            let laid = words::changed(before.value.reveal(), key.value.reveal());
            key.value = if key.value.is_secret() { Text::secret(laid) } else { laid.into() };
        }
    }
}
