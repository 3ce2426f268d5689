use super::*;
use crate::model::{Assign, Comment, Model, Statement, Vars};
use crate::report::Report;
use crate::vocab::{RelPath, Word};

fn found(assigns: &[(&str, bool, &str)]) -> Vec<String> {
    let path = RelPath::parse("etc/dracut.conf.d/10-nbd.conf").unwrap();
    let statement = |(name, append, value): &(&str, bool, &str)| {
        let value = Word::literal(*value);
        Statement::Assign(Assign {
            name: (*name).into(),
            append: *append,
            value,
            comment: Comment::default(),
        })
    };
    let vars = Vars { header: Vec::new(), statements: assigns.iter().map(statement).collect() };
    let mut report = Report::new();
    (DRACUT_CONF_D.check)(&Model::Vars(vars), &mut report.file(&path));
    report.diagnostics.iter().map(|d| format!("{} {}", d.code.id, d.spot.key)).collect()
}

#[test]
fn a_good_file_is_quiet() {
    let good = [
        ("hostonly", false, "no"),
        ("dracutmodules", true, " base network-legacy nbd "),
        ("filesystems", true, " ext4 "),
        ("compress", false, "xz"),
        ("stdloglvl", false, "3"),
        ("kernel_cmdline", false, "root=nbd:192.0.2.10:10809/rootfs:ext4:ro ip=dhcp"),
        ("fscks", false, " fsck.ext4 "),
        ("early_microcode", false, ""),
    ];
    assert_eq!(found(&good), [""; 0]);
}

#[test]
fn mistakes_are_found() {
    for (assign, expected) in [
        (("add_dracutmodules", true, "nbd"), "L065 add_dracutmodules"),
        (("add_dracutmodules", true, " nbd"), "L065 add_dracutmodules"),
        (("hostnly", false, "no"), "L066 hostnly"),
        (("hostonly", false, "false"), "L066 hostonly"),
        (("hostonly_mode", false, "lazy"), "L066 hostonly_mode"),
        (("stdloglvl", false, "9"), "L066 stdloglvl"),
        (("compress_level_lz4", false, "0"), "L066 compress_level_lz4"),
        (("add_drivers", false, " nbd "), "L067 add_drivers"),
        (("kernel_cmdline", false, "root=/dev/nbd0"), "L071 kernel_cmdline"),
        (("hostonly", true, "no"), "L161 hostonly"),
    ] {
        assert_eq!(found(&[assign]), [expected], "{assign:?}");
    }
}

#[test]
fn the_table_is_whole() {
    assert!(parameters().len() >= 75);
    for known in parameters() {
        assert!(known.in_059 || known.in_111, "{known:?}");
        assert!(known.ty == Type::Words || !known.append, "{known:?}");
        if let (Type::Bool, Some(default)) = (&known.ty, known.default_111) {
            assert!(["yes", "no"].contains(&default), "{known:?}");
        }
    }
    assert_eq!(parameter("hostonly").unwrap().default_059, Some("no"));
    assert_eq!(parameter("hostonly").unwrap().default_111, Some("yes"));
    assert_eq!(parameter("fileloglvl").unwrap().ty, Type::Integer(0, 6));
}
