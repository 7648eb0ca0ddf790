/** The typed client: the routes' own types, so that what is asked and answered is checked where it is used. */

import { type ClientRequestOptions, hc } from 'hono/client';
import type { createApp } from './app.ts';

export type App = ReturnType<typeof createApp>;

/**
 * A client whose calls follow the paths: `client.v1.listings.$get({ query: { q: 'convert currency' } })`.
 * @param origin where the directory is served
 */
export function createClient(origin: string, options: ClientRequestOptions = {}) {
  return hc<App>(origin, options);
}

export type Client = ReturnType<typeof createClient>;
