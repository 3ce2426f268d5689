//! Models by hand, and the codes that the check of their kind finds.

use crate::model::{
    Assign, Bytes, Comment, Ini, IniKey, IniSection, Item, Items, Model, Opaque, Pair, Pairs, Rule, Rules,
    Statement, Vars,
};
use crate::report::Report;
use crate::vocab::{RelPath, Word};

pub(crate) fn vars(assigns: &[(&str, &str)]) -> Model {
    let statements = assigns
        .iter()
        .map(|(name, value)| {
            let value = Word::parse(value).unwrap();
            Statement::Assign(Assign { name: (*name).into(), value, ..Assign::default() })
        })
        .collect();
    Model::Vars(Vars { statements, ..Vars::default() })
}

pub(crate) fn rules(rules: &[(&str, &str)]) -> Model {
    let rules = rules
        .iter()
        .map(|(key, words)| {
            let (group, words) = match words.split_once(": ") {
                Some((group, words)) => (Some(group.to_owned()), words),
                None => (None, *words),
            };
            let words = words.split_whitespace().map(str::to_owned).collect();
            Rule { key: (*key).into(), group, words, comment: Comment::default() }
        })
        .collect();
    Model::Rules(Rules { rules, ..Rules::default() })
}

pub(crate) fn items(items: &[&str]) -> Model {
    let items = items.iter().map(|text| Item { text: (*text).into(), ..Item::default() }).collect();
    Model::Items(Items { items, ..Items::default() })
}

pub(crate) fn ini(sections: &[(&str, &[(&str, &str)])]) -> Model {
    let key = |(key, value): &(&str, &str)| IniKey {
        key: (*key).into(),
        value: (*value).into(),
        comment: Comment::default(),
    };
    let sections = sections
        .iter()
        .map(|(name, keys)| IniSection {
            name: (*name).into(),
            keys: keys.iter().map(key).collect(),
            comment: Comment::default(),
        })
        .collect();
    Model::Ini(Ini { sections, ..Ini::default() })
}

pub(crate) fn pairs(pairs: &[(&str, &str)]) -> Model {
    let pair = |(key, value): &(&str, &str)| Pair {
        key: (*key).into(),
        value: (*value).into(),
        comment: Comment::default(),
    };
    Model::Pairs(Pairs { pairs: pairs.iter().map(pair).collect(), ..Pairs::default() })
}

pub(crate) fn opaque(text: &str) -> Model {
    Model::Opaque(Opaque { bytes: Bytes(text.into()) })
}

/// The codes of a file's own check.
pub(crate) fn codes(path: &str, model: Model) -> Vec<&'static str> {
    let path = RelPath::parse(path).unwrap();
    let kind = super::find(&path).unwrap();
    codes_of(kind, &path, model)
}

pub(crate) fn codes_of(kind: &super::Kind, path: &RelPath, model: Model) -> Vec<&'static str> {
    let mut report = Report::new();
    (kind.check)(&model, &mut report.file(path));
    report.diagnostics.iter().map(|diagnostic| diagnostic.code.id).collect()
}
