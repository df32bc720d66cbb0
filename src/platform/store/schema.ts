/**
 * Steps from an empty file to the newest form; `user_version` counts those taken. A step that
 * has been released is never changed: add one.
 *
 * `entries` is the journal itself. The other tables only point into it, so that not every
 * question needs the whole history: `marks` to where runs begin and end, `live` to the `done`
 * entries that have not been undone, `writes` to all entries about writes that could still be
 * undone, `sightings` to the `seen` entry that came last for a receipt.
 */
export const migrations: readonly string[] = [
  `
  CREATE TABLE entries (
    seq  INTEGER PRIMARY KEY,
    run  TEXT NOT NULL,
    at   INTEGER NOT NULL,
    body TEXT NOT NULL,
    sum  INTEGER NOT NULL
  ) STRICT;
  CREATE TRIGGER entries_do_not_change BEFORE UPDATE ON entries
    BEGIN SELECT RAISE(ABORT, 'journal entries are never changed'); END;
  CREATE TRIGGER entries_stay BEFORE DELETE ON entries
    BEGIN SELECT RAISE(ABORT, 'journal entries are never removed'); END;

  CREATE TABLE marks (seq INTEGER PRIMARY KEY) STRICT;

  CREATE TABLE live (
    step     TEXT NOT NULL,
    seq      INTEGER NOT NULL,
    op       TEXT,
    sighting INTEGER NOT NULL,
    sum      INTEGER NOT NULL,
    PRIMARY KEY (step, seq)
  ) STRICT, WITHOUT ROWID;
  `,
  `
  CREATE TABLE writes (
    op   TEXT NOT NULL,
    seq  INTEGER NOT NULL,
    done INTEGER NOT NULL,
    PRIMARY KEY (op, seq)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE sightings (step TEXT PRIMARY KEY, seq INTEGER NOT NULL) STRICT, WITHOUT ROWID;

  INSERT INTO writes
    SELECT body ->> 'op', seq, body ->> 'type' = 'done' FROM entries
    WHERE body ->> 'type' IN ('intent', 'done', 'undo-intent', 'undo-failed')
    AND body ->> 'op' IS NOT NULL AND body ->> 'op' NOT IN
      (SELECT body ->> 'op' FROM entries WHERE body ->> 'type' IN ('absent', 'undone'));
  `,
  "CREATE TABLE loose_ends (name TEXT PRIMARY KEY, seq INTEGER NOT NULL) STRICT, WITHOUT ROWID;",
];

/** "tstx" in a file's header: tells our databases from others. */
export const applicationId = 0x74737478;

/** What is there in the newest form. */
export const tables = ["entries", "marks", "live", "writes", "sightings", "loose_ends"] as const;
