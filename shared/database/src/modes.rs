//! Which other users may read a database: it holds passwords and the server's secret.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use crate::lock::beside;

/// The bits of a mode that let other users read or write.
const OTHERS: u32 = 0o066;

/// A line about each file of the database that other users may read or write.
pub(crate) fn open_to_others(path: &Path) -> Vec<String> {
    let files = ["", "-wal", "-shm"].map(|end| beside(path, end));
    let lines = files.into_iter().flatten().filter_map(|file| {
        let mode = fs::metadata(&file).ok()?.mode() & 0o777;
        let shown = file.display();
        (mode & OTHERS != 0).then(|| {
            format!(
                "{shown} holds passwords, and other users of this machine may open it (mode \
                 {mode:04o}): chmod 600 {shown}"
            )
        })
    });
    lines.collect()
}
