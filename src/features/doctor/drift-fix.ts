import type { Fix } from "../../core/diagnosis.ts";
import { isObject } from "../../core/json.ts";
import type { DriftChange, DriftItem } from "../../core/results.ts";

/** What brings back what somebody deleted or changed. */
export function driftFix({ kind, changes, status, inSequence }: DriftItem): Fix {
  const command = "testx integrations setup";
  if (!inSequence) {
    const text =
      "The sequence does not name it any more: roll back the run that made it, or leave it.";
    return { text, command: "testx rollback --list" };
  }
  if (status === "deleted") {
    // Services say the same of what they hide.
    const text = "Setup makes it again. If it is only hidden from testx, let testx see it first.";
    return { text, command, remedy: "setup" };
  }
  const hand = changes.find(({ field }) => Object.hasOwn(byHand, field));
  if (hand !== undefined) return { text: byHand[hand.field] as string };
  const retyped = kind === "notion.database" ? changes.filter(isRetyped) : [];
  if (retyped.length > 0) {
    const names = retyped.map(({ field }) => field.slice(properties.length)).join(", ");
    const text = `Change the type of ${names} back in Notion, or name the present one in the sequence: setup converts no property, since its rows would lose their values.`;
    return { text };
  }
  if (changes.every(({ asked }) => !asked)) {
    const text = "The sequence asks for nothing else: set it back, or let setup take it as it is.";
    return { text, command };
  }
  // Who renames a channel often gives another one its name.
  if (kind === "slack.channel" && changes.some(({ field }) => field === "name")) {
    const text =
      "Setup gives it its name back; where another channel has that name by now, rename that one first.";
    return { text, command };
  }
  return { text: "Setup brings it back to what the sequence says.", command, remedy: "setup" };
}

/** What setup cannot take back, because it does not find the thing where it looks for it. */
const byHand: Readonly<Record<string, string>> = {
  parent: "Move it back: where the sequence says, setup would make a new one.",
  archived: "Unarchive it: setup cannot make another as long as it has the name.",
};

const properties = "properties.";

/** Of a database's property, which is written as its type alone or as `{ select: [...] }`. */
function isRetyped({ field, from, to }: DriftChange): boolean {
  const types = [from, to].map((value) => (isObject(value) ? Object.keys(value)[0] : value));
  return field.startsWith(properties) && !types.includes(undefined) && types[0] !== types[1];
}
