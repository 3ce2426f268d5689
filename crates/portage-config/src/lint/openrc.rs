//! Services of runlevels.

use std::collections::BTreeSet;

use crate::config::{Body, Config};
use crate::report::{Code, Key, Report};
use crate::vocab::nearest;

/// A service that OpenRC does not start.
pub(crate) const L176: Code = Code::error(
    "L176",
    "bad-runlevel",
    "OpenRC starts the services whose script /etc/init.d/NAME a link of the same name in the runlevel's folder points to, and \
     enters no other runlevels by itself than sysinit, boot, default, nonetwork and shutdown.",
    "openrc(8), rc-update(8); src/librc/librc.c rc_services_in_runlevel",
);

/// The runlevels that OpenRC comes with.
const LEVELS: [&str; 5] = ["boot", "default", "nonetwork", "shutdown", "sysinit"];

pub(super) fn check(config: &Config, report: &mut Report) {
    // A folder that the configuration makes is a runlevel of one's own.
    let own: BTreeSet<&str> = config
        .files
        .iter()
        .filter(|(_, file)| matches!(file.body, Body::Dir))
        .filter_map(|(path, _)| path.as_str().strip_prefix("etc/runlevels/"))
        .collect();
    for (path, file) in &config.files {
        let Some(rest) = path.as_str().strip_prefix("etc/runlevels/") else { continue };
        let mut findings = report.file(path);
        let mut wrong = |message: String, help: String| {
            findings.at(&L176, Key::file(), message).set_help(help);
        };
        let Some((level, name)) = rest.split_once('/') else {
            if !matches!(file.body, Body::Dir | Body::Absent | Body::HandsOff) {
                wrong(format!("the runlevel `{rest}` is no folder"), "write dir = true".to_owned());
            }
            continue;
        };
        if !LEVELS.contains(&level) && !own.contains(level) {
            let help = match nearest(level, LEVELS) {
                Some(near) => format!("did you mean {near}?"),
                None => format!(
                    "a runlevel of your own is a folder: write [file.\"/etc/runlevels/{level}\"] dir = true"
                ),
            };
            wrong(format!("OpenRC has no runlevel `{level}`"), help);
        }
        match &file.body {
            Body::Link(target) => {
                let service =
                    target.strip_prefix("/etc/init.d/").or_else(|| target.strip_prefix("../../init.d/"));
                // A runlevel may contain another one.
                let stacked = target.trim_end_matches('/').rsplit('/').next() == Some(name)
                    && (target.starts_with("/etc/runlevels/") || target.starts_with("../"));
                if service.is_none() && !stacked {
                    wrong(
                        format!("`{target}` is no script of a service"),
                        format!("write link = \"/etc/init.d/{name}\""),
                    );
                } else if service.is_some_and(|service| service != name) {
                    wrong(
                        format!("the link `{name}` leads to the service `{}`", service.unwrap_or_default()),
                        format!("write link = \"/etc/init.d/{name}\""),
                    );
                }
            }
            Body::Text(_) | Body::Model(_) => {
                wrong(
                    format!("`{name}` is a file, and OpenRC looks for a link"),
                    format!("write link = \"/etc/init.d/{name}\""),
                );
            }
            Body::Dir => {
                wrong(format!("`{name}` is a folder, and OpenRC looks for a link"), "take it out".to_owned())
            }
            Body::Absent | Body::HandsOff => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::lint::testing::{codes, root};

    #[test]
    fn services_are_links_to_their_scripts() {
        let of = |path: &str, target: &str| codes(&root().link(path, target));
        assert_eq!(of("etc/runlevels/default/sshd", "/etc/init.d/sshd"), [""; 0]);
        assert_eq!(of("etc/runlevels/boot/mdev", "../../init.d/mdev"), [""; 0]);
        assert_eq!(of("etc/runlevels/default/sshd", "/etc/init.d/ssh"), ["L176"]);
        assert_eq!(of("etc/runlevels/default/sshd", "/usr/sbin/sshd"), ["L176"]);
        assert_eq!(of("etc/runlevels/defualt/sshd", "/etc/init.d/sshd"), ["L176"]);
        assert_eq!(codes(&root().text("etc/runlevels/default/sshd", "x")), ["L176"]);
        assert_eq!(codes(&root().link("etc/runlevels/default", "/x")), ["L176"]);
    }

    #[test]
    fn runlevels_of_ones_own_are_folders() {
        let own = root().dir("etc/runlevels/battery").link("etc/runlevels/battery/sshd", "/etc/init.d/sshd");
        assert_eq!(codes(&own), [""; 0]);
        let stacked = own.link("etc/runlevels/battery/default", "/etc/runlevels/default");
        assert_eq!(codes(&stacked), [""; 0]);
    }
}
