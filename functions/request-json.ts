/** From calls for proposals to the JSON of the contract over HTTP. */

import type { z } from '@hono/zod-openapi';
import type { Asked } from '../market/request/request.ts';
import type { RequestView } from '../market/request/view.ts';
import type { RequestSchema, RequestSummarySchema } from './request-schemas.ts';

export function requestJson(view: RequestView): z.infer<typeof RequestSchema> {
  const history = view.history.map(({ seq, at, by, provider, move, state, data }) => ({
    ...{ seq, at: at.toISOString(), by, provider, move, state, data: { ...data } },
  }));
  return { ...requestSummaryJson(view), history };
}

export function requestSummaryJson(view: RequestView): z.infer<typeof RequestSummarySchema> {
  const { request, side, moves, due } = view;
  const { id, state, client, need, input, budget, query, asked, awarded, reason } = request;
  return {
    ...{ id, state, side, client, need, input, budget, query },
    deadline: request.deadline.toISOString(),
    asked: asked.map(askedJson),
    ...{ awarded, reason, moves },
    due: due?.toISOString() ?? null,
    created: request.created.toISOString(),
    since: request.since.toISOString(),
  };
}

function askedJson({ place, provider, listing, standing, since, proposal, words }: Asked) {
  return { place, provider, listing, standing, since: since.toISOString(), proposal, words };
}
