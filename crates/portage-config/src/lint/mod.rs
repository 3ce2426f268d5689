//! What a configuration means: the checks of each kind, and those across files.
//!
//! A rule that one file can break stands in the room of its kind ([`crate::file`]); what needs several files
//! stands here, a module for each subject. Values are judged as Portage expands them, see
//! [`crate::file::Effective`].

mod boot;
mod context;
mod cpu;
mod cross;
mod flags;
mod installkernel;
mod instructions;
mod libc;
mod live;
mod machine;
mod moves;
mod openrc;
mod package_env;
mod parallel;
mod places;
mod profile;
mod repo;
mod repos;
mod rust;
mod sccache;
mod secrets;
#[cfg(test)]
mod systems;
#[cfg(test)]
mod testing;

use std::sync::LazyLock;

pub use cpu::{for_target, on_processor};
pub use cross::inside;
pub use moves::{names_packages, undone};
pub use repo::{Skipped, with_repositories, without_repositories};
pub use sccache::beside;
pub use secrets::exposed;

use crate::config::Config;
use crate::file;
use crate::report::{Code, Diagnostic, Report};

/// Runs all checks on a configuration: the readers of files that are there as text, the check of each kind, then
/// the rules across files.
pub fn check(config: &Config, report: &mut Report) {
    let first = report.diagnostics.len();
    let context = context::Context::new(config, report);
    let referenced = context.referenced();
    let known = |diagnostic: &Diagnostic| {
        diagnostic.spot.key.0.first().is_some_and(|name| referenced.contains(name.as_str()))
    };
    let unread = package_env::unread(&context);
    let (mut at, mut is_told) = (0, false);
    report.diagnostics.retain(|diagnostic| {
        at += 1;
        if at <= first {
            return true;
        }
        // Each file of the folder would say so, and emerge says it once.
        if diagnostic.code == &file::keywords::L126 {
            return !std::mem::replace(&mut is_told, true);
        }
        (diagnostic.code != &file::make_conf::L101 || !known(diagnostic))
            && !diagnostic.spot.path.as_ref().is_some_and(|path| unread.contains(path))
    });
    places::check(&context, report);
    flags::check(&context, report);
    instructions::check(&context, report);
    cpu::check(&context, report);
    machine::check(&context, report);
    libc::check(&context, report);
    live::check(&context, report);
    rust::check(&context, report);
    sccache::check(&context, report);
    installkernel::check(&context, report);
    package_env::check(&context, report);
    profile::check(&context, report);
    parallel::check(&context, report);
    repos::check(&context, report);
    openrc::check(config, report);
    boot::check(&context, report);
    cross::check(&context, report);
    exposed(config, report);
}

/// All codes of this module and of the kinds, by their number.
pub(crate) static CODES: LazyLock<Vec<&'static Code>> = LazyLock::new(|| {
    let mut codes = [OWN, repo::CODES, file::ugrd::CODES, file::dracut::CODES].concat();
    codes.sort_by_key(|code| code.id);
    codes
});

