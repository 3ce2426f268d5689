//! Items: one a line.

use std::ops::Range;

use super::codes::{ATOM, BLOCKER, IGNORED, ITEM, MERGE};
use super::settings::SettingLens;
use super::{CONFLICT, atom, before_comment, one_word};
use crate::file::{ItemWords, ItemsDialect};
use crate::model::{Comment, Item, Items};
use crate::report::{Code, Findings, Key};
use crate::syntax::Refusal;
use crate::syntax::tiles::{self, Document, Lens, Newlines, Problem, Sink, Tile, part, told, words};
use crate::vocab::{Cpv, Dialect, UseToken};

/// Reads a file of items, see [`crate::syntax::read`].
///
/// With `whole_line` the words of a line, joined by single blanks, are one item; without, the first word is. An item
/// keeps its prefix: `-` takes one back, and `*` (in `profile/packages`) puts it into the system set. The prefixes
/// of `packages` are read in every file of a profile; those that are not named `packages` get a finding.
pub fn read_items(dialect: &ItemsDialect, text: &[u8], findings: &mut Findings<'_>) -> Items {
    if dialect.words == ItemWords::Setting {
        let document = Document::read(&SettingLens, text, &mut told(findings));
        return Items { header: document.header(), items: document.into_entries() };
    }
    let packages = findings.path().as_str().rsplit('/').next() == Some("packages");
    let document = {
        let mut sink = told(findings);
        let lens = ItemLens { dialect, packages };
        Document::read(&lens, text, &mut sink)
    };
    Items { header: document.header(), items: document.into_entries() }
}

/// Writes items into a text, see [`crate::syntax::write`].
///
/// # Errors
/// When an item would not be read back as it is.
pub fn write_items(dialect: &ItemsDialect, text: &[u8], model: &Items) -> Result<Vec<u8>, Refusal> {
    if dialect.words == ItemWords::Setting {
        return tiles::write(&SettingLens, text, &model.header, &model.items);
    }
    tiles::write(&ItemLens { dialect, packages: true }, text, &model.header, &model.items)
}

/// The line of each item, see [`crate::syntax::spans`].
pub fn item_spans(dialect: &ItemsDialect, text: &[u8]) -> Vec<(Key, Range<usize>)> {
    if dialect.words == ItemWords::Setting {
        return Document::read(&SettingLens, text, &mut |_| {}).spans();
    }
    let lens = ItemLens { dialect, packages: true };
    Document::read(&lens, text, &mut |_| {}).spans()
}

/// Whether files of this family are those of a profile.
fn is_profile(dialect: Dialect) -> bool {
    matches!(dialect, Dialect::UserProfile | Dialect::Profile)
}

struct ItemLens<'d> {
    dialect: &'d ItemsDialect,
    /// Whether Portage reads the prefix `*`: in files of this name.
    packages: bool,
}

/// What is wrong with an item.
struct Bad {
    code: &'static Code,
    /// The bytes of the item that are at fault.
    span: Range<usize>,
    message: String,
    help: Option<String>,
}

impl ItemLens<'_> {
    fn vet(&self, item: &str) -> Result<(), Bad> {
        let bad = |code: &'static Code, message: String, help: Option<&str>| {
            Err(Bad { code, span: 0..item.len(), message, help: help.map(str::to_owned) })
        };
        if CONFLICT.contains(&item.split(' ').next().unwrap_or_default()) {
            let message = format!("`{item}` was left by a merge: the lines of both sides are read");
            return bad(&MERGE, message, Some("keep one side"));
        }
        let plain = item.strip_prefix('-').unwrap_or(item);
        match self.dialect.words {
            ItemWords::Any
            | ItemWords::Parents
            | ItemWords::Line
            | ItemWords::Joined
            | ItemWords::Setting => Ok(()),
            ItemWords::Flags if UseToken::parse_flag(item).is_ok() => Ok(()),
            ItemWords::Flags => {
                let help = if item.contains(' ') {
                    "put each flag on a line of its own"
                } else {
                    "write `flag` or `-flag`"
                };
                bad(&ITEM, format!("`{item}` is no USE flag: Portage ignores it"), Some(help))
            }
            ItemWords::Versions if Cpv::parse(plain).is_ok() => Ok(()),
            ItemWords::Versions => {
                let message = format!("`{item}` is no version of a package: Portage ignores it");
                bad(&ITEM, message, Some("write `CATEGORY/PACKAGE-VERSION`, without operator and slot"))
            }
            ItemWords::Atoms(_) if item.contains(' ') => {
                let message = format!("`{item}` is taken as one atom: Portage ignores the line");
                bad(&ATOM, message, Some("put each atom on a line of its own"))
            }
            ItemWords::Atoms(dialect) => self.vet_atom(item, dialect),
        }
    }

    fn vet_atom(&self, item: &str, dialect: Dialect) -> Result<(), Bad> {
        let mut name = item;
        match dialect {
            Dialect::Set if item.strip_prefix('@').is_some_and(|set| !set.is_empty()) => return Ok(()),
            Dialect::Set | Dialect::World => {}
            _ => {
                name = name.strip_prefix('-').unwrap_or(name);
                if is_profile(dialect) {
                    if item == "-*" {
                        return Ok(());
                    }
                    name = name.strip_prefix('*').unwrap_or(name);
                }
            }
        }
        atom::check_key(name, dialect).map_err(|bad| {
            let shift = item.len() - name.len();
            let span = bad.span.start + shift..bad.span.end + shift;
            Bad { code: &ATOM, span, message: bad.message, help: bad.help }
        })
    }
}

