use super::*;
use crate::vocab::RelPath;

mod cases;
mod effects;
mod laws;

mod roots;
mod specs;

/// A text after statements about it; the messages where it was refused.
fn edited(path: &str, before: &str, statements: &[&str]) -> Result<String, Vec<String>> {
    let mut report = Report::new();
    let path = RelPath::parse(path).unwrap();
    let after = text(&path, before.as_bytes(), statements, &mut report);
    match after {
        Some(after) => Ok(String::from_utf8(after).unwrap()),
        None => Err(report.diagnostics.into_iter().map(|found| found.message).collect()),
    }
}

/// The same, for a path below etc/portage that the first statement names.
fn edit(before: &str, statements: &[&str]) -> String {
    let header = statements[0].split(':').next().unwrap().trim_matches('"');
    let path = header.strip_prefix('/').map_or_else(|| format!("etc/portage/{header}"), str::to_owned);
    edited(&path, before, statements).unwrap_or_else(|messages| panic!("{statements:?}: {messages:?}"))
}
