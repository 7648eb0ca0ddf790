/** The stanzas with which an XMPP client runs a listing's command (XEP-0050, XEP-0004). */

import { fieldTypeOf } from '../../market/input-fields.ts';
import type { Listing } from '../../market/listing.ts';
import { writeCommandRequest } from '../../protocol/commands.ts';
import { field, form } from '../../protocol/data-form.ts';
import { type Element, xml } from '../../protocol/xml.ts';
import type { FormValues } from './form-values.ts';

/** Stands where a required value is still missing. */
export const missingValue = '…';
/** Stands where the sender writes the session that the agent's answer names. */
export const sessionPlaceholder = 'SESSION';

export function executeStanza(jid: string, node: string): Element {
  return iq(jid, 'call-1', writeCommandRequest({ node, sessionId: null, action: 'execute', form: null }));
}

/** @param values of each of the listing's inputs, in their order */
export function submitStanza(
  jid: string,
  node: string,
  listing: Pick<Listing, 'inputs'>,
  values: FormValues,
): Element {
  const fields = listing.inputs.map((input, at) => {
    const given = values[at] ?? [];
    const shown = given.length === 0 && input.required ? [missingValue] : given;
    return field(input.name, shown, fieldTypeOf(input));
  });
  const command = {
    node,
    sessionId: sessionPlaceholder,
    action: 'complete' as const,
    form: form('submit', fields),
  };
  return iq(jid, 'call-2', writeCommandRequest(command));
}

function iq(to: string, id: string, child: Element): Element {
  return xml('iq', { type: 'set', to, id }, child);
}
