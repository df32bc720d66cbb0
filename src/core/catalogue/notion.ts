import type { Catalogue } from "./entry.ts";

export const notionErrors: Catalogue = {
  NOTION_TOKEN_INVALID: {
    what: "Notion does not accept the token.",
    why: "NOTION_TOKEN is mistyped, was rotated, or belongs to an integration that was removed.",
    next: "Open https://www.notion.so/profile/integrations, choose the integration, copy its secret into NOTION_TOKEN, then run `testx integrations plan`.",
    exit: 4,
  },
  NOTION_PAGE_NOT_SHARED: {
    what: "Notion says that a page or database does not exist.",
    why: "It is not shared with the integration (Notion then hides it), the id is wrong, or it was deleted.",
    next: "Open the page in Notion, or restore it from the trash, choose ••• → Connections and add the integration; check NOTION_PARENT_PAGE_ID. Then run the command again.",
    exit: 4,
  },
  NOTION_WRONG_WORKSPACE: {
    what: "The Notion token is for another workspace than what was set up is in.",
    why: "NOTION_TOKEN was changed for one of an integration in another workspace since.",
    next: "Use a token of the workspace in which it was set up. To set up everything anew in the other one, put a page of that workspace into NOTION_PARENT_PAGE_ID and run `testx integrations setup`.",
    exit: 4,
  },
  NOTION_FORBIDDEN: {
    what: "The integration may not do this in Notion.",
    why: "It lacks a capability: read, insert or update content, or reading user information.",
    next: "Open https://www.notion.so/profile/integrations, choose the integration → Capabilities, allow read, update and insert content, then run the command again.",
    exit: 4,
  },
  NOTION_VALIDATION: {
    what: "Notion refused a request as invalid.",
    why: "A value in the sequence is of the wrong type or form for the page or database it goes to.",
    next: "Read Notion's own words in the message and correct that step's values; nothing was changed by the refused request.",
    exit: 1,
  },
  NOTION_VERSION_REFUSED: {
    what: "Notion does not take the version of its API that testx speaks.",
    why: "Something on the way takes the header Notion-Version out or changes it, NOTION_API_URL leads to something else than Notion, or Notion has ended that version.",
    next: "Look at proxies and at NOTION_API_URL. Where neither is in the way, update testx.",
    exit: 1,
  },
  NOTION_CONFLICT: {
    what: "Notion could not save because somebody else was saving at the same moment.",
    why: "Several people or tools edit the same page at once.",
    next: "Run the same command again.",
    exit: 1,
  },
  NOTION_RATE_LIMITED: {
    what: "Notion limits how often the integration may call, and the limit was reached.",
    why: "Several tools share the integration or the workspace's budget.",
    next: "Wait for the time in the message, then run the same command again.",
    exit: 1,
  },
  NOTION_UNAVAILABLE: {
    what: "Notion is not answering as it should.",
    why: "Notion has an outage, is overloaded, or took longer than the 60 seconds it allows itself.",
    next: "Look at https://www.notion-status.com, then run the same command again: testx goes on where it stopped.",
    exit: 1,
  },
  NOTION_TOO_LARGE: {
    what: "A request is larger than Notion takes.",
    why: "A single value (a property, a title) is beyond Notion's limits: 2,000 characters a text, 100 options, 500 KB a request.",
    next: "Shorten the value named in the message. Page content may be of any length: testx splits it.",
    exit: 1,
  },
  NOTION_UNREADABLE: {
    what: "A reply from Notion could not be read.",
    why: "A proxy or a captive portal answered in Notion's place, or the connection broke inside the reply.",
    next: "Check the network, then run the same command again: testx first looks whether the call took effect.",
    exit: 1,
  },
  NOTION_AMBIGUOUS: {
    what: "Several things in Notion fit, and testx does not guess.",
    why: "Two pages, databases or rows have the same title or key in the same place, and none of them is known to be testx's.",
    next: "Rename or delete all but one in Notion, then run the command again.",
    exit: 1,
  },
  NOTION_QUERY_INCOMPLETE: {
    what: "Notion did not return all rows that fit.",
    why: "A query ends after 10,000 rows, or its next page was missing. testx does not take that for 'absent'.",
    next: "Choose a key that fewer rows share, or divide the database.",
    exit: 1,
  },
  NOTION_PROPERTY_UNKNOWN: {
    what: "A row names a property that its database does not have.",
    why: "The name is mistyped, or the property was renamed or removed in Notion.",
    next: "Use one of the names in the message, or add the property to the database step.",
    exit: 1,
  },
  NOTION_PROPERTY_TYPE: {
    what: "A database property exists with another type than the sequence wants.",
    why: "Converting a property loses values in its rows, so testx leaves that to a person.",
    next: "Change the type in Notion, or give the property in the sequence another name or its present type.",
    exit: 1,
  },
  NOTION_VALUE_INVALID: {
    what: "A value does not fit the type of its database property.",
    why: "For example a text where Notion has a number, or an option that the property does not have.",
    next: "Correct the value; add a new option to the database step's property first.",
    exit: 1,
  },
  NOTION_CONTENT_UNSETTLED: {
    what: "The content of a page did not become what was written.",
    why: "Somebody edits the page at the same time, or Notion stores a block in another form than it was given.",
    next: "Wait until nobody edits the page and run the same command again.",
    exit: 1,
  },
  NOTION_UNEXPECTED: {
    what: "The Notion client failed in a way testx does not know.",
    why: "Most likely a bug in testx.",
    next: "Run again with --verbose and report the message.",
    exit: 1,
  },
};
