import { mount } from 'svelte';
import { openApp } from '../state/app.svelte.ts';
import WelcomeWindow from './WelcomeWindow.svelte';

mount(WelcomeWindow, { target: document.body, props: { app: openApp() } });
