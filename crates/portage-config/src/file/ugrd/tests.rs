use super::*;
use crate::model::Model;
use crate::report::{Report, Severity};
use crate::syntax::toml;
use crate::vocab::RelPath;

/// The codes with the keys they are about.
fn found(text: &str) -> Vec<String> {
    let path = RelPath::parse("etc/ugrd/config.toml").unwrap();
    let mut report = Report::new();
    let model = Model::Table(toml::read(text.as_bytes(), &mut report.file(&path)));
    (UGRD.check)(&model, &mut report.file(&path));
    report.diagnostics.iter().map(|d| format!("{} {}", d.code.id, d.spot.key)).collect()
}

#[test]
fn a_good_configuration_is_quiet() {
    let text = "modules = ['ugrd.base.console', 'local.nbd']\nfind_libgcc = false\ncpio_compression = false\n\
        hostonly = false\nno_kmod = true\nautodetect_root = false\nautodetect_init = false\n\
        init_target = '/usr/lib/systemd/systemd'\nbinaries = ['nbd-client']\n[nbd.rootfs]\nhost = '192.0.2.10'\n\
        [console.ttyS0]\ntype = 'vt100'\nbaud = 19200\n[mounts.root]\nuuid = 'x'\ntype = 'ext4'\noptions = ['ro']\n";
    assert_eq!(found(text), [""; 0]);
    assert_eq!(found(""), [""; 0]);
    assert_eq!(found("cryptsetup_retries = 3\n[cryptsetup.root]\nuuid = 'x'\n"), [""; 0]);
}

#[test]
fn mistakes_are_found() {
    for (text, expected) in [
        ("find_libgcc = \"false\"", "L051 find_libgcc"),
        ("cpio_compresion = \"xz\"", "L052 cpio_compresion"),
        ("modules = [\"ugrd.fs.nosuch\"]", "L052 modules"),
        ("modules = [\"ugrd.kmod.vm\"]", "L052 modules"),
        ("keymap_file = \"/x\"", "L052 keymap_file"),
        ("hostonly = false\ncryptsetup_retries = 3", "L052 cryptsetup_retries"),
        (
            "modules = ['ugrd.base.console']\n[console.tty0]\ntype = 'tty'\nfind_libgcc = false",
            "L053 console.tty0.find_libgcc",
        ),
        ("modules = ['local.nbd']\n[nbd.root]\nno_kmod = true", "L053 nbd.root.no_kmod"),
        ("modules = ['net.nbd']\n[nbd.root]\nhost = 'x'\ndev = 0\nmarks = true", "L052 nbd.root.marks"),
        ("modules = ['net.nbd']\n[nbd.root]\nhost = 'x'", "L152 nbd.root"),
        ("modules = ['net.nbd']\n[nbd.root]\nhost = 'x'\ndev = 'first'", "L151 nbd.root.dev"),
        ("[nbd.root]\nhost = 'x'\ndev = 0", "L052 nbd"),
        ("cpio_compression = \"gzip\"", "L054 cpio_compression"),
        ("cpio_compression = \"zstd\"", "L055 cpio_compression"),
        ("dependencies = [\"/usr/sbin/nbd-client\"]", "L056 dependencies"),
        ("binaries = [\"/usr/sbin/nbd-client\"]", "L057 binaries"),
        ("modules = ['ugrd.base.udev', 'ugrd.fs.fakeudev']", "L058 modules"),
        ("modules = ['ugrd.net.dhcpcd', 'ugrd.net.static']", "L058 modules"),
        ("hostonly = false\nmodules = ['ugrd.fs.fakeudev']", "L059 modules"),
        ("[console.ttyS0]\ntype = 'tty'", "L060 console"),
        ("modules = ['ugrd.base.console']\n[console.ttyS0]\ntype = 'vt100'", "L060 console.ttyS0"),
        ("modules = ['ugrd.base.console']\n[console.tty0]\nlocal = true", "L060 console.tty0.local"),
        ("[mounts.root]\nuuid = 'x'", "L061 mounts.root"),
        ("init_target = '/sbin/init'", "L061 init_target"),
        ("[mounts.root]\nopts = ['ro']", "L062 mounts.root.opts"),
        ("[mounts.root]\noptions = 'ro,noatime'", "L062 mounts.root.options"),
        ("[mounts.boot]\ntype = 'vfat'", "L062 mounts.boot"),
        ("mask.init_pre = 'parse_cmdline'", "L062 mask"),
        ("modules = ['ugrd.base.debug']", "L064 modules"),
        ("loglevel = \"x\"", "L151 loglevel"),
        ("mounts = 1", "L151 mounts"),
        ("[nodes.console]\nmajor = 5", "L152 nodes.console"),
    ] {
        assert_eq!(found(text), [expected], "{text}");
    }
}

#[test]
fn a_described_machine_is_another_one_when_both_ends_are_named() {
    let path = RelPath::parse("etc/ugrd/config.toml").unwrap();
    let mut report = Report::new();
    let text = b"init_target = '/sbin/init'\n[mounts.root]\nlabel = 'x'\n";
    let model = Model::Table(toml::read(text, &mut report.file(&path)));
    (UGRD.check)(&model, &mut report.file(&path));
    assert_eq!(report.diagnostics[0].severity, Severity::Warning);
    musl(&model, &mut report.file(&path));
    assert_eq!(report.diagnostics[1].code.id, "L063");
}

#[test]
fn tables_are_whole() {
    assert_eq!(parameters().len(), 186);
    for parameter in parameters() {
        assert!(parameter.module == "(builtin)" || module(parameter.module).is_some(), "{parameter:?}");
        assert!(!parameter.name.is_empty() && super::parameter(parameter.name).is_some());
    }
    for known in modules() {
        assert!(known.pulls.iter().all(|name| module(name).is_some()), "{known:?}");
    }
    assert_eq!(parameter("mounts").unwrap().module, "ugrd.fs.mounts");
    assert!(closure(["ugrd.crypto.smartcard"]).contains("ugrd.base.console"));
    assert_eq!(nested("nodes").filter(|key| key.required).count(), 2);
}
