//! Renders a 486 system's configuration into a folder, from a spec made in memory.
//!
//!     cargo run --example render_for_chroot [FOLDER]
//!
//! A provisioning program knows some values (here the identifiers of three file systems), writes the few lines that
//! differ from the preset, and puts the tree into the chroot that it prepares. Without FOLDER it is written into a
//! temporary one.
#![expect(clippy::print_stdout, reason = "an example prints")]

use std::collections::BTreeMap;
use std::error::Error;

use camino::Utf8PathBuf;
use portage_config::report::{Report, Severity};
use portage_config::template::Templates;
use portage_config::{lint, render, spec};

const HOST: &str = r#"
spec = 1
extends = ["preset:i486-glibc-systemd"]

[param]
root-uuid = "3c6d1f0e-52c4-4f6c-9a34-1f2f6d1f9f10"
swap-uuid = "b1d4a9f2-0a55-4b0c-8c5f-2d7a1f3f5c20"
boot-id = "4A1B-22FF"
nbd-host = "10.0.0.2"
jobs = 8

[make.conf]
USE.add = "ipv6"
"#;

fn main() -> Result<(), Box<dyn Error>> {
    let temporary = tempfile::tempdir()?;
    let folder = match std::env::args_os().nth(1) {
        Some(folder) => folder.into(),
        None => temporary.path().join("chroot"),
    };

    let files: BTreeMap<Utf8PathBuf, Vec<u8>> = BTreeMap::from([("host.toml".into(), HOST.into())]);
    let mut report = Report::new();
    let resolved = spec::load("host.toml", &spec::Options::new(&files), &mut report);
    let roots = resolved.map(|resolved| resolved.roots).unwrap_or_default();
    for root in &roots {
        lint::check(&root.config, &mut report);
    }
    for found in report.diagnostics.iter().filter(|found| found.severity > Severity::Hint) {
        println!("{} {}: {}", found.code.id, found.code.name, found.message);
    }
    let root = roots.first().ok_or("the spec gives no answer")?;
    let tree = render::render(&root.config, &Templates::builtin(), &mut report).ok_or("not rendered")?;

    // Nothing that is there already is replaced: `true` would allow that.
    tree.write_to(&folder, false)?;
    for path in tree.nodes.keys() {
        println!("{path}");
    }
    Ok(())
}
