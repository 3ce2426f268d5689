//! Templates: layout only.
//!
//! A template decides where comments and blank lines go and how columns are set. It sees a *view* made of a model:
//! words already in order, values already quoted. It has no filters, no tests, no functions, no macros and no
//! includes, and what it writes has to read back as the model, see [`crate::render`].
//!
//! | grammar | a template sees |
//! |---|---|
//! | all | `header`: the lines of the comment at the head, without `#`; each entry has `comment.above` (lines) and `comment.behind` (a text, or none) |
//! | rules | `rules`: `key`, `group` (or none), `words` |
//! | items | `items`: `text` |
//! | variables | `statements`: `source` (a quoted path, or none), `export` (`"export "` or empty), `name`, `operator` (`=` or `+=`), `value` (quoted) |
//! | INI | `sections`: `name`, `keys`, each with `key` and `value` (continued lines indented) |
//! | pairs | `pairs`: `key`, `value`, `line` (both, as the file has them) |
//! | fstab | `mounts`: `source`, `target`, `fstype`, `options`, `dump`, `pass`, escaped, padded to columns; without options the last three are empty |
//! | TOML | `sections`: `title` (`[a.b]`, or none), `entries`, each with `key` and `value` as TOML has them |

mod builtin;
mod environment;
mod view;
mod words;

use std::fmt;
use std::sync::{LazyLock, OnceLock};

use minijinja::Environment;

use crate::file::{Kind, kinds};
use crate::model::Model;
use crate::report::Key;
use crate::syntax::Refusal;

/// The built-in templates, all of them: for those who add their own to them.
static BUILTIN: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut environment = environment::environment();
    for (name, source) in builtin::TEMPLATES {
        // A template that does not parse is missed when it is asked for, and by the tests.
        let _ = environment.add_template(name, source);
    }
    environment
});

/// The same, each alone, parsed when the first file of its kind is rendered: most runs render few kinds, or none.
static ALONE: [OnceLock<Environment<'static>>; builtin::TEMPLATES.len()] =
    [const { OnceLock::new() }; builtin::TEMPLATES.len()];

/// A built-in template.
fn one(name: &str) -> Option<&'static Environment<'static>> {
    let mut all = builtin::TEMPLATES.iter().zip(&ALONE);
    let ((name, source), alone) = all.find(|((known, _), _)| *known == name)?;
    Some(alone.get_or_init(|| {
        let mut environment = environment::environment();
        let _ = environment.add_template(name, source);
        environment
    }))
}

/// The built-in templates, with an override in front of them where one is given.
#[derive(Clone)]
pub struct Templates {
    /// The built-in templates and those that were added, once there are such.
    own: Option<Environment<'static>>,
}

impl Templates {
    /// The built-in templates.
    pub fn builtin() -> Self {
        Self { own: None }
    }

    fn environment(&self) -> &Environment<'static> {
        self.own.as_ref().unwrap_or(&BUILTIN)
    }

    /// The names of all templates: their paths below `templates/`, in the order of the kinds. Files without entries
    /// have none.
    ///
    /// ```
    /// use portage_config::template::Templates;
    /// assert!(Templates::names().any(|name| name == "etc/portage/package.use.j2"));
    /// ```
    pub fn names() -> impl Iterator<Item = &'static str> {
        kinds().iter().filter_map(|kind| kind.template)
    }

    /// The text of a built-in template, to begin an own one with.
    pub fn source(name: &str) -> Option<&'static str> {
        builtin::TEMPLATES.iter().find(|(known, _)| *known == name).map(|(_, source)| *source)
    }

    /// Adds (or replaces) a template. `name` is its path below `templates/`.
    ///
    /// ```
    /// use portage_config::template::Templates;
    /// let mut templates = Templates::builtin();
    /// let error = templates.add("etc/portage/package.uses.j2", String::new()).unwrap_err();
    /// assert_eq!(error.message, "is of no use to any kind of file; did you mean `etc/portage/package.use.j2`?");
    /// ```
    ///
    /// # Errors
    /// When it does not parse, no kind uses it, or it names what it cannot see.
    pub fn add(&mut self, name: &str, source: String) -> Result<(), TemplateError> {
        let Some(kind) = kinds().iter().find(|kind| kind.template == Some(name)) else {
            let message = match nearest(name) {
                Some(near) => format!("is of no use to any kind of file; did you mean `{near}`?"),
                None => "is of no use to any kind of file".to_owned(),
            };
            return Err(TemplateError::new(name, message));
        };
        let mut environment = self.environment().clone();
        environment
            .add_template_owned(name.to_owned(), source)
            .map_err(|error| environment::error(name, &error))?;
        let known = view::fields(&kind.grammar);
        let template = environment.get_template(name).map_err(|error| environment::error(name, &error))?;
        let mut unknown: Vec<_> = template.undeclared_variables(false).into_iter().collect();
        unknown.retain(|field| !known.contains(&field.as_str()));
        unknown.sort();
        if let Some(field) = unknown.first() {
            let message = format!("`{field}` is not known here; there are `{}`", known.join("` and `"));
            return Err(TemplateError::new(name, message));
        }
        self.own = Some(environment);
        Ok(())
    }

    /// The text that a kind's template makes of a model. It is not yet known to read back as the model.
    pub(crate) fn render(&self, kind: &Kind, model: &Model) -> Result<String, RenderError> {
        let Some(name) = kind.template else {
            return Err(Refusal::new(Key::file(), "a file without entries has no template").into());
        };
        let view = view::view(&kind.grammar, model)?;
        let mut environment = match &self.own {
            Some(environment) => environment.clone(),
            None => one(name).cloned().unwrap_or_else(environment::environment),
        };
        environment.set_fuel(Some(view.fuel));
        let rendered = environment.get_template(name).and_then(|template| template.render(view.value));
        rendered.map_err(|error| match words::control(model) {
            Some(key) => Refusal::new(key, "a text holds a control character").into(),
            None => environment::error(name, &error).into(),
        })
    }
}

impl Default for Templates {
    fn default() -> Self {
        Self::builtin()
    }
}

impl fmt::Debug for Templates {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.environment().templates().map(|(name, _)| name)).finish()
    }
}

fn nearest(name: &str) -> Option<&'static str> {
    Templates::names()
        .map(|known| (strsim::normalized_damerau_levenshtein(name, known), known))
        .filter(|(likeness, _)| *likeness > 0.6)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, known)| known)
}

/// Why a template cannot be used.
#[derive(Clone, Debug, thiserror::Error)]
#[error("template `{name}`: {message}")]
#[non_exhaustive]
pub struct TemplateError {
    /// The template.
    pub name: String,
    /// A lower-case fragment.
    pub message: String,
    /// The line, from 1.
    pub line: Option<usize>,
}

impl TemplateError {
    /// An error about a template as a whole.
    pub(crate) fn new(name: &str, message: impl Into<String>) -> Self {
        Self { name: name.to_owned(), message: message.into(), line: None }
    }
}

/// Why a file was not rendered.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RenderError {
    /// The file's language cannot say a value.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The template is at fault.
    #[error(transparent)]
    Template(#[from] TemplateError),
}

#[cfg(test)]
mod tests;
