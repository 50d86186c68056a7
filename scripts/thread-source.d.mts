export declare const threadSources: import('esbuild').Plugin
export declare const viteThreadSources: import('vitest/node').Vite.Plugin
