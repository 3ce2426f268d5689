//! What is to be said of an overlay.

use crate::report::{Code, codes};

codes! {
    O030 error "distfile-changed" "A distfile that is not what its entry says was cut off, or replaced upstream: a new entry would hide that." "digestgen in Portage's package/ebuild/digestgen.py, which fetches it again";
    O031 error "distfile-missing" "An ebuild whose distfile has no entry cannot be fetched: Portage has nothing to compare it with." "digestgen in Portage's package/ebuild/digestgen.py";
    O032 error "hash-not-computed" "An entry without a required hash is refused." "manifest-required-hashes in portage(5), layout.conf";
    O033 error "file-differs" "Portage refuses a file whose size or hash is not that of its entry." "digestcheck in Portage's package/ebuild/digestcheck.py; GLEP 74";
    O034 error "no-entry" "Where Manifests are full and strict, Portage refuses a package that holds a file without an entry." "digestcheck in Portage's package/ebuild/digestcheck.py";
    O035 error "file-gone" "Portage refuses a package whose Manifest lists a file that is not there." "digestcheck in Portage's package/ebuild/digestcheck.py";
    O036 hint "distfiles-not-known" "Which distfiles an ebuild needs only bash can say, unless SRC_URI is plain text: entries of others are kept." "PMS 7.3: SRC_URI is what sourcing the ebuild makes of it";
    O037 error "not-hashed" "What Portage lists and cannot hash it makes no Manifest with; a link out of the repository gives other bytes on each machine." "_update_thick_pkgdir in Portage's manifest.py";
    O040 error "no-repository-name" "Portage gives a repository without a name one of its own, and leaves it out of the order of repositories." "PMS 4.4.6; profiles/repo_name in portage(5)";
    O041 warning "two-names" "The name in layout.conf goes before the one in profiles/repo_name, where people look for it." "RepoConfig in Portage's repository/config.py";
    O042 warning "no-masters" "Without `masters` Portage takes ::gentoo for the master and says so at each start." "repository/config.py: the warning of a missing masters attribute";
    O043 error "bad-profiles-eapi" "Portage ignores profiles of an EAPI that it does not know." "PMS 5.2.2";
    O044 warning "no-profiles-eapi" "Without profiles/eapi the files in profiles/ are read as EAPI 0: no slots in package.mask." "PMS 5.2.2";
    O045 error "unknown-category" "Portage does not see packages in a category that no repository lists." "PMS 4.4, 4.2; categories in portage(5)";
    O046 error "ebuild-eapi" "Portage masks an ebuild of an EAPI that it does not know." "PMS 7.3.1";
    O047 hint "old-eapi" "::gentoo takes no new ebuilds of an EAPI before 7, and eclasses drop support for them." "eapis-banned and eapis-deprecated in ::gentoo's metadata/layout.conf";
    O048 error "unknown-arch" "A keyword of no architecture makes nothing visible." "PMS 7.3.3: KEYWORDS; profiles/arch.list, PMS 4.4.1";
    O049 warning "keyword-twice" "Of two keywords for one architecture one is a mistake." "PMS 7.3.3";
    O050 warning "live-keywords" "A live ebuild builds what upstream wrote a moment ago: nobody has tested it for any architecture." "Gentoo Development Guide: live ebuilds";
    O051 warning "no-metadata-xml" "Nobody learns who maintains the package, or what its flags mean." "GLEP 68";
    O052 error "no-manifest" "Portage refuses a package without a Manifest where one is required." "digestcheck in Portage's package/ebuild/digestcheck.py";
    O053 error "entry-missing" "Portage refuses a file without an entry, or one without a required hash." "digestcheck in Portage's package/ebuild/digestcheck.py";
    O054 warning "large-file" "Everybody who syncs the repository fetches what lies in files/, whether they install the package or not." "pkgcheck's SizeViolation; Gentoo Development Guide";
    O055 error "bad-file-name" "Portage leaves a file of such a name out of the Manifest, and ebuilds cannot name it in a portable way." "_find_invalid_path_char in Portage's repository/config.py";
    O056 error "fork-not-known" "What became of a fork nobody can tell whose record, patches or upstream cannot be read." "the record that `overlay fork` writes";
}
