//! Atoms and package versions.

use portage_config::vocab::{Atom, Candidate, Cpv, Dialect};
use serde_json::{Value, json};

use super::{Numbers, ask, common};

const MATCHES: &str = r#"
import portage
from portage.dep import Atom, match_from_list
from portage.versions import _pkg_str
for text, packages in questions:
    atom = Atom(text, allow_wildcard=True, allow_repo=True)
    found = match_from_list(atom, [_pkg_str(p, slot=s, repo=r) for p, s, r in packages])
    answers.append([str(x) + ":" + x.slot + "/" + x.sub_slot + "::" + x.repo for x in found])
"#;

#[test]
fn atoms_match_what_portage_matches() {
    let mut numbers = Numbers(3);
    let names = ["a-b/c", "a-b/c-d", "x/c", "x/y"];
    let versions =
        ["1", "1.0", "1-r1", "1.0-r0", "01.2", "10", "1.2_rc1", "9999", "2", "1.2_p1-r3", "0.1", "1a"];
    let mut questions = Vec::new();
    for _ in 0..common::cases(1500) {
        let (name, version) = (numbers.of(&names), numbers.of(&versions));
        let main = match numbers.below(12) {
            0 => format!(">={name}-{version}"),
            1 => format!("<{name}-{version}"),
            2 => format!("={name}-{version}"),
            3 => format!("={name}-{version}*"),
            4 => format!("~{name}-{}", version.split("-r").next().unwrap()),
            5 => numbers
                .of(&["*/*", "a-b/*", "*/c", "a-*/c*", "=*/*-*999*", "=a-b/*-*p1*", "=*/*-*r1*"])
                .to_owned(),
            6 => format!("={name}-{}-3", version.split("-r").next().unwrap()),
            _ => name.to_owned(),
        };
        let rest = numbers.of(&["", "", "", ":0", ":1", ":0/1", ":0/1=", "::gentoo", ":0::local", "[x]"]);
        let text = format!("{main}{rest}");
        if Atom::parse(&text, Dialect::User).is_err() {
            continue;
        }
        let packages: Vec<Value> = (0..8)
            .map(|_| {
                let package = format!("{}-{}", numbers.of(&names), numbers.of(&versions));
                json!([
                    package,
                    numbers.of(&["0", "1", "0/1", "0/2", "1/1"]),
                    numbers.of(&["gentoo", "local"])
                ])
            })
            .collect();
        questions.push(json!([text, packages]));
    }
    let Some(answers) = ask("atoms_match_what_portage_matches", MATCHES, &json!(questions)) else { return };
    let mut matched = 0;
    for (question, theirs) in questions.iter().zip(answers) {
        let atom = Atom::parse(question[0].as_str().unwrap(), Dialect::User).unwrap();
        let mut mine = Vec::new();
        for package in question[1].as_array().unwrap() {
            let [cpv, slot, repo] = [0, 1, 2].map(|at| package[at].as_str().unwrap());
            let cpv = Cpv::parse(cpv).unwrap();
            let (slot, sub) = slot.split_once('/').unwrap_or((slot, slot));
            let candidate = Candidate {
                cpn: cpv.cpn(),
                version: cpv.version(),
                slot: Some(slot),
                sub_slot: Some(sub),
                repo: Some(repo),
            };
            if atom.matches(&candidate) {
                mine.push(format!("{cpv}:{slot}/{sub}::{repo}"));
            }
        }
        matched += mine.len();
        assert_eq!(theirs, json!(mine), "{question}");
    }
    assert!(matched > 1000, "{matched} matched");
}
