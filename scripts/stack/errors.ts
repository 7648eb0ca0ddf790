/** A failure that the person at the terminal can mend: the message is one sentence that says what to do. */
export class StackError extends Error {
  override name = 'StackError';
}
