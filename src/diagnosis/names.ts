import type { Facts, Reading } from './signatures.ts';

/** The secret that the text names whole: `failed to fetch secret ARN from secrets manager`. */
export function secretArn({ text }: Reading): string | null {
  return (
    /(arn:[\w*-]+:secretsmanager:[^\s:]*:[^\s:]*:secret:[^\s'",:]+(?::[^\s'",:]*){0,3})(?=:? |['",])/i
      .exec(text)?.[1]
      ?.replace(/[:.]+$/, '') ?? null
  );
}

/** `invalid ssm parameters: /a, /b` and the EC2 agent's `invalid parameters: a,b`: the names. */
function parameterNames({ text, end }: Reading): string[] {
  const list = /invalid ?(?:ssm )?parameters?: ?((?:[\w./:@-]+, ?){0,200}[\w./:@…-]+)/i.exec(text);
  if (!list) return [];
  const names = (list[1] ?? '').split(/, ?/);
  const reachesEnd = list.index + list[0].length >= text.length - 1;
  const whole = end === 'cut' && reachesEnd ? names.slice(0, -1) : names;
  return whole.map((name) => name.replace(/[.:]$/, '')).filter((name) => /[^/]/.test(name));
}

/** A cause for each parameter that is not there; one without a name where the text names none. */
export function missingParameters(reading: Reading): readonly Facts[] {
  const names = parameterNames(reading);
  return names.length > 0 ? names.map((resource) => ({ resource })) : [{}];
}
