import type { Finding } from "../../core/diagnosis.ts";
import type { Check } from "./checks.ts";
import type { DoctorDeps } from "./deps.ts";

/** What testx runs on. */
export function runtimeChecks({
  runtime,
  env,
  files,
}: Pick<DoctorDeps, "runtime" | "env" | "files">): Check[] {
  const { node, needed, testx, platform, arch, terminal } = runtime;
  return [
    {
      id: "runtime.node",
      title: "Node.js and testx",
      async run() {
        const evidence = [`testx ${testx}, Node.js ${node}, ${platform} ${arch}`];
        if (Number.parseInt(node, 10) >= needed) return { evidence, findings: [] };
        const what = `Node.js ${node} is too old: testx needs ${needed} or newer.`;
        const fix = { text: `Install Node.js ${needed} from https://nodejs.org.` };
        const about = { severity: "error", check: "runtime.node", evidence, fix } as const;
        return { evidence, findings: [{ code: "NODE_TOO_OLD", what, ...about }] };
      },
    },
    {
      id: "runtime.trust",
      title: "certificates",
      run: async () => ({
        evidence: [],
        findings: [...uncheckedTls(env), ...noSuchCa(env, files)],
      }),
    },
    {
      id: "runtime.terminal",
      title: "terminal",
      run: async () => ({ evidence: [terminal], findings: [] }),
    },
  ];
}

function uncheckedTls(env: DoctorDeps["env"]): Finding[] {
  if (env("NODE_TLS_REJECT_UNAUTHORIZED") !== "0") return [];
  const about = "NODE_TLS_REJECT_UNAUTHORIZED";
  return [
    {
      ...{ code: "TLS_UNCHECKED", severity: "warning", check: "runtime.trust", about },
      what: "Certificates are not checked: whoever is on the way reads the tokens.",
      evidence: [`${about} is 0`],
      fix: {
        text: "Unset it; for an authority of your own, name its file in NODE_EXTRA_CA_CERTS.",
        command: `unset ${about}`,
      },
    },
  ];
}

/** Node.js says so in a warning, and goes on without it. */
function noSuchCa(env: DoctorDeps["env"], files: DoctorDeps["files"]): Finding[] {
  const file = env("NODE_EXTRA_CA_CERTS");
  const text = file === undefined ? undefined : files.read(file);
  if (file === undefined || text?.includes("-----BEGIN")) return [];
  const what =
    text === undefined
      ? `NODE_EXTRA_CA_CERTS names ${file}, which cannot be read.`
      : `NODE_EXTRA_CA_CERTS names ${file}, which holds no certificate.`;
  const codes = ["HOST_TLS_UNTRUSTED", "NETWORK_INTERCEPTED"];
  return [
    {
      ...{ code: "CA_FILE_UNUSABLE", severity: "warning", check: "runtime.trust", about: file },
      what,
      evidence: ["Node.js goes on without it"],
      fix: { text: "Correct the path: the file must be readable and hold PEM certificates." },
      explains: [{ codes }],
    },
  ];
}
