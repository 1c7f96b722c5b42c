import { createHash } from 'node:crypto';

/** A source of ids that are the same in every run. Its position is part of the state. */
export interface IdSource {
  drawn: number;
}

/** The SHA-256 of a text, in 64 hex digits. */
export function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** 32 hex digits, as tasks have. */
export function hex(source: IdSource, length = 32): string {
  source.drawn += 1;
  return hashOf(`id ${source.drawn}`).slice(0, length);
}

/** 19 digits, as deployments and service revisions have. */
export function digits(source: IdSource): string {
  const number = BigInt(`0x${hex(source, 16)}`) % 8_999_999_999_999_999_999n;
  return String(1_000_000_000_000_000_000n + number).slice(0, 19);
}

/** 21 characters, as service deployments have. */
export function token(source: IdSource): string {
  return Buffer.from(hex(source), 'hex').toString('base64url').slice(0, 21);
}

export function uuid(source: IdSource): string {
  return hex(source).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
