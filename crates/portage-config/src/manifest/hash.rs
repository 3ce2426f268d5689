//! Hashing: many files on several threads, one large file on two.

use std::fmt;
use std::io::{self, Read};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};

use sha2::Digest as _;

use super::Sums;

/// So much is read at once; both hashes see it while it is near the processor.
const BLOCK: usize = 256 * 1024;

/// A file of less is not worth a second thread.
const LARGE: u64 = 4 * 1024 * 1024;

/// Blocks on the way to the second thread.
const AHEAD: usize = 4;

/// A hash that is computed here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Algorithm {
    /// BLAKE2b, 512 bits.
    Blake2b,
    /// SHA-2, 256 bits.
    Sha256,
    /// SHA-2, 512 bits.
    Sha512,
}

impl Algorithm {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Blake2b, Self::Sha256, Self::Sha512];

    /// The one of a name in a Manifest or in layout.conf.
    ///
    /// ```
    /// use portage_config::manifest::Algorithm;
    /// assert_eq!(Algorithm::parse("BLAKE2B"), Some(Algorithm::Blake2b));
    /// assert_eq!(Algorithm::parse("WHIRLPOOL"), None);
    /// ```
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|algorithm| algorithm.name() == name)
    }

    /// Its name in a Manifest.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Blake2b => "BLAKE2B",
            Self::Sha256 => "SHA256",
            Self::Sha512 => "SHA512",
        }
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What opens a file.
pub type Open<'a> = dyn Fn() -> io::Result<Box<dyn Read + Send>> + Send + Sync + 'a;

/// A file to be hashed.
pub struct Source<'a> {
    size: u64,
    open: Box<Open<'a>>,
}

impl<'a> Source<'a> {
    /// A file of about this size, by which the work is shared out, that is opened when its turn comes.
    pub fn new(size: u64, open: impl Fn() -> io::Result<Box<dyn Read + Send>> + Send + Sync + 'a) -> Self {
        Self { size, open: Box::new(open) }
    }

    /// About how many bytes it has.
    pub fn size(&self) -> u64 {
        self.size
    }
}

impl fmt::Debug for Source<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Source").field("size", &self.size).finish_non_exhaustive()
    }
}

