//! Work on many things at once.

/// Does something with each, on all processors; what comes of it stands in the same order.
pub(crate) fn each<T: Sync, R: Send>(all: &[T], what: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let size = all.len().div_ceil(threads.max(1) * 4).max(16);
    if threads < 2 || all.len() <= size {
        return all.iter().map(what).collect();
    }
    let parts: Vec<&[T]> = all.chunks(size).collect();
    let next = std::sync::atomic::AtomicUsize::new(0);
    let work = || {
        let mut done = Vec::new();
        while let Some(part) = {
            let at = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            parts.get(at).map(|part| (at, part))
        } {
            done.push((part.0, part.1.iter().map(&what).collect::<Vec<R>>()));
        }
        done
    };
    let mut done: Vec<(usize, Vec<R>)> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        let results = workers.into_iter().map(std::thread::ScopedJoinHandle::join);
        // One that panicked passes it on.
        results.flat_map(|result| result.unwrap_or_else(|panic| std::panic::resume_unwind(panic))).collect()
    });
    done.sort_by_key(|(at, _)| *at);
    done.into_iter().flat_map(|(_, part)| part).collect()
}
