//! What the text of an ebuild assigns for certain, split as bash splits it (bash(1), SHELL GRAMMAR).

use std::collections::BTreeMap;

/// Commands that may assign what no word of the text names.
const ASSIGNS: [&str; 15] = [
    "inherit",
    "eval",
    "declare",
    "typeset",
    "read",
    "printf",
    "source",
    ".",
    "mapfile",
    "readarray",
    "getopts",
    "let",
    "alias",
    "trap",
    "coproc",
];

/// The assignments of an ebuild, and the words that may be another.
#[derive(Debug)]
pub(super) struct Statements<'a> {
    /// In order: the name, and the word behind `=` where it is assigned whatever else holds.
    pub(super) assigned: Vec<(&'a str, Option<&'a str>)>,
    mentions: BTreeMap<&'a str, usize>,
}

impl<'a> Statements<'a> {
    /// `None` where the text does not show what it assigns.
    pub(super) fn read(text: &'a str) -> Option<Self> {
        let mut scan = Scan { text, at: 0 };
        let mut all = Self { assigned: Vec::new(), mentions: BTreeMap::new() };
        let mut kept = 0;
        let mut nest: Vec<u8> = Vec::new();
        // A command may begin; nothing of this one was read; it depends on the one before.
        let (mut command, mut fresh, mut depends) = (true, true, false);
        while let Some(byte) = scan.peek() {
            match byte {
                b' ' | b'\t' => scan.at += 1,
                b'\\' if scan.rest().starts_with("\\\n") => scan.at += 2,
                b'#' => {
                    all.mention(text.get(kept..scan.at)?);
                    scan.line();
                    kept = scan.at;
                }
                b'\n' => {
                    scan.at += 1;
                    depends &= fresh;
                    (command, fresh) = (true, true);
                }
                b'&' if scan.rest().starts_with("&>") => scan.redirect(),
                b';' | b'&' | b'|' => {
                    scan.at += 1;
                    (command, fresh, depends) = (true, true, byte != b';');
                }
                b'<' | b'>' => {
                    let here = scan.rest().starts_with("<<") && !scan.rest().starts_with("<<<");
                    if command || here {
                        return None;
                    }
                    scan.redirect();
                }
                b'(' => {
                    scan.at += 1;
                    nest.push(b'(');
                    (command, fresh) = (true, true);
                }
                b')' => {
                    scan.at += 1;
                    if nest.last()? == &b'(' {
                        nest.pop();
                    } else if nest.last()? != &b'e' {
                        return None;
                    }
                    (command, fresh) = (true, true);
                }
                _ => {
                    let starts_line = scan.at == 0 || text.as_bytes().get(scan.at - 1) == Some(&b'\n');
                    let word = scan.word()?;
                    let first = std::mem::replace(&mut fresh, false);
                    if !command {
                        continue;
                    }
                    if let Some((name, value)) = assignment(word) {
                        let always = first && !depends && starts_line && nest.is_empty() && scan.ends();
                        all.assigned.push((name, value.filter(|_| always)));
                        continue;
                    }
                    command = opens(word, &mut nest, &mut scan)?;
                }
            }
        }
        all.mention(text.get(kept..)?);
        nest.is_empty().then_some(all)
    }

    /// How often a name stands in the text as anything but `$NAME` and `${NAME}`.
    pub(super) fn mentions(&self, name: &str) -> usize {
        self.mentions.get(name).copied().unwrap_or_default()
    }

    fn mention(&mut self, text: &'a str) {
        let (mut rest, mut before) = (text, "");
        while let Some(start) = rest.find(is_word) {
            let (skipped, from) = rest.split_at(start);
            let (word, after) = from.split_at(from.find(|c| !is_word(c)).unwrap_or(from.len()));
            let before_word = if skipped.is_empty() { before } else { skipped };
            let expanded =
                before_word.ends_with('$') || before_word.ends_with("${") && after.starts_with('}');
            if !expanded {
                *self.mentions.entry(word).or_default() += 1;
            }
            (rest, before) = (after, word);
        }
    }
}

fn is_word(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '_'
}

/// A word as an assignment: the name, and what is behind `=` where it is a word.
fn assignment(word: &str) -> Option<(&str, Option<&str>)> {
    let (name, rest) = word.split_at(word.find(|c| !is_word(c))?);
    let value = rest.strip_prefix('=');
    let assigns = value.is_some() || rest.starts_with("+=") || rest.starts_with('[') && rest.contains("]=");
    let is_name = !name.is_empty() && !name.starts_with(|c: char| c.is_ascii_digit());
    (is_name && assigns).then(|| (name, value.filter(|value| !value.starts_with('('))))
}

