const http = require('node:http');
const ms = require('ms');

const greeting = process.env.NEXT_PUBLIC_GREETING;
http
  .createServer((request, response) => response.end(`${greeting}, for ${ms('1 day')} ms\n`))
  .listen(process.env.PORT, '0.0.0.0');
