/** What of the dashboard is looked at. */
export interface View {
  /** The chosen integration. */
  readonly chosen: string | undefined;
  readonly page: "overview" | "details" | "help";
}

/** `quit` and `check` are for whoever reads the keys. */
export type Pressed = View | "quit" | "check";

/** A key by its name, or the sign that it gives. */
export type KeyName =
  | "up"
  | "down"
  | "first"
  | "last"
  | "enter"
  | "back"
  | "interrupt"
  | (string & {});

export const firstView: View = { chosen: undefined, page: "overview" };

/** What a key makes of the view. @param ids the integrations that are there */
export function press(view: View, key: KeyName, ids: readonly string[]): Pressed {
  switch (key) {
    case "q":
    case "Q":
    case "interrupt":
      return "quit";
    case "r":
    case "R":
      return "check";
  }
  if (view.page === "help") return { ...view, page: "overview" };
  switch (key) {
    case "?":
      return { ...view, page: "help" };
    case "back":
      return { ...view, page: "overview" };
    case "enter":
      return { ...view, page: view.page === "overview" && ids.length > 0 ? "details" : "overview" };
    case "up":
    case "k":
      return { ...view, chosen: ids[Math.max(0, at(view, ids) - 1)] };
    case "down":
    case "j":
      return { ...view, chosen: ids[Math.min(ids.length - 1, at(view, ids) + 1)] };
    case "first":
    case "g":
      return { ...view, chosen: ids[0] };
    case "last":
    case "G":
      return { ...view, chosen: ids.at(-1) };
    default:
      return view;
  }
}

/** Where the chosen integration stands; the first one when it is gone. */
export function at({ chosen }: View, ids: readonly string[]): number {
  return Math.max(0, chosen === undefined ? 0 : ids.indexOf(chosen));
}
