/**
 * Publishes who the directory is on its own account, whose server answers for the bare address: XEP-0163 for the nodes,
 * XEP-0054 for clients that know nothing newer. What stands there already is left alone, so that nobody is told again.
 */

import { ParseError } from '../../protocol/parse-error.ts';
import {
  pubsubConfigureAccess,
  pubsubItemsQuery,
  pubsubPublish,
  readPubsubItems,
} from '../../protocol/pubsub.ts';
import { readVcardTemp, vcardTempQuery, writeVcardTemp } from '../../protocol/vcard-temp.ts';
import { type Element, isAlike } from '../../protocol/xml.ts';
import type { IqOutcome } from '../iq-caller.ts';
import type { Log } from '../log.ts';
import type { StillNodeOptions } from '../pubsub/still-node.ts';
import type { Identity } from './identity.ts';

/** Asks one's own account. */
type AskAccount = (type: 'get' | 'set', payload: Element) => Promise<IqOutcome>;

/** Never rejects: what the server does not take is logged, and tried again with the next session. */
export async function publishIdentity(ask: AskAccount, identity: Identity, log: Log): Promise<void> {
  // First, since some servers make the nodes from the vCard.
  const failures = [await publishVcard(ask, identity)];
  for (const still of identity.stillNodes) failures.push(await publishNode(ask, still));
  for (const failure of failures) if (failure) log('warn', 'identity-not-published', failure);
}

type Failure = { what: string; why: string } | null;

/** Servers that keep the vCard in nodes give it back in another form: name and picture tell whose it is. */
async function publishVcard(ask: AskAccount, { vcardTemp }: Identity): Promise<Failure> {
  const known = read(await ask('get', vcardTempQuery()), readVcardTemp);
  if (known?.fn === vcardTemp.fn && known.photo?.base64 === vcardTemp.photo?.base64) return null;
  return failureOf('vcard-temp', await ask('set', writeVcardTemp(vcardTemp)));
}

async function publishNode(ask: AskAccount, { node, item, access }: StillNodeOptions): Promise<Failure> {
  const known = read(await ask('get', pubsubItemsQuery(node, 1)), readPubsubItems);
  const [stands] = known?.items ?? [];
  const isSame = stands?.id === item.id && stands.payload !== null && isAlike(stands.payload, item.payload);
  if (isSame) return null;
  const published = await ask('set', pubsubPublish(node, item, access));
  const isOtherwise = published.kind === 'error' && published.error.condition === 'conflict';
  if (!isOtherwise) return failureOf(node, published);
  // The node is there, with another access (XEP-0060 §7.1.5).
  const again = failureOf(node, await ask('set', pubsubPublish(node, item, null)));
  return again ?? failureOf(node, await ask('set', pubsubConfigureAccess(node, access)));
}

function read<T>(outcome: IqOutcome, reader: (element: Element) => T): T | null {
  if (outcome.kind !== 'result' || !outcome.payload) return null;
  try {
    return reader(outcome.payload);
  } catch (error) {
    if (error instanceof ParseError) return null;
    throw error;
  }
}

function failureOf(what: string, outcome: IqOutcome): Failure {
  if (outcome.kind === 'result') return null;
  return { what, why: outcome.kind === 'error' ? outcome.error.condition : outcome.kind };
}
