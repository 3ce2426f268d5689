//! What the command says of presets and of steps.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test that fails says so")]

mod common;

use std::process::Command;

use common::{Folder, run};

const STEPS: &str = r#"# A board.
spec = 1

[param.disk]
help = "the disk of the board"
type = "path"
example = "/dev/nbd0"

[param.host]
default = "192.0.2.10"

[step.format]
about = "Makes the file system. ext4, since the board has little memory."
phase = "prepare"
on = "build host"
run = """
mkfs.ext4 -L 'rootfs' @{disk}

tune2fs -o journal_data_writeback @{disk}
"""

[step.copy]
about = "Copies the tree."
phase = "boot"
run = "rsync -a tree/ @{host}:/srv/"

[step.look]
about = "Watch the serial line."
phase = "boot"
"#;

fn folder() -> Folder {
    let folder = Folder::new(&[]);
    folder.write("board.toml", STEPS.as_bytes());
    folder
}

/// Runs a script; its status and whether it did anything.
fn sh(folder: &Folder, script: &str, args: &[&str]) -> bool {
    folder.write("script", script.as_bytes());
    Command::new("sh").args(args).arg("script").current_dir(folder.path()).output().unwrap().status.success()
}

#[test]
fn steps_are_a_script_to_read() {
    let folder = folder();
    let filled = folder.run(&["show", "board.toml", "--steps", "--set", "disk=/dev/vda"]).expect(0).out;
    insta::assert_snapshot!(filled, @r"
    # What is done besides the files of board.toml.

    # 1. format (prepare), on: build host
    # Makes the file system. ext4, since the board has little memory.
    mkfs.ext4 -L 'rootfs' /dev/vda

    tune2fs -o journal_data_writeback /dev/vda

    # 2. copy (boot)
    # Copies the tree.
    rsync -a tree/ 192.0.2.10:/srv/

    # 3. look (boot)
    # Watch the serial line.
    ");
    assert!(sh(&folder, &filled, &["-n"]));
    let json = folder.run(&["show", "board.toml", "--steps", "--format", "json"]).expect(0).json();
    assert_eq!(json["steps"].as_array().unwrap().len(), 3);
    assert_eq!(json["steps"][0]["open"], serde_json::json!(["disk"]));
    assert_eq!(json["steps"][1]["run"], "rsync -a tree/ 192.0.2.10:/srv/");
    folder.run(&["show", "board.toml", "make.conf", "--steps"]).expect(2);
}

#[test]
fn what_is_not_filled_does_not_run() {
    let folder = folder();
    let open = folder.run(&["show", "board.toml", "--steps"]).expect(0).out;
    insta::assert_snapshot!(open, @r"
    # What is done besides the files of board.toml.
    #
    # What is missing before anything is run, to be filled with --set:
    #   disk: the disk of the board, such as /dev/nbd0
    exit 2

    # 1. format (prepare), on: build host
    # Makes the file system. ext4, since the board has little memory.
    #     mkfs.ext4 -L 'rootfs' @{disk}
    #
    #     tune2fs -o journal_data_writeback @{disk}

    # 2. copy (boot)
    # Copies the tree.
    rsync -a tree/ 192.0.2.10:/srv/

    # 3. look (boot)
    # Watch the serial line.
    ");
    assert!(sh(&folder, &open, &["-n"]));
    assert!(!sh(&folder, &open, &[]));
}

#[test]
fn a_secret_in_a_command_is_not_printed() {
    let folder = Folder::new(&[]);
    let spec = "spec = 1\n[step.a]\nabout = \"A, with token=hunter2.\"\nphase = \"build\"\n\
        run = \"\"\"\nTOKEN=$(cat token) run\nTOKEN=hunter2 run\ncurl -u me:hunter2 https://x:hunter2@y/\n\"\"\"\n\
        [step.b]\nabout = \"B.\"\nphase = \"build\"\nrun = 'TOKEN=\"$(cat token)\" PASSWORD=$PW run'\n";
    folder.write("secret.toml", spec.as_bytes());
    let text = folder.run(&["show", "secret.toml", "--steps"]).expect(0).all();
    assert!(!text.contains("hunter2"), "{text}");
    for line in ["#     TOKEN=$(cat token) run", "TOKEN=\"$(cat token)\" PASSWORD=$PW run", "exit 2"] {
        assert!(text.lines().any(|other| other == line), "{line}: {text}");
    }
    assert!(sh(&folder, &text, &["-n"]));
    let json = folder.run(&["show", "secret.toml", "--steps", "--format", "json"]).expect(0).all();
    assert!(!json.contains("hunter2"), "{json}");
}

#[test]
fn steps_of_one_root() {
    let folder = Folder::new(&[]);
    let text = "spec = 1\n[step.all]\nabout = \"All.\"\nphase = \"build\"\n[root.x]\n[root.y.step.own]\nabout = \"Own.\"\nphase = \"build\"\n";
    folder.write("roots.toml", text.as_bytes());
    let steps = |spec: &str| {
        let json = folder.run(&["show", spec, "--steps", "--format", "json"]).expect(0).json();
        let names =
            json["steps"].as_array().unwrap().iter().map(|step| step["name"].as_str().unwrap().to_owned());
        names.collect::<Vec<_>>()
    };
    assert_eq!(steps("roots.toml"), ["all", "own"]);
    assert_eq!(steps("roots.toml#x"), ["all"]);
    let text = folder.run(&["show", "roots.toml", "--steps"]).expect(0).out;
    assert!(text.contains("\n# 2. own (build), on: y\n# Own.\n"), "{text}");
    folder.write("none.toml", b"spec = 1\n");
    assert!(folder.run(&["show", "none.toml", "--steps"]).expect(0).out.ends_with("# Nothing.\n"));
}

#[test]
fn presets_are_listed_apart_from_blocks() {
    let names = |args: &[&str]| {
        let json = run(&[args, &["--format", "json"]].concat()).expect(0).json();
        let names = json["presets"]
            .as_array()
            .unwrap()
            .iter()
            .map(|preset| preset["name"].as_str().unwrap().to_owned());
        names.collect::<Vec<_>>()
    };
    assert!(names(&["presets"]).iter().all(|name| !name.contains('/')));
    assert!(names(&["presets", "--blocks"]).iter().all(|name| name.contains('/')));
    assert_eq!(names(&["presets", "--long"]), names(&["presets"]));
    let short = run(&["presets"]).expect(0).out;
    assert_eq!(short.lines().count(), names(&["presets"]).len());
}

#[test]
fn a_preset_says_what_it_brings() {
    let page = run(&["presets", "i486-glibc-systemd"]).expect(0).out;
    assert_eq!(page, run(&["presets", "preset:i486-glibc-systemd", "--long"]).expect(0).out);
    for part in [
        "i486-glibc-systemd\n  A 486 board",
        "\n  Parameters:\n",
        "root-uuid (uuid)",
        "such as 9e04e825-7f60-4171-815a-86e01ec4c4d3",
        "unless it is set",
        "/etc/portage/make.conf ",
        "/etc/portage/make.profile ",
    ] {
        assert!(page.contains(part), "{part}\n{page}");
    }
    let json = run(&["presets", "i486-glibc-systemd", "--format", "json"]).expect(0).json();
    let preset = &json["presets"][0];
    assert_eq!(preset["block"], false);
    assert!(preset["comment"].as_array().unwrap().len() > 1);
    let files = preset["roots"][0]["files"].as_array().unwrap();
    assert!(files.iter().any(|file| file["path"] == "etc/fstab" && file["kind"] == "fstab"), "{files:?}");
    let param = |name: &str| {
        let all = preset["params"].as_array().unwrap();
        all.iter().find(|param| param["name"] == name).cloned().unwrap()
    };
    assert_eq!(
        (&param("root-uuid")["set"], &param("root-uuid")["value"]),
        (&false.into(), &serde_json::Value::Null)
    );
    assert!(param("jobs")["default"].is_string());
}

#[test]
fn presets_that_are_not_there() {
    let run = run(&["presets", "i486-glibc-sytemd"]).expect(2);
    assert!(run.err.contains("did you mean `i486-glibc-systemd`?"), "{}", run.all());
    for args in [&["presets", "--steps"][..], &["presets", "--set", "a=b"], &["presets", "x", "--example"]] {
        common::run(args).expect(2);
    }
}

#[test]
fn steps_of_every_preset_are_good_for_sh() {
    let folder = Folder::new(&[]);
    let json = run(&["presets", "--format", "json"]).expect(0).json();
    for name in json["presets"].as_array().unwrap().iter().map(|preset| preset["name"].as_str().unwrap()) {
        let steps = run(&["presets", name, "--steps"]).expect(0).out;
        assert!(sh(&folder, &steps, &["-n"]), "{name}\n{steps}");
        let filled = run(&["presets", name, "--steps", "--example"]).expect(0).out;
        assert!(!filled.contains("‹hidden›"), "{name}\n{filled}");
        assert!(sh(&folder, &filled, &["-n"]) && !filled.contains("\nexit 2\n"), "{name}\n{filled}");
    }
}

#[test]
fn steps_of_a_block_need_no_machine() {
    let folder = Folder::new(&[]);
    let json = run(&["presets", "--blocks", "--format", "json"]).expect(0).json();
    for name in json["presets"].as_array().unwrap().iter().map(|preset| preset["name"].as_str().unwrap()) {
        let steps = run(&["presets", name, "--steps"]).expect(0).out;
        assert!(sh(&folder, &steps, &["-n"]), "{name}\n{steps}");
    }
    let builder = run(&["presets", "role/builder", "--steps"]).expect(0).out;
    assert!(builder.contains("emerge --sync gentoo\n"), "{builder}");
    let wrong = run(&["presets", "role/builder", "--steps", "--set", "target.cpu=i487"]).expect(2).err;
    assert!(wrong.contains("no CPU that is known"), "{wrong}");
}

#[test]
fn blocks_are_extended_and_not_copied() {
    let json = run(&["presets", "--blocks", "--format", "json"]).expect(0).json();
    for name in json["presets"].as_array().unwrap().iter().map(|preset| preset["name"].as_str().unwrap()) {
        let run = run(&["new", name]).expect(2);
        assert!(run.err.contains("extend it"), "{}", run.all());
    }
}

#[test]
fn parameters_of_all_layers_are_in_a_new_spec() {
    let json = run(&["presets", "--long", "--format", "json"]).expect(0).json();
    for preset in json["presets"].as_array().unwrap() {
        let name = preset["name"].as_str().unwrap();
        for args in [&["new", name][..], &["new", name, "--short"]] {
            let text = run(args).expect(0).out;
            for param in preset["params"].as_array().unwrap() {
                let param = param["name"].as_str().unwrap();
                let said = |line: &str| {
                    let line = line.trim_start_matches("# ");
                    line == format!("[param.{param}]") || line.starts_with(&format!("{param} = "))
                };
                assert!(text.lines().any(said), "{args:?}: {param}\n{text}");
            }
        }
    }
}

#[test]
fn the_page_of_the_format_shows_what_is_printed() {
    let page = include_str!("../../../docs/spec.md");
    let between = |start: &str| page.split_once(start).unwrap().1.split_once("```").unwrap().0;
    let folder = Folder::new(&[]);
    folder.write("steps.toml", between("```toml\n# steps.toml\n").as_bytes());
    let printed = folder.run(&["show", "steps.toml", "--steps", "--set", "disk=/dev/nbd0"]).expect(0).out;
    assert_eq!(between("$ portage-config show steps.toml --steps --set disk=/dev/nbd0\n"), printed);
}
