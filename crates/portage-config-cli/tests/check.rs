//! What is said of specs that are wrong, and with which status.

mod common;

use common::Folder;
use common::specs::{SECRET, folder};

#[test]
fn statuses() {
    let folder = folder();
    std::fs::create_dir(folder.join("root")).unwrap();
    for (args, status) in [
        (&["check", "good.toml"][..], 0),
        (&["check", "broken.toml"], 2),
        (&["check", "wrong.toml"], 1),
        (&["check", "unset.toml"], 2),
        (&["check", "unset.toml", "--set", "who=me"], 0),
        (&["check", "good.toml", "--set", "nobody=me"], 1),
        (&["check", "good.toml", "--variant", "none"], 1),
        (&["check", "roots.toml#host"], 0),
        (&["check", "roots.toml#none"], 2),
        (&["show", "good.toml"], 0),
        (&["show", "unset.toml"], 0),
        (&["show", "wrong.toml"], 2),
        (&["show", "good.toml", "package.mask"], 1),
        (&["render", "wrong.toml", "--out", "o1"], 2),
        (&["render", "unset.toml", "--out", "o2"], 2),
        (&["render", "good.toml", "--out", "o3"], 0),
        (&["diff", "good.toml", "--root", "root"], 1),
        (&["diff", "good.toml", "--root", "o3"], 0),
        (&["diff", "good.toml", "--root", "nowhere"], 2),
        (&["diff", "wrong.toml", "--root", "root"], 2),
    ] {
        folder.run(args).expect(status);
    }
    assert!(
        !folder.join("o1").exists() && !folder.join("o2").exists(),
        "nothing is written without an answer"
    );
}

#[test]
fn warnings_can_be_denied() {
    let folder = folder();
    folder.write(
        "warn.toml",
        b"spec = 1\nextends = [\"good.toml\"]\n[make.conf]\nUSE.remove = \"none-such\"\n",
    );
    let run = folder.run(&["check", "warn.toml"]).expect(0);
    assert!(run.out.contains("warning["), "{}", run.all());
    let run = folder.run(&["check", "warn.toml", "--deny", "warnings"]).expect(1);
    assert!(run.out.contains("error["), "{}", run.all());
    let run = folder.run(&["check", "warn.toml", "-q"]).expect(0);
    assert_eq!((run.out.as_str(), run.err.as_str()), ("", ""));
}

#[test]
fn findings_for_people() {
    let folder = folder();
    insta::assert_snapshot!("wrong", folder.run(&["check", "wrong.toml"]).all());
    insta::assert_snapshot!("broken", folder.run(&["check", "broken.toml"]).all());
    insta::assert_snapshot!("unset", folder.run(&["check", "unset.toml"]).all());
}

#[test]
fn findings_for_programs() {
    let folder = folder();
    insta::assert_snapshot!(
        "wrong_json",
        folder.run(&["check", "wrong.toml", "--format", "json"]).expect(1).out
    );
    let json = folder.run(&["check", "broken.toml", "--format", "json"]).expect(2).json();
    assert_eq!(json["roots"], serde_json::json!([]));
    assert_eq!(json["diagnostics"][0]["span"]["start"]["line"], 2);
    assert_eq!(json["diagnostics"][0]["origin"], "spec");
}

#[test]
fn standard_error_is_empty_with_json() {
    let folder = folder();
    for args in [&["check", "wrong.toml"][..], &["check", "broken.toml"], &["show", "good.toml"]] {
        let run = folder.run(&[args, &["--format", "json"]].concat());
        assert_eq!(run.err, "", "{args:?}");
        assert_eq!(run.json()["command"], args[0]);
    }
}

#[test]
fn check_does_without_secrets() {
    let folder = folder();
    folder.write("s.toml", SECRET.replace("value = \"hunter2\"", "env = \"TEST_TOKEN\"").as_bytes());
    // Everybody reads repos.conf: the secret is found without its value.
    assert!(folder.run(&["check", "s.toml"]).expect(1).out.contains("L164"));
    folder.run(&["render", "s.toml", "--out", "none"]).expect(2);
    let allow = "--allow-world-readable-secrets";
    let run =
        folder.run_env(&["render", "s.toml", "--out", "tree", allow], &[("TEST_TOKEN", "hunter2")]).expect(0);
    assert!(!run.all().contains("hunter2"));
    assert!(folder.read("tree/etc/portage/repos.conf/local.conf").contains("hunter2"));
}

