//! Findings in the Static Analysis Results Interchange Format, SARIF 2.1.0.

use portage_config::report::{Code, Origin, Severity, Source, Sources, Span};
use serde_json::{Map, Value, json};

use crate::answer::{Answer, Finding, Status};
use crate::secrets::Secrets;

const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// The answer as one log with one run. What is allowed is in it, suppressed.
pub(crate) fn log(answer: &Answer) -> serde_json::Result<String> {
    let mut rules: Vec<&'static Code> = answer.findings.iter().map(|found| found.diagnostic.code).collect();
    rules.sort_by_key(|code| code.id);
    rules.dedup_by_key(|code| code.id);
    let results: Vec<Value> = answer.findings.iter().map(|found| result(found, &rules, answer)).collect();
    let log = json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "portage-config",
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules.iter().map(|code| rule(code)).collect::<Vec<_>>(),
            } },
            "columnKind": "unicodeCodePoints",
            "invocations": [{ "executionSuccessful": answer.status != Status::Nothing }],
            "results": results,
        }],
    });
    serde_json::to_string_pretty(&log).map(|mut text| {
        text.push('\n');
        text
    })
}

fn rule(code: &Code) -> Value {
    json!({
        "id": code.id,
        "name": code.name,
        "shortDescription": { "text": code.name.replace('-', " ") },
        "fullDescription": { "text": code.why },
        "help": { "text": format!("{} Source: {}.", code.why, code.source.trim_end_matches('.')) },
        "defaultConfiguration": { "level": level(code.severity) },
    })
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Hint => "note",
    }
}

fn result(finding: &Finding, rules: &[&'static Code], answer: &Answer) -> Value {
    let diagnostic = &finding.diagnostic;
    let (sources, secrets) = (&answer.sources, &answer.secrets);
    let hide = |text: &str| secrets.hide(text).into_owned();
    let mut result = Map::new();
    result.insert("ruleId".to_owned(), json!(diagnostic.code.id));
    result.insert("ruleIndex".to_owned(), json!(rules.iter().position(|code| code.id == diagnostic.code.id)));
    result.insert("level".to_owned(), json!(level(diagnostic.severity)));
    let mut message = hide(&diagnostic.message);
    if let Some(help) = &diagnostic.help {
        message += "; ";
        message += &hide(help);
    }
    result.insert("message".to_owned(), json!({ "text": message }));
    let place = diagnostic.spot.span.and_then(|span| Some((sources.get(span.source)?, span)));
    let mut location = Map::new();
    let artifact = match (place, &diagnostic.spot.path) {
        (Some((source, span)), _) => {
            Some(json!({ "artifactLocation": artifact(source, secrets), "region": region(source, span) }))
        }
        (None, Some(path)) => Some(json!({ "artifactLocation": { "uri": uri(&hide(path.as_str())) } })),
        (None, None) => None,
    };
    if let Some(artifact) = artifact {
        location.insert("physicalLocation".to_owned(), artifact);
    }
    if let Some(path) = &diagnostic.spot.path {
        let key = &diagnostic.spot.key;
        let name = if key.0.is_empty() { path.to_string() } else { format!("{path}: {key}") };
        location.insert("logicalLocations".to_owned(), json!([{ "fullyQualifiedName": hide(&name) }]));
    }
    if !location.is_empty() {
        result.insert("locations".to_owned(), json!([location]));
    }
    if !diagnostic.fix.is_empty() {
        result.insert("fixes".to_owned(), json!([fix(finding, sources, secrets)]));
    }
    if finding.allowed {
        let mut suppression = Map::from_iter([("kind".to_owned(), json!("external"))]);
        if let Some(why) = &finding.why {
            suppression.insert("justification".to_owned(), json!(hide(why)));
        }
        result.insert("suppressions".to_owned(), json!([suppression]));
    }
    Value::Object(result)
}

fn fix(finding: &Finding, sources: &Sources, secrets: &Secrets) -> Value {
    let diagnostic = &finding.diagnostic;
    let changes = diagnostic.fix.iter().filter_map(|fix| {
        let source = sources.get(fix.span.source)?;
        Some(json!({
            "artifactLocation": artifact(source, secrets),
            "replacements": [{
                "deletedRegion": region(source, fix.span),
                "insertedContent": { "text": secrets.hide(&fix.text) },
            }],
        }))
    });
    let mut fix = Map::from_iter([("artifactChanges".to_owned(), json!(changes.collect::<Vec<_>>()))]);
    if let Some(help) = &diagnostic.help {
        fix.insert("description".to_owned(), json!({ "text": secrets.hide(help) }));
    }
    Value::Object(fix)
}

fn artifact(source: &Source, secrets: &Secrets) -> Value {
    let name = secrets.hide(&source.name);
    match source.origin {
        // A preset is part of the program: its name is no path.
        Origin::Spec if name.starts_with("preset:") => {
            json!({ "uri": uri(&name), "description": { "text": "part of portage-config" } })
        }
        _ => json!({ "uri": uri(&name) }),
    }
}

fn region(source: &Source, span: Span) -> Value {
    let ((line, column), (last, end)) = (source.position(span.start), source.position(span.end));
    json!({ "startLine": line, "startColumn": column, "endLine": last, "endColumn": end })
}

/// A path as a reference, relative or from the root: what may not stand in one is escaped.
fn uri(path: &str) -> String {
    let (scheme, rest) = match path.split_once(':') {
        Some(("preset", rest)) => ("preset:", rest),
        _ if path.starts_with('/') => ("file://", path),
        _ => ("", path),
    };
    let mut text = scheme.to_owned();
    for byte in rest.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~/!$&'()*+,;=@".contains(&byte) {
            text.push(char::from(byte));
        } else {
            text.push_str(&format!("%{byte:02X}"));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_references() {
        for (path, expected) in [
            ("site.toml", "site.toml"),
            ("a b/ä%:.toml", "a%20b/%C3%A4%25%3A.toml"),
            ("/mnt/x#1", "file:///mnt/x%231"),
            ("preset:init/openrc", "preset:init/openrc"),
        ] {
            assert_eq!(uri(path), expected);
        }
    }
}
