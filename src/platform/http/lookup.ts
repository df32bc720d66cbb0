import type { LookupFunction } from "node:net";
import { getBuiltinModule } from "node:process";
import { isRefusedAddress } from "../../core/web-address.ts";

/** The code of the error with which a guarded lookup ends. */
export const refusedCode = "ERR_TESTX_ADDRESS_REFUSED";

const system: LookupFunction = (hostname, options, done) =>
  getBuiltinModule("node:dns").lookup(hostname, options, done);

/**
 * Resolves names for a socket and refuses those that lead to a link-local or metadata address,
 * even as one of several. The socket connects to the very addresses that were looked at, so that
 * a name which changes its answer in between gains nothing.
 */
export function guardedLookup(lookup: LookupFunction = system): LookupFunction {
  return (hostname, options, done) =>
    lookup(hostname, options, (error, address, family) => {
      if (error) {
        done(error, address, family);
        return;
      }
      const found = Array.isArray(address) ? address.map((item) => item.address) : [address];
      if (!found.some(isRefusedAddress)) done(null, address, family);
      else done(refusal(hostname), options.all ? [] : "", family);
    });
}

function refusal(hostname: string): NodeJS.ErrnoException {
  const message = `${hostname} leads to a link-local or cloud metadata address`;
  return Object.assign(new Error(message), { code: refusedCode });
}
