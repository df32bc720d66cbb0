import type { JsonObject } from "../../core/json.ts";
import type { SandboxService } from "../../core/stand-in.ts";

export type AnykrowdState = {
  /** What `/health` says; a seed can make it anything. */
  health: { status: number; body: JsonObject };
};

/** A service that testx only watches: it has a health address and nothing else. */
export const anykrowd: SandboxService<AnykrowdState> = {
  id: "anykrowd",
  initial: () => ({ health: { status: 200, body: { status: "ok" } } }),
  isWrite: () => false,
  handle(request, state) {
    if (request.path !== "/health") return { status: 404, body: { error: "not found" } };
    if (request.method !== "GET" && request.method !== "HEAD") {
      return {
        status: 405,
        headers: { allow: "GET, HEAD" },
        body: { error: "method not allowed" },
      };
    }
    return { status: state.health.status, body: state.health.body };
  },
  canonical: (state) => ({ health: state.health }),
  environment: (url) => ({ ANYKROWD_HEALTH_CHECK_URL: `${url}/health` }),
};
