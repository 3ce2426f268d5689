//! Answers for programs: one envelope for all commands, written down in `docs/json.md`.

mod fleet;
mod forks;
mod history;
mod impact;
mod overlay;
mod presets;
mod reasons;

use portage_config::report::{Origin, Severity, Sources, Span};
use serde::Serialize;
use serde_json::Value;

pub(crate) use fleet::{
    Binaries, BinaryPackage, BinaryPackages, BinaryReason, Compared, Difference, Hosts, Line, Side,
};
pub(crate) use forks::Fork;
pub(crate) use history::{Counts, Drift, Generation, Owned, Pending};
pub(crate) use impact::{Impact, switch};
pub(crate) use overlay::{Manifest, Overlay, Verified, Written};
pub(crate) use presets::{Param, Preset, PresetFile, PresetRoot, Step};
pub(crate) use reasons::{Example, ExampleFile, Explained, Overview, Reason};

use crate::answer::{Answer, Finding};
use crate::secrets::Secrets;

/// Raised when a key goes or changes its type.
const VERSION: u32 = 1;

/// The envelope.
#[derive(Serialize)]
struct Envelope<'a> {
    version: u32,
    command: &'a str,
    roots: &'a [Root],
    diagnostics: Vec<Diagnostic<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    presets: &'a Option<Vec<Preset>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    layers: &'a Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    variants: &'a Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    params: &'a Option<Vec<Param>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    steps: &'a Option<Vec<Step>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    out: &'a Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    overlay: &'a Option<Overlay>,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: &'a Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    skipped: &'a Option<Vec<Skipped>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    explain: &'a Option<Explained>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hosts: &'a Option<Hosts>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fixed: &'a Option<Vec<Fixed>>,
}

/// A check that was not run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Skipped {
    pub(crate) code: &'static str,
    pub(crate) reason: String,
}

/// A finding that was mended.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Fixed {
    pub(crate) code: &'static str,
    pub(crate) message: String,
    pub(crate) path: Option<String>,
}

/// What some commands say beside roots and findings.
#[derive(Clone, Debug, Default)]
pub(crate) struct More {
    pub(crate) presets: Option<Vec<Preset>>,
    pub(crate) layers: Option<Vec<String>>,
    pub(crate) variants: Option<Vec<String>>,
    pub(crate) params: Option<Vec<Param>>,
    pub(crate) steps: Option<Vec<Step>>,
    /// What was written.
    pub(crate) out: Option<String>,
    /// An ebuild repository.
    pub(crate) overlay: Option<Overlay>,
    /// The text that people see.
    pub(crate) text: Option<String>,
    /// The checks that were not run.
    pub(crate) skipped: Option<Vec<Skipped>>,
    /// What was explained.
    pub(crate) explain: Option<Explained>,
    /// What was asked about several machines.
    pub(crate) hosts: Option<Hosts>,
    /// The findings that were mended.
    pub(crate) fixed: Option<Vec<Fixed>>,
}

/// A root.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Root {
    pub(crate) name: Option<String>,
    pub(crate) dir: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) at: Option<At>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) files: Option<Vec<File>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) changes: Option<Vec<Change>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) edits: Option<Vec<Edit>>,
    /// What would have changed, and was kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) kept: Option<Vec<Change>>,
    /// What the changes mean for packages.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) impact: Option<Impact>,
    /// What came of `apply`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) result: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) generation: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) recovered: Option<Recovered>,
    /// The spec that holds, as it was named.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) spec: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) applied: Option<Generation>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) owned: Option<Owned>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) pending: Option<Pending>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) drift: Option<Vec<Drift>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) generations: Option<Vec<Generation>>,
}

/// A run that was cut off.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Recovered {
    pub(crate) generation: u64,
    pub(crate) done: usize,
    pub(crate) now: usize,
    pub(crate) left: Vec<String>,
}

/// What a statement of `edit` does.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Edit {
    pub(crate) path: String,
    pub(crate) entry: String,
    pub(crate) meaning: Vec<Meaning>,
    pub(crate) effects: Vec<Effect>,
}

/// Why it has no effect, or not all of it.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Effect {
    pub(crate) code: &'static str,
    pub(crate) message: String,
}

/// The root that a root lies in, and where.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct At {
    pub(crate) root: String,
    pub(crate) path: String,
}

/// A file of `show` and `render`.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct File {
    pub(crate) path: String,
    /// `file`, `dir`, `symlink`; in `show` also `absent` and `none`.
    pub(crate) node: &'static str,
    pub(crate) kind: Option<&'static str>,
    /// Octal.
    pub(crate) mode: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) own: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) size: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) target: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) text: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) entries: Option<Vec<Entry>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) from: Option<Vec<From>>,
    /// In `import`: `entries`, `text`, `node`, `file`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) how: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) lines: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) unknown: Option<usize>,
}

/// An entry of a file.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Entry {
    pub(crate) key: Vec<String>,
    /// As a spec says it; `null` when hidden.
    pub(crate) value: Value,
    pub(crate) secret: bool,
    pub(crate) comment: Vec<String>,
    /// Who asked for it, where emerge wrote it.
    #[serde(rename = "required-by", skip_serializing_if = "Vec::is_empty")]
    pub(crate) required_by: Vec<String>,
    pub(crate) from: Vec<From>,
}

