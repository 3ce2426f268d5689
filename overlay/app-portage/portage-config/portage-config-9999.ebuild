# Copyright 2026 The portage-config authors
# Distributed under the terms of the GNU General Public License v2

EAPI=8

RUST_MIN_VER="1.88.0"

inherit cargo git-r3 shell-completion toolchain-funcs

DESCRIPTION="One typed, layered TOML file as the whole of a machine's Portage configuration"
HOMEPAGE="https://wiki.gentoo.org/wiki/No_homepage"

LICENSE="|| ( Apache-2.0 MIT )"
# Dependent crate licenses
LICENSE+=" Apache-2.0 MIT Unicode-3.0"
SLOT="0"

QA_FLAGS_IGNORED="usr/bin/portage-config"

pkg_pretend() {
	[[ ${EGIT_REPO_URI} ]] && return
	eerror "No repository is published yet. Say where one is, in a file of package.env:"
	eerror "    EGIT_REPO_URI=\"file:///path/to/portage-config\""
	die "EGIT_REPO_URI is not set"
}

src_unpack() {
	git-r3_src_unpack
	cargo_live_src_unpack
}

src_compile() {
	cargo_src_compile --package portage-config-cli
}

src_test() {
	cargo_src_test --workspace
}

src_install() {
	local program
	program=$(cargo_target_dir)/portage-config
	dobin "${program}"
	einstalldocs

	# Its pages and completions are its own to print, and a program for another machine does not run here
	tc-is-cross-compiler && return
	mkdir "${T}/man" || die
	"${program}" man --out "${T}/man" || die
	doman "${T}"/man/*
	local shell
	for shell in bash fish zsh; do
		"${program}" completions "${shell}" > "${T}/completions.${shell}" || die
	done
	newbashcomp "${T}/completions.bash" portage-config
	newfishcomp "${T}/completions.fish" portage-config.fish
	newzshcomp "${T}/completions.zsh" _portage-config
}
