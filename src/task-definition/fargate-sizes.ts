/** A CPU size of Fargate, in CPU units, and the memory sizes that go with it, in MiB. */
export interface FargateSize {
  readonly cpu: number;
  readonly memory: readonly number[];
  readonly windows: boolean;
}

const GIB = 1024;

/** https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html#fargate-tasks-size */
export const FARGATE_SIZES: readonly FargateSize[] = [
  { cpu: 256, memory: [512, 1 * GIB, 2 * GIB], windows: false },
  { cpu: 512, memory: gibibytes(1, 4, 1), windows: false },
  { cpu: 1024, memory: gibibytes(2, 8, 1), windows: true },
  { cpu: 2048, memory: gibibytes(4, 16, 1), windows: true },
  { cpu: 4096, memory: gibibytes(8, 30, 1), windows: true },
  { cpu: 8192, memory: gibibytes(16, 60, 4), windows: false },
  { cpu: 16384, memory: gibibytes(32, 120, 8), windows: false },
  { cpu: 32768, memory: [60 * GIB, 120 * GIB, 244 * GIB], windows: false },
];

function gibibytes(from: number, to: number, step: number): readonly number[] {
  return Array.from({ length: (to - from) / step + 1 }, (_, index) => (from + index * step) * GIB);
}

/**
 * A task's `cpu` in CPU units: `256`, `"256"`, `"1 vCPU"`, `".5 vcpu"`. Absent when it is none.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RegisterTaskDefinition.html
 */
export function parseCpu(value: unknown): number | undefined {
  return parseSize(value, /vcpu$/i);
}

/** A task's `memory` in MiB: `512`, `"512"`, `"2 GB"`, `"0.5gb"`. Absent when it is none. */
export function parseMemory(value: unknown): number | undefined {
  return parseSize(value, /gb$/i);
}

function parseSize(value: unknown, unit: RegExp): number | undefined {
  const text = String(value ?? '').trim();
  if (/^\d+$/.test(text)) return Number(text);
  const amount = text.replace(unit, '').trimEnd();
  if (amount === text || !/^(\d+(\.\d*)?|\.\d+)$/.test(amount)) return undefined;
  return Math.round(Number(amount) * 1024);
}
