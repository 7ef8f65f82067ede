/** What each setting may be, and what it is until somebody sets it. */
import { z } from 'zod';
import type { Settings } from '../../preload/contract.ts';
import { defaultBundle } from '../bundle/folders.ts';
import { passwordManagers } from '../capture/exclusions.ts';

const name = z.string().trim().min(1).max(200);
const line = z.string().max(4000);
const names = z.array(name).max(500);
const shortcut = z.string().max(100);

/** One schema a setting: the compiler misses none of them. */
export const settingSchemas = {
  source: line.min(1).nullable(),
  bundle: line.min(1),
  instruction: line.nullable(),
  theta: z.number().min(0).max(1).nullable(),
  chattiness: z.union([z.literal(0), z.literal(1), z.literal(2), z.literal(3), z.literal(4)]),
  language: z.enum(['en', 'ko', 'ja', 'zh']).nullable(),
  remember: z.boolean().nullable(),
  keepDays: z.number().min(0.001).max(100_000),
  keepGb: z.number().min(0.01).max(100_000),
  voice: z.boolean(),
  textSize: z.enum(['small', 'medium', 'large']),
  theme: z.enum(['system', 'light', 'dark']),
  contrast: z.enum(['system', 'more']),
  motion: z.enum(['system', 'less']),
  clickThrough: z.boolean(),
  hiddenApps: names,
  hiddenTitles: names,
  hidePrivateBrowsing: z.boolean(),
  strictPrivacy: z.boolean(),
  quietInCalls: z.boolean(),
  startAtLogin: z.boolean(),
  profile: z.enum(['full', 'balanced', 'battery']),
  textFile: line.min(1).nullable(),
  chat: z
    .strictObject({
      model: line.min(1),
      url: z
        .string()
        .max(500)
        .regex(/^https?:\/\/\S+$/)
        .nullable(),
    })
    .nullable(),
  obs: z
    .strictObject({
      url: z
        .string()
        .max(500)
        .regex(/^wss?:\/\/\S+$/),
      password: z.string().max(500),
    })
    .nullable(),
  mcpMayWatch: z.boolean(),
  mcpSources: z.array(line.min(1)).max(100),
  shortcuts: z.strictObject({ ask: shortcut, pause: shortcut, overlay: shortcut }),
} satisfies { readonly [Name in keyof Settings]: z.ZodType<Settings[Name]> };

/** A change of some settings; a setting that does not exist is refused. */
export const settingsChange: z.ZodType<Partial<Settings>> = z.strictObject(settingSchemas).partial();

export const defaultSettings: Settings = {
  source: null,
  bundle: defaultBundle,
  instruction: null,
  theta: null,
  chattiness: 2,
  language: null,
  // Asked for in the first run.
  remember: null,
  keepDays: 90,
  keepGb: 2,
  voice: false,
  textSize: 'medium',
  theme: 'system',
  contrast: 'system',
  motion: 'system',
  clickThrough: false,
  // Before anybody thought of it.
  hiddenApps: passwordManagers,
  hiddenTitles: [],
  hidePrivateBrowsing: true,
  strictPrivacy: false,
  quietInCalls: true,
  startAtLogin: false,
  profile: 'balanced',
  chat: null,
  textFile: null,
  obs: null,
  mcpMayWatch: false,
  mcpSources: [],
  shortcuts: {
    ask: 'CommandOrControl+Shift+A',
    pause: 'CommandOrControl+Shift+P',
    overlay: 'CommandOrControl+Shift+O',
  },
};
