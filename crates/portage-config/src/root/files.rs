//! The files of one place, in the order in which Portage reads them.

use std::os::unix::ffi::OsStrExt;

use super::{Root, unreadable};
use crate::file::{entered_by_portage, read_by_portage};
use crate::report::Report;
use crate::tree::Node;
use crate::vocab::RelPath;

/// A file as it is now, or as it will be.
#[derive(Clone, Debug)]
pub(crate) struct Text {
    pub(crate) path: RelPath,
    pub(crate) bytes: Vec<u8>,
}

/// Folders in folders, beyond which no configuration goes.
const DEPTH: usize = 32;

/// The file at a path, or those of the folder there. Links are followed inside the root; a folder that lies in itself
/// through a link is not entered twice. What cannot be read is reported.
pub(crate) fn files(root: &Root, path: &RelPath, report: &mut Report) -> Vec<Text> {
    let mut found = Vec::new();
    walk(root, path, &mut Vec::new(), &mut found, report);
    found
}

fn walk(root: &Root, path: &RelPath, way: &mut Vec<(u64, u64)>, found: &mut Vec<Text>, report: &mut Report) {
    match root.read_through(path) {
        Ok(Some(Node::File { bytes, .. })) => found.push(Text { path: path.clone(), bytes: bytes.0 }),
        Ok(Some(Node::Dir { .. })) => {
            let Some(own) = root.identity(path).filter(|own| !way.contains(own) && way.len() < DEPTH) else {
                return;
            };
            way.push(own);
            match root.list(Some(path)) {
                Ok(names) => {
                    let names = names.unwrap_or_default();
                    let names = names.iter().filter_map(|name| RelPath::from_bytes(name.as_bytes()).ok());
                    let mut inner: Vec<RelPath> =
                        names.filter_map(|name| path.join(name.as_str()).ok()).collect();
                    inner.sort();
                    for inner in inner {
                        let name = inner.name();
                        let is_folder = matches!(root.read_through(&inner), Ok(Some(Node::Dir { .. })));
                        if if is_folder { entered_by_portage(name) } else { read_by_portage(name) } {
                            walk(root, &inner, way, found, report);
                        }
                    }
                }
                Err(error) => report.push(unreadable(path, &error.source)),
            }
            way.pop();
        }
        // Portage passes over links that lead nowhere, pipes and sockets.
        Ok(_) => {}
        Err(error) if error.source.kind() == std::io::ErrorKind::InvalidInput || is_loop(&error.source) => {}
        Err(error) => report.push(unreadable(path, &error.source)),
    }
}

fn is_loop(error: &std::io::Error) -> bool {
    error.raw_os_error() == Some(rustix::io::Errno::LOOP.raw_os_error())
}
