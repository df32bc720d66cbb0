import { createPrivateKey, createPublicKey, diffieHellman } from "node:crypto";
import { hsalsa, xsalsa20poly1305 } from "@noble/ciphers/salsa.js";
import { blake2b } from "@noble/hashes/blake2.js";
import { once } from "../../core/once.ts";

export const keyId = "568250167242549743";

/** The stand-in's own key pair; it protects nothing, because all of its data is made up. */
const secretKey = once(() => {
  // PKCS #8 of a bare X25519 key: https://www.rfc-editor.org/rfc/rfc8410#section-7
  const head = Buffer.from("302e020100300506032b656e04220420", "hex");
  const key = Buffer.concat([head, Buffer.alloc(32, 7)]);
  return createPrivateKey({ key, format: "der", type: "pkcs8" });
});
/** 32 bytes. */
export const publicKey = once(() => {
  const { x } = createPublicKey(secretKey()).export({ format: "jwk" });
  return Buffer.from(x as string, "base64url");
});

/** Opens libsodium's sealed box; `undefined` when it was not sealed for this key. */
export function openBox(box: Uint8Array): Uint8Array | undefined {
  if (box.length < 48) return undefined;
  const sender = box.subarray(0, 32);
  try {
    const nonce = blake2b(Buffer.concat([sender, publicKey()]), { dkLen: 24 });
    const key = new Uint32Array(8);
    const sigma = words(Buffer.from("expand 32-byte k"));
    hsalsa(sigma, words(sharedWith(sender)), new Uint32Array(4), key);
    const bytes = Buffer.alloc(32);
    key.forEach((word, at) => {
      bytes.writeUInt32LE(word, at * 4);
    });
    return xsalsa20poly1305(bytes, nonce).decrypt(box.subarray(32));
  } catch {
    return undefined;
  }
}

function sharedWith(sender: Uint8Array): Uint8Array {
  const x = Buffer.from(sender).toString("base64url");
  const key = { kty: "OKP", crv: "X25519", x };
  return diffieHellman({
    privateKey: secretKey(),
    publicKey: createPublicKey({ key, format: "jwk" }),
  });
}

function words(bytes: Uint8Array): Uint32Array {
  const buffer = Buffer.from(bytes);
  return Uint32Array.from({ length: bytes.length / 4 }, (_, at) => buffer.readUInt32LE(at * 4));
}
