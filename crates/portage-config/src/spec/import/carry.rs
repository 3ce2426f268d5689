//! One file: as entries where they say all of it, else as text, else as a file.

use std::collections::BTreeMap;

use camino::Utf8PathBuf;

use super::entries::{Body, Reason, body};
use super::remarks::Remarks;
use super::secret::{self, Found};
use super::{Carried, F020, F021, F022, F023, How, Importer, spell};
use crate::config;
use crate::file::{self, Grammar, Kind};
use crate::model::Model;
use crate::report::{Diagnostic, Key, Report, Severity};
use crate::spec::{Options, load};
use crate::syntax;
use crate::vocab::{RelPath, Text, mask};

/// Longer texts stay files.
const LONG: usize = 1 << 16;

impl Importer<'_> {
    /// What the spec says of a file; `None` where it stays a file.
    pub(super) fn file(
        &mut self,
        path: &RelPath,
        bytes: &[u8],
        mode: u32,
        carried: &mut Carried,
    ) -> Option<String> {
        carried.how = How::File;
        carried.kind = self.kind(path, bytes);
        let Some(kind) = carried.kind.filter(|kind| kind.grammar != Grammar::Opaque) else {
            self.keep(path, bytes, mode);
            return None;
        };
        let before = self.report.diagnostics.len();
        let model = syntax::read(&kind.grammar, bytes, &mut self.report.text(path, bytes));
        let is_odd = self.report.diagnostics.len() > before;
        count(kind, bytes, is_odd, carried);
        let Ok(text) = std::str::from_utf8(bytes) else {
            return self.stays(path, bytes, mode, "it is not UTF-8".to_owned(), carried);
        };
        let findings = self.report.diagnostics.get(before..).unwrap_or_default();
        let wrong = findings.iter().find(|found| found.severity == Severity::Error);
        let codes: Vec<&str> = sorted(findings);
        let said = match (carried.unknown, wrong) {
            (0, None) => self.entries(path, kind, text, mode, &model, &codes),
            (0, Some(wrong)) => Err(wrong.message.clone().into()),
            (1, _) => Err("a line cannot be read".to_owned().into()),
            (count, _) => Err(format!("{count} lines cannot be read").into()),
        };
        // A reason names keys and words: these may hold credentials, and what no comment can.
        let said = said.map_err(|reason| Reason { message: spell::shown(&mask(&reason.message)), ..reason });
        match said {
            Ok(chunk) => {
                carried.how = How::Entries;
                self.imported.private |= mode & 0o004 == 0;
                Some(chunk)
            }
            Err(reason) if model.holds_secret() || secret::is_in(text) => self.stays(
                path,
                bytes,
                mode,
                format!("it holds credentials, and {}", reason.message),
                carried,
            ),
            Err(_) if text.len() > LONG => {
                self.stays(path, bytes, mode, format!("it is {} bytes long", text.len()), carried)
            }
            Err(reason) => {
                carried.how = How::Text;
                self.imported.private |= mode & 0o004 == 0;
                let Reason { message: reason, key } = reason;
                let message = format!("`{path}` is said as text: {reason}");
                let place = key.map(Key::of).and_then(|key| {
                    let spans = syntax::spans(&kind.grammar, bytes);
                    spans.into_iter().rfind(|(other, _)| *other == key)
                });
                match place {
                    Some((key, range)) => {
                        self.report.text(path, bytes).range(&F020, key, range, message);
                    }
                    None => {
                        self.tell(&F020, path, message);
                    }
                }
                let mode = if mode == kind.mode { String::new() } else { spell::mode(mode) };
                let header = spell::file_header(path);
                let text = spell::block(text);
                let chunk = format!("# as text: {reason}\n{header}{mode}text = {text}\n");
                carried.reason = Some(reason);
                Some(chunk)
            }
        }
    }

    /// A file that could not be said stays one.
    fn stays(
        &mut self,
        path: &RelPath,
        bytes: &[u8],
        mode: u32,
        reason: String,
        carried: &mut Carried,
    ) -> Option<String> {
        self.tell(&F021, path, format!("`{path}` stays a file: {reason}"));
        self.keep(path, bytes, mode);
        carried.reason = Some(reason);
        None
    }

    /// The kind of a file. Below `env/`, package.env decides what is variables and what bash; Portage reads nothing
    /// else there.
    fn kind(&self, path: &RelPath, bytes: &[u8]) -> Option<&'static Kind> {
        let kind = file::find(path)?;
        let Some(below) = path.below("etc/portage/env").filter(|_| kind.name == "env") else {
            return Some(kind);
        };
        if file::env::is_bash(below, &self.named) {
            return Some(&file::bashrc::ENV_BASH);
        }
        if self.named.contains(below) {
            return Some(kind);
        }
        // Somebody may name it one day, if it is what it seems to be.
        let mut quiet = Report::new();
        syntax::read(&kind.grammar, bytes, &mut quiet.file(path));
        (quiet.diagnostics.is_empty() && file::read_by_portage(path.name())).then_some(kind)
    }

    /// The file as entries, or why that would lose something.
    fn entries(
        &mut self,
        path: &RelPath,
        kind: &'static Kind,
        text: &str,
        mode: u32,
        model: &Model,
        codes: &[&str],
    ) -> Result<String, Reason> {
        let remarks = if has_remarks(text) {
            let spans = syntax::spans(&kind.grammar, text.as_bytes());
            Remarks::of(text, &spans, model.header().len())
        } else {
            Remarks::default()
        };
        secret::comments(remarks.lines().chain(model.header()))?;
        let mut secrets = Found::new(path, &self.imported.secrets);
        let Body { text: entries, simple } = body(kind, model, path, remarks, &mut secrets)?;
        let default = if secrets.is_empty() { kind.mode } else { kind.closed_mode() };
        let mut chunk = String::with_capacity(entries.len() + 64);
        if mode != default {
            chunk.push_str(&spell::file_header(path));
            chunk.push_str(&spell::mode(mode));
            chunk.push('\n');
        }
        spell::comment(&mut chunk, model.header());
        chunk.push_str(&format!("[{}]\n", section(path)));
        chunk.push_str(&entries);
        if !codes.is_empty() || !simple {
            self.verify(path, kind, &chunk, model, codes, &secrets)?;
        }
        self.commit(path, kind, mode, secrets);
        Ok(chunk)
    }

    /// Whether the spec reads the entries as the file was read, and can write them.
    fn verify(
        &self,
        path: &RelPath,
        kind: &'static Kind,
        chunk: &str,
        model: &Model,
        codes: &[&str],
        secrets: &Found<'_>,
    ) -> Result<(), String> {
        let spec = format!("spec = 1\n{}\n{chunk}", secrets.params(self.name));
        let mut files: BTreeMap<Utf8PathBuf, Vec<u8>> = BTreeMap::new();
        for (name, value) in secrets.values() {
            let path = format!("{}.secrets/{name}", self.name);
            files.insert(path.into(), value.reveal().as_bytes().to_vec());
        }
        files.insert("import.toml".into(), spec.into_bytes());
        let mut report = Report::new();
        let resolved = load("import.toml", &Options::new(&files), &mut report);
        if let Some(wrong) = report.diagnostics.iter().find(|d| d.severity == Severity::Error) {
            return Err(wrong.message.clone());
        }
        let root = resolved.as_ref().and_then(|resolved| resolved.roots.first());
        let body = root.and_then(|root| root.config.files.get(path)).map(|file| &file.body);
        let Some(config::Body::Model(said)) = body else {
            return Err("a spec cannot name it".to_owned());
        };
        if !said.satisfied_by(model) {
            return Err("as entries it would read differently".to_owned());
        }
        let text = syntax::write(&kind.grammar, b"", said).map_err(|refusal| refusal.message)?;
        // What Portage finds wrong with the file it is to find wrong with the new one.
        let mut again = Report::new();
        syntax::read(&kind.grammar, &text, &mut again.text(path, &text));
        match sorted(&again.diagnostics) == codes {
            true => Ok(()),
            false => Err("as entries it would be mended in silence".to_owned()),
        }
    }

    /// The secrets of a file that was said.
    fn commit(&mut self, path: &RelPath, kind: &Kind, mode: u32, secrets: Found<'_>) {
        if secrets.is_empty() {
            return;
        }
        self.params.push_str(&secrets.params(self.name));
        let found: Vec<(String, Text)> = secrets.into_values();
        for (name, value) in found {
            let message = format!("the credentials in `{path}` became the parameter `{name}`");
            self.tell(&F022, path, message);
            self.imported.secrets.insert(name, value);
        }
        let closed = kind.closed_mode();
        if mode & 0o044 & !closed != 0 || kind.is_for_all() && mode & 0o004 != 0 {
            let help = match kind.is_for_all() {
                true => {
                    "Portage needs the file to be readable: `check` says where they can go instead".to_owned()
                }
                false => {
                    format!("take `mode = 0o{mode:o}` out of the spec: without it the mode is 0o{closed:o}")
                }
            };
            self.tell(&F023, path, format!("others can read the credentials in `{path}`")).set_help(help);
        }
    }
}