/// What the first word of a command opens or closes, and whether another command may follow it at once.
fn opens(word: &str, nest: &mut Vec<u8>, scan: &mut Scan<'_>) -> Option<bool> {
    let closes = match word {
        "{" => b'}',
        "if" => b'f',
        "while" | "until" | "for" | "select" => b'd',
        "case" => b'e',
        "then" | "else" | "elif" | "do" | "!" | "time" | "builtin" | "command" | "exec" => return Some(true),
        "function" => {
            scan.blanks();
            scan.word()?;
            return Some(true);
        }
        "}" | "fi" | "done" | "esac" => {
            let own = match word {
                "}" => b'}',
                "fi" => b'f',
                "done" => b'd',
                _ => b'e',
            };
            return (nest.pop()? == own).then_some(false);
        }
        _ if ASSIGNS.contains(&word) || word.contains(['$', '"', '\'', '\\', '`']) => return None,
        _ => return Some(false),
    };
    nest.push(closes);
    Some(matches!(word, "{" | "if" | "while" | "until"))
}

struct Scan<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Scan<'a> {
    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn next(&mut self) -> Option<u8> {
        let byte = self.peek()?;
        self.at += 1;
        Some(byte)
    }

    fn blanks(&mut self) {
        while self.peek().is_some_and(|byte| matches!(byte, b' ' | b'\t')) {
            self.at += 1;
        }
    }

    /// To the end of the line.
    fn line(&mut self) {
        while self.peek().is_some_and(|byte| byte != b'\n') {
            self.at += 1;
        }
    }

    fn redirect(&mut self) {
        while self.peek().is_some_and(|byte| matches!(byte, b'<' | b'>' | b'&' | b'|')) {
            self.at += 1;
        }
    }

    /// Whether nothing but a comment follows on the line.
    fn ends(&self) -> bool {
        let rest = self.rest();
        let next = rest.trim_start_matches([' ', '\t']);
        next.is_empty() || next.starts_with('\n') || next.starts_with('#') && next.len() < rest.len()
    }

    /// A word with all its quotes, and an array with all its words.
    fn word(&mut self) -> Option<&'a str> {
        let start = self.at;
        let mut last = 0;
        while let Some(byte) = self.peek() {
            match byte {
                b'(' if last == b'=' => {
                    self.at += 1;
                    self.through(b')', 0)?;
                    break;
                }
                b' ' | b'\t' | b'\n' | b';' | b'&' | b'|' | b'(' | b')' | b'<' | b'>' => break,
                _ => {
                    self.at += 1;
                    self.quoted(byte, 0)?;
                }
            }
            last = byte;
        }
        self.text.get(start..self.at)
    }

    /// Passes over what this sign opens.
    fn quoted(&mut self, byte: u8, depth: usize) -> Option<()> {
        match (byte, self.peek()) {
            (b'\\', _) => self.next().map(|_| ()),
            (b'\'' | b'"' | b'`', _) => self.through(byte, depth + 1),
            (b'$', Some(open @ (b'(' | b'{' | b'\''))) => {
                self.at += 1;
                match open {
                    b'(' => self.through(b')', depth + 1),
                    b'{' => self.through(b'}', depth + 1),
                    _ => loop {
                        match self.next()? {
                            b'\\' => _ = self.next()?,
                            b'\'' => break Some(()),
                            _ => {}
                        }
                    },
                }
            }
            _ => Some(()),
        }
    }

    /// Passes over what stands up to a closing sign, and over that.
    fn through(&mut self, close: u8, depth: usize) -> Option<()> {
        if depth > 16 {
            return None;
        }
        let mut last = 0;
        loop {
            let byte = self.next()?;
            match (close, byte) {
                _ if byte == close => return Some(()),
                (b'\'', _) => {}
                // In `"${A:-'}"` it is a letter, in `${A:-'}'}` a quote.
                (b'}', b'\'') => return None,
                (b'"', b'\'') => {}
                (b'"', b'$') if self.peek() == Some(b'\'') => {}
                (b')', b'(') => self.through(b')', depth + 1)?,
                (b')', b'#') if matches!(last, b' ' | b'\t' | b'\n' | b'(') => self.line(),
                _ => self.quoted(byte, depth)?,
            }
            last = byte;
        }
    }
}
