import { inspect } from 'node:util';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { parseText, SyntaxProblem } from '../../src/task-definition/source-text.ts';
import { describeYamlFault } from '../../src/task-definition/yaml-faults.ts';

/** Whatever the process printed, or would have printed as a warning, until the test ended. */
function overhear(): { heard(): Promise<string> } {
  const spies = [
    vi.spyOn(process, 'emitWarning').mockImplementation(() => {}),
    vi.spyOn(process.stderr, 'write').mockReturnValue(true),
    vi.spyOn(process.stdout, 'write').mockReturnValue(true),
    ...(['debug', 'log', 'info', 'warn', 'error'] as const).map((level) =>
      vi.spyOn(console, level).mockImplementation(() => {}),
    ),
  ];
  onTestFinished(() => {
    for (const spy of spies) spy.mockRestore();
  });
  return {
    heard: async () => {
      await new Promise(setImmediate);
      return inspect(spies.map((spy) => spy.mock.calls));
    },
  };
}

function problemOf(text: string, format: 'json' | 'yaml'): unknown {
  try {
    return parseText(text, format);
  } catch (error) {
    return error;
  }
}

/** As a log would show it: message, stack, members and the whole chain of causes. */
function printed(error: unknown): string {
  const causes = error instanceof Error && error.cause !== undefined ? printed(error.cause) : '';
  return `${error} ${inspect(error, { depth: null, showHidden: true })} ${causes}`;
}

const BAD_YAML = [
  'P: !hunter2',
  'P: !hunter2 a',
  'P: !!hunter2 a',
  'P: !x!hunter2 a',
  'P: !<hunter2',
  'P: !<tag:hunter2> a',
  'P: !!int hunter2',
  'P: !!timestamp hunter2',
  'P: !!map hunter2',
  'P: !!str [hunter2]',
  'P: !!omap [{hunter2: 1}, {hunter2: 2}]',
  'P: !hunter2 !hunter2 a',
  '!hunter2 P: a',
  'P: *hunter2',
  'P: *hunter2:',
  '*hunter2 : a',
  '<<: *hunter2',
  '<<: hunter2',
  'P: &hunter2 &hunter2 a',
  'P: &hunter2: a',
  'P: &hunter2 *hunter2',
  '&hunter2 P: &hunter2\n- &a *hunter2',
  'P: &hunter2 - a',
  'hunter2: &a [*a]',
  'a: &hunter2\n  hunter2: *hunter2',
  'a: &hunter2\n  <<: *hunter2',
  'P: |hunter2',
  'P: >hunter2',
  'P: >-hunter2\n a',
  'P: |9\n hunter2',
  'P: %hunter2',
  '%hunter2',
  '%hunter2\n---\na: 1',
  '%TAG hunter2\n---\na: 1',
  '%YAML hunter2\n---\na: 1',
  'P: @hunter2',
  'P: `hunter2',
  'P: "hunter2',
  "P: 'hunter2",
  'P: "\\hunter2"',
  'P: "\\xhunter2"',
  'P: "\\uhunter2"',
  'P: "a"hunter2',
  "P: 'a'hunter2",
  'P: [hunter2',
  'P: {hunter2',
  'P: [a]hunter2',
  'P: {a: 1}hunter2',
  'P: [a,,hunter2]',
  'P: }hunter2',
  'P: ]hunter2',
  'P: hunter2: a',
  'P: a\nhunter2',
  'hunter2\nP: a',
  'P:\n\thunter2: a',
  'P:\n   hunter2: a\n  hunter2: b',
  'P: - hunter2',
  '- P: hunter2\n b: 1',
  '[hunter2\n]: a',
  'P: "hunter2\n  b": a',
  `${'hunter2'.repeat(150)}: a\n? b\n`.replace('? b', `{${'hunter2'.repeat(200)} : a}: b`),
  'hunter2: 1\nhunter2: 2',
  '{hunter2: 1, hunter2: 2}',
  'hunter2: 1\n---\nhunter2: 2',
  'hunter2: 1\n...\nhunter2',
  '--- hunter2: 1',
  '['.repeat(20_000).concat('hunter2'),
];

