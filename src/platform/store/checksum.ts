/**
 * Covers all columns of a row, so that a flipped bit in any of them shows. It guards against
 * failing disks, not against people.
 */
export function checksum(...columns: readonly (string | number | null)[]): number {
  return crc32(JSON.stringify(columns));
}

/**
 * As `crc32` of node:zlib, of UTF-8. That module takes longer to load than it takes to compute
 * all that a short command reads.
 */
export function crc32(text: string): number {
  let crc = -1;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code > 127) return crc32OfBytes(new TextEncoder().encode(text));
    crc = (table[(crc ^ code) & 255] as number) ^ (crc >>> 8);
  }
  return ~crc >>> 0;
}

function crc32OfBytes(bytes: Uint8Array): number {
  let crc = -1;
  for (const byte of bytes) crc = (table[(crc ^ byte) & 255] as number) ^ (crc >>> 8);
  return ~crc >>> 0;
}

const table = Int32Array.from({ length: 256 }, (_, index) => {
  let crc = index;
  for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? 0xedb88320 ^ (crc >>> 1) : crc >>> 1;
  return crc;
});
