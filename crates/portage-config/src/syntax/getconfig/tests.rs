//! The laws of the language.

use proptest::prelude::*;

use super::strategies::{text, vars, word};
use super::{Document, evaluate, quote, read, spans, write};
use crate::model::{Model, Vars};
use crate::report::Report;
use crate::vocab::{Piece, RelPath, Word};

fn quiet(text: &[u8]) -> Vars {
    Document::parse(text).vars()
}

fn codes(text: &[u8]) -> Vec<String> {
    let path = RelPath::parse("etc/portage/make.conf").unwrap();
    let mut report = Report::new();
    read(text, &mut report.text(&path, text));
    let shown = |d: &crate::report::Diagnostic| {
        let span = d.spot.span.unwrap();
        let source = &report.sources.get(span.source).unwrap().text;
        format!("{} {:?}", d.code.id, source.get(span.start..span.end).unwrap())
    };
    report.diagnostics.iter().map(shown).collect()
}

fn model(text: &str) -> Vars {
    quiet(text.as_bytes())
}

fn written(text: &str, wanted: &str) -> String {
    String::from_utf8(write(text.as_bytes(), &model(wanted)).unwrap()).unwrap()
}

#[test]
fn comments_belong_to_what_stands_below_or_before_them() {
    let read = model("# head\n# two\n\n# lost\n\n  #above\n A=1 # behind\nB=2\n# c\nC=3 D=4 #d\n# end\n");
    assert_eq!(read.header, [" head", " two"]);
    let comments: Vec<_> = read
        .statements
        .iter()
        .map(|s| (s.comment().above.join("|"), s.comment().behind.clone().unwrap_or_default()))
        .collect();
    let expected = [("above", " behind"), ("", ""), (" c", ""), ("", "d")];
    assert_eq!(comments, expected.map(|(a, b)| (a.to_owned(), b.to_owned())));
    assert_eq!(model("# only").header, [" only"]);
    assert!(model("# above\nA=1").header.is_empty());
    assert!(model("\n# not at the head\n\nA=1").header.is_empty());
}

#[test]
fn what_portage_refuses_or_empties_is_reported_with_its_place() {
    for (text, expected) in [
        ("A=-march=native\n", vec!["P060 \"=native\""]),
        ("if true; then\nA=x\nfi", vec!["P060 \"if true;\""]),
        ("\u{feff}A=x", vec!["P060 \"\\u{feff}A\""]),
        (". x\nA=x", vec!["P060 \". x\""]),
        ("A=\nB=x", vec!["P066 \"B\"", "P060 \"=x\""]),
        ("A=", vec!["P061 \"A\""]),
        ("export A", vec!["P061 \"A\""]),
        ("export", vec!["P060 \"export\""]),
        ("A=1\nA+=\" 2\"\nB=3", vec!["P062 \"A+\""]),
        ("A=1 \\\nB=2", vec!["P062 \"\\\\\\nB\""]),
        ("A=1\nB=\"2\nC=3", vec!["P063 \"\\\"\""]),
        ("A=\"$(nproc)\"", vec!["P064 \"\\\"$(nproc)\\\"\""]),
        ("A=\"${B:-c}\"", vec!["P064 \"\\\"${B:-c}\\\"\""]),
        ("A=source\nx", vec!["P065 \"source\""]),
        ("source", vec!["P065 \"source\""]),
        ("source \"\"", vec!["P065 \"\\\"\\\"\""]),
        ("A=x#y", vec!["P067 \"x\""]),
        ("A=\"x\"# y", vec![]),
        ("A=\"don't $B\"", vec!["P068 \"\\\"don't $B\\\"\""]),
        ("A=1 # don't\nsource /x # y\n", vec![]),
    ] {
        assert_eq!(codes(text.as_bytes()), expected, "{text:?}");
    }
    assert_eq!(codes(b"A=\"\xff\""), ["P069 \"\\\"\u{fffd}\\\"\""]);
}

#[test]
fn single_quotes_stop_no_reference() {
    let read = model("A='$B'\"${C}\" D='\\$E'");
    let references = |name: &str| read.get(name).unwrap().value.references().collect::<Vec<_>>().join(" ");
    assert_eq!(references("A"), "B C");
    assert_eq!(references("D"), "");
}

#[test]
fn what_the_lenient_loader_keeps_is_read() {
    let names = |text: &str| model(text).assigns().map(|a| a.name.clone()).collect::<Vec<_>>().join(" ");
    assert_eq!(names("A=1\nfoo bar\nB=2"), "A");
    assert_eq!(names("A=1\nB+=2\nC=3"), "A C");
    assert_eq!(names("A=1\nB='2\nC=3"), "A");
    assert_eq!(names("export A=1 B=2; C = 3"), "A B C");
}