impl Lens for ItemLens<'_> {
    type Entry = Item;
    const NEWLINES: Newlines = Newlines::Universal;
    const BEHIND: bool = true;

    fn tile(&self, text: &[u8], range: Range<usize>, sink: &mut Sink<'_>) -> Tile<Item> {
        let (found, comment) = match self.dialect.words {
            ItemWords::Line | ItemWords::Joined => (words(part(text, range.clone()), range.start), None),
            _ => before_comment(text, range.clone()),
        };
        let Some((first, rest)) = found.split_first() else {
            if self.dialect.words == ItemWords::Line {
                let message = "an empty line: the file has one line and no other".to_owned();
                let help = Some("take the line out".to_owned());
                sink(Problem { code: &ITEM, key: Key::file(), word: None, range, message, help });
            }
            return if comment.is_some() { Tile::Comment } else { Tile::Blank };
        };
        let end = rest.last().unwrap_or(first).end;
        let readable = |range: &Range<usize>| String::from_utf8_lossy(part(text, range.clone()));
        let mut item = readable(first).into_owned();
        if self.dialect.whole_line {
            for word in rest {
                item.push(' ');
                item.push_str(&readable(word));
            }
        }
        let mut tell = |code, range: Range<usize>, message, help| {
            sink(Problem { code, key: Key::of(item.as_str()), word: None, range, message, help });
        };
        if let Err(bad) = self.vet(&item) {
            let at = |offset: usize| (first.start + offset).min(end);
            tell(bad.code, at(bad.span.start)..at(bad.span.end), bad.message, bad.help);
            return Tile::Unknown;
        }
        if let ItemWords::Atoms(dialect) = self.dialect.words {
            let plain = item.strip_prefix('-').unwrap_or(&item);
            if is_profile(dialect) && !self.packages && (item == "-*" || plain.strip_prefix('*').is_some()) {
                let message = format!("`{item}` is no atom: Portage ignores the line");
                tell(&ATOM, first.clone(), message, Some("`*` belongs into `packages`".to_owned()));
            }
            let plain = plain.trim_start_matches('*');
            if plain.starts_with('!') {
                let message = format!("the mark of the blocker `{plain}` is ignored");
                let help = format!("write `{}`", item.replacen(['!'], "", 2));
                tell(&BLOCKER, first.clone(), message, Some(help));
            }
        }
        if let (false, Some(word)) = (self.dialect.whole_line, rest.first()) {
            let message = format!("`{}` and what follows is ignored", readable(word));
            tell(&IGNORED, word.start..end, message, Some("put each item on a line of its own".to_owned()));
        }
        Tile::Entries {
            entries: vec![Item { text: item, comment: Comment::default() }],
            end,
            behind: comment,
        }
    }

    fn kin(&self, item: &Item) -> String {
        match self.dialect.words {
            ItemWords::Atoms(dialect) => atom::package_of(&item.text, dialect),
            _ => item.text.strip_prefix('-').unwrap_or(&item.text).to_owned(),
        }
    }

    fn check(&self, item: &Item) -> Result<(), Refusal> {
        let key = || Key::of(item.text.as_str());
        if matches!(self.dialect.words, ItemWords::Line | ItemWords::Joined) {
            let said: Vec<&str> = item.text.split(tiles::is_blank).filter(|word| !word.is_empty()).collect();
            if said.is_empty() || said.join(" ") != item.text {
                let message = format!("`{}` is no line of words", item.text.escape_debug());
                return Err(Refusal::new(key(), message));
            }
        } else if self.dialect.whole_line {
            item.text.split(' ').try_for_each(|word| one_word(&key, "the item", word))?;
        } else {
            one_word(&key, "the item", &item.text)?;
        }
        self.vet(&item.text).map_err(|bad| Refusal::new(key(), bad.message))
    }

    fn spell(&self, wanted: &[Item], at: usize, _fresh: bool) -> Result<Vec<u8>, Refusal> {
        Ok(wanted.get(at).map(|item| item.text.clone().into_bytes()).unwrap_or_default())
    }

    fn splice(&self, old: &[u8], wanted: &[Item], at: usize) -> Result<Vec<u8>, Refusal> {
        let found = words(old, 0);
        let mut line = self.spell(wanted, at, false)?;
        if let Some(first) = found.first() {
            line.splice(0..0, part(old, 0..first.start).iter().copied());
            if !self.dialect.whole_line {
                line.extend_from_slice(part(old, first.end..old.len()));
            }
        }
        Ok(line)
    }
}
