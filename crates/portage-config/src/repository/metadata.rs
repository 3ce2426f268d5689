//! `metadata.xml` (GLEP 68).

use std::collections::BTreeMap;
use std::fmt::Write as _;

use roxmltree::{Document, Node, ParsingOptions};

use super::codes::O027;
use crate::report::{Findings, Key};

/// The metadata of a package, as far as metadata.xml says it (GLEP 68).
///
/// What is read here is not written back: the bytes of a file that is there are carried as they are. A new file is
/// written by [`Metadata::to_xml`].
///
/// ```
/// use portage_config::repository::{Maintainer, MaintainerType, Metadata};
/// let mut metadata = Metadata::default();
/// metadata.maintainers.push(Maintainer::new(MaintainerType::Person, "me@example.org"));
/// let text = metadata.to_xml();
/// assert!(text.contains("<email>me@example.org</email>"));
/// # use portage_config::{report::Report, vocab::RelPath};
/// # let (path, mut report) = (RelPath::parse("metadata.xml")?, Report::new());
/// assert_eq!(Metadata::read(text.as_bytes(), &mut report.text(&path, text.as_bytes())), Some(metadata));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Metadata {
    /// Who maintains it, in order.
    pub maintainers: Vec<Maintainer>,
    /// Where it comes from.
    pub upstream: Upstream,
    /// USE flags with what they mean here, tags left out.
    pub flags: BTreeMap<String, String>,
    /// What it is, in English.
    pub long_description: Option<String>,
}

/// Who maintains a package.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Maintainer {
    /// A person or a project.
    pub kind: MaintainerType,
    /// The address, by which the maintainer is known.
    pub email: String,
    /// The name.
    pub name: Option<String>,
    /// For what.
    pub description: Option<String>,
}

impl Maintainer {
    /// A maintainer without a name.
    pub fn new(kind: MaintainerType, email: impl Into<String>) -> Self {
        Self { kind, email: email.into(), name: None, description: None }
    }
}

/// The type of a maintainer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MaintainerType {
    /// A person.
    Person,
    /// A project.
    Project,
    /// None that GLEP 68 knows, or none written.
    Unknown,
}

/// Where a package comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Upstream {
    /// `remote-id`: type and name, `github` and `owner/name`.
    pub remote_ids: Vec<(String, String)>,
    /// `bugs-to`.
    pub bugs_to: Option<String>,
    /// `changelog`.
    pub changelog: Option<String>,
    /// `doc`.
    pub doc: Option<String>,
}

impl Metadata {
    /// Reads a metadata.xml; `None` where it is none, which is reported.
    ///
    /// A document type is passed over, and nothing that it names is read. Entities of its own are refused when they
    /// grow without end.
    pub fn read(text: &[u8], findings: &mut Findings<'_>) -> Option<Self> {
        let Ok(text) = std::str::from_utf8(text) else {
            findings.at(&O027, Key::file(), "metadata.xml is not UTF-8");
            return None;
        };
        let options = ParsingOptions { allow_dtd: true, nodes_limit: 100_000, ..ParsingOptions::default() };
        let document = match Document::parse_with_options(text, options) {
            Ok(document) => document,
            Err(error) => {
                let at = offset(text, error.pos().row, error.pos().col);
                findings.range(&O027, Key::file(), at..at, format!("no XML: {error}"));
                return None;
            }
        };
        let root = document.root_element();
        if root.tag_name().name() != "pkgmetadata" {
            let name = root.tag_name().name();
            findings.range(
                &O027,
                Key::file(),
                root.range(),
                format!("`{name}` stands where `pkgmetadata` is to be"),
            );
            return None;
        }
        let mut metadata = Self::default();
        for node in root.children().filter(Node::is_element) {
            match node.tag_name().name() {
                "maintainer" => metadata.maintainers.push(maintainer(&node, findings)),
                "use" => {
                    for flag in children(&node, "flag") {
                        match flag.attribute("name") {
                            Some(name) => {
                                metadata.flags.insert(name.to_owned(), words(&flag));
                            }
                            None => {
                                findings.range(&O027, Key::file(), flag.range(), "a `flag` has no name");
                            }
                        }
                    }
                }
                "upstream" => metadata.upstream.read(&node),
                "longdescription" if node.attribute("lang").is_none_or(|lang| lang == "en") => {
                    metadata.long_description = Some(words(&node));
                }
                "longdescription" | "slots" | "stabilize-allarches" | "origin" => {}
                name => {
                    let text = format!("`{name}` is nothing that a `pkgmetadata` holds");
                    findings.range(&O027, Key::file(), node.range(), text);
                }
            }
        }
        Some(metadata)
    }

