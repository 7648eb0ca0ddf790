/** Parameters that the routes of calls for proposals share. */

import { z } from '@hono/zod-openapi';
import { keyCharsMax } from '../market/idempotency.ts';
import { requestExample } from './request-schemas.ts';

export const requestIdMax = 100;

export const requestParams = z.object({
  id: z.string().openapi({
    description: 'The id of a call for proposals.',
    maxLength: requestIdMax,
    example: requestExample.id,
  }),
});
export const requestHeaders = z.object({
  'idempotency-key': z.string().optional().openapi({
    description:
      'The same key with the same request, within a day, does nothing again and gives the same call.',
    maxLength: keyCharsMax,
    example: '8e03978e-40d5-43dd-bc93-6894a57f9324',
  }),
});

/** A time, as it is given. */
export const requestTime = z.string('expected a time of RFC 3339').max(40, 'expected a time of RFC 3339');
