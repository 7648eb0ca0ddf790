/**
 * XMPP Agent Gateway (ProtoXEP, 0.0.5), "Lifecycle JSON Schemas": what the events and results of a task carry. Members that
 * are not in those schemas are ignored, and texts beyond their limits are cut.
 */

import { isObject, type Json, type JsonObject } from '../../json.ts';
import { ParseError } from '../../parse-error.ts';
import { cleanLine, cleanText, token } from '../../text.ts';
import { readIdentifier } from './namespaces.ts';
import { dateOf, type EventType } from './task.ts';

/** What a task asks of its caller; the answer must be as the schema says. */
export type InputRequest = {
  requestId: string;
  question: string;
  schema: JsonObject;
  created: Date;
  expires: Date | null;
};

export type TaskPayload =
  | { type: 'status'; state: 'running' | 'input_required' | 'cancelling' }
  | { type: 'progress'; percent: number | null; stage: string | null; message: string | null }
  | { type: 'input_required'; request: InputRequest }
  | { type: 'completed'; result: JsonObject; isError: boolean; summary: string | null }
  | { type: 'failed'; code: string; message: string; retryable: boolean }
  | { type: 'cancelled'; reason: string | null };

export const payloadLimits = { lineCharsMax: 256, textCharsMax: 4_096, codeCharsMax: 128 } as const;

const runningStates = ['running', 'input_required', 'cancelling'] as const;
const FAILURE_CODE = /^[A-Za-z0-9_.:-]+$/;

/** @throws {ParseError} where a member that the event's type requires is missing or of another type. */
export function taskPayload(type: EventType, payload: JsonObject): TaskPayload {
  switch (type) {
    case 'status': {
      const state = runningStates.find((name) => name === payload.state);
      if (!state) throw new ParseError('a status event with the state of a running task expected');
      return { type, state };
    }
    case 'progress':
      return {
        type,
        percent: percentOf(payload.percent),
        stage: line(payload.stage),
        message: text(payload.message),
      };
    case 'input_required':
      return { type, request: inputRequest(payload) };
    case 'completed': {
      const { result } = payload;
      if (!isObject(result) || !Array.isArray(result.content)) throw new ParseError('a tool result expected');
      return { type, result, isError: result.isError === true, summary: text(payload.summary) };
    }
    case 'failed': {
      const { error } = payload;
      const code = isObject(error) ? token(stringIn(error.code), payloadLimits.codeCharsMax) : null;
      const message = isObject(error) ? text(error.message) : null;
      if (
        !isObject(error) ||
        !code ||
        !FAILURE_CODE.test(code) ||
        !message ||
        typeof error.retryable !== 'boolean'
      ) {
        throw new ParseError('an error with code, message and retryable expected');
      }
      return { type, code, message, retryable: error.retryable };
    }
    case 'cancelled':
      return { type, reason: text(payload.reason) };
  }
}

/** @throws {ParseError} where a required member is missing or of another type. */
export function inputRequest(of: JsonObject): InputRequest {
  const question = text(of.question);
  if (!question || !isObject(of.inputSchema)) throw new ParseError('a question and its schema expected');
  return {
    requestId: readIdentifier(stringIn(of.requestId)),
    question,
    schema: of.inputSchema,
    created: dateOf(stringIn(of.createdAt) ?? undefined),
    expires: of.expiresAt === undefined ? null : dateOf(stringIn(of.expiresAt) ?? undefined),
  };
}

function percentOf(value: Json | undefined): number | null {
  return typeof value === 'number' && value >= 0 && value <= 100 ? value : null;
}

function stringIn(value: Json | undefined): string | null {
  return typeof value === 'string' ? value : null;
}

function line(value: Json | undefined): string | null {
  return cleanLine(stringIn(value) ?? '', payloadLimits.lineCharsMax) || null;
}

function text(value: Json | undefined): string | null {
  return cleanText(stringIn(value) ?? '', payloadLimits.textCharsMax) || null;
}
