//! Patches are tried on the source that a distfile holds: tar(1) and patch(1), in a folder that goes afterwards.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use camino::{Utf8Path, Utf8PathBuf};
use portage_config::manifest::{self, Algorithm, Sums};
use portage_config::overlay::{Source, Tried, patch_leads_out};

/// A folder of distfiles.
pub(super) struct Distfiles(Utf8PathBuf);

impl Distfiles {
    pub(super) fn in_folder(dir: &Utf8Path) -> Self {
        Self(dir.to_owned())
    }
}

impl Source for Distfiles {
    fn try_patch(
        &self,
        archives: &BTreeMap<String, Sums>,
        before: &[(String, Vec<u8>)],
        patch: &[u8],
    ) -> Tried {
        let archives: Vec<Utf8PathBuf> = archives
            .iter()
            .map(|(name, sums)| (self.0.join(name), sums))
            .filter(|(path, sums)| is_listed(path, sums))
            .map(|(path, _)| path)
            .collect();
        if archives.is_empty() {
            return Tried::NoSource;
        }
        if let Some(target) = patch_leads_out(patch) {
            return Tried::Fails(format!("it is for {target}, outside of the source"));
        }
        let Ok(folder) = tempfile::tempdir() else { return Tried::NoSource };
        if !archives.iter().all(|archive| unpack(archive, folder.path())) || tame(folder.path()).is_err() {
            return Tried::NoSource;
        }
        let mut said = None;
        for source in sources(folder.path()) {
            for (_, bytes) in before.iter().filter(|(_, bytes)| patch_leads_out(bytes).is_none()) {
                // One that is for another source is passed over.
                let _ = run_patch(&source, bytes, &[]);
            }
            // Of a name that is not the new one it says so, and succeeds.
            let taken_back = run_patch(&source, patch, &["--dry-run", "-R", "-F0"]);
            if taken_back.is_ok_and(|said| !said.contains("(already ")) {
                return Tried::IsIn;
            }
            match run_patch(&source, patch, &["--dry-run"]) {
                Ok(_) => return Tried::Applies,
                Err(error) => said = said.or(Some(error)),
            }
        }
        said.map_or(Tried::NoSource, Tried::Fails)
    }
}

/// Whether a file is what its entry in the Manifest says, by its size and at least one hash.
fn is_listed(path: &Utf8Path, sums: &Sums) -> bool {
    let algorithms: Vec<Algorithm> = sums.hashes.keys().filter_map(|name| Algorithm::parse(name)).collect();
    let stat = fs::metadata(path);
    if algorithms.is_empty() || !stat.is_ok_and(|stat| stat.is_file() && stat.len() == sums.size) {
        return false;
    }
    let source = manifest::Source::new(sums.size, || Ok(Box::new(fs::File::open(path)?)));
    let found = manifest::hash(&[source], &algorithms, 2, &|_| {}).into_iter().next();
    let Some(Ok(found)) = found else { return false };
    found.size == sums.size
        && found
            .hashes
            .iter()
            .all(|(name, hash)| sums.hashes.get(name).is_some_and(|listed| listed.eq_ignore_ascii_case(hash)))
}

/// A program that sees nothing of the environment but where programs are.
fn program(name: &str) -> Command {
    let mut command = Command::new(name);
    command.env_clear().env("LC_ALL", "C");
    if let Some(path) = std::env::var_os("PATH") {
        command.env("PATH", path);
    }
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// GNU tar takes `/` off names and refuses `..`; it makes links last.
fn unpack(archive: &Utf8Path, folder: &Path) -> bool {
    let mut tar = program("tar");
    tar.args(["-x", "--no-same-owner", "--no-same-permissions", "--force-local", "-f"])
        .arg(archive)
        .arg("-C")
        .arg(folder);
    tar.stdin(Stdio::null()).output().is_ok_and(|output| output.status.success())
}

/// What is neither a file nor a folder goes, links among it: nothing that is patched lies elsewhere.
fn tame(folder: &Path) -> std::io::Result<()> {
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            let kind = entry.file_type()?;
            if kind.is_dir() {
                open.push(entry.path());
            } else if !kind.is_file() {
                fs::remove_file(entry.path())?;
            }
        }
    }
    Ok(())
}

/// The folders that a source may be: those at the top, or all of it.
fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).map(|all| all.filter_map(Result::ok).collect::<Vec<_>>());
    let entries = entries.unwrap_or_default();
    let is_dir = |entry: &&fs::DirEntry| entry.file_type().is_ok_and(|kind| kind.is_dir());
    let mut all: Vec<PathBuf> = entries.iter().filter(is_dir).map(fs::DirEntry::path).collect();
    all.sort();
    if all.is_empty() {
        all.push(folder.to_owned());
    }
    all
}

/// patch(1) as eapply calls it (PMS 12.3.8); what it says.
fn run_patch(source: &Path, patch: &[u8], more: &[&str]) -> Result<String, String> {
    let mut command = program("patch");
    command.args(["-p1", "-f", "-g0", "--no-backup-if-mismatch"]).args(more).current_dir(source);
    let fail = |error: std::io::Error| format!("patch(1): {error}");
    let mut child = command.stdin(Stdio::piped()).spawn().map_err(fail)?;
    let pipe = child.stdin.take();
    let bytes = patch.to_vec();
    // It may say more than a pipe holds before it has read all.
    let writer = std::thread::spawn(move || pipe.is_none_or(|mut pipe| pipe.write_all(&bytes).is_ok()));
    let output = child.wait_with_output().map_err(fail)?;
    let _ = writer.join();
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said).into_owned();
    if output.status.success() { Ok(said) } else { Err(said) }
}
