//! `import --adopt`.

use std::collections::BTreeMap;
use std::path::Path;

use portage_config::config::{Bytes, Own};
use portage_config::file::{self, Kind};
use portage_config::model::{Comment, Items, Model, Rule, Rules};
use portage_config::render;
use portage_config::report::{Report, Severity};
use portage_config::root::Root as Machine;
use portage_config::spec;
use portage_config::state::{Owned, State};
use portage_config::syntax;
use portage_config::tree::{Node, Tree};
use portage_config::vocab::RelPath;

use crate::answer::{Answer, Status};
use crate::args::Import;
use crate::commands::import;
use crate::{codes, json, load};

/// What `emerge --autounmask-write` writes into.
const FOLDERS: [&str; 5] =
    ["package.accept_keywords", "package.keywords", "package.license", "package.unmask", "package.use"];

/// The file that takes it over: behind all others, where it said the last word, and in front of emerge's own.
const NAME: &str = "zz-adopted";

pub(crate) fn run(args: &Import) -> Answer {
    let mut answer = Answer::default();
    let Some(machine) = load::machine(&args.root, &mut answer) else { return answer.nothing() };
    let out = args.out.as_deref().filter(|path| *path != Path::new("-"));
    let Some(name) = import::name(out) else {
        let message = format!("`{}` is no name for a spec", out.unwrap_or(Path::new("-")).display());
        return answer.failed(&codes::USAGE, message, Some("write `-o NAME.toml`".to_owned()));
    };
    let owned = match owned(&machine) {
        Ok(owned) => owned,
        Err(message) => return answer.failed(&codes::CANNOT_READ, message, None),
    };
    let mut report = Report::new();
    let mut adopted = Tree::new();
    let (mut count, mut files) = (0, Vec::new());
    for folder in FOLDERS {
        let Ok(folder) = RelPath::parse(&format!("etc/portage/{folder}")) else { continue };
        let tree = Tree::scan(&machine, std::slice::from_ref(&folder), &mut report);
        let (emerges, others): (Vec<_>, Vec<_>) = (tree.nodes.into_iter())
            .filter(|(path, node)| matches!(node, Node::File { .. }) && is_read(&folder, path))
            .partition(|(path, _)| is_emerges(&folder, path, &owned));
        let Some(kind) = emerges.first().and_then(|(path, _)| file::find(path)) else { continue };
        let (text, entries) = match adopt(kind, &emerges, &others, &mut report) {
            Ok(Some(adopted)) => adopted,
            Ok(None) => continue,
            Err(message) => {
                return answer.failed(&codes::CANNOT_READ, format!("`{folder}`: {message}"), None);
            }
        };
        count += entries;
        files.extend(emerges.into_iter().map(|(path, _)| path));
        if let Ok(path) = folder.join(NAME) {
            adopted.insert(path, Node::File { bytes: Bytes(text), mode: 0o644 });
        }
    }
    if report.has(Severity::Error) {
        answer.take(report, None);
        return answer.nothing();
    }
    let dir = args.root.display();
    answer.roots.push(json::Root {
        dir: Some(dir.to_string()),
        files: Some(Vec::new()),
        ..json::Root::default()
    });
    if count == 0 {
        answer.take(report, None);
        answer.notes.push("nothing to adopt: emerge wrote nothing that other files do not say".to_owned());
        answer.status = Status::No;
        return answer;
    }
    let imported = spec::import(&adopted, &name, &mut report);
    answer.take(report, None);
    answer.sort();
    if let Some(root) = answer.roots.first_mut() {
        root.files = Some(imported.files.iter().map(|file| import::listed(file, &adopted)).collect());
    }
    answer.notes.push(import::counted(count, "entry").replace("entrys", "entries"));
    for path in &files {
        answer.notes.push(format!("once it is applied: empty `/{path}`, which says the same"));
    }
    let written = match out {
        Some(path) => {
            answer.more.out = Some(path.display().to_string());
            import::save(path, &imported, args.force, &mut answer)
        }
        None => import::show(imported, &mut answer),
    };
    if written { answer } else { answer.nothing() }
}

/// What is ours, and how.
fn owned(machine: &Machine) -> Result<BTreeMap<RelPath, Owned>, String> {
    let last = State::open(machine).and_then(|state| match state {
        Some(state) => state.last(),
        None => Ok(None),
    });
    last.map(|last| last.map(|last| last.owned).unwrap_or_default()).map_err(|error| error.to_string())
}

