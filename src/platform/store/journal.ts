import { statSync } from "node:fs";
import { join } from "node:path";
import type { DatabaseSync } from "node:sqlite";
import type { Entry, EntryBody } from "../../core/journal.ts";
import type { Operation } from "../../core/ledger.ts";
import type { LooseEnd } from "../../core/loose-ends.ts";
import { once } from "../../core/once.ts";
import type { Clock, JournalStore, Receipt, RunRecord } from "../../core/ports.ts";
import type { StepId } from "../../core/step.ts";
import { createJournalFile, lookIntoJournalFile, openJournalFile } from "./database.ts";
import { throwStoreFailure } from "./failures.ts";
import { group } from "./group.ts";
import { journalReader } from "./reader.ts";
import { type Append, journalWriter } from "./writer.ts";

export interface JournalOptions {
  /** How long another process may hold the journal before it counts as stuck. 5 s. */
  readonly busyMs?: number;
  /** Only reads, and leaves the file's form and permissions as they are. */
  readonly looking?: boolean;
}

interface Connection {
  readonly db: DatabaseSync;
  readonly read: ReturnType<typeof journalReader>;
  /** Made for the first entry: most commands write none. */
  readonly write: () => ReturnType<typeof journalWriter>;
}

/**
 * The journal in `state.db` of a state folder. Opening makes nothing: folder and file come
 * with the first entry, so that commands that only look leave no trace.
 *
 * @throws TestxError JOURNAL_CORRUPT, STATE_TOO_NEW, STATE_READ_ONLY, STATE_DISK_FULL,
 * STATE_IO, STATE_BUSY: here for a file that cannot be opened, later by each method.
 */
export function sqliteJournal(
  folder: string,
  clock: Pick<Clock, "now">,
  options: JournalOptions = {},
): JournalStore {
  const file = join(folder, "state.db");
  let connection: Connection | undefined;
  let open = true;

  const connect = (): Connection => {
    const { busyMs = 5_000, looking = false } = options;
    const db = looking ? lookIntoJournalFile(file, busyMs) : openJournalFile(file, busyMs);
    try {
      return { db, read: journalReader(db, file), write: once(() => journalWriter(db)) };
    } catch (error) {
      db.close();
      throw error;
    }
  };
  const guarded = <T>(work: () => T): T => {
    if (!open) throw new Error("the journal is closed");
    try {
      return work();
    } catch (error) {
      throwStoreFailure(error, file);
    }
  };
  const reading = <T>(empty: T, work: (read: Connection["read"]) => T): T =>
    guarded(() => {
      if (!connection && isThere(file)) connection = connect();
      return connection ? work(connection.read) : empty;
    });

  const commits = group((batch: readonly Append[]): readonly (readonly Entry[])[] =>
    guarded(() => {
      if (!connection) {
        if (!isThere(file)) createJournalFile(file);
        connection = connect();
      }
      return connection.write()(batch);
    }),
  );

  connection = guarded(() => (isThere(file) ? connect() : undefined));
  return {
    async append(run, bodies: readonly EntryBody[]) {
      if (!open) throw new Error("the journal is closed");
      const texts = bodies.map((body) => JSON.stringify(body));
      return commits.add({ run, at: clock.now(), bodies: texts });
    },
    entries: (run) => reading<readonly Entry[]>([], (read) => read.entries(run)),
    operations: (which) => reading<readonly Operation[]>([], (read) => read.operations(which)),
    looseEnds: () => reading<readonly LooseEnd[]>([], (read) => read.looseEnds()),
    runs: () => reading<readonly RunRecord[]>([], (read) => read.runs()),
    receipts: () => reading<ReadonlyMap<StepId, Receipt>>(new Map(), (read) => read.receipts()),
    close() {
      if (!open) return;
      commits.flush();
      open = false;
      connection?.db.close();
    },
  };
}

/** Throws where that cannot be known: a locked folder, or a file in its place, is no empty one. */
function isThere(file: string): boolean {
  try {
    statSync(file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return false;
    throw error;
  }
}
