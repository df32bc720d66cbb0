import type { JsonObject } from "../../core/json.ts";
import type { Lasting } from "../lasting.ts";

/** The workspace as it is kept. Objects by id, so that a seed can change a single one. */
export type SlackState = {
  team: { id: string; name: string; domain: string };
  tokens: { [token: string]: SlackToken };
  /** How many more calls tokens are good for; then they are revoked. */
  lasting: Lasting;
  /** Apps with token rotation, by client id. */
  apps: { [clientId: string]: SlackApp };
  /** What became of the refresh tokens there are, by token. */
  refreshTokens: { [token: string]: SlackRefreshToken };
  users: { [id: string]: SlackUser };
  channels: { [id: string]: SlackChannel };
  /** Calls a minute by method or, for methods not named, by tier. Off unless a seed says so. */
  limits: { on: boolean; methods: { [method: string]: number } };
  /** The minute each method is in, and how many calls it has had. */
  spent: { [method: string]: { from: number; calls: number } };
};

export type SlackToken = {
  user: string;
  scopes: string[];
  status: "active" | "expired" | "revoked";
  /** When it expires, in ms since the epoch; left out: never. */
  expires?: number;
};

export type SlackApp = {
  secret: string;
  /** Whom its tokens stand for. */
  user: string;
  scopes: string[];
  /** How long its tokens are good for: Slack's are for 43,200 s. */
  seconds: number;
  /** How long a refresh token is taken once more after its first use. Slack does not say how long. */
  graceSeconds: number;
};

export type SlackRefreshToken = {
  app: string;
  /** When it was first used, in ms since the epoch; 0: not yet. */
  used: number;
};

export type SlackUser = {
  id: string;
  name: string;
  real_name: string;
  email: string;
  is_bot: boolean;
  is_admin: boolean;
  deleted: boolean;
  bot_id: string;
  app_id: string;
};

export type SlackNote = { value: string; creator: string; last_set: number };

export type SlackChannel = {
  id: string;
  name: string;
  is_private: boolean;
  is_archived: boolean;
  is_general: boolean;
  creator: string;
  created: number;
  topic: SlackNote;
  purpose: SlackNote;
  members: string[];
  previous_names: string[];
  /** Oldest first. */
  messages: SlackMessage[];
  /** Oldest first. */
  pins: { ts: string; created: number; created_by: string }[];
  bookmarks: SlackBookmark[];
};

export type SlackMessage = {
  ts: string;
  user: string;
  text: string;
  blocks: JsonObject[];
  metadata: JsonObject | null;
  /** Set on what Slack writes itself: `channel_join`. */
  subtype: string;
  edited: { user: string; ts: string } | null;
};

export type SlackBookmark = {
  id: string;
  title: string;
  link: string;
  emoji: string;
  date_created: number;
  date_updated: number;
  by: string;
};

export const botToken = "xoxb-sandbox-testx";

/** Of a person who may manage the workspace; testx is never given it. */
export const adminToken = "xoxp-sandbox-mira";

/** An app whose tokens expire, with its first refresh token. */
export const rotatingApp = {
  clientId: "1000.2000",
  secret: "sandbox-client-secret-0001",
  refreshToken: "xoxe-1-sandbox-first-refresh",
};

const botScopes = [
  "bookmarks:read",
  "bookmarks:write",
  "channels:history",
  "channels:join",
  "channels:manage",
  "channels:read",
  "chat:write",
  "groups:history",
  "groups:read",
  "groups:write",
  "pins:read",
  "pins:write",
  "team:read",
  "users:read",
  "users:read.email",
];

const began = 1_700_000_000;

/** A small workspace of a made-up team, with a bot that nobody has invited anywhere yet. */
export function initial(): SlackState {
  const people = [
    person("U0MIRA", "mira", "Mira Falk", true),
    person("U0JONAS", "jonas", "Jonas Okoye"),
    person("U0PRIYA", "priya", "Priya Raman"),
    person("U0TOMAS", "tomas", "Tomas Lind"),
    person("U0DEV", "dev", "Dev Ellis"),
  ];
  const bot: SlackUser = {
    ...person("U0TESTX", "testx", "testx"),
    email: "",
    is_bot: true,
    bot_id: "B0TESTX",
    app_id: "A0TESTX",
  };
  const note = (value: string): SlackNote => ({ value, creator: "U0MIRA", last_set: began });
  const general: SlackChannel = {
    id: "C0GENERAL",
    name: "general",
    is_private: false,
    is_archived: false,
    is_general: true,
    creator: "U0MIRA",
    created: began,
    topic: note("Company-wide announcements"),
    purpose: note("This channel is for everybody."),
    members: people.map(({ id }) => id),
    previous_names: [],
    messages: [
      {
        ts: `${began + 60}.000100`,
        user: "U0MIRA",
        text: "Welcome aboard!",
        blocks: [],
        metadata: null,
        subtype: "",
        edited: null,
      },
    ],
    pins: [],
    bookmarks: [],
  };
  return {
    team: { id: "T0SANDBOX", name: "Aurora Works", domain: "aurora-works" },
    tokens: {
      [botToken]: { user: bot.id, scopes: botScopes, status: "active" },
      [adminToken]: {
        user: "U0MIRA",
        scopes: [...botScopes, "admin.conversations:write", "channels:write"],
        status: "active",
      },
    },
    users: Object.fromEntries([...people, bot].map((user) => [user.id, user])),
    channels: { [general.id]: general },
    lasting: {},
    apps: {
      [rotatingApp.clientId]: {
        secret: rotatingApp.secret,
        user: bot.id,
        scopes: botScopes,
        seconds: 43_200,
        graceSeconds: 30,
      },
    },
    refreshTokens: { [rotatingApp.refreshToken]: { app: rotatingApp.clientId, used: 0 } },
    limits: { on: false, methods: {} },
    spent: {},
  };
}

function person(id: string, name: string, realName: string, isAdmin = false): SlackUser {
  return {
    id,
    name,
    real_name: realName,
    email: `${name}@example.com`,
    is_bot: false,
    is_admin: isAdmin,
    deleted: false,
    bot_id: "",
    app_id: "",
  };
}
