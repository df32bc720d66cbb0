/**
 * Runs the contenders in turns, so that a slow moment of the machine meets all of them alike,
 * and prints each one's median as a ratio to `base`, beside the goal it has.
 */
export function compare(
  contenders: Readonly<Record<string, () => unknown>>,
  base: string,
  goals: Readonly<Record<string, number>> = {},
  rounds = 9,
): Record<string, number> {
  const names = Object.keys(contenders);
  const times = new Map<string, number[]>(names.map((name) => [name, []]));
  for (let round = -1; round < rounds; round++) {
    for (const name of names) {
      const started = performance.now();
      contenders[name]!();
      if (round >= 0) times.get(name)!.push(performance.now() - started);
    }
  }
  const median = (name: string): number => times.get(name)!.sort((a, b) => a - b)[rounds >> 1]!;
  const unit = median(base);
  const ratios: Record<string, number> = {};
  for (const name of names) {
    const ratio = median(name) / unit;
    ratios[name] = ratio;
    const goal = goals[name];
    const verdict =
      goal === undefined ? "" : ratio <= goal ? `  goal ${goal}: met` : `  goal ${goal}: MISSED`;
    console.log(
      `${name.padEnd(42)} ${median(name).toFixed(1).padStart(9)} ms ${ratio.toFixed(2).padStart(8)} ×${verdict}`,
    );
  }
  return ratios;
}
