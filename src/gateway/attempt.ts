import { callOf } from "./call.ts";
import type { Observer } from "./observe.ts";
import type { Policy } from "./policy.ts";

/** Counts what is really sent: what a policy above refuses never comes here. */
export function attempt(observer: Observer): Policy {
  return (next) => (url, init) => {
    const call = callOf(init);
    call.attempt += 1;
    call.sent = true;
    call.sending();
    observer.started(call);
    return next(url, call);
  };
}
