//! `presets`.

use anstyle::Style;
use portage_config::spec;

use crate::answer::Answer;
use crate::json;

pub(crate) fn run() -> Answer {
    let all: Vec<json::Preset> = spec::presets()
        .iter()
        .map(|(name, text)| json::Preset { name: (*name).to_owned(), about: about(text).to_owned() })
        .collect();
    let width = all.iter().map(|preset| preset.name.len()).max().unwrap_or_default();
    let bold = Style::new().bold();
    let lines: Vec<String> = all
        .iter()
        .map(|preset| {
            format!("{bold}{:width$}{bold:#}  {}", preset.name, preset.about).trim_end().to_owned() + "\n"
        })
        .collect();
    let mut answer = Answer::text(lines.concat());
    answer.more.presets = Some(all);
    answer
}

/// The first line of a preset's opening comment.
fn about(text: &str) -> &str {
    text.lines()
        .map(str::trim)
        .take_while(|line| line.is_empty() || line.starts_with('#') || line.starts_with("spec"))
        .find_map(|line| line.strip_prefix('#').filter(|rest| !rest.starts_with(':')))
        .map(str::trim)
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::about;

    #[test]
    fn the_first_comment_describes() {
        assert_eq!(about("#:schema x\n# A board.\n# More.\nspec = 1\n"), "A board.");
        assert_eq!(about("spec = 1\n# A board.\n"), "A board.");
        assert_eq!(about("spec = 1\n[make.conf]\n# not this\n"), "");
        assert_eq!(about(""), "");
    }
}
