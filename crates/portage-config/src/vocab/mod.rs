//! Words of Gentoo's configuration: parsed, checked, printed back exactly as they were read.
//!
//! No input or output, no file layout. Each module cites the section of PMS, portage(5) or the function of
//! Portage that defines the word.

mod atom;
mod cflags;
mod chost;
mod cpn;
mod credentials;
mod features;
mod field;
mod keyword;
mod license;
mod makeopts;
mod name;
mod nearest;
mod path;
mod required_by;
mod slot;
mod text;
mod use_flag;
mod variables;
mod version;
mod word;

pub use atom::{Atom, AtomError, AtomErrorKind, AtomPart, Blocker, Candidate, Dialect, Specificity};
pub use cflags::CompilerFlags;
pub use chost::{Chost, ChostError, ChostErrorKind, Libc};
pub use cpn::{Cpn, CpnError};
pub use credentials::{HIDDEN, exposes, is_secret_name, mask, mask_commands};
pub(crate) use credentials::{credentials, option};
pub use features::{Feature, feature, features};
pub(crate) use field::{field_end, unquoted_field};
pub use keyword::{
    ARCHES, AcceptKeyword, KeywordError, KeywordErrorKind, Keywords, accepts_keywords, is_arch,
};
pub use license::{LicenseError, LicenseErrorKind, LicenseToken, is_license};
pub use makeopts::MakeOpts;
pub use name::{Cpv, CpvError, CpvErrorKind, is_category, is_package_name, is_repo_name, is_set_name};
pub use nearest::nearest;
pub use path::{PathError, PathErrorKind, RelPath};
pub(crate) use path::{escape, unescape};
pub use required_by::{RequiredBy, Requirer};
pub use slot::{SlotOperator, is_slot};
pub use text::Text;
pub use use_flag::{UseError, UseErrorKind, UseToken, is_use_flag};
pub use variables::{Allowed, Incremental, Shape, Variable, nearest_variable, variable, variables};
pub use version::{Operator, Revision, Version, compare_versions, is_version};
pub use word::{Piece, Word, WordError, WordErrorKind};
