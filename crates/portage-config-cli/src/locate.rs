//! Where in the spec an entry comes from, and what `[check]` says of a finding.

use std::collections::HashMap;

use portage_config::report::{Key, Located, Origin, Report, Severity, SourceId, Sources, Span, Spot};
use portage_config::spec::{CheckRule, FileOrigins, Layer, Origins, Touch};
use portage_config::vocab::RelPath;

use crate::answer::Answer;

/// The position of a finding in the spec: that of the last layer that touched the entry, or of what holds it.
pub(crate) fn locate(origins: &Origins, layers: &[Layer], spot: &Spot, sources: &Sources) -> Option<Located> {
    let file = origins.files.get(spot.path.as_ref()?)?;
    let touches = touches(file, &spot.key);
    let last = touches.last()?;
    let in_file = |touch: &Touch| sources.get(touch.span.source).is_some_and(|at| at.origin == Origin::Tree);
    // The lines of one entry in a file add up: the word may stand in any of them.
    let lines = touches.iter().rev().skip(1).take_while(|touch| touch.span.source == last.span.source);
    let mut spans =
        std::iter::once(last.span).chain(lines.filter(|touch| in_file(touch)).map(|touch| touch.span));
    let word = spot.word.as_deref();
    let span = word.and_then(|word| spans.find_map(|span| within(span, word, sources))).unwrap_or(last.span);
    let next = touches.iter().skip(1).map(Some).chain([None]);
    let ends = touches.iter().zip(next).filter(|(touch, next)| {
        next.is_none_or(|next| next.span.source != touch.span.source) || !in_file(touch)
    });
    let mut chain: Vec<String> = ends.map(|(touch, _)| place(touch, layers, sources)).collect();
    if chain.len() == 1 {
        chain.clear();
    }
    Some(Located { span, layers: chain })
}

/// Findings in the text of a file that came out of a folder: their place is the file in that folder, as long as no
/// layer wrote another line over theirs.
pub(crate) fn at_home(report: &mut Report, origins: &Origins) {
    let mut homes: HashMap<SourceId, Option<Home<'_>>> = HashMap::new();
    let sources = &report.sources;
    for diagnostic in &mut report.diagnostics {
        let Some(path) = &diagnostic.spot.path else { continue };
        for span in diagnostic.spot.span.iter_mut().chain(diagnostic.fix.iter_mut().map(|fix| &mut fix.span))
        {
            let home =
                homes.entry(span.source).or_insert_with(|| Home::of(path, span.source, origins, sources));
            *span = home.as_ref().and_then(|home| home.find(*span, sources)).unwrap_or(*span);
        }
    }
}

/// A file in a folder, and its lines where they are other ones than those of the text that was made of it.
struct Home<'a> {
    source: SourceId,
    text: &'a str,
    /// Where each line begins that is there once.
    lines: Option<HashMap<&'a str, Option<usize>>>,
}

impl<'a> Home<'a> {
    fn of(path: &RelPath, here: SourceId, origins: &Origins, sources: &'a Sources) -> Option<Self> {
        let here = sources.get(here).filter(|here| here.origin == Origin::Tree)?;
        let touches = origins.files.get(path)?.file.iter().rev().map(|touch| touch.span.source);
        let mut texts = touches.filter_map(|id| Some((id, &sources.get(id)?.text, sources.get(id)?.origin)));
        let (source, text, _) = texts.find(|(_, _, origin)| *origin == Origin::Tree)?;
        let lines = (here.text != *text).then(|| {
            let mut lines = HashMap::new();
            let mut at = 0;
            for line in text.split_inclusive('\n') {
                lines.entry(line).and_modify(|at| *at = None).or_insert(Some(at));
                at += line.len();
            }
            lines
        });
        Some(Self { source, text, lines })
    }

    fn find(&self, span: Span, sources: &Sources) -> Option<Span> {
        let Some(lines) = &self.lines else { return Some(Span { source: self.source, ..span }) };
        let here = &sources.get(span.source)?.text;
        let from = here.get(..span.start)?.rfind('\n').map_or(0, |at| at + 1);
        let line = here.get(from..)?.split_inclusive('\n').next()?;
        let start = lines.get(line).copied()?? + (span.start - from);
        let end = start + span.end.checked_sub(span.start)?;
        (self.text.get(start..end) == here.get(span.start..span.end)).then_some(Span {
            source: self.source,
            start,
            end,
        })
    }
}

/// Who touched an entry: the key itself, else the nearest key above, else the file.
pub(crate) fn touches<'a>(file: &'a FileOrigins, key: &Key) -> &'a [Touch] {
    let mut key = key.clone();
    while !key.0.is_empty() {
        if let Some(touches) = file.entries.get(&key).filter(|touches| !touches.is_empty()) {
            return touches;
        }
        key.0.pop();
    }
    &file.file
}

/// `site.toml:12`.
pub(crate) fn place(touch: &Touch, layers: &[Layer], sources: &Sources) -> String {
    match sources.get(touch.span.source) {
        Some(source) => format!("{}:{}", source.name, source.position(touch.span.start).0),
        None => layers.get(touch.layer).map(|layer| layer.name.clone()).unwrap_or_default(),
    }
}

