//! What a merged file says.

use std::cell::RefCell;

use super::list::{Both, Lists, Three, Unpaired, merge};
use super::words::{self, Style};
use super::{nested, vars};
use crate::file::{Grammar, Kind};
use crate::model::{Comment, Item, Model, Mount, Pair, Rule};
use crate::report::Key;
use crate::vocab::Text;

/// The model of `theirs` with our changes, and the keys of the entries on which both sides disagree. `None`: the
/// models are of several shapes, or have no entries.
pub(super) fn merged(
    kind: &Kind,
    base: &Model,
    ours: &Model,
    theirs: &Model,
) -> Result<Option<(Model, Vec<Key>)>, Unpaired> {
    let conflicts = RefCell::new(Vec::new());
    let mut all = theirs.clone();
    match (base, ours, theirs, &mut all) {
        (Model::Rules(b), Model::Rules(o), Model::Rules(t), Model::Rules(all)) => {
            all.rules = merge(&Rules(&conflicts), &b.rules, &o.rules, &t.rules)?.into_entries();
        }
        (Model::Items(b), Model::Items(o), Model::Items(t), Model::Items(all)) => {
            let lists = Items(&conflicts);
            let ours = lists.uncontradicted([&b.items, &o.items, &t.items]);
            all.items = merge(&lists, &b.items, &ours, &t.items)?.into_entries();
        }
        (Model::Vars(b), Model::Vars(o), Model::Vars(t), Model::Vars(all)) => {
            all.statements = vars::merged(kind, [b, o, t], &conflicts)?;
        }
        (Model::Ini(b), Model::Ini(o), Model::Ini(t), Model::Ini(all)) => {
            let Grammar::Ini(dialect) = kind.grammar else { return Ok(None) };
            all.sections = nested::ini(dialect, [b, o, t], &conflicts)?;
        }
        (Model::Pairs(b), Model::Pairs(o), Model::Pairs(t), Model::Pairs(all)) => {
            all.pairs = merge(&Pairs(&conflicts), &b.pairs, &o.pairs, &t.pairs)?.into_entries();
        }
        (Model::Fstab(b), Model::Fstab(o), Model::Fstab(t), Model::Fstab(all)) => {
            all.mounts = merge(&Mounts(&conflicts), &b.mounts, &o.mounts, &t.mounts)?.into_entries();
        }
        (Model::Table(b), Model::Table(o), Model::Table(t), Model::Table(all)) => {
            all.entries = nested::toml([b, o, t], &Key::file(), &conflicts)?;
        }
        _ => return Ok(None),
    }
    let (base, ours) = (base.header(), ours.header());
    if !base.is_empty()
        && !ours.is_empty()
        && base == theirs.header()
        && let Some(header) = all.header_mut()
    {
        *header = ours.to_vec();
    }
    Ok(Some((all, conflicts.into_inner())))
}

struct Rules<'c>(&'c RefCell<Vec<Key>>);

impl Lists for Rules<'_> {
    type Entry = Rule;
    type Id = (String, Option<String>);

    fn id(&self, rule: &Rule) -> Self::Id {
        (rule.key.clone(), rule.group.as_ref().map(|group| group.to_uppercase()))
    }

    fn same(&self, a: &Rule, b: &Rule) -> bool {
        a.same(b)
    }

    fn comment<'e>(&self, rule: &'e mut Rule) -> Option<&'e mut Comment> {
        Some(&mut rule.comment)
    }

    /// Lines of one atom add up: their words are merged as those of one, and each stays in its line.
    fn both(&self, sides: &Three<&Rule>) -> Both<Rule> {
        let Three { base, ours, theirs } = sides;
        let bare = |side: &Vec<&Rule>| side.iter().any(|rule| rule.words.is_empty());
        // No words are a saying of their own: `~arch` in package.accept_keywords.
        if ours.is_empty() || theirs.is_empty() || bare(base) || bare(ours) || bare(theirs) {
            return Both::Conflict;
        }
        let all = |side: &Vec<&Rule>| side.iter().flat_map(|rule| rule.words.clone()).collect::<Vec<_>>();
        let Some(words) = words::merged(Style::Flags, &all(base), &all(ours), &all(theirs)) else {
            return Both::Conflict;
        };
        if words.is_empty() {
            return Both::Conflict;
        }
        let mut lines: Vec<Rule> =
            theirs.iter().map(|rule| Rule { words: Vec::new(), ..(*rule).clone() }).collect();
        let ends: Vec<usize> = theirs
            .iter()
            .scan(0, |end, rule| {
                *end += rule.words.len();
                Some(*end)
            })
            .collect();
        for (at, word) in words {
            let line = ends.partition_point(|end| *end <= at).min(lines.len().saturating_sub(1));
            if let Some(line) = lines.get_mut(line) {
                line.words.push(word);
            }
        }
        Both::Merged(lines.into_iter().map(|line| (!line.words.is_empty()).then_some(line)).collect(), None)
    }

    fn conflict(&self, rule: &Rule) {
        let key = Key::of(&rule.key);
        self.0.borrow_mut().push(match &rule.group {
            Some(group) => key.then(group.to_uppercase()),
            None => key,
        });
    }
}

