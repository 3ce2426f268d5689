use proptest::prelude::*;
use proptest::sample::select;

use super::field::{options, unescape};
use super::*;
use crate::file::Grammar;
use crate::model::{Comment, Model, Mount};
use crate::syntax::tiles::laws;
use crate::vocab::Text;

fn mounts(text: &[u8]) -> Fstab {
    match laws::model(&Grammar::Fstab, text) {
        Model::Fstab(fstab) => fstab,
        other => panic!("{other:?}"),
    }
}

fn short(text: &str) -> Vec<String> {
    let show = |mount: &Mount| {
        let options: Vec<&str> = mount.options.iter().map(Text::reveal).collect();
        format!(
            "{}|{}|{}|{}|{}|{}",
            mount.source.reveal(),
            mount.target,
            mount.fstype,
            options.join("|"),
            mount.dump,
            mount.pass
        )
    };
    mounts(text.as_bytes()).mounts.iter().map(show).collect()
}

fn written(text: &str, wanted: &str) -> String {
    let model = Model::Fstab(mounts(wanted.as_bytes()));
    String::from_utf8(laws::writes(&Grammar::Fstab, text.as_bytes(), &model).unwrap()).unwrap()
}

#[test]
fn rows() {
    assert_eq!(
        short("# c\n/dev/a\t/  ext4\tnoatime,ro 0 1\n/dev/b /b\\040c\\011 ext4\n\"/dev/c\" /c ext4 rw 1\r\n"),
        ["/dev/a|/|ext4|noatime|ro|0|1", "/dev/b|/b c\t|ext4||0|0", "\"/dev/c\"|/c|ext4|rw|1|0"]
    );
    assert_eq!(unescape(b"a\\134040\\08\\303\\251\\377"), "a\\040\\08é\u{fffd}");
    assert_eq!(options("a,,b=\"c,d\",e\\,f,"), ["a", "b=\"c,d\"", "e\\,f"]);
}

#[test]
fn what_mount_ignores_is_told() {
    let told = |text| laws::told(&Grammar::Fstab, "etc/fstab", text);
    assert_eq!(told("#c\n  # c\n\n/dev/a / ext4 rw 0 1\n"), [""; 0]);
    assert_eq!(
        told("/dev/a /b\n/dev/a /my dir ext4 rw 0 0\n/dev/a / ext4 rw 0 0 # c\n/dev/a / ext4 rw -1 0"),
        [
            "P040 `/dev/a /b`: the row has less than three fields: source, target, type",
            "P040 `rw`: field 5 is no number",
            "P041 `# c`: the row has more than six fields",
            "P040 `-1`: field 5 is no number",
        ]
    );
}

#[test]
fn rows_are_written() {
    let text =
        "# root\n/dev/a   /      ext4  noatime,ro  0 1\n/dev/b none swap sw # x\n/dev/c /c ext4 rw 0 0 # y\n";
    assert_eq!(
        written(text, "/dev/a / ext4 noatime 0 1\n/dev/c /c xfs rw 0 0"),
        "# root\n/dev/a   /      ext4  noatime  0 1\n/dev/b none swap sw # x\n/dev/c /c xfs rw 0 0 # y\n"
    );
    assert_eq!(written("/dev/a / ext4", "/dev/a / ext4 rw 0 1"), "/dev/a / ext4 rw 0 1");
    assert_eq!(
        written("", "/dev/nbd0 / ext4 noatime 0 1\n/dev/b /my\\040dir vfat rw 0 0"),
        "/dev/nbd0 /          ext4 noatime 0 1\n/dev/b    /my\\040dir vfat rw      0 0\n"
    );
    assert_eq!(written("/dev/a / ext4 rw 0 1\n", "/dev/a / ext4\n"), "/dev/a / ext4\n");
}

#[test]
fn rows_are_named_by_their_target() {
    let text = "/dev/a / ext4\n/dev/s none swap sw\n/dev/t none swap sw\n";
    let names: Vec<String> = spans(text.as_bytes()).iter().map(|(key, _)| key.to_string()).collect();
    assert_eq!(names, ["/", "swap", "/dev/t"]);
}

