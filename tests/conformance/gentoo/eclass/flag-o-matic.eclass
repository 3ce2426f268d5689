# @ECLASS: flag-o-matic.eclass
# @MAINTAINER:
# Nobody: a stand-in for the tests
# @SUPPORTED_EAPIS: 8
# @BLURB: stand-in with the functions that the ebuilds of overlay/ call

filter-lto() { :; }
strip-flags() { :; }
strip-unsupported-flags() { :; }
