import type { Finding } from "../../core/diagnosis.ts";
import { quoted } from "../../core/quoted.ts";
import type { Check } from "./checks.ts";
import type { DoctorDeps } from "./deps.ts";

type RuntimeDeps = Pick<DoctorDeps, "runtime" | "env" | "files" | "cwd" | "isCertificates">;

/** What testx runs on. */
export function runtimeChecks(deps: RuntimeDeps): Check[] {
  const { runtime, env } = deps;
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
      id: "runtime.options",
      title: "options and limits",
      run: async () => ({
        evidence: [],
        findings: [...runtime.limits().map((what) => limited(what, env)), ...fewFiles(deps)],
      }),
    },
    {
      id: "runtime.log",
      title: "log",
      run: async () => ({ evidence: [env("TESTX_LOG") ?? "none"], findings: noLog(deps) }),
    },
    {
      id: "runtime.trust",
      title: "certificates",
      run: async () => ({
        evidence: [],
        findings: [...uncheckedTls(env), ...noSuchCa(deps)],
      }),
    },
    {
      id: "runtime.terminal",
      title: "terminal",
      run: async () => ({ evidence: [terminal], findings: [] }),
    },
  ];
}

function limited(what: string, env: DoctorDeps["env"]): Finding {
  return {
    ...{ code: "NODE_LIMITED", severity: "error", check: "runtime.options", what },
    evidence: [],
    fix: {
      text: "Take the option out of NODE_OPTIONS or of the command that starts testx.",
      ...(env("NODE_OPTIONS") !== undefined && { command: "unset NODE_OPTIONS" }),
    },
    explains: [{ checks: ["state.", "cache.", "drift.", "breakers."] }],
  };
}

/** A setup with all services at once opens fewer. */
const manyFiles = 48;

/** Where one more cannot be opened, whatever is opened next fails, each in words of its own. */
function fewFiles({ files }: RuntimeDeps): Finding[] {
  if (files.mayOpen(manyFiles)) return [];
  const codes = [
    ...["CONFIG_UNREADABLE", "STATE_IO", "CACHE_IN_MEMORY", "CACHE_UNAVAILABLE", "SYSTEM_FAILED"],
    ...["HOST_UNRESOLVED", "HOST_UNREACHABLE", "NETWORK_DOWN", "NETWORK_DNS_DOWN"],
    ...["GATEWAY_REFUSED", "GATEWAY_DNS", "CREDENTIAL_COMMAND_FAILED"],
  ];
  return [
    {
      ...{ code: "FILES_LIMITED", severity: "error", check: "runtime.options" },
      what: "The system lets testx have too few files and connections open at once.",
      evidence: [`fewer than ${manyFiles} more can be opened`],
      fix: { text: "Allow more for this shell or container.", command: "ulimit -n 1024" },
      explains: [{ codes }],
    },
  ];
}

/** Commands go on without it, and say so only where somebody reads what they say. */
function noLog({ env, cwd, files }: RuntimeDeps): Finding[] {
  const named = env("TESTX_LOG");
  if (named === undefined) return [];
  const path = named.startsWith("/") ? named : `${cwd}/${named}`;
  const folder = path.slice(0, path.lastIndexOf("/")) || "/";
  const [found, above] = [files.look(path), files.look(folder)];
  const why =
    found?.kind === "folder"
      ? `${path} is a folder`
      : found !== undefined
        ? (found.lost ?? (found.refused && `${path} may not be written`))
        : above?.kind !== "folder"
          ? `the folder ${folder} is not there`
          : above.refused && `nothing may be written into ${folder}`;
  if (why === undefined) return [];
  return [
    {
      ...{ code: "LOG_NOT_WRITTEN", severity: "warning", check: "runtime.log", about: path },
      what: `The log that TESTX_LOG names cannot be written: ${why}.`,
      evidence: ["commands go on without it"],
      fix: { text: "Make the folder or give yourself the right to write there, or name another." },
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
function noSuchCa({ env, files, cwd, isCertificates }: RuntimeDeps): Finding[] {
  const file = env("NODE_EXTRA_CA_CERTS");
  const text = file === undefined ? undefined : files.read(file);
  if (file === undefined || (text !== undefined && isCertificates(text))) return [];
  const there = files.look(file);
  const why =
    text !== undefined
      ? "which holds no certificate"
      : there?.kind === "folder"
        ? "which is a folder"
        : there !== undefined
          ? "which cannot be read"
          : file.startsWith("/")
            ? "which is not there"
            : `which is not there, seen from ${cwd}`;
  // The binary form begins with a sequence whose length follows.
  const fix =
    text?.charCodeAt(0) === 0x30 && /[\0\ufffd]/.test(text)
      ? {
          text: "It is in the binary form DER: write it as PEM, and name that.",
          command: `openssl x509 -inform der -in ${quoted(file)} -out ${quoted(`${file}.pem`)} && export NODE_EXTRA_CA_CERTS=${quoted(`${file}.pem`)}`,
        }
      : { text: "Correct the path: the file must be readable and hold PEM certificates." };
  const codes = ["HOST_TLS_UNTRUSTED", "NETWORK_INTERCEPTED"];
  return [
    {
      ...{ code: "CA_FILE_UNUSABLE", severity: "warning", check: "runtime.trust", about: file },
      what: `NODE_EXTRA_CA_CERTS names ${file}, ${why}.`,
      ...{ evidence: ["Node.js goes on without it"], fix, explains: [{ codes }] },
    },
  ];
}
