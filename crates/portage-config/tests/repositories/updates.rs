//! `profiles/updates`.

use portage_config::repository::{Given, ReposConf, Repositories, Update, Updates};
use portage_config::vocab::{Atom, Dialect};
use serde_json::json;

use super::{Numbers, ask, common, put};

const UPDATES: &str = r#"
import portage
from portage.update import parse_updates, update_config_files
for lines, atoms in questions:
    updates, _ = parse_updates("\n".join(lines))
    with tempfile.TemporaryDirectory() as top:
        path = os.path.join(top, "etc/portage/package.mask")
        os.makedirs(os.path.dirname(path))
        open(path, "w").write("".join(x + "\n" for x in atoms))
        update_config_files(top, [], [], {"gentoo": updates})
        after = [x for x in open(path).read().splitlines() if x[:1] != '#']
    answers.append([[" ".join(str(x) for x in u) for u in updates], after])
"#;

#[test]
fn updates_are_applied_as_portage_applies_them() {
    let mut numbers = Numbers(11);
    let names = ["a-b/c", "a-b/d", "a-b/e-f", "x/y", "a-b/cc"];
    let slots = ["0", "1", "2.3", "0/1", "-1", "stable"];
    let mut questions = Vec::new();
    for _ in 0..common::cases(300) {
        let lines: Vec<String> = (0..numbers.below(8) + 1)
            .map(|_| match numbers.below(8) {
                0..4 => format!("move {} {}", numbers.of(&names), numbers.of(&names)),
                4..6 => format!(
                    "slotmove {} {} {}",
                    numbers.of(&["a-b/c", ">=a-b/c-2", "x/y", "!a-b/c", "a-b/*", "a-b/d:1", "=x/y-1*"]),
                    numbers.of(&slots),
                    numbers.of(&slots)
                ),
                _ => numbers
                    .of(&[
                        "# move a-b/c x/y",
                        "move a-b/c",
                        "  move\ta-b/c   a-b/d ",
                        "move =a-b/c-1 x/y",
                        "slotmove x/y 0",
                        "mov a/b c/d",
                        "",
                        "move a-b/c x/y z",
                        "move a-b/c-1 x/y",
                    ])
                    .to_owned(),
            })
            .collect();
        let atoms: Vec<String> = (0..12)
            .map(|_| {
                let name = numbers.of(&names);
                let slot = numbers.of(&[
                    "",
                    "",
                    ":0",
                    ":1",
                    ":0/0",
                    ":0/1",
                    ":2.3=",
                    ":0/1=",
                    ":=",
                    ":0::gentoo",
                    "::gentoo",
                    "[x]",
                ]);
                match numbers.below(5) {
                    0 => format!(">={name}-1.0{slot}"),
                    1 => format!("={name}-1*{slot}"),
                    2 => "a-b/*".to_owned(),
                    _ => format!("{name}{slot}"),
                }
            })
            .collect();
        questions.push(json!([lines, atoms]));
    }
    let test = "updates_are_applied_as_portage_applies_them";
    let Some(answers) = ask(test, UPDATES, &json!(questions)) else { return };
    let mut changed = 0;
    for (question, theirs) in questions.iter().zip(answers) {
        let text: Vec<&str> =
            question[0].as_array().unwrap().iter().map(|line| line.as_str().unwrap()).collect();
        let dir = tempfile::tempdir().unwrap();
        put(dir.path(), "profiles/repo_name", "gentoo\n");
        put(dir.path(), "profiles/updates/1Q-2024", &text.join("\n"));
        let given = [Given::new(None, dir.path())];
        let all = Repositories::open(&ReposConf::packaged(), None, &given).unwrap();
        let updates = Updates::of(&all).unwrap();
        let parsed: Vec<String> =
            text.iter().filter_map(|line| Update::parse(line)).map(|u| u.to_string()).collect();
        assert_eq!(json!(parsed), theirs[0], "{text:#?}");
        for (atom, theirs) in question[1].as_array().unwrap().iter().zip(theirs[1].as_array().unwrap()) {
            let atom = Atom::parse(atom.as_str().unwrap(), Dialect::User).unwrap();
            let mine = updates.applied(&atom).map_or_else(|| atom.to_string(), |applied| applied.atom);
            assert_eq!(theirs, &json!(mine), "{atom} {text:#?}");
            changed += usize::from(mine != atom.as_str());
        }
    }
    assert!(changed > 300, "{changed} changed");
}
