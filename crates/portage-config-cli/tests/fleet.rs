//! `explain --hosts`: why machines differ, and whether they can use each other's binary packages.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that fails says so")]

mod common;

use common::{Folder, Run, gentoo};

fn folder() -> Folder {
    let folder = Folder::new(&[]);
    gentoo::write(&folder.join("gentoo"));
    for (preset, name) in [("i486-glibc-systemd", "board.toml"), ("i486-musl-openrc", "musl.toml")] {
        folder.run(&["new", preset, "--example", "-o", name]).expect(0);
    }
    folder.write(
        "like.toml",
        b"spec = 1\nextends = [\"board.toml\"]\n[\"package.use/zz\"]\n\"app-editors/vim\" = \"lua\"\n",
    );
    folder
}

fn explain(folder: &Folder, words: &[&str], hosts: &[&str]) -> Run {
    folder.run(&[&["explain"], words, &["--repo", "gentoo=gentoo", "--hosts"], hosts].concat())
}

#[test]
fn for_people() {
    let folder = folder();
    let both = ["board.toml", "musl.toml"];
    for (name, words) in [
        ("whole", &[][..]),
        ("package", &["sys-libs/glibc"]),
        ("variable", &["sys-libs/glibc", "CFLAGS", "-v"]),
        ("flag", &["sys-kernel/installkernel", "use:ugrd"]),
        ("visible", &["sys-libs/glibc", "visible"]),
        ("global", &["make.conf:FEATURES"]),
        ("same", &["make.conf:MAKEOPTS"]),
    ] {
        insta::assert_snapshot!(format!("fleet_{name}"), explain(&folder, words, &both).all());
    }
    insta::assert_snapshot!(
        "fleet_like",
        explain(&folder, &["-v"], &["board.toml", "like.toml"]).expect(0).all()
    );
}

#[test]
fn for_programs() {
    let folder = folder();
    let json = |words: &[&str], hosts: &[&str]| {
        let run = explain(&folder, &[words, &["--format", "json"]].concat(), hosts);
        serde_json::to_string_pretty(&run.json()["hosts"]).unwrap()
    };
    insta::assert_snapshot!("fleet_json", json(&[], &["board.toml", "like.toml"]));
    insta::assert_snapshot!(
        "fleet_json_flag",
        json(&["app-editors/vim", "use:lua", "-v"], &["board.toml", "like.toml"])
    );
}

#[test]
fn a_machine_is_alike_itself() {
    let folder = folder();
    let run = explain(&folder, &[], &["board.toml", "board.toml"]).expect(0);
    assert!(run.out.starts_with("No setting differs\n"), "{}", run.all());
    assert!(run.out.contains("\nAll 48 versions are the same"), "{}", run.all());
    let run = explain(&folder, &["app-editors/vim"], &["board.toml", "board.toml"]).expect(0);
    assert_eq!(run.out, "app-editors/vim is the same on all of them\n");
}

#[test]
fn hosts_may_be_folders() {
    let folder = folder();
    folder.run(&["render", "board.toml", "--out", "box", "--allow-world-readable-secrets"]).expect(0);
    let run = explain(&folder, &[], &["board.toml", "box"]).expect(0);
    assert!(run.out.starts_with("No setting differs\n"), "{}", run.all());
    // The etc/portage of one folder and the repositories of another.
    let args = ["explain", "sys-libs/glibc", "CFLAGS", "--config-root", "box", "--repo", "gentoo=gentoo"];
    let there = folder.run(&args).expect(0);
    let args = ["explain", "sys-libs/glibc", "CFLAGS", "--spec", "board.toml", "--repo", "gentoo=gentoo"];
    assert_eq!(there.out, folder.run(&args).expect(0).out);
}

