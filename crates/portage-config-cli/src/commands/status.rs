//! `status`.

use std::fmt::Write as _;

use anstyle::Style;
use camino::Utf8Path;
use portage_config::plan::{Drift, Drifted, drift};
use portage_config::report::Report;
use portage_config::root::Root as Machine;
use portage_config::state::{Guard, Manifest, Owned, State, StateError};
use portage_config::tree::Node;

use crate::answer::{Answer, Data, Status};
use crate::args::Status as Args;
use crate::excerpt::clean;
use crate::secrets::Secrets;
use crate::{codes, json};

const BOLD: Style = Style::new().bold();

/// What is known of a root.
struct Known {
    /// The last generation.
    last: Manifest,
    /// The one whose spec holds: the last, or what was gone back to.
    spec: Option<Manifest>,
    pending: Option<(Manifest, bool)>,
    drift: Vec<Drift>,
}

pub(crate) fn run(args: &Args) -> Answer {
    let mut answer = Answer::default();
    let mut text = String::new();
    for dir in &args.root {
        let mut root = json::Root { dir: Some(dir.to_string()), ..json::Root::default() };
        match known(dir, &mut answer) {
            Ok(known) => {
                if !text.is_empty() {
                    text.push('\n');
                }
                let _ = writeln!(text, "{BOLD}{}{BOLD:#}", clean(dir.as_str()));
                match known {
                    Some(known) => known.tell(&mut root, &mut answer, &mut text),
                    None => {
                        text.push_str("  nothing was applied\n");
                        root.result = Some("none");
                    }
                }
            }
            Err(message) => {
                answer.fail(&codes::CANNOT_READ, message, None);
                root.result = Some("failed");
            }
        }
        answer.roots.push(root);
    }
    answer.sort();
    answer.data = Data::Text(text);
    answer
}

fn known(dir: &Utf8Path, answer: &mut Answer) -> Result<Option<Known>, String> {
    let machine = Machine::open(dir).map_err(|error| format!("cannot open the root {error}"))?;
    let mut report = Report { sources: std::mem::take(&mut answer.sources), ..Report::new() };
    let known = read(&machine, &mut report).map_err(|error| format!("`{dir}`: {error}"));
    answer.take(report, None);
    if answer.has_errors() {
        answer.status = Status::Nothing;
    }
    known
}

fn read(machine: &Machine, report: &mut Report) -> Result<Option<Known>, StateError> {
    let Some(state) = State::open(machine)? else { return Ok(None) };
    let pending = state.pending()?.map(|run| {
        // Whoever does it holds the root.
        let going = matches!(Guard::take(machine, false), Err(StateError::Io(error))
            if error.source.kind() == std::io::ErrorKind::WouldBlock);
        (run, going)
    });
    let last = match state.last()? {
        Some(last) => last,
        None if pending.is_some() => Manifest::default(),
        None => return Ok(None),
    };
    let mut spec = Some(last.clone());
    while let Some(manifest) = &spec {
        let Some(number) = manifest.about.what.strip_prefix("rollback ").and_then(|n| n.parse().ok()) else {
            break;
        };
        spec = if number < manifest.generation { state.manifest(number)? } else { None };
    }
    let drift = drift(machine, report)?;
    Ok(Some(Known { last, spec, pending, drift }))
}

