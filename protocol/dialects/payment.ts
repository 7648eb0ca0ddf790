/**
 * Payment Required (`urn:xmpp:payment:0`, ProtoXEP inbox/payment-required, 0.0.2): the invoice in an error by which a
 * service declines until it is paid. Invoices are read and shown; the directory pays nothing.
 * https://xmpp.org/extensions/inbox/payment-required.html
 */

import { safeLink } from '../link.ts';
import { NS_PAYMENT } from '../namespaces.ts';
import { ParseError } from '../parse-error.ts';
import { cleanLine, cleanText, token } from '../text.ts';
import { boundedChildren, type Element, xml } from '../xml.ts';

/** One way to pay. Links in other schemes than `payto` (RFC 8905) are not taken, since nothing can vouch for them. */
export type PaymentOption = { label: string | null; proof: string | null; link: string };

export type Invoice = {
  session: string;
  purpose: string | null;
  description: string | null;
  expires: Date | null;
  options: PaymentOption[];
};

export const invoiceLimits = {
  optionsMax: 20,
  sessionCharsMax: 500,
  lineCharsMax: 200,
  descriptionCharsMax: 1000,
} as const;

/**
 * Reads the invoice of an error stanza; null where it has none.
 * @throws {ParseError} where the invoice has no session, or more options than `invoiceLimits.optionsMax`.
 */
export function readInvoice(stanza: Element): Invoice | null {
  const invoice = stanza.getChild('error')?.getChild('invoice', NS_PAYMENT);
  return invoice ? readInvoiceElement(invoice) : null;
}

/** The same of the invoice itself. @throws {ParseError} as above. */
export function readInvoiceElement(invoice: Element): Invoice {
  const session = token(invoice.attrs.session, invoiceLimits.sessionCharsMax);
  if (!session) throw new ParseError('the invoice has no session');
  const expires = new Date(token(invoice.attrs.expires, 40) ?? Number.NaN);
  const description = invoice.getChildText('description', NS_PAYMENT) ?? '';
  return {
    session,
    purpose: line(invoice.attrs.purpose),
    description: cleanText(description, invoiceLimits.descriptionCharsMax) || null,
    expires: Number.isNaN(expires.getTime()) ? null : expires,
    options: boundedChildren(invoice, 'option', NS_PAYMENT, invoiceLimits.optionsMax).flatMap((option) => {
      const link = safeLink(option.text());
      if (!link?.startsWith('payto:')) return [];
      return [{ label: line(option.attrs.label), proof: token(option.attrs.proof, 60), link }];
    }),
  };
}

export function writeInvoice(invoice: Invoice): Element {
  return xml(
    'invoice',
    {
      xmlns: NS_PAYMENT,
      session: invoice.session,
      purpose: invoice.purpose,
      expires: invoice.expires?.toISOString().replace('.000Z', 'Z'),
    },
    invoice.description && xml('description', {}, invoice.description),
    invoice.options.map(({ label, proof, link }) => xml('option', { label, proof }, link)),
  );
}

function line(text: string | undefined): string | null {
  return cleanLine(text ?? '', invoiceLimits.lineCharsMax) || null;
}
