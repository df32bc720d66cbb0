import { looksLikeSecret } from "./secret-text.ts";

const telling = /TOKEN|SECRET|PASSWORD|PASSWD|PRIVATE_?KEY|API_?KEY|CREDENTIAL/i;

/** Values of variables that are named like secrets: masked from the start, whoever uses them. */
export function secretsIn(env: Readonly<Record<string, string | undefined>>): string[] {
  return Object.entries(env).flatMap(([name, value]) =>
    value !== undefined && value.length >= 8 && telling.test(name) && !isPath(name, value)
      ? [value]
      : [],
  );
}

/** `SLACK_BOT_TOKEN_FILE=/run/secrets/slack` says where a secret is. */
function isPath(name: string, value: string): boolean {
  return /_FILE$/i.test(name) && (/[\\/]/.test(value) || !looksLikeSecret(value));
}

/** Where Docker and Kubernetes put secrets, readable by whoever is in the container. */
export function isMountedSecret(path: string): boolean {
  return /^\/(?:var\/)?run\/secrets\//.test(path);
}