#[test]
fn what_cannot_be_said_is_refused() {
    let good = Mount {
        source: "a".into(),
        target: "/a".into(),
        fstype: "x".into(),
        options: vec!["rw".into()],
        ..Mount::default()
    };
    let behind = Comment { above: vec![], behind: Some("x".into()) };
    for bad in [
        Mount { source: "".into(), ..good.clone() },
        Mount { target: "a\0".into(), ..good.clone() },
        Mount { options: vec![], pass: 1, ..good.clone() },
        Mount { options: vec!["a,b".into()], ..good.clone() },
        Mount { options: vec!["a\"".into(), "b".into()], ..good.clone() },
        Mount { options: vec!["".into()], ..good.clone() },
        Mount { pass: u32::MAX, ..good.clone() },
        Mount { comment: behind, ..good.clone() },
    ] {
        let model = Fstab { header: vec![], mounts: vec![bad.clone()] };
        assert!(write(b"", &model).is_err(), "{bad:?}");
    }
    let secret = Mount { options: vec![Text::secret("password=a,b")], ..good };
    let refusal = write(b"", &Fstab { header: vec![], mounts: vec![secret] }).unwrap_err();
    assert!(!refusal.message.contains("password"));
}

fn lines() -> impl Strategy<Value = Vec<u8>> {
    let odd = select(vec![&b"/dev/a /\xff x rw"[..], b"# \xff", b"a b c d\0", b"a /b c \"x,y"]);
    let found = select(vec![
        "",
        "\t",
        "# why",
        "#",
        " # indented",
        "/dev/a / ext4 rw 0 1",
        "/dev/a\t/\text4\tnoatime,ro\t0\t1 # c",
        "UUID=\"x\" /b\\040c ext4 a=\"b,c\",,d",
        "/dev/s none swap sw 0",
        "/dev/t swap swap sw",
        "/dev/a",
        "a b",
        "/dev/c /c ext4 rw x",
        "/dev/c /c ext4",
        "/dev/c /c ext4 , 00 +1",
        "\\043a /d x y",
    ]);
    prop_oneof![6 => found.prop_map(|line| line.as_bytes().to_vec()), 1 => odd.prop_map(<[u8]>::to_vec)]
}

fn mount() -> impl Strategy<Value = Mount> + Clone {
    let field = select(vec!["/", "/b c", "/dev/a", "#x", "a\\040b", "é\t\"x\"", "a\r", "none"]);
    let option = select(vec!["rw", "a=\"b,c\"", "x y", "a\\,b", "#"]);
    let fields = (field.clone(), field, select(vec!["ext4", "swap", "a b"]));
    (fields, prop::collection::vec(option, 1..3), 0..3u32, 0..3u32, laws::comment(false))
        .prop_map(|((source, target, fstype), options, dump, pass, comment)| Mount {
            source: source.into(),
            target: target.into(),
            fstype: fstype.into(),
            options: options.into_iter().map(Text::from).collect(),
            dump,
            pass,
            comment,
        })
        .boxed()
}

proptest! {
    #[test]
    fn any_bytes_are_kept(text in prop::collection::vec(any::<u8>(), 0..200)) {
        laws::lossless(&Grammar::Fstab, &text);
    }

    #[test]
    fn what_is_edited_is_read(text in laws::text_of(lines()), edits in laws::edits(mount())) {
        laws::lossless(&Grammar::Fstab, &text);
        let mut fstab = mounts(&text);
        laws::edit(&mut fstab.mounts, edits, |old, new| {
            let source = old.source.clone();
            *old = Mount { source, ..new };
        });
        let odd = fstab.mounts.iter().any(|mount| mount.options.is_empty() && mount.pass > 0);
        let written = laws::writes(&Grammar::Fstab, &text, &Model::Fstab(fstab));
        prop_assert!(written.is_ok() || odd, "{written:?}");
    }

    #[test]
    fn fields_are_read_as_escaped(text in "[ -~\t\r\né\\\\0-7]{1,20}") {
        let field = escape(&text).unwrap();
        prop_assert!(!field.contains([' ', '\t', '\n', '\r', '#']));
        prop_assert_eq!(unescape(field.as_bytes()), text);
    }
}
