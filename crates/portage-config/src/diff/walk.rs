//! The files of one place, in the order in which Portage reads them.

pub(crate) use crate::root::{Text, files};
