//! `overlay check`.

use camino::Utf8Path;
use portage_config::overlay::{check, unseen};
use portage_config::report::{Diagnostic, Report, Severity, Spot};
use portage_config::vocab::{Cpn, RelPath};
use serde_json::Value;

use super::open::{Opened, open};
use crate::answer::{Answer, Status};
use crate::args::OverlayCheck as Args;
use crate::{codes, json, locate};

pub(crate) fn run(args: &Args) -> Answer {
    let mut answer = Answer::default();
    let Some(Opened { dir, repository, packages, strays }) = open(&args.repo, &mut answer) else {
        return answer.nothing();
    };
    let masters = super::masters::open(&args.root, &repository, &dir);
    let mut report = Report { sources: std::mem::take(&mut answer.sources), ..Report::new() };
    if args.repo.packages.is_empty() {
        unseen(&strays, &mut report);
    }
    let checked = check(&repository, &packages, &masters, &mut report);
    answer.take(report, None);
    if let Err(error) = checked {
        return answer.failed(&codes::CANNOT_READ, error.to_string(), None);
    }
    if !args.no_pkgcheck {
        let named: &[Cpn] = if args.repo.packages.is_empty() { &[] } else { &packages };
        pkgcheck(&dir, named, &mut answer);
    }
    if args.deny.is_some() {
        locate::deny_warnings(&mut answer);
    }
    answer.sort();
    answer.findings_are_data = true;
    if answer.has_errors() {
        answer.status = answer.status.max(Status::No);
    }
    let found: Vec<&str> = masters.iter().filter_map(|master| master.name()).collect();
    let missing = repository.layout().masters().iter().filter(|name| !found.contains(&name.as_str()));
    let missing: Vec<&str> = missing.map(String::as_str).collect();
    if !missing.is_empty() {
        answer.notes.push(format!(
            "not found, so not asked for architectures and categories: {}",
            missing.join(", ")
        ));
    }
    answer.more.overlay = Some(json::Overlay::of(&dir, repository.name()));
    answer
}

/// What pkgcheck finds, where it is installed. That it fails is a remark: it needs the masters and a whole set-up.
fn pkgcheck(dir: &Utf8Path, packages: &[Cpn], answer: &mut Answer) {
    let Ok(whole) = dir.canonicalize_utf8() else { return };
    let mut command = std::process::Command::new("pkgcheck");
    command.args(["scan", "--color", "n", "--reporter", "JsonReporter", "--repo", whole.as_str()]);
    command.args(packages.iter().map(ToString::to_string)).current_dir(&whole);
    let output = match command.stdin(std::process::Stdio::null()).output() {
        Ok(output) => output,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            answer.notes.push("pkgcheck is not installed".to_owned());
            return;
        }
        Err(error) => {
            answer.notes.push(format!("pkgcheck cannot be run: {error}"));
            return;
        }
    };
    if !output.status.success() {
        let error = String::from_utf8_lossy(&output.stderr);
        let last = error.lines().rfind(|line| !line.trim().is_empty()).unwrap_or_default().to_owned();
        answer.notes.push(format!("pkgcheck gave no answer: {last}"));
        return;
    }
    for line in String::from_utf8_lossy(&output.stdout).lines() {
        if let Ok(value) = serde_json::from_str(line) {
            found(&value, &mut Vec::new(), answer);
        }
    }
}

/// Results as pkgcheck's JsonReporter nests them: category, package and version, each where there is one, then
/// `_LEVEL`, then the name of the result and what it says.
fn found(value: &Value, at: &mut Vec<String>, answer: &mut Answer) {
    let Value::Object(map) = value else { return };
    for (key, value) in map {
        let severity = match key.as_str() {
            "_error" => Severity::Error,
            "_warning" => Severity::Warning,
            "_style" | "_info" => Severity::Hint,
            _ => {
                at.push(key.clone());
                found(value, at, answer);
                at.pop();
                continue;
            }
        };
        let Value::Object(results) = value else { continue };
        for (name, said) in results {
            let lines = match said {
                Value::Array(lines) => lines.iter().filter_map(Value::as_str).collect(),
                Value::String(line) => vec![line.as_str()],
                _ => Vec::new(),
            };
            for line in lines {
                let path = RelPath::parse(&path(at)).ok();
                let spot = Spot { path, ..Spot::default() };
                let mut diagnostic = Diagnostic::new(&codes::PKGCHECK, spot, format!("{name}: {line}"));
                diagnostic.severity = severity;
                answer.add(diagnostic, None);
            }
        }
    }
}

/// The file that a result is about.
fn path(at: &[String]) -> String {
    match at {
        [category, package, version, ..] if !version.is_empty() => {
            format!("{category}/{package}/{package}-{version}.ebuild")
        }
        at => at.iter().take(2).map(String::as_str).collect::<Vec<_>>().join("/"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_are_findings() {
        let mut answer = Answer::default();
        let text = r#"{"app-misc": {"hello": {"1.0": {"_error": {"UnknownKeywords": ["unknown x"]}, "_info": {"Y": "z"}},
            "_warning": {"MissingManifest": ["a", "b"]}}}}"#;
        found(&serde_json::from_str(text).unwrap(), &mut Vec::new(), &mut answer);
        let mut all: Vec<String> = (answer.findings.iter())
            .map(|f| {
                let diagnostic = &f.diagnostic;
                let path = diagnostic.spot.path.as_ref().unwrap();
                format!("{:?} {path} {}", diagnostic.severity, diagnostic.message)
            })
            .collect();
        all.sort();
        assert_eq!(
            all,
            [
                "Error app-misc/hello/hello-1.0.ebuild UnknownKeywords: unknown x",
                "Hint app-misc/hello/hello-1.0.ebuild Y: z",
                "Warning app-misc/hello MissingManifest: a",
                "Warning app-misc/hello MissingManifest: b",
            ]
        );
    }
}
