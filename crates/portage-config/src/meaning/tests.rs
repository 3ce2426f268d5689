use super::*;
use crate::file::named;
use crate::report::Report;
use crate::syntax;
use crate::vocab::RelPath;

/// What differs, a line each.
fn differs(kind: &str, before: &str, after: &str) -> Vec<String> {
    let kind = named(kind).unwrap();
    let path = RelPath::parse("file").unwrap();
    let read = |text: &str| syntax::read(&kind.grammar, text.as_bytes(), &mut Report::new().file(&path));
    let list = |words: &Option<Vec<String>>| words.as_ref().map_or("-".to_owned(), |w| w.join(" "));
    let all = meaning(&kind.grammar, Some(&read(before)), Some(&read(after)));
    let line = |m: &Meaning| {
        let with = match &m.happened {
            Happened::Reordered { with: Some(with) } => format!(" with {with}"),
            _ => String::new(),
        };
        format!("{} {}{with}: {} => {}", m.key, m.happened.name(), list(&m.before), list(&m.after))
    };
    all.iter().map(line).collect()
}

#[track_caller]
fn same(kind: &str, before: &str, after: &str) {
    assert_eq!(differs(kind, before, after), [""; 0], "{before:?} {after:?}");
    assert_eq!(differs(kind, after, before), [""; 0], "{after:?} {before:?}");
}

#[test]
fn order_that_means_nothing_is_no_difference() {
    same("package.use", "a/b x y\na/c z\n", "# why\na/c  z\n\na/b y x # two\n");
    same("package.use", "a/b x\na/b -x y\n", "a/b y -x\n");
    same("package.use", "a/b x -*\n", "a/b -* -y\n");
    same("package.use", "a/b x VIDEO_CARDS: intel -*\n", "a/b x -video_cards_*\n");
    same("package.use", "a/b x\na/c\n", "a/b x\n");
    same("package.use", "a/b x\na/b:0 -x\n", "a/b:0 -x\na/b x\n");
    same("package.use", "a/* x\n*/b y\n", "*/b y\na/* x\n");
    same("package.use", "a/* x\n*/* -x\n", "*/* -x\na/* x\n");
    same("package.use", ">=a/b-1 x\n>=a/b-2 -x\n", ">=a/b-2 -x\n>=a/b-1 x\n");
    same("package.use", "=a/b-1 x\n=a/b-2 -x\n", "=a/b-2 -x\n=a/b-1 x\n");
    same("package.license", "a/b @FREE MIT\n", "a/b MIT @FREE\n");
    same("package.mask", "a/b\n>=a/c-1\n", ">=a/c-1\na/b\na/b\n");
    same("profile/packages", "-*a/b\n*a/b\n", "*a/b\n");
    same("make.conf", "USE=\"a b\"\nX=1\n", "X=1\nUSE=\"b a\"\n");
    same("make.conf", "USE=\"a -a\"\n", "USE=\"-a\"\n");
    same("make.conf", "A=x\nB=\"${A} y\"\n", "B=\"x y\"\nA=x\n");
    same("make.conf", "A=x\nA=y\n", "A=y\n");
    same("repos.conf", "[a]\nx = 1\ny = 2\n[b]\n", "[b]\n[a]\nY: 2\nX: 1\n");
    same("modules", "a = 1\na = 2\n", "a = 2\n");
    same("fstab", "/a / ext4\n/b /boot ext4\n/c /home ext4\n", "/a / ext4\n/c /home ext4\n/b /boot ext4\n");
    same("ugrd", "a = 1\nb = 2\n", "b = 2\na = 1\n");
}

#[test]
fn order_that_means_something_is_a_difference() {
    let cases: &[(&str, &str, &str, &[&str])] = &[
        ("package.use", "a/b -* x\n", "a/b x -*\n", &["a/b changed: -* x => x -*"]),
        ("package.use", "a/* x\n*/b -x\n", "*/b -x\na/* x\n", &["*/b reordered with a/*: -x => -x"]),
        ("package.use", "a/b x\na/b::r -x\n", "a/b::r -x\na/b x\n", &["a/b::r reordered with a/b: -x => -x"]),
        (
            "package.use",
            ">=a/b-1 x\n<a/b-3 -x\n",
            "<a/b-3 -x\n>=a/b-1 x\n",
            &["<a/b-3 reordered with >=a/b-1: -x => -x"],
        ),
        (
            "package.accept_keywords",
            "*/* ~x86\na/* -~x86\n",
            "a/* -~x86\n*/* ~x86\n",
            &["a/* reordered with */*: -~x86 => -~x86"],
        ),
        ("package.accept_keywords", "a/b\n", "", &["a/b removed:  => -"]),
        (
            "package.license",
            "a/b @FREE -MIT\n",
            "a/b -MIT @FREE\n",
            &["a/b changed: @FREE -MIT => -MIT @FREE"],
        ),
        ("package.env", "a/b x y\n", "a/b y x\n", &["a/b changed: x y => y x"]),
        ("package.env", "a/* x\n*/b y\n", "*/b y\na/* x\n", &["*/b reordered with a/*: y => y"]),
        ("package.mask", "a/b\n-a/b\n", "-a/b\na/b\n", &["-a/b reordered with a/b:  => "]),
        ("package.mask", "a/b\n", "a/b\n-a/b\n", &["-a/b added: - => "]),
        ("profile/parent", "x\ny\n", "y\nx\n", &["y reordered with x:  => "]),
        ("profile/parent", "y\n", "x\ny\n", &["x added: - => "]),
        ("make.conf", "A=x\nB=\"${A}\"\n", "B=\"${A}\"\nA=x\n", &["B reordered with A: ${A} => ${A}"]),
        ("make.conf", "A=x\nB=\"${A}\"\n", "A=y\nB=\"${A}\"\n", &["A changed: x => y"]),
        ("make.conf", "source a\nA=x\n", "A=x\nsource a\n", &["A reordered: x => x"]),
        (
            "make.conf",
            "source a\nsource b\n",
            "source b\nsource a\n",
            &["source.b reordered with source.a:  => "],
        ),
        ("make.conf", "CFLAGS=\"-a -b\"\n", "CFLAGS=\"-b -a\"\n", &["CFLAGS changed: -a -b => -b -a"]),
        (
            "systemd-preset",
            "enable a.service\ndisable *\n",
            "disable *\nenable a.service\n",
            &["* reordered with a.service: disable => disable"],
        ),
        (
            "fstab",
            "/a / ext4\n/b /boot ext4\n",
            "/b /boot ext4\n/a / ext4\n",
            &["/boot reordered with /: /b ext4 0 0 => /b ext4 0 0"],
        ),
    ];
    for (kind, before, after, told) in cases {
        assert_eq!(differs(kind, before, after), *told, "{before:?} {after:?}");
        assert!(!differs(kind, after, before).is_empty(), "{after:?} {before:?}");
    }
}

#[test]
fn patterns_of_one_name_stand_where_the_first_of_them_does() {
    let before = "a/*::r x\n*/b -x\na/* x\n";
    same("package.use", before, "a/* x\na/*::r x\n*/b -x\n");
    assert_eq!(differs("package.use", before, "*/b -x\na/*::r x\na/* x\n").len(), 1);
    let gone = differs("package.use", before, "*/b -x\na/* x\n");
    assert_eq!(gone, ["a/*::r removed: x => -", "*/b reordered with a/*: -x => -x"]);
}
