/**
 * A component from before service discovery: it answers XEP-0094: Agent Information (version 0.3), and nothing else. The
 * bot that it names speaks for itself, with a listing form in its disco#info.
 */
import { type Element, xml } from '@xmpp/xml';
import { answerQuery, faultReply } from './answer.ts';
import { commandDesk } from './commands.ts';
import { type ComponentAddress, type ComponentLink, linkComponent } from './component-link.ts';
import { guildhallPersona } from './guildhall.ts';
import { NS_AGENTS } from './namespaces.ts';
import { julianDays } from './skills/julian-days.ts';
import { stanzaError } from './stanza-error.ts';

export const oldtimerSkill = julianDays;

/** The local part of the bot's address. */
export const oldtimerAccount = 'calendar';

/** Starts the component; see `linkComponent`. */
export function startOldtimer(
  options: ComponentAddress & { log?: (line: string) => void },
): Promise<ComponentLink> {
  return linkComponent({ ...options, answer: oldtimerAnswers(options) });
}

/** What the component answers to a stanza: nothing, or one stanza. */
export function oldtimerAnswers({
  domain,
  log,
}: {
  domain: string;
  log?: (line: string) => void;
}): (stanza: Element) => Promise<Element[]> {
  const bot = `${oldtimerAccount}@${domain}`;
  const persona = guildhallPersona(oldtimerSkill, { placement: 'agent-and-command' }, `pubsub.${domain}`);
  const desk = commandDesk(
    persona.commands.map(({ command }) => command),
    persona.manner,
  );
  const answer = async (stanza: Element): Promise<Element> => {
    const { to, from, id, type } = stanza.attrs;
    if (to === bot) return answerQuery(persona, desk, bot, stanza);
    const isAsked = to === domain && type === 'get' && stanza.getChild('query', NS_AGENTS);
    return isAsked
      ? xml('iq', { type: 'result', to: from, id }, agentList(bot))
      : xml('iq', { type: 'error', to: from, id }, stanzaError('cancel', 'service-unavailable'));
  };
  return async (stanza) => {
    const { type, to, from } = stanza.attrs;
    if (stanza.name !== 'iq' || !to || !from || (type !== 'get' && type !== 'set')) return [];
    const reply = await answer(stanza).catch((error: Error) => {
      log?.(`${domain} failed to answer: ${error.stack ?? error.message}`);
      return faultReply(stanza);
    });
    // A component has many addresses, and names the one that answers.
    reply.attrs.from = to;
    return [reply];
  };
}

function agentList(bot: string): Element {
  const { name, description } = oldtimerSkill;
  return xml(
    'query',
    { xmlns: NS_AGENTS },
    xml('agent', { jid: bot }, xml('name', {}, name), xml('description', {}, description)),
  );
}
