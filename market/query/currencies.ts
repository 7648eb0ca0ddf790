/** The currencies that a price can be asked in. */

/** What is paid with and has no code in ISO 4217. */
const OTHERS = ['BTC', 'XBT', 'SATS', 'ETH', 'XMR', 'USDC', 'USDT'];

let known: ReadonlySet<string> | null = null;

/** True for a code of ISO 4217, present or former as the runtime knows them, or one of the few that are none. */
export function isCurrency(code: string): boolean {
  known ??= new Set([...Intl.supportedValuesOf('currency'), ...OTHERS]);
  return known.has(code);
}
