//! Prints the spec of a machine's files, and how each file is carried in it.
//!
//!     cargo run --example import_root [ROOT]
//!
//! ROOT is the machine's `/`, or a chroot's. Without it, a small root is made to be read. Nothing is written; the values
//! of secrets are not printed.
#![expect(clippy::print_stdout, reason = "an example prints")]

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use portage_config::report::Report;
use portage_config::root::Root;
use portage_config::spec::{How, import, import_paths};
use portage_config::tree::Tree;

fn main() -> Result<(), Box<dyn Error>> {
    let sample = tempfile::tempdir()?;
    let root = match std::env::args_os().nth(1) {
        Some(root) => PathBuf::from(root),
        None => {
            small(sample.path())?;
            sample.path().to_owned()
        }
    };

    let mut report = Report::new();
    let tree = Tree::scan(&Root::open(&root)?, &import_paths(), &mut report);
    let imported = import(&tree, "machine", &mut report);

    print!("{}", imported.spec);
    println!();
    for file in &imported.files {
        let place = match file.how {
            How::Entries | How::Text | How::Node => "machine.toml",
            How::File => "machine.d",
        };
        let reason = file.reason.as_ref().map(|reason| format!(", because {reason}")).unwrap_or_default();
        println!("{}: {} in {place}{reason}", file.path, file.how.name());
    }
    for name in imported.secrets.keys() {
        println!("{name}: a secret in machine.secrets");
    }
    for found in &report.diagnostics {
        println!("{}: {}", found.code.name, found.message);
    }
    Ok(())
}

/// A root in which there is something of everything.
fn small(root: &Path) -> Result<(), Box<dyn Error>> {
    let portage = root.join("etc/portage");
    for (path, text) in [
        ("make.conf", "# by hand\nUSE=\"-X wayland\"  # the desk\n"),
        ("package.use/mpv", "media-video/mpv lua\n"),
        ("package.use/twice", "a/b x\na/c y\na/b -x\n"),
        ("binrepos.conf", "[host]\nsync-uri = https://me:secret@example.org/packages\n"),
        ("patches/media-video/mpv/fix.patch", "--- a\n+++ b\n"),
    ] {
        let path = portage.join(path);
        fs::create_dir_all(path.parent().ok_or("no folder")?)?;
        fs::write(path, text)?;
    }
    std::os::unix::fs::symlink(
        "../../var/db/repos/gentoo/profiles/default/linux/amd64",
        portage.join("make.profile"),
    )?;
    Ok(())
}
