import { isObject, type Json } from "../../src/core/json.ts";
import type { SandboxReply, SandboxRequest, SandboxService } from "../../src/core/stand-in.ts";

export const notesToken = "notes-token-4f9a8c7e6d5b";

export type Note = { id: number; title: string; text: string; colour: string; operation: string };
export type NotesState = { notes: Note[] };

/** A service small enough to be seen through, for tests of what stands around services. */
export const notesService: SandboxService<NotesState> = {
  id: "notes",
  initial: () => ({ notes: [] }),
  isWrite: ({ method }) => method !== "GET",
  canonical: ({ notes }) =>
    notes
      .map(({ title, text, colour }) => ({ title, text, colour }))
      .sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)),
  environment: (url) => ({ NOTES_API_URL: url, NOTES_TOKEN: notesToken }),

  handle(request, state, context) {
    if (request.headers.authorization !== `Bearer ${notesToken}`) return answer(401);
    const id = Number(/^\/notes\/(\d+)$/.exec(request.path)?.[1] ?? Number.NaN);
    if (request.method === "GET" && request.path === "/me") return answer(200, { name: "tester" });
    if (request.path === "/notes") return collection(request, state, context.next);
    const note = state.notes.find((candidate) => candidate.id === id);
    if (note === undefined) return answer(404);
    if (request.method === "DELETE") {
      state.notes = state.notes.filter((candidate) => candidate !== note);
      return { status: 204 };
    }
    if (request.method !== "PATCH") return answer(405);
    Object.assign(note, body(request));
    return answer(200, note);
  },
};

function collection(request: SandboxRequest, state: NotesState, next: () => number): SandboxReply {
  if (request.method === "GET") return answer(200, state.notes);
  if (request.method !== "POST") return answer(405);
  const note = { colour: "white", text: "", ...body(request), id: next() } as Note;
  state.notes.push(note);
  return answer(201, note);
}

function body(request: SandboxRequest): Record<string, Json> {
  const value: unknown = JSON.parse(request.body);
  return isObject(value) ? (value as Record<string, Json>) : {};
}

function answer(status: number, value?: Json): SandboxReply {
  return { status, body: value ?? { status } };
}
