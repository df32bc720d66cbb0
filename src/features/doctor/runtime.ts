import type { Check } from "./checks.ts";
import type { DoctorDeps } from "./deps.ts";

/** What testx runs on. */
export function runtimeChecks({ runtime }: Pick<DoctorDeps, "runtime">): Check[] {
  const { node, needed, testx, platform, arch, terminal } = runtime;
  return [
    {
      id: "runtime.node",
      title: "Node.js and testx",
      async run() {
        const evidence = [`testx ${testx} on Node.js ${node}, ${platform} ${arch}`];
        if (Number.parseInt(node, 10) >= needed) return { evidence, findings: [] };
        const what = `Node.js ${node} is too old: testx needs ${needed} or newer.`;
        const fix = { text: `Install Node.js ${needed} from https://nodejs.org.` };
        const about = { severity: "error", check: "runtime.node", evidence, fix } as const;
        return { evidence, findings: [{ code: "NODE_TOO_OLD", what, ...about }] };
      },
    },
    {
      id: "runtime.terminal",
      title: "terminal",
      run: async () => ({ evidence: [terminal], findings: [] }),
    },
  ];
}
