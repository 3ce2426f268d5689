//! What no text about a change may show.

use std::collections::HashSet;
use std::fmt;

use crate::file::Kind;
use crate::meaning::said;
use crate::model::{Model, Statement};
use crate::report::Key;
use crate::syntax;
use crate::vocab::mask;

/// The secrets of a change.
#[derive(Clone, Default)]
pub(crate) enum Hidden {
    /// None but those that can be seen to be one: the user part of URIs.
    #[default]
    Nothing,
    /// These texts, the longest first.
    Texts(Vec<String>),
    /// All of it.
    All,
}

impl fmt::Debug for Hidden {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Nothing => "Nothing",
            Self::Texts(_) => "Texts",
            Self::All => "All",
        })
    }
}

/// A file's text with what it says.
pub(super) struct Side<'a> {
    pub(super) text: &'a [u8],
    pub(super) model: &'a Model,
}

impl Hidden {
    /// The values of all entries that are secret in `wanted` or on a side, as they are spelled on each side.
    pub(super) fn of(kind: &Kind, wanted: &[&Model], sides: &[Side<'_>]) -> Self {
        let models = || wanted.iter().copied().chain(sides.iter().map(|side| side.model));
        if !models().any(Model::holds_secret) {
            return Self::Nothing;
        }
        let mut keys: HashSet<Key> = HashSet::new();
        for model in models() {
            keys.extend(said(&kind.grammar, model).into_iter().filter(|(_, s)| s.secret).map(|(key, _)| key));
        }
        let mut texts = Vec::new();
        for model in models() {
            texts.extend(
                said(&kind.grammar, model)
                    .into_iter()
                    .filter(|(key, _)| keys.contains(key))
                    .flat_map(|(_, said)| said.raw),
            );
            if let Model::Vars(vars) = model {
                // Without escapes, as it may stand in a comment.
                texts.extend(vars.statements.iter().filter_map(|statement| match statement {
                    Statement::Assign(a) if keys.contains(&Key::of(&a.name)) => {
                        Some(a.value.expand(|_| None))
                    }
                    _ => None,
                }));
            }
        }
        for side in sides {
            for (key, range) in syntax::spans(&kind.grammar, side.text) {
                if keys.contains(&key) {
                    let entry =
                        String::from_utf8_lossy(side.text.get(range).unwrap_or_default()).into_owned();
                    let value = entry.find(['=', ':']).and_then(|at| entry.get(at + 1..)).map(str::trim);
                    let value = value.unwrap_or(&entry);
                    texts.extend([value, value.trim_matches(['"', '\''])].map(str::to_owned));
                }
            }
        }
        texts.retain(|text| !text.is_empty());
        texts.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        texts.dedup();
        Self::Texts(texts)
    }

    /// A text without what is hidden; `None` when nothing of it may be shown.
    pub(super) fn shown(&self, text: &str) -> Option<String> {
        let text = match self {
            Self::All => return None,
            Self::Nothing => text.to_owned(),
            Self::Texts(texts) => {
                texts.iter().fold(text.to_owned(), |text, hidden| text.replace(hidden, crate::vocab::HIDDEN))
            }
        };
        Some(mask(&text).into_owned())
    }
}
