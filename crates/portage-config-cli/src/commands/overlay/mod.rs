//! `overlay`.

mod add_to;
mod check;
mod drop;
mod fork;
mod forks;
mod manifest;
mod masters;
mod new;
mod open;
mod source;
mod status;
mod update;
mod verify;

use crate::answer::Answer;
use crate::args::{Look, Overlay};

pub(crate) fn run(command: &Overlay, look: &Look) -> Answer {
    match command {
        Overlay::New(args) => new::run(args),
        Overlay::Manifest(args) => manifest::run(args, look),
        Overlay::Verify(args) => verify::run(args, look),
        Overlay::Check(args) => check::run(args),
        Overlay::AddTo(args) => add_to::run(args),
        Overlay::Fork(args) => fork::run(args),
        Overlay::Status(args) => status::run(args),
        Overlay::Update(args) => update::run(args),
        Overlay::Drop(args) => drop::run(args),
    }
}

/// As many as there are processors.
fn threads() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// Without a folder of distfiles none of them is there.
fn no_distdir(dir: &camino::Utf8Path) -> Option<String> {
    (!dir.is_dir()).then(|| format!("`{dir}` is no folder: no distfile is there"))
}

/// `1 package`, `2 packages`.
fn counted(count: usize, what: &str) -> String {
    if count == 1 { format!("1 {what}") } else { format!("{count} {what}s") }
}
