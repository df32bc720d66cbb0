import { getBuiltinModule } from "node:process";
import type { InputType, ZlibOptions } from "node:zlib";

export function isEncoded(encoding: string | undefined): encoding is string {
  return encoding !== undefined && encoding !== "" && encoding !== "identity";
}

/**
 * Undoes the content encodings of a body, last one first. Rejects with zlib's error, which has
 * the code ERR_BUFFER_TOO_LARGE when more than `maxBytes` would come out.
 */
export async function decode(body: Buffer, encoding: string, maxBytes: number): Promise<Buffer> {
  const names = encoding.split(",").map((name) => name.trim().toLowerCase());
  if (names.length > 3) throw new Error("too many content encodings");
  let plain = body;
  for (const name of names.reverse()) plain = await undo(name, plain, maxBytes);
  return plain;
}

type Unpack = (
  input: InputType,
  options: ZlibOptions,
  done: (error: Error | null, result: Buffer) => void,
) => void;

function undo(name: string, body: Buffer, maxBytes: number): Promise<Buffer> {
  if (name === "identity" || name === "") return Promise.resolve(body);
  const zlib = getBuiltinModule("node:zlib");
  const unpackers: Readonly<Record<string, Unpack>> = {
    gzip: zlib.gunzip,
    "x-gzip": zlib.gunzip,
    br: zlib.brotliDecompress as Unpack,
    // Some servers leave out the zlib header that the standard asks for.
    deflate: (body[0]! & 0x0f) === 0x08 ? zlib.inflate : zlib.inflateRaw,
  };
  const unpack = Object.hasOwn(unpackers, name) ? unpackers[name] : undefined;
  if (unpack === undefined) return Promise.reject(new Error(`unknown content encoding ${name}`));
  return new Promise((resolve, reject) => {
    unpack(body, { maxOutputLength: maxBytes }, (error, result) => {
      if (error === null) resolve(result);
      else reject(error);
    });
  });
}
