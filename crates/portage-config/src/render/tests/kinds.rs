//! Every kind: what is read from a file can be written into a new one, and says the same.

use proptest::prelude::*;

use super::rel;
use crate::config::Own;
use crate::file::{Grammar, IniDialect, ItemWords, Kind, PairsDialect, RuleWords, VarsDialect, kinds, named};
use crate::model::Model;
use crate::render::{create, update};
use crate::report::Report;
use crate::syntax;
use crate::template::Templates;

fn read(kind: &Kind, text: &[u8]) -> Model {
    syntax::read(&kind.grammar, text, &mut Report::new().file(&rel("file")))
}

/// A file of each grammar as it comes out of the template: reading it and writing it anew changes nothing.
fn sample(kind: &Kind) -> &'static str {
    match kind.grammar {
        Grammar::Rules(dialect) if dialect.words == RuleWords::Keywords => {
            "# head\n\n# above\napp/a ~amd64 -x86\napp/b  # behind\n"
        }
        Grammar::Rules(_) => "# head\n# and more\n\n# above\napp/a x y\napp/b z  # behind\n",
        Grammar::Items(_) if kind.name.ends_with("package.provided") => {
            "# head\n\n# why\napp/a-1\napp/b-2-r1\n"
        }
        Grammar::Items(dialect) if matches!(dialect.words, ItemWords::Line | ItemWords::Joined) => "8\n9\n",
        Grammar::Items(_) if kind.name.contains("packages") => "# head\n\n# why\n*app/a\n-*app/b\n",
        Grammar::Items(_) if kind.name.contains("use.") => "# head\n\n# why\nflag\n-other\n",
        Grammar::Items(_) if kind.name == "categories" => "# head\n\n# why\napp\nsys-apps\n",
        Grammar::Items(_) if kind.name == "world_sets" => "@one\n@two\n",
        Grammar::Items(_) => "# head\n\n# why\napp/a\napp/b\n",
        Grammar::Vars(VarsDialect::Getconfig) => {
            "# head\n\nA=\"x ${B} y\"\n# a quote and a dollar\nC=\"a\\\"b\\$c\"  # behind\n"
        }
        Grammar::Vars(VarsDialect::Shell { export: false }) => {
            "# head\n\nA=\"x ${B} y\"\n# why\nC+=\" z\"  # behind\n"
        }
        Grammar::Vars(VarsDialect::Shell { export: true }) => {
            "# head\n\nexport A=\"x\"\n# why\nexport C=\"z\"  # behind\n"
        }
        Grammar::Ini(IniDialect::ConfigParser) => {
            "# head\n\n[DEFAULT]\na = 1\n\n# why\n[two]\nb = %(a)s\n# lines\nc = d\n    e\n"
        }
        Grammar::Ini(IniDialect::Systemd) => {
            "# head\n\n[Unit]\nAfter=a\nAfter=b\n\n# why\n[Service]\nExecStart=x\n"
        }
        Grammar::Pairs(PairsDialect::KernelConfig) => {
            "# head\n\nCONFIG_A=y\n# why\n# CONFIG_B is not set\nCONFIG_C=\"text\"\n"
        }
        Grammar::Pairs(PairsDialect::Preset) => {
            "# head\n\nenable a.service\n# why\ndisable b.socket\nenable g@.service x y\n"
        }
        Grammar::Ini(IniDialect::KeyFile) => {
            "# head\n\n[generic]\na = 1\n\n# why\n[two]\nb = %(a)s\n# lines\nc = 2\n"
        }
        Grammar::Pairs(PairsDialect::Assign) => "# head\n\na=x:y\n# why\nb=\nc== d\n",
        Grammar::Pairs(PairsDialect::Columns { name: 0, .. }) => {
            "# head\n\na[0-9]* x:y 660\n# why\nb x y z\n"
        }
        Grammar::Pairs(PairsDialect::Columns { .. }) => {
            "# head\n\ndir /a 0755 0 0\n# why\nfile /a/b x 0755 0 0\n"
        }
        Grammar::Pairs(PairsDialect::KeyValue) => "# head\n\na = x y\n# why\nb =\nc = = d\n",
        Grammar::Pairs(PairsDialect::ColorMap) => "# head\n\nGOOD=green\n# why\nBAD=\"\"\nWARN=01;32m\n",
        Grammar::Opaque => "#!/bin/sh\n\techo \u{1b} \\\n",
        Grammar::Fstab => {
            "# head\n\nUUID=1           /        ext4  noatime  0  1\n# why\n\
             /dev/my\\040disk  /a\\040b  ext4\n/dev/sda2        none     swap  sw       0  0\n"
        }
        Grammar::Toml => {
            "# head\n\n# why\na = [\"x\", \"y\"]\nb = 'c\"d'  # behind\n\n# a table\n[t.u]\nv = true\n\n[w]\nx = 1.5\n"
        }
    }
}

