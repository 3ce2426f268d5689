//! The laws of the language.

use proptest::prelude::*;

use super::{Document, quote, read, spans, write};
use crate::model::{Assign, Model, Source, Statement, Vars};
use crate::report::Report;
use crate::syntax::getconfig::strategies::{text, vars, word};
use crate::vocab::{Piece, RelPath, Word};

fn quiet(text: &[u8]) -> Vars {
    Document::parse(text).vars()
}

fn shown(text: &str) -> String {
    let spell = |a: &Assign| format!("{}{}{}", a.name, if a.append { "+" } else { "" }, a.value.spell());
    quiet(text.as_bytes()).assigns().map(spell).collect::<Vec<_>>().join("|")
}

fn codes(text: &str) -> Vec<String> {
    let path = RelPath::parse("etc/dracut.conf").unwrap();
    let mut report = Report::new();
    read(text.as_bytes(), &mut report.text(&path, text.as_bytes()));
    let shown = |d: &crate::report::Diagnostic| {
        let span = d.spot.span.unwrap();
        format!("{} {}", d.code.id, text.get(span.start..span.end).unwrap())
    };
    report.diagnostics.iter().map(shown).collect()
}

fn written(text: &str, wanted: &str) -> String {
    String::from_utf8(write(false, text.as_bytes(), &quiet(wanted.as_bytes())).unwrap()).unwrap()
}

#[test]
fn assignments_are_read_as_a_shell_reads_them() {
    for (text, expected) in [
        ("A=b\nC= # x\n", "Ab|C"),
        ("A+=\" a b \"", "A+ a b "),
        ("export A='$B'\"$B\"\\$B$B", "A\\$B${B}\\$B${B}"),
        ("A=a\"b c\"'d e'f\\ g", "Aab cd ef g"),
        ("A=\"a\\b\\\\c\\\"\\`\\\nd\"", "Aa\\b\\c\"`d"),
        ("A=1; B=2 ; # c\nC=3;", "A1|B2|C3"),
        ("A=a#b # c", "Aa#b"),
        ("A=$ B", ""),
        ("A=\"$\" ", "A\\$"),
        ("A=x~ B", ""),
        ("A=x~", "Ax~"),
        ("  A=1\t\n", "A1"),
        ("A=a\\\nb", "Aab"),
        ("A={a,b}", "A{a,b}"),
    ] {
        assert_eq!(shown(text), expected, "{text:?}");
    }
}

#[test]
fn commands_are_unknown_and_reported() {
    for text in [
        "echo hi",
        "A=1 B=2",
        "A=1 echo",
        "export A",
        "export A=1 B=2",
        "A=(a b)",
        "A=$(id)",
        "A=`id`",
        "A=\"$(id)\"",
        "A=\"`id`\"",
        "A=$'x'",
        "A=$\"x\"",
        "A=~/x",
        "A=x:~/y",
        "A=${B:-c}",
        "A=$1",
        "A=\"$@\"",
        "A=1 && B=2",
        "A=1;;",
        ". x",
        "A=1 | B=2",
        "A[0]=1",
        "A=a>b",
        "export A={a,b}",
        "\u{feff}A=1",
        "A-B=1",
        "A =1",
        "unset A",
        "A=1 &",
    ] {
        assert_eq!(codes(&format!("X=1\n{text}\nY=2\n")), [format!("P070 {text}")]);
        assert_eq!(shown(&format!("X=1\n{text}\nY=2\n")), "X1|Y2", "{text}");
    }
}

#[test]
fn what_is_inside_a_command_is_not_read() {
    for text in [
        "if true; then\nA=1\nfi",
        "for x in a; do\nA=1\ndone",
        "case x in\na) A=1 ;;\nb)\nB=1\n;;\nesac",
        "f() {\nA=1\n}",
        "f()\n{\nA=1\n}",
        "true &&\nA=1",
        "true ||\n\nA=1",
        "(\nA=1\n)",
        "echo \"\nA=1\n\"",
        "echo '\nA=1\n'",
        "echo \"$(x \"\nA=1\n\")\"",
        "A=(\nB=1\n)",
        "echo \\\nA=1",
        "echo ${x:-\nA=1\n}",
        "while x; do\nif y; then\nA=1\nfi\nA=2\ndone",
        "if x; then\n# fi\nA=1\nfi",
        "if x; then\necho fi\nA=1\nfi",
        "[[ a &&\nA=1 ]]",
        "for x in done; do\nA=1\ndone",
        "x |&\nA=1",
        "if x; then\necho then fi\nA=1\nfi",
        "{ x\nA=1\n}",
        "x |\n# c\nA=1",
    ] {
        assert_eq!(shown(&format!("X=1\n{text}\nY=2\n")), "X1|Y2", "{text}");
    }
    for text in
        ["cat <<E\nA=1\nE", "exit\nA=1", "echo \\$'\\'\nA=1", "echo `x\nA=1\n`", "function f\n{\nA=1\n}"]
    {
        assert_eq!(shown(&format!("X=1\n{text}\nY=2\n")), "X1", "{text}");
    }
    for text in ["A=\"x\nB=1", "A='x\nB=1", "if x\nA=1", "echo (\nA=1", "x &&\n"] {
        let text = format!("X=1\n{text}\n");
        assert_eq!(shown(&text), "X1", "{text}");
        assert!(codes(&text)[0].starts_with("P071"), "{text}");
    }
}

