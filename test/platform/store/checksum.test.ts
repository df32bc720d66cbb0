import { crc32 as reference } from "node:zlib";
import { expect, it } from "vitest";
import { checksum, crc32 } from "../../../src/platform/store/checksum.ts";
import fc from "../../support/property.ts";

it("is the CRC-32 that everybody computes", () => {
  expect(crc32("123456789")).toBe(0xcbf43926);
  expect(crc32("")).toBe(0);
  const text = fc.oneof(fc.string(), fc.string({ unit: "binary", maxLength: 200 }));
  fc.assert(
    fc.property(text, (one) => {
      expect(crc32(one)).toBe(reference(one));
    }),
  );
});

it("is that of the columns as they stand in the journals that are there", () => {
  expect(checksum(7, "r1", 1_700_000_000_000, '{"type":"seen","title":"page “é”"}', null)).toBe(
    reference('[7,"r1",1700000000000,"{\\"type\\":\\"seen\\",\\"title\\":\\"page “é”\\"}",null]'),
  );
});
