//! `overlay`.

mod new;

use crate::answer::Answer;
use crate::args::{Look, Overlay};

pub(crate) fn run(command: &Overlay, _look: &Look) -> Answer {
    match command {
        Overlay::New(args) => new::run(args),
    }
}
