/** What bounds a call for proposals: in time, in size, and in how often somebody is asked. */

export const requestLimits = {
  /** From the call to its deadline. */
  deadlineSecondsMin: 10,
  deadlineDaysMax: 14,
  /** From the deadline to the award. */
  decideHours: 72,
  /** Providers that one call asks. */
  askedDefault: 5,
  askedMax: 20,
  /** Listings that a call names in place of a query. */
  listingsMax: 50,
  needCharsMax: 2_000,
  /** The input, as JSON: it goes out in a message to each provider. */
  inputCharsMax: 4_000,
  /** What a provider writes as it refuses, and a client as it cancels. */
  wordsCharsMax: 2_000,
  /** Answers of one provider to one call: each is told to the client. */
  answersMax: 20,
  /** Calls of one client that can still be awarded. */
  pendingPerClientMax: 20,
  /** Of the last hours: how many messages a client has had sent, and how many of them a provider left without a proposal. */
  askedHours: 24,
  askedPerClientMax: 200,
  unansweredPerPairMax: 5,
  unansweredPerSiteMax: 20,
  /** How often a provider is asked by anybody. */
  askedPerProviderMax: 200,
} as const;
