//! What the paths of a whole root say.

use std::collections::HashSet;

use super::code;
use super::header;
use super::origin::Origins;
use super::source::at;
use crate::config::{Body, Config};
use crate::file::{bashrc, env};
use crate::report::Report;

/// A path is a file or a folder.
pub(super) fn both(config: &Config, origins: &Origins, report: &mut Report) {
    let stands = |body: &Body| !matches!(body, Body::Absent | Body::HandsOff | Body::Dir);
    for (path, file) in &config.files {
        if matches!(file.body, Body::Absent | Body::HandsOff) {
            continue;
        }
        for folder in path.ancestors() {
            if config.files.get(&folder).is_some_and(|file| stands(&file.body))
                && let Some(touch) = origins.files.get(path).and_then(|origins| origins.file.last())
            {
                let message = format!("`{}` is a file, and here a folder", header::header(&folder));
                let help = match folder.as_str() {
                    "etc/portage/make.conf" => {
                        "write the entries into a file of the folder; those of `[target]` go there with \
                         `file = \"make.conf/00-target\"`"
                    }
                    "etc/portage/make.profile" => {
                        "say that it is a folder: `[file.\"make.profile\"]` with `dir = true`"
                    }
                    _ => "move the entries of the file into a file of the folder",
                };
                at(report, &code::S019, touch.span, message).set_help(help);
            }
        }
    }
}

/// Below env/, a text at CATEGORY/PACKAGE that no package.env names is bash.
pub(super) fn bash_env(config: &mut Config) {
    let mut named: HashSet<String> = HashSet::new();
    for (path, file) in &config.files {
        if file.kind.is_some_and(|kind| kind.name == "package.env") {
            named.extend(file.quiet_model(path).into_iter().flat_map(env::named));
        }
    }
    for (path, file) in &mut config.files {
        if let Some(rest) = path.below("etc/portage/env")
            && matches!(file.body, Body::Text(_))
            && env::is_bash(rest, &named)
        {
            file.kind = Some(&bashrc::ENV_BASH);
        }
    }
}
