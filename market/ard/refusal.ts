/** Problems as the errors of ARD (v0.9 appendix B). */

import { type Problem, problems } from '../problem.ts';

export const errorCodes = [
  'INVALID_ARGUMENT',
  'UNAUTHENTICATED',
  'NOT_FOUND',
  'RATE_LIMIT_EXCEEDED',
  'INTERNAL_ERROR',
] as const;
export type ErrorCode = (typeof errorCodes)[number];

export function ardError({ problem, detail }: Problem): { errorCode: ErrorCode; message: string } {
  return { errorCode: errorCodeOf(problems[problem].status), message: detail };
}

/** The standard has five codes: what it has none for is the request's fault or ours. */
export function errorCodeOf(status: number): ErrorCode {
  if (status === 401 || status === 403) return 'UNAUTHENTICATED';
  if (status === 404) return 'NOT_FOUND';
  if (status === 429) return 'RATE_LIMIT_EXCEEDED';
  return status >= 500 ? 'INTERNAL_ERROR' : 'INVALID_ARGUMENT';
}
