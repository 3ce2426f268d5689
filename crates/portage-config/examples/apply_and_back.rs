//! Changes a root so that it holds what a spec says, and takes it back.
//!
//!     cargo run --example apply_and_back
//!
//! The root is a folder that is made for it, with a make.conf somebody wrote by hand.
#![expect(clippy::print_stdout, reason = "an example prints")]

use std::error::Error;
use std::fs;

use portage_config::apply::{Options, recover};
use portage_config::plan::{Choice, Choices, Plan, drift};
use portage_config::report::Report;
use portage_config::root::Root;
use portage_config::spec::{self, Disk};
use portage_config::state::{About, Guard};
use portage_config::template::Templates;

fn main() -> Result<(), Box<dyn Error>> {
    let sample = tempfile::tempdir()?;
    let path = |name: &str| sample.path().join(name);
    fs::create_dir_all(path("box/etc/portage"))?;
    fs::write(path("box/etc/portage/make.conf"), "USE=\"gtk\"  # by hand\nMAKEOPTS=\"-j4\"\n")?;
    fs::write(
        path("box.toml"),
        "spec = 1\n[make.conf]\nUSE = \"nbd\"\n[\"package.use/box\"]\n\"app-editors/vim\" = \"-X\"\n",
    )?;

    let mut report = Report::new();
    let file =
        path("box.toml").into_os_string().into_string().map_err(|_| "the path of the sample is no text")?;
    let spec = spec::load(&file, &spec::Options::new(&Disk), &mut report).ok_or("the spec has mistakes")?;
    let config = &spec.roots.first().ok_or("the spec has no root")?.config;
    let root = Root::open(path("box"))?;
    let templates = Templates::builtin();

    // Nobody else changes the root while the guard is held. A run that was cut off is finished first.
    let mut guard = Guard::take(&root, true)?;
    recover(&root, &mut guard, true)?;
    let plan = Plan::new(config, &templates, &root, &Choices::default(), &mut report)?;
    for (path, conflict) in plan.conflicts() {
        println!("{path}: {conflict}");
    }

    let choices = Choices { all: Some(Choice::TakeOurs), ..Choices::default() };
    let plan = Plan::new(config, &templates, &root, &choices, &mut report)?;
    print!("{}", plan.display());
    let about = About { what: "apply".to_owned(), spec: Some("box.toml".to_owned()), ..About::default() };
    let done = plan.apply(&root, &mut guard, &about, &Options::default())?.ok_or("nothing to do")?;
    println!(
        "generation {}: {}",
        done.generation,
        fs::read_to_string(path("box/etc/portage/make.conf"))?.trim()
    );
    assert!(drift(&root, &mut report)?.is_empty());

    let back = Plan::back(0, &root, &Choices::default(), &mut report)?;
    back.apply(&root, &mut guard, &About { what: "rollback 0".to_owned(), ..about }, &Options::default())?;
    println!("and back:\n{}", fs::read_to_string(path("box/etc/portage/make.conf"))?);
    Ok(())
}
