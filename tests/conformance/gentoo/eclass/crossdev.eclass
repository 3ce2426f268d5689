# @ECLASS: crossdev.eclass
# @MAINTAINER:
# Nobody: a stand-in for the tests
# @SUPPORTED_EAPIS: 8
# @BLURB: stand-in with the functions that the ebuilds of overlay/ call

inherit toolchain-funcs

export CBUILD=${CBUILD:-${CHOST}}
export CTARGET=${CTARGET:-${CHOST}}
if [[ ${CATEGORY} == cross-* && ${CTARGET} == "${CHOST}" ]]; then
	export CTARGET=${CATEGORY#cross-}
fi

is_crosspkg() { [[ ${CATEGORY} == cross-* ]]; }
target_is_not_host() { [[ ${CHOST} != "${CTARGET}" ]]; }
