import { createPrivateKey, type KeyObject, sign } from "node:crypto";
import { fail } from "../../core/failure.ts";

/**
 * RS256 (RSA with SHA-256) of a text, as base64url.
 * @throws TestxError CREDENTIAL_KEY_INVALID
 */
export function rs256(key: string, text: string): string {
  return sign("RSA-SHA256", Buffer.from(text), keyOf(key)).toString("base64url");
}

function keyOf(pem: string): KeyObject {
  try {
    // Variables hold it in one line at times.
    const key = createPrivateKey(pem.includes("\n") ? pem : pem.replaceAll("\\n", "\n"));
    if (key.asymmetricKeyType === "rsa") return key;
  } catch {
    // What the library says may repeat the key.
  }
  return fail("CREDENTIAL_KEY_INVALID", "The private key is no RSA key in PEM format.");
}
