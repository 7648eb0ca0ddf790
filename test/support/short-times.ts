/** Times of event streams that a test can wait for. */
export const shortTimes = { periodMs: 100, heartbeatMs: 800, lifetimeMs: 6_000, retryMs: 50 } as const;
