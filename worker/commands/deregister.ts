/** The command by which an agent has everything that is said of it removed. */

import type { Deps } from '../../operations/deps.ts';
import { deregister } from '../../operations/deregister.ts';
import { ask } from './fields.ts';
import type { Command } from './step.ts';

export const nodeDeregister = 'deregister';

export type DeregisterHooks = {
  /** Tells the agent and its server that the subscriptions between them and the directory are over. */
  endSubscription: (jid: string) => void;
};

export function deregisterCommand(deps: Deps, { endSubscription }: DeregisterHooks): Command {
  return {
    node: nodeDeregister,
    name: 'Leave the directory',
    about: { description: 'Removes everything that the directory says of you.', fields: [] },
    async start(caller) {
      const instructions = [
        `Everything that is said of ${caller.jid} is removed at once: its listings, its registration and its corrections.`,
        'It stays out of the directory, whatever it publishes, until it registers or subscribes again.',
      ];
      return {
        form: ask('Leave the directory', instructions.join('\n'), []),
        actions: ['complete'],
        async submit() {
          const { known, subscribed, removed, ended } = await deregister(deps, caller);
          if (subscribed) endSubscription(caller.jid);
          const listings = removed === 1 ? '1 listing was' : `${removed} listings were`;
          const texts = [
            known ? `${listings} removed. Register or subscribe to come back.` : 'Nothing was said of you.',
            ...(ended > 0 ? ['You are told of no queries and no news any more.'] : []),
          ];
          return { result: null, notes: texts.map((text) => ({ type: 'info', text })) };
        },
      };
    },
  };
}
