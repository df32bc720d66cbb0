// npm run bench:startup: how long commands take to start, as multiples of `node -e 0`.
//
// The machine's speed drifts; ratios within one interleaved run hold. Each round runs every
// command once, in an order that changes, and compares with that round's own `node -e 0`. The
// first round is not counted: it fills the disk's cache and that of compiled code.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const rounds = Number(process.argv[2] ?? 21);
const bin = resolve("bin/testx.js");
const folder = mkdtempSync(join(tmpdir(), "testx-startup-"));
const setUp = join(folder, "set-up");
for (const project of [folder, setUp]) {
  cpSync("config", join(project, "config"), { recursive: true });
}

interface Command {
  readonly name: string;
  readonly argv: readonly string[];
  readonly goal?: number;
  readonly cwd?: string;
}

const commands: readonly Command[] = [
  { name: "node -e 0", argv: ["-e", "0"] },
  { name: "testx --version", argv: [bin, "--version"], goal: 1.05 },
  { name: "testx --help", argv: [bin, "--help"], goal: 1.35 },
  { name: "testx __complete steps", argv: [bin, "__complete", "steps"], goal: 1.6 },
  { name: "testx help setup", argv: [bin, "help", "setup"] },
  { name: "testx explain GRAPH_CYCLE", argv: [bin, "explain", "GRAPH_CYCLE"] },
  { name: "testx integrations list", argv: [bin, "integrations", "list"] },
  { name: "testx config validate", argv: [bin, "config", "validate"] },
  { name: "testx status", argv: [bin, "integrations", "status"], goal: 1.6 },
  { name: "testx status, set up", argv: [bin, "integrations", "status"], cwd: setUp },
  // 15 calls of its own beside the looks at the network.
  { name: "testx doctor", argv: [bin, "doctor"], goal: 2.5 },
  { name: "testx doctor, set up", argv: [bin, "doctor"], cwd: setUp },
  { name: "testx plan --sandbox", argv: [bin, "integrations", "plan", "--sandbox"], goal: 4 },
];

// Each has its own stand-ins, which run already.
const services = [folder, setUp].map((cwd) =>
  spawn(process.execPath, [bin, "sandbox", "start", "--json"], {
    cwd,
    env: { PATH: process.env.PATH, HOME: folder },
    stdio: ["ignore", "pipe", "inherit"],
  }),
);
const environments = await Promise.all(
  services.map(async ({ stdout }) => {
    const [line] = await once(stdout, "data");
    return (JSON.parse(String(line)) as { environment: Record<string, string> }).environment;
  }),
);

const times = new Map(commands.map(({ name }) => [name, [] as number[]]));
try {
  run({ name: "testx setup", argv: [bin, "setup"], cwd: setUp });
  for (let round = -1; round < rounds; round += 1) {
    const turn = Math.max(round, 0) % commands.length;
    for (const command of [...commands.slice(turn), ...commands.slice(0, turn)]) {
      const taken = run(command);
      if (round >= 0) times.get(command.name)?.push(taken);
    }
  }
} finally {
  const ended = services.map((service) => once(service, "exit"));
  for (const service of services) service.kill();
  // They write to their folders to the end.
  await Promise.all(ended);
  rmSync(folder, { recursive: true, force: true });
}

const base = times.get("node -e 0") ?? [];
const rows = commands.map(({ name, goal }) => {
  const taken = times.get(name) ?? [];
  const ratio = median(taken.map((time, round) => time / (base[round] ?? Number.NaN)));
  const met = goal === undefined || ratio <= goal;
  if (!met) process.exitCode = 1;
  return {
    command: name,
    "median ms": median(taken).toFixed(1),
    ratio: ratio.toFixed(2),
    goal: goal === undefined ? "" : `≤ ${goal}`,
    met: goal === undefined ? "" : met ? "yes" : "no",
  };
});
console.log(`Node ${process.versions.node}, ${rounds} interleaved rounds`);
console.table(rows);

function run({ name, argv, cwd = folder }: Command): number {
  const environment = environments[cwd === folder ? 0 : 1];
  const env = { PATH: process.env.PATH, HOME: folder, NO_COLOR: "1", ...environment };
  const started = performance.now();
  const { status, stderr } = spawnSync(process.execPath, argv, { cwd, env });
  const taken = performance.now() - started;
  if (status !== 0) throw new Error(`${name} ended with ${status}: ${stderr}`);
  return taken;
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
