//! A finding for people: message, place, the line underlined, help.

use std::cell::RefCell;
use std::collections::HashMap;
use std::fmt::Write;

use anstyle::{AnsiColor, Style};
use portage_config::report::{self, Severity, Source, Sources};
use unicode_width::UnicodeWidthStr;

use crate::answer::Finding;
use crate::secrets::Secrets;

/// The widest piece of a line that is shown, in characters.
const WIDTH: usize = 120;
/// How much of it may stand before the piece that is underlined.
const BEFORE: usize = 60;

const RULE: Style = AnsiColor::Blue.on_default().bold();
const BOLD: Style = Style::new().bold();

/// How findings are shown.
#[derive(Debug)]
pub(crate) struct Excerpts<'a> {
    sources: &'a Sources,
    secrets: &'a Secrets,
    verbose: bool,
    /// The tables of the texts that were shown so far, by the place of the text in memory.
    tables: RefCell<HashMap<*const u8, Vec<Table>>>,
}

/// A table of a spec: from its header to the next one.
#[derive(Clone, Debug)]
struct Table {
    /// The first byte of the header's line.
    start: usize,
    header: String,
    /// Whether one of its lines makes a parameter a secret.
    secret: bool,
}

impl<'a> Excerpts<'a> {
    /// Findings that point into these texts.
    pub(crate) fn new(sources: &'a Sources, secrets: &'a Secrets, verbose: bool) -> Self {
        Self { sources, secrets, verbose, tables: RefCell::default() }
    }

    /// The finding, with colours.
    pub(crate) fn show(&self, finding: &Finding) -> String {
        let diagnostic = &finding.diagnostic;
        let (level, style) = match (finding.allowed, diagnostic.severity) {
            (true, _) => ("allowed", AnsiColor::Cyan.on_default().bold()),
            (_, Severity::Error) => ("error", AnsiColor::Red.on_default().bold()),
            (_, Severity::Warning) => ("warning", AnsiColor::Yellow.on_default().bold()),
            _ => ("hint", AnsiColor::Cyan.on_default().bold()),
        };
        let (id, name) = (diagnostic.code.id, diagnostic.code.name);
        let message = self.clean(&diagnostic.message).replace('\n', "\\n");
        let mut text = format!("{style}{level}[{id} {name}]{style:#}{BOLD}: {message}{BOLD:#}\n");
        let span = diagnostic.spot.span;
        let mut gutter = String::from(" ");
        match (span.and_then(|span| self.sources.get(span.source).zip(Some(span))), &diagnostic.spot.path) {
            (Some((source, span)), _) => {
                let (line, column) = source.position(span.start);
                gutter = " ".repeat(line.to_string().len());
                let path = self.clean(&source.name);
                let _ = writeln!(text, "{gutter}{RULE}-->{RULE:#} {path}:{line}:{column}");
                let [head, body, tail] = self.line(source, span);
                if !(head.is_empty() && body.is_empty() && tail.is_empty()) {
                    let (blank, carets) = (" ".repeat(head.width()), "^".repeat(body.width().max(1)));
                    let _ = writeln!(text, "{gutter} {RULE}|{RULE:#}");
                    let _ =
                        writeln!(text, "{RULE}{line} |{RULE:#} {}", format!("{head}{body}{tail}").trim_end());
                    let _ = writeln!(text, "{gutter} {RULE}|{RULE:#} {blank}{style}{carets}{style:#}");
                }
            }
            (None, Some(path)) => {
                let key = &diagnostic.spot.key;
                let place = if key.0.is_empty() { path.to_string() } else { format!("{path}: {key}") };
                let _ = writeln!(text, "{gutter}{RULE}-->{RULE:#} {}", self.clean(&place));
            }
            (None, None) => {}
        }
        let mut notes = Vec::new();
        notes.extend(diagnostic.help.clone().map(|help| ("help", help)));
        if !diagnostic.layers.is_empty() && (self.verbose || diagnostic.layers.len() > 1) {
            notes.push(("layers", diagnostic.layers.join(" > ")));
        }
        if !finding.roots.is_empty() {
            notes.push(("root", finding.roots.join(", ")));
        }
        if self.verbose {
            notes.extend(
                finding.why.clone().map(|why| (if finding.allowed { "allowed" } else { "level" }, why)),
            );
            notes.push(("why", format!("{} ({})", diagnostic.code.why, diagnostic.code.source)));
        }
        for (name, note) in notes {
            let note = self.clean(&note).replace('\n', &format!("\n{gutter}   "));
            let _ = writeln!(text, "{gutter} {RULE}={RULE:#} {BOLD}{name}:{BOLD:#} {note}");
        }
        text
    }