static OWN: &[&Code] = &[
    &flags::L001,
    &flags::L002,
    &libc::L003,
    &flags::L004,
    &flags::L005,
    &machine::L007,
    &machine::L008,
    &machine::L009,
    &machine::L010,
    &machine::L011,
    &rust::L012,
    &machine::L013,
    &machine::L014,
    &machine::L015,
    &places::L016,
    &file::keywords::L017,
    &live::L018,
    &file::keywords::L019,
    &installkernel::L021,
    &installkernel::L022,
    &installkernel::L023,
    &installkernel::L024,
    &package_env::L027,
    &file::make_conf::L030,
    &file::make_conf::L031,
    &file::make_conf::L032,
    &places::L033,
    &parallel::L036,
    &file::make_conf::L037,
    &cross::L038,
    &cross::L044,
    &file::make_conf::L045,
    &flags::L047,
    &cpu::L048,
    &cpu::L049,
    &flags::L050,
    &boot::L069,
    &boot::L072,
    &boot::L073,
    &sccache::L077,
    &sccache::L078,
    &file::fstab::L080,
    &file::fstab::L081,
    &boot::L085,
    &boot::L086,
    &file::kernel_config::L088,
    &package_env::L089,
    &boot::L093,
    &file::make_conf::L101,
    &file::make_conf::L102,
    &file::make_conf::L104,
    &file::make_conf::L105,
    &file::make_conf::L106,
    &file::keywords::L107,
    &file::rule_words::L108,
    &file::mask::L109,
    &file::package_env::L110,
    &repos::L111,
    &repos::L112,
    &file::repos_conf::L113,
    &file::repos_conf::L114,
    &file::env::L116,
    &file::package_use::L117,
    &file::lists::L118,
    &file::lists::L119,
    &places::L120,
    &file::systemd::L122,
    &file::make_conf::L123,
    &file::env::L124,
    &flags::L125,
    &file::keywords::L126,
    &package_env::L127,
    &package_env::L225,
    &file::repos_conf::L129,
    &places::L130,
    &file::hooks::L131,
    &file::patches::L132,
    &file::patches::L133,
    &file::bashrc::L134,
    &file::color_map::L135,
    &file::modules::L136,
    &file::profile::L137,
    &file::profile::L138,
    &file::profile::L139,
    &profile::L140,
    &file::make_profile::L141,
    &profile::L142,
    &profile::L143,
    &file::lists::L144,
    &profile::L145,
    &secrets::L164,
    &file::sccache::L165,
    &file::inittab::L170,
    &file::mdev::L171,
    &file::cpio_list::L172,
    &file::grub::L173,
    &file::grub::L174,
    &file::kernel_install::L175,
    &openrc::L176,
    &file::nbd::L177,
    &file::nbd::L178,
    &file::dnsmasq::L179,
    &file::pxe::L190,
    &file::pxe::L191,
    &file::distcc::L192,
    &file::iscsi::L193,
    &file::tmpfiles::L194,
    &file::systemd::L195,
    &file::sccache::L196,
    &file::shell::L198,
    &file::kernel_install::L197,
    &instructions::L166,
    &instructions::L167,
    &instructions::L168,
    &instructions::L169,
    &boot::L180,
    &boot::L181,
    &boot::L182,
    &boot::L183,
    &boot::L184,
    &boot::L185,
    &boot::L200,
    &boot::L201,
    &boot::L202,
    &boot::L203,
    &boot::L204,
    &cross::L186,
    &cross::L187,
    &cross::L188,
    &cpu::L226,
    &cpu::L227,
    &cpu::L228,
    &cpu::L229,
    &moves::L233,
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn names_that_another_file_uses_are_ones_own() {
        let flags = || testing::root().vars("etc/portage/make.conf/a", &[("LFLAGS", "-O2")]);
        assert_eq!(testing::codes(&flags()), ["L101"]);
        let used = flags().vars("etc/portage/make.conf/b", &[("FFLAGS", "${LFLAGS}")]);
        assert_eq!(testing::codes(&used), [""; 0]);
    }

    #[test]
    fn a_folder_has_its_former_name_once() {
        let root = testing::root()
            .rules("etc/portage/package.keywords/a", &[("a/b", "~x86")])
            .rules("etc/portage/package.keywords/b", &[("a/b", "~x68")]);
        assert_eq!(testing::codes(&root), ["L126", "L107"]);
    }

    #[test]
    fn what_nobody_reads_has_no_mistakes() {
        let script = || testing::root().text("etc/portage/env/native.ini", "[binaries]\nx = y\n");
        assert_eq!(testing::codes(&script()), ["L127"]);
        let named = script().rules("etc/portage/package.env", &[("a/b", "native.ini")]);
        assert_eq!(testing::codes(&named), ["P060"]);
        let sourced = script().text("etc/portage/make.conf", "source env/native.ini\n");
        assert_eq!(testing::codes(&sourced), ["P060"]);
    }

    #[test]
    fn codes_are_unique_and_found() {
        let ids: BTreeSet<_> = CODES.iter().map(|code| code.id).collect();
        let names: BTreeSet<_> = CODES.iter().map(|code| code.name).collect();
        assert_eq!((ids.len(), names.len()), (CODES.len(), CODES.len()));
        for known in CODES.iter() {
            assert!(
                known.id.len() == 4 && known.why.ends_with('.') && !known.source.is_empty(),
                "{}",
                known.id
            );
        }
        assert!(CODES.is_sorted_by_key(|code| code.id));
    }

    #[test]
    fn no_code_is_left_out() {
        let source = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        let mut declared = BTreeSet::new();
        let mut open = vec![source.join("file"), source.join("lint")];
        while let Some(folder) = open.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    open.push(path);
                    continue;
                }
                let text = std::fs::read_to_string(path).unwrap();
                let names =
                    text.lines().filter_map(|line| line.split_once("const L")?.1.split_once(": Code"));
                let numbers = names.map(|(number, _)| number).filter(|number| number.parse::<u16>().is_ok());
                declared.extend(numbers.map(|number| format!("L{number}")));
            }
        }
        let listed: BTreeSet<String> = CODES.iter().map(|code| code.id.to_owned()).collect();
        assert_eq!(declared, listed);
    }
}
