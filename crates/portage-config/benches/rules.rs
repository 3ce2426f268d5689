//! How long package.use takes to be read, written anew, updated in place and merged: 10 to 100,000 rules.
#![allow(clippy::expect_used, clippy::indexing_slicing)]

use divan::counter::ItemsCount;
use divan::{Bencher, black_box};
use portage_config::config::{Config, File};
use portage_config::file::Kind;
use portage_config::merge::three_way;
use portage_config::model::Model;
use portage_config::render::render;
use portage_config::report::Report;
use portage_config::syntax;
use portage_config::template::Templates;
use portage_config::vocab::RelPath;

const SIZES: [usize; 4] = [10, 1_000, 10_000, 100_000];

fn main() {
    divan::main();
}

/// A file as people have it: a comment now and then, versions, slots, groups.
fn text(rules: usize) -> String {
    let mut text = String::new();
    for n in 0..rules {
        match n % 5 {
            0 => {
                text +=
                    &format!("# required by app-misc/parent-{n}\n>=dev-libs/library{n}-1.{n} static-libs\n")
            }
            1 => text += &format!("media-libs/thing{n}:2 -X wayland\n"),
            2 => text += &format!("*/thing{n} VIDEO_CARDS: -* intel\n"),
            3 => text += &format!("dev-lang/tongue{n} lto pgo -nls jit\n"),
            _ => text += &format!("app-misc/tool{n}::gentoo -gui\n"),
        }
    }
    text
}

fn kind() -> &'static Kind {
    portage_config::file::named("package.use").expect("a kind of its own")
}

fn path() -> RelPath {
    RelPath::parse("etc/portage/package.use").expect("a path")
}

fn model(text: &str) -> Model {
    let path = path();
    let mut report = Report::new();
    let model = syntax::read(&kind().grammar, text.as_bytes(), &mut report.file(&path));
    assert!(report.diagnostics.is_empty(), "the sample holds a mistake");
    model
}

#[divan::bench(args = SIZES)]
fn read(bencher: Bencher<'_, '_>, rules: usize) {
    let text = text(rules);
    let path = path();
    bencher.counter(ItemsCount::new(rules)).bench(|| {
        let mut report = Report::new();
        syntax::read(&kind().grammar, black_box(text.as_bytes()), &mut report.file(&path))
    });
}

#[divan::bench(args = SIZES)]
fn update_one_rule(bencher: Bencher<'_, '_>, rules: usize) {
    let text = text(rules);
    let mut model = model(&text);
    if let Model::Rules(model) = &mut model {
        model.rules[rules / 2].words.push("added".to_owned());
    }
    bencher.counter(ItemsCount::new(rules)).bench(|| {
        syntax::write(&kind().grammar, black_box(text.as_bytes()), &model).expect("it can be said")
    });
}

#[divan::bench(args = SIZES)]
fn render_new(bencher: Bencher<'_, '_>, rules: usize) {
    let mut config = Config::default();
    config.files.insert(path(), File::model_of(kind(), model(&text(rules))));
    let templates = Templates::builtin();
    bencher.counter(ItemsCount::new(rules)).bench(|| {
        let mut report = Report::new();
        render(black_box(&config), &templates, &mut report).expect("it renders")
    });
}

/// Each side changes another quarter of the rules, and both add some.
#[divan::bench(args = SIZES)]
fn merge(bencher: Bencher<'_, '_>, rules: usize) {
    let base = text(rules);
    let changed = |rest: usize, word: &str| {
        let mut text = String::new();
        for (n, line) in base.lines().enumerate() {
            text += line;
            if n % 4 == rest && !line.starts_with('#') {
                text += word;
            }
            text.push('\n');
            if n % 40 == rest {
                text += &format!("app-new/{}{n} x\n", word.trim());
            }
        }
        text
    };
    let (ours, theirs) = (changed(1, " ours"), changed(3, " theirs"));
    bencher.counter(ItemsCount::new(rules)).bench(|| {
        let sides = (black_box(ours.as_bytes()), black_box(theirs.as_bytes()));
        three_way(Some(kind()), Some(base.as_bytes()), sides.0, sides.1).expect("it can be said")
    });
}
