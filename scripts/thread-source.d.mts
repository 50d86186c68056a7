export declare const viteThreadSources: import('vitest/node').Vite.Plugin