#[test]
fn check_says_where_in_the_spec() {
    let folder = Folder::new(&[
        (
            "site.toml",
            "spec = 1\n\n[\"package.accept_keywords/x\"]\n\"a/one\" = \"**\"\n\"a/two\" = \"**\"\n",
        ),
        (
            "host.toml",
            "spec = 1\nextends = [\"site.toml\"]\n[\"package.accept_keywords/x\"]\n\"a/two\" = \"~x86 **\"\n",
        ),
        ("allow.toml", "spec = 1\nextends = [\"host.toml\"]\n[check]\nL19 = \"allow\"\n"),
        (
            "one.toml",
            "spec = 1\nextends = [\"host.toml\"]\n[check]\nL19 = \"error\"\n\
             [check.\"package.accept_keywords/x\"]\nL19 = \"allow\"\n",
        ),
    ]);
    let found = |spec: &str, more: &[&str]| {
        let run = folder.run(&[&["check", spec, "--format", "json"], more].concat());
        let json = run.json();
        let all = json["diagnostics"].as_array().unwrap().iter().filter(|found| found["code"] == "L019");
        all.map(|found| {
            assert_eq!(found["origin"], "spec");
            assert_eq!(found["file"], "etc/portage/package.accept_keywords/x");
            let line = found["span"]["start"]["line"].as_u64().unwrap();
            let text = |key: &str| found[key].as_str().unwrap().to_owned();
            format!("{}:{line} {} {}", text("path"), text("key"), text("severity"))
        })
        .collect::<Vec<_>>()
    };
    assert_eq!(found("host.toml", &[]), ["host.toml:4 a/two hint", "site.toml:4 a/one hint"]);
    assert_eq!(found("allow.toml", &[]), [""; 0]);
    assert_eq!(found("allow.toml", &["-v"]), ["host.toml:4 a/two allowed", "site.toml:4 a/one allowed"]);
    assert_eq!(found("one.toml", &[]), [""; 0], "the rule for the file goes first");
    assert!(folder.run(&["check", "allow.toml", "-v"]).expect(0).out.contains("allowed[L019 "));
    insta::assert_snapshot!("host", folder.run(&["check", "host.toml", "-v"]).all());
}

#[test]
fn the_same_mistake_in_all_roots_is_said_once() {
    let folder = Folder::new(&[(
        "x.toml",
        "spec = 1\n[\"package.accept_keywords/x\"]\n\"a/one\" = \"**\"\n\
         [root.a.make.conf]\nUSE = \"x\"\n[root.b.make.conf]\nUSE = \"x\"\n",
    )]);
    let json = folder.run(&["check", "x.toml", "--format", "json"]).json();
    let stars: Vec<_> =
        json["diagnostics"].as_array().unwrap().iter().filter(|found| found["code"] == "L019").collect();
    assert_eq!(stars.len(), 1, "{json}");
    assert_eq!(stars[0]["roots"], serde_json::json!(["a", "b"]));
}

#[test]
fn flags_are_judged_by_a_cpu() {
    let folder = folder();
    let conf = "spec = 1\n[make.conf]\nCFLAGS = \"-O2 -march=haswell\"\nCXXFLAGS = \"${CFLAGS}\"\nCPU_FLAGS_X86 = \"mmx sse avx\"\n";
    folder.write("fast.toml", conf.as_bytes());
    folder.write("old", b"model name\t: Old\nflags\t\t: mmx fxsr sse sse2\n");
    folder.write("new", b"model name\t: New\nflags\t\t: mmx fxsr sse sse2 pni ssse3 cx16 lahf_lm sse4_1 sse4_2 popcnt pclmulqdq xsave xsaveopt avx f16c rdrand fsgsbase abm movbe bmi1 bmi2 fma avx2\n");
    folder.write("arm", b"Features\t: fp asimd\n");
    let run = folder.run(&["check", "fast.toml", "--cpuinfo", "old"]).expect(1);
    assert!(
        run.out.contains("L229 beyond-the-cpu") && run.out.contains("`-march=haswell` uses"),
        "{}",
        run.all()
    );
    assert!(run.out.contains("has no `avx`"), "{}", run.all());
    assert!(!folder.run(&["check", "fast.toml", "--cpuinfo", "new"]).expect(0).out.contains("L229"));
    assert!(folder.run(&["check", "fast.toml", "--cpuinfo", "arm"]).expect(2).err.contains("/proc/cpuinfo"));
    folder.run(&["check", "fast.toml", "--cpuinfo", "none"]).expect(2);
    let target = format!("{conf}[target]\ncpu = \"core2\"\n");
    folder.write("target.toml", target.as_bytes());
    let run = folder.run(&["check", "target.toml"]).expect(1);
    assert!(run.out.contains("which the CPU `core2` lacks"), "{}", run.all());
}
