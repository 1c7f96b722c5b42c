import { isObject, objectsOf } from '../json.ts';
import { containersOf, logConfigurationOf, type Rule, repeated } from './rule.ts';

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

/** Equal repetitions do no harm, so only those that contradict each other are told. */
const contradictions: Rule = function* (definition) {
  const kinds = [
    { list: 'environment', value: 'value', word: 'variable' },
    { list: 'secrets', value: 'valueFrom', word: 'secret' },
  ];
  for (const { container, name, path } of containersOf(definition)) {
    for (const { list, value, word } of kinds) {
      const entries = objectsOf(container[list]).map(([, entry]) => entry);
      for (const repeatedName of repeated(entries.map((entry) => entry.name))) {
        const values = entries.filter((entry) => entry.name === repeatedName);
        if (new Set(values.map((entry) => entry[value])).size < 2) continue;
        const index = entries.findLastIndex((entry) => entry.name === repeatedName);
        const message = `the ${word} ${repeatedName} of container ${name} is there more than once. Keep one.`;
        yield { path: [...path, list, index], message };
      }
    }
  }
};

export const environmentRules: readonly Rule[] = [text, maps, variableAndSecret, contradictions];
