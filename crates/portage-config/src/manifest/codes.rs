//! What is to be said of a Manifest.

use crate::report::{Code, codes};

codes! {
    O001 error "manifest-syntax" "Portage passes over a line of a Manifest that it cannot read, so its file has no entry." "_manifest_re in Portage's manifest.py; GLEP 74";
    O002 error "manifest-twice" "Of two entries for one file Portage takes the hashes of the last; one of them is wrong." "_parseDigests in Portage's manifest.py";
    O003 error "manifest-name" "A name in a Manifest is that of a file beside it: with `..` or a slash in front it would name one elsewhere." "GLEP 74; manifest.py";
    O004 warning "manifest-type" "Portage reads the entries AUX, DIST, EBUILD and MISC, and passes over others." "MANIFEST2_IDENTIFIERS in Portage's const.py";
    O005 error "manifest-hash" "A hash is written in hexadecimal digits, as many as its bits need." "GLEP 74";
}
