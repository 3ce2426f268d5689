//! What a language cannot say is said in another way that means the same.

use std::borrow::Cow;

use crate::file::{Grammar, Groups, Kind};
use crate::model::{Comment, Model, Mount, Rule};

/// The model as a file of the kind can say it: comments behind an entry go above it where the language has none
/// there, and groups become full flag names where a group would leak into later lines.
pub(super) fn settled<'a>(kind: &Kind, model: &'a Model) -> Cow<'a, Model> {
    let mut model = Cow::Borrowed(model);
    match (&kind.grammar, model.as_ref()) {
        (Grammar::Rules(dialect), Model::Rules(rules))
            if dialect.groups != Groups::Line && rules.rules.iter().any(|rule| rule.group.is_some()) =>
        {
            if let Model::Rules(rules) = model.to_mut() {
                rules.rules.iter_mut().for_each(spell_group_out);
            }
        }
        (Grammar::Ini(_), Model::Ini(ini)) => {
            let keys = ini.sections.iter().flat_map(|s| &s.keys).map(|k| &k.comment);
            if keys.chain(ini.sections.iter().map(|s| &s.comment)).any(|c| c.behind.is_some())
                && let Model::Ini(ini) = model.to_mut()
            {
                for section in &mut ini.sections {
                    lift(&mut section.comment);
                    section.keys.iter_mut().for_each(|key| lift(&mut key.comment));
                }
            }
        }
        (Grammar::Pairs(_), Model::Pairs(pairs)) => {
            if pairs.pairs.iter().any(|p| p.comment.behind.is_some())
                && let Model::Pairs(pairs) = model.to_mut()
            {
                pairs.pairs.iter_mut().for_each(|pair| lift(&mut pair.comment));
            }
        }
        (Grammar::Fstab, Model::Fstab(fstab)) => {
            if fstab.mounts.iter().any(|m| m.comment.behind.is_some() || numbers_alone(m))
                && let Model::Fstab(fstab) = model.to_mut()
            {
                for mount in &mut fstab.mounts {
                    lift(&mut mount.comment);
                    if numbers_alone(mount) {
                        mount.options = vec!["defaults".into()];
                    }
                }
            }
        }
        _ => {}
    }
    model
}

/// The numbers of a row stand behind its options: there have to be some.
fn numbers_alone(mount: &Mount) -> bool {
    mount.options.is_empty() && (mount.dump, mount.pass) != (0, 0)
}

fn lift(comment: &mut Comment) {
    comment.above.extend(comment.behind.take());
}

fn spell_group_out(rule: &mut Rule) {
    if let Some(group) = rule.group.take() {
        let group = group.to_lowercase();
        for word in &mut rule.words {
            *word = match word.strip_prefix('-') {
                Some(flag) => format!("-{group}_{flag}"),
                None => format!("{group}_{word}"),
            };
        }
    }
}
