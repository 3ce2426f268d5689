//! Files that start a machine.

use crate::config::{Body, File};
use crate::file::{self, testing};
use crate::lint::testing::Root;
use crate::model::{Entry, Fstab, Model, Mount, Table, TomlValue};
use crate::vocab::RelPath;

impl Root {
    /// Rows of fstab: source, mount point, type and options.
    pub(super) fn fstab(self, rows: &[&str]) -> Self {
        let mounts = rows.iter().map(|row| {
            let fields: Vec<&str> = row.split_whitespace().collect();
            let options = fields.get(3).unwrap_or(&"defaults").split(',').map(Into::into).collect();
            Mount {
                source: fields[0].into(),
                target: fields[1].into(),
                fstype: fields[2].into(),
                options,
                ..Mount::default()
            }
        });
        self.model("etc/fstab", Model::Fstab(Fstab { mounts: mounts.collect(), ..Fstab::default() }))
    }

    /// dracut for another machine, with these variables besides.
    pub(super) fn dracut(self, vars: &[(&str, &str)]) -> Self {
        let path = "etc/dracut.conf.d/10.conf";
        let lists = ["dracutmodules", "add_dracutmodules", "omit_dracutmodules", "filesystems"];
        let line = |(name, value): &(&str, &str)| match lists.contains(name) {
            true => format!("{name}+=\" {value} \"\n"),
            false => format!("{name}=\"{value}\"\n"),
        };
        self.text(path, &format!("hostonly=\"no\"\n{}", vars.iter().map(line).collect::<String>()))
    }

    pub(super) fn cmdline(self, line: &str) -> Self {
        self.text("etc/kernel/cmdline", &format!("{line}\n"))
    }

    pub(super) fn kernel(mut self, symbols: &[(&str, &str)]) -> Self {
        let path = RelPath::parse("usr/src/board.config").unwrap();
        let file = File::new(Some(&file::kernel_config::KERNEL_CONFIG), Body::Model(testing::pairs(symbols)));
        self.0.files.insert(path, file);
        self
    }

    /// ugrd for another machine, with these keys of `[mounts.root]` and at the top.
    pub(super) fn ugrd(self, root: &[(&str, &str)], top: &[(&str, &str)]) -> Self {
        let entry = |key: &str, value| Entry { key: key.to_owned(), value, comment: Default::default() };
        let text = |(key, value): &(&str, &str)| {
            let list = || vec![TomlValue::String((*value).into())];
            let value = match *key {
                "binaries" | "modules" => TomlValue::Array(list()),
                _ => TomlValue::String((*value).into()),
            };
            entry(key, value)
        };
        let table = |entries| Table { header: Vec::new(), entries };
        let mut entries: Vec<Entry> = top.iter().map(text).collect();
        for key in ["hostonly", "autodetect_root", "autodetect_init"] {
            entries.push(entry(key, TomlValue::Boolean(false)));
        }
        entries.push(entry("no_kmod", TomlValue::Boolean(true)));
        if !top.iter().any(|(key, _)| *key == "init_target") {
            entries.push(text(&("init_target", "/sbin/init")));
        }
        let root = TomlValue::Table(table(root.iter().map(text).collect()));
        entries.push(entry("mounts", TomlValue::Table(table(vec![entry("root", root)]))));
        self.model("etc/ugrd/config.toml", Model::Table(table(entries)))
    }
}
