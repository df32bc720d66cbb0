export interface Contender {
  readonly name: string;
  readonly run: () => Promise<unknown>;
  /** At most this many times the base. */
  readonly goal?: number;
}

/**
 * Times each contender per call, in turns so that a slow moment of the machine meets all of
 * them alike; the first is the base. Prints and gives the medians as ratios to it.
 */
export async function interleave(
  contenders: readonly Contender[],
  { calls, rounds = 15 }: { readonly calls: number; readonly rounds?: number },
): Promise<Record<string, number>> {
  const times = contenders.map((): number[] => []);
  for (let round = -2; round < rounds; round += 1) {
    for (const [at, { run }] of contenders.entries()) {
      const started = performance.now();
      for (let call = 0; call < calls; call += 1) await run();
      if (round >= 0) times[at]?.push((performance.now() - started) / calls);
    }
  }
  const medians = times.map((all) => all.sort((a, b) => a - b)[rounds >> 1] ?? Number.NaN);
  const base = medians[0] ?? Number.NaN;
  const ratios: Record<string, number> = {};
  for (const [at, { name, goal }] of contenders.entries()) {
    const ratio = (medians[at] ?? Number.NaN) / base;
    ratios[name] = ratio;
    const verdict =
      goal === undefined ? "" : `  goal ≤ ${goal}: ${ratio <= goal ? "met" : "MISSED"}`;
    const time = `${((medians[at] ?? Number.NaN) * 1000).toFixed(2).padStart(9)} µs`;
    console.log(`${name.padEnd(44)}${time} ${ratio.toFixed(2).padStart(8)} ×${verdict}`);
  }
  return ratios;
}
