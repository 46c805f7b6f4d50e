import type { Json, Plugin } from '../plugin-api.ts';
import type { Files } from './folder-tree.ts';

/** A service as bexpert.yml would define it; `uses` is the plugin itself, so that a test needs no registry. */
export interface SceneService {
  readonly run?: string;
  readonly argv?: readonly string[];
  readonly uses?: Plugin;
  readonly with?: Json;
  readonly env?: Readonly<Record<string, string>>;
  readonly dependencies?: readonly string[];
  readonly migrate?: string;
  readonly seed?: string;
  readonly ready?: {
    readonly http?: string;
    readonly tcp?: number;
    readonly log?: string;
    readonly command?: string;
    /** Default 20,000. */
    readonly withinMs?: number;
  };
}

/** What a plugin under test finds. */
export interface Scene {
  /** Files of the candidate; for context plugins of base, for actions of the work tree. */
  readonly candidate?: Files;
  /** Files of base; default: the candidate's. */
  readonly base?: Files;
  /** Set-up outputs: folders of this machine by their path in both trees. */
  readonly outputs?: Readonly<Record<string, string>>;
  /** Inputs; defaults are filled in and all are checked as in a run. */
  readonly with?: Json;
  readonly services?: Readonly<Record<string, SceneService>>;
  /** Commands that print a bearer token, by name. */
  readonly auth?: Readonly<Record<string, string>>;
  /** The runner's environment; a plugin sees of it what its manifest names. */
  readonly env?: Readonly<Record<string, string>>;
  readonly seed?: number;
  readonly signal?: AbortSignal;
  /** Time that the step has, in milliseconds: `host.deadline`. Default: ten minutes. */
  readonly timeoutMs?: number;
  /** `none` (default) runs plain processes; `best` takes the sandbox that works on this machine. */
  readonly provider?: 'none' | 'best';
}

/** Where an action stands, when it does not start afresh. */
export interface SceneTurn {
  readonly attempt?: number;
  readonly feedback?: readonly import('../plugin-api.ts').Finding[];
  readonly brief?: readonly import('../plugin-api.ts').BriefItem[];
  readonly state?: Json;
  /** The run's budget; undefined: none. */
  readonly tokens?: number;
  readonly usd?: number;
  /** Globs that tools may not change. */
  readonly protect?: readonly string[];
}