/// A layer that touched an entry.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct From {
    pub(crate) layer: Option<String>,
    pub(crate) path: Option<String>,
    pub(crate) line: Option<usize>,
    pub(crate) effect: &'static str,
    pub(crate) text: String,
}

/// A difference.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Change {
    pub(crate) path: String,
    pub(crate) op: portage_config::diff::Op,
    pub(crate) node: &'static str,
    pub(crate) kind: Option<&'static str>,
    pub(crate) conflict: Option<Value>,
    /// Where it is done, if a link leads there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) at: Option<String>,
    pub(crate) meaning: Vec<Meaning>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) text: Option<String>,
}

/// An entry that differs.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Meaning {
    pub(crate) key: String,
    pub(crate) before: Option<Vec<String>>,
    pub(crate) after: Option<Vec<String>>,
    pub(crate) secret: bool,
    /// `added`, `removed`, `changed`, `moved`, `reordered`.
    pub(crate) happened: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) from: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) to: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) with: Option<String>,
    /// Nothing differs for the reader of all files of the kind.
    pub(crate) same: bool,
}

#[derive(Serialize)]
struct Diagnostic<'a> {
    code: &'static str,
    name: &'static str,
    severity: &'static str,
    message: String,
    help: Option<String>,
    path: Option<String>,
    span: Option<Range>,
    origin: Option<&'static str>,
    file: Option<String>,
    key: Option<String>,
    roots: &'a [String],
    layers: Vec<String>,
    fix: Vec<Fix>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

#[derive(Serialize)]
struct Range {
    start: Position,
    end: Position,
}

#[derive(Serialize)]
struct Position {
    line: usize,
    column: usize,
    offset: usize,
}

#[derive(Serialize)]
struct Fix {
    path: Option<String>,
    span: Option<Range>,
    text: String,
}

/// The answer as one document.
pub(crate) fn envelope(command: &str, answer: &Answer, verbose: bool) -> serde_json::Result<String> {
    let (sources, secrets) = (&answer.sources, &answer.secrets);
    let findings = answer.findings.iter().filter(|finding| verbose || !finding.allowed);
    let envelope = Envelope {
        version: VERSION,
        command,
        roots: &answer.roots,
        diagnostics: findings.map(|finding| diagnostic(finding, sources, secrets)).collect(),
        presets: &answer.more.presets,
        layers: &answer.more.layers,
        variants: &answer.more.variants,
        params: &answer.more.params,
        steps: &answer.more.steps,
        out: &answer.more.out,
        overlay: &answer.more.overlay,
        text: &answer.more.text,
        skipped: &answer.more.skipped,
        explain: &answer.more.explain,
        hosts: &answer.more.hosts,
        fixed: &answer.more.fixed,
    };
    serde_json::to_string_pretty(&envelope).map(|mut text| {
        text.push('\n');
        text
    })
}

fn diagnostic<'a>(finding: &'a Finding, sources: &Sources, secrets: &Secrets) -> Diagnostic<'a> {
    let diagnostic = &finding.diagnostic;
    let hide = |text: &str| secrets.hide(text).into_owned();
    let spot = &diagnostic.spot;
    let source = spot.span.and_then(|span| sources.get(span.source));
    let file = spot.path.as_ref().map(ToString::to_string);
    Diagnostic {
        code: diagnostic.code.id,
        name: diagnostic.code.name,
        severity: match (finding.allowed, diagnostic.severity) {
            (true, _) => "allowed",
            (_, Severity::Error) => "error",
            (_, Severity::Warning) => "warning",
            _ => "hint",
        },
        message: hide(&diagnostic.message),
        help: diagnostic.help.as_deref().map(hide),
        path: source.map(|source| source.name.clone()).or_else(|| file.clone()),
        span: spot.span.and_then(|span| range(span, sources)),
        origin: match (source.map(|source| source.origin), &file) {
            (Some(Origin::Spec), _) => Some("spec"),
            (Some(Origin::Template), _) => Some("template"),
            (Some(Origin::Tree), _) | (None, Some(_)) => Some("tree"),
            (None, None) => None,
        },
        file,
        key: (!spot.key.0.is_empty()).then(|| hide(&spot.key.to_string())),
        roots: &finding.roots,
        reason: finding.why.as_deref().map(hide),
        layers: diagnostic.layers.iter().map(|layer| hide(layer)).collect(),
        fix: (diagnostic.fix.iter())
            .map(|fix| Fix {
                path: sources.get(fix.span.source).map(|source| source.name.clone()),
                span: range(fix.span, sources),
                text: hide(&fix.text),
            })
            .collect(),
    }
}

fn range(span: Span, sources: &Sources) -> Option<Range> {
    let source = sources.get(span.source)?;
    let position = |offset| {
        let (line, column) = source.position(offset);
        Position { line, column, offset }
    };
    Some(Range { start: position(span.start), end: position(span.end) })
}

impl Root {
    /// A root of a spec, without more.
    pub(crate) fn of(root: &portage_config::spec::Root) -> Self {
        let at = root.at.as_ref().map(|(root, path)| At { root: root.clone(), path: format!("/{path}") });
        Self { name: root.name.clone(), at, ..Self::default() }
    }
}
