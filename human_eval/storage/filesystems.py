"""Where SQLite may lie: on a disk of this machine, whose locks hold."""

from pathlib import Path

import psutil

from human_eval.errors import StorageError

# Shared with other machines, or a bucket behind a file system: locks and a shared memory file do not hold
# there (https://sqlite.org/howtocorrupt.html#_filesystems_with_broken_or_missing_lock_implementations,
# https://sqlite.org/wal.html).
SHARED = {
    "9p",
    "afs",
    "beegfs",
    "ceph",
    "cifs",
    "gfs2",
    "glusterfs",
    "lustre",
    "nfs",
    "nfs4",
    "smb3",
    "smbfs",
}
FUSE = "fuse."
# Of containers on one machine.
LOCAL_FUSE = {"fuse.fuse-overlayfs", "fuse.grpcfuse", "fuse.osxfs"}


def check_is_local(path: Path) -> None:
    """Refuse a file of SQLite on a file system where it would be damaged.

    Raises
    ------
    StorageError
    """
    kind = _kind(path.resolve())
    if kind in SHARED or (kind.startswith(FUSE) and kind not in LOCAL_FUSE):
        raise StorageError(
            f"The database of human evaluation, {path}, cannot be used: SQLite would be damaged on a file "
            f"system of the kind {kind}. Set AMARATHON_DATA to a folder of this machine's own disk, or "
            "DATABASE_URL to PostgreSQL; AMARATHON_BACKUPS may lie there."
        )


def _kind(path: Path) -> str:
    """The kind of file system that a path lies on; empty where nothing says it."""
    mounted = [each for each in psutil.disk_partitions(all=True) if path.is_relative_to(each.mountpoint)]
    # Of two in one place the later one is seen.
    found = max(enumerate(mounted), key=lambda each: (len(each[1].mountpoint), each[0]), default=None)
    return str(found[1].fstype) if found else ""
