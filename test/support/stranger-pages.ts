/** The pages with what a stranger may say in every place of theirs. */

import { agentPage } from '../../functions/pages/agent-page.ts';
import { formValues } from '../../functions/pages/form-values.ts';
import { listingPage } from '../../functions/pages/listing-page.ts';
import { searchPage } from '../../functions/pages/search-page.ts';
import { type Input, inputTypes, type ListingRecord } from '../../market/listing.ts';
import { emptyQuery } from '../../market/query/ast.ts';
import { inputOf } from './inputs.ts';

export const none = new URLSearchParams();

/** An input whose every text is the given one. */
export function inputSaying(said: string, over: Partial<Input>): Input {
  const texts = { label: said, description: said, default: said, min: said, max: said, pattern: said };
  return inputOf(said, { ...texts, required: true, options: [{ value: said, label: said }], ...over });
}

/** A listing that has something in every place, all of it what a stranger said. */
export function record(said: string): ListingRecord {
  const inputs = inputTypes.flatMap((type) => [
    inputSaying(said, { type }),
    inputSaying(said, { type, multiple: true, default: [said] }),
    inputSaying(said, { type, options: [], required: false, label: null, secret: type === 'string' }),
  ]);
  return {
    listing: {
      id: 'urn:air:works.test:u.fx:command.convert-k3v5q2m7c4x6n2p3r2s4t6v5w3',
      kind: 'command',
      node: said,
      provider: { jid: said, name: said, domain: said, description: null, url: null, contacts: [] },
      name: said,
      description: said,
      lang: [said],
      category: said,
      // The query language cannot quote a quotation mark, so such a tag is no link.
      tags: [said.replaceAll('"', '')],
      inputs,
      inputSchema: { [said]: said },
      outputs: inputs,
      outputSchema: { title: said },
      price: { amount: said, currency: said, unit: said },
      location: { lat: 1, lon: 2 },
      call: { protocol: 'xmpp-command', node: said, url: said, relay: true },
      features: [said],
      queries: [said],
      terms: `(${said}`,
      link: said,
      linkType: said,
      icon: said,
      sources: ['command'],
      names: [],
      provenance: {},
      flags: [],
    },
    status: {
      callJid: said,
      online: true,
      lastSeen: new Date(0),
      uptime: { d1: 1, d7: 0.998, d30: 0.99 },
      replyMs: 12,
      sources: {},
      verified: new Date(0),
      stale: false,
    },
    rating: score,
    firstSeen: new Date(0),
    updated: new Date(0),
    seq: 1,
  };
}

const score = {
  ...{ score: 4.6, low: 4.1, high: 4.9, count: 31 },
  aspects: { correct: 0.97, onTime: null, asDescribed: 0 },
};

/** Every page on which strangers' words stand. */
export function pagesOf(said: string): { [page: string]: string } {
  const of = record(said);
  const byHttp = structuredClone(of);
  byHttp.listing.call = { protocol: 'http-jsonrpc', node: said, url: said, relay: false };
  const agent = {
    jid: said,
    domain: said,
    name: said,
    firstSeen: new Date(0),
    lastSeen: new Date(0),
    online: true,
    uptime: { d1: 1, d7: null, d30: null },
    replyMs: null,
    asProvider: score,
    asClient: score,
  };
  const rating = {
    ...{
      score: 1,
      aspects: { correct: false, onTime: true },
      text: said,
      at: new Date(0),
      changed: new Date(0),
    },
    ...{
      withdrawn: null,
      reply: { text: said, at: new Date(0) },
      listing: said,
      isPaid: false,
      domain: said,
    },
  };
  const ratings = {
    score,
    items: [
      rating,
      { ...rating, score: null, text: null, withdrawn: new Date(0) },
      { ...rating, domain: null },
    ],
    cursor: said,
  };
  const why = { text: 0, words: 0, inputs: 0, variety: 0, quality: 0, rating: 0, uptime: 0, freshness: 0 };
  const counts = [{ value: said, count: 1 }];
  const outcome = {
    query: emptyQuery,
    sort: 'recent' as const,
    page: {
      items: [{ record: of, score: 1, why }],
      cursor: said,
      mended: null,
      partial: true,
      approximate: true,
    },
    facets: {
      // What no query can ask for is no link; see test/functions/search-page.test.ts for the others.
      facets: { tag: [], category: [], lang: [], domain: [], kind: counts, accepts: counts },
      approximate: true,
    },
  };
  return {
    listing: String(listingPage(of, formValues(of.listing.inputs, none), 'https://guildhall.test', ratings)),
    'listing called over HTTP': String(listingPage(byHttp, [], 'https://guildhall.test')),
    agent: String(agentPage({ agent, listings: [of] }, { provider: ratings, client: ratings })),
    search: String(searchPage({ text: `x${said}`, sort: 'recent', isLater: true, outcome })),
    'refused search': String(
      searchPage({
        text: `x${said}`,
        sort: 'relevance',
        isLater: false,
        outcome: { problem: 'invalid-query', detail: said, errors: [] },
      }),
    ),
  };
}