/// The word in the entry that a span begins, where it stands between other than word characters. The span may
/// be that of the key alone: the rest of its line is looked through, too.
fn within(span: Span, word: &str, sources: &Sources) -> Option<Span> {
    let text = &sources.get(span.source)?.text;
    let rest = text.get(span.end..)?.lines().next().unwrap_or_default();
    let text = text.get(span.start..span.end + rest.len())?;
    let is_word = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '+' | '@' | '/' | '.' | '*' | '~');
    let mut found = text.match_indices(word).filter(|(at, found)| {
        let before = text.get(..*at).and_then(|text| text.chars().next_back());
        let after = text.get(at + found.len()..).and_then(|text| text.chars().next());
        !before.is_some_and(is_word) && !after.is_some_and(is_word)
    });
    let (at, _) = found.next().filter(|_| !word.is_empty())?;
    let start = span.start + at;
    Some(Span { start, end: start + word.len(), ..span })
}

/// Applies the levels of `[check]`. Rules for a file go before those for all files, later ones before earlier.
pub(crate) fn level(answer: &mut Answer, rules: &[CheckRule]) {
    for finding in &mut answer.findings {
        let diagnostic = &mut finding.diagnostic;
        if !diagnostic.code.id.starts_with(['L', 'P']) {
            continue;
        }
        let rule = rules
            .iter()
            .enumerate()
            .filter(|(_, rule)| {
                (same_code(&rule.code, diagnostic.code.id) || rule.code == diagnostic.code.name)
                    && rule.path.as_ref().is_none_or(|path| {
                        diagnostic.spot.path.as_ref().is_some_and(|p| p.below(path.as_str()).is_some())
                    })
            })
            .max_by_key(|(at, rule)| (rule.path.as_ref().map_or(0, |path| path.as_str().len() + 1), *at));
        finding.why = rule.and_then(|(_, rule)| rule.why.clone());
        match rule.map(|(_, rule)| rule.level) {
            Some(Some(level)) => diagnostic.severity = level,
            Some(None) => finding.allowed = true,
            None => {}
        }
    }
}

/// `--deny warnings`.
pub(crate) fn deny_warnings(answer: &mut Answer) {
    for finding in &mut answer.findings {
        if !finding.allowed && finding.diagnostic.severity == Severity::Warning {
            finding.diagnostic.severity = Severity::Error;
        }
    }
}

/// `L03`, `L3` and `L003` are the same code.
fn same_code(a: &str, b: &str) -> bool {
    let split = |code: &str| {
        let letter = code.chars().next()?.to_ascii_uppercase();
        code.get(letter.len_utf8()..)?.parse::<u32>().ok().map(|number| (letter, number))
    };
    split(a).is_some_and(|a| split(b) == Some(a))
}

#[cfg(test)]
mod tests {
    use super::*;
    use portage_config::report::{Code, Diagnostic};

    static CODE: Code = Code::warning("L003", "lto-glibc", "x", "y");
    static SPEC: Code = Code::error("S003", "other", "x", "y");

    fn answer() -> Answer {
        let mut answer = Answer::default();
        for (code, path) in [
            (&CODE, "etc/portage/package.use/a"),
            (&CODE, "etc/portage/package.use/b"),
            (&CODE, "etc/portage/make.conf"),
            (&SPEC, "etc/portage/make.conf"),
        ] {
            let path = Some(RelPath::parse(path).unwrap());
            answer.add(Diagnostic::new(code, Spot { path, ..Spot::default() }, "x"), None);
        }
        answer
    }

    fn rule(code: &str, path: Option<&str>, level: Option<Severity>) -> CheckRule {
        CheckRule { code: code.to_owned(), path: path.map(|p| RelPath::parse(p).unwrap()), level, why: None }
    }

    fn levels(rules: &[CheckRule]) -> Vec<(bool, Severity)> {
        let mut answer = answer();
        level(&mut answer, rules);
        answer.findings.iter().map(|f| (f.allowed, f.diagnostic.severity)).collect()
    }

    #[test]
    fn the_nearest_rule_holds() {
        use Severity::{Error, Warning};
        let folder = rule("L3", Some("etc/portage/package.use"), Some(Error));
        let file = rule("lto-glibc", Some("etc/portage/package.use/b"), None);
        let all = rule("L03", None, None);
        let expected = [(false, Error), (true, Warning), (true, Warning), (false, Error)];
        assert_eq!(levels(&[folder.clone(), file.clone(), all.clone()]), expected);
        assert_eq!(levels(&[all.clone(), file, folder]), expected, "whatever the order");
        let late = rule("L003", None, Some(Error));
        assert_eq!(levels(&[all, late])[2], (false, Error), "the later of two");
        assert_eq!(
            levels(&[rule("S003", None, None)])[3],
            (false, Error),
            "the spec itself cannot be allowed"
        );
    }

    #[test]
    fn codes_are_compared_by_number() {
        assert!(same_code("L03", "L003") && same_code("l3", "L003"));
        assert!(
            !same_code("L30", "L003")
                && !same_code("S003", "L003")
                && !same_code("", "")
                && !same_code("ä", "ä")
        );
    }

    #[test]
    fn a_word_is_found_inside_its_entry() {
        let mut sources = Sources::default();
        let source = sources.add("x", b"\"a/b\" = \"-x264 x264\"", Origin::Spec);
        let span = Span { source, start: 0, end: 20 };
        assert_eq!(within(span, "x264", &sources).map(|s| s.start), Some(15));
        assert_eq!(within(span, "none", &sources), None);
        assert_eq!(within(span, "", &sources), None);
        let key = Span { end: 5, ..span };
        assert_eq!(within(key, "x264", &sources).map(|s| s.start), Some(15), "behind the key, too");
        assert_eq!(within(Span { end: 99, ..span }, "x264", &sources), None);
    }
}
