//! `[file."PATH"]`: what is said of a file as a file.

use std::collections::HashMap;

use super::LayerId;
use super::code;
use super::form;
use super::header;
use super::origin::{Effect, Touch};
use super::param;
use super::root::{Base, Builder, State, Voice};
use super::source::{Node, NodeValue, at};
use super::words;
use crate::config::Own;
use crate::report::{Report, Span};
use crate::syntax;
use crate::vocab::RelPath;

impl Builder<'_> {
    /// `[file."PATH"]`.
    pub(super) fn file(
        &mut self,
        voice: &Voice<'_>,
        name: &str,
        node: &Node,
        said: &mut HashMap<RelPath, Span>,
    ) {
        let Some(path) = self.path(name, node.key_span) else { return };
        let Some(table) = node.table() else {
            at(self.report, &code::S008, node.span, format!("`[file.\"{name}\"]` is a table"));
            return;
        };
        let fill = match table.get("fill").map(|node| (&node.value, node.span)) {
            None | Some((NodeValue::Boolean(false), _)) => false,
            Some((NodeValue::Boolean(true), _)) => true,
            Some((_, span)) => {
                at(self.report, &code::S008, span, "`fill` is true or false");
                false
            }
        };
        let kind = self.kind(&path);
        let mut contents = 0;
        for (key, node) in table {
            let base = match (key.as_str(), &node.value) {
                ("text", NodeValue::String(text)) => {
                    let text = if fill {
                        param::expand(text, node.span, self.filled, &str::to_owned, self.report)
                    } else {
                        Some(text.as_str().into())
                    };
                    text.map(Base::Text)
                }
                ("link", NodeValue::String(target)) => self.link(target, node.span).map(Base::Link),
                ("dir", NodeValue::Boolean(true)) => Some(Base::Dir),
                ("own", NodeValue::String(own)) => match own.as_str() {
                    "absent" => Some(Base::Absent),
                    "none" => Some(Base::HandsOff),
                    "whole" | "entries" | "once" => {
                        let own = match own.as_str() {
                            "entries" => Own::Entries,
                            "once" => Own::Once,
                            _ => Own::Whole,
                        };
                        let state = self.states.entry(path.clone()).or_default();
                        state.own = Some(own);
                        state.origins.file.push(touch(voice.layer, node.key_span, key));
                        None
                    }
                    _ => {
                        let near = header::nearest(own, words::OWN.into_iter());
                        let found = at(self.report, &code::S005, node.span, format!("`own` is not `{own}`"));
                        found.set_help(match near {
                            Some(near) => format!("did you mean `{near}`?"),
                            None => "it is `whole`, `entries`, `absent`, `none` or `once`".to_owned(),
                        });
                        None
                    }
                },
                ("mode", NodeValue::Integer(mode, radix)) => {
                    if let Some(mode) = self.mode(*mode, *radix, node.span) {
                        let state = self.states.entry(path.clone()).or_default();
                        state.mode = Some(mode);
                        state.origins.file.push(touch(voice.layer, node.key_span, key));
                    }
                    None
                }
                ("as" | "fill", _) => None,
                ("text" | "link" | "own" | "mode" | "dir", _) => {
                    let found = at(
                        self.report,
                        &code::S008,
                        node.span,
                        format!("`{key}` cannot be {}", node.type_name()),
                    );
                    found.set_help(match key.as_str() {
                        "mode" => "write the mode as an octal number: `mode = 0o644`",
                        "dir" => "`dir = true` is a folder; a file needs no word",
                        "text" => "`text` is a string, of several lines between `'''`",
                        "link" => "`link` is a string: what the link points to",
                        _ => "it is `whole`, `entries`, `absent`, `none` or `once`",
                    });
                    None
                }
                _ => {
                    let near = header::nearest(key, words::FILE.into_iter());
                    let found =
                        at(self.report, &code::S005, node.key_span, format!("`[file]` has no `{key}`"));
                    found.set_help(match near {
                        Some(near) => format!("did you mean `{near}`?"),
                        None if node.table().is_some() => {
                            format!("a path with a dot stands in quotes: `[file.\"{name}.{key}\"]`")
                        }
                        None => format!("it has {}; entries stand in `[\"{name}\"]`", words::FILE.join(", ")),
                    });
                    None
                }
            };
            let Some(base) = base else { continue };
            contents += 1;
            let state = self.states.entry(path.clone()).or_default();
            let gone = matches!(base, Base::Absent | Base::HandsOff);
            let (own, mode) = if gone { (None, None) } else { (state.own, state.mode) };
            let mut origins = std::mem::take(&mut state.origins);
            origins.file.push(touch(voice.layer, node.key_span, key));
            origins.entries.clear();
            *state = State { own, mode, origins, ..State::default() };
            if let (Base::Text(text), Some(kind)) = (&base, kind) {
                let model =
                    syntax::read(&kind.grammar, text.reveal().as_bytes(), &mut Report::new().file(&path));
                state.slots = form::slots(kind, &model);
                if text.is_secret() {
                    super::merge::hide(&mut state.slots);
                }
            }
            said.insert(path.clone(), node.key_span);
            state.base = base;
        }
        if contents > 1 {
            at(
                self.report,
                &code::S007,
                node.key_span,
                format!("`{name}` is said to be several things at once"),
            )
            .set_help("`text`, `link`, `dir` and an `own` that takes the file away exclude each other");
        }
    }

    fn link(&mut self, target: &str, span: Span) -> Option<String> {
        let text = param::expand(target, span, self.filled, &str::to_owned, self.report)?;
        if text.is_secret() {
            at(self.report, &code::S023, span, "a secret cannot be part of a link");
            return None;
        }
        if text.reveal().is_empty() || text.reveal().contains('\0') {
            at(self.report, &code::S011, span, "a link has a target");
            return None;
        }
        Some(text.reveal().to_owned())
    }

    fn mode(&mut self, mode: i64, radix: u32, span: Span) -> Option<u32> {
        // The digits of a decimal number that could be an octal one.
        let octal = (radix == 10).then(|| mode.to_string()).filter(|digits| digits.len() <= 4);
        let octal = octal.and_then(|digits| u32::from_str_radix(&digits, 8).ok());
        let (owner, others) = octal.map_or((0, 0), |bits| (bits >> 6 & 7, (bits >> 3 | bits) & 7));
        let meant = owner & 4 != 0 && others & !owner == 0;
        if let Ok(bits) = u32::try_from(mode)
            && bits <= 0o7777
            && (radix == 8 || (bits & 0o400 != 0 && !meant))
        {
            return Some(bits);
        }
        let found = at(self.report, &code::S011, span, format!("`{mode}` is no mode of a file"));
        found.set_help(match octal {
            Some(_) => format!("a mode is an octal number: did you mean `0o{mode}`?"),
            None => "a mode is an octal number: `0o644`".to_owned(),
        });
        None
    }
}

fn touch(layer: LayerId, span: Span, key: &str) -> Touch {
    Touch { layer, span, effect: Effect::Set, text: key.to_owned() }
}
