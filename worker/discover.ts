/** One look at one entity: everything it states, by every source. */

import type { Facts } from '../market/facts.ts';
import type { DiscoInfo } from '../protocol/disco.ts';
import { type Asker, answered } from './ask.ts';
import { children } from './sources/children.ts';
import { commands } from './sources/commands.ts';
import { pep } from './sources/pep.ts';
import { type Fault, type Source, type Subject, sourceLimits, type View } from './sources/source.ts';

/** Every way of learning, beside the root disco#info that all of them build on. */
const sources: Source[] = [commands, pep, children];

export type Look = {
  /** What was read whole now. */
  fresh: Partial<Facts>;
  /** Whom to visit next. */
  children: string[];
  /** What is wrong with how the entity describes itself. */
  faults: Fault[];
  /** False where something could not be read: then absence says nothing. */
  complete: boolean;
  /** The entity answered something. */
  reachable: boolean;
};

export async function discover(asker: Asker, subject: Subject): Promise<Look> {
  const faults: Fault[] = [];
  const view = await viewOf(asker, subject, faults);
  const found = await Promise.all(sources.map((source) => source(asker, view)));
  const infos = view.addresses.map(({ info }) => info).filter((info) => info !== null);
  const isHeard = view.addresses.length > 0 && view.addresses.every(({ heard }) => heard);
  const fresh: Partial<Facts> = Object.assign(
    {},
    isHeard && { disco: mergeInfo(infos) },
    ...found.map(({ facts }) => facts),
  );
  const needed: (keyof Facts)[] = view.isAccount
    ? ['disco', 'commands', 'cards', 'listings']
    : ['disco', 'commands'];
  return {
    fresh,
    children: found.flatMap((one) => one.children),
    faults: [...faults, ...found.flatMap((one) => one.faults)],
    complete: needed.every((key) => key in fresh),
    reachable: infos.length > 0 || 'cards' in fresh || 'listings' in fresh,
  };
}

/** Asks every address for its root disco#info. An account without a known resource cannot be asked. */
async function viewOf(asker: Asker, subject: Subject, faults: Fault[]): Promise<View> {
  const isAccount = subject.jid.includes('@');
  const addresses = isAccount
    ? subject.resources
        .slice(0, sourceLimits.resourcesMax)
        .map(({ resource }) => `${subject.jid}/${resource}`)
    : [subject.jid];
  const asked = addresses.map(async (address) => {
    const answer = await asker.info(address);
    if (answer.kind === 'malformed') faults.push({ where: address, what: `its disco#info: ${answer.why}` });
    const heard = answer.kind === 'answer' || answer.kind === 'refused';
    return { address, info: answered(answer), silent: answer.kind === 'silent', heard };
  });
  return { subject, addresses: await Promise.all(asked), isAccount };
}

/** Where an agent is online more than once, what any of its resources states holds. */
function mergeInfo(infos: DiscoInfo[]): DiscoInfo | null {
  if (infos.length === 0) return null;
  return {
    node: null,
    identities: infos.flatMap((info) => info.identities),
    features: [...new Set(infos.flatMap((info) => info.features))],
    forms: infos.flatMap((info) => info.forms),
  };
}
