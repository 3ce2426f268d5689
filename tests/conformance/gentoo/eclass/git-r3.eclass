# @ECLASS: git-r3.eclass
# @MAINTAINER:
# Nobody: a stand-in for the tests
# @SUPPORTED_EAPIS: 8
# @BLURB: stand-in with the functions that the ebuilds of overlay/ call

PROPERTIES+=" live"

# @FUNCTION: git-r3_src_unpack
# @DESCRIPTION:
# A clone of what EGIT_REPO_URI names.
git-r3_src_unpack() {
	git clone "${EGIT_REPO_URI}" "${WORKDIR}/${P}" || die
}

EXPORT_FUNCTIONS src_unpack
