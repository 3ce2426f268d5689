# Copyright 2026 The portage-config authors
# Distributed under the terms of the GNU General Public License v2

EAPI=8

inherit toolchain-funcs

DESCRIPTION="Minimal C library and tools for an initramfs"
HOMEPAGE="https://git.kernel.org/pub/scm/libs/klibc/klibc.git/"
SRC_URI="mirror://kernel/linux/libs/klibc/$(ver_cut 1-2)/${P}.tar.xz"

LICENSE="|| ( GPL-2 BSD )"
SLOT="0"
KEYWORDS="~amd64 ~x86"

DEPEND="sys-kernel/linux-headers"
BDEPEND="dev-lang/perl"

# Programs of klibc know no other linker and no other library than klibc's own
QA_PRESTRIPPED="usr/lib/klibc/bin/.* usr/lib/klibc/lib/.* lib/klibc-.*"
QA_FLAGS_IGNORED="usr/lib/klibc/bin/.* usr/lib/klibc/lib/.* lib/klibc-.*"
QA_EXECSTACK="usr/lib/klibc/lib/*"

klibc_make() {
	local arch
	case ${CHOST} in
		x86_64-*) arch=x86_64 ;;
		i?86-*) arch=i386 ;;
		*) die "klibc is not known to work for ${CHOST}" ;;
	esac
	local args=(
		# a -m32 or -m64 that the compiler needs is klibc's business: it knows the architecture
		CC="$(tc-getCC)"
		LD="$(tc-getLD)"
		AR="$(tc-getAR)"
		RANLIB="$(tc-getRANLIB)"
		STRIP="$(tc-getSTRIP)"
		NM="$(tc-getNM)"
		OBJCOPY="$(tc-getOBJCOPY)"
		OBJDUMP="$(tc-getOBJDUMP)"
		HOSTCC="$(tc-getBUILD_CC)"
		KLIBCARCH="${arch}"
		KLIBCKERNELSRC="${WORKDIR}/kernel"
		V=1
	)
	emake "${args[@]}" "$@"
}

src_prepare() {
	default
	# What klibc compiles against, and installs for klcc, is a folder that holds the kernel's headers alone: in
	# /usr/include they lie between those of the system's own C library
	mkdir -p "${WORKDIR}/kernel/include" || die
	local name
	for name in asm asm-generic linux mtd; do
		[[ -d ${ESYSROOT}/usr/include/${name} ]] || die "${ESYSROOT}/usr/include/${name}: no such folder"
		ln -s "${ESYSROOT}/usr/include/${name}" "${WORKDIR}/kernel/include/${name}" || die
	done
}

src_compile() {
	klibc_make
}

src_test() {
	klibc_make test
}

src_install() {
	klibc_make INSTALLROOT="${D}" prefix="${EPREFIX}/usr" mandir="${EPREFIX}/usr/share/man" install
	dodoc README usr/klibc/README.klibc usr/klibc/CAVEATS
}
