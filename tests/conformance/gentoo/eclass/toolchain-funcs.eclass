# @ECLASS: toolchain-funcs.eclass
# @MAINTAINER:
# Nobody: a stand-in for the tests
# @SUPPORTED_EAPIS: 8
# @BLURB: stand-in with the functions that the ebuilds of overlay/ call

tc-getPROG() { export "$1=${!1:-${3:-${CHOST}}-$2}"; echo "${!1}"; }
tc-getCC() { tc-getPROG CC gcc "$@"; }
tc-getAR() { tc-getPROG AR ar "$@"; }
tc-getLD() { tc-getPROG LD ld "$@"; }
tc-getNM() { tc-getPROG NM nm "$@"; }
tc-getRANLIB() { tc-getPROG RANLIB ranlib "$@"; }
tc-getSTRIP() { tc-getPROG STRIP strip "$@"; }
tc-getOBJCOPY() { tc-getPROG OBJCOPY objcopy "$@"; }
tc-getOBJDUMP() { tc-getPROG OBJDUMP objdump "$@"; }
tc-getBUILD_CC() { tc-getPROG BUILD_CC gcc "${CBUILD:-${CHOST}}"; }
tc-is-cross-compiler() { [[ ${CBUILD:-${CHOST}} != "${CHOST}" ]]; }
