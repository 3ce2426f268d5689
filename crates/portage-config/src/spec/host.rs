//! Roots that lie inside others.

use super::code;
use super::header;
use super::{Resolved, Root};
use crate::report::{Diagnostic, Report, Span, Spot};

/// Roots inside roots: the host is there, and stands before what lies in it. `places`: where each root says so.
pub(super) fn hosts(resolved: &mut Resolved, places: &[Option<Span>], report: &mut Report) {
    let names: Vec<String> = resolved.roots.iter().filter_map(|root| root.name.clone()).collect();
    for (number, root) in resolved.roots.iter().enumerate() {
        let Some((host, _)) = &root.at else { continue };
        let name = root.name.as_deref().unwrap_or_default();
        let mut wrong = |message: String, help: Option<String>| {
            let spot = Spot { span: places.get(number).copied().flatten(), ..Spot::default() };
            let mut found = Diagnostic::new(&code::S017, spot, message);
            found.help = help;
            report.push(found);
        };
        if !names.contains(host) || host == name {
            let others = || names.iter().map(String::as_str).filter(|other| *other != name);
            let help = match header::nearest(host, others()) {
                Some(near) => Some(format!("did you mean `{near}`?")),
                None => Some(others().map(|other| format!("`{other}`")).collect::<Vec<_>>().join(", "))
                    .filter(|others| !others.is_empty())
                    .map(|others| format!("there is {others}")),
            };
            wrong(format!("the root `{name}` lies in `{host}`, which is no other root of the spec"), help);
        } else if let Some(circle) = circle(&resolved.roots, name) {
            let message = format!("the roots lie inside each other: `{name}` lies in `{circle}`");
            wrong(message, Some("a machine of its own has no `at`".to_owned()));
        }
    }
    let depth = |root: &Root| {
        let mut depth = 0;
        let mut at = root.at.as_ref().map(|(host, _)| host.clone());
        while let Some(host) = at
            && depth <= names.len()
        {
            depth += 1;
            at = resolved
                .roots
                .iter()
                .find(|r| r.name.as_ref() == Some(&host))
                .and_then(|r| r.at.clone())
                .map(|(h, _)| h);
        }
        depth
    };
    let keyed: Vec<usize> = resolved.roots.iter().map(depth).collect();
    let mut roots: Vec<(usize, Root)> = keyed.into_iter().zip(std::mem::take(&mut resolved.roots)).collect();
    roots.sort_by_key(|(depth, _)| *depth);
    resolved.roots = roots.into_iter().map(|(_, root)| root).collect();
}

/// The roots that a root lies in, when the last of them is itself.
fn circle(roots: &[Root], name: &str) -> Option<String> {
    let host = |name: &str| {
        let root = roots.iter().find(|root| root.name.as_deref() == Some(name))?;
        root.at.as_ref().map(|(host, _)| host.as_str())
    };
    let mut way = Vec::new();
    let mut at = host(name);
    while let Some(next) = at
        && way.len() <= roots.len()
    {
        way.push(next);
        if next == name {
            return Some(way.join("` lies in `"));
        }
        at = host(next);
    }
    None
}
