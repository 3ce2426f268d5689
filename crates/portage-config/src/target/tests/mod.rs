//! What follows from machines, by the systems it is for.
