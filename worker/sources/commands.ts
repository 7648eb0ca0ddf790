/** Ad-hoc commands (XEP-0050): the command list at each address, and what each command's node says of itself. */

import { type CommandFacts, formsIn } from '../../market/facts.ts';
import { formNamespace } from '../../protocol/data-form.ts';
import { type CommandMeta, readCommandMeta } from '../../protocol/dialects/ai-sns.ts';
import type { DiscoInfo, DiscoItem } from '../../protocol/disco.ts';
import { FORM_CMD_META, NS_COMMANDS } from '../../protocol/namespaces.ts';
import { ParseError } from '../../protocol/parse-error.ts';
import { type Asker, answered } from '../ask.ts';
import { type Address, type Fault, nothing, type Source, sourceLimits, type View } from './source.ts';

export const commands: Source = async (asker, view) => {
  const lists = await Promise.all(view.addresses.map((at) => readList(asker, view, at)));
  if (lists.length === 0) return nothing;
  const faults = lists.flatMap((list) => list.faults);
  // An address that did not answer may list more: nothing is concluded from the others.
  if (lists.some((list) => list.commands === null)) return { facts: {}, children: [], faults };
  const found = lists.flatMap((list) => list.commands ?? []);
  // Where an agent is online more than once, the first resource that lists a command answers for it.
  const byNode = new Map([...found].reverse().map((command) => [command.node, command]));
  return { facts: { commands: [...byNode.values()].reverse() }, children: [], faults };
};

type List = { commands: CommandFacts[] | null; faults: Fault[] };

async function readList(asker: Asker, { subject }: View, at: Address): Promise<List> {
  if (at.silent) return { commands: null, faults: [] };
  // Commands are asked for where they are announced; of a consenting agent in any case: its disco may be broken.
  if (!subject.consented && !at.info?.features.includes(NS_COMMANDS))
    return { commands: at.info ? [] : null, faults: [] };
  const list = await asker.items(at.address, NS_COMMANDS);
  if (list.kind === 'silent')
    return { commands: null, faults: [{ where: at.address, what: 'its command list is not answered' }] };
  // Refused with its disco#info, it may be a server's word that the resource is gone: that is no empty list.
  if (list.kind === 'refused' && !at.info) return { commands: null, faults: [] };
  if (list.kind === 'malformed')
    return { commands: null, faults: [{ where: at.address, what: `its command list: ${list.why}` }] };
  const { own, faults } = ownItems(answered(list)?.items ?? [], at.address);
  const read = await Promise.all(
    own.slice(0, sourceLimits.commandsMax).map((item) => readCommand(asker, at.address, item)),
  );
  return {
    commands: read.map(({ command }) => command),
    faults: [...faults, ...read.flatMap((one) => one.faults)],
  };
}

type CommandItem = DiscoItem & { node: string };

/** An item that names somebody else's address is a claim about others, and no command of this agent. */
function ownItems(items: DiscoItem[], address: string): { own: CommandItem[]; faults: Fault[] } {
  const bare = address.split('/')[0];
  const byNode = new Map<string, CommandItem>();
  const faults: Fault[] = [];
  for (const item of items) {
    const { node, jid } = item;
    if (node === null) faults.push({ where: address, what: 'an item of its command list has no node' });
    else if (jid !== address && jid !== bare) {
      faults.push({ where: address, what: `its command list names ${jid}, which must speak for itself` });
    } else if (!byNode.has(node)) byNode.set(node, { ...item, node });
  }
  return { own: [...byNode.values()], faults };
}

async function readCommand(
  asker: Asker,
  address: string,
  item: CommandItem,
): Promise<{ command: CommandFacts; faults: Fault[] }> {
  const answer = await asker.info(address, item.node);
  const info = answered(answer);
  const { meta, fault } = metaIn(info);
  const faults: Fault[] = [];
  const where = `${address} ${item.node}`;
  if (answer.kind === 'malformed') faults.push({ where, what: `its disco#info: ${answer.why}` });
  if (fault) faults.push({ where, what: `its ${FORM_CMD_META} form: ${fault}` });
  const command: CommandFacts = {
    node: item.node,
    name: item.name,
    callJid: address,
    info,
    meta,
    listing: formsIn(info)[0] ?? null,
    firstForm: null,
    takesNothing: false,
    heard: answer.kind !== 'silent',
  };
  return { command, faults };
}

/** The form by which AI-SNS states a command's inputs; one that cannot be read counts as not stated. */
function metaIn(info: DiscoInfo | null): { meta: CommandMeta | null; fault: string | null } {
  const form = info?.forms.find((candidate) => formNamespace(candidate) === FORM_CMD_META);
  if (!form) return { meta: null, fault: null };
  try {
    return { meta: readCommandMeta(form), fault: null };
  } catch (error) {
    if (error instanceof ParseError) return { meta: null, fault: error.message };
    throw error;
  }
}
