import { memoryJournal } from "../../../src/platform/store/memory.ts";
import { journalStoreContract } from "../../contract/journal-store.ts";

journalStoreContract("the journal in memory", () => ({ make: memoryJournal }));