const BAD_JSON = [
  '{"P": hunter2}',
  '{"P": \'hunter2\'}',
  '{"P": "hunter2" "a": 1}',
  '{"P": "hunter2',
  '{"P": "hunter2\n"}',
  '{"P": "\\hunter2"}',
  '{"P": "\\uhunter2"}',
  '{"P": -hunter2}',
  '{"P": 1.hunter2}',
  '{"P": 1ehunter2}',
  '{"P": 01, "hunter2": 1}',
  '{"P": thunter2}',
  '{hunter2: 1}',
  '{"hunter2" 1}',
  '{"hunter2": 1,}',
  '["hunter2",]',
  '["hunter2" "b"]',
  '{"P": 1}hunter2',
  'hunter2',
  '"hunter2',
  'x in JSON at position 1 hunter2',
  'x hunter2 at position 1',
  '{"P": !hunter2}',
  '{"P": *hunter2}',
  '{"P": &hunter2 1}',
  '{"P": 1} // hunter2',
  '['.repeat(20_000).concat('hunter2'),
];

describe('a syntax error', () => {
  it.each([
    ...BAD_YAML.map((text) => ['yaml', text.slice(0, 60), text] as const),
    ...BAD_JSON.map((text) => ['json', text.slice(0, 60), text] as const),
  ])('of %s holds nothing of the text: %j', async (format, _, text) => {
    const { heard } = overhear();
    const error = problemOf(text, format);
    const said = await heard();
    expect(error).toBeInstanceOf(SyntaxProblem);
    expect(printed(error).replaceAll('source-text', '')).not.toMatch(/hunter|unter2/);
    expect(said).not.toMatch(/hunter|unter2/);
    expect((error as Error).message).not.toMatch(/\bfile\b/);
  });

  it('says where lists or aliases go too deep', () => {
    const levels = Array.from({ length: 1_000 }, (_, level) => `- &a${level + 1} [*a${level}]`);
    const told = (text: string) => String(problemOf(text, 'yaml'));
    expect(told('['.repeat(20_000))).toMatch(/nested too deeply/);
    expect(told(['- &a0 1', ...levels].join('\n'))).toMatch(/unfold to too much/);
  });

  it('knows every code of the parser and copes with others', () => {
    expect(describeYamlFault('DUPLICATE_KEY')).toMatch(/unique/);
    for (const code of ['NEW_CODE', 'constructor', '__proto__']) {
      expect(describeYamlFault(code)).toBe('it cannot be made sense of');
    }
  });
});

describe('a text that can be read', () => {
  it.each([
    ['an anchor that nothing uses', 'P: &hunter2', { P: null }],
    ['a list as key', '? [hunter2]\n: 1', { '[ hunter2 ]': 1 }],
    ['a mapping as key', '{{hunter2: 1}: 2}', { '{ hunter2: 1 }': 2 }],
    ['a number as key', '1: hunter2', { 1: 'hunter2' }],
    ['an alias of an anchor that is set twice', 'a: &x 1\nb: &x 2\nc: *x', { a: 1, b: 2, c: 2 }],
    ['an alias as key', 'a: &x k\n*x : 1', { a: 'k', k: 1 }],
  ])('prints nothing: %s', async (_, text, value) => {
    const { heard } = overhear();
    expect(parseText(text, 'yaml').value).toEqual(value);
    expect(await heard()).not.toContain('hunter');
  });

  it.each(['', ' \n', '# nothing', '---', '\ufeff'])('may be empty: %j', (text) => {
    const { value, lineOf } = parseText(text, 'yaml');
    expect(value).toBeNull();
    expect(lineOf([])).toBe(1);
  });
});
