//! Findings as commands of a workflow of GitHub, which shows them beside the lines.

use std::fmt::Write as _;

use portage_config::report::Severity;

use crate::answer::{Answer, Finding};

/// One line for each finding. What is allowed is left out.
pub(crate) fn commands(answer: &Answer) -> String {
    let mut text = String::new();
    for finding in answer.findings.iter().filter(|finding| !finding.allowed) {
        command(&mut text, finding, answer);
    }
    text
}

fn command(text: &mut String, finding: &Finding, answer: &Answer) {
    let diagnostic = &finding.diagnostic;
    let hide = |text: &str| answer.secrets.hide(text).into_owned();
    let level = match diagnostic.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Hint => "notice",
    };
    let mut properties = Vec::new();
    let source = |span: portage_config::report::Span| Some((answer.sources.get(span.source)?, span));
    match (diagnostic.spot.span.and_then(source), &diagnostic.spot.path) {
        (Some((source, span)), _) => {
            let ((line, column), (last, end)) = (source.position(span.start), source.position(span.end));
            properties.push(("file", hide(&source.name)));
            properties.push(("line", line.to_string()));
            // Columns are shown within one line only.
            if last == line {
                properties.push(("endLine", last.to_string()));
                properties.push(("col", column.to_string()));
                properties.push(("endColumn", end.to_string()));
            }
        }
        (None, Some(path)) => properties.push(("file", path.to_string())),
        (None, None) => {}
    }
    properties.push(("title", format!("{} {}", diagnostic.code.id, diagnostic.code.name)));
    let said: Vec<String> =
        properties.iter().map(|(name, value)| format!("{name}={}", property(value))).collect();
    let mut message = hide(&diagnostic.message);
    if let Some(help) = &diagnostic.help {
        message += "\nhelp: ";
        message += &hide(help);
    }
    // Writing to a string cannot fail.
    let _ = writeln!(text, "::{level} {}::{}", said.join(","), data(&message));
}

/// What stands behind the second pair of colons.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a property.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;
    use portage_config::report::{Code, Diagnostic, Origin, Span, Spot};

    static CODE: Code = Code::warning("L003", "lto-glibc", "x", "y");

    #[test]
    fn what_ends_a_command_or_a_property_is_escaped() {
        let mut answer = Answer::default();
        let source = answer.sources.add("a,b:c%.toml", b"one\ntwo three\n", Origin::Spec);
        let spot = |start, end| Spot { span: Some(Span { source, start, end }), ..Spot::default() };
        answer.add(Diagnostic::new(&CODE, spot(4, 7), "100% of\r\n`a::b`, c").help("none"), None);
        answer.add(Diagnostic::new(&CODE, spot(0, 7), "two lines"), None);
        answer.add(Diagnostic::new(&CODE, Spot::default(), "nowhere"), None);
        insta::assert_snapshot!(commands(&answer), @r"
        ::warning file=a%2Cb%3Ac%25.toml,line=2,endLine=2,col=1,endColumn=4,title=L003 lto-glibc::100%25 of%0D%0A`a::b`, c%0Ahelp: none
        ::warning file=a%2Cb%3Ac%25.toml,line=1,title=L003 lto-glibc::two lines
        ::warning title=L003 lto-glibc::nowhere
        ");
    }
}