    /// The first line of the span without secrets: what stands before, in and behind the span.
    fn line(&self, source: &Source, span: report::Span) -> [String; 3] {
        let text: &str = &source.text;
        let start = floor(text, span.start);
        let end = floor(text, span.end.max(span.start));
        let before = text.get(..start).unwrap_or_default();
        let from = before.rfind('\n').map_or(0, |at| at + 1);
        let line = text.get(from..).unwrap_or_default().lines().next().unwrap_or_default();
        let until = (from + line.len()).max(start);
        let piece = |from: usize, until: usize| text.get(from..until).unwrap_or_default();
        let parts =
            [piece(from, start), piece(start, end.min(until)), piece(end.min(until).max(start), until)];
        let whole = self.hidden(source, from, line);
        let shown = parts.map(|part| self.secrets.hide(part).into_owned());
        // Where what is hidden reaches over the edges of the span, the whole line is underlined instead.
        let shown = if whole == shown.concat() { shown } else { [String::new(), whole, String::new()] };
        cut(shown.map(|part| part.replace(char::is_control, " ")))
    }

    /// A line without secrets; it starts at `from`.
    fn hidden(&self, source: &Source, from: usize, line: &str) -> String {
        if source.origin != report::Origin::Spec {
            return self.secrets.hide(line).into_owned();
        }
        let mut known = self.tables.borrow_mut();
        let tables = known.entry(source.text.as_ptr()).or_insert_with(|| tables(&source.text));
        hidden(&source.text, tables, self.secrets, from, line)
    }

    /// A text for a terminal: no secrets, no control characters.
    pub(crate) fn clean(&self, text: &str) -> String {
        clean(&self.secrets.hide(text))
    }
}

/// A line of a spec without secrets; it starts at `from`.
fn hidden(text: &str, tables: &[Table], secrets: &Secrets, from: usize, line: &str) -> String {
    let index = tables.partition_point(|table| table.start <= from);
    let Some(table) = index.checked_sub(1).and_then(|index| tables.get(index)) else {
        return secrets.hide_line("", false, line).into_owned();
    };
    let above = text.get(table.start..from).unwrap_or_default().lines();
    if table.header.trim_start().starts_with("[param") && above.filter(opens_or_closes).count() % 2 == 1 {
        return portage_config::vocab::HIDDEN.to_owned();
    }
    // Only the table of a parameter can say so.
    let may_be = table.header.contains("param") || line.contains("param");
    secrets.hide_line(&table.header, may_be && table.secret, line).into_owned()
}

/// A whole spec without secrets.
pub(crate) fn hide_spec(text: &str, secrets: &Secrets) -> String {
    let tables = tables(text);
    let mut out = String::with_capacity(text.len());
    let mut from = 0;
    for line in text.split_inclusive('\n') {
        let bare = line.strip_suffix('\n').unwrap_or(line);
        out.push_str(&hidden(text, &tables, secrets, from, bare));
        out.push_str(line.get(bare.len()..).unwrap_or_default());
        from += line.len();
    }
    out
}

/// The tables of a spec. What stands above the first header is the first of them.
fn tables(text: &str) -> Vec<Table> {
    let mut tables = vec![Table { start: 0, header: String::new(), secret: false }];
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        if line.trim_start().starts_with('[') {
            let header = line.trim_end_matches(['\n', '\r']).to_owned();
            tables.push(Table { start: at, header, secret: false });
        } else if says_secret(line)
            && let Some(table) = tables.last_mut()
        {
            table.secret = true;
        }
        at += line.len();
    }
    tables
}

/// Whether behind this line the text is inside a string of several lines when it was not before, or the reverse.
fn opens_or_closes(line: &&str) -> bool {
    (line.matches("'''").count() + line.matches("\"\"\"").count()) % 2 == 1
}

