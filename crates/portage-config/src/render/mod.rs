//! Rendering: a configuration becomes a tree, every byte of which reads back as it.
//!
//! A new file is laid out by its kind's template, a file that is there is changed by the lens of its grammar
//! ([`crate::syntax::write`]). Both pass the same gate: what was written is read back, and has to be the model.

mod gate;
mod merge;
mod settle;
#[cfg(test)]
mod tests;

use std::borrow::Cow;

use crate::config::{Body, Config, File, Own};
pub use crate::file::Reader;
use crate::file::{Grammar, Kind};
use crate::meaning::meaning;
use crate::model::{Model, says};
use crate::report::{Code, Diagnostic, Key, Report, Spot};
use crate::syntax::{self, Refusal};
use crate::template::{RenderError, TemplateError, Templates};
use crate::tree::{F001, F002, Node, Tree};
use crate::vocab::RelPath;

/// A template that cannot be used.
pub(crate) const T001: Code = Code::error(
    "T001",
    "template",
    "A template decides on layout only. One that fails, or whose text does not read back as the entries it was \
     given, would write something else than the spec says.",
    "the gate of this program",
);

/// A value that the file's language cannot say.
pub(crate) const F005: Code = Code::error(
    "F005",
    "unsayable",
    "Some languages have no way to write some values. Written all the same, they would be read as something else.",
    "the readers of the file kinds",
);

/// All codes of this module.
pub(crate) static CODES: &[&Code] = &[&T001, &F005];

/// Renders a configuration. Each file that cannot be rendered is reported; `None` then.
///
/// Files that are absent or not to be touched give nothing.
pub fn render(config: &Config, templates: &Templates, report: &mut Report) -> Option<Tree> {
    let mut tree = Tree::new();
    let mut whole = clashes(config, report);
    for (path, file) in &config.files {
        match node(file, templates) {
            Ok(Some(node)) => {
                tree.insert(path.clone(), node);
            }
            Ok(None) => {}
            Err(error) => {
                report.push(diagnostic(path, &error));
                whole = false;
            }
        }
    }
    whole.then_some(tree)
}

/// What a file is rendered to; `None` where nothing is to be there, or nothing is known of it.
pub(crate) fn node(file: &File, templates: &Templates) -> Result<Option<Node>, RenderError> {
    let bytes = match (&file.body, file.kind) {
        (Body::Model(model), Some(kind)) => crate::config::Bytes(create(kind, model, templates)?),
        (Body::Model(_), None) => {
            return Err(Refusal::new(Key::file(), "entries of no known kind of file").into());
        }
        (Body::Text(bytes), _) => bytes.clone(),
        (Body::Link(target), _) => return Ok(Some(Node::Symlink { target: target.clone() })),
        (Body::Dir, _) => return Ok(Some(Node::Dir { mode: file.mode.unwrap_or(0o755) })),
        (Body::Absent | Body::HandsOff, _) => return Ok(None),
    };
    Ok(Some(Node::File { bytes, mode: mode(file) }))
}

/// Who has to be able to read a file, beside its owner: what decides the mode and the group of one that holds a
/// secret.
///
/// ```
/// use portage_config::{config::{Body, Bytes, File}, file::{self, Reader}, render, vocab::RelPath};
/// let path = RelPath::parse("etc/sccache/client.toml")?;
/// let client = File::new(file::find(&path), Body::Text(Bytes(b"[dist.auth]\ntoken = \"x\"\n".to_vec())));
/// assert_eq!(render::reader(&client), Reader::Group("portage"));
/// assert_eq!(render::mode(&client), 0o640);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn reader(file: &File) -> Reader {
    file.reader()
}

/// Whether a file holds something that not everybody may read.
pub fn holds_secret(file: &File) -> bool {
    !file.secrets().is_empty()
}

/// The mode of a new file: what the configuration says; with a secret what its reader needs and no more (0600,
/// 0640, 0644); else what the kind wants.
pub fn mode(file: &File) -> u32 {
    match file.mode {
        Some(mode) => mode,
        None if holds_secret(file) => closed(file),
        None => file.kind.map_or(0o644, |kind| kind.mode),
    }
}

/// The mode of a file that is there with this one: as [`mode`], but a mode that its reader can use and that is no
/// more open stays.
pub(crate) fn mode_over(file: &File, mode: u32) -> u32 {
    match file.mode {
        Some(wanted) => wanted,
        None if holds_secret(file) => {
            let fits = match reader(file) {
                Reader::Owner => mode & 0o077 == 0,
                Reader::Group(_) => mode & 0o077 == 0o040,
                Reader::All => mode & 0o444 == 0o444,
            };
            if fits { mode } else { closed(file) }
        }
        None => file.kind.map(|kind| kind.mode).filter(|mode| mode & 0o111 != 0).unwrap_or(mode),
    }
}

/// The mode of a file with a secret.
fn closed(file: &File) -> u32 {
    file.kind.map_or(0o600, Kind::closed_mode)
}

/// The text of a new file.
///
/// # Errors
/// When its language cannot say a value, or the template is at fault.
pub fn create(kind: &'static Kind, model: &Model, templates: &Templates) -> Result<Vec<u8>, RenderError> {
    if let (Grammar::Opaque, Model::Opaque(opaque)) = (&kind.grammar, model) {
        return Ok(opaque.bytes.0.clone());
    }
    let model = settle::settled(kind, model);
    let text = templates.render(kind, &model).and_then(|text| {
        let text = text.into_bytes();
        let faithful = gate::faithful(kind, &model, &text, None);
        faithful
            .map_err(|message| TemplateError::new(kind.template.unwrap_or(kind.name), message).into())
            .map(|()| text)
    });
    // Where the language cannot say it, no template is to blame.
    text.map_err(|error| match (&error, syntax::write(&kind.grammar, b"", &model)) {
        (RenderError::Template(_), Err(refusal)) => refusal.into(),
        _ => error,
    })
}

