/** Notes of payments: what a party says was or is to be paid. The directory passes them on, and holds no money. */

import type { Invoice } from '../../protocol/dialects/payment.ts';
import { invoiceLimits } from '../../protocol/dialects/payment.ts';
import { safeLink } from '../../protocol/link.ts';
import { cleanLine, cleanText, token } from '../../protocol/text.ts';
import { type Pointer, type Problem, problem } from '../problem.ts';
import { amountLimits, isAmount, isCurrencyCode } from './amount.ts';

/** An invoice of `urn:xmpp:payment:0`, as JSON. */
export type StatedInvoice = Omit<Invoice, 'expires'> & { expires: string | null };

export type Settlement = {
  amount: { amount: string; currency: string } | null;
  /** What the payment is known by: the number of a transfer, of a transaction. */
  reference: string | null;
  /** Where or how to pay: `payto:` (RFC 8905), or another scheme that a link may have. */
  link: string | null;
  invoice: StatedInvoice | null;
};

export const settlementLimits = {
  referenceCharsMax: 200,
  /** Notes of one side in one contract: each of them is told to the other. */
  perSideMax: 20,
} as const;

export type WishedSettlement = {
  amount?: { amount: string; currency: string } | null | undefined;
  reference?: string | null | undefined;
  link?: string | null | undefined;
  invoice?: WishedInvoice | null | undefined;
};

export type WishedInvoice = {
  session: string;
  purpose?: string | null | undefined;
  description?: string | null | undefined;
  expires?: string | null | undefined;
  options?:
    | { label?: string | null | undefined; proof?: string | null | undefined; link: string }[]
    | undefined;
};

/** The note as it is kept, or a problem that names what is not taken. */
export function checkSettlement(wished: WishedSettlement, place = '/settlement'): Settlement | Problem {
  const errors: Pointer[] = [];
  const refuse = (name: string, detail: string) => {
    errors.push({ pointer: name === '' ? place : `${place}/${name}`, detail });
    return null;
  };
  const reference = cleanLine(wished.reference ?? '', settlementLimits.referenceCharsMax) || null;
  const link = wished.link
    ? (safeLink(wished.link) ?? refuse('link', 'expected a payto:, https:, xmpp: or mailto: address'))
    : null;
  const settlement: Settlement = {
    amount: wished.amount ? readAmount(wished.amount, refuse) : null,
    reference,
    link,
    invoice: wished.invoice ? readStatedInvoice(wished.invoice, refuse) : null,
  };
  if (errors.length === 0 && !(reference || settlement.link || settlement.invoice)) {
    refuse('', 'expected a reference, a link or an invoice');
  }
  if (errors.length === 0) return settlement;
  const named = errors.map(({ pointer, detail }) => `${pointer.slice(1)}: ${detail}`).join('; ');
  return problem('invalid-body', `Not accepted: ${named}`, errors);
}

type Refuse = (name: string, detail: string) => null;

function readAmount({ amount, currency }: { amount: string; currency: string }, refuse: Refuse) {
  const { wholeDigitsMax, decimalsMax } = amountLimits;
  if (!isAmount(amount)) {
    return refuse(
      'amount/amount',
      `expected a decimal number such as "12.50", of at most ${wholeDigitsMax} digits before the point and ${decimalsMax} after it`,
    );
  }
  const code = currency.toUpperCase();
  if (isCurrencyCode(code)) return { amount, currency: code };
  return refuse('amount/currency', 'expected a code of ISO 4217 such as EUR, or of a token such as BTC');
}

/** Held to the same as an invoice that comes as a stanza. */
function readStatedInvoice(wished: WishedInvoice, refuse: Refuse): StatedInvoice | null {
  const session = token(wished.session, invoiceLimits.sessionCharsMax);
  if (!session) return refuse('invoice/session', 'expected the session of the invoice, without spaces');
  const { options = [] } = wished;
  if (options.length > invoiceLimits.optionsMax) {
    return refuse('invoice/options', `expected at most ${invoiceLimits.optionsMax} ways to pay`);
  }
  const line = (text: string | null | undefined) => cleanLine(text ?? '', invoiceLimits.lineCharsMax) || null;
  const read = options.map(({ label, proof, link }, at) => {
    const safe = safeLink(link);
    if (!safe?.startsWith('payto:')) return refuse(`invoice/options/${at}/link`, 'expected a payto: address');
    return { label: line(label), proof: token(proof ?? undefined, 60), link: safe };
  });
  const expires = new Date(wished.expires ?? Number.NaN);
  return {
    session,
    purpose: line(wished.purpose),
    description: cleanText(wished.description ?? '', invoiceLimits.descriptionCharsMax) || null,
    expires: Number.isNaN(expires.getTime()) ? null : expires.toISOString(),
    options: read.filter((option) => option !== null),
  };
}

export function statedInvoice({ expires, ...invoice }: Invoice): StatedInvoice {
  return { ...invoice, expires: expires?.toISOString() ?? null };
}

export function invoiceOf({ expires, ...invoice }: StatedInvoice): Invoice {
  return { ...invoice, expires: expires === null ? null : new Date(expires) };
}
