//! make.conf: later assignments, and what is stronger than USE.

use super::World;
use super::lines::{Line, flag, lines};
use super::mask;
use crate::edit::codes::{E010, E013, E016};
use crate::file::{self, Kind};
use crate::model::{Model, Statement as Assigned};
use crate::report::Report;
use crate::spec::Statement;
use crate::syntax;
use crate::vocab::RelPath;

pub(super) fn find(
    world: &World<'_>,
    kind: &'static Kind,
    path: &RelPath,
    statement: &Statement,
    report: &mut Report,
) {
    let name = statement.name.as_str();
    let files = RelPath::parse("etc/portage/make.conf").map(|place| world.files(&place)).unwrap_or_default();
    let own = files.iter().position(|file| file.path == *path);
    if let Some(own) = own {
        for (number, file) in files.iter().enumerate() {
            let Model::Vars(vars) =
                syntax::read(&kind.grammar, &file.bytes, &mut Report::new().file(&file.path))
            else {
                continue;
            };
            let spans = syntax::spans(&kind.grammar, &file.bytes);
            for (said, (_, range)) in vars.statements.iter().zip(spans) {
                let Assigned::Assign(assign) = said else { continue };
                let adds = assign.value.references().any(|other| other == name);
                let line = Line { file, range, key: name.to_owned(), words: Vec::new() };
                if assign.name != name {
                    continue;
                }
                if statement.drops() {
                    line.report(report, &E013, None, format!("`{name}` is still assigned here"));
                } else if number > own && !adds {
                    let message = format!(
                        "the value of `{name}` in `{}` has no effect: it is assigned anew here",
                        statement.header
                    );
                    line.report(report, &E016, None, message).set_help("change this file instead");
                }
            }
        }
    }
    if name != "USE" || statement.drops() {
        return;
    }
    let (Some(package_use), Ok(place)) =
        (file::named("package.use"), RelPath::parse("etc/portage/package.use"))
    else {
        return;
    };
    let files = world.files(&place);
    let global: Vec<Line<'_>> =
        lines(package_use, &files).into_iter().filter(|line| line.key == "*/*").collect();
    for (_, word) in statement.said() {
        let Some((flag, on)) = flag(&word) else { continue };
        let last = global.iter().rev().find_map(|line| Some((line, line.last(flag)?)));
        if let Some((line, (other, _))) = last.filter(|(_, (_, is_on))| *is_on != on) {
            let message = format!(
                "`{word}` has no effect: `{other}` is said of all packages here, and package.use is stronger"
            );
            line.report(report, &E010, Some(other), message);
        }
        mask::find(world, None, (flag, on), statement, report);
    }
}
