import sodium from "libsodium-wrappers";
import { beforeAll, expect, test } from "vitest";
import { seal } from "../../../src/providers/github/sealed-box.ts";
import { openBox, publicKey as ownKey } from "../../../src/sandbox/github/sealed.ts";

beforeAll(() => sodium.ready);

test.each([0, 1, 63, 64, 65, 1000, 49_152])("libsodium opens a box with %i bytes", (length) => {
  const { publicKey, privateKey } = sodium.crypto_box_keypair();
  const message = sodium.randombytes_buf(length);
  const box = seal(message, publicKey);
  expect(box.length).toBe(length + 48);
  expect(sodium.crypto_box_seal_open(box, publicKey, privateKey)).toEqual(message);
});

test("two boxes of one message differ", () => {
  const { publicKey } = sodium.crypto_box_keypair();
  const message = new TextEncoder().encode("the same");
  expect(Buffer.from(seal(message, publicKey))).not.toEqual(Buffer.from(seal(message, publicKey)));
});

test("with a known ephemeral key the box is the one that libsodium's parts come to", () => {
  const recipient = sodium.crypto_box_seed_keypair(new Uint8Array(32).fill(3));
  const ephemeral = new Uint8Array(32).fill(9);
  const message = new TextEncoder().encode("canary");
  const sender = sodium.crypto_scalarmult_base(ephemeral);
  const nonce = sodium.crypto_generichash(
    24,
    new Uint8Array([...sender, ...recipient.publicKey]),
    null,
  );
  const inner = sodium.crypto_box_easy(message, nonce, recipient.publicKey, ephemeral);
  expect(seal(message, recipient.publicKey, ephemeral)).toEqual(
    new Uint8Array([...sender, ...inner]),
  );
});

test("the stand-in opens what libsodium has sealed, and nothing else", () => {
  const box = sodium.crypto_box_seal("for the stand-in", ownKey());
  expect(Buffer.from(openBox(box)!).toString()).toBe("for the stand-in");
  box[40]! ^= 1;
  expect(openBox(box)).toBeUndefined();
  expect(openBox(new Uint8Array(10))).toBeUndefined();
});
