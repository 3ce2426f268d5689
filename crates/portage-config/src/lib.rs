//! A Gentoo machine's whole Portage configuration as one typed, layered TOML file.
//!
//! A *spec* says what `/etc/portage` and the files beside it hold: make.conf, `package.use/`, `repos.conf/`, fstab,
//! the initramfs' configuration, and so on. The library reads it, merges its layers, checks what it means, writes
//! the files, and compares them with a machine. It never prints, and never looks at the environment or at a path that
//! it was not given; the command `portage-config` is a thin program on top of it.
//!
//! # From a spec to a machine
//!
//! | step | function | gives |
//! |---|---|---|
//! | 1. read and merge the layers | [`spec::load`] | [`spec::Resolved`]: for each root a [`config::Config`], and the [`spec::Origins`] of its entries |
//! | 2. check what it means | [`lint::check`]; [`lint::with_repositories`] to the packages that there are | findings in a [`report::Report`] |
//! | 3. write the files | [`render::render`] with [`template::Templates`] | a [`tree::Tree`] in memory |
//! | 4. put them somewhere | [`tree::Tree::write_to`] | a folder: a chroot, an image, a repository |
//! | 5. compare with what is there | [`diff::diff`] with a [`root::Root`] | a list of [`diff::Change`], by meaning and as text, [related](diff::relate) to each other |
//! | 6. change it | [`plan::Plan::new`], [`plan::Plan::apply`] | a [`plan::Plan`] with what stands against it; a generation that [`plan::Plan::back`] takes back |
//! | or write over it | [`diff::over`] with a [`root::Root`] | a [`tree::Tree`] that changes no more than step 5 shows |
//! | the way back | [`tree::Tree::scan`] of a [`root::Root`], [`spec::import`] | [`spec::Imported`]: a spec of what is there, and how each file is carried |
//! | both sides changed a file | [`merge::three_way`], [`merge::take_back`] | [`merge::Merged`]: the file with the changes of both, and what they disagree on |
//! | one entry | [`edit::root`], [`edit::spec`] | [`edit::Edits`], [`edit::EditedSpec`]: the files in which one entry changes in place |
//!
//! [`config::Config`] is the waist: checks, rendering and differences know it alone, and nothing of specs. One file
//! by itself goes through [`syntax::read`] and [`render::update`], without any of the rest; one entry of a file that is
//! there is changed by a statement, see [`edit`].
//!
//! ```
//! use std::collections::BTreeMap;
//! use portage_config::{lint, render, report::Report, spec, template::Templates, tree::Node, vocab::RelPath};
//!
//! let text = r#"
//! spec = 1
//! extends = ["site.toml"]
//! [make.conf]
//! USE.add = "wifi"
//! ["package.use/editors"]
//! ## the only script in use
//! "app-editors/vim" = "lua -X"
//! "#;
//! let site = "spec = 1\n[make.conf]\nUSE = \"-gui nls\"\n";
//! let files = BTreeMap::from([("host.toml".into(), text.into()), ("site.toml".into(), site.into())]);
//!
//! let mut report = Report::new();
//! let spec = spec::load("host.toml", &spec::Options::new(&files), &mut report).ok_or("no answer")?;
//! let root = spec.roots.first().ok_or("no root")?;
//! lint::check(&root.config, &mut report);
//! assert!(!report.has_errors());
//!
//! let tree = render::render(&root.config, &Templates::builtin(), &mut report).ok_or("not rendered")?;
//! let bytes = |path: &str| match tree.nodes.get(&RelPath::parse(path).ok()?) {
//!     Some(Node::File { bytes, .. }) => Some(String::from_utf8_lossy(&bytes.0)),
//!     _ => None,
//! };
//! assert_eq!(bytes("etc/portage/make.conf").as_deref(), Some("USE=\"-gui nls wifi\"\n"));
//! assert_eq!(
//!     bytes("etc/portage/package.use/editors").as_deref(),
//!     Some("# the only script in use\napp-editors/vim lua -X\n"),
//! );
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! From files to a spec, a change in a layer above it, and back into the file: only what differs changes.
//!
//! ```
//! use std::collections::BTreeMap;
//! use portage_config::config::{Body, Bytes};
//! use portage_config::{render::update, report::Report, spec, tree::{Node, Tree}, vocab::RelPath};
//!
//! let path = RelPath::parse("etc/portage/package.use")?;
//! let text = "app-editors/vim   X   # for the clipboard\n\n# games-util/steam-launcher -steamruntime\n";
//! let mut tree = Tree::new();
//! tree.insert(path.clone(), Node::File { bytes: Bytes(text.into()), mode: 0o644 });
//!
//! let mut report = Report::new();
//! let imported = spec::import(&tree, "desk", &mut report);
//! let host = "spec = 1\nextends = [\"desk.toml\"]\n[package.use]\n\"app-editors/vim\".add = \"lua\"\n";
//! let files = BTreeMap::from([("desk.toml".into(), imported.spec.into()), ("host.toml".into(), host.into())]);
//! let spec = spec::load("host.toml", &spec::Options::new(&files), &mut report).ok_or("no answer")?;
//!
//! let file = spec.roots.first().and_then(|root| root.config.files.get(&path)).ok_or("no file")?;
//! let (Body::Model(model), Some(kind)) = (&file.body, file.kind) else { return Err("no entries".into()) };
//! let changed = update(kind, model, file.own, text.as_bytes())?;
//! assert_eq!(changed, text.replace("X ", "X lua ").as_bytes());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Modules
//!
//! Each imports only those above it in this table; a test holds them to it. Modules of one row do not know each
//! other. One exception: `[check]` in a spec names codes, so [`spec`] asks [`codes`] for them.
//!
//! | | |
//! |---|---|
//! | [`vocab`] | words: atoms, versions, USE flags, keywords, tuples, paths. No files, no layout |
//! | [`report`], [`model`], [`target`] | findings with their places; what a file says, in seven shapes, or its bytes; a machine, and what follows from it |
//! | [`mod@file`] | the kinds of files: where they lie, their language, what is wrong with one alone |
//! | [`syntax`] | the languages: from text to model and back, without losing a byte |
//! | [`config`] | all files of a root |
//! | [`tree`] | files in memory |
//! | [`root`] | a machine's folder that no path leads out of |
//! | [`ebuild`], [`manifest`] | ebuilds: what a text says, and edits that change nothing else of it; the sizes and hashes of a package's files |
//! | [`repository`] | ebuild repositories: packages, layout.conf, metadata.xml, md5-cache, and changes of them; those of a machine, in Portage's order |
//! | [`overlay`] | overlays: made, checked, added to a machine |
//! | [`resolve`] | what Portage makes of a machine, and which line says so |
//! | [`impact`] | what a change means for the packages that are installed |
//! | [`fleet`] | several machines: why they differ, and whether one can use the binary packages of another |
//! | [`spec`], [`lint`], [`template`], [`state`] | layers; what a configuration means; layout; what was written to a root last |
//! | [`render`] | models to bytes, through a gate |
//! | [`merge`] | what two sides made of one file |
//! | [`diff`] | what differs |
//! | [`edit`], [`plan`] | one entry of a file or a spec changes in place; what has to be done, and what stands against it |
//! | [`apply`], [`mend`] | doing it, in steps that can be taken back; what a finding says is to be written, written |
//! | [`codes`] | the catalogue of findings |
//!
//! # What is promised
//!
//! * **Lossless.** [`syntax::write`] of what [`syntax::read`] gave changes no byte. What cannot be read is kept
//!   byte for byte, and reported with its place.
//! * **There and back.** The spec that [`spec::import`] makes of a tree changes nothing where it is written over that
//!   tree ([`diff::over`]): no byte, mode, link or time. Rendered into an empty folder, it gives files from which
//!   Portage resolves the same. Tests ask the real Portage, of trees made for it and of random ones.
//! * **Faithful.** No byte is rendered that does not read back as the model it was made from; a template that adds or
//!   drops anything is an error.
//! * **The consumer's reading.** Each language is read as its consumer reads it: Portage's `getconfig` and
//!   `grabdict`, Python's configparser and tomllib, bash, libmount. Tests compare with the real ones.
//! * **Meaning is Portage's.** The differences that [`diff`] tells of are empty, those aside that are
//!   [`same`](diff::Meaning::same), exactly where Portage takes both trees alike. Tests ask the real one about random
//!   edits of random trees.
//! * **Secrets stay in files.** A secret parameter and credentials in a value ([`vocab::mask`]) read `‹hidden›` everywhere
//!   but in the file they belong in, which nobody but its reader can read ([`render::reader`]); where everybody has
//!   to read it, they are an error ([`lint::exposed`]).
//! * **All or nothing.** [`plan::Plan::apply`] writes down what it is about to do, compares each place with what the plan
//!   was made for, and changes each by one rename. What fails is taken back, what is cut off is finished by the next run or
//!   taken back by it. What somebody else wrote is a conflict, never overwritten without being told. Tests make every
//!   system call that writes fail in turn, and kill the program at each.
//! * **Inside the root.** Every path and link is resolved inside the folder that is the machine's `/`, as in a chroot.
//! * **No panic** on any input, and the same output for the same input.
//!
//! # Seven shapes, not a trait for each kind
//!
//! There are some ninety kinds of files, but few languages: rules (`package.use`), items (`package.mask`), variables
//! (make.conf), INI (repos.conf), pairs (kernel fragments), fstab, and TOML. [`model::Model`] is a closed enum of
//! these seven shapes, and of bytes for files without entries (bashrc, hooks, patches); a kind is a row of data,
//! [`file::Kind`]: place, grammar, template, mode, and a check.
//! A generic type for each kind would have given typed fields to Rust programs, at the price of a reader, a writer, a
//! merge, a difference and a template for each. This way they are written once for a shape, and a further kind
//! is one row, one template and its documentation. What the words of a kind mean is in tables ([`vocab::variables`],
//! [`file::ugrd::parameters`]) and in its check.
//!
//! # Limitations
//!
//! * The value of a variable that is replaced as a whole is written anew: line breaks and odd blanks inside it go. Where
//!   words are added or removed, and in rules, fstab rows and TOML lists, only those words are touched. Other entries
//!   keep every byte.
//! * An edit of a file that has several names (hard links) leaves the others with the old text. Entries of files that
//!   `source` names, and of named roots of a spec, are not edited.
//! * What [`edit`] says of the effects of an edit knows the profile as far as it lies in the root, not the masks in the
//!   `profiles` folder of each ebuild repository.
//! * A comment above an entry that is removed stays: whether it was about that entry alone, no program can tell.
//! * Two entries that change places may leave their comments where they were: entries are aligned by what they say.
//! * A folder that is a layer is read as a whole, into memory. Links whose target is no UTF-8 cannot be said, and are
//!   reported.
//! * An entry that is said in two lines of a file cannot be said as an entry of a spec, nor can `source` in
//!   make.conf: order and repetition would be lost. Such a file is said as `text`; it is parsed and checked all the
//!   same. [`spec::import`] does so, and says why.
//! * An imported spec keeps comments that stand between the entries of a file, but they are not written into a new
//!   file: those directly above an entry, behind one, and at the top of the file are.
//! * An import takes links as links. What they lead to is not part of the spec unless it lies among the paths that are
//!   read.
//! * Checks do not read files that `source` names: those may lie outside the configuration. References to what they
//!   set are left as they stand.
//! * [`lint::check`] judges what the configuration itself says. Whether a package, flag or profile exists is a question to
//!   ebuild repositories: [`lint::with_repositories`]. Ebuilds are never run: of one that has no entry in `metadata/md5-cache`
//!   no more is known than its text says in so many words, and an entry is believed without asking whether it is stale.
//! * Files in a shell's language are assignments and comments. Anything else is a command, which would run as root:
//!   it is kept where it is, reported, and never added.
//! * [`merge`] knows of order what each side says: where a new entry of one side is to stand among entries that the
//!   other side alone has, nobody said. Of order that both sides changed, that of the file stays. Entries that stand in
//!   several lines are merged by lines where both sides changed them, words of rules aside.
//! * [`diff::over`] gives what is to be written over a root, and removes nothing; files that a spec wants absent stay.
//! * [`plan`] knows as ours what a generation wrote or found as the configuration wants it. A plan that has nothing to do
//!   writes nothing, so a root that agrees from the start has no generation, and nothing there is ours.
//! * On file systems that cannot exchange two names at once a folder that takes the place of a file (or a file that of a
//!   folder) is put there in two steps; a run that is cut off between them leaves nothing at the path until the next.
//! * A generation holds modes, owners, times of files and extended attributes; not access times, nor times of folders.
#![deny(missing_docs)]

pub mod apply;
pub mod codes;
pub mod config;
pub mod diff;
mod each;
pub mod ebuild;
pub mod edit;
pub mod file;
pub mod fleet;
pub mod impact;
pub mod lint;
pub mod manifest;
mod meaning;
pub mod mend;
pub mod merge;
pub mod model;
pub mod overlay;
pub mod plan;
pub mod render;
pub mod report;
pub mod repository;
pub mod resolve;
pub mod root;
pub mod spec;
pub mod state;
pub mod syntax;
pub mod target;
pub mod template;
pub mod tree;
pub mod vocab;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