#[test]
fn plain_spelling_is_preferred() {
    for (value, quoted) in [
        ("", r#""""#),
        ("a b", r#""a b""#),
        (r#"say "hi""#, r#""say \"hi\"""#),
        ("${URI}", r#""\${URI}""#),
        (r"a\nb", r#""a\nb""#),
        (r"a\", r#""a\\""#),
        (r"\$", r#""\\\$""#),
        ("it's", r#""it's""#),
        ("it's $5", r#""it's $5""#),
        (r"\\x", r#""\\\\\x""#),
        ("source", "\"source\\\n\""),
        ("'a\nb'", "\"'a\nb'\""),
    ] {
        assert_eq!(quote(&Word::literal(value)).unwrap(), quoted, "{value}");
    }
    let reference = |before: &str| {
        Word::from_pieces([Piece::Literal(before.to_owned()), Piece::Reference("A".to_owned())])
    };
    assert_eq!(quote(&reference("a ")).unwrap(), r#""a ${A}""#);
    assert_eq!(quote(&reference("\\")).unwrap(), "\"\\\\\\\\\\\n${A}\"");
    assert_eq!(quote(&reference("'a' ")).unwrap(), r#""'a' ${A}""#);
}

#[test]
fn what_cannot_be_said_is_refused_with_the_reason() {
    let reference = Piece::Reference("A".to_owned());
    for (word, reason) in [
        (Word::literal("a\nb"), "line break"),
        (Word::literal("a\rb"), "carriage return"),
        (Word::literal("a\0b"), "NUL"),
        (Word::from_pieces([Piece::Literal("don't ".to_owned()), reference]), "apostrophes"),
        (Word::from_pieces([Piece::Reference("A-B".to_owned())]), "name a variable"),
    ] {
        let refusal = quote(&word).unwrap_err();
        assert!(refusal.message.contains(reason), "{refusal}");
    }
    let refusal = write(b"", &model("A=1 source x")).and_then(|_| {
        write(b"", &{
            let mut vars = model("A=1");
            if let Some(crate::model::Statement::Assign(a)) = vars.statements.first_mut() {
                a.append = true;
            }
            vars
        })
    });
    assert_eq!(refusal.unwrap_err().key.to_string(), "A");
}

#[test]
fn a_changed_value_leaves_the_rest_of_its_line() {
    assert_eq!(written("export A = 'x' # why\n", "A=y"), "export A = 'y' # why\n");
    assert_eq!(written("A=1 B=2\n", "A=3 B=2"), "A=\"3\" B=2\n");
    assert_eq!(written("A=(B=2\n", "A=3 B=2"), "A=\"3\" B=2\n");
    assert_eq!(written("A=x#y\n", "A=z"), "A=\"z\"#y\n");
    assert_eq!(written("source x\n", "source y"), "source \"y\"\n");
}

#[test]
fn words_of_a_value_over_lines_are_spliced() {
    let old = "USE=\"\n    a -b \\\n    c\n\"\n";
    assert_eq!(written(old, "USE=\"     a -b     x c \""), "USE=\"\n    a -b \\\n    x c\n\"\n");
    assert_eq!(written(old, "USE=\"     a     c \""), "USE=\"\n    a \\\n    c\n\"\n");
    assert_eq!(written(old, "USE=\"a c\""), "USE=\"a c\"\n");
}

#[test]
fn statements_come_behind_their_predecessor_and_comments_stay() {
    let old = "# head\n\n# one\nA=1\n\n# two\nB=2 # b\n";
    assert_eq!(written(old, "A=1 N=0 B=2"), "# head\n\n# one\nA=1\nN=\"0\"\n\n# two\nB=2 # b\n");
    assert_eq!(written(old, "N=0 A=1 B=2"), "# head\n\nN=\"0\"\n# one\nA=1\n\n# two\nB=2 # b\n");
    assert_eq!(written(old, "B=2"), "# head\n\n# one\n\n# two\nB=2 # b\n");
    assert_eq!(written(old, "A=1"), "# head\n\n# one\nA=1\n\n# two\n");
    assert_eq!(written("# c\nA=1\nB=2\n", "B=2"), "# c\n\nB=2\n");
    assert_eq!(written("A=1 B=2", "A=1 C=3 B=2"), "A=1\nC=\"3\"\n B=2");
    assert_eq!(written("A=1", "A=1 B=2"), "A=1\nB=\"2\"\n");
    assert_eq!(written("# c", "A=1"), "# c\n\nA=\"1\"\n");
    assert_eq!(written("A=1\r\n", "A=1 B=2"), "A=1\r\nB=\"2\"\r\n");
    assert_eq!(written("#\rA=1\n", "#a\nB=1"), "#\r\n\n#a\nB=\"1\"\n");
    assert_eq!(written("foo bar\n", "A=1"), "A=\"1\"\nfoo bar\n");
}

#[test]
fn comments_that_the_text_lacks_are_written() {
    assert_eq!(written("A=1\n", "# h\n\n# c\nA=1 # b"), "# h\n\n# c\nA=1 # b\n");
    assert_eq!(written("# mine\nA=1 # b\n", "# c\nA=1 # d"), "# c\nA=1 # d\n");
    assert_eq!(written("# mine\nA=1 # b\n", "A=1"), "# mine\nA=1 # b\n");
    assert_eq!(written("  A=1 B=2\n", "#a\nA=1 #b\n#c\nB=2"), "  #a\n  A=1 #b\n \n#c\nB=2\n");
    assert_eq!(written("# x\n# c\nA=1\n", "# c\nA=1"), "# x\n\n# c\nA=1\n");
}

#[test]
fn an_empty_text_gets_everything() {
    let text = "# head\n\nA=\"1\"\n\n# c\nB=\"${A} 2\" # b\nsource \"x\"\n";
    assert_eq!(written("", text), text);
    assert_eq!(written("", "# head\n"), "# head\n");
}

#[test]
fn places_are_those_of_the_statements() {
    let spans = spans(b"# c\nexport A=1 # x\nsource y\n");
    let spans: Vec<_> = spans.into_iter().map(|(key, range)| (key.to_string(), range)).collect();
    assert_eq!(spans, [("A".to_owned(), 4..14), ("source".to_owned(), 19..27)]);
}

#[test]
fn sourced_files_are_read_in_their_place() {
    let files = |path: &str| match path {
        "d/x" => Some(b"B=${A}b\nsource y\nC=c".to_vec()),
        "d/y" => Some(b"D=d\n".to_vec()),
        "self" => Some(b"source self\n".to_vec()),
        _ => None,
    };
    let run = |text: &str| evaluate(text.as_bytes(), &|_| None, &mut { files });
    let set = run("A=a\nsource d/x\nE=$B$C$D").unwrap();
    assert_eq!(set.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>().join(" "), "A B D C E");
    assert_eq!(set[4].1, "abcd");
    assert!(run("source nosuch").unwrap_err().to_string().contains("nosuch"));
    assert!(run("source self").unwrap_err().to_string().contains("too many"));
}

#[test]
fn a_line_of_many_bytes_takes_its_time_once() {
    let text = format!("A=\"{}\"", "x ".repeat(1_000_000));
    assert_eq!(quiet(text.as_bytes()).statements.len(), 1);
    let many = "A='b' # c\n".repeat(20_000);
    assert_eq!(quiet(many.as_bytes()).statements.len(), 20_000);
    let comments = "# c\n".repeat(50_000) + "A=1";
    assert_eq!(quiet(comments.as_bytes()).statements[0].comment().above.len(), 50_000);
}

proptest! {
    #[test]
    fn the_pieces_add_up_to_the_text(text in text()) {
        prop_assert_eq!(Document::parse(&text).bytes(), text);
    }

    #[test]
    fn writing_what_was_read_changes_nothing(text in text()) {
        prop_assert_eq!(write(&text, &quiet(&text)).unwrap(), text);
    }

    #[test]
    fn a_new_file_reads_as_its_model(model in vars(false, true)) {
        if let Ok(text) = write(b"", &model) {
            prop_assert_eq!(quiet(&text), model);
        }
    }

    #[test]
    fn a_changed_file_reads_as_its_model(text in text(), model in vars(false, false)) {
        let fresh = write(b"", &model);
        match write(&text, &model) {
            Ok(text) => {
                prop_assert!(Model::Vars(model).satisfied_by(&Model::Vars(quiet(&text))), "{:?}", String::from_utf8_lossy(&text));
            }
            Err(refusal) => prop_assert!(fresh.is_err(), "{refusal} {text:?}"),
        }
    }

    #[test]
    fn what_is_quoted_reads_as_the_value(word in word()) {
        if let Ok(text) = quote(&word) {
            let read = quiet(format!("A={text}\n").as_bytes());
            prop_assert_eq!(read.get("A").map(|a| &a.value), Some(&word));
        }
    }

    #[test]
    fn only_what_cannot_be_said_is_refused(word in word()) {
        let text = word.pieces().iter().map(|p| match p { Piece::Literal(t) => t.as_str(), _ => "" }).collect::<String>();
        if !text.contains(['\n', '\r', '\'']) {
            prop_assert!(quote(&word).is_ok());
        }
    }

    #[test]
    fn evaluating_agrees_with_reading(text in text()) {
        let mut asked = false;
        let set = evaluate(&text, &|_| None, &mut |_| { asked = true; None });
        if let (Ok(set), false) = (set, asked) {
            let read = quiet(&text);
            let mut expected = indexmap::IndexMap::new();
            for assign in read.assigns() {
                let value = assign.value.expand(|name| expected.get(name).cloned());
                expected.insert(assign.name.clone(), value);
            }
            prop_assert_eq!(set, expected.into_iter().collect::<Vec<_>>());
        }
    }
}

#[test]
fn a_long_file_is_changed_in_reasonable_time() {
    let file = |name: &str| (0..3000).map(|i| format!("{name}{i}=\"v\"\n")).collect::<String>();
    assert_eq!(written(&file("A"), &file("B")), file("B"));
    let (old, new) = (file("A"), file("A").replace("A1500=\"v\"", "A1500=\"w\""));
    assert_eq!(written(&old, &new), new);
}
