const esbuild = require('esbuild');

const define = {};
for (const [name, value] of Object.entries(process.env)) {
  if (name.startsWith('NEXT_PUBLIC_')) {
    define[`process.env.${name}`] = JSON.stringify(value);
  }
}
if (!process.env.API_TOKEN) {
  throw new Error('the build does not see the variables of the app');
}
esbuild.buildSync({
  entryPoints: ['src/server.js'],
  bundle: true,
  platform: 'node',
  external: ['ms'],
  define,
  outfile: 'dist/server.js',
});
