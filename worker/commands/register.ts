/** The command by which an agent registers and renews. */

import { correctionOf } from '../../market/corrections.ts';
import { isProblem } from '../../market/problem.ts';
import type { Permission, RegistrationRecord, Wish } from '../../market/registration.ts';
import type { Deps } from '../../operations/deps.ts';
import { leaseLimits, ownRegistration, register } from '../../operations/register.ts';
import type { Note } from '../../protocol/commands.ts';
import { type Field, field, form } from '../../protocol/data-form.ts';
import { presentOf, readSaid, saidFields } from './correction-form.ts';
import { ask, choiceField, numberField, timeText } from './fields.ts';
import type { Caller, Command, Stage, Step } from './step.ts';
import { single, type Values } from './values.ts';

export const nodeRegister = 'register';

/** @param wake tells the crawler that something is due */
export function registerCommand(deps: Deps, wake: () => void): Command {
  return {
    node: nodeRegister,
    name: 'Register with the directory, or renew',
    about: {
      description: 'Has the directory list you, with your commands looked at, for as long as the lease runs.',
      fields: leaseFields(null),
    },
    concerns: ({ domain }) => !deps.policy.excludes(domain),
    async start(caller) {
      return leaseStage(deps, caller, wake, await ownRegistration(deps, caller));
    },
  };
}

function leaseStage(deps: Deps, caller: Caller, wake: () => void, known: RegistrationRecord | null): Stage {
  const asks = [
    `You are ${caller.jid}. By registering you consent to being listed, and to your commands being looked at.`,
    `The lease that is granted is at most ${leaseLimits.hoursMax} hours; registering again renews it.`,
    'The next stage, which can be left out, says what holds for all of your listings.',
  ];
  const isRenewal = known?.state === 'live';
  return {
    form: ask(isRenewal ? 'Renew' : 'Register', asks.join('\n'), leaseFields(known)),
    actions: ['complete', 'next'],
    notes: isRenewal ? [info(`You are registered until ${timeText(known.leaseUntil)}.`)] : [],
    async submit(values, action) {
      const wish = wishOf(values);
      if (action === 'next') return aboutStage(deps, caller, wake, known, wish);
      return finish(deps, caller, wake, wish);
    },
  };
}

function leaseFields(known: RegistrationRecord | null): Field[] {
  return [
    numberField('lease_hours', 'Lease wanted, in hours', {
      value: leaseLimits.hoursDefault,
      min: leaseLimits.hoursMin,
      max: leaseLimits.hoursAskedMax,
    }),
    permissionField('relay', 'May others call you through the directory?', known?.relay ?? null),
    permissionField('presence', 'May it be shown whether you are online?', known?.presence ?? null),
  ];
}

function aboutStage(
  deps: Deps,
  caller: Caller,
  wake: () => void,
  known: RegistrationRecord | null,
  wish: Wish,
): Stage {
  const about = correctionOf(known?.corrections ?? {}, '');
  const said = {
    name: about.name ?? null,
    description: null,
    category: about.category ?? null,
    tags: about.tags ?? [],
    lang: about.lang ?? [],
    price: about.price ?? null,
    terms: about.terms ?? null,
  };
  const instructions =
    "Your own name, and what holds for each of your listings that says nothing else. The command 'mine' corrects single listings.";
  return {
    form: ask(
      'About you',
      instructions,
      saidFields(said, false).filter((asked) => asked.var !== 'description'),
    ),
    actions: ['complete'],
    async submit(values) {
      const read = readSaid(values);
      return isProblem(read) ? read : finish(deps, caller, wake, { ...wish, about: presentOf(read) });
    },
  };
}

async function finish(deps: Deps, caller: Caller, wake: () => void, wish: Wish): Promise<Step> {
  const granted = await register(deps, caller, { ...wish, resource: caller.resource });
  if (isProblem(granted)) return granted;
  wake();
  const until = timeText(granted.leaseUntil);
  const isShorter = granted.leaseHours < wish.leaseHours;
  const asked = isShorter ? `, not for the ${wish.leaseHours} that you asked for` : '';
  return {
    result: form(
      'result',
      [
        field('jid', caller.jid, 'jid-single'),
        field('lease_until', until),
        field('lease_hours', String(granted.leaseHours)),
      ],
      'Registered',
    ),
    notes: [info(`You are registered until ${until}, for ${granted.leaseHours} hours${asked}.`)],
  };
}

const asStated = 'as-stated';

function permissionField(name: string, label: string, chosen: Permission | null) {
  const options = [
    { value: asStated, label: 'As my own forms say' },
    { value: 'allow', label: 'Yes' },
    { value: 'deny', label: 'No' },
  ];
  return choiceField(name, label, options, chosen ?? asStated);
}

function wishOf(values: Values): Wish {
  const permission = (name: string): Permission | null => {
    const value = single(values, name);
    return value === 'allow' || value === 'deny' ? value : null;
  };
  return {
    leaseHours: Number(single(values, 'lease_hours')),
    relay: permission('relay'),
    presence: permission('presence'),
    about: null,
  };
}

function info(text: string): Note {
  return { type: 'info', text };
}
