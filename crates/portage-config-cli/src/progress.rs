//! Work on all processors, and how far it is on a terminal.

use std::io::{IsTerminal, Write as _};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::args::{Format, Look};
use crate::excerpt::clean;

/// Nothing is said of what takes less.
const PATIENCE: Duration = Duration::from_secs(1);
const TICK: Duration = Duration::from_millis(100);

/// Does something to all, on as many processors as there are; says how far it is.
pub(crate) fn each<T: Send>(
    works: &mut [T],
    verb: &str,
    name: impl Fn(&T) -> String + Sync,
    look: &Look,
    what: impl Fn(&mut T) + Sync,
) {
    let threads = std::thread::available_parallelism().map_or(1, usize::from).min(works.len());
    let is_seen = Progress::is_seen(look);
    if threads < 2 && !is_seen {
        works.iter_mut().for_each(what);
        return;
    }
    let progress = Progress::new(verb, works.len());
    let queue = Mutex::new(works.iter_mut());
    std::thread::scope(|scope| {
        let work = || {
            loop {
                let next = queue.lock().unwrap_or_else(PoisonError::into_inner).next();
                let Some(work) = next else { break };
                progress.begin(&name(work));
                what(work);
                progress.end();
            }
        };
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        let shown = is_seen.then(|| scope.spawn(|| progress.show()));
        // One that panicked passes it on when the scope ends.
        workers.into_iter().for_each(|worker| drop(worker.join()));
        progress.stop();
        if let Some(shown) = shown {
            shown.thread().unpark();
        }
    });
}

/// Does something that tells how many bytes it has done with, of so many.
pub(crate) fn bytes<R>(
    verb: &str,
    total: u64,
    look: &Look,
    what: impl FnOnce(&(dyn Fn(u64) + Sync)) -> R,
) -> R {
    if !Progress::is_seen(look) {
        return what(&|_| {});
    }
    let done = AtomicU64::new(0);
    let over = AtomicBool::new(false);
    std::thread::scope(|scope| {
        let shown = scope.spawn(|| {
            show(&over, || {
                let done = done.load(Ordering::Relaxed);
                format!("{verb} {} of {}", amount(done), amount(total.max(done)))
            });
        });
        let result = what(&|count| {
            done.fetch_add(count, Ordering::Relaxed);
        });
        over.store(true, Ordering::Relaxed);
        shown.thread().unpark();
        result
    })
}

/// `12.3 MB`.
fn amount(bytes: u64) -> String {
    const UNITS: [&str; 4] = ["kB", "MB", "GB", "TB"];
    let (mut tenths, mut unit) = (bytes / 100, "kB");
    for next in UNITS {
        unit = next;
        if tenths < 10_000 {
            break;
        }
        if next != "TB" {
            tenths /= 1000;
        }
    }
    format!("{}.{} {unit}", tenths / 10, tenths % 10)
}

/// Shows a line again and again until it is over, once it has taken a while.
fn show(over: &AtomicBool, line: impl Fn() -> String) {
    let start = Instant::now();
    let mut written = false;
    while !over.load(Ordering::Relaxed) {
        if start.elapsed() >= PATIENCE {
            let _ = write!(std::io::stderr(), "\r\x1b[K{}", line());
            written = true;
        }
        std::thread::park_timeout(TICK);
    }
    if written {
        let _ = write!(std::io::stderr(), "\r\x1b[K");
    }
}

/// One line on standard error that is written again and again, and gone in the end.
struct Progress<'a> {
    verb: &'a str,
    total: usize,
    done: AtomicUsize,
    over: AtomicBool,
    name: Mutex<String>,
}

impl<'a> Progress<'a> {
    fn new(verb: &'a str, total: usize) -> Self {
        let (done, over, name) = (AtomicUsize::new(0), AtomicBool::new(false), Mutex::default());
        Self { verb, total, done, over, name }
    }

    /// Whether somebody would see it.
    fn is_seen(look: &Look) -> bool {
        !look.quiet && look.format == Format::Human && std::io::stderr().is_terminal()
    }

    /// Something begins.
    fn begin(&self, name: &str) {
        if let Ok(mut last) = self.name.lock() {
            *last = clean(name).chars().take(40).collect();
        }
    }

    /// Something is done.
    fn end(&self) {
        self.done.fetch_add(1, Ordering::Relaxed);
    }

    fn stop(&self) {
        self.over.store(true, Ordering::Relaxed);
    }

    /// Shows it until all is done.
    fn show(&self) {
        show(&self.over, || {
            let name = self.name.lock().map(|name| name.clone()).unwrap_or_default();
            let (verb, done, total) = (self.verb, self.done.load(Ordering::Relaxed), self.total);
            format!("{verb} {done}/{total} {name}")
        });
    }
}

#[cfg(test)]
mod tests {
    use super::amount;

    #[test]
    fn amounts_are_short() {
        let shown = [0, 99, 1500, 999_999, 1_000_000, 12_345_678, 1_073_741_824, 5_000_000_000_000_000];
        let shown = shown.map(amount);
        let expected = ["0.0 kB", "0.0 kB", "1.5 kB", "999.9 kB", "1.0 MB", "12.3 MB", "1.0 GB", "5000.0 TB"];
        assert_eq!(shown, expected);
    }
}