impl Known {
    fn tell(&self, root: &mut json::Root, answer: &mut Answer, text: &mut String) {
        let secrets = &answer.secrets;
        let mut line = |name: &str, words: &str| {
            let _ = writeln!(text, "  {name:<12} {}", clean(&secrets.hide(words)));
        };
        if self.last.generation > 0 {
            let spec = self.spec.as_ref().and_then(of_spec);
            line("spec", spec.as_deref().unwrap_or("none"));
            let about = &self.last.about;
            let what = format!("generation {}, {}, {}", self.last.generation, about.what, about.program);
            line("applied", &format!("{} ({what})", about.time));
            line("ours", &self.counted());
        }
        if let Some((run, going)) = &self.pending {
            let (number, about) = (run.generation, &run.about);
            let what = format!("{} of {}, to become generation {number}", about.what, about.time);
            match going {
                true => line("goes on", &what),
                false => line("cut off", &format!("{what}; `apply` finishes it, `rollback` takes it back")),
            }
        }
        let (all, layout): (Vec<&Drift>, Vec<&Drift>) = self.drift.iter().partition(|d| d.how.matters());
        line(
            "drift",
            &match all.len() {
                0 => "none".to_owned(),
                1 => "1 path".to_owned(),
                count => format!("{count} paths"),
            },
        );
        for drift in all.iter().chain(&layout) {
            let path = clean(&secrets.hide(drift.change.path.as_str()));
            let _ = writeln!(text, "    {:<9} {path}{}", drift.how.name(), keys(drift, secrets));
        }
        root.applied = (self.last.generation > 0).then(|| json::Generation::of(&self.last));
        root.spec = self.spec.as_ref().and_then(of_spec);
        root.owned = Some(self.owned());
        root.pending = self
            .pending
            .as_ref()
            .map(|(run, going)| json::Pending { running: *going, run: json::Generation::of(run) });
        root.drift = Some(self.drift.iter().map(|drift| json::Drift::of(drift, secrets)).collect());
        let (result, status) = match (&self.pending, all.is_empty()) {
            (Some(_), _) => ("interrupted", Status::No),
            (None, false) => ("drift", Status::No),
            (None, true) => ("as-applied", Status::Fine),
        };
        root.result = Some(result);
        answer.status = answer.status.max(status);
    }

    fn owned(&self) -> json::Owned {
        let count = |how: Owned| self.last.owned.values().filter(|owned| **owned == how).count();
        json::Owned {
            whole: count(Owned::Whole),
            entries: count(Owned::Entries),
            once: count(Owned::Once),
            folder: count(Owned::Folder),
        }
    }

    /// `14 files, entries of 1, 2 made once, 3 folders`.
    fn counted(&self) -> String {
        let owned = self.owned();
        let files = |count: usize| if count == 1 { "1 file".to_owned() } else { format!("{count} files") };
        let mut text = files(owned.whole);
        if owned.entries > 0 {
            let _ = write!(text, ", entries of {}", files(owned.entries));
        }
        if owned.once > 0 {
            let _ = write!(text, ", {} made once", owned.once);
        }
        if owned.folder > 0 {
            let _ = write!(text, ", {} folder{}", owned.folder, if owned.folder == 1 { "" } else { "s" });
        }
        text
    }
}

/// The spec of a generation with its root and variants.
pub(super) fn of_spec(manifest: &Manifest) -> Option<String> {
    let about = &manifest.about;
    let mut text = about.spec.clone()?;
    if let Some(root) = about.root.as_ref().filter(|root| !text.ends_with(&format!("#{root}"))) {
        let _ = write!(text, "#{root}");
    }
    for variant in &about.variants {
        let _ = write!(text, " --variant {variant}");
    }
    Some(text)
}

/// What is there now, in short: the mode, where a link leads to, the entries that were changed, the first few of many.
fn keys(drift: &Drift, secrets: &Secrets) -> String {
    const MANY: usize = 6;
    let meaning = &drift.change.meaning;
    match (drift.how, &drift.change.before, &drift.change.after) {
        (_, _, None) => return String::new(),
        (_, _, Some(Node::Symlink { target })) => {
            return format!(": a link to {}", clean(&secrets.hide(target)));
        }
        (Drifted::Replaced, _, Some(Node::Dir { .. })) => return ": a folder".to_owned(),
        (Drifted::Replaced, ..) => return ": a file".to_owned(),
        (Drifted::Mode, Some(Node::File { mode: was, .. }), Some(Node::File { mode: is, .. })) => {
            return format!(": {was:04o} -> {is:04o}");
        }
        _ if meaning.is_empty() => return String::new(),
        _ => {}
    }
    let keys = meaning.iter().take(MANY).map(|m| clean(&secrets.hide(&m.key)));
    let mut text = format!(": {}", keys.collect::<Vec<_>>().join(", "));
    if meaning.len() > MANY {
        let _ = write!(text, " and {} more", meaning.len() - MANY);
    }
    text
}
