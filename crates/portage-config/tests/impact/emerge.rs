//! What emerge would build again.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use portage_config::impact::Rebuild;

use crate::common;
use crate::machine::Place;

/// Draws the same each time.
struct Draw(u64);

impl Draw {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }

    fn one_of(&mut self, words: &[&'static str]) -> &'static str {
        words[usize::try_from(self.below(words.len() as u64)).unwrap()]
    }

    /// Each word with a probability of one half, some with a default.
    fn some_of(&mut self, words: &[&str], defaults: &[&'static str]) -> String {
        let mut found = Vec::new();
        for word in words {
            if self.below(2) == 0 {
                found.push(format!("{}{word}", self.one_of(defaults)));
            }
        }
        found.join(" ")
    }
}

const FLAGS: [&str; 6] = ["X", "nls", "doc", "never", "always", "own"];

fn draw(seed: u64) -> (Place, Vec<String>) {
    let mut draw = Draw(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let place = Place::new();
    let mut names = Vec::new();
    let (mut uses, mut masks, mut forces) = (String::new(), String::new(), String::new());
    for number in 0..40 {
        let name = format!("app-misc/p{number}");
        let iuse = draw.some_of(&FLAGS, &["", "+", "-"]);
        place.version(&format!("{name}-1"), &iuse, "");
        let was = if draw.below(2) == 0 { iuse.clone() } else { draw.some_of(&FLAGS, &["", "+"]) };
        let on = draw.some_of(&FLAGS, &[""]);
        place.installed(&format!("{name}-1"), &was, &format!("{on} amd64"));
        // Often as it would be built.
        let on = if draw.below(2) == 0 { on } else { draw.some_of(&FLAGS, &["", "-"]) };
        uses.push_str(&format!("{name} -* {on}\n"));
        if draw.below(4) == 0 {
            masks.push_str(&format!("{name} {}\n", draw.one_of(&FLAGS)));
        }
        if draw.below(4) == 0 {
            forces.push_str(&format!("{name} {}\n", draw.one_of(&FLAGS)));
        }
        names.push(name);
    }
    place.put("etc/portage/package.use", &uses);
    place.put("etc/portage/profile/package.use.mask", &masks);
    place.put("etc/portage/profile/package.use.force", &forces);
    (place, names)
}

/// A Portage of a virtual environment also reads the configuration that lies there, and wants a profile.
fn host_profile(prefix: &Path) {
    let folder = prefix.join("etc/portage");
    let profile = folder.join("profile-of-the-tests");
    std::fs::create_dir_all(&profile).unwrap();
    for (name, text) in [("eapi", "8\n"), ("make.defaults", "ARCH=\"amd64\"\nACCEPT_KEYWORDS=\"amd64\"\n")] {
        if !profile.join(name).exists() {
            std::fs::write(profile.join(name), text).unwrap();
        }
    }
    let made = std::os::unix::fs::symlink("profile-of-the-tests", folder.join("make.profile"));
    let is_there = made.as_ref().is_err_and(|error| error.kind() == std::io::ErrorKind::AlreadyExists);
    assert!(made.is_ok() || is_there, "{made:?}");
}

/// The packages that `emerge --pretend` names.
fn emerge(python: &Path, top: &Path, option: &str, names: &[String]) -> BTreeSet<String> {
    let venv = python.parent().unwrap();
    host_profile(venv.parent().unwrap());
    let temporary = top.join("var/tmp");
    std::fs::create_dir_all(&temporary).unwrap();
    let output = Command::new(python)
        .arg(venv.join("emerge"))
        .args(["--pretend", "--color=n", "--nospinner", "--autounmask=n", "--ignore-default-opts", option])
        .args(names)
        .env_clear()
        .env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")
        .env("LANG", "C.UTF-8")
        .env("HOME", top)
        .env("EPREFIX", top)
        .env("PORTAGE_CONFIGROOT", top)
        .env("PORTAGE_TMPDIR", &temporary)
        .env("PORTAGE_USERNAME", "root")
        .env("PORTAGE_GRPNAME", "root")
        .env(
            "PORTAGE_REPOSITORIES",
            format!(
                "[DEFAULT]\nmain-repo = gentoo\n[gentoo]\nlocation = {}\n",
                top.join("var/db/repos/gentoo").display()
            ),
        )
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
    let lines = text.lines().filter(|line| line.starts_with("[ebuild"));
    lines
        .map(|line| {
            let name = line.split(']').nth(1).unwrap().split_whitespace().next().unwrap();
            name.split("-1").next().unwrap().to_owned()
        })
        .collect()
}

#[test]
fn emerge_builds_the_same_packages_again() {
    let Some(python) = common::python("emerge_builds_the_same_packages_again") else { return };
    let mut counts = [0; 3];
    for seed in 1..=u64::try_from(common::cases(3)).unwrap() {
        let (place, names) = draw(seed);
        let machine = place.machine();
        let settings = machine.settings(None).unwrap();
        let mut ours = [BTreeSet::new(), BTreeSet::new()];
        for subject in place.subjects() {
            let due = subject.due(&settings).unwrap();
            let name = subject.package.cpn.clone();
            match due {
                Rebuild::ChangedUse => {
                    ours[0].insert(name.clone());
                    ours[1].insert(name);
                    counts[0] += 1;
                }
                Rebuild::NewUse => {
                    ours[1].insert(name);
                    counts[1] += 1;
                }
                _ => counts[2] += 1,
            }
        }
        let top = place.path();
        assert_eq!(emerge(&python, &top, "--changed-use", &names), ours[0], "seed {seed}: --changed-use");
        assert_eq!(emerge(&python, &top, "--newuse", &names), ours[1], "seed {seed}: --newuse");
    }
    assert!(counts.iter().all(|count| *count > 5), "{counts:?}");
}