/// Hashes files on so many threads, the largest first; the answers are in the order of the files. `progress` is told
/// of each block how many bytes it has.
///
/// ```
/// use portage_config::manifest::{Algorithm, Source, hash};
/// let source = Source::new(3, || Ok(Box::new(&b"abc"[..])));
/// let sums = hash(&[source], &[Algorithm::Blake2b, Algorithm::Sha512], 2, &|_| {});
/// let sums = sums.into_iter().next().ok_or("no answer")??;
/// assert_eq!(sums.size, 3);
/// assert!(sums.hashes["SHA512"].starts_with("ddaf35a193617aba"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn hash(
    sources: &[Source<'_>],
    algorithms: &[Algorithm],
    threads: usize,
    progress: &(dyn Fn(u64) + Sync),
) -> Vec<io::Result<Sums>> {
    let threads = threads.max(1);
    let mut order: Vec<usize> = (0..sources.len()).collect();
    order.sort_by_key(|at| std::cmp::Reverse(sources.get(*at).map_or(0, Source::size)));
    let total = sources.iter().fold(0u64, |sum, source| sum.saturating_add(source.size));
    let queue = Mutex::new((order.into_iter(), total));
    let answers: Mutex<Vec<Option<io::Result<Sums>>>> = Mutex::new(sources.iter().map(|_| None).collect());
    let others = u64::try_from(threads - 1).unwrap_or(u64::MAX);
    let work = || {
        loop {
            let mut waiting = queue.lock().unwrap_or_else(PoisonError::into_inner);
            let Some(at) = waiting.0.next() else { break };
            let Some(source) = sources.get(at) else { break };
            waiting.1 = waiting.1.saturating_sub(source.size);
            // Alone it would keep one thread busy when the others have nothing left to do.
            let alone = others > 0 && source.size >= LARGE && source.size > waiting.1 / others;
            drop(waiting);
            let sums = (source.open)().and_then(|mut file| match alone {
                true => split(&mut *file, algorithms, progress),
                false => together(&mut *file, algorithms, progress),
            });
            let mut answers = answers.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(answer) = answers.get_mut(at) {
                *answer = Some(sums);
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..threads.min(sources.len()) {
            scope.spawn(work);
        }
        work();
    });
    let answers = answers.into_inner().unwrap_or_else(PoisonError::into_inner);
    let none = || Err(io::Error::other("was not hashed"));
    answers.into_iter().map(|answer| answer.unwrap_or_else(none)).collect()
}

enum State {
    Blake2b(Box<blake2b_simd::State>),
    Sha256(Box<sha2::Sha256>),
    Sha512(Box<sha2::Sha512>),
}

impl State {
    fn new(algorithm: Algorithm) -> Self {
        match algorithm {
            Algorithm::Blake2b => Self::Blake2b(Box::default()),
            Algorithm::Sha256 => Self::Sha256(Box::default()),
            Algorithm::Sha512 => Self::Sha512(Box::default()),
        }
    }

    fn update(&mut self, block: &[u8]) {
        match self {
            Self::Blake2b(state) => {
                state.update(block);
            }
            Self::Sha256(state) => state.update(block),
            Self::Sha512(state) => state.update(block),
        }
    }

    /// The name of the hash, and its digits.
    fn finish(self) -> (String, String) {
        let (algorithm, digits) = match self {
            Self::Blake2b(state) => (Algorithm::Blake2b, digits(state.finalize().as_bytes())),
            Self::Sha256(state) => (Algorithm::Sha256, digits(&state.finalize())),
            Self::Sha512(state) => (Algorithm::Sha512, digits(&state.finalize())),
        };
        (algorithm.name().to_owned(), digits)
    }
}

fn digits(bytes: &[u8]) -> String {
    let digit = |value: u8| char::from_digit(value.into(), 16).unwrap_or_default();
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

/// Reads until the block is full or the file ends.
fn fill(file: &mut dyn Read, block: &mut [u8]) -> io::Result<usize> {
    let mut full = 0;
    while let Some(rest) = block.get_mut(full..).filter(|rest| !rest.is_empty()) {
        match file.read(rest) {
            Ok(0) => break,
            Ok(count) => full += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(full)
}

fn bytes(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

/// All hashes on this thread.
fn together(
    file: &mut dyn Read,
    algorithms: &[Algorithm],
    progress: &(dyn Fn(u64) + Sync),
) -> io::Result<Sums> {
    let mut states: Vec<State> = algorithms.iter().copied().map(State::new).collect();
    let mut block = vec![0; BLOCK];
    let mut size = 0;
    loop {
        let count = fill(file, &mut block)?;
        if count == 0 {
            break;
        }
        let full = block.get(..count).unwrap_or_default();
        states.iter_mut().for_each(|state| state.update(full));
        size += bytes(count);
        progress(bytes(count));
    }
    Ok(Sums { size, hashes: states.into_iter().map(State::finish).collect() })
}

/// The slowest hash on a thread of its own, the others and the reading on this one.
fn split(file: &mut dyn Read, algorithms: &[Algorithm], progress: &(dyn Fn(u64) + Sync)) -> io::Result<Sums> {
    let slowest = algorithms.iter().copied().max_by_key(|algorithm| match algorithm {
        Algorithm::Blake2b => 0,
        Algorithm::Sha256 => 1,
        Algorithm::Sha512 => 2,
    });
    let Some(slowest) = slowest.filter(|_| algorithms.len() > 1) else {
        return together(file, algorithms, progress);
    };
    let rest = algorithms.iter().copied().filter(|algorithm| *algorithm != slowest);
    let mut states: Vec<State> = rest.map(State::new).collect();
    let (send, receive): (SyncSender<Block>, Receiver<Block>) = sync_channel(AHEAD);
    let (give_back, take_back): (SyncSender<Vec<u8>>, Receiver<Vec<u8>>) = sync_channel(AHEAD * 2);
    std::thread::scope(|scope| {
        let far = scope.spawn(move || {
            let mut state = State::new(slowest);
            for block in receive {
                state.update(block.0.get(..block.1).unwrap_or_default());
                if let Ok(block) = Arc::try_unwrap(block.0) {
                    // Nobody takes it when all is read.
                    let _ = give_back.try_send(block);
                }
            }
            state.finish()
        });
        let mut size = 0;
        loop {
            let mut block = take_back.try_recv().unwrap_or_else(|_| vec![0; BLOCK]);
            let count = fill(file, &mut block)?;
            if count == 0 {
                break;
            }
            let block = Arc::new(block);
            let sent = send.send((Arc::clone(&block), count));
            let full = block.get(..count).unwrap_or_default();
            states.iter_mut().for_each(|state| state.update(full));
            size += bytes(count);
            progress(bytes(count));
            if sent.is_err() {
                break;
            }
        }
        drop(send);
        let far = far.join().map_err(|_| io::Error::other("a thread that hashes ended"))?;
        Ok(Sums { size, hashes: states.into_iter().map(State::finish).chain([far]).collect() })
    })
}

type Block = (Arc<Vec<u8>>, usize);

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn source(bytes: &[u8]) -> Source<'_> {
        Source::new(super::bytes(bytes.len()), move || {
            Ok(Box::new(std::io::Cursor::new(bytes.to_vec())) as Box<dyn Read + Send>)
        })
    }

    fn whole(bytes: &[u8]) -> Sums {
        let hashes = [
            ("BLAKE2B".to_owned(), blake2b_simd::blake2b(bytes).to_hex().to_string()),
            ("SHA256".to_owned(), digits(&sha2::Sha256::digest(bytes))),
            ("SHA512".to_owned(), digits(&sha2::Sha512::digest(bytes))),
        ];
        Sums { size: super::bytes(bytes.len()), hashes: hashes.into() }
    }

    #[test]
    fn large_files_are_split_and_hash_the_same() {
        let large: Vec<u8> = (0..9_000_001u32).map(|at| (at % 251) as u8).collect();
        let read = std::sync::atomic::AtomicU64::new(0);
        let progress = |count| {
            read.fetch_add(count, std::sync::atomic::Ordering::Relaxed);
        };
        for threads in [0, 1, 2, 5] {
            let sources = [source(b"small"), source(&large), source(b"")];
            let sums = hash(&sources, &Algorithm::ALL, threads, &progress);
            let sums: Vec<Sums> = sums.into_iter().map(Result::unwrap).collect();
            assert_eq!(sums, [whole(b"small"), whole(&large), whole(b"")], "{threads}");
        }
        assert_eq!(read.into_inner(), 4 * (9_000_001 + 5));
    }

    #[test]
    fn what_cannot_be_read_is_said_of_that_file_alone() {
        struct Bad;
        impl Read for Bad {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::Error::other("broken"))
            }
        }
        for size in [1, LARGE * 2] {
            let sources = [
                Source::new(size, || Ok(Box::new(Bad))),
                Source::new(1, || Err(io::ErrorKind::NotFound.into())),
                source(b"x"),
            ];
            let sums = hash(&sources, &Algorithm::ALL, 2, &|_| {});
            assert_eq!(sums[0].as_ref().unwrap_err().to_string(), "broken");
            assert!(sums[1].is_err());
            assert_eq!(sums[2].as_ref().unwrap(), &whole(b"x"));
        }
    }

    proptest! {
        #[test]
        fn any_reader_gives_the_same(bytes in prop::collection::vec(any::<u8>(), 0..600_000), step in 1usize..70_000) {
            struct Slow<'a>(&'a [u8], usize);
            impl Read for Slow<'_> {
                fn read(&mut self, block: &mut [u8]) -> io::Result<usize> {
                    let count = block.len().min(self.1);
                    self.0.read(&mut block[..count])
                }
            }
            let mut slow = Slow(&bytes, step);
            prop_assert_eq!(split(&mut slow, &Algorithm::ALL, &|_| {}).unwrap(), whole(&bytes));
        }
    }
}
