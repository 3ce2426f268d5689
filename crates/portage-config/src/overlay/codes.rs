//! What is to be said of an overlay.

use crate::report::Code;

/// All codes of this module.
pub(crate) static CODES: &[&Code] = &[];
