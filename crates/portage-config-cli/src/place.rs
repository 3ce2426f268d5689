//! Where the roots of a spec lie in a folder.

use camino::{Utf8Path, Utf8PathBuf};
use portage_config::root::Root as Machine;

/// A folder inside a machine, links on the way resolved inside that machine.
pub(crate) fn within(dir: &Utf8Path, below: &str) -> Utf8PathBuf {
    match Machine::open(dir).ok().and_then(|machine| machine.resolve(below)) {
        Some(path) => dir.join(path.as_str()),
        None => dir.join(below),
    }
}
