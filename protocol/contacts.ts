/**
 * XEP-0157: Contact Addresses for XMPP Services (1.1): a form of FORM_TYPE `http://jabber.org/network/serverinfo` in a
 * service's disco#info.
 * https://xmpp.org/extensions/xep-0157.html
 */

import { type Form, field, form, formNamespace, formValues } from './data-form.ts';
import { safeLink } from './link.ts';
import { FORM_SERVER_INFO } from './namespaces.ts';
import { ParseError } from './parse-error.ts';

export const contactRoles = ['abuse', 'admin', 'feedback', 'sales', 'security', 'status', 'support'] as const;
export type ContactRole = (typeof contactRoles)[number];

/** Whom to write to, as links; a role without an address is absent. */
export type Contacts = { [role in ContactRole]?: string[] };

export const contactsPerRoleMax = 20;

/** Reads the links that are safe to follow; others, as http, are left out. @throws {ParseError} */
export function readContacts(from: Form): Contacts {
  if (formNamespace(from) !== FORM_SERVER_INFO)
    throw new ParseError(`FORM_TYPE '${FORM_SERVER_INFO}' expected`);
  const contacts: Contacts = {};
  for (const role of contactRoles) {
    const stated = formValues(from, fieldOf(role)).slice(0, contactsPerRoleMax).map(safeLink);
    const links = [...new Set(stated.filter((link) => link !== null))];
    if (links.length > 0) contacts[role] = links;
  }
  return contacts;
}

export function writeContacts(of: Contacts): Form {
  const fields = contactRoles.flatMap((role) => {
    const links = of[role] ?? [];
    return links.length > 0 ? [field(fieldOf(role), links, 'list-multi')] : [];
  });
  return form('result', [field('FORM_TYPE', FORM_SERVER_INFO, 'hidden'), ...fields]);
}

function fieldOf(role: ContactRole): string {
  return `${role}-addresses`;
}