#[test]
fn a_new_file_of_each_kind_looks_as_it_should() {
    let templates = Templates::builtin();
    for kind in kinds() {
        let text = sample(kind);
        let model = read(kind, text.as_bytes());
        assert!(!model.is_empty(), "{}", kind.name);
        match create(kind, &model, &templates) {
            Ok(bytes) => assert_eq!(String::from_utf8(bytes).unwrap(), text, "{}", kind.name),
            Err(error) => panic!("{}: {error}", kind.name),
        }
    }
}

#[test]
fn an_empty_file_and_one_with_a_head_alone() {
    let templates = Templates::builtin();
    for kind in kinds() {
        for text in ["", "# head\n"] {
            let model = read(kind, text.as_bytes());
            let bytes = create(kind, &model, &templates).unwrap_or_else(|e| panic!("{}: {e}", kind.name));
            assert_eq!(String::from_utf8(bytes).unwrap(), text, "{}", kind.name);
        }
    }
}

#[test]
fn what_the_template_and_the_lens_write_means_the_same() {
    let templates = Templates::builtin();
    for kind in kinds() {
        let model = read(kind, sample(kind).as_bytes());
        let lens = update(kind, &model, Own::Whole, b"").unwrap_or_else(|e| panic!("{}: {e}", kind.name));
        let created = create(kind, &model, &templates).unwrap();
        assert_eq!(read(kind, &lens), read(kind, &created), "{}", kind.name);
    }
}

#[test]
fn entries_hold_and_others_stay_in_every_kind() {
    for kind in kinds() {
        let text = sample(kind);
        let all = read(kind, text.as_bytes());
        // Ours is the second entry, what is there the first one with a comment of somebody else.
        let (ours, there) = (part(&all, false), part(&all, true));
        let base = create(kind, &there, &Templates::builtin()).unwrap();
        let merged =
            update(kind, &ours, Own::Entries, &base).unwrap_or_else(|e| panic!("{}: {e}", kind.name));
        let both = read(kind, &merged);
        for model in [&ours, &there] {
            let left = crate::meaning::meaning(&kind.grammar, Some(model), Some(&both));
            assert!(left.iter().all(|m| m.before.is_none()), "{}: {left:?}", kind.name);
        }
        let again = update(kind, &ours, Own::Entries, &merged).unwrap();
        assert_eq!(again, merged, "{}: once merged, merged", kind.name);
    }
}

/// The model with its first entry alone, or without it.
fn part(model: &Model, first: bool) -> Model {
    fn cut<T>(entries: &mut Vec<T>, first: bool) {
        if first { entries.truncate(1) } else { drop(entries.remove(0)) }
    }
    let mut model = model.clone();
    match &mut model {
        Model::Rules(m) => cut(&mut m.rules, first),
        Model::Items(m) => cut(&mut m.items, first),
        Model::Vars(m) => cut(&mut m.statements, first),
        Model::Ini(m) => cut(&mut m.sections, first),
        Model::Pairs(m) => cut(&mut m.pairs, first),
        Model::Fstab(m) => cut(&mut m.mounts, first),
        Model::Table(m) => cut(&mut m.entries, first),
        Model::Opaque(_) => {}
    }
    model
}

#[test]
fn ours_replace_what_is_there_under_the_same_name() {
    for (name, ours, there, expected) in [
        ("package.use", "a/b x\n", "a/b y\nc/d z\n# why\na/b q\n", "c/d z\n# why\na/b x\n"),
        ("world", "a/b\nc/d\n", "a/b\nx/y\n", "a/b\nx/y\nc/d\n"),
        ("make.conf", "A=\"1\"\n", "A=0 # theirs\nB=\"${A}\"\n", "A=\"1\" # theirs\nB=\"${A}\"\n"),
        ("kernel-config", "CONFIG_A=y\n", "# CONFIG_A is not set\nCONFIG_B=m\n", "CONFIG_A=y\nCONFIG_B=m\n"),
        (
            "fstab",
            "/dev/b / ext4 ro\n",
            "/dev/a / ext4 rw 0 0\n/dev/c none swap sw\n",
            "/dev/b / ext4 ro 0 0\n/dev/c none swap sw\n",
        ),
        ("ugrd", "[t]\na = 1\n", "b = 2\n[t]\na = 0\nc = 3\n", "b = 2\n[t]\na = 1\nc = 3\n"),
    ] {
        let kind = named(name).unwrap();
        let model = read(kind, ours.as_bytes());
        let merged = update(kind, &model, Own::Entries, there.as_bytes()).unwrap();
        assert_eq!(String::from_utf8(merged).unwrap(), expected, "{name}");
    }
}

#[test]
fn nothing_but_assignments_gets_into_files_that_are_run() {
    for name in ["default-grub", "conf.d", "sh-env", "install.conf"] {
        let kind = named(name).unwrap();
        let honest = Templates::source(kind.template.unwrap()).unwrap();
        let model = read(kind, sample(kind).as_bytes());
        for (from, to) in [
            ("{% for line in header %}", "reboot\n{% for line in header %}"),
            ("{{ statement.value }}", "{{ statement.value }}; reboot"),
            ("{{ statement.value }}", "{{ statement.value }} reboot"),
            ("{{ statement.value }}", "{{ statement.value }}\nreboot"),
            ("{{ statement.value }}", "{{ statement.value }}$(reboot)"),
            ("{{ statement.export }}", "reboot; {{ statement.export }}"),
            ("{{ statement.export }}", "X=y {{ statement.export }}"),
            ("{{ statement.export }}", "readonly {{ statement.export }}"),
            ("{{ statement.export }}", "eval {{ statement.export }}"),
            ("#{{ line }}", "#{{ line }}\nif true; then :; fi"),
        ] {
            let mut templates = Templates::builtin();
            let source = honest.replace(from, to);
            assert_ne!(source, honest);
            templates.add(kind.template.unwrap(), source).unwrap();
            let created = create(kind, &model, &templates);
            assert!(created.is_err(), "{name}, {to}: {}", String::from_utf8(created.unwrap()).unwrap());
        }
    }
}

