import { getBuiltinModule } from "node:process";

const block = 512;

/**
 * A gzipped tar archive of text files, in the format of POSIX (ustar) that every tar reads. Names
 * of at most 100 bytes. `at`: ms since the epoch, for all of them.
 */
export function tarball(files: ReadonlyMap<string, string>, at: number): Buffer {
  const parts = [...files].flatMap(([name, text]) => {
    const body = Buffer.from(text, "utf8");
    const padding = Buffer.alloc((block - (body.length % block)) % block);
    return [header(name, body.length, at), body, padding];
  });
  // Two empty blocks are its end.
  return getBuiltinModule("node:zlib").gzipSync(Buffer.concat([...parts, Buffer.alloc(2 * block)]));
}

/** https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html#tag_20_94_13_06 */
function header(name: string, size: number, at: number): Buffer {
  const bytes = Buffer.byteLength(name);
  if (bytes > 100) throw new Error(`the name ${name} is too long for a tar archive`);
  const head = Buffer.alloc(block);
  const octal = (value: number, offset: number, digits: number): void => {
    head.write(`${value.toString(8).padStart(digits - 1, "0")}\0`, offset, "latin1");
  };
  head.write(name, 0, "utf8");
  octal(0o600, 100, 8);
  octal(0, 108, 8);
  octal(0, 116, 8);
  octal(size, 124, 12);
  octal(Math.floor(at / 1000), 136, 12);
  head.write("        0", 148, "latin1");
  head.write("ustar\x0000", 257, "latin1");
  const sum = head.reduce((all, byte) => all + byte, 0);
  head.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  return head;
}
