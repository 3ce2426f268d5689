//! What the flags let code use, and whether the machine has it.

mod machine;
mod names;
mod off;

use super::context::Context;
use crate::report::{Key, Report};
use crate::vocab::RelPath;

pub(crate) use machine::{L228, L229};
pub use machine::{for_target, on_processor};
pub(crate) use names::{L226, L227};
pub(crate) use off::{L048, L049};

/// The variables that hold flags of GCC.
const GCC: [&str; 4] = ["CFLAGS", "CXXFLAGS", "FCFLAGS", "FFLAGS"];

/// Those of other compilers.
const OTHERS: [&str; 2] = ["RUSTFLAGS", "GOAMD64"];

pub(super) fn check(context: &Context<'_>, report: &mut Report) {
    let all = flags(context);
    names::check(context, &all, report);
    off::check(context, report);
    machine::check_native(context, &all, report);
}

/// The flags of a compiler, in make.conf or in a file of env/.
struct Flags<'a> {
    name: &'static str,
    /// As Portage expands them.
    value: String,
    /// The file of env/, and what it says itself.
    env: Option<(&'a RelPath, String)>,
}

impl Flags<'_> {
    /// Where a word is written out; none where a file of env/ has it from make.conf.
    fn place(&self, context: &Context<'_>, word: &str) -> Option<(RelPath, Key)> {
        match &self.env {
            Some((path, own)) => own.contains(word).then(|| ((*path).clone(), Key::of(self.name))),
            None => context.written(self.name, word),
        }
    }
}

/// All flags, those of make.conf first.
fn flags<'a>(context: &'a Context<'_>) -> Vec<Flags<'a>> {
    let names = || GCC.into_iter().chain(OTHERS);
    let own = names().filter_map(|name| {
        let value = context.make_conf.get(name)?.to_owned();
        Some(Flags { name, value, env: None })
    });
    let mut all: Vec<Flags<'a>> = own.collect();
    for (path, vars) in context.vars("env") {
        let mut flags = context.make_conf.clone();
        flags.apply(vars);
        for name in names() {
            let (Some(assign), Some(value)) = (vars.get(name), flags.get(name)) else { continue };
            let env = Some((path, assign.value.spell().to_string()));
            all.push(Flags { name, value: value.to_owned(), env });
        }
    }
    all
}
