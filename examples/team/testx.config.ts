import { definePolicy, failure, TestxError } from "testx";

export default {
  // A provider of the team's own. Only what is named here is loaded.
  providers: { kudos: "./providers/kudos.ts" },

  // Nobody sets up anything on a Friday afternoon: `CHANGE_FREEZE=1 testx integrations setup`.
  policies: [
    definePolicy({
      name: "freeze",
      stage: "call",
      policy:
        (next) =>
        async (url, init, { write }) => {
          if (write && process.env.CHANGE_FREEZE === "1") {
            throw new TestxError(failure("CHANGE_FREEZE", "Nothing is changed during the freeze."));
          }
          return next(url, init);
        },
    }),
  ],
};
