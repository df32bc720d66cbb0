import type { Readable } from "node:stream";

type Keyboard = Readable & { readonly isTTY?: boolean; setRawMode?(raw: boolean): unknown };

/**
 * Takes the keys as they are pressed; nothing of them is shown, and Ctrl-C is one of them. What it
 * gives puts the terminal back as it was. Where there is no keyboard nothing is done.
 */
export function onKeys(stdin: Keyboard, pressed: (keys: string) => void): () => void {
  if (!stdin.isTTY || stdin.setRawMode === undefined) return () => {};
  const listener = (keys: Buffer | string): void => pressed(String(keys));
  stdin.setRawMode(true);
  stdin.on("data", listener);
  return () => {
    stdin.off("data", listener);
    stdin.setRawMode?.(false);
    stdin.pause();
  };
}
