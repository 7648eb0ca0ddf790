/** Times of event streams that a test can wait for. */
export const shortTimes = { periodMs: 100, heartbeatMs: 400, lifetimeMs: 3_000, retryMs: 50 } as const;