/// The codes of findings.
fn sorted(findings: &[Diagnostic]) -> Vec<&'static str> {
    let mut codes: Vec<&str> = findings.iter().map(|found| found.code.id).collect();
    codes.sort_unstable();
    codes
}

/// Whether any comment may stand by itself: a blank line below one.
fn has_remarks(text: &str) -> bool {
    let mut lines = text.lines().map(str::trim).peekable();
    while let Some(line) = lines.next() {
        if line.starts_with(['#', ';']) && lines.peek().is_none_or(|next| next.is_empty()) {
            return true;
        }
    }
    false
}

fn section(path: &RelPath) -> String {
    spell::section(path)
}

/// Counts the lines that say something, and those that are no entry.
fn count(kind: &'static Kind, bytes: &[u8], is_odd: bool, carried: &mut Carried) {
    let is_ini = matches!(kind.grammar, Grammar::Ini(_));
    let says = |line: &&[u8]| match line.trim_ascii_start().first() {
        None | Some(b'#') => false,
        Some(first) => !(is_ini && *first == b';'),
    };
    carried.lines = bytes.split(|byte| *byte == b'\n').filter(says).count();
    if !is_odd {
        return;
    }
    let spans = syntax::spans(&kind.grammar, bytes);
    // All of it is read, or nothing.
    if kind.grammar == Grammar::Toml && !spans.is_empty() {
        return;
    }
    let mut spans = spans.iter().map(|(_, span)| span).peekable();
    let mut at = 0;
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        let (start, end) = (at, at + line.len());
        at = end;
        while spans.next_if(|span| span.end <= start).is_some() {}
        let is_entry = spans.peek().is_some_and(|span| span.start < end);
        if !is_entry && says(&line) {
            carried.unknown += 1;
        }
    }
}