/// What a file that holds `current` becomes. It stays byte for byte as it is when it already says all of the
/// model, or when its reader finds nothing wrong in it and makes the same of it ([`meaning()`]); otherwise only the lines
/// that differ are changed. With [`Own::Entries`] what else it says stays, with [`Own::Once`] all of it.
///
/// # Errors
/// When its language cannot say a value, or the layout of the file does not allow the change.
pub fn update(kind: &'static Kind, model: &Model, own: Own, current: &[u8]) -> Result<Vec<u8>, RenderError> {
    let path = RelPath::parse("file").map_err(|e| Refusal::new(Key::file(), e.to_string()))?;
    let mut found = Report::new();
    let there = match own {
        Own::Once => return Ok(current.to_vec()),
        Own::Whole | Own::Entries => syntax::read(&kind.grammar, current, &mut found.file(&path)),
    };
    let wanted = |model| match own {
        Own::Entries => Cow::Owned(merge::merged(model, &there)),
        Own::Whole | Own::Once => Cow::Borrowed(model),
    };
    let full = model;
    let mut model = Cow::Borrowed(full);
    if says(&at_the_top(current), model.header())
        && let Some(header) = model.to_mut().header_mut()
    {
        header.clear();
    }
    if wanted(&model).satisfied_by(&there) {
        return Ok(current.to_vec());
    }
    let settled = settle::settled(kind, &model);
    let model = wanted(&settled);
    let is_sound = found.diagnostics.is_empty();
    if model.satisfied_by(&there) || is_sound && comes_to_the_same(kind, &model, &there, current) {
        return Ok(current.to_vec());
    }
    let text = into_text(kind, &model, current)?;
    // A comment above a line that ends the reading is below a new entry: it does not head the file any more.
    if says(&at_the_top(&text), full.header()) {
        return Ok(text);
    }
    into_text(kind, &wanted(&settle::settled(kind, full)), current)
}

/// Whether the reader of a file makes the same of it already, in another order or in more lines, and the comments of
/// the model are there.
fn comes_to_the_same(kind: &Kind, model: &Model, there: &Model, current: &[u8]) -> bool {
    if matches!(kind.grammar, Grammar::Opaque) || !meaning(&kind.grammar, Some(there), Some(model)).is_empty()
    {
        return false;
    }
    let Ok(fresh) = syntax::write(&kind.grammar, b"", model) else { return false };
    let (fresh, current) = (String::from_utf8_lossy(&fresh), String::from_utf8_lossy(current));
    let mut comments = fresh.lines().filter_map(|line| line.find('#').and_then(|at| line.get(at..)));
    comments.all(|comment| current.contains(comment.trim_end()))
}

/// What a file that holds `current` becomes when it is to say the model and nothing else.
///
/// # Errors
/// As [`update`].
pub(crate) fn into_text(kind: &Kind, model: &Model, current: &[u8]) -> Result<Vec<u8>, RenderError> {
    let text = syntax::write(&kind.grammar, current, model)?;
    gate::faithful(kind, model, &text, Some(current)).map_err(|m| Refusal::new(Key::file(), m))?;
    Ok(text)
}

/// All lines of comment above the first entry: somebody may have put another block above ours.
fn at_the_top(text: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(text);
    let lines = text.lines().map(str::trim_start).take_while(|line| line.is_empty() || line.starts_with('#'));
    lines.filter_map(|line| line.strip_prefix('#')).map(str::to_owned).collect()
}

/// A finding about a file that was not rendered.
pub(crate) fn diagnostic(path: &RelPath, error: &RenderError) -> Diagnostic {
    let (code, key, message, help) = match error {
        RenderError::Refused(refusal) => {
            (&F005, refusal.key.clone(), refusal.message.clone(), "say the file as `text`")
        }
        RenderError::Template(error) => {
            let at = error.line.map(|line| format!(", line {line}")).unwrap_or_default();
            let message = format!("template `{}`{at}: {}", error.name, error.message);
            (&T001, Key::file(), message, "a template may only lay out what it is given")
        }
    };
    let spot = Spot { path: Some(path.clone()), key, word: None, span: None };
    Diagnostic::new(code, spot, message).help(help)
}

/// Reports what cannot lie below what. Whether there is nothing of the kind.
pub(crate) fn clashes(config: &Config, report: &mut Report) -> bool {
    let mut none = true;
    for (path, file) in &config.files {
        if let Body::Absent | Body::HandsOff = file.body {
            continue;
        }
        for above in path.ancestors() {
            let (code, what) = match config.files.get(&above).map(|file| &file.body) {
                Some(Body::Model(_) | Body::Text(_)) => (&F001, "a file"),
                Some(Body::Link(_)) => (&F002, "a link"),
                _ => continue,
            };
            let spot = Spot { path: Some(path.clone()), ..Spot::default() };
            let message = format!("`{path}` cannot be written: `{above}` is {what}");
            let help = match file.body {
                Body::Link(_) | Body::Dir => format!("leave out one of `{above}` and `{path}`"),
                _ => format!("leave out `{above}`, or move what `{path}` says into it"),
            };
            report.push(Diagnostic::new(code, spot, message).help(help));
            none = false;
        }
    }
    none
}
