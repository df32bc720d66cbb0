/**
 * How much chaos: `npm run chaos` sets TESTX_CHAOS=all; elsewhere a small part is played, chosen
 * by TESTX_CHAOS_SEED. TESTX_CHAOS_SEEDS asks for so many cells or seeds of each kind.
 */
export const everything = process.env.TESTX_CHAOS === "all";

export function budget(few: number, all: number): number {
  const asked = Number(process.env.TESTX_CHAOS_SEEDS);
  if (asked > 0) return Math.min(asked, all);
  return everything ? all : few;
}

/** Printed with whatever fails, to play the same again. */
export function seed(): number {
  return Number(process.env.TESTX_CHAOS_SEED ?? 1);
}
