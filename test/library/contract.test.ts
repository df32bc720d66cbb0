import { describe, it } from "vitest";
import { providerContract, type SandboxService, startSandbox } from "../../src/testing.ts";
import { type NotesState, notesService, notesToken } from "../support/notes-service.ts";
import { memos } from "./memos.ts";

const memosService: SandboxService<NotesState> = {
  ...notesService,
  environment: (url) => ({ NOTES_API_URL: url, MEMO_DOOR: notesToken }),
};

// The provider of the guide keeps what the guide says.
providerContract({
  provider: memos,
  samples: {
    config: {},
    kinds: {
      memo: { input: { title: "a", text: "b" }, changed: { title: "a", text: "c" } },
    },
  },
  codes: ["MEMOS_FAILED"],
  open: () => startSandbox({ services: [memosService] }),
  describe,
  it,
});
