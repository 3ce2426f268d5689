//! How templates are run: strictly, with an end, and with nothing but what they are given.

use minijinja::syntax::SyntaxConfig;
use minijinja::value::ValueKind;
use minijinja::{Environment, Error, ErrorKind, Output, State, UndefinedBehavior, Value};

use super::TemplateError;

/// An environment without templates.
pub(super) fn environment() -> Environment<'static> {
    let mut environment = Environment::empty();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_formatter(format);
    environment.set_debug(false);
    let syntax =
        SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).keep_trailing_newline(true).build();
    if let Ok(syntax) = syntax {
        environment.set_syntax(syntax);
    }
    environment
}

/// What was quoted for the file's language is written as it is; other texts have to stay on their line.
fn format(out: &mut Output<'_>, _state: &mut State<'_, '_>, value: &Value) -> Result<(), Error> {
    match (value.kind(), value.as_str()) {
        (ValueKind::String, Some(text)) if value.is_safe() => out.write_str(text)?,
        (ValueKind::String, Some(text)) => {
            if let Some(c) = text.chars().find(|c| c.is_control() && *c != '\t') {
                let message = format!("a text holds the control character `{}`", c.escape_default());
                return Err(Error::new(ErrorKind::InvalidOperation, message));
            }
            out.write_str(text)?;
        }
        (ValueKind::Number, _) => write!(out, "{value}")?,
        // An `if` without `else`.
        (ValueKind::Undefined, _) => {}
        (kind, _) => {
            let message = format!("a value is a {kind}, which cannot be written");
            return Err(Error::new(ErrorKind::InvalidOperation, message));
        }
    }
    Ok(())
}

/// The error in words of this crate. It never holds a value that the template has seen.
pub(super) fn error(name: &str, error: &Error) -> TemplateError {
    let message = match (error.kind(), error.detail()) {
        (ErrorKind::OutOfFuel, _) => "takes too many steps for so few entries".to_owned(),
        (ErrorKind::TemplateNotFound, _) => "is missing or does not parse".to_owned(),
        (kind, Some(detail)) => format!("{kind}: {detail}"),
        (kind, None) => kind.to_string(),
    };
    TemplateError { name: name.to_owned(), message, line: error.line() }
}
