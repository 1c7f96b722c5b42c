import { isObject, objectsOf } from '../json.ts';
import { containersOf, logConfigurationOf, type Rule } from './rule.ts';

const NAMED_LISTS = [
  { list: 'environment', word: 'variable' },
  { list: 'secrets', word: 'secret' },
];

/** YAML reads `8080`, `1.20` and `true` as something else than text. */
const text: Rule = function* (definition) {
  for (const { container, name, path } of containersOf(definition)) {
    for (const [index, variable] of objectsOf(container.environment)) {
      const at = [...path, 'environment', index];
      if (typeof variable.name !== 'string' || variable.name === '') {
        const message = `a variable of container ${name} has no name that is text.`;
        yield { path: [...at, 'name'], message };
      } else if (variable.value !== undefined && typeof variable.value !== 'string') {
        const kind = Array.isArray(variable.value) ? 'list' : typeof variable.value;
        const message = `the variable ${variable.name} of container ${name} is a ${kind} where text is needed. Quote it.`;
        yield { path: [...at, 'value'], message };
      }
    }
    for (const [index, secret] of objectsOf(container.secrets)) {
      if (typeof secret.name === 'string' && secret.name !== '') continue;
      const message = `a secret of container ${name} has no name that is text.`;
      yield { path: [...path, 'secrets', index, 'name'], message };
    }
  }
};

/** Labels and log options are maps of text to text. */
const maps: Rule = function* (definition) {
  for (const { container, name, path } of containersOf(definition)) {
    const candidates = [
      { at: [...path, 'dockerLabels'], map: container.dockerLabels },
      {
        at: [...path, 'logConfiguration', 'options'],
        map: logConfigurationOf(container).options,
      },
    ];
    for (const { at, map } of candidates) {
      for (const [key, value] of isObject(map) ? Object.entries(map) : []) {
        if (typeof value === 'string') continue;
        const message = `${at.at(-1)} of container ${name}: ${key} is a ${typeof value} where text is needed. Quote it.`;
        yield { path: [...at, key], message };
      }
    }
  }
};

const variableAndSecret: Rule = function* (definition) {
  for (const { container, name, path } of containersOf(definition)) {
    const variables = objectsOf(container.environment).map(([, variable]) => variable.name);
    for (const [index, secret] of objectsOf(container.secrets)) {
      if (!variables.includes(secret.name)) continue;
      const message = `${secret.name} of container ${name} is a variable and a secret. Remove one of them.`;
      yield { path: [...path, 'secrets', index], message };
    }
  }
};

/** Told even where the values are alike: which of them a container gets is nowhere promised. */
const repetitions: Rule = function* (definition) {
  for (const { container, name, path } of containersOf(definition)) {
    for (const { list, word } of NAMED_LISTS) {
      const seen = new Set<unknown>();
      for (const [index, { name: entry }] of objectsOf(container[list])) {
        if (typeof entry === 'string' && seen.has(entry)) {
          const message = `the ${word} ${entry} of container ${name} is there more than once. Keep one.`;
          yield { path: [...path, list, index], message };
        }
        seen.add(entry);
      }
    }
  }
};

export const environmentRules: readonly Rule[] = [text, maps, variableAndSecret, repetitions];
