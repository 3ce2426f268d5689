//! What a command answers, before it is printed.

use std::collections::HashMap;

use portage_config::report::{Code, Diagnostic, Key, Report, Severity, SourceId, Sources, Spot};
use portage_config::vocab::RelPath;

use crate::json;
use crate::secrets::Secrets;

/// The exit status.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Status {
    /// Done, or all well.
    #[default]
    Fine = 0,
    /// Answered, and the answer is no.
    No = 1,
    /// No answer.
    Nothing = 2,
}

/// A finding and the roots it concerns.
#[derive(Clone, Debug)]
pub(crate) struct Finding {
    pub(crate) diagnostic: Diagnostic,
    /// The names of the roots; empty for the spec itself and for the only, unnamed root.
    pub(crate) roots: Vec<String>,
    /// `[check]` allows it.
    pub(crate) allowed: bool,
    /// Why `[check]` says something else of it than its code.
    pub(crate) why: Option<String>,
}

/// The data of an answer, for people.
#[derive(Debug, Default)]
pub(crate) enum Data {
    /// None.
    #[default]
    None,
    /// Text that may hold colours.
    Text(String),
    /// Bytes to be written as they are.
    Bytes(Vec<u8>),
}

/// What a command answers.
#[derive(Debug, Default)]
pub(crate) struct Answer {
    pub(crate) status: Status,
    pub(crate) sources: Sources,
    pub(crate) findings: Vec<Finding>,
    pub(crate) secrets: Secrets,
    pub(crate) data: Data,
    /// The data for programs.
    pub(crate) roots: Vec<json::Root>,
    pub(crate) more: json::More,
    /// Remarks on what was done, for people; `-q` hides them.
    pub(crate) notes: Vec<String>,
    /// The data, for people, goes through a pager.
    pub(crate) pager: bool,
    /// The findings are the data: they go to standard output.
    pub(crate) findings_are_data: bool,
    /// Where in `findings` a finding is.
    seen: HashMap<Same, usize>,
}

/// What makes two findings the same one: code, message, file, key; and the bytes.
type Same = ((&'static str, String, Option<RelPath>, Key), Option<(SourceId, usize, usize)>);

impl Answer {
    /// An answer with these data.
    pub(crate) fn text(text: String) -> Self {
        Self { data: Data::Text(text), ..Self::default() }
    }

    /// Takes all findings out of a report.
    pub(crate) fn take(&mut self, report: Report, root: Option<&str>) {
        self.sources = report.sources;
        for diagnostic in report.diagnostics {
            self.add(diagnostic, root);
        }
    }

    /// Takes over what was found on the way to a part of this answer.
    pub(crate) fn join(&mut self, part: Self) {
        self.sources.join(&part.sources);
        self.secrets.join(part.secrets);
        self.status = self.status.max(part.status);
        for finding in part.findings {
            let at = self.at(&finding.diagnostic);
            match self.findings.get_mut(at) {
                Some(known) => known.allowed &= finding.allowed,
                None => self.findings.push(finding),
            }
        }
    }

    /// Adds a finding, or the root to one that is the same.
    pub(crate) fn add(&mut self, diagnostic: Diagnostic, root: Option<&str>) {
        let at = self.at(&diagnostic);
        let root = root.map(str::to_owned);
        match self.findings.get_mut(at) {
            Some(finding) => match root {
                Some(root) if !finding.roots.contains(&root) => finding.roots.push(root),
                _ => {}
            },
            None => self.findings.push(Finding {
                diagnostic,
                roots: root.into_iter().collect(),
                allowed: false,
                why: None,
            }),
        }
    }

    /// Where a finding is, or is to be.
    fn at(&mut self, diagnostic: &Diagnostic) -> usize {
        let spot = &diagnostic.spot;
        let what = (diagnostic.code.id, diagnostic.message.clone(), spot.path.clone(), spot.key.clone());
        let place = spot.span.map(|span| (span.source, span.start, span.end));
        let next = self.findings.len();
        *self.seen.entry((what, place)).or_insert(next)
    }

    /// Adds a finding of the command itself.
    pub(crate) fn fail(&mut self, code: &'static Code, message: impl Into<String>, help: Option<String>) {
        let mut diagnostic = Diagnostic::new(code, Spot::default(), message);
        diagnostic.help = help;
        self.add(diagnostic, None);
        self.status = self.status.max(Status::Nothing);
    }

    /// The same, as the whole answer.
    pub(crate) fn failed(
        mut self,
        code: &'static Code,
        message: impl Into<String>,
        help: Option<String>,
    ) -> Self {
        self.fail(code, message, help);
        self.nothing()
    }

    /// No answer: no roots either, and nothing was done that a remark could be about.
    pub(crate) fn nothing(mut self) -> Self {
        self.status = Status::Nothing;
        self.roots.clear();
        self.notes.clear();
        self
    }

    /// The number of findings of a severity that are not allowed.
    pub(crate) fn count(&self, severity: Severity) -> usize {
        self.findings.iter().filter(|f| !f.allowed && f.diagnostic.severity == severity).count()
    }

    /// Whether there is an error.
    pub(crate) fn has_errors(&self) -> bool {
        self.count(Severity::Error) > 0
    }

    /// By file and position; what has no position comes last.
    pub(crate) fn sort(&mut self) {
        let sources = &self.sources;
        self.findings.sort_by_cached_key(|finding| {
            let diagnostic = &finding.diagnostic;
            let place = diagnostic.spot.span.and_then(|span| {
                sources.get(span.source).map(|source| (source.name.clone(), span.start, span.end))
            });
            let path = diagnostic.spot.path.as_ref().map(ToString::to_string);
            (place.is_none(), place, path, diagnostic.spot.key.clone(), diagnostic.code.id)
        });
    }
}
