import { domainToASCII } from 'node:url';
import { line, type Output, type Skill, UserError } from '../skill.ts';

/** XEP-0106: JID Escaping. */
const escapes = /\\(20|22|26|27|2f|3a|3c|3e|40|5c)/g;

export const addressParts: Skill = {
  id: 'take-address-apart',
  name: 'Take an XMPP address apart',
  description:
    'Takes an XMPP address (JID) apart into its local part, domain and resource, undoes its escapes, and writes the ' +
    'domain in ASCII and the address as an xmpp: link.',
  category: 'development',
  tags: ['xmpp', 'jabber', 'jid', 'address', 'uri', 'idn', 'developer'],
  lang: ['en'],
  queries: ['xmpp link for a JID', 'What is the bare JID of this address?', 'punycode of an XMPP domain'],
  fields: [
    {
      name: 'address',
      label: 'Address',
      type: 'jid-single',
      description: 'Such as juliet@example.org/balcony.',
      required: true,
    },
    {
      name: 'action',
      label: 'What the link does',
      type: 'list-single',
      description: 'The action of the link, as registered for xmpp: links (XEP-0147).',
      default: 'none',
      options: [
        { value: 'none', label: 'Nothing in particular' },
        { value: 'message', label: 'Write a message' },
        { value: 'roster', label: 'Add to the contacts' },
        { value: 'subscribe', label: 'Ask for presence' },
        { value: 'join', label: 'Join a room' },
      ],
    },
    { name: 'bare', label: 'Link without the resource', type: 'boolean', default: 'true' },
  ],
  run(answers): Output[] {
    const [, local = '', domain = '', resource = ''] =
      /^(?:([^@/]+)@)?([^/]+)(?:\/(.+))?$/s.exec(answers.text('address')) ?? [];
    const ascii = domainToASCII(domain);
    if (!ascii) throw new UserError('Address: its domain is not a valid domain name.');
    const bare = (local ? `${local.toLowerCase()}@` : '') + domain.toLowerCase();
    const path = [local && `${encodeURIComponent(local.toLowerCase())}@`, ascii].join('');
    const tail = resource && !answers.flag('bare') ? `/${encodeURIComponent(resource)}` : '';
    const action = answers.text('action') || 'none';
    return [
      line('local', 'Local part', local.toLowerCase()),
      line('local_unescaped', 'Local part without escapes', unescapeLocal(local.toLowerCase())),
      line('domain', 'Domain', domain.toLowerCase()),
      line('domain_ascii', 'Domain in ASCII', ascii),
      line('resource', 'Resource', resource),
      line('bare_address', 'Bare address', bare),
      line('link', 'Link', `xmpp:${path}${tail}${action === 'none' ? '' : `?${action}`}`),
    ];
  },
};

function unescapeLocal(local: string): string {
  return local.replace(escapes, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
}
