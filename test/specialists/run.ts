import { readAnswers } from '../../scripts/specialists/answers.ts';
import { runSkill, type Skill } from '../../scripts/specialists/skill.ts';

/** Fills in a skill's form and gives its results by name, lines joined by line feeds. */
export async function run(
  skill: Skill,
  filled: Record<string, string | string[]>,
): Promise<Record<string, string>> {
  const raw = new Map(Object.entries(filled).map(([name, value]) => [name, [value].flat()]));
  const outputs = await runSkill(skill, readAnswers(skill.fields, raw));
  return Object.fromEntries(outputs.map(({ name, values }) => [name, values.join('\n')]));
}