/// Whether Portage reads a file in a folder.
fn is_read(folder: &RelPath, path: &RelPath) -> bool {
    let rest = path.below(folder.as_str()).unwrap_or_default();
    !rest.is_empty() && !rest.ends_with('~') && !rest.split('/').any(|part| part.starts_with('.'))
}

/// Whether a file is there for emerge: `zz-autounmask`, and not ours.
fn is_emerges(folder: &RelPath, path: &RelPath, owned: &BTreeMap<RelPath, Owned>) -> bool {
    let name = path.name();
    path.parent().as_ref() == Some(folder)
        && (name.starts_with("zz") && name.ends_with("-autounmask") || name.ends_with("-zz-autounmask"))
        && matches!(owned.get(path), None | Some(Owned::Once))
}

/// The text of a file with what emerge wrote and others do not say, and its number of entries.
fn adopt(
    kind: &'static Kind,
    emerges: &[(RelPath, Node)],
    others: &[(RelPath, Node)],
    report: &mut Report,
) -> Result<Option<(Vec<u8>, usize)>, String> {
    let mut rules: Vec<Rule> = Vec::new();
    let mut items = Items::default();
    for (path, node) in emerges {
        let Node::File { bytes, .. } = node else { continue };
        match syntax::read(&kind.grammar, &bytes.0, &mut report.file(path)) {
            Model::Rules(read) => read.rules.into_iter().for_each(|rule| together(&mut rules, rule)),
            Model::Items(read) => {
                for item in read.items {
                    items.items.retain(|other| other.text != item.text);
                    items.items.push(item);
                }
            }
            _ => {}
        }
    }
    let texts: Vec<&[u8]> = others
        .iter()
        .filter_map(|(_, node)| match node {
            Node::File { bytes, .. } => Some(bytes.0.as_slice()),
            _ => None,
        })
        .collect();
    rules.retain(|rule| {
        let plain = Rule { comment: Comment::default(), ..rule.clone() };
        !is_said(kind, &Model::Rules(Rules { rules: vec![plain], ..Rules::default() }), &texts)
    });
    items.items.retain(|item| {
        let mut plain = item.clone();
        plain.comment = Comment::default();
        !is_said(kind, &Model::Items(Items { items: vec![plain], ..Items::default() }), &texts)
    });
    let count = rules.len() + items.items.len();
    if count == 0 {
        return Ok(None);
    }
    let model = if items.items.is_empty() {
        Model::Rules(Rules { rules, ..Rules::default() })
    } else {
        Model::Items(items)
    };
    let text = syntax::write(&kind.grammar, b"", &model).map_err(|refusal| refusal.to_string())?;
    Ok(Some((text, count)))
}

/// Adds a rule; words for the same atom, of which emerge writes a line each time, become one rule. Of two that
/// contradict each other the later one holds.
fn together(rules: &mut Vec<Rule>, rule: Rule) {
    let same = |other: &&mut Rule| other.key == rule.key && other.group == rule.group;
    let Some(there) = rules.iter_mut().find(same) else { return rules.push(rule) };
    let plain = |word: &str| word.trim_start_matches('-').to_owned();
    there.words.retain(|word| !rule.words.iter().any(|new| plain(new) == plain(word)));
    there.words.extend(rule.words);
    for line in rule.comment.above {
        if !there.comment.above.contains(&line) {
            there.comment.above.push(line);
        }
    }
    there.comment.behind = there.comment.behind.take().or(rule.comment.behind);
}

/// Whether the files say an entry already: the last that speaks of it does.
fn is_said(kind: &'static Kind, entry: &Model, texts: &[&[u8]]) -> bool {
    let key = |rule: &Rule| (rule.key.clone(), rule.group.clone());
    let speaks = |text: &[u8]| {
        let Ok(path) = RelPath::parse("file") else { return false };
        match (entry, syntax::read(&kind.grammar, text, &mut Report::new().file(&path))) {
            (Model::Rules(entry), Model::Rules(there)) => {
                entry.rules.iter().any(|rule| there.rules.iter().any(|other| key(rule) == key(other)))
            }
            _ => true,
        }
    };
    let says = |text: &[u8]| render::update(kind, entry, Own::Entries, text).is_ok_and(|after| after == text);
    match entry {
        Model::Rules(_) => texts.iter().rev().find(|text| speaks(text)).is_some_and(|text| says(text)),
        _ => texts.iter().any(|text| says(text)),
    }
}
