import { crc32 } from "node:zlib";

/**
 * Covers everything in a row, so that a flipped bit in any of its columns shows. It guards
 * against failing disks, not against people.
 */
export function checksum(seq: number, run: string, at: number, body: string): number {
  return crc32(`${seq}\n${run}\n${at}\n${body}`);
}
