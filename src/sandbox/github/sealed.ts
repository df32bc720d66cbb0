import { hsalsa, xsalsa20poly1305 } from "@noble/ciphers/salsa.js";
import { x25519 } from "@noble/curves/ed25519.js";
import { blake2b } from "@noble/hashes/blake2.js";

/** The stand-in's own key pair; it protects nothing, because all of its data is made up. */
const secretKey = new Uint8Array(32).fill(7);
const publicKey = x25519.getPublicKey(secretKey);

export const keyId = "568250167242549743";
export const publicKeyBase64 = Buffer.from(publicKey).toString("base64");

/** Opens libsodium's sealed box; `undefined` when it was not sealed for this key. */
export function openBox(box: Uint8Array): Uint8Array | undefined {
  if (box.length < 48) return undefined;
  const sender = box.subarray(0, 32);
  try {
    const nonce = blake2b(Buffer.concat([sender, publicKey]), { dkLen: 24 });
    const key = new Uint32Array(8);
    const sigma = words(Buffer.from("expand 32-byte k"));
    hsalsa(sigma, words(x25519.getSharedSecret(secretKey, sender)), new Uint32Array(4), key);
    const bytes = Buffer.alloc(32);
    key.forEach((word, at) => {
      bytes.writeUInt32LE(word, at * 4);
    });
    return xsalsa20poly1305(bytes, nonce).decrypt(box.subarray(32));
  } catch {
    return undefined;
  }
}

function words(bytes: Uint8Array): Uint32Array {
  const buffer = Buffer.from(bytes);
  return Uint32Array.from({ length: bytes.length / 4 }, (_, at) => buffer.readUInt32LE(at * 4));
}
