//! The patches that apply to a package, against what Portage's own eapply_user applies.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::draw::Draw;
use crate::report::request;
use crate::run::{number, seeds};
use crate::tree::{Entry, Place, Root, Tree, add};
use crate::world::World;
use crate::{common, configuration, ours};

/// Reads packages, and says what `eapply_user` applies to each.
const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/resolved/patches.sh");

/// Folders of patches for versions of a world, in all the ways in which their names are read or not.
fn patches(draw: &mut Draw, world: &World) -> Root {
    let mut root = Root::new();
    for _ in 0..draw.between(10, 30) {
        let version = draw.pick(&world.versions);
        let (plain, revision) = version.version.split_once("-r").unwrap_or((version.version, "0"));
        let (slot, cp) = (&version.slot, &version.cp);
        let main = slot.split('/').next().unwrap_or_default();
        let folder = match draw.below(12) {
            0..=2 => cp.clone(),
            3 | 4 => format!("{cp}-{plain}"),
            5 | 6 => format!("{cp}-{plain}-r{revision}"),
            7 => format!("{cp}:{main}"),
            8 => format!("{cp}-{plain}:{main}"),
            9 => format!("{cp}-{plain}-r{revision}:{main}"),
            // What is not read: a sub-slot, and a repository.
            10 => format!("{cp}:{slot}"),
            _ => format!("{cp}::{}", version.repository),
        };
        let name = *draw.pick(&[
            "a.patch",
            "a.patch",
            "b.patch",
            "10-b.diff",
            "B.patch",
            "c.diff",
            ".hidden.patch",
            "d.PATCH",
            "e.txt",
            "sub/f.patch",
            "folder.patch/2.patch",
            "folder.patch/1.diff",
            "folder.patch/no",
        ]);
        let path = format!("etc/portage/patches/{folder}/{name}");
        let above = path.rsplit_once('/').map_or("", |(above, _)| above);
        if root.contains_key(above) || root.keys().any(|known| known.starts_with(&format!("{path}/"))) {
            continue;
        }
        match draw.below(6) {
            // An empty file, or a link to nothing, takes a patch away.
            0 => drop(root.insert(path, Entry::File { lines: Vec::new(), end: "\n" })),
            1 if !name.contains('/') => drop(root.insert(path, Entry::Link("/dev/null".to_owned()))),
            2 if !name.contains('/') => drop(root.insert(path, Entry::Link("nowhere".to_owned()))),
            _ => add(&mut root, &path, "x", &["a patch"]),
        }
    }
    root
}

/// What eapply_user applies, package by package; `None` where it ends the build: a folder that is named like a patch does,
/// for Portage wants its sum.
fn applied(bin: &Path, root: &Path, packages: &str) -> Vec<Option<Vec<String>>> {
    let mut child = Command::new("bash")
        .arg(SCRIPT)
        .env_clear()
        .env("PATH", "/usr/sbin:/usr/bin:/sbin:/bin")
        .env("PORTAGE_BIN_PATH", bin)
        .env("PORTAGE_CONFIGROOT", root)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(packages.as_bytes()).unwrap();
    let said = String::from_utf8(child.wait_with_output().unwrap().stdout).unwrap();
    let mut found = Vec::new();
    let mut own = Vec::new();
    for line in said.lines() {
        match line {
            "" => {
                let lines: Vec<String> = std::mem::take(&mut own);
                found.push((!lines.iter().any(|line| line == "die")).then_some(lines));
            }
            line => own.push(line.to_owned()),
        }
    }
    found
}

#[test]
fn patches_are_those_that_eapply_user_applies() {
    let Some(python) = common::python("patches_are_those_that_eapply_user_applies") else { return };
    // Beside the interpreter of a virtual environment, or where Gentoo has it.
    let prefix = python.ancestors().nth(2).unwrap();
    let bin = [prefix.join("lib/portage/bin"), "/usr/lib/portage/python3/bin".into()];
    let bin = bin.into_iter().find(|folder| folder.join("phase-helpers.sh").is_file()).unwrap();
    let (mut compared, mut some, mut ended) = (0, 0, 0);
    let mut wrong = Vec::new();
    for seed in seeds(4) {
        let world = World::new(seed);
        let mut tree: Tree = configuration::bare(&world, &world.profiles[0]);
        let config = std::sync::Arc::make_mut(tree.roots.get_mut("config").unwrap());
        config.extend(patches(&mut Draw::new(seed, 7), &world));
        let mut place = Place::new();
        place.write(&tree);
        let request = request(&place, &world, &tree);
        let machine = ours::machine(&request);
        let settings = machine.settings(None).unwrap();
        let mut packages = ours::packages(&request, &settings.categories());
        // Those that have none cost a process each.
        let has_some = |cpn: &str| {
            let folder = format!("etc/portage/patches/{cpn}");
            tree.roots["config"].keys().any(|path| path.starts_with(&folder))
        };
        packages.retain(|(_, package)| has_some(&package.cpn));
        let mut lines = String::new();
        for (_, package) in &packages {
            let (category, name) = package.cpn.split_once('/').unwrap();
            let (plain, revision) = package.version.split_once("-r").unwrap_or((&package.version, "0"));
            let slot = format!("{}/{}", package.slot, package.subslot);
            lines += &format!("{category}\t{name}\t{plain}\tr{revision}\t{slot}\n");
        }
        let portage = applied(&bin, &request.config_root, &lines);
        assert_eq!(portage.len(), packages.len());
        for ((name, package), theirs) in packages.iter().zip(portage) {
            let Some(theirs) = theirs else {
                ended += 1;
                continue;
            };
            compared += 1;
            some += usize::from(!theirs.is_empty());
            let own = settings.about(package).unwrap().patches();
            if own != theirs {
                wrong.push(format!("seed {seed} {name}:\n  Portage {theirs:?}\n  here    {own:?}"));
            }
        }
    }
    println!("{compared} packages, {some} with patches, {ended} that end the build");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(number("PORTAGE_CONFIG_CASES").is_some() || some > 20, "{some} of {compared}");
}
