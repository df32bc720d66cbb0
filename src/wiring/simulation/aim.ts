import type { Struck } from "../../core/outages.ts";
import type { Aimed } from "../../sandbox/fault.ts";

/** What the stand-ins have to do to a request that this befalls. */
export function aimedAt({ blow, skewMs, invisibleMs }: Struck): Aimed {
  return {
    fault: faultOf(blow),
    ...(skewMs === 0 ? {} : { skewMs }),
    ...(invisibleMs === 0 ? {} : { lagMs: invisibleMs }),
  };
}

function faultOf(blow: Struck["blow"]): Aimed["fault"] {
  switch (blow?.fault) {
    case "reset":
      return { kind: "reset", when: blow.when };
    case "stall":
      return { kind: "stall", when: blow.when, applies: blow.applies };
    case "truncate":
      return { kind: "truncate" };
    case "garble":
      return { kind: "garble" };
    case "html":
      return { kind: "html", applies: blow.applies };
    case "status":
      return { kind: "status", status: blow.status, body: blow.body, headers: blow.headers };
    case "redirect": {
      const { status, location = "https://moved.example/elsewhere" } = blow;
      return { kind: "status", status, body: { message: "Moved" }, headers: { location } };
    }
    case "rate-limit": {
      const { retryAfterSeconds } = blow;
      return { kind: "refusal", refused: { why: "rate-limited", retryAfterSeconds } };
    }
    case "revoked":
    case "scope-lost":
      return { kind: "refusal", refused: { why: blow.fault } };
    default:
      return undefined;
  }
}