#[test]
fn what_somebody_runs_in_a_file_may_stay_there() {
    let kind = named("default-grub").unwrap();
    let there = "A=1\nif [ -e /x ]; then\n  B=2\nfi\n. /etc/other\n";
    let changed = update(kind, &read(kind, b"A=\"3\"\n"), Own::Entries, there.as_bytes());
    assert_eq!(String::from_utf8(changed.unwrap()).unwrap(), there.replace("A=1", "A=\"3\""));
}

/// Values that try to leave their place, in every kind that can say them.
fn hostile() -> impl Strategy<Value = String> {
    prop_oneof![
        "[ -~]{0,12}",
        "[\"'\\\\$`#={}()\n\t ab]{0,10}",
        Just("\"; rm -rf /; \"".to_owned()),
        Just("$(touch /tmp/x)".to_owned()),
        Just("\n[evil]\nx = y".to_owned()),
        Just("x\nA=\"b\"".to_owned()),
    ]
}

fn spoken(kind: &Kind, value: &str) -> Model {
    use crate::model::{Assign, Ini, IniKey, IniSection, Pair, Pairs, Statement, Vars};
    match kind.grammar {
        Grammar::Vars(_) => {
            let assign = |name: &str, value: &str| {
                Statement::Assign(Assign {
                    name: name.into(),
                    value: crate::vocab::Word::literal(value),
                    ..Assign::default()
                })
            };
            Model::Vars(Vars { header: Vec::new(), statements: vec![assign("A", value), assign("B", "x")] })
        }
        Grammar::Ini(_) => {
            let key =
                |key: &str, value: &str| IniKey { key: key.into(), value: value.into(), ..IniKey::default() };
            let keys = vec![key("a", value), key("b", "x")];
            Model::Ini(Ini {
                header: Vec::new(),
                sections: vec![IniSection { name: "s".into(), keys, ..IniSection::default() }],
            })
        }
        _ => {
            let pair =
                |key: &str, value: &str| Pair { key: key.into(), value: value.into(), ..Pair::default() };
            Model::Pairs(Pairs {
                header: Vec::new(),
                pairs: vec![pair("CONFIG_A", value), pair("CONFIG_B", "y")],
            })
        }
    }
}

proptest! {
    #[test]
    fn nothing_breaks_out_of_its_place(value in hostile()) {
        let templates = Templates::builtin();
        for name in ["make.conf", "default-grub", "sh-env", "repos.conf", "systemd", "kernel-config"] {
            let kind = named(name).unwrap();
            let model = spoken(kind, &value);
            if let Ok(bytes) = create(kind, &model, &templates) {
                prop_assert!(model.satisfied_by(&read(kind, &bytes)), "{}: {:?}", name, String::from_utf8_lossy(&bytes));
            } else {
                // What the template's way refuses, the lens refuses as well: the value cannot be said.
                prop_assert!(update(kind, &model, Own::Whole, b"").is_err(), "{}: {:?}", name, value);
            }
        }
    }

    #[test]
    fn comments_stay_comments(lines in prop::collection::vec("[ -~é\t]{0,8}", 0..3), behind in prop::option::of("[ -~]{0,6}")) {
        let templates = Templates::builtin();
        for kind in kinds() {
            let mut model = read(kind, sample(kind).as_bytes());
            let comment = crate::model::Comment { above: lines.clone(), behind: behind.clone() };
            match &mut model {
                Model::Rules(m) => m.rules[1].comment = comment,
                Model::Items(m) => m.items[1].comment = comment,
                Model::Vars(m) => match &mut m.statements[1] {
                    crate::model::Statement::Assign(a) => a.comment = comment,
                    crate::model::Statement::Source(s) => s.comment = comment,
                },
                Model::Ini(m) => m.sections[0].keys[0].comment = comment,
                Model::Pairs(m) => m.pairs[1].comment = comment,
                Model::Fstab(m) => m.mounts[1].comment = comment,
                Model::Table(m) => m.entries[0].comment = comment,
                Model::Opaque(_) => continue,
            }
            // A comment may read as something else (`# CONFIG_B is not set`, two behind one another): refused then.
            if let Ok(bytes) = create(kind, &model, &templates) {
                let entries = |m: &Model| crate::meaning::meaning(&kind.grammar, Some(m), None).len();
                prop_assert_eq!(entries(&read(kind, &bytes)), entries(&model), "{}", kind.name);
            }
        }
    }
}