#[test]
fn a_file_is_changed_in_place() {
    let old = "# dracut\n\nadd_drivers+=\" a \" # why\n[ -e x ] && . x\nhostonly=yes; b=1\n";
    assert_eq!(
        written(old, "add_drivers+=\" a b \"\nc=1\nhostonly=no\nb=1"),
        "# dracut\n\nadd_drivers+=\" a b \" # why\nc=\"1\"\n[ -e x ] && . x\nhostonly=\"no\"; b=1\n"
    );
    assert_eq!(written(old, "hostonly=yes\nb=1"), "# dracut\n\n[ -e x ] && . x\nhostonly=yes; b=1\n");
    assert_eq!(written("A=\"x\nB=1", "C=1"), "C=\"1\"\nA=\"x\nB=1");
    assert_eq!(written("A=\n", "A=x"), "A=\"x\"\n");
    assert_eq!(written("A=1;\n", "A=x # y"), "A=\"x\"; # y\n");
    let exported = write(true, b"", &quiet(b"A=1")).unwrap();
    assert_eq!(exported, b"export A=\"1\"\n");
}

#[test]
fn what_cannot_be_said_is_refused_with_the_reason() {
    assert!(quote(&Word::literal("a\0")).is_err());
    assert!(quote(&Word::from_pieces([Piece::Reference("1".to_owned())])).is_err());
    let source = Vars { header: Vec::new(), statements: vec![Statement::Source(Source::default())] };
    assert!(write(false, b"", &source).unwrap_err().message.contains("command"));
}

#[test]
fn places_are_those_of_the_statements() {
    let spans = spans(b"# c\nexport A=1; B=2 # x\n");
    let spans: Vec<_> = spans.into_iter().map(|(key, range)| (key.to_string(), range)).collect();
    assert_eq!(spans, [("A".to_owned(), 4..15), ("B".to_owned(), 16..19)]);
}

proptest! {
    #[test]
    fn the_pieces_add_up_to_the_text(text in text()) {
        prop_assert_eq!(Document::parse(&text).bytes(), text);
    }

    #[test]
    fn writing_what_was_read_changes_nothing(text in text()) {
        prop_assert_eq!(write(false, &text, &quiet(&text)).unwrap(), text);
    }

    #[test]
    fn a_new_file_reads_as_its_model(model in vars(true, false), export in any::<bool>()) {
        let text = write(export, b"", &model).unwrap();
        prop_assert_eq!(quiet(&text), model);
    }

    #[test]
    fn a_changed_file_reads_as_its_model(text in text(), model in vars(true, false)) {
        let text = write(false, &text, &model).unwrap();
        prop_assert!(Model::Vars(model).satisfied_by(&Model::Vars(quiet(&text))), "{:?}", String::from_utf8_lossy(&text));
    }

    #[test]
    fn any_value_can_be_quoted(word in word()) {
        let text = quote(&word).unwrap();
        let read = quiet(format!("A={text}\n").as_bytes());
        prop_assert_eq!(read.get("A").map(|a| &a.value), Some(&word));
    }
}

#[test]
fn messages_name_the_line_and_hide_credentials() {
    let path = RelPath::parse("etc/dracut.conf").unwrap();
    let mut report = Report::new();
    let text = b"curl https://me:hunter2@example.org/a-rather-long-path-to-a-file\n\r\n";
    read(text, &mut report.text(&path, text));
    let messages: Vec<&str> = report.diagnostics.iter().map(|d| d.message.as_str()).collect();
    assert_eq!(
        messages,
        ["`curl https://‹hidden›@example.org/a-rath` is not an assignment", "`\\r` is not an assignment"]
    );
}
