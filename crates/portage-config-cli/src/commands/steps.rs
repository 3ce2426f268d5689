//! The steps of a spec, as one text that a shell understands and a person reads.

use std::fmt::Write;

use portage_config::spec::{Param, Resolved, Step};
use portage_config::vocab::HIDDEN;
use unicode_width::UnicodeWidthStr;

use crate::answer::{Answer, Data};
use crate::excerpt::clean;
use crate::json;
use crate::secrets::Secrets;

/// The steps as the answer; of one root, when one was picked.
pub(crate) fn answer(spec: &Resolved, name: &str, root: Option<&str>, answer: &mut Answer) {
    let of_root = |step: &&Step| match root {
        Some(root) => step.roots.is_empty() || step.roots.iter().any(|name| name == root),
        None => true,
    };
    let steps: Vec<&Step> = spec.steps.iter().filter(of_root).collect();
    let steps: Vec<json::Step> = steps.into_iter().map(|step| of(step, &answer.secrets)).collect();
    answer.data = Data::Text(text(name, &steps, &spec.params, spec.roots.len() > 1));
    answer.more.steps = Some(steps);
}

/// A step without secrets.
fn of(step: &Step, secrets: &Secrets) -> json::Step {
    json::Step {
        name: step.name.clone(),
        about: secrets.hide(&step.about).into_owned(),
        phase: step.phase.clone(),
        on: step.on.as_deref().map(|on| secrets.hide(on).into_owned()),
        roots: step.roots.clone(),
        run: step.run.as_deref().map(|run| secrets.hide_commands(run).into_owned()),
        open: step.open.clone(),
    }
}

/// Whether a secret stood in the commands of a step.
fn hides(step: &json::Step) -> bool {
    step.run.as_deref().is_some_and(|run| run.contains(HIDDEN))
}

/// A comment above each step, then its commands. What is not filled, or hides a secret, is a
/// comment, too, and ends the script above all.
fn text(name: &str, steps: &[json::Step], params: &[Param], roots: bool) -> String {
    let mut text = format!("# What is done besides the files of {}.\n", line(name));
    let mut open: Vec<&str> = steps.iter().flat_map(|step| &step.open).map(String::as_str).collect();
    open.sort_unstable();
    open.dedup();
    if steps.is_empty() {
        text.push_str("# Nothing.\n");
    }
    let hiding: Vec<&str> = steps.iter().filter(|step| hides(step)).map(|step| step.name.as_str()).collect();
    if !hiding.is_empty() {
        let names = line(&hiding.join(", "));
        let _ =
            writeln!(text, "#\n# A secret stands in the commands of {names}: let them read it from a file.");
    }
    let runs = open.is_empty() && hiding.is_empty();
    if !open.is_empty() {
        text.push_str("#\n# What is missing before anything is run, to be filled with --set:\n");
        for name in open {
            let param = params.iter().find(|param| param.name == name);
            if param.is_some_and(|param| param.secret) {
                let _ = writeln!(
                    text,
                    "#   {name}: a secret, which is never filled in; read it from the file that holds it"
                );
                continue;
            }
            let help = param.and_then(|param| param.help.as_deref()).unwrap_or_default();
            let example = param.and_then(|param| param.example.as_deref());
            let example = example.map(|example| format!(", such as {}", line(example))).unwrap_or_default();
            let _ = writeln!(text, "#   {name}: {}{example}", line(help));
        }
    }
    if !runs {
        text.push_str("exit 2\n");
    }
    for (number, step) in steps.iter().enumerate() {
        let mut head = format!("{}. {} ({})", number + 1, step.name, step.phase);
        match &step.on {
            Some(on) => head.push_str(&format!(", on: {on}")),
            None if roots && !step.roots.is_empty() => {
                head.push_str(&format!(", on: {}", step.roots.join(", ")))
            }
            None => {}
        }
        let _ = writeln!(text, "\n# {}", line(&head));
        for about in step.about.lines().flat_map(wrapped) {
            let _ = writeln!(text, "{}", format!("# {}", clean(&about)).trim_end());
        }
        let Some(run) = &step.run else { continue };
        for command in run.trim_end().lines() {
            match (step.open.is_empty() && !hides(step), command) {
                (true, _) => text.push_str(command),
                (false, "") => text.push('#'),
                (false, _) => {
                    let _ = write!(text, "#     {command}");
                }
            }
            text.push('\n');
        }
    }
    text
}

/// How long the lines of a comment become.
const WIDTH: usize = 110;

/// A line in lines that a screen holds; one that is short stays as it is.
fn wrapped(line: &str) -> Vec<String> {
    if line.width() <= WIDTH {
        return vec![line.to_owned()];
    }
    let mut lines = vec![String::new()];
    for word in line.split_whitespace() {
        match lines.last_mut() {
            Some(last) if last.is_empty() => last.push_str(word),
            Some(last) if last.width() + 1 + word.width() <= WIDTH => {
                last.push(' ');
                last.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

/// One line of it, for a comment.
fn line(text: &str) -> String {
    clean(&text.split_whitespace().collect::<Vec<_>>().join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lines_are_wrapped_and_no_word_is_lost() {
        let long = "word ".repeat(60) + &"x".repeat(120);
        let lines = wrapped(&long);
        assert_eq!(lines.join(" "), long);
        assert!(lines.iter().all(|line| line.width() <= WIDTH || !line.contains(' ')));
        assert_eq!(wrapped("  as it is"), ["  as it is"]);
        assert_eq!(wrapped(""), [""]);
    }
}
