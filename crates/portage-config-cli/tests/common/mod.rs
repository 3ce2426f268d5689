//! Runs the command.
#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::string_slice,
    reason = "tests, each of which uses its part"
)]

pub(crate) mod gentoo;
pub(crate) mod specs;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// The command, with nothing of the environment that changes what it prints.
pub(crate) fn command() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_portage-config"));
    for name in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "RUST_BACKTRACE", "CI"] {
        command.env_remove(name);
    }
    command.env("TERM", "xterm").env("COLUMNS", "100");
    command
}

/// Runs the command in a shell that may do what only root may.
pub(crate) fn as_root(folder: &Folder, script: &str) -> Run {
    let ways: [&[&str]; 2] = [&["--mount"], &["--user", "--map-root-user", "--mount"]];
    let can = |way: &&[&str]| {
        Command::new("unshare").args(*way).arg("true").output().is_ok_and(|run| run.status.success())
    };
    let way = ways.into_iter().find(can).expect("this test mounts: run it where `unshare` is allowed");
    let mut command = Command::new("unshare");
    command.args(way).args(["sh", "-uc", script, "sh", env!("CARGO_BIN_EXE_portage-config")]);
    command.current_dir(folder.path()).output().unwrap().into()
}

/// What a run gave.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) status: i32,
    pub(crate) out: String,
    pub(crate) err: String,
    pub(crate) bytes: Vec<u8>,
}

impl From<Output> for Run {
    fn from(output: Output) -> Self {
        let err = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!err.contains("panicked"), "{err}");
        Self {
            status: output.status.code().expect("no signal"),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err,
            bytes: output.stdout,
        }
    }
}

impl Run {
    /// Standard output as JSON.
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// Status, standard output and standard error, for a snapshot.
    pub(crate) fn all(&self) -> String {
        timeless(&format!("status {}\n--- out\n{}--- err\n{}", self.status, self.out, self.err))
    }

    /// Fails unless the status is this one.
    #[track_caller]
    pub(crate) fn expect(self, status: i32) -> Self {
        assert_eq!(self.status, status, "{}", self.all());
        self
    }
}

/// A text with one time in the place of all.
pub(crate) fn timeless(text: &str) -> String {
    const SHAPE: &str = "dddd-dd-ddTdd:dd:ddZ";
    let is_time = |text: &str| {
        text.len() == SHAPE.len()
            && text
                .bytes()
                .zip(SHAPE.bytes())
                .all(|(c, s)| if s == b'd' { c.is_ascii_digit() } else { c == s })
    };
    let mut out = String::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        match rest.get(..SHAPE.len()).filter(|time| is_time(time)) {
            Some(time) => {
                out += "2026-08-30T12:00:00Z";
                rest = rest.strip_prefix(time).unwrap_or_default();
            }
            None => {
                out.push(c);
                rest = rest.strip_prefix(c).unwrap_or_default();
            }
        }
    }
    out
}

/// Runs it in the folder of the package.
pub(crate) fn run(args: &[&str]) -> Run {
    command().args(args).stdin(Stdio::null()).output().unwrap().into()
}

/// A folder with files.
pub(crate) struct Folder(tempfile::TempDir);

impl Folder {
    pub(crate) fn new(files: &[(&str, &str)]) -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        for (name, text) in files {
            folder.write(name, text.as_bytes());
        }
        folder
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn join(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, bytes: &[u8]) {
        let path = self.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::File::create(path).unwrap().write_all(bytes).unwrap();
    }

    pub(crate) fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// Runs the command in it.
    pub(crate) fn run(&self, args: &[&str]) -> Run {
        self.run_env(args, &[])
    }

    /// Runs the command in it with variables.
    pub(crate) fn run_env(&self, args: &[&str], env: &[(&str, &str)]) -> Run {
        let mut command = command();
        command.current_dir(self.path()).args(args).envs(env.iter().copied()).stdin(Stdio::null());
        command.output().unwrap().into()
    }

    /// All files and links with modes, as `PATH MODE` or `PATH -> TARGET`.
    pub(crate) fn list(&self, below: &str) -> Vec<String> {
        let mut all = Vec::new();
        list(&self.join(below), "", &mut all);
        all.sort();
        all
    }
}

fn list(folder: &Path, prefix: &str, all: &mut Vec<String>) {
    use std::os::unix::fs::PermissionsExt;
    for entry in std::fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        let meta = entry.path().symlink_metadata().unwrap();
        if meta.is_symlink() {
            all.push(format!("{name} -> {}", std::fs::read_link(entry.path()).unwrap().display()));
        } else if meta.is_dir() {
            list(&entry.path(), &format!("{name}/"), all);
        } else {
            all.push(format!("{name} {:04o}", meta.permissions().mode() & 0o7777));
        }
    }
}
