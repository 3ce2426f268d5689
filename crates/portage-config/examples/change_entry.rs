//! Changes one rule of a package.use and one word of a make.conf, and no other byte.
//!
//!     cargo run --example change_entry
#![expect(clippy::print_stdout, reason = "an example prints")]

use std::error::Error;

use portage_config::config::Own;
use portage_config::file::make_conf::MAKE_CONF;
use portage_config::file::package_use::PACKAGE_USE;
use portage_config::model::{Model, Statement};
use portage_config::render::update;
use portage_config::report::Report;
use portage_config::syntax;
use portage_config::vocab::{RelPath, Word};

const USE: &str = "\
# required by www-client/firefox
media-libs/libvpx   postproc

media-video/ffmpeg -X\tx264   # for the television
*/* VIDEO_CARDS: -* intel
";

const MAKE: &str = r#"# Built for this machine.
COMMON_FLAGS='-O2 -pipe'   # no -march: shared with the laptop
CFLAGS="${COMMON_FLAGS}"
USE="wayland -gnome"
"#;

fn main() -> Result<(), Box<dyn Error>> {
    let mut report = Report::new();

    let path = RelPath::parse("etc/portage/package.use/media")?;
    let mut model = syntax::read(&PACKAGE_USE.grammar, USE.as_bytes(), &mut report.file(&path));
    if let Model::Rules(rules) = &mut model {
        for rule in rules.rules.iter_mut().filter(|rule| rule.key == "media-video/ffmpeg") {
            rule.words.push("vaapi".to_owned());
        }
    }
    let text = update(&PACKAGE_USE, &model, Own::Whole, USE.as_bytes())?;
    print!("{}", String::from_utf8_lossy(&text));
    assert_eq!(text, USE.replace("x264 ", "x264 vaapi ").as_bytes());

    let path = RelPath::parse("etc/portage/make.conf")?;
    let mut model = syntax::read(&MAKE_CONF.grammar, MAKE.as_bytes(), &mut report.file(&path));
    if let Model::Vars(vars) = &mut model {
        for statement in &mut vars.statements {
            if let Statement::Assign(assign) = statement
                && assign.name == "USE"
            {
                assign.value = Word::parse(&assign.value.spell().replace("-gnome", "gnome"))?;
            }
        }
    }
    let text = update(&MAKE_CONF, &model, Own::Whole, MAKE.as_bytes())?;
    print!("{}", String::from_utf8_lossy(&text));
    assert_eq!(text, MAKE.replace("-gnome", "gnome").as_bytes());

    for found in &report.diagnostics {
        println!("{}: {}", found.code.name, found.message);
    }
    Ok(())
}
