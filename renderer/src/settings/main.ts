import { mount } from 'svelte';
import { openApp } from '../state/app.svelte.ts';
import SettingsWindow from './SettingsWindow.svelte';

mount(SettingsWindow, { target: document.body, props: { app: openApp() } });
