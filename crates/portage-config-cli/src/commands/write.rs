//! Writing one file: whole or not at all.

use std::io::{self, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::answer::Answer;
use crate::codes;

/// Writes a file beside its place, then puts it there. What is there stays, unless `force`.
pub(crate) fn file(path: &Path, bytes: &[u8], mode: u32, force: bool, answer: &mut Answer) -> bool {
    let shown = path.display();
    match place(path, bytes, mode, force) {
        Ok(()) => true,
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists && !force => {
            let help = Some("write another file, or say --force to overwrite it".to_owned());
            answer.fail(&codes::EXISTS, format!("`{shown}` exists"), help);
            false
        }
        Err(error) => {
            // Without the name of the file that was to be put in its place.
            let error =
                error.get_ref().and_then(|inner| inner.source()).map_or(error.to_string(), |e| e.to_string());
            answer.fail(&codes::CANNOT_WRITE, format!("cannot write `{shown}`: {error}"), None);
            false
        }
    }
}

fn place(path: &Path, bytes: &[u8], mode: u32, force: bool) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if !force && path.symlink_metadata().is_ok() {
        return Err(io::ErrorKind::AlreadyExists.into());
    }
    let is_special = path.metadata().is_ok_and(|meta| !meta.is_file() && !meta.is_dir());
    if force && is_special {
        // A device or a pipe is written into, not replaced.
        return std::fs::OpenOptions::new().write(true).open(path)?.write_all(bytes);
    }
    let mut file = tempfile::Builder::new()
        .permissions(std::fs::Permissions::from_mode(mode & 0o600))
        .tempfile_in(folder)?;
    file.write_all(bytes)?;
    file.as_file().set_permissions(std::fs::Permissions::from_mode(mode))?;
    if force { file.persist(path) } else { file.persist_noclobber(path) }.map(drop).map_err(|e| e.error)
}
