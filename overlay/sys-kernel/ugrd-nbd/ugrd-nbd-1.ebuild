# Copyright 2026 The portage-config authors
# Distributed under the terms of the GNU General Public License v2

EAPI=8

DESCRIPTION="Module of ugrd: root and swap over NBD, attached before anything is mounted"
HOMEPAGE="https://wiki.gentoo.org/wiki/No_homepage"
S="${WORKDIR}"

LICENSE="GPL-2"
SLOT="0"
KEYWORDS="~amd64 ~x86"

RDEPEND="
	sys-apps/util-linux
	sys-block/nbd
	>=sys-kernel/ugrd-2.2.0
"

src_install() {
	# where ugrd looks for modules that are not its own; its name there is net.nbd
	insinto /var/lib/ugrd/net
	doins "${FILESDIR}"/nbd.{py,toml}
}
