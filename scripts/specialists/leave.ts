/** A command by which an agent withdraws from the directory for a while: consent is the agent's to take back. */
import type { Command } from './commands.ts';
import { line } from './skill.ts';

const secondsMin = 5;
const secondsMax = 3_600;
const secondsDefault = 60;

/** @param leave ends the subscription now, and subscribes again after as many seconds */
export function leaveCommand(leave: (seconds: number) => void): Command {
  return {
    node: 'leave',
    name: 'Leave the directory for a while',
    instructions:
      'Ends the subscription to the directory, which is the consent to be listed: the listings go at once, this one too. They are back when it subscribes again.',
    fields: [
      {
        name: 'seconds',
        label: 'Seconds to stay away',
        type: 'text-single',
        required: true,
        datatype: 'xs:integer',
        min: String(secondsMin),
        max: String(secondsMax),
        default: String(secondsDefault),
      },
    ],
    run(answers) {
      const seconds = answers.number('seconds');
      leave(seconds);
      return [line('back', 'Back at', new Date(Date.now() + seconds * 1_000).toISOString())];
    },
  };
}
