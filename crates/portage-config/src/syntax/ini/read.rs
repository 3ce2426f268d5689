//! From a text to its model.

use std::ops::Range;

use super::doc::{Doc, TileKind};
use super::judge;
use crate::file::IniDialect;
use crate::model::{Comment, Ini, IniKey, IniSection};
use crate::report::{Findings, Key};
use crate::vocab::Text;

pub(super) fn read(dialect: IniDialect, text: &[u8], findings: &mut Findings<'_>) -> Ini {
    let doc = Doc::parse(dialect, text);
    for fault in judge::faults(dialect, &doc) {
        findings.range(fault.code, fault.key, fault.range, fault.message).set_help(fault.help);
    }
    model(&doc)
}

/// The model of a document.
pub(super) fn model(doc: &Doc<'_>) -> Ini {
    let comment = |index| Comment { above: doc.comments(doc.above(index)), behind: None };
    let sections = doc
        .sections()
        .into_iter()
        .map(|section| IniSection {
            name: section.name.to_owned(),
            keys: keys(doc, section.header..section.end)
                .map(|(index, name, value)| IniKey {
                    key: name.to_owned(),
                    value: Text::from(value),
                    comment: comment(index),
                })
                .collect(),
            comment: comment(section.header),
        })
        .collect();
    Ini { header: doc.comments(doc.header()), sections }
}

/// The keys among some tiles: index, name, value.
pub(super) fn keys<'a>(
    doc: &'a Doc<'_>,
    range: Range<usize>,
) -> impl Iterator<Item = (usize, &'a str, &'a str)> + 'a {
    let tiles = doc.tiles.get(range.clone()).unwrap_or_default();
    tiles.iter().zip(range.start..).filter_map(|(tile, index)| match &tile.kind {
        TileKind::Key { name, value, .. } => Some((index, name.as_str(), value.as_str())),
        _ => None,
    })
}

pub(super) fn spans(dialect: IniDialect, text: &[u8]) -> Vec<(Key, Range<usize>)> {
    let doc = Doc::parse(dialect, text);
    let mut all = Vec::new();
    for section in doc.sections() {
        let tiles = doc.tiles.get(section.header..section.end).unwrap_or_default();
        for tile in tiles {
            let key = match &tile.kind {
                TileKind::Section(name) => Key::of(name),
                TileKind::Key { name, .. } => Key::of(section.name).then(name),
                _ => continue,
            };
            let words = text.get(tile.range.clone()).unwrap_or_default();
            let ending = words.iter().rev().take_while(|b| matches!(b, b'\n' | b'\r')).count();
            all.push((key, tile.range.start..tile.range.end - ending));
        }
    }
    all
}
