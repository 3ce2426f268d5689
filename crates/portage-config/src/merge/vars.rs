//! Variables.

use std::cell::RefCell;
use std::collections::HashMap;

use super::list::{Lists, Outcome, Unpaired, merge};
use super::words::{self, Style, split};
use crate::file::{Grammar, Kind, VarsDialect, dracut};
use crate::model::{Assign, Comment, Statement, Vars};
use crate::report::Key;
use crate::syntax::words::changed;
use crate::vocab::{Shape, Word, variable};

struct Statements<'c> {
    kind: &'c Kind,
    conflicts: &'c RefCell<Vec<Key>>,
}

pub(super) fn merged(
    kind: &Kind,
    [base, ours, theirs]: [&Vars; 3],
    conflicts: &RefCell<Vec<Key>>,
) -> Result<Vec<Statement>, Unpaired> {
    let lists = Statements { kind, conflicts };
    let mut outcome = merge(&lists, &base.statements, &ours.statements, &theirs.statements)?;
    above_their_readers(&mut outcome);
    Ok(outcome.into_entries())
}

/// Whether a variable holds words in an order that means little.
fn is_words(kind: &Kind, name: &str) -> bool {
    match kind.grammar {
        Grammar::Vars(VarsDialect::Getconfig) => variable(name).is_some_and(|v| v.shape == Shape::Words),
        _ if matches!(kind.name, "dracut.conf" | "dracut.conf.d") => {
            dracut::parameter(name).is_some_and(|parameter| parameter.append)
        }
        _ => false,
    }
}

impl Statements<'_> {
    fn values(&self, a: &Assign, b: &Assign) -> bool {
        a.value.pieces() == b.value.pieces()
            || is_words(self.kind, &a.name) && split(&a.value.spell()) == split(&b.value.spell())
    }
}

impl Lists for Statements<'_> {
    type Entry = Statement;
    type Id = (bool, String);

    fn id(&self, statement: &Statement) -> (bool, String) {
        match statement {
            Statement::Assign(assign) => (true, assign.name.clone()),
            Statement::Source(source) => (false, source.path.spell()),
        }
    }

    fn same(&self, a: &Statement, b: &Statement) -> bool {
        match (a, b) {
            (Statement::Assign(a), Statement::Assign(b)) => {
                a.name == b.name && a.append == b.append && self.values(a, b)
            }
            (a, b) => a.same(b),
        }
    }

    fn comment<'e>(&self, statement: &'e mut Statement) -> Option<&'e mut Comment> {
        Some(match statement {
            Statement::Assign(assign) => &mut assign.comment,
            Statement::Source(source) => &mut source.comment,
        })
    }

    fn one(&self, base: &Statement, ours: &Statement, theirs: &Statement) -> Option<Statement> {
        let (Statement::Assign(base), Statement::Assign(ours), Statement::Assign(theirs)) =
            (base, ours, theirs)
        else {
            return None;
        };
        if !is_words(self.kind, &theirs.name) || base.append != ours.append || base.append != theirs.append {
            return None;
        }
        let [old, new, there] = [base, ours, theirs].map(|assign| assign.value.spell());
        let words = words::merged(Style::Flags, &split(&old), &split(&new), &split(&there))?;
        let words: Vec<String> = words.into_iter().map(|(_, word)| word).collect();
        let value = Word::parse(&changed(&there, &words.join(" "))).ok()?;
        Some(Statement::Assign(Assign { value, ..theirs.clone() }))
    }

    fn conflict(&self, statement: &Statement) {
        self.conflicts.borrow_mut().push(match statement {
            Statement::Assign(assign) => Key::of(&assign.name),
            Statement::Source(source) => Key::of("source").then(source.path.shown()),
        });
    }
}

fn references(statement: &Statement) -> impl Iterator<Item = &str> {
    match statement {
        Statement::Assign(assign) => assign.value.references(),
        Statement::Source(source) => source.path.references(),
    }
}

/// Puts new variables above the statements that refer to them, but not above those that they refer to.
fn above_their_readers(outcome: &mut Outcome<Statement>) {
    let mut readers: HashMap<String, usize> = HashMap::new();
    let mut writers: HashMap<String, usize> = HashMap::new();
    for (at, statement) in
        outcome.slots.iter().enumerate().filter_map(|(at, slot)| Some((at, slot.as_ref()?)))
    {
        for name in references(statement) {
            readers.entry(name.to_owned()).or_insert(at);
        }
        if let Statement::Assign(assign) = statement {
            writers.insert(assign.name.clone(), at + 1);
        }
    }
    // From the end: where one moves up, those that it refers to move along.
    for (gap, statement) in outcome.fresh.iter_mut().rev() {
        let Statement::Assign(assign) = &*statement else { continue };
        let lowest = references(statement).filter_map(|name| writers.get(name)).max().copied().unwrap_or(0);
        if let Some(reader) = readers.get(&assign.name)
            && *reader < *gap
            && lowest <= *reader
        {
            *gap = *reader;
        }
        for name in references(statement) {
            let reader = readers.entry(name.to_owned()).or_insert(*gap);
            *reader = (*reader).min(*gap);
        }
    }
}