/// Whether a line of a spec makes its parameter a secret.
pub(crate) fn says_secret(line: &str) -> bool {
    line.split_once('=')
        .is_some_and(|(key, value)| key.trim() == "secret" && value.trim_start().starts_with("true"))
}

/// A text for a terminal: control characters (escape sequences) are spelled out.
pub(crate) fn clean(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if c.is_control() && !matches!(c, '\n' | '\t') {
            out.extend(c.escape_default());
        } else {
            out.push(c);
        }
    }
    out
}

/// A long line is cut on both sides.
fn cut([head, body, tail]: [String; 3]) -> [String; 3] {
    let count = head.chars().count();
    let head = match count.checked_sub(BEFORE) {
        Some(over) if over > 0 && count + body.chars().count() > WIDTH / 2 => {
            format!("…{}", head.chars().skip(over).collect::<String>())
        }
        _ => head,
    };
    let mut room = WIDTH.saturating_sub(head.chars().count()).max(1);
    let mut fit = |part: String| {
        let count = part.chars().count();
        let fits = count <= room;
        let shown = if fits { part } else { part.chars().take(room).chain(['…']).collect() };
        room = if fits { room - count } else { 0 };
        shown
    };
    let body = fit(body);
    let tail = if body.ends_with('…') { String::new() } else { fit(tail) };
    [head, body, tail]
}

/// The next character boundary at or below `at`.
fn floor(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;
    use portage_config::report::{Code, Diagnostic, Span, Spot};

    static CODE: Code = Code::error("L016", "wrong-folder", "Portage reads it nowhere else.", "portage(5)");

    fn show(text: &str, range: std::ops::Range<usize>, secrets: &Secrets) -> String {
        let mut sources = Sources::default();
        let source = sources.add("site.toml", text.as_bytes(), report::Origin::Spec);
        let spot =
            Spot { span: Some(Span { source, start: range.start, end: range.end }), ..Spot::default() };
        let diagnostic = Diagnostic::new(&CODE, spot, "`x` is wrong").help("write `y`");
        let finding = Finding { diagnostic, roots: Vec::new(), allowed: false, why: None };
        let shown = Excerpts::new(&sources, secrets, false).show(&finding);
        anstream::adapter::strip_str(&shown).to_string()
    }

    #[test]
    fn the_text_is_underlined() {
        insta::assert_snapshot!(show("a = 1\nb = \"ä\" # x\n", 10..14, &Secrets::default()), @r#"
        error[L016 wrong-folder]: `x` is wrong
         --> site.toml:2:5
          |
        2 | b = "ä" # x
          |     ^^^
          = help: write `y`
        "#);
    }

    #[test]
    fn secrets_are_hidden_and_the_column_stays() {
        let mut secrets = Secrets::default();
        secrets.add("hunter2");
        insta::assert_snapshot!(show("u = 'https://a:b@h/ hunter2 x'\n", 28..29, &secrets), @r#"
        error[L016 wrong-folder]: `x` is wrong
         --> site.toml:1:29
          |
        1 | u = 'https://‹hidden›@h/ ‹hidden› x'
          |                                   ^
          = help: write `y`
        "#);
        assert!(!show("u = \"hunter2\"", 6..8, &secrets).contains("unter"), "a span inside the secret");
    }

    #[test]
    fn a_secret_that_was_not_resolved_is_hidden() {
        let shown = show("[param.t]\nvalue = \"hunter2\nsecret = true\n", 18..26, &Secrets::default());
        assert!(!shown.contains("hunter2"), "{shown}");
    }

    #[test]
    fn terminals_are_not_steered() {
        let shown = show("a = \"\u{1b}[31m\"\n", 4..10, &Secrets::default());
        assert!(!shown.contains('\u{1b}'), "{shown}");
        assert_eq!(clean("a\u{1b}[2Jb"), "a\\u{1b}[2Jb");
    }

    #[test]
    fn odd_spans_are_shown() {
        for (text, range) in
            [("", 0..0), ("", 5..9), ("ä", 1..1), ("a\r\nb", 0..9), ("a", 1..1), ("a\n", 2..2)]
        {
            assert!(show(text, range, &Secrets::default()).contains("site.toml"));
        }
    }
}