#[test]
fn packages_with_settings_of_their_own_are_counted() {
    let folder = folder();
    let text = "spec = 1\nextends = [\"board.toml\"]\n[\"env/fast.conf\"]\nCFLAGS = \"-O3 -march=i686\"\n\
                [\"package.env/zz\"]\n\"app-editors/vim\" = \"fast.conf\"\n[\"package.use/zz\"]\n\
                \"dev-libs/openssl\" = \"cpu_flags_x86_sse2\"\n";
    folder.write("fast.toml", text.as_bytes());
    let run = explain(&folder, &["--format", "json"], &["fast.toml", "board.toml"]).expect(1);
    let binaries = &run.json()["hosts"]["binaries"][0];
    let against: Vec<&serde_json::Value> = binaries["reasons"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|reason| reason["against"] == true)
        .map(|reason| &reason["message"])
        .collect();
    assert_eq!(against, ["versions whose own settings use what the CPU lacks: 2"], "{binaries}");
    let own = binaries["packages"]["against"].as_array().unwrap();
    let vim = own.iter().find(|one| one["package"] == "app-editors/vim").unwrap();
    assert_eq!(vim["instructions"][0], "CFLAGS: `-march=i686` uses cmpxchg8b cmov");
    explain(&folder, &[], &["board.toml", "fast.toml"]).expect(0);
}

const X86: &str = "[make.conf]\nCHOST = \"x86_64-pc-linux-gnu\"\nCFLAGS = \"-O2 -march=@\"\n";

fn verdict(folder: &Folder, args: &[&str]) -> (i32, Vec<(String, bool)>) {
    let run = folder.run(&[&["explain", "--format", "json"], args].concat());
    let reasons = run.json()["hosts"]["binaries"][0]["reasons"].as_array().cloned().unwrap_or_default();
    let reason = |reason: &serde_json::Value| {
        (reason["message"].as_str().unwrap().to_owned(), reason["against"].as_bool().unwrap())
    };
    (run.status, reasons.iter().map(reason).collect())
}

#[test]
fn code_that_the_cpu_does_not_run_is_told() {
    let folder = Folder::new(&[]);
    let cpu = |name: &str, march: &str, more: &str| {
        folder.write(
            &format!("{name}.toml"),
            format!("spec = 1\n{}{more}", X86.replace('@', march)).as_bytes(),
        );
    };
    cpu("old", "x86-64-v2", "");
    cpu("new", "haswell", "");
    cpu("less", "haswell -mno-avx -mno-bmi -mno-bmi2 -mno-fma -mno-lzcnt -mno-movbe -mno-f16c", "");
    cpu("go", "x86-64-v2", "GOAMD64 = \"v3\"\n");
    cpu("rust", "x86-64-v2", "RUSTFLAGS = \"-C target-cpu=haswell\"\n");
    cpu("native", "native", "");
    for march in ["i486", "i586", "i686", "pentium3"] {
        let text = format!(
            "spec = 1\n[make.conf]\nCHOST = \"i486-pc-linux-gnu\"\nCFLAGS = \"-O2 -march={march}\"\n"
        );
        folder.write(&format!("{march}.toml"), text.as_bytes());
    }
    for (name, march) in [("arm", "armv8-a"), ("arm-more", "armv8.2-a")] {
        let chost = "aarch64-unknown-linux-gnu";
        let text = format!("spec = 1\n[make.conf]\nCHOST = \"{chost}\"\nCFLAGS = \"-O2 -march={march}\"\n");
        folder.write(&format!("{name}.toml"), text.as_bytes());
    }
    let said = |a: &str, b: &str| {
        let (status, reasons) = verdict(&folder, &["--hosts", &format!("{a}.toml"), &format!("{b}.toml")]);
        let against: Vec<String> =
            reasons.into_iter().filter(|(_, against)| *against).map(|(message, _)| message).collect();
        assert_eq!(status, i32::from(!against.is_empty()), "{against:?}");
        format!("{a} for {b}: {}", if against.is_empty() { "yes".to_owned() } else { against.join("; ") })
    };
    let all: Vec<String> = [
        ("old", "new"),
        ("new", "old"),
        ("go", "old"),
        ("go", "new"),
        ("rust", "old"),
        ("rust", "new"),
        ("native", "new"),
        ("new", "native"),
        ("less", "old"),
        ("i486", "pentium3"),
        ("i586", "i486"),
        ("pentium3", "i586"),
        ("arm", "arm"),
        ("arm-more", "arm"),
        ("arm", "new"),
    ]
    .into_iter()
    .map(|(a, b)| said(a, b))
    .collect();
    insta::assert_snapshot!("fleet_instructions", all.join("\n"));
    let cpuinfo =
        "flags\t\t: fpu cx8 cmov mmx fxsr sse sse2 syscall lm pni ssse3 cx16 sse4_1 sse4_2 popcnt lahf_lm\n";
    folder.write("old-cpu", cpuinfo.as_bytes());
    let (status, reasons) = verdict(&folder, &["--hosts", "old.toml", "native.toml", "--cpuinfo", "old-cpu"]);
    assert_eq!(status, 0, "{reasons:?}");
    let (status, reasons) = verdict(&folder, &["--hosts", "new.toml", "native.toml", "--cpuinfo", "old-cpu"]);
    assert!(status == 1 && reasons.iter().any(|(message, _)| message.contains("avx2")), "{reasons:?}");
    let args = ["explain", "--hosts", "new.toml", "old.toml", "go.toml", "--cpuinfo", "old-cpu"];
    assert!(folder.run(&args).expect(2).err.contains("--cpuinfo is that of the second of two hosts"));
}

