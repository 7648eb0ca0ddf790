/** Structured logs: one JSON object a line. */

export const logLevels = ['debug', 'info', 'warn', 'error'] as const;
export type LogLevel = (typeof logLevels)[number];
export type Log = (level: LogLevel, event: string, details?: { [key: string]: unknown }) => void;

/** @param write takes each line, without its end */
export function createLog(threshold: LogLevel, write: (line: string) => void): Log {
  return (level, event, details = {}) => {
    if (logLevels.indexOf(level) < logLevels.indexOf(threshold)) return;
    write(JSON.stringify({ at: new Date().toISOString(), level, event, ...details }));
  };
}

/** What a log says of something that was thrown: of a failed statement its cause, not its text. */
export function errorText(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  if (!(cause instanceof Error)) return error.message;
  return error.name === 'DrizzleQueryError' || error.message.startsWith('Failed query')
    ? errorText(cause)
    : `${error.message}: ${errorText(cause)}`;
}
