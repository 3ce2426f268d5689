# Copyright 2026 The portage-config authors
# Distributed under the terms of the GNU General Public License v2

EAPI=8

inherit toolchain-funcs

DESCRIPTION="Small getty for virtual consoles, without serial lines"
HOMEPAGE="https://sourceforge.net/projects/mingetty/"
SRC_URI="mirror://sourceforge/${PN}/${P}.tar.gz"

LICENSE="GPL-2+"
SLOT="0"
KEYWORDS="~amd64 ~x86"

src_compile() {
	# _GNU_SOURCE stands in the CFLAGS of the Makefile, which these replace
	emake CC="$(tc-getCC)" CFLAGS="${CFLAGS} ${CPPFLAGS} -D_GNU_SOURCE"
}

src_install() {
	into /
	dosbin mingetty
	doman mingetty.8
}
