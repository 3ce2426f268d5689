# @ECLASS: cargo.eclass
# @MAINTAINER:
# Nobody: a stand-in for the tests
# @SUPPORTED_EAPIS: 8
# @BLURB: stand-in with the functions that the ebuilds of overlay/ call

# @ECLASS_VARIABLE: RUST_MIN_VER
# @PRE_INHERIT
# @DEFAULT_UNSET
# @DESCRIPTION:
# Oldest Rust that will do.

# @ECLASS_VARIABLE: CRATES
# @PRE_INHERIT
# @DEFAULT_UNSET
# @DESCRIPTION:
# Crates, as name@version.

[[ ${CRATES} ]] && CARGO_CRATE_URIS=$(for crate in ${CRATES}; do
	echo "https://crates.io/api/v1/crates/${crate%@*}/${crate#*@}/download -> ${crate/@/-}.crate"
done)

# @FUNCTION: cargo_src_unpack
# @DESCRIPTION:
# As Portage unpacks.
cargo_src_unpack() { default; }

# @FUNCTION: cargo_live_src_unpack
# @DESCRIPTION:
# Does nothing.
cargo_live_src_unpack() { :; }

# @FUNCTION: cargo_target_dir
# @DESCRIPTION:
# Where the programs are.
cargo_target_dir() { echo "target/release"; }

# @FUNCTION: cargo_src_compile
# @DESCRIPTION:
# Builds with cargo.
cargo_src_compile() { cargo build --release "$@" || die; }

# @FUNCTION: cargo_src_test
# @DESCRIPTION:
# Tests with cargo.
cargo_src_test() { cargo test --release "$@" || die; }

EXPORT_FUNCTIONS src_unpack src_compile src_test
