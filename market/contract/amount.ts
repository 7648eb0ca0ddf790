/** Amounts of money as exact decimals: text that is compared digit by digit, and never becomes a float. */

export const amountLimits = { wholeDigitsMax: 12, decimalsMax: 18 } as const;

/** Plain decimal notation, without leading zeros; 18 places are the smallest unit of what is paid with today. */
const AMOUNT = /^(0|[1-9]\d{0,11})(\.\d{1,18})?$/;
/** A code of ISO 4217, or what else a currency or token is known by. */
const CURRENCY = /^[A-Z][A-Z0-9]{2,9}$/;

export function isAmount(text: string): boolean {
  return AMOUNT.test(text);
}

export function isCurrencyCode(text: string): boolean {
  return CURRENCY.test(text);
}

/** Negative where the first is less, positive where it is more; both are amounts. */
export function compareAmounts(one: string, other: string): number {
  const difference = unitsOf(one) - unitsOf(other);
  return difference < 0n ? -1 : Number(difference > 0n);
}

/** In the smallest unit that an amount can have. */
function unitsOf(amount: string): bigint {
  if (!isAmount(amount)) throw new Error(`'${amount}' is no amount`);
  const [whole = '', decimals = ''] = amount.split('.');
  return BigInt(whole + decimals.padEnd(amountLimits.decimalsMax, '0'));
}
