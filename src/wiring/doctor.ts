import { existsSync, writeFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { namedFile } from "../core/cache-url.ts";
import { withoutSqlite } from "../core/failure.ts";
import { once } from "../core/once.ts";
import type { Lock } from "../core/ports.ts";
import type { Mender } from "../core/probes.ts";
import { secretVariables } from "../core/secret-variables.ts";
import type { LoadedConfig } from "../core/settings.ts";
import type { BundleDeps } from "../features/doctor/bundle.ts";
import type { DoctorDeps } from "../features/doctor/deps.ts";
import { judgedToken } from "../features/doctor/tokens.ts";
import { systemClock } from "../platform/clock.ts";
import { credentialVariables } from "../platform/config/credentials.ts";
import { host } from "../platform/host.ts";
import { createTransport } from "../platform/http.ts";
import { lockHolder } from "../platform/lock.ts";
import { mender } from "../platform/mender.ts";
import { isCertificates } from "../platform/probes/certificates.ts";
import { databaseDamage } from "../platform/probes/database.ts";
import { fileProbe } from "../platform/probes/files.ts";
import { gitProbe } from "../platform/probes/git.ts";
import { networkProbe } from "../platform/probes/network.ts";
import { sqliteJournal } from "../platform/store/journal.ts";
import { tarball } from "../platform/tar.ts";
import { maskedJournal } from "./masking.ts";
import { openMemo } from "./memo.ts";
import { digestOnLoan, fileOnLoan, inPlace, memoOnLoan, onLoan } from "./only-looking.ts";
import { stateFolder } from "./place.ts";
import { openSandboxEnv, sandboxed } from "./project.ts";
import { openMetrics } from "./recording.ts";
import { version } from "./version.ts";
import type { Env, World } from "./world.ts";

export interface OpenDoctor {
  readonly deps: DoctorDeps;
  readonly mender: Mender;
  /** Absolute, of a file as the configuration's problems name it. */
  path(file: string): string;
  bundle: Pick<BundleDeps, "variables" | "metrics" | "redact">;
  /** Writes an archive of these files, which only their owner may read. */
  archive(file: string, files: ReadonlyMap<string, string>): void;
  close(): Promise<void>;
}

/** For each step of a look at the network: longer than a healthy service takes, and bearable. */
const probeMs = 5_000;
const neededNode = 24;

/** Looking takes no lock. */
const idle: Lock = { acquire: () => ({ release() {} }) };

/** Everything opens when a check asks for it: what is broken must not hide the rest. */
export async function openDoctor(world: World, terminal: string): Promise<OpenDoctor> {
  const folder = await stateFolder(world);
  const closing: (() => void | Promise<void>)[] = [];
  const env: Env = world.sandbox
    ? await openSandboxEnv(folder, world, await sandboxed(world.env), closing)
    : world.env;
  const transport = createTransport({ env });
  closing.push(() => transport.close());
  const variable = (name: string): string | undefined => env[name] || undefined;

  let loading: Promise<LoadedConfig> | undefined;
  const config = (): Promise<LoadedConfig> => {
    loading ??= import("../platform/config/load.ts").then(({ loadConfig }) =>
      loadConfig({ ...world, env }),
    );
    return loading;
  };
  const holder = () => lockHolder(folder, host);
  const copies = once(() => onLoan(folder, holder, closing));
  const told = <T>(work: () => T): T => inPlace(copies(), folder, work);
  const journal = once(() => {
    const opened = told(() =>
      sqliteJournal(copies(), systemClock, { looking: copies() === folder }),
    );
    closing.push(() => opened.close());
    const { entries, operations, looseEnds, runs, receipts } = maskedJournal(
      opened,
      world.redactor,
    );
    return {
      ...opened,
      entries: (run?: string) => told(() => entries(run)),
      operations: (which: "undoable" | "open") => told(() => operations(which)),
      looseEnds: () => told(looseEnds),
      runs: () => told(runs),
      receipts: () => told(receipts),
    };
  });
  const memo = memoOnLoan(copies, () => openMemo(copies(), world, closing));
  const digest = digestOnLoan(folder);
  const deps: DoctorDeps = {
    ...{ clock: systemClock, stop: world.stop, folder, cwd: world.cwd },
    ...{ sandbox: world.sandbox, env: variable, config, journal, memo },
    variables: Object.keys(env),
    holder,
    damage: (file) => databaseDamage(join(copies(), basename(file))),
    runtime: {
      ...{ node: host.node, needed: neededNode, testx: version, terminal },
      ...{ platform: host.platform, arch: host.arch },
      limits: () => limitsOf(folder),
    },
    files: fileProbe(host.uid),
    isCertificates,
    git: gitProbe(env),
    network: networkProbe({ transport, timeoutMs: probeMs }),
    secrets(loaded) {
      const found = secretsIn(loaded, variable);
      world.redactor.add(found.values());
      return found;
    },
    async answers(loaded) {
      const { cacheAddress, openKept } = await import("./cache.ts");
      const address = cacheAddress(env, loaded);
      const named = namedFile(address);
      const file = named ?? (address === undefined ? join(folder, "cache.db") : undefined);
      if (file !== undefined && !existsSync(file)) return undefined;
      const cacheUrl = named === undefined ? address : `sqlite:${fileOnLoan(named, closing)}`;
      // What cannot be used is to be told, and not replaced.
      const switches = { ...loaded.switches, localStorageFallback: false };
      const own = { ...loaded, switches: { ...switches, ...(cacheUrl && { cacheUrl }) } };
      const place = { folder: copies(), env, loaded: own, digest, memo, shown: file };
      return openKept(place, world, closing);
    },
    async services(loaded) {
      const { openServices } = await import("./services.ts");
      const own = { ...world, providers: loaded.source };
      const open = openServices(folder, own, env, loaded, closing, {
        ...{ clock: systemClock, random: Math.random, transport, memo, digest },
        ...{ lock: idle, credentials: true },
        judge(id, spec, name, value) {
          const own = loaded.sequence.integrations.find((one) => one.id === id)?.provider;
          const provider = loaded.providers.get(own ?? "");
          return provider && judgedToken(provider, spec, name, value);
        },
      });
      return { ...open, journal: journal(), command: "testx doctor", emit: () => {} };
    },
  };
  return {
    deps,
    mender: mender(systemClock.now),
    path: (file) => resolve(world.cwd, file),
    bundle: {
      variables: Object.keys(env),
      async metrics() {
        const file = join(copies(), "metrics.db");
        // Opening makes it, or throws a damaged one away.
        if (!existsSync(file)) throw new Error("there is none");
        const reason = databaseDamage(file);
        if (reason !== undefined) throw new Error(reason);
        return openMetrics(copies(), world, closing)();
      },
      redact: world.redactor.text,
    },
    archive: (file, files) =>
      writeFileSync(resolve(world.cwd, file), tarball(files, systemClock.now()), { mode: 0o600 }),
    async close() {
      for (const end of closing.splice(0).reverse()) await end();
    },
  };
}

function limitsOf(folder: string): string[] {
  const writing = `Node.js was started with --permission, and may not write into ${folder}.`;
  return [
    ...(host.hasSqlite() ? [] : [withoutSqlite]),
    ...(host.mayWrite(folder) ? [] : [writing]),
  ];
}

function secretsIn(
  loaded: LoadedConfig,
  variable: (name: string) => string | undefined,
): ReadonlyMap<string, string> {
  const names = [
    ...[...loaded.providers.values()].flatMap(({ secrets }) => secrets.map(({ env }) => env)),
    ...loaded.sequence.integrations.flatMap(({ settings }) =>
      credentialVariables(settings.credentials ?? []),
    ),
    ...secretVariables(loaded),
  ];
  return new Map(
    [...new Set(names)].flatMap((name) => {
      const value = variable(name)?.trim();
      return value === undefined || value === "" ? [] : [[name, value] as const];
    }),
  );
}
