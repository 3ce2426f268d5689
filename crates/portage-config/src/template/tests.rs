use std::collections::BTreeSet;

use super::*;
use crate::file::{Grammar, named};
use crate::model::{Comment, Item, Items, Rule, Rules};

fn files(dir: &std::path::Path, below: &str, all: &mut BTreeSet<String>) {
    for entry in std::fs::read_dir(dir).unwrap() {
        let entry = entry.unwrap();
        let name = format!("{below}{}", entry.file_name().to_str().unwrap());
        if entry.file_type().unwrap().is_dir() {
            files(&entry.path(), &format!("{name}/"), all);
        } else {
            all.insert(name);
        }
    }
}

#[test]
fn each_kind_has_its_template_and_each_template_its_kind() {
    let mut on_disk = BTreeSet::new();
    let dir = concat!(env!("CARGO_MANIFEST_DIR"), "/templates");
    files(&std::fs::canonicalize(dir).unwrap(), "", &mut on_disk);
    let embedded: BTreeSet<String> = builtin::TEMPLATES.iter().map(|(name, _)| (*name).to_owned()).collect();
    let wanted: BTreeSet<String> = Templates::names().map(str::to_owned).collect();
    assert_eq!(
        wanted.difference(&on_disk).collect::<Vec<_>>(),
        Vec::<&String>::new(),
        "kinds without a template"
    );
    assert_eq!(
        on_disk.difference(&wanted).collect::<Vec<_>>(),
        Vec::<&String>::new(),
        "templates without a kind"
    );
    assert_eq!(embedded, wanted, "what is embedded");
}

#[test]
fn templates_use_only_what_they_see() {
    let templates = Templates::builtin();
    for kind in kinds() {
        let Some(name) = kind.template else { continue };
        let template = templates.environment().get_template(name).expect(name);
        let known = view::fields(&kind.grammar);
        for field in template.undeclared_variables(false) {
            assert!(known.contains(&field.as_str()), "{name}: {field}");
        }
    }
}

#[test]
fn kinds_of_one_grammar_look_alike() {
    let mut looks: Vec<(String, &str)> = Vec::new();
    for kind in kinds() {
        let Some(name) = kind.template else { continue };
        let grammar = match kind.grammar {
            Grammar::Rules(_) => "rules".to_owned(),
            Grammar::Items(_) => "items".to_owned(),
            Grammar::Vars(_) => "vars".to_owned(),
            other => format!("{other:?}"),
        };
        let source = Templates::source(name).unwrap();
        match looks.iter().find(|(known, _)| *known == grammar) {
            Some((_, known)) => assert_eq!(source, *known, "{name}"),
            None => looks.push((grammar, source)),
        }
    }
}

fn package_use(source: &str) -> Result<String, RenderError> {
    let mut templates = Templates::builtin();
    templates.add("etc/portage/package.use.j2", source.to_owned())?;
    let rule = |key: &str, words: &[&str]| Rule {
        key: key.into(),
        words: words.iter().map(|w| (*w).to_owned()).collect(),
        ..Rule::default()
    };
    let mut rules = Rules {
        header: vec![" the head".into()],
        rules: vec![rule("a/b", &["x", "-y"]), rule("c/d", &[]), rule("c/d", &["intel"])],
    };
    rules.rules[1].comment = Comment { above: vec![" why".into(), " #".into()], behind: Some(" and".into()) };
    rules.rules[2].group = Some("VIDEO_CARDS".into());
    templates.render(named("package.use").unwrap(), &Model::Rules(rules))
}

#[test]
fn a_new_file() {
    let text = package_use(Templates::source("etc/portage/package.use.j2").unwrap()).unwrap();
    insta::assert_snapshot!(text, @r"
    # the head

    a/b x -y
    # why
    # #
    c/d  # and
    c/d VIDEO_CARDS: intel
    ");
}

#[test]
fn mistakes_in_templates_are_named() {
    let error = |source: &str| package_use(source).unwrap_err().to_string();
    let all = [
        "{% for rule in rules %}",
        "{{ rulez }}",
        "{% for rule in rules %}{{ rule.kay }}{% endfor %}",
        "{{ rules }}",
        "{{ header|join }}",
        "{% include 'x' %}",
        "{{ '\\n' }}",
        "{{ true }}",
        "{{ none }}",
        "{% for a in rules %}{% for b in rules %}{% for c in range(9) %}{% endfor %}{% endfor %}{% endfor %}",
    ]
    .map(error)
    .join("\n");
    insta::assert_snapshot!(all, @r"
    template `etc/portage/package.use.j2`: syntax error: unexpected end of input, expected end of block
    template `etc/portage/package.use.j2`: `rulez` is not known here; there are `header` and `rules`
    template `etc/portage/package.use.j2`: undefined value
    template `etc/portage/package.use.j2`: invalid operation: a value is a sequence, which cannot be written
    template `etc/portage/package.use.j2`: unknown filter: filter join is unknown
    template `etc/portage/package.use.j2`: syntax error: unknown statement include
    template `etc/portage/package.use.j2`: invalid operation: a text holds the control character `\n`
    template `etc/portage/package.use.j2`: invalid operation: a value is a bool, which cannot be written
    template `etc/portage/package.use.j2`: invalid operation: a value is a none, which cannot be written
    template `etc/portage/package.use.j2`: `range` is not known here; there are `header` and `rules`
    ");
}

#[test]
fn a_loop_without_end_ends() {
    let many = Rules { header: Vec::new(), rules: vec![Rule { key: "a/b".into(), ..Rule::default() }; 3000] };
    let mut templates = Templates::builtin();
    let source = "{% for a in rules %}{% for b in rules %}x{% endfor %}{% endfor %}";
    templates.add("etc/portage/package.use.j2", source.into()).unwrap();
    let error = templates.render(named("package.use").unwrap(), &Model::Rules(many)).unwrap_err();
    assert_eq!(
        error.to_string(),
        "template `etc/portage/package.use.j2`: takes too many steps for so few entries"
    );
}

#[test]
fn a_hundred_thousand_rules_have_enough_steps() {
    let rule = Rule {
        key: "cat/name".into(),
        words: vec!["flag".into(), "-other".into()],
        comment: Comment { above: vec![" why".into()], behind: Some(" x".into()) },
        ..Rule::default()
    };
    let many = Model::Rules(Rules { header: Vec::new(), rules: vec![rule; 100_000] });
    let text = Templates::builtin().render(named("package.use").unwrap(), &many).unwrap();
    assert_eq!(text.lines().count(), 200_000);
}

#[test]
fn control_characters_are_refused() {
    for text in ["a\nb", "a\rb", "a\0b", "a\u{85}b", "a\x1bb"] {
        let items = Items { header: vec![text.into()], items: vec![Item::default()] };
        let error = Templates::builtin().render(named("world").unwrap(), &Model::Items(items)).unwrap_err();
        assert_eq!(error.to_string(), "a text holds a control character");
    }
}
