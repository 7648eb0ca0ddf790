/** The command that says what is indexed, how fresh it is, and how alive. */

import type { Deps } from '../../operations/deps.ts';
import { stats } from '../../operations/explore.ts';
import { type Field, field, form } from '../../protocol/data-form.ts';
import type { Command } from './step.ts';

export const nodeStatus = 'status';

/** Has no form: it answers at once, and changes nothing. */
export function statusCommand(deps: Deps): Command {
  return {
    node: nodeStatus,
    name: 'State of the directory',
    about: { description: 'What is indexed, how fresh it is, and how alive.', fields: [] },
    async start() {
      const { listings, agents, domains, online, stale, changes, byKind } = await stats(deps);
      const kinds = Object.entries(byKind).map(([kind, count]) => `${kind}: ${count}`);
      const number = (name: string, label: string, value: number): Field => ({
        ...field(name, String(value)),
        label,
      });
      const fields = [
        number('listings', 'Listings', listings),
        number('agents', 'Agents', agents),
        number('domains', 'Domains', domains),
        number('online', 'Agents that are online and show it', online),
        number('stale', 'Listings that were not verified for 24 hours', stale),
        number('changes', 'Changes since the beginning', changes),
        { ...field('kinds', kinds, 'text-multi'), label: 'Listings by kind' },
      ];
      return { result: form('result', fields, 'State of the directory'), notes: [] };
    },
  };
}
