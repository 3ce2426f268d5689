//! A root in a folder, and what is done to it.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::Path;

use portage_config::apply::{ApplyError, Options};
use portage_config::config::Config;
use portage_config::plan::{Choice, Choices, Plan};
use portage_config::report::Report;
use portage_config::root::Root;
use portage_config::spec;
use portage_config::state::{About, Guard};
use portage_config::template::Templates;

pub(crate) const STATE: &str = "var/lib/portage-config";

pub(crate) struct Machine(tempfile::TempDir);

impl Machine {
    /// With these files; a text that begins with `->` is a link, one that ends a path with `/` a folder.
    pub(crate) fn new(files: &[(&str, &str)]) -> Self {
        let machine = Self(tempfile::tempdir().unwrap());
        for (path, text) in files {
            machine.put(path, text);
        }
        machine
    }

    pub(crate) fn dir(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn put(&self, path: &str, text: &str) {
        let place = self.dir().join(path);
        if path.ends_with('/') {
            fs::create_dir_all(place).unwrap();
            return;
        }
        fs::create_dir_all(place.parent().unwrap()).unwrap();
        match text.strip_prefix("->") {
            Some(target) => symlink(target, place).unwrap(),
            None => fs::write(place, text).unwrap(),
        }
    }

    pub(crate) fn remove(&self, path: &str) {
        let path = self.dir().join(path);
        if path.is_dir() && !path.is_symlink() {
            fs::remove_dir_all(path).unwrap();
        } else if path.is_symlink() || path.exists() {
            fs::remove_file(path).unwrap();
        }
    }

    pub(crate) fn mode(&self, path: &str, mode: u32) {
        fs::set_permissions(self.dir().join(path), fs::Permissions::from_mode(mode)).unwrap();
    }

    pub(crate) fn text(&self, path: &str) -> String {
        fs::read_to_string(self.dir().join(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    pub(crate) fn has(&self, path: &str) -> bool {
        self.dir().join(path).symlink_metadata().is_ok()
    }

    pub(crate) fn plan_with(&self, spec: &str, choices: &Choices) -> (Plan, Report) {
        let mut report = Report::new();
        let root = Root::open(self.dir()).unwrap();
        let plan = Plan::new(&config(spec), &Templates::builtin(), &root, choices, &mut report);
        let plan = plan.unwrap_or_else(|e| panic!("{spec}\n{e}: {:?}", report.diagnostics));
        (plan, report)
    }

    pub(crate) fn plan(&self, spec: &str, all: Option<Choice>) -> Plan {
        self.plan_with(spec, &choices(all)).0
    }

    pub(crate) fn back(&self, generation: u64, all: Option<Choice>) -> Plan {
        let root = Root::open(self.dir()).unwrap();
        Plan::back(generation, &root, &choices(all), &mut Report::new()).unwrap()
    }

    pub(crate) fn run(&self, plan: &Plan) -> Result<Option<u64>, ApplyError> {
        let root = Root::open(self.dir()).unwrap();
        let mut guard = Guard::take(&root, false).unwrap();
        let options = Options { sync: false, ..Options::default() };
        Ok(plan.apply(&root, &mut guard, &About::default(), &options)?.map(|done| done.generation))
    }

    /// Applies, and fails on a conflict.
    #[track_caller]
    pub(crate) fn apply(&self, spec: &str, all: Option<Choice>) -> Option<u64> {
        let plan = self.plan(spec, all);
        self.run(&plan).unwrap_or_else(|error| panic!("{error}\n{spec}\n{}", plan.display()))
    }

    /// All that is there but the state of the root: modes, contents, targets, and times of files.
    pub(crate) fn all(&self) -> BTreeMap<String, String> {
        let mut all = BTreeMap::new();
        walk(self.dir(), self.dir(), &mut all);
        all.retain(|path, _| !path.starts_with(STATE) && path != "var" && path != "var/lib");
        all
    }

    /// With the state of the root.
    pub(crate) fn everything(&self) -> BTreeMap<String, String> {
        let mut all = BTreeMap::new();
        walk(self.dir(), self.dir(), &mut all);
        all
    }
}

pub(crate) fn config(text: &str) -> Config {
    let files = BTreeMap::from([("spec.toml".into(), text.into())]);
    let mut report = Report::new();
    let spec = spec::load("spec.toml", &spec::Options::new(&files), &mut report);
    assert!(!report.has_errors(), "{text}\n{:?}", report.diagnostics);
    spec.unwrap().roots.remove(0).config
}

pub(crate) fn choices(all: Option<Choice>) -> Choices {
    Choices { all, ..Choices::default() }
}

fn walk(dir: &Path, top: &Path, all: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(dir).unwrap() {
        let path = entry.unwrap().path();
        let name = path.strip_prefix(top).unwrap().to_str().unwrap().to_owned();
        let meta = path.symlink_metadata().unwrap();
        let (mode, time) = (meta.mode() & 0o7777, format!("{}.{}", meta.mtime(), meta.mtime_nsec()));
        let owner = format!("{}:{}", meta.uid(), meta.gid());
        let what = if meta.is_symlink() {
            format!("{owner} -> {}", path.read_link().unwrap().display())
        } else if meta.is_dir() {
            walk(&path, top, all);
            format!("{mode:o} {owner}")
        } else {
            let text = String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned();
            format!("{mode:o} {owner} {time}\n{text}")
        };
        all.insert(name, what);
    }
}