struct Items<'c>(&'c RefCell<Vec<Key>>);

impl Items<'_> {
    /// Our items without new ones of which `theirs` says the contrary.
    fn uncontradicted(&self, [base, ours, theirs]: [&[Item]; 3]) -> Vec<Item> {
        let known: std::collections::HashSet<&str> = base.iter().map(|item| item.text.as_str()).collect();
        let new: std::collections::HashSet<&str> =
            theirs.iter().map(|item| item.text.as_str()).filter(|text| !known.contains(text)).collect();
        let contrary = |text: &str| match text.strip_prefix('-') {
            Some(plain) => plain.to_owned(),
            None => format!("-{text}"),
        };
        let mut kept = Vec::with_capacity(ours.len());
        for item in ours {
            let text = item.text.as_str();
            if !known.contains(text) && !new.contains(text) && new.contains(contrary(text).as_str()) {
                self.conflict(item);
            } else {
                kept.push(item.clone());
            }
        }
        kept
    }
}

impl Lists for Items<'_> {
    type Entry = Item;
    type Id = String;

    fn id(&self, item: &Item) -> String {
        item.text.clone()
    }

    fn same(&self, a: &Item, b: &Item) -> bool {
        a.text == b.text
    }

    fn comment<'e>(&self, item: &'e mut Item) -> Option<&'e mut Comment> {
        Some(&mut item.comment)
    }

    fn conflict(&self, item: &Item) {
        self.0.borrow_mut().push(Key::of(&item.text));
    }
}

struct Pairs<'c>(&'c RefCell<Vec<Key>>);

impl Lists for Pairs<'_> {
    type Entry = Pair;
    type Id = String;

    fn id(&self, pair: &Pair) -> String {
        pair.key.clone()
    }

    fn same(&self, a: &Pair, b: &Pair) -> bool {
        a.value.reveal() == b.value.reveal()
    }

    fn comment<'e>(&self, pair: &'e mut Pair) -> Option<&'e mut Comment> {
        Some(&mut pair.comment)
    }

    fn conflict(&self, pair: &Pair) {
        self.0.borrow_mut().push(Key::of(&pair.key));
    }
}

struct Mounts<'c>(&'c RefCell<Vec<Key>>);

impl Lists for Mounts<'_> {
    type Entry = Mount;
    type Id = String;

    /// Swap space has no mount point: there it is the source that tells rows apart.
    fn id(&self, mount: &Mount) -> String {
        match mount.target.starts_with('/') {
            true => mount.target.clone(),
            false => format!("{} {}", mount.target, mount.source.reveal()),
        }
    }

    fn same(&self, a: &Mount, b: &Mount) -> bool {
        a.same(b)
    }

    fn comment<'e>(&self, mount: &'e mut Mount) -> Option<&'e mut Comment> {
        Some(&mut mount.comment)
    }

    fn one(&self, base: &Mount, ours: &Mount, theirs: &Mount) -> Option<Mount> {
        let words = |mount: &Mount| -> Vec<String> {
            mount.options.iter().map(|option| option.reveal().to_owned()).collect()
        };
        let options = [base, ours, theirs].map(words);
        let [old, new, there] = &options;
        let mut options = match field(old, new, there) {
            Some(options) => options.clone(),
            None => {
                let merged = words::merged(Style::Options, old, new, there)?;
                merged.into_iter().map(|(_, word)| word).collect()
            }
        };
        if options.is_empty() {
            options.push("defaults".to_owned());
        }
        let source = field(&base.source, &ours.source, &theirs.source)?;
        Some(Mount {
            source: source.clone(),
            target: theirs.target.clone(),
            fstype: field(&base.fstype, &ours.fstype, &theirs.fstype)?.clone(),
            options: options.into_iter().map(Text::from).collect(),
            dump: *field(&base.dump, &ours.dump, &theirs.dump)?,
            pass: *field(&base.pass, &ours.pass, &theirs.pass)?,
            comment: theirs.comment.clone(),
        })
    }

    fn conflict(&self, mount: &Mount) {
        let key = Key::of(&mount.target);
        self.0.borrow_mut().push(match mount.target.starts_with('/') {
            true => key,
            false => key.then(mount.source.shown()),
        });
    }
}

/// A field that one side at most changed, or both alike.
fn field<'f, T: PartialEq>(base: &T, ours: &'f T, theirs: &'f T) -> Option<&'f T> {
    if ours == base || ours == theirs {
        return Some(theirs);
    }
    (theirs == base).then_some(ours)
}
