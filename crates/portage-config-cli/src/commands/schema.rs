//! `schema`.

use std::path::Path;

use crate::answer::{Answer, Data};
use crate::args::Schema;
use crate::commands::write;
use crate::{codes, schema};

pub(crate) fn run(args: &Schema) -> Answer {
    let mut answer = Answer::default();
    let text = match serde_json::to_string_pretty(&schema::schema()) {
        Ok(text) => text + "\n",
        Err(error) => {
            return answer.failed(&codes::CANNOT_WRITE, format!("cannot write the schema: {error}"), None);
        }
    };
    match args.out.as_deref().filter(|path| *path != Path::new("-")) {
        Some(path) => {
            if !write::file(path, text.as_bytes(), 0o644, args.force, &mut answer) {
                return answer.nothing();
            }
            answer.more.out = Some(path.display().to_string());
        }
        None => {
            answer.more.text = Some(text.clone());
            answer.data = Data::Bytes(text.into_bytes());
        }
    }
    answer
}
