import type { Catalogue } from "./entry.ts";

export const platformErrors: Catalogue = {
  JOURNAL_CORRUPT: {
    what: "The journal (`state.db`) is damaged, so testx cannot tell for certain what it did before.",
    why: "The file was cut, overwritten or edited by something else, restored without its `-wal` file, or the disk returned wrong data.",
    next: "Nothing was sent and the file is left as it is. Restore the state folder from a backup. Without one, move it aside (`mv .testx .testx.damaged`) and run `testx integrations plan`: setup finds what exists in the services and adopts it, but those things can no longer be rolled back.",
    exit: 4,
  },
  STATE_DISK_FULL: {
    what: "There is no space left, or nearly none, on the disk that holds the state folder.",
    why: "testx writes down every step before it takes it; without space, or where no more files can be made, it stops before the next write is sent.",
    next: "Free some space (`df -h`; `df -i` counts files), or choose another disk with `--state DIR` for new work, then run the same command again: it goes on where it stopped.",
    exit: 4,
  },
  STATE_READ_ONLY: {
    what: "testx may not write to its state folder.",
    why: "The folder or the file system is read-only, or it belongs to another user (a run with `sudo` leaves files that belong to root).",
    next: 'Look at `ls -la .testx`; give the folder to your user (`sudo chown -R "$USER" .testx`), or name a writable one with `--state DIR`.',
    exit: 4,
  },
  STATE_IO: {
    what: "The operating system could not read or write the state folder.",
    why: "It is a link that leads nowhere or holds a folder in a file's place; or the disk or network file system failed, was unmounted, or ran out of file handles.",
    next: "Mend what the message names, or check the disk (`dmesg`, `df`); put the state folder on a local disk (`--state DIR`). Then run the same command again: what was recorded is settled first.",
    exit: 4,
  },
  STATE_TOO_NEW: {
    what: "The state folder was written by a newer testx.",
    why: "Somebody ran a newer version on this folder; an older one could misread what it recorded.",
    next: "Update testx, or use another folder with `--state DIR`.",
    exit: 4,
  },
  STATE_BUSY: {
    what: "Another process kept the journal busy for too long.",
    why: "A second testx, a backup or a database browser holds `state.db` open for writing.",
    next: "Close what has `.testx/state.db` open (`lsof .testx/state.db` names it), then run the same command again.",
    exit: 4,
  },
};