#[test]
fn signatures_that_are_asked_for_have_to_be_there() {
    let folder = Folder::new(&[]);
    let write = |name: &str, more: &str| {
        folder.write(
            &format!("{name}.toml"),
            format!("spec = 1\n{}{more}", X86.replace('@', "x86-64")).as_bytes(),
        );
    };
    write("plain", "");
    write("old", "BINPKG_FORMAT = \"xpak\"\n");
    write("signed", "FEATURES = \"binpkg-signing\"\n");
    write("strict", "FEATURES = \"binpkg-request-signature\"\n");
    write(
        "trusting",
        "[\"binrepos.conf\"]\nplain.sync-uri = \"https://x.example.org/\"\nplain.verify-signature = \"false\"\n",
    );
    write("remote", "[\"binrepos.conf\"]\nplain.sync-uri = \"https://x.example.org/\"\n");
    write(
        "lax",
        "FEATURES = \"binpkg-ignore-signature\"\n[\"binrepos.conf\"]\nx.sync-uri = \"https://x.example.org/\"\n",
    );
    let status = |a: &str, b: &str| {
        folder.run(&["explain", "--hosts", &format!("{a}.toml"), &format!("{b}.toml")]).status
    };
    for (builder, user, expected) in [
        ("plain", "plain", 0),
        ("plain", "strict", 1),
        ("signed", "strict", 0),
        ("old", "strict", 1),
        ("old", "plain", 0),
        ("plain", "trusting", 0),
        ("plain", "remote", 1),
        ("signed", "remote", 0),
        ("plain", "lax", 0),
    ] {
        assert_eq!(status(builder, user), expected, "{builder} {user}");
    }
}

#[test]
fn credentials_stay_hidden() {
    let folder = Folder::new(&[]);
    for (name, word) in [("a", "s3cr3t"), ("b", "0ther")] {
        let text = format!(
            "spec = 1\n[make.conf]\nFETCHCOMMAND_X = \"curl https://me:{word}@example.org/\"\nMY_TOKEN = \"{word}{word}\"\n"
        );
        folder.write(&format!("{name}.toml"), text.as_bytes());
    }
    for words in
        [&[][..], &["-v"], &["--format", "json"], &["-v", "--format", "json"], &["make.conf:MY_TOKEN"]]
    {
        let args = [&["explain"][..], words, &["--hosts", "a.toml", "b.toml"]].concat();
        let all = folder.run(&args).all();
        assert!(!all.contains("s3cr3t") && !all.contains("0ther") && all.contains("‹hidden›"), "{all}");
    }
}

#[test]
fn what_nobody_knows() {
    let folder = folder();
    let both = ["board.toml", "musl.toml"];
    let run = explain(&folder, &["sys-libs/glibcc"], &both).expect(1);
    assert!(run.err.contains("no repository has `sys-libs/glibcc`"), "{}", run.all());
    explain(&folder, &["glibc"], &both).expect(2);
    explain(&folder, &["make.conf:NOPE"], &both).expect(1);
    explain(&folder, &["sys-libs/glibc", "use:nope"], &both).expect(1);
    folder.run(&["explain", "--hosts", "board.toml"]).expect(2);
    folder.run(&["explain", "--hosts", "board.toml", "nope.toml"]).expect(2);
    folder.run(&["explain", "--hosts", "board.toml", "musl.toml", "--root", "/"]).expect(2);
    folder.run(&["explain"]).expect(2);
}
