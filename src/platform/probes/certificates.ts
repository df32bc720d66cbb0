import { getBuiltinModule } from "node:process";

const block = /-----BEGIN (?:TRUSTED |X509 )?CERTIFICATE-----[^-]*-----END [A-Z0-9 ]+-----/g;

/** Whether a text holds certificates, and none that OpenSSL cannot read: Node.js takes all or none. */
export function isCertificates(pem: string): boolean {
  const found = pem.match(block) ?? [];
  const opened = pem.match(/-----BEGIN [A-Z0-9 ]*CERTIFICATE-----/g) ?? [];
  if (found.length === 0 || found.length < opened.length) return false;
  const { X509Certificate } = getBuiltinModule("node:crypto");
  try {
    return found.every((one) => new X509Certificate(one).raw.length > 0);
  } catch {
    return false;
  }
}
