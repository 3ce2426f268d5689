//! Sections in several files: their keys are merged, and of a key that stands in several files the last one holds.

use super::World;
use super::lines::Line;
use crate::edit::codes::{E013, E016, E017};
use crate::file::Kind;
use crate::report::{Report, Severity};
use crate::spec::Statement;
use crate::syntax;
use crate::vocab::RelPath;

pub(super) fn find(
    world: &World<'_>,
    kind: &'static Kind,
    place: &RelPath,
    path: &RelPath,
    statement: &Statement,
    report: &mut Report,
) {
    let files = world.files(place);
    let Some(own) = files.iter().position(|file| file.path == *path) else { return };
    for (number, file) in files.iter().enumerate().filter(|(number, _)| *number != own) {
        for (key, range) in syntax::spans(&kind.grammar, &file.bytes) {
            let line = Line { file, range, key: statement.name.clone(), words: Vec::new() };
            let section = statement.name.as_str();
            match key.0.as_slice() {
                [name] if name == section && statement.drops() => {
                    line.report(report, &E013, None, format!("the section `{section}` stands here, too"));
                }
                [name, key] if name == section && number > own && is_said(statement, key) => {
                    let message = format!(
                        "`{}` of `{section}` in `/{path}` has no effect: this file is read later, and says it again",
                        key.to_lowercase()
                    );
                    line.report(report, &E016, None, message).set_help("change this file instead");
                }
                _ => {}
            }
        }
        let mut found = Report::new();
        syntax::read(&kind.grammar, &file.bytes, &mut found.text(&file.path, &file.bytes));
        if let Some(wrong) = found.diagnostics.iter().find(|found| found.severity == Severity::Error) {
            let range = wrong.spot.span.map_or(0..0, |span| span.start..span.end);
            let line = Line { file, range, key: statement.name.clone(), words: Vec::new() };
            let message = format!("Portage throws all files away for what stands here: {}", wrong.message);
            line.report(report, &E017, None, message);
        }
    }
}

/// Whether a statement says a key; configparser's have no case.
fn is_said(statement: &Statement, key: &str) -> bool {
    let mut said = statement.below.iter().filter(|name| *name != "remove");
    said.any(|name| name.eq_ignore_ascii_case(key))
}
