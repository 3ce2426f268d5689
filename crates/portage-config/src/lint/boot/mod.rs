//! How the machine starts: the root device, the initramfs, the kernel and its command line have to agree.

mod agree;
mod image;
mod kernel;
mod makers;
mod network;
#[cfg(test)]
mod testing;

pub(super) use agree::{L183, L184, L200, L202};
pub(super) use image::L086;
pub(super) use kernel::{L181, L185};
pub(super) use makers::{L069, L072, L085, L201};
pub(super) use network::{L073, L093, L180, L182, L203, L204};

use super::context::Context;
use crate::config::Body;
use crate::file::{self, Effective};
use crate::model::{Model, Mount, Pairs, Table, TomlValue, Vars};
use crate::report::{Key, Report};
use crate::vocab::{RelPath, Text};

pub(super) fn check(context: &Context<'_>, report: &mut Report) {
    let boot = Boot::new(context);
    network::check(context, &boot, report);
    kernel::check(context, &boot, report);
    agree::check(context, &boot, report);
    makers::check(context, &boot, report);
    image::check(context, report);
    if context.is_musl() {
        for (path, (_, model)) in context.models.iter().filter(|(_, (kind, _))| *kind == "ugrd") {
            file::ugrd::musl(model, &mut report.file(path));
        }
    }
}

/// A command line of the kernel, or a part of one.
struct Line {
    path: RelPath,
    key: Key,
    text: String,
}

impl Line {
    /// The values of an option, in order.
    fn values(&self, option: &str) -> impl Iterator<Item = &str> {
        let value = move |word: &'_ str| word.strip_prefix(option)?.strip_prefix('=').map(str::len);
        self.text.split_whitespace().filter_map(move |word| word.get(word.len() - value(word)?..))
    }

    /// The value that holds.
    fn value(&self, option: &str) -> Option<&str> {
        self.values(option).last()
    }
}

/// What dracut is told.
#[derive(Default)]
struct Dracut<'a> {
    files: Vec<(&'a RelPath, &'a Vars)>,
    vars: Effective,
}

impl Dracut<'_> {
    /// The file that has the last word on a variable.
    fn file(&self, name: &str) -> Option<&RelPath> {
        self.files.iter().rev().find(|(_, vars)| vars.get(name).is_some()).map(|(path, _)| *path)
    }

    /// The variable that keeps a module out of the image.
    fn keeps_out(&self, module: &str) -> Option<&'static str> {
        if self.vars.has("omit_dracutmodules", module) {
            return Some("omit_dracutmodules");
        }
        let more = ["add_dracutmodules", "force_add_dracutmodules"];
        let mut only = self.vars.words("dracutmodules").peekable();
        let listed =
            only.peek().is_none() || only.any(|word| word == module || matches!(word, "all" | "auto"));
        (!listed && !more.into_iter().any(|name| self.vars.has(name, module))).then_some("dracutmodules")
    }
}

/// What all files say of starting the machine.
struct Boot<'a> {
    lines: Vec<Line>,
    mounts: Vec<(&'a RelPath, &'a Mount)>,
    dracut: Dracut<'a>,
    ugrd: Vec<(&'a RelPath, &'a Table)>,
    kernels: Vec<(&'a RelPath, &'a Pairs)>,
}