    /// A metadata.xml that says this.
    pub fn to_xml(&self) -> String {
        let mut out = String::from(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
             <!DOCTYPE pkgmetadata SYSTEM \"https://www.gentoo.org/dtd/metadata.dtd\">\n<pkgmetadata>\n",
        );
        if self.maintainers.is_empty() {
            out.push_str("\t<!-- maintainer-needed -->\n");
        }
        for maintainer in &self.maintainers {
            let kind = match maintainer.kind {
                MaintainerType::Project => "project",
                _ => "person",
            };
            let _ = writeln!(out, "\t<maintainer type=\"{kind}\">");
            element(&mut out, 2, "email", Some(&maintainer.email));
            element(&mut out, 2, "name", maintainer.name.as_deref());
            element(&mut out, 2, "description", maintainer.description.as_deref());
            out.push_str("\t</maintainer>\n");
        }
        element(&mut out, 1, "longdescription", self.long_description.as_deref());
        if !self.flags.is_empty() {
            out.push_str("\t<use>\n");
            for (name, text) in &self.flags {
                let _ = writeln!(out, "\t\t<flag name=\"{}\">{}</flag>", escape(name), escape(text));
            }
            out.push_str("\t</use>\n");
        }
        self.upstream.write(&mut out);
        out.push_str("</pkgmetadata>\n");
        out
    }
}

impl Upstream {
    fn read(&mut self, node: &Node<'_, '_>) {
        for node in node.children().filter(Node::is_element) {
            let text = words(&node);
            match node.tag_name().name() {
                "remote-id" => {
                    self.remote_ids.push((node.attribute("type").unwrap_or_default().to_owned(), text));
                }
                "bugs-to" => self.bugs_to = Some(text),
                "changelog" => self.changelog = Some(text),
                "doc" if node.attribute("lang").is_none_or(|lang| lang == "en") => self.doc = Some(text),
                _ => {}
            }
        }
    }

    fn write(&self, out: &mut String) {
        if *self == Self::default() {
            return;
        }
        out.push_str("\t<upstream>\n");
        element(out, 2, "changelog", self.changelog.as_deref());
        element(out, 2, "doc", self.doc.as_deref());
        element(out, 2, "bugs-to", self.bugs_to.as_deref());
        for (kind, name) in &self.remote_ids {
            let _ = writeln!(out, "\t\t<remote-id type=\"{}\">{}</remote-id>", escape(kind), escape(name));
        }
        out.push_str("\t</upstream>\n");
    }
}

fn maintainer(node: &Node<'_, '_>, findings: &mut Findings<'_>) -> Maintainer {
    let kind = match node.attribute("type") {
        Some("person") => MaintainerType::Person,
        Some("project") => MaintainerType::Project,
        other => {
            let text = match other {
                Some(other) => format!("`{other}` is no type of a maintainer"),
                None => "a `maintainer` has no type".to_owned(),
            };
            findings.range(&O027, Key::file(), node.range(), text).set_help("it is `person` or `project`");
            MaintainerType::Unknown
        }
    };
    let one = |name| children(node, name).next().map(|node| words(&node));
    let email = one("email");
    if email.as_deref().is_none_or(str::is_empty) {
        findings.range(&O027, Key::file(), node.range(), "a `maintainer` has no `email`");
    }
    Maintainer { kind, email: email.unwrap_or_default(), name: one("name"), description: one("description") }
}

fn children<'a, 'input: 'a>(
    node: &Node<'a, 'input>,
    name: &'static str,
) -> impl Iterator<Item = Node<'a, 'input>> {
    node.children().filter(move |node| node.tag_name().name() == name)
}

/// The text of a node and those in it, its words one blank apart.
fn words(node: &Node<'_, '_>) -> String {
    let text: String = node.descendants().filter(Node::is_text).filter_map(|node| node.text()).collect();
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn element(out: &mut String, depth: usize, name: &str, text: Option<&str>) {
    if let Some(text) = text {
        let _ = writeln!(out, "{}<{name}>{}</{name}>", "\t".repeat(depth), escape(text));
    }
}

fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            // No XML can say them.
            c if c.is_control() && !matches!(c, '\n' | '\t') => out.push('\u{fffd}'),
            '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

/// The offset of a line and a column, both from one, in characters.
fn offset(text: &str, row: u32, column: u32) -> usize {
    let before = usize::try_from(row.saturating_sub(1)).unwrap_or_default();
    let start: usize = text.split_inclusive('\n').take(before).map(str::len).sum();
    let line = text.get(start..).unwrap_or_default();
    let column = usize::try_from(column.saturating_sub(1)).unwrap_or_default();
    start + line.chars().take(column).map(char::len_utf8).sum::<usize>()
}
