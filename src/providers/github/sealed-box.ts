import { hsalsa, xsalsa20poly1305 } from "@noble/ciphers/salsa.js";
import { x25519 } from "@noble/curves/ed25519.js";
import { blake2b } from "@noble/hashes/blake2.js";

/**
 * libsodium's `crypto_box_seal`: an anonymous message that only the holder of the key can open.
 * https://doc.libsodium.org/public-key_cryptography/sealed_boxes
 * `ephemeral` is a fresh secret key of 32 random bytes unless a test gives one.
 */
export function seal(
  message: Uint8Array,
  publicKey: Uint8Array,
  ephemeral: Uint8Array = x25519.utils.randomSecretKey(),
): Uint8Array {
  const sender = x25519.getPublicKey(ephemeral);
  const nonce = blake2b(concat(sender, publicKey), { dkLen: 24 });
  const key = boxKey(x25519.getSharedSecret(ephemeral, publicKey));
  return concat(sender, xsalsa20poly1305(key, nonce).encrypt(message));
}

/** NaCl's `crypto_box_beforenm`: the shared point through HSalsa20 with a nonce of zeros. */
function boxKey(shared: Uint8Array): Uint8Array {
  const out = new Uint32Array(8);
  hsalsa(sigma, words(shared), new Uint32Array(4), out);
  const bytes = new Uint8Array(32);
  const view = new DataView(bytes.buffer);
  out.forEach((word, at) => {
    view.setUint32(at * 4, word, true);
  });
  return bytes;
}

const sigma = words(new TextEncoder().encode("expand 32-byte k"));

/** Little-endian 32-bit words. */
function words(bytes: Uint8Array): Uint32Array {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Uint32Array.from({ length: bytes.length / 4 }, (_, at) => view.getUint32(at * 4, true));
}

function concat(a: Uint8Array, b: Uint8Array): Uint8Array {
  const joined = new Uint8Array(a.length + b.length);
  joined.set(a);
  joined.set(b, a.length);
  return joined;
}
