//! Prints what differs between a machine and what is wanted.
//!
//!     cargo run --example diff_root [ROOT [SPEC]]
//!
//! ROOT is the machine's `/`, or a chroot's. Without arguments, a small root is made to compare with. Nothing is
//! changed.
#![expect(clippy::print_stdout, reason = "an example prints")]

use std::error::Error;
use std::fs;
use std::path::PathBuf;

use portage_config::diff::diff;
use portage_config::report::Report;
use portage_config::root::Root;
use portage_config::spec::{self, Disk, Options};
use portage_config::template::Templates;

fn main() -> Result<(), Box<dyn Error>> {
    let sample = tempfile::tempdir()?;
    let mut arguments = std::env::args().skip(1);
    let root = arguments.next().map(PathBuf::from).unwrap_or_else(|| sample.path().join("root"));
    let spec = match arguments.next() {
        Some(spec) => spec,
        None => {
            let path = sample.path().join("host.toml");
            fs::write(
                &path,
                "spec = 1\n[make.conf]\nUSE = \"-X wayland\"\n[\"package.use/mpv\"]\n\"media-video/mpv\" = \"lua\"\n",
            )?;
            path.into_os_string().into_string().map_err(|_| "the path of the sample is no text")?
        }
    };
    if root.starts_with(sample.path()) {
        fs::create_dir_all(root.join("etc/portage"))?;
        fs::write(root.join("etc/portage/make.conf"), "# by hand\nUSE=\"X wayland\"\n")?;
    }

    let mut report = Report::new();
    let resolved = spec::load(&spec, &Options::new(&Disk), &mut report).ok_or("the spec gives no answer")?;
    let wanted = resolved.roots.first().ok_or("the spec has no root")?;
    let root = Root::open(&root)?;
    for change in diff(&wanted.config, &Templates::builtin(), &root, &mut report) {
        println!("{:?} {}", change.op, change.path);
        for entry in &change.meaning {
            let words =
                |words: &Option<Vec<String>>| words.as_ref().map_or("nothing".into(), |w| w.join(" "));
            println!("    {}: {} -> {}", entry.key, words(&entry.before), words(&entry.after));
        }
        print!("{}", change.unified());
    }
    for found in &report.diagnostics {
        println!("{}: {}", found.code.name, found.message);
    }
    Ok(())
}