impl<'a> Boot<'a> {
    fn new(context: &'a Context<'_>) -> Self {
        let mut boot = Self {
            lines: lines(context),
            mounts: Vec::new(),
            dracut: Dracut::default(),
            ugrd: Vec::new(),
            kernels: Vec::new(),
        };
        for (path, (kind, model)) in &context.models {
            match (&**model, *kind) {
                (Model::Fstab(fstab), _) => {
                    boot.mounts.extend(fstab.mounts.iter().map(|mount| (*path, mount)))
                }
                (Model::Vars(vars), "dracut.conf" | "dracut.conf.d") => boot.dracut.files.push((path, vars)),
                (Model::Table(table), "ugrd") if !table.entries.is_empty() => boot.ugrd.push((path, table)),
                (Model::Pairs(pairs), "kernel-config") => boot.kernels.push((path, pairs)),
                _ => {}
            }
        }
        boot.dracut.vars = Effective::of(boot.dracut.files.iter().map(|(_, vars)| *vars));
        if let Some(path) = boot.dracut.file("kernel_cmdline") {
            let text = boot.dracut.vars.get("kernel_cmdline").unwrap_or_default().to_owned();
            boot.lines.push(Line { path: path.clone(), key: Key::of("kernel_cmdline"), text });
        }
        boot
    }

    /// What is mounted as `/`.
    fn root(&self) -> Option<(&'a RelPath, &'a Mount)> {
        self.mounts.iter().copied().find(|(_, mount)| mount.target == "/" && !mount.is_swap())
    }
}

/// The mount of `/` in a configuration of ugrd.
fn ugrd_root(table: &Table) -> Option<&Table> {
    let Some(TomlValue::Table(mounts)) = table.get("mounts") else { return None };
    match mounts.get("root") {
        Some(TomlValue::Table(root)) => Some(root),
        _ => None,
    }
}

/// The text of a key of ugrd.
fn text<'t>(table: &'t Table, key: &str) -> Option<&'t str> {
    match table.get(key) {
        Some(TomlValue::String(text)) => Some(text.reveal()),
        _ => None,
    }
}

/// Whether a source is a network block device.
fn is_nbd(source: &Text) -> bool {
    source.reveal().starts_with("/dev/nbd")
}

/// The lines of a file that are no comments.
fn content(context: &Context<'_>, path: &RelPath) -> Option<String> {
    let file = context.config.files.get(path)?;
    let text = match &file.body {
        Body::Text(bytes) => String::from_utf8_lossy(&bytes.0).into_owned(),
        Body::Model(Model::Opaque(opaque)) => opaque.text().into_owned(),
        Body::Model(Model::Items(items)) => {
            items.items.iter().map(|item| item.text.as_str()).collect::<Vec<_>>().join("\n")
        }
        Body::Model(model @ Model::Pairs(_)) => {
            let bytes = crate::syntax::write(&file.kind?.grammar, b"", model).ok()?;
            String::from_utf8_lossy(&bytes).into_owned()
        }
        _ => return None,
    };
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    Some(lines.collect::<Vec<_>>().join("\n"))
}

/// The command lines outside of dracut's configuration.
fn lines(context: &Context<'_>) -> Vec<Line> {
    let mut lines = Vec::new();
    for (path, vars) in context.vars("default-grub") {
        let vars = Effective::of([vars]);
        let parts = ["GRUB_CMDLINE_LINUX", "GRUB_CMDLINE_LINUX_DEFAULT"];
        let key = parts.into_iter().find(|name| vars.get(name).is_some());
        if let Some(key) = key {
            let text = parts.map(|name| vars.get(name).unwrap_or_default()).join(" ");
            lines.push(Line { path: path.clone(), key: Key::of(key), text });
        }
    }
    for path in context.config.files.keys() {
        let whole = path.as_str() == "etc/kernel/cmdline"
            || ["etc/cmdline.d", "etc/kernel/cmdline.d"]
                .into_iter()
                .any(|folder| path.below(folder).is_some());
        let line = |text: String| Line { path: path.clone(), key: Key::file(), text };
        if whole {
            lines.extend(content(context, path).map(line));
        } else if path.name() == "grub.cfg" {
            let text = content(context, path).unwrap_or_default();
            let starts =
                |line: &&str| ["linux ", "linux16 ", "linuxefi "].iter().any(|word| line.starts_with(word));
            lines.extend(text.lines().filter(starts).map(|text| line(text.to_owned())));
        }
    }
    lines
}
