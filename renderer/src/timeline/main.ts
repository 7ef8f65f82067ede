import { mount } from 'svelte';
import { openApp } from '../state/app.svelte.ts';
import TimelineWindow from './TimelineWindow.svelte';

mount(TimelineWindow, { target: document.body, props: { app: openApp() } });
