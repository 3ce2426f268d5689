//! What is to be said of an overlay.

use crate::report::Code;

macro_rules! codes {
    ($($id:ident $make:ident $name:literal $why:literal $source:literal;)*) => {
        $(
            #[doc = $why]
            pub(super) const $id: Code = Code::$make(stringify!($id), $name, $why, $source);
        )*
        /// All codes of this module.
        pub(crate) static CODES: &[&Code] = &[$(&$id),*];
    };
}

codes! {
    O030 error "distfile-changed" "A distfile that is not what its entry says was cut off, or replaced upstream: a new entry would hide that." "digestgen in Portage's package/ebuild/digestgen.py, which fetches it again";
    O031 error "distfile-missing" "An ebuild whose distfile has no entry cannot be fetched: Portage has nothing to compare it with." "digestgen in Portage's package/ebuild/digestgen.py";
    O032 error "hash-not-computed" "An entry without a required hash is refused." "manifest-required-hashes in portage(5), layout.conf";
    O033 error "file-differs" "Portage refuses a file whose size or hash is not that of its entry." "digestcheck in Portage's package/ebuild/digestcheck.py; GLEP 74";
    O034 error "no-entry" "Where Manifests are full and strict, Portage refuses a package that holds a file without an entry." "digestcheck in Portage's package/ebuild/digestcheck.py";
    O035 error "file-gone" "Portage refuses a package whose Manifest lists a file that is not there." "digestcheck in Portage's package/ebuild/digestcheck.py";
    O036 hint "distfiles-not-known" "Which distfiles an ebuild needs only bash can say, unless SRC_URI is plain text: entries of others are kept." "PMS 7.3: SRC_URI is what sourcing the ebuild makes of it";
    O037 error "not-hashed" "What Portage lists and cannot hash it makes no Manifest with; a link out of the repository gives other bytes on each machine." "_update_thick_pkgdir in Portage's manifest.py";
}
