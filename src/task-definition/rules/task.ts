import { isObject } from '../json.ts';
import type { Rule } from './rule.ts';

// https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-quotas.html
const MAX_BYTES = 65_536;
const MAX_TAGS = 50;

const family: Rule = function* ({ family: value }) {
  if (typeof value === 'string' && /^[\w-]{1,255}$/.test(value)) return;
  yield {
    path: ['family'],
    message: value
      ? 'the family may hold letters, digits, hyphens and underscores, 255 at the most.'
      : 'the task definition has no family. Write family: NAME.',
  };
};

const bytes: Rule = function* ({ tags: _, ...definition }) {
  const length = Buffer.byteLength(JSON.stringify(definition));
  if (length <= MAX_BYTES) return;
  yield {
    path: [],
    message: `the task definition is ${length} bytes long; ${MAX_BYTES} is the most. Move long variables to a file (environmentFiles) or to SSM.`,
  };
};

const tags: Rule = function* ({ tags: all = [] }) {
  if (all.length > MAX_TAGS) {
    yield { path: ['tags'], message: `there are ${all.length} tags; ${MAX_TAGS} is the most.` };
  }
  for (const [index, tag] of all.entries()) {
    if (!isObject(tag) || !/^aws:/i.test(String(tag.key))) continue;
    yield {
      path: ['tags', index],
      message: `the tag ${tag.key} begins with aws:, which is reserved. Rename it.`,
    };
  }
};

export const taskRules: readonly Rule[] = [family, bytes, tags];
